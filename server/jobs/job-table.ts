/** The job table (sql/migrations/0002_jobs.sql) as kysely sees it. */
import type { ColumnType, Generated } from 'kysely';
import type { Fault } from './fault.ts';

export type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
export const finalStates: readonly JobState[] = ['succeeded', 'failed', 'cancelled'];

type Json<T> = ColumnType<T, string | undefined, string | null>;
type Time = ColumnType<Date, Date | undefined, Date>;
type MaybeTime = ColumnType<Date | null, Date | undefined, Date | null>;

export type JobTable = {
  job_id: string;
  kind: string;
  state: Generated<JobState>;
  progress: Generated<number>;
  input: Json<Record<string, unknown>>;
  result: Json<unknown>;
  /** in both languages; http says it in the reader's */
  problem: Json<Fault | null>;
  subject_id: string | null;
  upload_sha256: string | null;
  request_id: string | null;
  cancel_requested: Generated<boolean>;
  attempt: Generated<number>;
  faults: Generated<number>;
  crashes: Generated<number>;
  created_at: Time;
  updated_at: Time;
  started_at: MaybeTime;
  finished_at: MaybeTime;
};

export type JobSchema = {
  job: JobTable;
};
