import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startJobs } from '../../server/jobs/queue.ts';
import { onDatabase } from '../support/databases.ts';
import { jobIn, keptLog } from './waiting.ts';

onDatabase('postgis', 'servers that start at once on a new database', (open) => {
  it('both come up: the one that finds the queue half made begins again', async () => {
    const database = await open();
    await database.pool.query('drop schema if exists pgboss cascade');
    const log = keptLog();
    const other = await database.pool.connect();
    await other.query('begin; create schema pgboss');
    const starting = startJobs({ database, kinds: { any: { queue: 'intake', work: async () => 'done' } }, log });
    await pause(500);
    await other.query('commit');
    other.release();
    const server = await starting;
    expect(log.lines.map((line) => line.message)).toContain('another server makes the tables of the queue just now');
    const jobId = await server.enqueue({ kind: 'any', input: {} });
    expect(await jobIn(database, jobId)).toMatchObject({ state: 'succeeded', attempt: 1 });
    await server.stop();
  });
});
