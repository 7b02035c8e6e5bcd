/**
 * A run over what was verified before computes only what changed and what lies near it, says how many it took over, and says the same, to
 * the digit, as a run that computes everything. The full run is the second method: it does not know of the reuse.
 */
import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { executeRun } from '../../server/verification/run.ts';
import { type Plot, removeFiles } from '../intake-receive/receiving.ts';
import { eachDatabase } from '../support/databases.ts';
import { at, box, config, featuresOf, plot, SmallCounty } from './small-runs.ts';
import { manyParcels } from './thousand.ts';

removeFiles();

const count = 240;

eachDatabase('a run over what was verified before', (open) => {
  let database: Database;
  let regions = 997000;
  beforeAll(async () => {
    database = await open();
  });

  /** A county with a red line in two versions, land use, and a run over `manyParcels` that succeeded. */
  async function verified() {
    const here = new SmallCounty(database, String(++regions));
    const seed = regions;
    const parcels = () => manyParcels(seed, count);
    const square = (x: number, y: number, side: number, name: string) =>
      plot(box(x, y, x + side, y + side), { HXMC: name });
    const red = (moved: number) => [square(200, 100, 400, 'west'), square(3000 + moved, 200, 300, 'east')];
    const land = [
      plot(box(-100, -100, 2400, 2000), { DLBM: '0103', ZZSXDM: 'LS' }),
      plot(box(2400, -100, 5000, 2000), { DLBM: '0301' }),
    ];
    const landUse = await here.layer('land-use', land, { year: 2022 });
    const layers = [await here.layer('eco-red-line', red(0)), landUse];
    const set = await here.parcels(parcels());
    const first = await here.verify({ sets: [set], layers });
    expect(first.summary.reused_count).toBe(0);
    const movedLayers = async () => [await here.layer('eco-red-line', red(60)), landUse];
    return { here, set, layers, parcels, movedLayers };
  }
  type County = Awaited<ReturnType<typeof verified>>;

  /** Runs once with and once without taking over, and compares. @returns how many were taken over */
  async function reusedOf(
    { here }: County,
    wanted: { sets: string[]; layers: string[]; params?: Record<string, Record<string, unknown>> },
  ): Promise<number> {
    const run = await here.create(wanted);
    const { reused_count, ...summary } = await executeRun({ database, config }, run);
    const features = await featuresOf(database, run);
    for (const table of ['finding', 'piece', 'result'] as const)
      await database.db.deleteFrom(table).where('region_code', '=', here.region).execute();
    const full = await here.create(wanted);
    const fullSummary = await executeRun({ database, config: { ...config, reuseResults: false } }, full);
    expect(fullSummary.reused_count).toBe(0);
    const timeless = ({ elapsed_s: _, reused_count: __, ...rest }: Record<string, unknown>) => rest;
    expect(timeless({ ...summary })).toEqual(timeless({ ...fullSummary }));
    expect(features).toEqual(await featuresOf(database, full));
    return reused_count;
  }

  it('takes over every parcel where nothing changed', async () => {
    const county = await verified();
    expect(await reusedOf(county, { sets: [county.set], layers: county.layers })).toBe(count);
  });

  it('does not succeed over a result that has lost an outcome', async () => {
    const { here, set, layers } = await verified();
    const { rows } = await database.pool.query(
      `update result set outcomes = left(outcomes, 11) where ctid in (select ctid from result where region_code = $1 limit 1) returning result_id`,
      [here.region],
    );
    expect(rows).toHaveLength(1);
    const run = await here.create({ sets: [set], layers });
    await expect(executeRun({ database, config }, run)).rejects.toThrow(
      `steep-slope: ${count - 1} of ${count} parcels have an outcome`,
    );
  });

  it('computes a parcel that changed and its neighbours, in a new upload of the set', async () => {
    const county = await verified();
    const parcels = county.parcels();
    // 1 m of one corner; and one that was taken out. Each has at most eight neighbours, and overlaps are never taken over
    const moved = parcels[50]! as Plot & { rings: [number, number][][] };
    moved.rings[0]![1] = [moved.rings[0]![1]![0] + 1, moved.rings[0]![1]![1]];
    parcels.splice(130, 1);
    const set = await county.here.parcels(parcels, { replaces: [county.set] });
    const run = { sets: [set], layers: county.layers };
    const reused = await reusedOf(county, run);
    const overlapping = (await county.here.verify({ ...run, params: {} })).features.filter(
      ({ properties }) => (properties.checks['parcel-overlap']['with'] as string[]).length > 0,
    ).length;
    expect(reused).toBeGreaterThanOrEqual(count - 1 - overlapping - 18);
    expect(reused).toBeLessThan(count - 1);
    expect(reused).toBeGreaterThan(0);
  });

  it('computes the parcels near what moved in a new version of a layer, and those that named the old one', async () => {
    const county = await verified();
    const reused = await reusedOf(county, { sets: [county.set], layers: await county.movedLayers() });
    // both squares stand over some 3 × 3 to 5 × 5 of the 240 plots; those under the one that stayed name the layer and are computed too
    expect(reused).toBeGreaterThan(count - 60);
    expect(reused).toBeLessThan(count - 10);
  });

  it('computes the parcels under polygons that stand in another order in a new version of a layer', async () => {
    const county = await verified();
    const [, landUse] = county.layers;
    const both = (names: string[]) =>
      county.here.layer(
        'eco-red-line',
        names.map((name) => plot(box(200, 100, 600, 500), { HXMC: name })),
      );
    const sets = [county.set];
    await county.here.verify({ sets, layers: [await both(['one', 'two', 'far']), landUse!] });
    // the same polygons, of which two change places: every parcel under them lists its hits the other way round
    const reused = await reusedOf(county, { sets, layers: [await both(['two', 'one', 'far']), landUse!] });
    expect(reused).toBeGreaterThan(0);
    expect(reused).toBeLessThan(count);
  });

  it('computes everything where a parameter is another', async () => {
    const county = await verified();
    const params = { 'eco-red-line': { min_area_m2: 11 } };
    expect(await reusedOf(county, { sets: [county.set], layers: county.layers, params })).toBe(0);
  });

  it('computes everything where a layer is one more', async () => {
    const county = await verified();
    const ban = await county.here.layer('steep-ban', [plot([[at(0, 0), at(50, 0), at(50, 50), at(0, 50), at(0, 0)]])]);
    expect(await reusedOf(county, { sets: [county.set], layers: [...county.layers, ban] })).toBe(0);
  });
});
