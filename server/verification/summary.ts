/** The summary of a run (CONTRACT §4, summary.json): sums in upload order, so that the same run gives the same digits. */
import { type Kysely, sql, type Transaction } from 'kysely';
import { checks } from '../checks/index.ts';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import { checkIds, type Outcome, type Verdict } from '../domain/outcome.ts';
import type { CheckSummary, GroupSummary, RunSummary } from '../domain/verdict-feature.ts';
import { byTables, keyOf, type RunKey } from './run-context.ts';

interface GroupRow {
  kind: 'all' | 'project' | 'township';
  project_code: string | null;
  township: string | null;
  project_name: string | null;
  parcel_count: number;
  declared_area_m2: number | null;
  area_m2: number;
  deduct_area_m2: number;
  restore_area_m2: number;
  remediate_area_m2: number;
  kept_area_m2: number;
  kept_unverified_area_m2: number;
  compliant: number;
  non_compliant: number;
  undetermined: number;
}

const groupRows = sqlFile<GroupRow>('queries/run-summary');
const checkRows = sqlFile<{ check_id: string; outcome: Outcome | null; parcels: number; area_m2: number }>(
  'queries/run-check-summary',
);

export async function summarise(db: Kysely<Schema>, key: RunKey, elapsedS: number): Promise<RunSummary> {
  const run = await db
    .selectFrom('run')
    .select(['parcel_count', 'reused_count'])
    .where('region_code', '=', key.region_code)
    .where('run_id', '=', key.run_id)
    .executeTakeFirstOrThrow();
  const reused = run.reused_count ?? 0;
  const whole = <T>(read: (tx: Transaction<Schema>) => Promise<T>) =>
    db.transaction().execute(async (tx) => {
      await byTables(tx, run.parcel_count);
      // a sum's digits are those of its order (run-summary.sql): grouped by hash, rows keep theirs
      await sql`set local enable_sort = off`.execute(tx);
      return await read(tx);
    });
  // side by side on a server: nothing else of the run is left to do
  const [groups, byOutcome] = await Promise.all([
    whole((tx) => groupRows.all(tx, { ...keyOf(key) })),
    whole((tx) => checkRows.all(tx, { ...keyOf(key), check_ids: checkIds.toSorted() })),
  ]);
  const all = groups.find((group) => group.kind === 'all');
  if (!all) throw new Error('a run without a total');
  const byCheck = Object.fromEntries(
    checks.map((check) => [check.id, { pass: 0, fail: 0, undetermined: 0, not_applicable: 0, area_m2: 0 }]),
  ) as RunSummary['by_check'];
  for (const row of byOutcome) {
    const entry: CheckSummary | undefined = byCheck[row.check_id as keyof typeof byCheck];
    // a letter that says nothing is counted nowhere: demandComplete misses it
    if (!entry || row.outcome === null) continue;
    entry[row.outcome] = row.parcels;
    if (row.outcome === 'fail') entry.area_m2 = row.area_m2;
  }
  const { declared_area_m2: _, ...books } = groupOf(all);
  return {
    ...books,
    reused_count: reused,
    by_check: byCheck,
    by_project: groups
      .filter((group) => group.kind === 'project')
      .map((group) => ({ project_code: group.project_code, project_name: group.project_name, ...groupOf(group) })),
    by_township: groups
      .filter((group) => group.kind === 'township')
      .map((group) => ({ township: group.township, ...groupOf(group) })),
    elapsed_s: elapsedS,
  };
}

/** @throws where a parcel of a run that ends has no result, or no outcome of a check: silence is no pass, and no "not applicable" either */
export function demandComplete({ parcel_count, by_check }: RunSummary, parcels: number): void {
  if (parcel_count !== parcels) throw new Error(`${parcel_count} of ${parcels} parcels have a result`);
  for (const [check, { pass, fail, undetermined, not_applicable }] of Object.entries(by_check)) {
    const told = pass + fail + undetermined + not_applicable;
    if (told !== parcels) throw new Error(`${check}: ${told} of ${parcels} parcels have an outcome`);
  }
}

function groupOf(row: GroupRow): GroupSummary {
  const byVerdict: Record<Verdict, number> = {
    compliant: row.compliant,
    non_compliant: row.non_compliant,
    undetermined: row.undetermined,
  };
  return {
    parcel_count: row.parcel_count,
    declared_area_m2: row.declared_area_m2,
    area_m2: row.area_m2,
    deduct_area_m2: row.deduct_area_m2,
    restore_area_m2: row.restore_area_m2,
    remediate_area_m2: row.remediate_area_m2,
    kept_area_m2: row.kept_area_m2,
    kept_unverified_area_m2: row.kept_unverified_area_m2,
    by_verdict: byVerdict,
  };
}
