import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDataDir } from '../support/databases.ts';
import { plots } from './county.ts';
import { form } from './service.ts';

/** The service as a process of its own. */
interface Running {
  process: ChildProcess;
  url: string;
  /** how it ended and what it wrote */
  ended: Promise<{ code: number | null; text: string }>;
}

const main = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'server', 'main.ts');

function start(dataDir: string): { process: ChildProcess; address: Promise<string>; ended: Running['ended'] } {
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, DATA_DIR: dataDir, PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent', DATABASE_URL: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const address = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const found = /http:\/\/[\d.:]+/.exec(text)?.[0];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(text)));
  });
  address.catch(() => undefined);
  const ended = new Promise<{ code: number | null; text: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, text }));
  });
  return { process: child, address, ended };
}

describe('the service as a process', () => {
  let dataDir: string;
  const children: ChildProcess[] = [];
  const run = async (): Promise<Running> => {
    const { process: child, address, ended } = start(dataDir);
    children.push(child);
    return { process: child, url: await address, ended };
  };
  beforeAll(async () => {
    dataDir = await freshDataDir();
  });
  afterAll(async () => {
    for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await pause(500);
    rmSync(dataDir, { recursive: true, force: true });
  });

  const jobOf = async (url: string, jobId: string) =>
    (await (await fetch(`${url}/api/v1/jobs/${jobId}`)).json()) as {
      state: string;
      progress: number;
      problem?: object;
      result?: { feature_count: number };
    };
  const end = async (url: string, jobId: string) => {
    for (;;) {
      const job = await jobOf(url, jobId);
      if (!['queued', 'running'].includes(job.state)) return job;
      await pause(200);
    }
  };

  it('takes up after SIGKILL what it was doing, refuses a second process on its folder in words, and ends in order', async () => {
    const first = await run();
    const count = 5_000;
    const { headers, payload } = form([{ name: 'file', file: 'many.geojson', data: Buffer.from(plots(count)) }]);
    const body = new Uint8Array(payload);
    const sent = await fetch(`${first.url}/api/v1/parcel-sets`, { method: 'POST', headers, body });
    expect(sent.status).toBe(202);
    const { job_id, parcel_set_id } = (await sent.json()) as { job_id: string; parcel_set_id: string };
    while ((await jobOf(first.url, job_id)).progress < 0.05) await pause(20);
    expect((await jobOf(first.url, job_id)).state).toBe('running');

    const second = start(dataDir);
    children.push(second.process);
    const refused = await second.ended;
    expect(refused.code).toBe(1);
    expect(refused.text).toMatch(/[\u4e00-\u9fff]/);
    expect(refused.text).not.toMatch(/\n\s+at /);

    first.process.kill('SIGKILL');
    await first.ended;
    const again = await run();
    const job = await end(again.url, job_id);
    expect(job.problem).toBeUndefined();
    expect(job).toMatchObject({ state: 'succeeded', progress: 1, result: { feature_count: count } });
    const set = (await (await fetch(`${again.url}/api/v1/parcel-sets/${parcel_set_id}`)).json()) as {
      feature_count: number;
    };
    expect(set.feature_count).toBe(count);

    // neither a job under way nor a line that listens to it holds up an orderly end
    const dry = await fetch(`${again.url}/api/v1/parcel-sets?dry_run=true`, { method: 'POST', headers, body });
    const { job_id: dryJob } = (await dry.json()) as { job_id: string };
    const events = await fetch(`${again.url}/api/v1/jobs/${dryJob}/events`);
    while ((await jobOf(again.url, dryJob)).state === 'queued') await pause(20);
    again.process.kill('SIGTERM');
    const told = Date.now();
    await events.text();
    expect((await again.ended).code).toBe(0);
    // a line kept alive is closed by nobody else for 72 s
    expect(Date.now() - told).toBeLessThan(40_000);
  }, 300_000);
});
