/**
 * The service itself killed with SIGKILL while it runs, at moments drawn by a seed: alone on the embedded database, and as one of two that
 * share a run on PostGIS. Whoever is left, or started again, ends the run as if nothing had been.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, it } from 'vitest';
import { type Database, openDatabase } from '../../server/database/connect.ts';
import { removeFiles } from '../intake-receive/receiving.ts';
import { freshDataDir, freshPlace } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';
import { seeded } from '../support/seeded.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { moments, TroubledCounty, Watch } from './troubled-run.ts';

removeFiles();

const folders: string[] = [];
const services: ServiceProcess[] = [];
afterAll(async () => {
  for (const service of services) await service.kill();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Asked {
  job_id: string;
  run_id: string;
}

async function start(options: Parameters<typeof ServiceProcess.start>[0]): Promise<ServiceProcess> {
  const service = await ServiceProcess.start(options);
  services.push(service);
  return service;
}

async function ask(service: ServiceProcess, county: TroubledCounty): Promise<Asked> {
  const body = JSON.stringify(county.body);
  const headers = { 'content-type': 'application/json' };
  return service.json<Asked>('/runs', { method: 'POST', headers, body });
}

type JobSeen = { state: string; progress: number; problem?: unknown };

requirePart()('a service on the embedded database that is killed', () => {
  it('goes on where it was at each next start, and says the same as if nothing had been', async () => {
    const random = seeded(51);
    const dataDir = await freshDataDir();
    folders.push(dataDir);
    const before = await openDatabase({ dataDir: join(dataDir, 'database') });
    const county = await TroubledCounty.on(before, '996111', 240);
    await before.close();

    let service = await start({ dataDir, chunk: 5 });
    const { job_id, run_id } = await ask(service, county);
    const watch = new Watch(() => service.json<JobSeen>(`/jobs/${job_id}`));
    for (const { share, ms } of moments(random, 5)) {
      await watch.reach(share);
      await pause(ms);
      await service.kill();
      service = await start({ dataDir, chunk: 5 });
    }
    await watch.expectSucceeded();
    await service.stop();
    const after = await openDatabase({ dataDir: join(dataDir, 'database') });
    await county.expectUndisturbed(after, { region_code: '996111', run_id });
    await after.close();
  });
});

requirePart('postgis')('two services that share a run', () => {
  it('end it as if nothing had been when either of them is killed, or both', async () => {
    const random = seeded(52);
    const databaseUrl = await freshPlace('postgis');
    const database = await openDatabase({ databaseUrl });
    const county = await TroubledCounty.on(database, '996112', 300);
    const dataDir = mkdtempSync(join(tmpdir(), 'zhanbu-kill-'));
    folders.push(dataDir);
    const options = { dataDir, databaseUrl, chunk: 3 };
    const both = [await start(options), await start(options)];
    for (const dying of [[0], [1], [0], [0, 1]]) {
      await county.forget(database);
      const { job_id, run_id } = await ask(both[0]!, county);
      // whichever answers
      const watch = new Watch(() =>
        both[0]!.json<JobSeen>(`/jobs/${job_id}`).catch(() => both[1]!.json<JobSeen>(`/jobs/${job_id}`)),
      );
      for (const { share, ms } of moments(random, 1)) {
        await watch.reach(share);
        await pause(ms);
      }
      for (const one of dying) await both[one]!.kill();
      await overdue(database);
      for (const one of dying) both[one] = await start(options);
      await watch.expectSucceeded();
      await county.expectUndisturbed(database, { region_code: '996112', run_id });
    }
    await database.close();
  });
});

/** As if the twenty seconds had passed after which the queue takes a worker that says nothing for dead. */
async function overdue(database: Database): Promise<void> {
  await database.pool.query(
    `update pgboss.job set heartbeat_on = heartbeat_on - interval '1 minute' where name = 'run' and state = 'active'`,
  );
}
