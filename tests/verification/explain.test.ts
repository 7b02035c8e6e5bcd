/**
 * No statement of a chunk reads a whole layer, all parcels or all results. The statements are explained as a run asks them: with its values,
 * its settings, and the statistics that there are at that moment: of parcels and layers, which are analysed behind every upload, in the
 * first run; of earlier runs too in the second.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { sqlFile } from '../../server/database/sql-file.ts';
import { refreshStatistics } from '../../server/database/statistics.ts';
import { createRun } from '../../server/verification/create-run.ts';
import { executeRun } from '../../server/verification/run.ts';
import { eachDatabase } from '../support/databases.ts';
import { type Explained, explainAsAsked, readingsOf } from './explained.ts';
import { insertLattice, type Lattice, lattice } from './lattice.ts';
import { config } from './small-runs.ts';

const reading = ['chunk-parcels', 'chunk-pieces', 'chunk-neighbours', 'chunk-twins', 'inner-points'];
const writing = ['insert-results', 'insert-findings', 'insert-pieces', 'close-chunk', 'hold-chunk', 'claim-chunk'];
const named = new Map([...reading, ...writing].map((name) => [sqlFile(`queries/${name}`).text, name]));

/** What an index has to be asked by, so that what is read does not grow with the table: place, number, or id, not only whose it is. */
const narrow: Record<string, RegExp> = {
  layer_piece: /geom &&|feature_no =/,
  layer_feature: /feature_no =/,
  parcel: /geom &&|ordinal =|geometry_hash =|parcel_id =/,
  run_result: /ordinal [=>]/,
  result: /result_id =/,
  finding: /result_id =/,
  piece: /result_id =/,
  raster_tile: /tile_row =/,
};
const chunk = 50;

eachDatabase('the statements of a run over 22,500 patches', (open) => {
  let database: Database;
  let county: Lattice;
  let explained: Explained[];
  const run = async (deduct: number) => {
    const deps = { database, config: { ...config, chunkSize: { embedded: chunk, postgis: chunk } } };
    const frozen = await createRun(deps, {
      parcelSetIds: county.sets,
      layerIds: county.layers,
      earlierSetIds: [],
      order: 'given',
      params: { 'prior-farmland': { min_area_m2: deduct } },
    });
    return executeRun(deps, frozen);
  };

  beforeAll(async () => {
    database = await open();
    county = await insertLattice(database);
    for (const tables of ['parcels', 'layers'] as const) await refreshStatistics(database, tables);
    explained = explainAsAsked(database, named);
  });

  /** Readings that are wider than a chunk, and how often each statement was explained. */
  function expectNarrow() {
    for (const name of [...reading, ...writing])
      expect(explained.filter((one) => one.name === name).length, name).toBeGreaterThanOrEqual(3);
    const wide = explained.flatMap(({ name, readings }) =>
      readings
        .filter(
          ({ table, node, by }) => narrow[table] !== undefined && (node === 'Seq Scan' || !narrow[table].test(by)),
        )
        .map((one) => ({ name, ...one })),
    );
    const told = (one: (typeof wide)[number]) =>
      `${one.name}: ${one.node} ${one.table} by ${one.by} (${one.rows} rows)`;
    expect([...new Set(wide.map(told))].sort()).toEqual([]);
    // counted: a parcel meets four patches and four neighbours at most, and asks for itself
    const counted = explained.flatMap(({ readings }) => readings).filter(({ rows }) => rows !== undefined);
    expect(counted.filter(({ table }) => table === 'layer_piece').length).toBeGreaterThanOrEqual(3);
    expect(counted.filter(({ table, rows }) => narrow[table] !== undefined && rows! > 12 * chunk)).toEqual([]);
    explained.length = 0;
  }

  it('find their rows by index in the first run, whose own tables were never analysed', async () => {
    const { parcel_count, by_check } = await run(10);
    expect(parcel_count).toBe(lattice.parcels + lattice.earlier);
    // there is something to look for, to draw and to find a point of
    expect(by_check['prior-farmland'].fail).toBeGreaterThan(100);
    expect(by_check['parcel-geometry'].fail + by_check['parcel-geometry'].undetermined).toBeGreaterThan(0);
    expectNarrow();
  });

  it('find their rows by index in the next one', async () => {
    await refreshStatistics(database, 'runs');
    await run(11);
    expectNarrow();
  });

  it('would be found out if they read the whole layer', async () => {
    const { rows } = await database.pool.query(
      `explain (analyze, timing off, format json) select count(*) from layer_piece where region_code = $1 and st_isvalid(geom)`,
      [lattice.region],
    );
    const [found] = readingsOf((rows[0] as { 'QUERY PLAN': [{ Plan: never }] })['QUERY PLAN'][0].Plan);
    expect(found!.rows).toBeGreaterThan(20_000);
    expect(narrow['layer_piece']!.test(found!.by)).toBe(false);
  });
});

describe('reading a plan', () => {
  it('counts rows over all loops and those that a filter took out, and gives a bitmap the table it is of', () => {
    const bitmap = {
      'Node Type': 'Bitmap Index Scan',
      'Index Cond': '(geom && p.geom)',
      'Actual Rows': 2,
      'Actual Loops': 3,
    };
    const scan = {
      'Node Type': 'Seq Scan',
      'Relation Name': 'b',
      'Actual Rows': 1,
      'Rows Removed by Filter': 4,
      'Actual Loops': 2,
    };
    const heap = { 'Node Type': 'Bitmap Heap Scan', 'Relation Name': 'a', Plans: [bitmap] };
    expect(readingsOf({ 'Node Type': 'Nested Loop', Plans: [heap, scan] })).toEqual([
      { table: 'a', node: 'Bitmap Index Scan', by: '(geom && p.geom)', rows: 6 },
      { table: 'b', node: 'Seq Scan', by: '', rows: 10 },
    ]);
  });
});
