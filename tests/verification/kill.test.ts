/**
 * Runs whose database is killed under them, at moments drawn by a seed: the embedded engine's process, one backend of a server, the whole
 * server. The process that runs them lives on (for its death: kill-service.test.ts).
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../server/database/connect.ts';
import { migrate } from '../../server/database/migrate.ts';
import { patiently } from '../../server/verification/patience.ts';
import { removeFiles } from '../intake-receive/receiving.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { onDatabase } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';
import { seeded } from '../support/seeded.ts';
import { enqueue, moments, startWorker, stopWorker, TroubledCounty, type Worker, watchJob } from './troubled-run.ts';

removeFiles();

/** Stops within a second, keeps whole chunks and gets no more of them. */
async function cancelInTheMiddle(database: Database, county: TroubledCounty, worker: Worker, chunk: number) {
  await county.forget(database);
  const run = await county.create();
  const jobId = await enqueue(worker, run);
  const watch = watchJob(database, jobId);
  await watch.reach(0.2);
  const asked = Date.now();
  await worker.jobs.cancel(jobId);
  expect(await watch.until(2)).toBe(false);
  expect(Date.now() - asked).toBeLessThan(1000);
  const count = async () => {
    const { rows } = await database.pool.query(
      `select (select state from job where job_id = $2) as state, (select state from run where run_id = $1) as run,
              (select count(*)::int from run_chunk where run_id = $1 and done_at is not null) as chunks,
              (select count(*)::int from run_result where run_id = $1 and result_id is not null) as parcels,
              (select count(*)::int from result where region_code = $3) as results,
              (select count(*)::int from finding where region_code = $3) as findings`,
      [run.run_id, jobId, run.region_code],
    );
    return rows[0] as { chunks: number; parcels: number };
  };
  const then = await count();
  const parcels = chunk * then.chunks;
  expect(then).toMatchObject({ state: 'cancelled', run: 'cancelled', parcels, results: parcels });
  expect(then).toMatchObject({ findings: 12 * parcels });
  expect(parcels).toBeLessThan(county.parcels);
  await pause(700);
  expect(await count()).toEqual(then);
}

onDatabase('embedded', 'a run on the embedded database', (open) => {
  let database: Database;
  let county: TroubledCounty;
  let worker: Worker;
  beforeAll(async () => {
    database = await open();
    county = await TroubledCounty.on(database, '996101', 240);
    worker = await startWorker(database, 5);
  });
  afterAll(() => stopWorker(worker));

  it('goes on where it was each time its engine is killed, and says the same as if nothing had been', async () => {
    const random = seeded(41);
    const run = await county.create();
    const watch = watchJob(database, await enqueue(worker, run));
    for (const { share, ms } of moments(random, 6)) {
      await watch.reach(share);
      await pause(ms);
      const pid = database.embedded!.pid();
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      await database.embedded!.whenReady();
    }
    await watch.expectSucceeded();
    expect(database.embedded!.starts()).toBe(7);
    await county.expectUndisturbed(database, run);
  });

  it('stops within a second of being cancelled in its middle, keeps whole chunks and gets no more of them', () =>
    cancelInTheMiddle(database, county, worker, 5));
});

requirePart('postgis')('a run whose server is killed', () => {
  let cluster: Cluster;
  let database: Database;
  let county: TroubledCounty;
  let worker: Worker;

  beforeAll(async () => {
    // what was acknowledged stands, as with any server that is not told otherwise
    cluster = await startCluster({ synchronous_commit: 'on' });
    database = await openDatabase({ databaseUrl: cluster.url('postgres') });
    await migrate(database);
    county = await TroubledCounty.on(database, '996102', 400);
    worker = await startWorker(database, 4);
  });
  afterAll(async () => {
    if (worker !== undefined) await stopWorker(worker);
    await database?.close();
    await cluster?.stop();
  });

  /** One of the backends that are at work for us just now: asked to end, or killed, upon which the server restarts all of them. */
  async function killBackend(asked: boolean, random: () => number): Promise<void> {
    for (;;) {
      // a server that restarts after the last of these tells nothing for a moment
      const { rows } = await patiently(database.db, () =>
        database.pool.query<{ pid: number }>(
          `select pid from pg_stat_activity where application_name = 'zhanbu' and xact_start is not null and pid <> pg_backend_pid() order by pid`,
        ),
      );
      const pid = rows[Math.floor(random() * rows.length)]?.pid;
      if (pid === undefined) continue;
      try {
        process.kill(pid, asked ? 'SIGTERM' : 'SIGKILL');
        return;
      } catch (error) {
        // it ended between the question and the signal, as when the server restarts after the one before
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  }

  it('goes on where it was, whichever of its backends is ended or killed', async () => {
    const random = seeded(42);
    await county.forget(database);
    const run = await county.create();
    const watch = watchJob(database, await enqueue(worker, run));
    for (const [n, { share, ms }] of moments(random, 10).entries()) {
      await watch.reach(share);
      await pause(ms);
      await killBackend(n % 2 === 0, random);
    }
    await watch.expectSucceeded();
    await county.expectUndisturbed(database, run);
  });

  it('goes on where it was, when all of the server is killed and started again', async () => {
    const random = seeded(43);
    await county.forget(database);
    const run = await county.create();
    const watch = watchJob(database, await enqueue(worker, run));
    for (const { share, ms } of moments(random, 5)) {
      await watch.reach(share);
      await pause(ms);
      await cluster.crash();
      await pause(300 * random());
      await cluster.startAgain();
    }
    await watch.expectSucceeded();
    await county.expectUndisturbed(database, run);
  });

  it('stops within a second of being cancelled in its middle, keeps whole chunks and gets no more of them', () =>
    cancelInTheMiddle(database, county, worker, 4));
});

describe('moments', () => {
  it('are the same on every machine, in order, and before the end', () => {
    const drawn = moments(seeded(1), 5).map(({ share }) => share);
    expect(drawn).toEqual(moments(seeded(1), 5).map(({ share }) => share));
    expect(drawn).toEqual(drawn.toSorted((a, b) => a - b));
    expect(drawn.at(-1)).toBeLessThan(0.75);
  });
});
