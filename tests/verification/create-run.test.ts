/** What a run is frozen from: layers by default, refusals before anything is computed, assumptions that are said aloud. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { createRun, timedId } from '../../server/verification/create-run.ts';
import { removeFiles } from '../intake-receive/receiving.ts';
import { eachDatabase } from '../support/databases.ts';
import { at, box, config, plot, SmallCounty } from './small-runs.ts';

removeFiles();

const everywhere = box(-1000, -1000, 1000, 1000);
const slope = (value: number) => ({
  width: 8,
  height: 8,
  cells: new Float32Array(64).fill(value),
  place: [...at(-100, 300), 50, 50] as [number, number, number, number],
  srid: 4524,
});

it('has an id of the form of RFC 9562, version 7, in the order of time', () => {
  // the time of the RFC's own example, A.6
  expect(timedId(0x017f22e279b0)).toMatch(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const ids = [0, 1, 0x7fff_ffff, 1_795_000_000_000, 1_795_000_000_001].map((now) => timedId(now));
  expect(ids.toSorted()).toEqual(ids);
  expect(timedId(7)).not.toBe(timedId(7));
});

eachDatabase('a run', (open) => {
  let database: Database;
  let here: SmallCounty;
  let set: string;
  beforeAll(async () => {
    database = await open();
    here = new SmallCounty(database, '997001');
    set = await here.parcels([plot(box(0, 0, 100, 100), { DKBH: 'p', XMBH: '50024220210001' })]);
  });

  describe('without layers named', () => {
    it('takes the newest of each type, of land use the newest of every year, and none of another county', async () => {
      const own = new SmallCounty(database, '997002');
      const neighbour = new SmallCounty(database, '997003');
      const mine = await own.parcels([plot(box(0, 0, 100, 100), { DKBH: 'p' })]);
      const landUse = (DLBM: string) => [plot(everywhere, { DLBM, DLMC: DLBM === '0103' ? '旱地' : '乔木林地' })];
      await own.layer('eco-red-line', [plot(box(0, 0, 10, 10))]);
      const newest = await own.layer('eco-red-line', [plot(box(0, 0, 20, 20))]);
      await own.layer('land-use', landUse('0103'), { year: 2020 });
      const of2020 = await own.layer('land-use', landUse('0301'), { year: 2020 });
      const of2018 = await own.layer('land-use', landUse('0301'), { year: 2018 });
      await neighbour.layer('levelling', [plot(everywhere)]);
      const run = await createRun({ database, config }, { parcelSetIds: [mine] });
      expect(run.manifest.layers.map(({ layer_id }) => layer_id)).toEqual([newest, of2018, of2020]);
    });
  });

  describe('is refused before anything is computed', () => {
    const refused = (more: Partial<Parameters<typeof createRun>[1]>) =>
      createRun({ database, config }, { parcelSetIds: [set], layerIds: [], ...more });
    const runs = async () => (await database.db.selectFrom('run').select('run_id').execute()).length;

    it('with no set, or one there is not, or layers of another county', async () => {
      const before = await runs();
      const nowhere = '00000000-0000-8000-8000-000000000000';
      await expect(refused({ parcelSetIds: [] })).rejects.toMatchObject({ code: 'validation' });
      await expect(refused({ parcelSetIds: [nowhere] })).rejects.toMatchObject({ code: 'not-found' });
      await expect(refused({ layerIds: [nowhere] })).rejects.toMatchObject({ code: 'not-found' });
      const foreign = await new SmallCounty(database, '997004').layer('levelling', [plot(everywhere)]);
      await expect(refused({ layerIds: [foreign] })).rejects.toMatchObject({ code: 'not-found' });
      expect(await runs()).toBe(before);
    });

    it('with sets of two counties', async () => {
      const other = await new SmallCounty(database, '997005').parcels([plot(box(0, 0, 9, 9), { DKBH: 'q' })]);
      const both = refused({ parcelSetIds: [set, other] });
      await expect(both).rejects.toMatchObject({ code: 'validation', where: { candidates: ['997001', '997005'] } });
    });

    it('with two slope rasters', async () => {
      const two = [await here.slope(slope(10)), await here.slope(slope(11))];
      await expect(refused({ layerIds: two })).rejects.toMatchObject({
        code: 'validation',
        where: { candidates: expect.any(Array) },
      });
    });

    it('with a limit that slope zones cannot tell, where the zones are what is asked', async () => {
      const zones = await here.layer('slope-zones', [plot(everywhere, { PDJB: '3' })]);
      const raster = await here.slope(slope(12));
      const params = { 'steep-slope': { max_slope_deg: 20 } };
      const where = { field: 'steep-slope.max_slope_deg' };
      await expect(refused({ layerIds: [zones], params })).rejects.toMatchObject({ code: 'validation', where });
      const asked = { 'steep-slope': { max_slope_deg: 20, source: 'slope-zones' } };
      await expect(refused({ layerIds: [zones, raster], params: asked })).rejects.toMatchObject({ where });
      await expect(refused({ layerIds: [zones, raster], params })).resolves.toBeDefined();
    });

    it.each<[string, Record<string, Record<string, unknown>>, string]>([
      ['of a check there is not', { 'red-line': { min_area_m2: 1 } }, 'red-line.min_area_m2'],
      ['of a check there is not, though none is set', { 'red-line': {} }, 'red-line'],
      ['that the check has not', { 'eco-red-line': { base_year: 2018 } }, 'eco-red-line.base_year'],
      ['that no check has', { '*': { min_area: 1 } }, '*.min_area'],
      ['below 0', { 'eco-red-line': { min_area_m2: -1 } }, 'eco-red-line.min_area_m2'],
      ['that is no number', { 'eco-red-line': { min_area_m2: 'ten' } }, 'eco-red-line.min_area_m2'],
      ['that is one to a program alone', { 'eco-red-line': { min_area_m2: '0x10' } }, 'eco-red-line.min_area_m2'],
      ['without end', { 'eco-red-line': { min_area_m2: Number.POSITIVE_INFINITY } }, 'eco-red-line.min_area_m2'],
      ['that is a share over 1', { abandoned: { max_unknown_share: 1.01 } }, 'abandoned.max_unknown_share'],
      ['that is no year', { 'prior-farmland': { base_year: 18 } }, 'prior-farmland.base_year'],
      ['that is neither true nor false', { 'non-grain': { treat_as_fail: 1 } }, 'non-grain.treat_as_fail'],
      ['that is no source of slope', { 'steep-slope': { source: 'map' } }, 'steep-slope.source'],
      ['named like a property of every object', { 'eco-red-line': { constructor: 1 } }, 'eco-red-line.constructor'],
    ])('with a parameter %s', async (_, params, field) => {
      await expect(refused({ params })).rejects.toMatchObject({ code: 'validation', where: { field } });
    });
  });

  it('lets a particular parameter stand against one said of all checks, in whatever order', async () => {
    const params = { 'eco-red-line': { max_unknown_share: 0.5 }, '*': { max_unknown_share: 0.2 } };
    const { manifest } = await here.create({ sets: [set], params });
    const of = (id: string) => manifest.checks.find((check) => check.id === id)!.params['max_unknown_share'];
    expect([of('eco-red-line'), of('occupied'), of('parcel-overlap')]).toEqual([0.5, 0.2, undefined]);
  });

  describe('says what it takes for granted:', () => {
    const codes = async (layers: string[], params = {}) =>
      (await here.create({ sets: [set], layers, params })).manifest.assumptions.map(({ code }) => code);

    it('that a layer without a boundary is complete, and start years by project code', async () => {
      const levelling = await here.layer('levelling', [plot(everywhere)]);
      const boundary = await here.layer('boundary', [plot(everywhere, { XZQDM: '997001' })]);
      const landUse = await here.layer('land-use', [plot(everywhere, { DLBM: '0301', DLMC: '乔木林地' })], {
        year: 2020,
      });
      expect(await codes([])).toEqual([]);
      expect(await codes([levelling])).toEqual(['complete-without-boundary']);
      expect(await codes([levelling, boundary])).toEqual([]);
      expect(await codes([landUse])).toEqual(['start-year-from-code']);
      expect(await codes([landUse], { 'prior-farmland': { base_year: 2018 } })).toEqual([]);
    });
  });

  it('has the same evidence hash for the same evidence, whatever the time, and another for another parameter', async () => {
    const hash = async (params = {}) => (await here.create({ sets: [set], params })).manifest.evidence_sha256;
    const [first, again, other] = [await hash(), await hash(), await hash({ abandoned: { min_area_m2: 11 } })];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it('gives a parcel without a township that of the layer at its inner point', async () => {
    const own = new SmallCounty(database, '997006');
    // a U whose middle lies in the other township
    const u = [
      at(0, 200),
      at(100, 200),
      at(100, 300),
      at(90, 300),
      at(90, 210),
      at(10, 210),
      at(10, 300),
      at(0, 300),
      at(0, 200),
    ];
    const parcels = await own.parcels([
      plot(box(0, 0, 100, 100), { DKBH: 'in the west' }),
      plot(box(190, 0, 290, 100), { DKBH: 'mostly in the east' }),
      plot([u], { DKBH: 'a U' }),
      plot(box(0, 400, 100, 500), { DKBH: 'says it', XZMC: '第三乡' }),
      plot(box(600, 0, 700, 100), { DKBH: 'in none' }),
      plot(null, { DKBH: 'empty' }),
    ]);
    const township = await own.layer('township', [
      plot([...box(-100, -100, 200, 600), [at(20, 220), at(20, 290), at(80, 290), at(80, 220), at(20, 220)]], {
        XZQMC: '西乡',
      }),
      plot(box(200, -100, 500, 600), { XZQMC: '东乡' }),
      plot(box(20, 220, 80, 290), { XZQMC: '飞地' }),
    ]);
    const { features, summary } = await own.verify({ sets: [parcels], layers: [township] });
    const named = ['西乡', '东乡', '西乡', '第三乡', null, null];
    expect(features.map(({ properties }) => properties.township)).toEqual(named);
    expect(summary.by_township.map(({ township: name, parcel_count }) => [name, parcel_count]).sort()).toEqual(
      [
        ['东乡', 1],
        ['第三乡', 1],
        ['西乡', 2],
        [null, 2],
      ].sort(),
    );
  });
});
