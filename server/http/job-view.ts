/** A job as the API shows it (CONTRACT §5), in the reader's language. */
import type { JobRow } from '../jobs/job-store.ts';
import type { Language } from './language.ts';
import { localized } from './localized.ts';
import { problemBody } from './problem.ts';
import type { Job } from './schemas/jobs.ts';

export function showJob(row: JobRow, language: Language): Job {
  return {
    job_id: row.job_id,
    kind: row.kind,
    state: row.state,
    progress: row.progress,
    subject_id: row.subject_id,
    ...(row.result === null ? {} : { result: localized(row.result, language) }),
    ...(row.problem === null ? {} : { problem: problemBody(row.problem, language, row.request_id) }),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}
