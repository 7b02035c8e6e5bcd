/**
 * Fresh statistics for the planner. The embedded database has no autovacuum, and a server's comes a minute late: without them
 * counting the 10,000 verdicts of a run took 43 s on an index of the wrong columns, with them 0.07 s; taking them took 0.8 s.
 */
import { sql } from 'kysely';
import type { Database } from './connect.ts';
import { type Db, sqlFile } from './sql-file.ts';

const plainColumns = sqlFile<{ name: string }>('queries/plain-columns');

export const tablesOf = {
  parcels: ['parcel_set', 'parcel'],
  layers: ['layer', 'layer_feature', 'layer_piece', 'raster_tile', 'raster_view'],
  runs: ['run', 'run_set', 'run_layer', 'run_result', 'run_chunk', 'result', 'finding', 'piece'],
  index: ['run_index'],
  reviews: ['review', 'flag_review'],
} as const;

/** To be called after many rows came in, outside a transaction: one short statement a table. */
export async function refreshStatistics({ db, kind }: Pick<Database, 'db' | 'kind'>, of: keyof typeof tablesOf) {
  for (const table of tablesOf[of]) {
    const columns = kind === 'embedded' ? sql` (${sql.join(await columnsWithoutShapes(db, table))})` : sql``;
    await sql`analyze ${sql.table(table)}${columns}`.execute(db);
  }
}

/**
 * No shapes on the embedded database. Its PostGIS gives the planner a memory address for the selectivity of a join of two tables
 * whose histograms lie apart (parcels of one county, layers of another alone): "invalid function selectivity: 172839608", and
 * from then on every such statement fails. Without a histogram it takes its fixed guess. A 64-bit server returns 0 there.
 */
async function columnsWithoutShapes(db: Db, table: string) {
  return (await plainColumns.all(db, { table_name: table })).map((row) => sql.ref(row.name));
}
