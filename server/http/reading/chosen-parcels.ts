/** Which parcels of a run its tiles show, by the filters that its list takes. */
import type { Database } from '../../database/connect.ts';
import type { Chosen } from '../../tiles/tiles.ts';
import { everyMatching, type ParcelFilter } from '../../verification/find-verdicts.ts';
import { indexRun } from '../../verification/run-index.ts';
import { lastEventNo } from './reviews.ts';
import type { RunStanding } from './runs.ts';

/**
 * @returns undefined where nothing is asked: all of them. What people decided is asked for by the number of the last event, read before the
 * parcels are: they may be newer than their key, never older.
 */
export async function parcelsChosen(
  database: Database,
  run: RunStanding,
  filter: ParcelFilter,
): Promise<Chosen | undefined> {
  if (Object.keys(filter).length === 0) return undefined;
  const { db } = database;
  const event = filter.state === undefined ? 0 : await lastEventNo(db, run.region_code);
  return {
    key: JSON.stringify([filter, event]),
    ordinals: async () => {
      await indexRun(database, run);
      return everyMatching(db, run, filter);
    },
  };
}
