import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { AppError } from '../../server/errors.ts';
import type { JobHooks, JobKind } from '../../server/jobs/job-kind.ts';
import { insertJob, readJob } from '../../server/jobs/job-store.ts';
import { type Jobs, startJobs } from '../../server/jobs/queue.ts';
import { eachDatabase } from '../support/databases.ts';
import { jobIn, keptLog, until } from './waiting.ts';

eachDatabase('background jobs', (open, kind) => {
  let database: Database;
  let jobs: Jobs;
  let log: ReturnType<typeof keptLog>;
  /** what a job of kind `any` does; set by each test */
  let work: (input: Record<string, unknown>, hooks: JobHooks) => Promise<unknown>;
  let ended: { input: unknown; state: string; code: string | undefined }[];

  const kinds: Record<string, JobKind> = {
    any: {
      queue: 'intake',
      work: (input, hooks) => work(input, hooks),
      async ended(input, state, problem) {
        ended.push({ input, state, code: problem?.code });
      },
    },
    alone: { queue: 'run', work: (input, hooks) => work(input, hooks) },
  };
  const start = () => startJobs({ database, kinds, log });

  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    ended = [];
    log = keptLog();
    jobs = await start();
  });
  afterEach(async () => {
    await jobs.stop();
  });

  it('does a job once and keeps what it gave', async () => {
    const seen: unknown[] = [];
    work = async (input) => {
      seen.push(input);
      return { took: input['what'] };
    };
    const jobId = await jobs.enqueue({ kind: 'any', input: { what: '地块' } });
    const job = await jobIn(database, jobId);
    expect(job).toMatchObject({ state: 'succeeded', progress: 1, result: { took: '地块' }, problem: null, attempt: 1 });
    expect(seen).toEqual([{ what: '地块' }]);
    expect(ended).toEqual([]);
  });

  it('tells a progress that never falls and is 1 only at the end', async () => {
    let go = () => {};
    work = async (_input, hooks) => {
      hooks.progress(0.6);
      hooks.progress(0.2);
      hooks.progress(Number.NaN);
      hooks.progress(7);
      await new Promise<void>((resolve) => {
        go = resolve;
      });
    };
    const jobId = await jobs.enqueue({ kind: 'any', input: {} });
    await until(async () => ((await readJob(database.db, jobId))?.progress ?? 0) > 0);
    expect((await readJob(database.db, jobId))?.progress).toBe(0.999);
    go();
    expect((await jobIn(database, jobId)).progress).toBe(1);
  });

  it('says the problem of a file as it stands, and of the unforeseen nothing but that it happened', async () => {
    work = async (input) => {
      if (input['foreseen'] === true) {
        throw new AppError(
          'dbf-mismatch',
          { zh: '第 7 行对不上', en: 'Row 7 does not match' },
          { file: 'a.dbf', row: 7 },
        );
      }
      throw new Error('select secret from somewhere');
    };
    const foreseen = await jobIn(database, await jobs.enqueue({ kind: 'any', input: { foreseen: true } }));
    expect(foreseen.state).toBe('failed');
    expect(foreseen.problem).toEqual({
      code: 'dbf-mismatch',
      detail: { zh: '第 7 行对不上', en: 'Row 7 does not match' },
      where: { file: 'a.dbf', row: 7 },
    });
    expect(log.lines).toEqual([]);

    const unforeseen = await jobIn(database, await jobs.enqueue({ kind: 'any', input: {} }));
    expect(unforeseen.problem?.code).toBe('internal');
    expect(JSON.stringify(unforeseen.problem)).not.toContain('secret');
    expect(JSON.stringify(log.lines.map((line) => String((line.detail as { err?: unknown }).err)))).toContain('secret');
    expect(ended.map((end) => end.code)).toEqual(['dbf-mismatch', 'internal']);
  });

  it('tries once more after a fault of the engine', async () => {
    let calls = 0;
    work = async () => {
      calls++;
      if (calls === 1) throw new AppError('engine-trap', { zh: '引擎', en: 'engine' });
      return 'well';
    };
    const job = await jobIn(database, await jobs.enqueue({ kind: 'any', input: {} }));
    expect(job).toMatchObject({ state: 'succeeded', result: 'well', faults: 1, attempt: 2 });
    expect(calls).toBe(2);
  });

  it('fails visibly at the second fault of the engine', async () => {
    let calls = 0;
    work = async () => {
      calls++;
      throw Object.assign(new Error('terminating connection'), { code: '57P01' });
    };
    const job = await jobIn(database, await jobs.enqueue({ kind: 'any', input: {} }));
    expect(job.state).toBe('failed');
    // on the embedded database a lost connection means that its engine was restarted under the job
    expect(job.problem?.code).toBe(kind === 'embedded' ? 'engine-trap' : 'busy');
    expect(calls).toBe(2);
  });

  it('cancels a running job, whichever process asks, and says so to its kind', async () => {
    let reason: unknown;
    work = async (_input, { signal }) => {
      await pause(60_000, undefined, { signal }).catch(() => undefined);
      reason = signal.reason;
      signal.throwIfAborted();
    };
    const jobId = await jobs.enqueue({ kind: 'any', input: { n: 1 } });
    await jobIn(database, jobId, ['running']);
    // another server on the same database, which works on nothing itself
    const elsewhere = await startJobs({ database, kinds, log, work: false });
    const asked = await elsewhere.cancel(jobId);
    expect(asked).toMatchObject({ state: 'running', cancel_requested: true });
    expect((await jobIn(database, jobId)).state).toBe('cancelled');
    expect(reason).toBe('cancelled');
    expect(ended).toEqual([{ input: { n: 1 }, state: 'cancelled', code: undefined }]);
    expect(await elsewhere.cancel(jobId)).toBeUndefined();
    await elsewhere.stop();
  });

  it('tells that a job is cancelled before it clears up behind it, and waits for that before it takes the next', async () => {
    let clear = () => {};
    let cleared = false;
    work = async (_input, { signal, afterwards }) => {
      while (!signal.aborted) await pause(10);
      afterwards(async () => {
        await new Promise<void>((resolve) => {
          clear = resolve;
        });
        cleared = true;
      });
      afterwards(() => Promise.reject(new Error('could not')));
      signal.throwIfAborted();
    };
    const jobId = await jobs.enqueue({ kind: 'any', input: {} });
    await jobIn(database, jobId, ['running']);
    await jobs.cancel(jobId);
    expect((await jobIn(database, jobId)).state).toBe('cancelled');
    expect(cleared).toBe(false);
    clear();
    await until(() => log.lines.some((line) => line.message === 'left behind by a job'));
    expect(cleared).toBe(true);
  });

  it('cancels a queued job at once, and never begins it', async () => {
    const begun: unknown[] = [];
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    work = async (input) => {
      begun.push(input['n']);
      await gate;
    };
    const busy = await Promise.all([1, 2, 3].map((n) => jobs.enqueue({ kind: 'any', input: { n } })));
    await until(() => begun.length === 2);
    const waiting = (await Promise.all(busy.map((id) => readJob(database.db, id)))).find(
      (job) => job?.state === 'queued',
    );
    const cancelled = await jobs.cancel(waiting?.job_id ?? '');
    expect(cancelled).toMatchObject({ state: 'cancelled' });
    release();
    for (const id of busy) await jobIn(database, id);
    await pause(1200);
    expect(begun).not.toContain(waiting?.input['n']);
    expect(ended.map((end) => end.state)).toEqual(['cancelled']);
  });

  it('does each of many jobs exactly once', async () => {
    const done: number[] = [];
    work = async (input) => {
      await pause(Number(input['n']) % 7);
      done.push(Number(input['n']));
    };
    const numbers = Array.from({ length: 24 }, (_, n) => n);
    const ids = await Promise.all(
      numbers.map((n) => jobs.enqueue({ kind: n % 3 === 0 ? 'alone' : 'any', input: { n } })),
    );
    for (const id of ids) expect((await jobIn(database, id)).state).toBe('succeeded');
    expect(done.sort((a, b) => a - b)).toEqual(numbers);
  });

  it('puts a running job back when the process closes, and goes on with it at the next start', async () => {
    const reasons: unknown[] = [];
    work = async (_input, { signal }) => {
      await pause(60_000, undefined, { signal }).catch(() => undefined);
      reasons.push(signal.reason);
      signal.throwIfAborted();
    };
    const jobId = await jobs.enqueue({ kind: 'any', input: {} });
    await jobIn(database, jobId, ['running']);
    await jobs.stop();
    expect(reasons).toEqual(['closing']);
    expect((await readJob(database.db, jobId))?.state).toBe('queued');
    work = async () => 'went on';
    jobs = await start();
    expect(await jobIn(database, jobId)).toMatchObject({ state: 'succeeded', result: 'went on', crashes: 0 });
  });

  it('lets no one who lost the lease have a say', async () => {
    let release = () => {};
    let reason: unknown;
    work = async (_input, { signal }) => {
      await new Promise<void>((resolve) => {
        release = resolve;
        signal.addEventListener('abort', () => resolve());
      });
      reason = signal.reason;
      return 'late';
    };
    const jobId = await jobs.enqueue({ kind: 'any', input: {} });
    await jobIn(database, jobId, ['running']);
    // another process takes the job over
    await database.pool.query(`update job set attempt = attempt + 1, state = 'running' where job_id = $1`, [jobId]);
    await until(() => reason !== undefined);
    release();
    expect(reason).toBe('lost');
    await pause(300);
    expect(await readJob(database.db, jobId)).toMatchObject({ state: 'running', result: null });
    await database.pool.query(`update job set state = 'failed' where job_id = $1`, [jobId]);
  });

  it('finds a job that nobody delivers, and gives up one that keeps killing its process', async () => {
    await jobs.stop();
    work = async () => 'found';
    // a process that died between writing the row and handing it to the queue; ten that died over the work
    const lost = await insertJob(database.db, { kind: 'any', input: {} });
    const deadly = await insertJob(database.db, { kind: 'any', input: {} });
    await database.pool.query(`update job set crashes = 9, state = 'running' where job_id = $1`, [deadly]);
    await database.pool.query(`update job set updated_at = now() - interval '2 minutes' where job_id = any($1)`, [
      [lost, deadly],
    ]);
    jobs = await start();
    expect(await jobIn(database, lost)).toMatchObject({ state: 'succeeded', result: 'found' });
    expect(await jobIn(database, deadly)).toMatchObject({ state: 'failed', crashes: 10 });
    expect((await readJob(database.db, deadly))?.problem?.code).toBe('internal');
  });

  it('refuses a kind it does not know instead of keeping it for ever', async () => {
    const job = await jobIn(database, await jobs.enqueue({ kind: 'of a later version', input: {} }));
    expect(job).toMatchObject({ state: 'failed', problem: { code: 'internal' } });
  });
});
