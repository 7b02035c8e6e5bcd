/** Uploads over servers that die, servers that share only a database, and time. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { readConfig } from '../../server/config.ts';
import { openUploads } from '../../server/http/uploads/uploads.ts';
import { eachDatabase, freshDataDir, freshPlace, onDatabase } from '../support/databases.ts';
import { startLine } from '../support/line.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { plots } from './county.ts';
import { form, listen, type Service, startService, upload } from './service.ts';
import { tusAt } from './tus.ts';

const MB = 1024 * 1024;
const padded = (text: string, bytes: number) =>
  Buffer.concat([Buffer.from(text), Buffer.alloc(bytes - Buffer.byteLength(text), ' ')]);
const uploadForm = (id: string, more: Record<string, string> = {}) => {
  const { headers, payload } = form(
    Object.entries({ upload_id: id, ...more }).map(([name, value]) => ({ name, value })),
  );
  return { method: 'POST', headers, body: new Uint8Array(payload) };
};

interface JobSeen {
  state: string;
  problem?: object;
  result?: { feature_count: number };
}
async function ended(url: string, jobId: string): Promise<JobSeen> {
  for (;;) {
    const job = (await (await fetch(`${url}/api/v1/jobs/${jobId}`)).json()) as JobSeen;
    if (!['queued', 'running'].includes(job.state)) return job;
    await pause(100);
  }
}

eachDatabase('an upload whose server is killed', (_open, kind) => {
  const folders: string[] = [];
  const servers: ServiceProcess[] = [];
  afterAll(async () => {
    for (const server of servers) await server.kill();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  it('goes on at the next start, at another server where there is one', async () => {
    const databaseUrl = kind === 'postgis' ? await freshPlace(kind) : undefined;
    const dataDir = kind === 'embedded' ? await freshDataDir() : undefined;
    const start = async () => {
      // with a server for the database, each of ours has a disk of its own
      const disk = dataDir ?? mkdtempSync(join(tmpdir(), 'zhanbu-tus-'));
      folders.push(disk);
      const server = await ServiceProcess.start({
        dataDir: disk,
        chunk: 100,
        ...(databaseUrl === undefined ? {} : { databaseUrl }),
      });
      servers.push(server);
      return server;
    };
    const data = padded(plots(7), 6 * MB);
    const first = await start();
    const id = await tusAt(first.url).begin(data.length, { filename: '地块.geojson', purpose: 'parcels' });
    let seen = 0;
    // asking for the offset would end the line that writes: the store is asked by time alone
    await tusAt(first.url).breakOff(id, 0, data, 4 * MB, async () => ++seen > 100);
    await first.kill();
    const again = await start();
    const tus = tusAt(again.url);
    const at = await tus.offset(id);
    expect(at).toBeGreaterThan(0);
    expect(at).toBeLessThan(data.length);
    expect((await tus.patch(id, at, data.subarray(at))).status).toBe(204);
    const { job_id } = await again.json<{ job_id: string }>('/parcel-sets', uploadForm(id));
    expect(await ended(again.url, job_id)).toMatchObject({ state: 'succeeded', result: { feature_count: 7 } });
  });
});

onDatabase('postgis', 'two servers on one database, with a disk each', (open) => {
  const services: Service[] = [];
  afterAll(async () => {
    for (const service of services) await service.close();
  });

  it('go on with an upload begun at the other, and do jobs about files that only the other was sent', async () => {
    const database = await open();
    const clerk = await startService(database, { work: false });
    const worker = await startService(database);
    services.push(clerk, worker);
    const [{ url: here }, { url: there }] = [await listen(clerk), await listen(worker)];
    const data = padded(plots(9), 3 * MB + 77);
    const id = await tusAt(here).begin(data.length, { filename: 'a.geojson' });
    expect((await tusAt(here).patch(id, 0, data.subarray(0, MB + 5))).status).toBe(204);
    expect(await tusAt(there).offset(id)).toBe(MB + 5);
    // both at once from the same byte on: one of them is refused, nothing is mixed
    const rest = data.subarray(MB + 5);
    const both = await Promise.all([here, there].map((url) => tusAt(url).patch(id, MB + 5, rest)));
    expect(both.map(({ status }) => status).sort()).toEqual([204, 409]);
    const dry = (await (await fetch(`${here}/api/v1/parcel-sets?dry_run=true`, uploadForm(id))).json()) as {
      job_id: string;
    };
    expect(await ended(here, dry.job_id)).toMatchObject({ state: 'succeeded', result: { feature_count: 9 } });

    const whole = (await upload(clerk, '/parcel-sets', { name: 'b.geojson', data: plots(11) })).json();
    expect(await ended(here, whole.job_id)).toMatchObject({ state: 'succeeded', result: { feature_count: 11 } });
    const sha256 = createHash('sha256').update(plots(11)).digest('hex');
    for (const { config } of services) expect(readdirSync(join(config.dataDir, 'uploads'))).toContain(sha256);
  });
});

eachDatabase('an upload that is left alone', (open, kind) => {
  it('expires with its bytes, but for what a job still reads', async () => {
    const keptHours = 3 / 3600;
    const config = { uploads: { ...readConfig({}).uploads, keptHours } };
    const service = await startService(await open(), { work: false, config });
    try {
      const { url } = await listen(service);
      const tus = tusAt(url);
      const half = await tus.begin(10);
      await tus.patch(half, 0, Buffer.alloc(5));
      const data = Buffer.from(plots(2));
      const whole = await tus.begin(data.length);
      const sent = await tus.patch(whole, 0, data);
      expect(sent.status).toBe(204);
      expect((await fetch(`${url}/api/v1/layers`, uploadForm(whole, { type: 'boundary' }))).status).toBe(202);
      const begun = await tus.create(1);
      const ends = Date.parse(begun.headers.get('upload-expires') ?? '');
      expect(ends - Date.now()).toBeLessThanOrEqual(3000);
      await pause(3500);
      expect((await tus.head(half)).status).toBe(410);
      expect((await tus.patch(half, 5, Buffer.alloc(5))).status).toBe(410);
      const refused = await fetch(`${url}/api/v1/parcel-sets`, uploadForm(half));
      expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([404, 'not-found']);
      const uploads = openUploads({ database: service.database, config: service.config });
      // in the database the bytes stay for the server that will take the job; in a folder the job has a file of its own
      expect(await uploads.sweep()).toBe(kind === 'postgis' ? 2 : 3);
      expect(await uploads.sweep()).toBe(0);
      expect((await tus.head(half)).status).toBe(404);
      const sha256 = createHash('sha256').update(data).digest('hex');
      expect(existsSync(await uploads.bring(sha256))).toBe(true);
      await service.database.pool.query(`update job set state = 'cancelled'`);
      await service.database.pool.query(`update upload set expires_at = now()`);
      expect(await uploads.sweep()).toBe(kind === 'postgis' ? 1 : 0);
      expect((await service.database.pool.query('select from upload_part')).rowCount).toBe(0);
    } finally {
      await service.close();
    }
  });

  it('is one of so many at most, in which files sent as forms are not counted', async () => {
    const config = { uploads: { ...readConfig({}).uploads, most: 2 } };
    const service = await startService(await open(), { work: false, config });
    try {
      const tus = tusAt((await listen(service)).url);
      for (const rows of [1, 2, 3])
        expect((await upload(service, '/parcel-sets', { name: 'a.geojson', data: plots(rows) })).statusCode).toBe(202);
      await Promise.all([tus.begin(1), tus.begin(1)]);
      const third = await tus.create(1);
      expect([third.status, ((await third.json()) as { code: string }).code]).toEqual([413, 'quota-exceeded']);
    } finally {
      await service.close();
    }
  });
});

onDatabase('embedded', 'an upload larger than the disk', (open) => {
  it('is refused before its first byte', async () => {
    const { limits } = readConfig({});
    const config = { limits: { ...limits, layers: { ...limits.layers, archiveBytes: Number.MAX_SAFE_INTEGER } } };
    const service = await startService(await open(), { work: false, config });
    try {
      const refused = await tusAt((await listen(service)).url).create(2 ** 52);
      expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([507, 'storage-full']);
      expect(readdirSync(join(service.config.dataDir, 'uploads', 'resumable'))).toEqual([]);
    } finally {
      await service.close();
    }
  });
});

onDatabase('embedded', 'the kept client', (open) => {
  it('of the tus project gets a file through a line that breaks again and again', async () => {
    const service = await startService(await open(), { work: false });
    const { port } = await listen(service);
    const line = await startLine(port, 300_000);
    try {
      const { Upload } = await import('tus-js-client');
      const data = randomBytes(2 * MB);
      const url = await new Promise<string>((resolve, reject) => {
        const sending = new Upload(data, {
          endpoint: `${line.url}/api/v1/uploads`,
          retryDelays: Array.from({ length: 30 }, () => 20),
          metadata: { filename: '层.zip', purpose: 'layers' },
          onError: reject,
          onSuccess: () => resolve(sending.url ?? ''),
        });
        sending.start();
      });
      expect(line.cuts()).toBeGreaterThan(3);
      const id = url.split('/').at(-1) ?? '';
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/layers`, uploadForm(id, { type: 'boundary' }));
      expect(answer.status).toBe(202);
      const sha256 = createHash('sha256').update(data).digest('hex');
      expect(readdirSync(join(service.config.dataDir, 'uploads'))).toContain(sha256);
    } finally {
      line.close();
      await service.close();
    }
  });
});
