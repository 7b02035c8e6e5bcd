/** What else should not grow: a run as the layers grow elsewhere; and what is asked of runs that are done. */
import type { Database } from '../../server/database/connect.ts';
import { refreshStatistics } from '../../server/database/statistics.ts';
import { diffRuns, type RunToDiff } from '../../server/verification/diff.ts';
import { replayRun } from '../../server/verification/replay.ts';
import type { Deps, RunKey } from '../../server/verification/run-context.ts';

const seconds = (since: number) => (performance.now() - since) / 1000;

/** What autovacuum would do meanwhile, on one of two cores, is done before; the rivals' tables are given the same. */
export async function settle(database: Database): Promise<void> {
  if (database.kind === 'postgis') await database.pool.query('vacuum analyze');
  for (const tables of ['parcels', 'runs'] as const) await refreshStatistics(database, tables);
}

/** Every polygon and piece of every vector layer once more, two degrees further east, where no parcel lies. */
export async function doubleLayersElsewhere({ pool }: Database): Promise<void> {
  const features = await pool.query<{ columns: string }>(
    `select string_agg(quote_ident(column_name), ', ' order by ordinal_position) as columns from information_schema.columns
     where table_schema = 'public' and table_name = 'layer_feature' and column_name not in ('feature_no', 'geom')`,
  );
  const { columns } = features.rows[0]!;
  await pool.query(
    `insert into layer_feature (${columns}, feature_no, geom) select ${columns}, feature_no + 10000000, st_translate(geom, 2, 0) from layer_feature`,
  );
  await pool.query(
    `insert into layer_piece (region_code, layer_id, feature_no, piece_no, geom)
     select region_code, layer_id, feature_no + 10000000, piece_no, st_translate(geom, 2, 0) from layer_piece`,
  );
  await pool.query('vacuum analyze layer_feature');
  await pool.query('vacuum analyze layer_piece');
}

export async function timeReplay(deps: Deps, run: RunKey): Promise<{ seconds: number; answer: string }> {
  const started = performance.now();
  const { answer } = await replayRun(deps, run);
  return { seconds: seconds(started), answer };
}

/** The first page, which counts all that changed. */
export async function timeDiff(deps: Deps, before: RunKey, after: RunKey) {
  const rows = async ({ run_id }: RunKey) => {
    const { rows } = await deps.database.pool.query<RunToDiff>(
      'select region_code, run_id::text as run_id, parcel_count, manifest from run where run_id = $1',
      [run_id],
    );
    return rows[0]!;
  };
  const started = performance.now();
  const { number_matched } = await diffRuns(deps, await rows(before), await rows(after), {
    after_place: 0,
    limit: 100,
  });
  return { seconds: seconds(started), number_matched };
}
