/** Waiting for what background work does, by looking. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../../server/database/connect.ts';
import { type JobRow, readJob } from '../../server/jobs/job-store.ts';
import { finalStates, type JobState } from '../../server/jobs/job-table.ts';

/** The job's row once it is in one of these states; fails the test by its own time-out otherwise. */
export async function jobIn(
  { db }: Pick<Database, 'db'>,
  jobId: string,
  states: readonly JobState[] = finalStates,
): Promise<JobRow> {
  for (;;) {
    const job = await readJob(db, jobId);
    if (job !== undefined && states.includes(job.state)) return job;
    await pause(50);
  }
}

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(50);
}

/** A log that is kept, to see what was told to the operator. */
export function keptLog() {
  const lines: { level: string; message: string; detail: unknown }[] = [];
  const keep = (level: string) => (detail: object, message: string) => void lines.push({ level, message, detail });
  return { lines, error: keep('error'), warn: keep('warn'), info: keep('info') };
}
