/** Two workers on one database, each with its own connections, as two servers have them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../server/database/connect.ts';
import { beginRun, ChunkLost, claimChunk, holdChunk, newClaim } from '../../server/verification/chunk-claims.ts';
import { reuseEarlier } from '../../server/verification/reuse.ts';
import { executeRun } from '../../server/verification/run.ts';
import { removeFiles } from '../intake-receive/receiving.ts';
import { freshPlace } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';
import { config } from './small-runs.ts';
import { enqueue, startWorker, stopWorker, TroubledCounty, watchJob } from './troubled-run.ts';

removeFiles();

requirePart('postgis')('a run on a database with two workers', () => {
  let one: Database;
  let two: Database;
  let county: TroubledCounty;
  const settings = { ...config, chunkSize: { embedded: 4, postgis: 4 }, chunkLeaseS: 1 };

  beforeAll(async () => {
    const databaseUrl = await freshPlace('postgis');
    one = await openDatabase({ databaseUrl });
    two = await openDatabase({ databaseUrl });
    county = await TroubledCounty.on(one, '996121', 600);
  });
  afterAll(async () => {
    await two.close();
    await one.close();
  });

  it('is done by both, and says the same as if one had done it', async () => {
    const workers = [await startWorker(one, 4), await startWorker(two, 4)];
    const lent: string[] = [];
    one.pool.on('acquire', () => lent.push('one'));
    two.pool.on('acquire', () => lent.push('two'));
    const run = await county.create();
    const jobId = await enqueue(workers[0]!, run);
    const watch = watchJob(one, jobId);
    await watch.expectSucceeded();
    // the queue's own looks are some ten a second; 150 chunks ask three times each
    for (const name of ['one', 'two']) expect(lent.filter((who) => who === name).length).toBeGreaterThan(60);
    await county.expectUndisturbed(one, run);
    for (const worker of workers) await stopWorker(worker);
  });

  it('is ended by one of two that execute it at once, and both tell the same', async () => {
    await county.forget(one);
    const run = await county.create();
    const told = await Promise.all([one, two].map((database) => executeRun({ database, config: settings }, run)));
    expect(told[0]).toEqual(told[1]);
    await county.expectUndisturbed(one, run);
  });

  it('gives a chunk whose worker is silent to another, and lets the first write nothing more', async () => {
    await county.forget(one);
    const run = await county.create();
    const deps = { database: one, config: settings };
    await reuseEarlier(deps, run);
    await beginRun(deps, run, county.parcels);
    const slow = (await claimChunk(deps, run, newClaim())).chunk!;
    expect([slow.first, slow.last]).toEqual([1, 4]);
    // asked again under the same claim, as when the answer was lost: the same chunk
    expect((await claimChunk(deps, run, slow.claim)).chunk).toEqual(slow);
    expect((await claimChunk(deps, run, newClaim())).chunk).toMatchObject({ first: 5, last: 8 });
    await executeRun({ database: two, config: settings }, run);
    await county.expectUndisturbed(one, run);
    await expect(one.db.transaction().execute((tx) => holdChunk(tx, slow, true))).rejects.toThrow(ChunkLost);
  });

  it('has no chunks for anyone once it is cancelled', async () => {
    await county.forget(one);
    const run = await county.create();
    const deps = { database: one, config: settings };
    await reuseEarlier(deps, run);
    await beginRun(deps, run, county.parcels);
    const { chunk } = await claimChunk(deps, run, newClaim());
    await one.db.updateTable('run').set({ state: 'cancelled' }).where('run_id', '=', run.run_id).execute();
    expect(await claimChunk(deps, run, newClaim())).toMatchObject({ chunk: undefined, state: 'cancelled', done: 0 });
    await expect(one.db.transaction().execute((tx) => holdChunk(tx, chunk!, true))).rejects.toThrow(ChunkLost);
  });
});
