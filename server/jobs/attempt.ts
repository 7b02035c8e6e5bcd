/** One attempt at one job: lease, heartbeat, cancellation, and what becomes of it in each way it can end. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { type Fault, faultOf, isDatabaseAway, isEngineFault } from './fault.ts';
import type { JobKind, JobLog } from './job-kind.ts';
import { beat, type Ending, finish, type JobRow, listen, putBack, takeUp } from './job-store.ts';

export interface AttemptDeps {
  db: Kysely<Schema>;
  kinds: Record<string, JobKind>;
  log: JobLog;
  /** aborted when the process closes */
  closing: AbortSignal;
  /** the embedded database: a connection lost in a job means that its engine was restarted under it */
  embedded: boolean;
  /** how to stop the jobs that this process has under way, by id: a cancellation asked for here need not wait for the next look */
  stops: Map<string, () => void>;
}

/** Thrown so that pg-boss delivers the job again. */
export class TryAgain extends Error {}

/** A process that died over the same job so often will die again. */
const mostCrashes = 10;
/** ms between looks at the row; a running job hears of its cancellation within this */
const beatMs = 500;
/** ms after which a living job writes even when nothing moved, for `updated_at` to tell that it lives */
const beatWriteMs = 5000;

type Stop = 'cancelled' | 'lost' | 'closing';

export async function attemptJob(deps: AttemptDeps, jobId: string): Promise<void> {
  if (deps.closing.aborted) throw new TryAgain('closing');
  const job = await takeUp(deps.db, jobId);
  if (job === undefined) return;
  const kind = deps.kinds[job.kind];
  if (kind === undefined)
    return end(deps, job, undefined, { state: 'failed', problem: faultOf(new Error(`no kind ${job.kind}`)) });
  if (job.cancel_requested) return end(deps, job, kind, { state: 'cancelled' });
  if (job.crashes >= mostCrashes) return end(deps, job, kind, { state: 'failed', problem: diedTooOften });

  const stop = new AbortController();
  const closing = () => stop.abort('closing' satisfies Stop);
  deps.closing.addEventListener('abort', closing, { once: true });
  deps.stops.set(jobId, () => stop.abort('cancelled' satisfies Stop));
  let share = 0;
  const afterwards: (() => Promise<void>)[] = [];
  const pulse = startPulse(deps, job, stop, () => share);
  try {
    const result = await kind.work(job.input, {
      jobId,
      signal: stop.signal,
      progress: (value) => {
        // 1 is for the job that has ended: the rest stays below it
        if (Number.isFinite(value)) share = Math.max(share, Math.min(value, 0.999));
      },
      afterwards: (step) => void afterwards.push(step),
    });
    await pulse.stop();
    await end(deps, job, kind, { state: 'succeeded', result });
  } catch (error) {
    await pulse.stop();
    await afterError(deps, job, kind, error, stop.signal.aborted ? (stop.signal.reason as Stop) : undefined);
  } finally {
    await pulse.stop();
    deps.stops.delete(jobId);
    deps.closing.removeEventListener('abort', closing);
    for (const step of afterwards)
      await step().catch((error: unknown) => deps.log.warn({ err: error, job_id: job.job_id }, 'left behind by a job'));
  }
}

async function afterError(
  deps: AttemptDeps,
  job: JobRow,
  kind: JobKind,
  error: unknown,
  stop: Stop | undefined,
): Promise<void> {
  if (stop === 'lost') return;
  if (stop === 'cancelled') return end(deps, job, kind, { state: 'cancelled' });
  if (stop === 'closing') {
    await persistently(() => putBack(deps.db, job.job_id, job.attempt, 0));
    throw new TryAgain('closing');
  }
  if (isEngineFault(error) && job.faults < 1) {
    deps.log.warn({ err: error, job_id: job.job_id }, 'engine fault in a job, trying it once more');
    await persistently(() => putBack(deps.db, job.job_id, job.attempt, 1));
    throw new TryAgain('engine fault');
  }
  const fault = faultOf(error);
  const problem =
    deps.embedded && fault.code === 'busy' ? { ...fault, code: 'engine-trap' as const, detail: restarted } : fault;
  if (problem.unforeseen) deps.log.error({ err: error, job_id: job.job_id, request_id: job.request_id }, 'job failed');
  await end(deps, job, kind, { state: 'failed', problem });
}

async function end(deps: AttemptDeps, job: JobRow, kind: JobKind | undefined, ending: Ending): Promise<void> {
  if (ending.state !== 'succeeded') {
    const problem = ending.state === 'failed' ? ending.problem : null;
    await persistently(async () => kind?.ended?.(job.input, ending.state, problem));
  }
  await persistently(() => finish(deps.db, job.job_id, job.attempt, ending));
  await kind
    ?.tidy?.(job.input)
    .catch((error: unknown) => deps.log.warn({ err: error, job_id: job.job_id }, 'could not tidy up after a job'));
}

/** Beats beside the work until stopped; a database that is away for a moment does not end the job. */
function startPulse(
  deps: AttemptDeps,
  job: JobRow,
  stop: AbortController,
  share: () => number,
): { stop(): Promise<void> } {
  const ended = new AbortController();
  let said = job.progress;
  let saidAt = Date.now();
  const loop = async () => {
    while (!ended.signal.aborted) {
      await pause(beatMs, undefined, { signal: ended.signal }).catch(() => undefined);
      if (ended.signal.aborted) return;
      try {
        const write = share() >= said + 0.001 || Date.now() - saidAt > beatWriteMs;
        const heard = write
          ? await beat(deps.db, job.job_id, job.attempt, share())
          : await listen(deps.db, job.job_id, job.attempt);
        if (write) [said, saidAt] = [share(), Date.now()];
        if (heard === undefined) stop.abort('lost' satisfies Stop);
        else if (heard.cancelRequested) stop.abort('cancelled' satisfies Stop);
      } catch (error) {
        deps.log.warn({ err: error, job_id: job.job_id }, 'a job could not say that it lives');
      }
    }
  };
  const running = loop();
  return {
    stop: () => {
      ended.abort();
      return running;
    },
  };
}

/** The last word about a job has to reach the row: the embedded database restarts in 2.5 s, so it is tried for a minute. */
async function persistently<T>(write: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await write();
    } catch (error) {
      if (tries >= 30 || !(isDatabaseAway(error) || isEngineFault(error))) throw error;
      await pause(2000);
    }
  }
}

const restarted: Fault['detail'] = {
  zh: '内置空间数据库在处理中两次出错重启，任务已停止，没有留下半成品。请检查图形是否异常，或改用独立的 PostGIS 数据库后重试。',
  en: 'The embedded spatial database was restarted twice over this job, which was ended and left nothing half done. Look for odd shapes, or use a PostGIS server, and try again.',
};

const diedTooOften: Fault = {
  code: 'internal',
  detail: {
    zh: '处理过程多次异常中断，已停止重试。请检查文件是否过大，或把 request_id 告诉管理员。',
    en: 'The process died over this several times, so it is not tried again. Check the size of the file, or give the request_id to the administrator.',
  },
};
