/** A run computed by threads of the process that has its job. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../server/database/connect.ts';
import { IdleThreads } from '../../server/verification/compute-threads.ts';
import { RunCancelled } from '../../server/verification/do-chunks.ts';
import { executeRun } from '../../server/verification/run.ts';
import { removeFiles } from '../intake-receive/receiving.ts';
import { freshPlace } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';
import { config } from './small-runs.ts';
import { TroubledCounty } from './troubled-run.ts';

removeFiles();

requirePart('postgis')('a run by several threads', () => {
  let database: Database;
  let county: TroubledCounty;
  const deps = () => ({
    database,
    config: {
      ...config,
      chunkSize: { embedded: 4, postgis: 4 },
      chunkLeaseS: 2,
      compute: { threads: 2, parcelsEach: 100 },
    },
  });
  /** of the process's own connections at work for the run; those of threads bear the same name */
  const backends = async () => {
    const { rows } = await database.pool.query<{ pid: number }>(
      `select pid from pg_stat_activity where application_name = 'zhanbu' and datname = current_database()`,
    );
    return rows.length;
  };

  beforeAll(async () => {
    database = await openDatabase({ databaseUrl: await freshPlace('postgis'), poolSize: 4 });
    county = await TroubledCounty.on(database, '996131', 1000, 15);
  });
  afterAll(() => database?.close());

  it('says the same as one by the main thread, tells how far it is, and leaves no connection', async () => {
    const run = await county.create();
    const told: number[] = [];
    let most = 0;
    const looking = setInterval(async () => (most = Math.max(most, await backends())), 50);
    await executeRun(deps(), run, { progress: (share) => told.push(share) });
    clearInterval(looking);
    await county.expectUndisturbed(database, run);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).toBe(1);
    // the main thread's own pool has four
    expect(most).toBeGreaterThan(4);
    expect(await backends()).toBeLessThanOrEqual(4);
  });

  it('is left within a second when it is cancelled, and nothing more is stored', async () => {
    await county.forget(database);
    const run = await county.create();
    const cancel = new AbortController();
    let asked = 0;
    const progress = (share: number) => {
      if (share < 0.5 || asked > 0) return;
      asked = Date.now();
      cancel.abort();
    };
    await expect(executeRun(deps(), run, { signal: cancel.signal, progress })).rejects.toThrow(RunCancelled);
    expect(Date.now() - asked).toBeLessThan(1000);
    const stored = async () => (await database.pool.query('select count(*)::int as n from result')).rows[0].n as number;
    const then = await stored();
    expect(then).toBeGreaterThan(450);
    expect(then).toBeLessThan(1000);
    await pause(500);
    expect(await stored()).toBe(then);
  });

  it('goes on when the connections of its threads are ended', async () => {
    await county.forget(database);
    const run = await county.create();
    let ended = 0;
    const progress = async (share: number) => {
      if (share < 0.3 * (ended + 1) || ended > 1) return;
      ended += 1;
      await database.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'zhanbu' and datname = current_database() and pid <> pg_backend_pid()`,
      );
    };
    await executeRun(deps(), run, { progress: (share) => void progress(share) });
    expect(ended).toBe(2);
    await county.expectUndisturbed(database, run);
  });

  it('is begun at once by threads that the run before has left, whether that one ended or was cancelled', async () => {
    const idleThreads = new IdleThreads(deps().config);
    const withIdle = { ...deps(), idleThreads };
    const anew = async () => {
      await county.forget(database);
      return county.create();
    };
    try {
      const first = await anew();
      await executeRun(withIdle, first);
      await county.expectUndisturbed(database, first);
      expect(idleThreads.count).toBe(2);

      const cancel = new AbortController();
      const cancelled = executeRun(withIdle, await anew(), {
        signal: cancel.signal,
        progress: (share) => share > 0.3 && cancel.abort(),
      });
      // those at work are not among them
      await pause(100);
      expect(idleThreads.count).toBe(0);
      await expect(cancelled).rejects.toThrow(RunCancelled);
      const kept = idleThreads.count;

      const last = await anew();
      await executeRun(withIdle, last);
      await county.expectUndisturbed(database, last);
      expect(idleThreads.count).toBe(2);
      // a thread may be too late to leave a cancelled run, and is ended then
      expect(kept).toBeLessThanOrEqual(2);
    } finally {
      await idleThreads.close();
    }
    expect(idleThreads.count).toBe(0);
    expect(await backends()).toBeLessThanOrEqual(4);
  });

  it('leaves threads that end, and their connections with them, when no other run comes', async () => {
    const idleThreads = new IdleThreads(deps().config, 300);
    await county.forget(database);
    await executeRun({ ...deps(), idleThreads }, await county.create());
    expect(idleThreads.count).toBe(2);
    expect(await backends()).toBeGreaterThan(4);
    await expect.poll(async () => [idleThreads.count, (await backends()) <= 4], { timeout: 5000 }).toEqual([0, true]);
  });

  it('is computed without those that are gone meanwhile', async () => {
    const idleThreads = new IdleThreads(deps().config);
    try {
      await county.forget(database);
      await executeRun({ ...deps(), idleThreads }, await county.create());
      const dead = idleThreads.take()!;
      await dead.worker.terminate();
      await idleThreads.keep(dead);
      expect(idleThreads.count).toBe(1);
      await county.forget(database);
      const run = await county.create();
      await executeRun({ ...deps(), idleThreads }, run);
      await county.expectUndisturbed(database, run);
    } finally {
      await idleThreads.close();
    }
  });
});
