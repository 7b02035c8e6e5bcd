/** Runs as the API shows them, with what their job says of them. */
import type { Kysely } from 'kysely';
import type { Schema } from '../../database/schema.ts';
import { sqlFile } from '../../database/sql-file.ts';
import type { Fault } from '../../jobs/fault.ts';
import type { JobState } from '../../jobs/job-table.ts';
import type { Language } from '../language.ts';
import { firstOnly, type PageOf, type PageRequest, type Placed, pageParams, toPage } from '../page.ts';
import { problemBody } from '../problem.ts';
import type { Run } from '../schemas/runs.ts';
import { isUuid } from '../uuid.ts';

export interface RunRow extends Placed {
  run_id: string;
  state: JobState;
  params: Record<string, Record<string, unknown>>;
  parcel_count: number;
  summary: Record<string, unknown> | null;
  problem: unknown;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  job_id: string | null;
  job_state: JobState | null;
  job_progress: number | null;
  job_problem: Fault | null;
  request_id: string | null;
  parcel_set_ids: string[];
  layer_ids: string[];
}

const listRuns = sqlFile<RunRow>('queries/list-runs');
const countRuns = sqlFile<{ matched: number }>('queries/count-runs');

export async function pageOfRuns(
  db: Kysely<Schema>,
  query: PageRequest & { region_code?: string; state?: string },
  language: Language,
): Promise<PageOf<Run>> {
  const filter = { region_code: query.region_code ?? null, state: query.state ?? null };
  const question = ['runs', filter];
  const rows = await listRuns.all(db, { ...filter, run_id: null, whole: true, ...pageParams(question, query) });
  const { matched } = await countRuns.one(db, filter);
  return toPage(
    question,
    query,
    rows,
    matched,
    (row) => row.run_id,
    (row) => showRun(row, language),
  );
}

export function oneRun(db: Kysely<Schema>, runId: string): Promise<RunRow | undefined> {
  return byId(db, runId, true);
}

/** How a run stands, without its summary: of a thousand projects that is half a megabyte, and every tile asks. */
export type RunStanding = Omit<RunRow, 'summary'>;
export function standingOf(db: Kysely<Schema>, runId: string): Promise<RunStanding | undefined> {
  return byId(db, runId, false);
}

async function byId(db: Kysely<Schema>, runId: string, whole: boolean): Promise<RunRow | undefined> {
  if (!isUuid(runId)) return undefined;
  const [row] = await listRuns.all(db, { run_id: runId, region_code: null, state: null, whole, ...firstOnly });
  return row;
}

/** While its job goes on, the job knows best: between two attempts the run's own row still tells of the first. */
export function stateOf(row: RunStanding): JobState {
  return isGoing(row) && row.state !== 'succeeded' ? (row.job_state as JobState) : row.state;
}
const isGoing = ({ job_state }: RunStanding) => job_state === 'queued' || job_state === 'running';

export function showRun(row: RunRow, language: Language): Run {
  const state = stateOf(row);
  return {
    run_id: row.run_id,
    region_code: row.region_code,
    state,
    progress: state === 'succeeded' ? 1 : (row.job_progress ?? 0),
    job_id: row.job_id,
    parcel_set_ids: row.parcel_set_ids,
    layer_ids: row.layer_ids,
    params: row.params,
    parcel_count: row.parcel_count,
    summary: row.summary,
    ...(state === 'failed' && row.job_problem !== null
      ? { problem: problemBody(row.job_problem, language, row.request_id) }
      : {}),
    created_at: row.created_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    finished_at: isGoing(row) ? null : (row.finished_at?.toISOString() ?? null),
  };
}
