/**
 * One narrow row a parcel of a finished run, by which lists are filtered, sorted and counted. Made when a run ends, and wherever it is
 * missing when somebody looks: everything in it follows from the run.
 */
import type { Kysely } from 'kysely';
import type { Database } from '../database/connect.ts';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import { refreshStatistics } from '../database/statistics.ts';
import { checkIds } from '../domain/outcome.ts';
import { keyOf, type RunKey } from './run-context.ts';

const indexStretch = sqlFile('queries/index-run');

/** Parcels of one statement: 0.3 s on the embedded database, which a statement holds alone. */
const stretch = { embedded: 2_000, postgis: 100_000 };

/** bit of a check in the masks of run_index */
export const bitOf = (check: string): number => 1 << (checkIds as readonly string[]).indexOf(check);
export const everyCheck = (1 << checkIds.length) - 1;

/** A run that has succeeded becomes searchable; no work where it is. Two that do it at once write the same rows. */
export async function indexRun(database: Database, run: RunKey & { parcel_count: number }): Promise<void> {
  const { db, kind } = database;
  const key = keyOf(run);
  const made = await madeWith(db, key);
  if (made === checkIds.join()) return;
  // made by a program with other checks: its bits mean others
  if (made !== undefined) {
    for (const table of ['run_index', 'run_indexed'] as const)
      await db.deleteFrom(table).where('region_code', '=', key.region_code).where('run_id', '=', key.run_id).execute();
  }
  const size = stretch[kind];
  for (let first = 1; first <= run.parcel_count; first += size)
    await indexStretch.run(db, { ...key, check_ids: [...checkIds], first, last: first + size - 1 });
  if (run.parcel_count > 1000) await refreshStatistics(database, 'index');
  await db
    .insertInto('run_indexed')
    .values({ region_code: key.region_code, run_id: key.run_id, check_ids: checkIds.join() })
    .onConflict((on) => on.doNothing())
    .execute();
}

async function madeWith(db: Kysely<Schema>, key: RunKey): Promise<string | undefined> {
  const row = await db
    .selectFrom('run_indexed')
    .select('check_ids')
    .where('region_code', '=', key.region_code)
    .where('run_id', '=', key.run_id)
    .executeTakeFirst();
  return row?.check_ids;
}
