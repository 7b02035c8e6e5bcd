/**
 * Lines that are one in the plane of the files bend apart in lon/lat where their points stand elsewhere (70 m rule): by some 0.0015 m²
 * on 100 m. Such a hair is no land: it fails nothing, lacks nothing, names no neighbour and makes no piece. Figures are worked by hand.
 */
import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { removeFiles } from '../intake-receive/receiving.ts';
import { eachDatabase } from '../support/databases.ts';
import { box, plot, SmallCounty } from './small-runs.ts';

removeFiles();

const strict = { '*': { max_unknown_share: 0, min_area_m2: 0 }, 'prior-farmland': { base_year: 2020 } };

eachDatabase('hairs of the overlay', (open) => {
  let database: Database;
  let regions = 996600;
  const county = () => new SmallCounty(database, String(++regions));
  beforeAll(async () => {
    database = await open();
  });

  it('lack nothing: patches side by side cover a parcel even where no unknown land is allowed', async () => {
    const here = county();
    // the same lines as the parcel's, other points on them: their areas do not sum to the parcel's last digit
    const patches = [33.3, 61.7, 100].map((top, i, all) =>
      plot(box(0, all[i - 1] ?? 0, 100, top), { DLBM: '0103', ZZSXDM: 'LS' }),
    );
    const before = [plot(box(-7, -11, 110, 120), { DLBM: '0301', ZZSXDM: '' })];
    const ran = await here.verify({
      sets: [await here.parcels([plot(box(0, 0, 100, 100), { DKBH: 'p' })])],
      layers: [
        await here.layer('land-use', patches, { year: 2022 }),
        await here.layer('land-use', before, { year: 2018 }),
      ],
      params: strict,
    });
    for (const id of ['prior-farmland', 'not-cultivated', 'abandoned', 'non-grain'] as const)
      expect([id, ran.of('p').checks[id]]).toMatchObject([id, { outcome: 'pass', unknown_area_m2: 0, area_m2: 0 }]);
  });

  it('fail nothing and name nobody: what lies beside the parcel is no hit, no class and no recovery', async () => {
    const here = county();
    const beside = (properties: Record<string, unknown>) => [
      plot(box(-13, 100, 127, 180), properties),
      plot(box(-90, -27, 0, 131), properties),
    ];
    const all = box(-500, -500, 500, 500);
    const land = [
      ...beside({ DLBM: '0301', ZZSXDM: 'JKHF' }),
      plot(box(0, -31, 160, 100), { DLBM: '0103', ZZSXDM: 'LS' }),
    ];
    const ran = await here.verify({
      sets: [
        await here.parcels([
          plot(box(0, 0, 100, 100), { DKBH: 'p' }),
          plot(box(-40, 100, 160, 150), { DKBH: 'neighbour' }),
        ]),
      ],
      layers: [
        await here.layer('eco-red-line', beside({ HXMC: '红线' })),
        await here.layer('issue', beside({ JCBH: 'W1', ZGCS: '核减' })),
        await here.layer('occupation', beside({ XMMC: '公路' })),
        await here.layer('slope-zones', [...beside({ PDJB: '5' }), plot(all, { PDJB: '2' })]),
        await here.layer('land-use', land, { year: 2022 }),
        await here.layer('levelling', [plot(box(0, -31, 160, 100))]),
      ],
      params: strict,
    });
    const { checks, pieces } = ran.of('p');
    for (const id of ['eco-red-line', 'steep-slope', 'parcel-overlap', 'known-issue', 'occupied'] as const)
      expect([id, checks[id]]).toMatchObject([id, { outcome: 'pass', area_m2: 0, hits: [] }]);
    expect(checks['no-levelling']).toMatchObject({ outcome: 'pass', area_m2: 0 });
    expect(checks['parcel-overlap']).toMatchObject({ with: [] });
    expect(checks['not-cultivated']).toMatchObject({
      outcome: 'pass',
      hits: [],
      by_group: {},
      by_recovery: { JKHF: 0, GCHF: 0, none: 0 },
      suggested_measure: null,
    });
    expect(Object.keys(checks['not-cultivated']['by_class'] as object)).toEqual(['0103']);
    expect(pieces).toEqual([]);
  });

  it('make no piece of their own: two masks that share an edge give two pieces, and the books close', async () => {
    const here = county();
    const ran = await here.verify({
      sets: [await here.parcels([plot(box(0, 0, 100, 100), { DKBH: 'p' })])],
      layers: [
        await here.layer('eco-red-line', [plot(box(-10, -13, 100, 40), { HXMC: '红线' })]),
        await here.layer('occupation', [plot(box(-27, 40, 110, 120), { XMMC: '公路' })]),
      ],
    });
    const { pieces, deduct_area_m2, restore_area_m2, kept_area_m2, area_m2 } = ran.of('p');
    expect(pieces.map(({ reasons, measure }) => [reasons, measure])).toEqual([
      [['eco-red-line'], 'deduct'],
      [['occupied'], 'restore'],
    ]);
    expect(deduct_area_m2).toBeCloseTo(4000, 2);
    expect(restore_area_m2).toBeCloseTo(6000, 2);
    expect(kept_area_m2).toBe(0);
    expect(Math.abs(deduct_area_m2 + restore_area_m2 + kept_area_m2 - area_m2)).toBeLessThan(1e-6);
  });

  it('of a parcel of a few square metres are a ten-thousandth of it: nothing of it goes unsaid', async () => {
    const here = county();
    const ran = await here.verify({
      sets: [await here.parcels([plot(box(0, 0, 2, 0.5), { DKBH: 'small' })])],
      layers: [await here.layer('eco-red-line', [plot(box(-10, -10, 0.01, 10), { HXMC: '红线' })])],
      params: strict,
    });
    // 1 cm × 50 cm
    expect(ran.of('small').checks['eco-red-line']).toMatchObject({ outcome: 'fail', hits: [{ name: '红线' }] });
    expect(ran.of('small').deduct_area_m2).toBeCloseTo(0.005, 4);
  });

  it('leave the evidence of a zone map alone: what the county has banned is known, beyond its boundary too', async () => {
    const here = county();
    const ran = await here.verify({
      sets: [await here.parcels([plot(box(0, 0, 100, 100), { DKBH: 'p' })])],
      layers: [
        await here.layer('boundary', [plot(box(-500, -500, 500, 60), { XZQDM: here.region })]),
        await here.layer('slope-zones', [
          plot(box(-500, -500, 500, 30), { PDJB: '2' }),
          plot(box(-500, 30, 500, 500), { PDJB: '' }),
        ]),
        await here.layer('steep-ban', [plot(box(-50, 50, 150, 90), { MC: '禁垦' })]),
      ],
    });
    // no class from 30 m on, no county from 60 m on; banned from 50 to 90 m: 30–50 and 90–100 m stay unknown
    const found = ran.of('p').checks['steep-slope'];
    expect(found).toMatchObject({ outcome: 'fail' });
    expect(found.area_m2).toBeCloseTo(4000, 2);
    expect(found.unknown_area_m2).toBeCloseTo(3000, 2);
  });
});
