/** What every step of a run needs: the pinned layers, the resolved parameters, and slope tiles kept at hand. */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { ParamValues, RasterGrid, RunLayer } from '../checks/check.ts';
import type { Config } from '../config.ts';
import type { Database } from '../database/connect.ts';
import type { Schema } from '../database/schema.ts';
import type { IdleThreads } from './compute-threads.ts';
import type { RegisterFacts } from './register.ts';

export interface Deps {
  database: Database;
  config: Config;
  /** of a process that does one run after another */
  idleThreads?: IdleThreads;
}

export interface RunKey {
  region_code: string;
  run_id: string;
}

/** The key alone, of whatever carries one: statements refuse parameters they do not name. */
export function keyOf({ region_code, run_id }: RunKey): RunKey {
  return { region_code, run_id };
}

export interface RunFacts {
  key: RunKey;
  layers: RunLayer[];
  params: Record<string, ParamValues>;
  evidence: string;
  /** what the register that the run pins says of its projects */
  projects: RegisterFacts;
  /** sets taking part, earlier ones among them, are more than one: parcels may be filed anew */
  severalSets: boolean;
  /** sets of the run that another one of it replaces: they take no part in overlaps */
  replaced: string[];
  /** parcels that have their result are judged again, as in a replay */
  again: boolean;
}

export interface Chunk extends RunKey {
  /** run ordinals, both included */
  first: number;
  last: number;
}

export async function runLayers(db: Kysely<Schema>, key: RunKey): Promise<RunLayer[]> {
  const rows = await db
    .selectFrom('run_layer as r')
    .innerJoin('layer as l', (join) =>
      join.onRef('l.region_code', '=', 'r.region_code').onRef('l.layer_id', '=', 'r.layer_id'),
    )
    .select(['l.layer_id', 'l.type', 'l.year', 'l.name', 'l.sha256', 'l.code_system', 'l.raster'])
    .where('r.region_code', '=', key.region_code)
    .where('r.run_id', '=', key.run_id)
    .orderBy('l.type')
    .orderBy('l.year')
    .orderBy('l.layer_id')
    .execute();
  return rows.map((row) => ({ ...row, raster: row.raster as RasterGrid | null }));
}

/**
 * A transaction for statements that look things up parcel by parcel. The tables of a run are as a rule not analysed yet when it reads
 * them, and taken for empty.
 */
export function byIndex<T>(db: Kysely<Schema>, work: (tx: Transaction<Schema>) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (tx) => {
    await sql`set local enable_seqscan = off`.execute(tx);
    return await work(tx);
  });
}

/** parcels of a run whose rows are looked up one by one in less time than it takes to read the tables of a county they stand in */
export const mostByKey = 5_000;

/**
 * For a statement over a whole run. Its rows are new to the planner, which takes them for few: 100,000 parcels were looked up one by one
 * (1.7 s instead of 0.45), or compared each with each (8 s). Fresh statistics of them would be a tenth of a second.
 */
export async function byTables(tx: Transaction<Schema>, parcels: number): Promise<void> {
  if (parcels > mostByKey) await sql`set local enable_nestloop = off`.execute(tx);
}
