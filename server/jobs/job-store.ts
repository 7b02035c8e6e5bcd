/**
 * Reads and writes of the job table. Every write of a worker names the attempt it holds, so that one which lost its
 * lease (a long pause, a cut network) finds no row and stops, instead of undoing the work of its successor.
 */
import { randomUUID } from 'node:crypto';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Schema } from '../database/schema.ts';
import type { Fault } from './fault.ts';
import type { JobSchema, JobState, JobTable } from './job-table.ts';

export type JobRow = Selectable<JobTable>;

export interface NewJob {
  kind: string;
  input: Record<string, unknown>;
  /** layer, parcel set or run the job is about */
  subjectId?: string;
  /** the file under uploads/ it reads; kept while the job is unfinished */
  uploadSha256?: string;
  requestId?: string;
}

type Db = Kysely<Schema>;
const jobs = (db: Db) => db.withTables<JobSchema>();

export async function insertJob(db: Db, job: NewJob): Promise<string> {
  const jobId = randomUUID();
  await jobs(db)
    .insertInto('job')
    .values({
      job_id: jobId,
      kind: job.kind,
      input: JSON.stringify(job.input),
      subject_id: job.subjectId ?? null,
      upload_sha256: job.uploadSha256 ?? null,
      request_id: job.requestId ?? null,
    })
    .execute();
  return jobId;
}

export async function readJob(db: Db, jobId: string): Promise<JobRow | undefined> {
  return jobs(db).selectFrom('job').selectAll().where('job_id', '=', jobId).executeTakeFirst();
}

/** The newest job about a layer, parcel set or run; dry runs are about nothing that stays. */
export async function newestJobAbout(
  db: Db,
  subjectId: string,
  states?: readonly JobState[],
): Promise<JobRow | undefined> {
  let query = jobs(db).selectFrom('job').selectAll().where('subject_id', '=', subjectId);
  if (states !== undefined) query = query.where('state', 'in', [...states]);
  return query.orderBy('created_at', 'desc').orderBy('job_id').limit(1).executeTakeFirst();
}

/** Takes the job up; undefined when it has ended meanwhile. A job found running is one whose process died. */
export async function takeUp(db: Db, jobId: string): Promise<JobRow | undefined> {
  return jobs(db)
    .updateTable('job')
    .set({
      state: 'running',
      attempt: sql`attempt + 1`,
      crashes: sql`crashes + case when state = 'running' then 1 else 0 end`,
      started_at: sql`coalesce(started_at, now())`,
      updated_at: sql`now()`,
    })
    .where('job_id', '=', jobId)
    .where('state', 'in', ['queued', 'running'])
    .returningAll()
    .executeTakeFirst();
}

/** Says how far it is (never falling) and that it lives; tells whether it shall stop. undefined: the lease is lost. */
export async function beat(
  db: Db,
  jobId: string,
  attempt: number,
  progress: number,
): Promise<{ cancelRequested: boolean } | undefined> {
  const row = await jobs(db)
    .updateTable('job')
    .set({ progress: sql`greatest(progress, ${progress}::float8)`, updated_at: sql`now()` })
    .where('job_id', '=', jobId)
    .where('attempt', '=', attempt)
    .where('state', '=', 'running')
    .returning('cancel_requested')
    .executeTakeFirst();
  return row && { cancelRequested: row.cancel_requested };
}

/** Cheaper than a beat while nothing moved: no row version is written. */
export async function listen(
  db: Db,
  jobId: string,
  attempt: number,
): Promise<{ cancelRequested: boolean } | undefined> {
  const row = await jobs(db)
    .selectFrom('job')
    .select('cancel_requested')
    .where('job_id', '=', jobId)
    .where('attempt', '=', attempt)
    .where('state', '=', 'running')
    .executeTakeFirst();
  return row && { cancelRequested: row.cancel_requested };
}

export type Ending =
  | { state: 'succeeded'; result: unknown }
  | { state: 'failed'; problem: Fault }
  | { state: 'cancelled' };

/** false: the lease is lost, and nothing was written. */
export async function finish(db: Db, jobId: string, attempt: number, ending: Ending): Promise<boolean> {
  const done = await jobs(db)
    .updateTable('job')
    .set({
      state: ending.state,
      ...(ending.state === 'succeeded' ? { progress: 1, result: JSON.stringify(ending.result ?? null) } : {}),
      ...(ending.state === 'failed' ? { problem: JSON.stringify(ending.problem) } : {}),
      updated_at: sql`now()`,
      finished_at: sql`now()`,
    })
    .where('job_id', '=', jobId)
    .where('attempt', '=', attempt)
    .where('state', '=', 'running')
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** Back into the queue: after a fault of the engine (counted), or because this process is closing. */
export async function putBack(db: Db, jobId: string, attempt: number, faults: 0 | 1): Promise<boolean> {
  const done = await jobs(db)
    .updateTable('job')
    .set({ state: 'queued', faults: sql`faults + ${faults}::int`, updated_at: sql`now()` })
    .where('job_id', '=', jobId)
    .where('attempt', '=', attempt)
    .where('state', '=', 'running')
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** A queued job ends at once, a running one is asked to stop; undefined when there is no such job or it has ended. */
export async function requestCancel(db: Db, jobId: string): Promise<JobRow | undefined> {
  return jobs(db)
    .updateTable('job')
    .set({
      cancel_requested: true,
      finished_at: sql`case when state = 'queued' then now() end`,
      state: sql`case when state = 'queued' then 'cancelled' else state end`,
      updated_at: sql`now()`,
    })
    .where('job_id', '=', jobId)
    .where('state', 'in', ['queued', 'running'])
    .returningAll()
    .executeTakeFirst();
}

/** What the running jobs of a kind are about, oldest first. */
export async function runningInputs(db: Db, kind: string): Promise<Record<string, unknown>[]> {
  const rows = await jobs(db)
    .selectFrom('job')
    .select('input')
    .where('kind', '=', kind)
    .where('state', '=', 'running')
    .orderBy('created_at')
    .execute();
  return rows.map((row) => row.input);
}

/** Unfinished jobs that said nothing for some seconds. */
export async function silentJobs(db: Db, seconds: number): Promise<Pick<JobRow, 'job_id' | 'kind'>[]> {
  return jobs(db)
    .selectFrom('job')
    .select(['job_id', 'kind'])
    .where('state', 'in', ['queued', 'running'])
    .where('updated_at', '<=', sql<never>`now() - make_interval(secs => ${seconds}::float8)`)
    .execute();
}
