/** The books of single parcels: what is kept, what is unverified, what is net, and the verdict beside them. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { foldVerdict, type Outcome } from '../../server/domain/outcome.ts';
import type { VerdictFeature } from '../../server/domain/verdict-feature.ts';
import { type Plot, removeFiles } from '../intake-receive/receiving.ts';
import { eachDatabase } from '../support/databases.ts';
import { box, plot, SmallCounty } from './small-runs.ts';

removeFiles();

type Properties = VerdictFeature['properties'];
const booksOf = (p: Properties) => [p.deduct_area_m2, p.restore_area_m2, p.remediate_area_m2, p.kept_area_m2];

eachDatabase('the books of one parcel', (open) => {
  let database: Database;
  let regions = 995500;
  const county = () => new SmallCounty(database, String(++regions));
  beforeAll(async () => {
    database = await open();
  });

  /** a run in which all evidence is there and clean, but for what the test adds */
  const clean = async (
    here: SmallCounty,
    but: { type: string; year?: number; plots: Plot[] }[],
    planting: string | null,
  ) => {
    const all = box(-1000, -1000, 1000, 2000);
    const base: { type: string; year?: number; plots: Plot[] }[] = [
      { type: 'eco-red-line', plots: [plot(box(5000, 0, 5100, 100))] },
      { type: 'slope-zones', plots: [plot(all, { PDJB: '2' })] },
      { type: 'land-use', year: 2018, plots: [plot(all, { DLBM: '0301', DLMC: '乔木林地' })] },
      { type: 'land-use', year: 2022, plots: [plot(all, { DLBM: '0103', DLMC: '旱地', ZZSXDM: planting })] },
    ];
    const layers: string[] = [];
    const mine = base.filter((one) => !but.some((other) => other.type === one.type && other.year === one.year));
    for (const { type, year, plots } of [...mine, ...but])
      if (plots.length > 0) layers.push(await here.layer(type, plots, { year }));
    return layers;
  };
  const params = { 'prior-farmland': { base_year: 2018 } };

  it('keeps what lies under the threshold, and gives it no part in a piece', async () => {
    const here = county();
    const ran = await here.verify({
      sets: [await here.parcels([plot(box(0, 0, 100, 100), { DKBH: 'p' })])],
      layers: await clean(
        here,
        [
          { type: 'eco-red-line', plots: [plot(box(-10, -10, 3, 3))] },
          { type: 'occupation', plots: [plot(box(-10, -10, 50, 110))] },
        ],
        'LS',
      ),
      params,
    });
    expect(ran.of('p').checks['eco-red-line']).toMatchObject({ outcome: 'pass' });
    expect(ran.of('p').pieces).toMatchObject([{ reasons: ['occupied'], measure: 'restore' }]);
    expect(ran.of('p').pieces[0]!.area_m2).toBeCloseTo(5000, 2);
  });

  it('says of kept land that it is unverified where a check that can fail it is undetermined', async () => {
    const here = county();
    const layers = await clean(
      here,
      [
        { type: 'eco-red-line', plots: [] },
        { type: 'occupation', plots: [plot(box(-10, -10, 50, 110))] },
      ],
      'LS',
    );
    const set = await here.parcels([
      plot(box(0, 0, 100, 100), { DKBH: 'half built on' }),
      plot(box(0, 200, 100, 300), { DKBH: 'clean' }),
    ]);
    const ran = await here.verify({ sets: [set], layers, params });
    const half = ran.of('half built on');
    expect(half.verdict).toBe('non_compliant');
    expect(half.kept_area_m2).toBeCloseTo(5000, 2);
    expect(half.kept_unverified_area_m2).toBe(half.kept_area_m2);
    expect(ran.of('clean')).toMatchObject({ verdict: 'undetermined' });
    expect(ran.of('clean').kept_unverified_area_m2).toBe(ran.of('clean').area_m2);
    expect(ran.summary.kept_unverified_area_m2).toBeCloseTo(15_000, 1);
  });

  it('does not count a check that is only reported, until it is asked to fail', async () => {
    const here = county();
    // 耕地 that says nothing: abandoned is told to accept it, so that non-grain alone is undetermined
    const layers = await clean(here, [], null);
    const set = await here.parcels([plot(box(0, 0, 100, 100), { DKBH: 'p' })]);
    const lenient = { ...params, abandoned: { max_unknown_share: 1 } };
    const reported = (await here.verify({ sets: [set], layers, params: lenient })).of('p');
    expect(reported.checks['non-grain']).toMatchObject({ outcome: 'undetermined', reason: 'attribute-missing' });
    expect(reported).toMatchObject({ verdict: 'compliant', kept_unverified_area_m2: 0 });
    const strict = { ...lenient, 'non-grain': { treat_as_fail: true } };
    const counted = (await here.verify({ sets: [set], layers, params: strict })).of('p');
    expect(counted).toMatchObject({ verdict: 'undetermined', kept_unverified_area_m2: counted.area_m2 });
  });

  it('gives the books net of ridges too, where a net figure below the area was declared', async () => {
    const here = county();
    const set = await here.parcels([
      plot(box(0, 0, 100, 100), { DKBH: 'net', BCGDMJ: 9000 }),
      plot(box(0, 200, 100, 300), { DKBH: 'no net', BCGDMJ: null }),
      plot(box(0, 400, 100, 500), { DKBH: 'net above', BCGDMJ: 10_050 }),
    ]);
    const layers = await clean(
      here,
      [
        { type: 'eco-red-line', plots: [plot(box(-10, -10, 20, 1000))] },
        { type: 'occupation', plots: [plot(box(20, -10, 50, 1000))] },
        { type: 'issue', plots: [plot(box(50, -10, 60, 1000), { ZGCS: '撂荒' })] },
      ],
      'LS',
    );
    const ran = await here.verify({ sets: [set], layers, params });
    const net = ran.of('net');
    expect(booksOf(net).map(Math.round)).toEqual([2000, 3000, 1000, 4000]);
    const netted = [net.deduct_net_m2, net.restore_net_m2, net.remediate_net_m2, net.kept_net_m2] as number[];
    [1800, 2700, 900, 3600].forEach((wanted, i) => {
      expect(netted[i]).toBeCloseTo(wanted, 2);
    });
    expect(netted.reduce((sum, one) => sum + one)).toBeCloseTo(9000, 6);
    for (const id of ['no net', 'net above']) expect(ran.of(id)).not.toHaveProperty('deduct_net_m2');
  });

  it('is one piece of exactly the parcel where every reason covers all of it', async () => {
    const here = county();
    const all = box(-1000, -1000, 1000, 1000);
    const ran = await here.verify({
      sets: [await here.parcels([plot(box(0, 0, 100, 100), { DKBH: 'p' })])],
      layers: [
        await here.layer('eco-red-line', [plot(all)]),
        await here.layer('steep-ban', [plot(all)]),
        await here.layer('occupation', [plot(all)]),
      ],
    });
    const { area_m2, pieces, kept_area_m2 } = ran.of('p');
    expect(pieces).toEqual([{ reasons: ['eco-red-line', 'steep-slope', 'occupied'], measure: 'deduct', area_m2 }]);
    expect(kept_area_m2).toBe(0);
  });

  it('has nothing in it for an empty shape, which is not compliant', async () => {
    const here = county();
    const set = await here.parcels([plot(null, { DKBH: 'empty' }), plot(box(0, 0, 100, 100), { DKBH: 'p' })]);
    const { verdict, pieces, area_m2, ...books } = (
      await here.verify({ sets: [set], layers: await clean(here, [], 'LS'), params })
    ).of('empty');
    expect({ verdict, pieces, area_m2 }).toEqual({ verdict: 'non_compliant', pieces: [], area_m2: 0 });
    expect([books.kept_area_m2, books.kept_unverified_area_m2]).toEqual([0, 0]);
  });
});

describe('the verdict', () => {
  it.each<[Outcome[], string]>([
    [['pass', 'fail', 'undetermined'], 'non_compliant'],
    [['pass', 'undetermined', 'not_applicable'], 'undetermined'],
    [['pass', 'not_applicable'], 'compliant'],
    [['not_applicable', 'not_applicable'], 'compliant'],
    [[], 'compliant'],
  ])('of %j is %s', (outcomes, verdict) => {
    expect(foldVerdict(outcomes)).toBe(verdict);
  });
});
