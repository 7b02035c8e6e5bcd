/**
 * Background work by pg-boss in the same database. pg-boss delivers, delivers again and notices the dead; the job table is
 * what clients see. Everything is polling: LISTEN does not arrive on the embedded database, and no lock of a session is
 * relied on, for all its clients share one.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type ConstructorOptions, type Job, PgBoss } from 'pg-boss';
import type { Database } from '../database/connect.ts';
import { attemptJob } from './attempt.ts';
import { forgetOldKeys } from './idempotency.ts';
import { type JobKind, type JobLog, type QueueName, queueNames } from './job-kind.ts';
import { insertJob, type JobRow, type NewJob, requestCancel, silentJobs } from './job-store.ts';

export interface Jobs {
  /** the new job's id; it is taken up within half a second by this process, or by another one on the same database */
  enqueue(job: NewJob): Promise<string>;
  /** a queued job is cancelled at once, a running one within a second; undefined when there is none, or it has ended */
  cancel(jobId: string): Promise<JobRow | undefined>;
  /** stops taking jobs; running ones are put back for the next start */
  stop(): Promise<void>;
}

export interface JobsDeps {
  database: Database;
  kinds: Record<string, JobKind>;
  log: JobLog;
  /** false: only enqueue, leave the work to other processes */
  work?: boolean;
}

/** s: a worker that says nothing for so long is dead; with the watch every 10 s its job goes on within 40 s (THREATS T25: 60). */
const heartbeatSeconds = 20;
const watchSeconds = 10;
/** more than the crashes, faults and closings a job survives: attempt.ts ends it before pg-boss gives up */
const retryLimit = 60;
/** s: the embedded database is back 2.5 s after a trap */
const retryDelay = 3;

export async function startJobs({ database, kinds, log, work = true }: JobsDeps): Promise<Jobs> {
  const { db } = database;
  const boss = new PgBoss({
    db: overPool(database),
    schema: 'pgboss',
    schedule: false,
    reindex: false,
    monitorVacuum: false,
    registerInstance: false,
    openTelemetry: { enabled: false },
    supervise: work,
    superviseIntervalSeconds: watchSeconds,
    monitorIntervalSeconds: watchSeconds,
    flowIntervalSeconds: 60,
  });
  // a database that restarts makes every poll fail for a moment; the polls go on by themselves
  boss.on('error', (error) => log.warn({ err: error }, 'queue'));
  await begin(boss, log);
  const settings = { heartbeatSeconds, retryLimit, retryDelay, expireInSeconds: 24 * 3600, deleteAfterSeconds: 3600 };
  for (const name of queueNames) {
    await boss.createQueue(name, settings);
    await boss.updateQueue(name, settings);
  }

  const closing = new AbortController();
  const workers = new Map<QueueName, string>();
  const stops = new Map<string, () => void>();
  const queueOf = (job: { kind: string }): QueueName => kinds[job.kind]?.queue ?? 'intake';
  const send = async (jobId: string, queue: QueueName) => {
    await boss.send(queue, { job_id: jobId });
    const worker = workers.get(queue);
    if (worker !== undefined) boss.notifyWorker(worker);
  };

  /** Jobs nobody delivers any more: their process died between the two inserts of enqueue, or pg-boss gave them up. */
  const recover = async (silentSeconds: number, deadWorkers: boolean) => {
    for (const job of await silentJobs(db, silentSeconds)) {
      const queue = queueOf(job);
      const deliveries = await boss.findJobs(queue, { data: { job_id: job.job_id } });
      const active = deliveries.filter((delivery) => delivery.state === 'active');
      if (deadWorkers && active.length > 0)
        await boss.fail(
          queue,
          active.map((delivery) => delivery.id),
          { message: 'its process died' },
        );
      else if (!deliveries.some((delivery) => ['created', 'retry', 'active'].includes(delivery.state)))
        await send(job.job_id, queue);
    }
  };

  let watching: NodeJS.Timeout | undefined;
  if (work) {
    // The embedded folder has one process only: whoever ran a job there before is dead, so nothing need be waited for.
    const alone = database.kind === 'embedded';
    await recover(alone ? 0 : 60, alone);
    const attempt = { db, kinds, log, closing: closing.signal, embedded: alone, stops };
    const handler = async ([job]: Job<{ job_id: string }>[]) => {
      if (job !== undefined) await attemptJob(attempt, job.data.job_id);
    };
    const options = { pollingIntervalSeconds: 0.5, heartbeatRefreshSeconds: heartbeatSeconds / 4 };
    // two files are read at a time, each in a process of its own; runs load the database, so the embedded one does them in turn
    workers.set('intake', await boss.work('intake', { ...options, localConcurrency: 2 }, handler));
    workers.set('run', await boss.work('run', { ...options, localConcurrency: alone ? 1 : 2 }, handler));
    watching = setInterval(() => {
      recover(60, false)
        .then(() => forgetOldKeys(db))
        .catch((error: unknown) => log.warn({ err: error }, 'could not look for lost jobs'));
    }, 30_000);
    watching.unref();
  }

  return {
    async enqueue(job) {
      // Two statements, not one transaction: pg-boss may ask for a second connection, which the embedded database would let wait for ever.
      const jobId = await insertJob(db, job);
      await send(jobId, queueOf(job));
      return jobId;
    },
    async cancel(jobId) {
      const job = await requestCancel(db, jobId);
      if (job?.state === 'cancelled') await sayEnded(kinds, job, log);
      else if (job !== undefined) stops.get(jobId)?.();
      return job;
    },
    async stop() {
      clearInterval(watching);
      closing.abort();
      await boss.stop({ graceful: true, timeout: 30_000 });
    },
  };
}

/** Two servers that start at once on a new database both make the tables of the queue: the one that comes second begins again. */
async function begin(boss: PgBoss, log: JobLog): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await boss.start();
      return;
    } catch (error) {
      if (tries >= 5 || !alreadyThere.includes(String((error as { code?: unknown }).code))) throw error;
      log.warn({ err: error }, 'another server makes the tables of the queue just now');
      await pause(tries * 500);
    }
  }
}

/** SQLSTATE of a row, schema, table, object or function that another session made first, and of two that met over it */
const alreadyThere = ['23505', '42P06', '42P07', '42710', '42723', '40P01'];

async function sayEnded(kinds: Record<string, JobKind>, job: JobRow, log: JobLog): Promise<void> {
  try {
    await kinds[job.kind]?.ended?.(job.input, 'cancelled', null);
  } catch (error) {
    log.error({ err: error, job_id: job.job_id }, 'a cancelled job could not be tidied up');
  }
}

/** pg-boss on our pool: one set of connections, which know how to wait for an embedded database that restarts. */
function overPool({ pool }: Database): NonNullable<ConstructorOptions['db']> {
  return {
    async executeSql(text, values) {
      const result: { rows: unknown[] } | { rows: unknown[] }[] = await pool.query(text, values);
      return { rows: Array.isArray(result) ? result.flatMap((one) => one.rows) : result.rows };
    },
  };
}
