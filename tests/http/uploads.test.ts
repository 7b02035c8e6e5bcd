import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sweepUploads } from '../../server/http/sweep-uploads.ts';
import { cleanName } from '../../server/http/uploads/stored-file.ts';
import { readJob } from '../../server/jobs/job-store.ts';
import { onDatabase } from '../support/databases.ts';
import { plots } from './county.ts';
import { type FormPart, form, listen, type Service, startService, upload } from './service.ts';

onDatabase('embedded', 'an upload', (open) => {
  let service: Service;
  let url: string;
  let port: number;
  beforeAll(async () => {
    const database = await open();
    const { limits } = (await import('../../server/config.ts')).readConfig({});
    // small limits, so that "too large" need not be large
    service = await startService(database, {
      work: false,
      config: { limits: { ...limits, parcels: { ...limits.parcels, archiveBytes: 3 * 1024 * 1024 } } },
    });
    ({ url, port } = await listen(service));
  });
  afterAll(() => service.close());

  const files = () =>
    readdirSync(join(service.config.dataDir, 'uploads'))
      .filter((name) => name !== 'resumable')
      .sort();
  const post = (parts: FormPart[]) => {
    const { headers, payload } = form(parts);
    return fetch(`${url}/api/v1/parcel-sets`, { method: 'POST', headers, body: new Uint8Array(payload) });
  };

  it('is stored under its own hash, never under the name it came with', async () => {
    const data = plots(2);
    const sha256 = createHash('sha256').update(data).digest('hex');
    const answer = await upload(service, '/parcel-sets', { name: '../../etc/地块\u202e.geojson', data });
    expect(answer.statusCode).toBe(202);
    expect(files()).toContain(sha256);
    expect(readFileSync(join(service.config.dataDir, 'uploads', sha256), 'utf8')).toBe(data);
    const job = await readJob(service.database.db, answer.json().job_id);
    expect(job).toMatchObject({
      kind: 'receive-parcels',
      state: 'queued',
      input: { fileName: '地块.geojson', sha256 },
    });
  });

  it('takes its fields before, after and around the file', async () => {
    const file = { name: 'file', file: 'a.geojson', data: Buffer.from(plots(3)) };
    const [name, region] = [
      { name: 'name', value: '一批' },
      { name: 'region_code', value: '500242' },
    ];
    const ids = new Set<string>();
    for (const parts of [
      [name, region, file],
      [file, name, region],
      [name, file, region],
    ]) {
      const answer = await post(parts as FormPart[]);
      expect(answer.status).toBe(202);
      const { parcel_set_id } = (await answer.json()) as { parcel_set_id: string };
      ids.add(parcel_set_id);
    }
    expect(ids.size).toBe(1);
  });

  it('takes a field that says it is JSON as the text it is', async () => {
    const fieldMap = '{"township":{"constant":"某乡"}}';
    const send = (head: string) => {
      const body = `--b\r\nContent-Disposition: form-data; name="field_map"\r\n${head}\r\n${fieldMap}\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="a.geojson"\r\n\r\n${plots(9)}\r\n--b--\r\n`;
      const headers = { 'content-type': 'multipart/form-data; boundary=b' };
      return fetch(`${url}/api/v1/parcel-sets`, { method: 'POST', headers, body });
    };
    const ids = [];
    for (const head of ['', 'Content-Type: application/json\r\n']) {
      const answer = await send(head);
      expect(answer.status).toBe(202);
      ids.push(((await answer.json()) as { parcel_set_id: string }).parcel_set_id);
    }
    expect(ids[0]).toBe(ids[1]);
  });

  it('is the same job while that is under way, and another set when it is to be read otherwise', async () => {
    const data = plots(4);
    const first = (await upload(service, '/parcel-sets', { name: 'a', data })).json();
    const again = (await upload(service, '/parcel-sets', { name: 'b', data })).json();
    const otherwise = (await upload(service, '/parcel-sets', { name: 'a', data }, { encoding: 'GBK' })).json();
    expect(again).toEqual(first);
    expect(otherwise.parcel_set_id).not.toBe(first.parcel_set_id);
    const dry = (await upload(service, '/parcel-sets?dry_run=true', { name: 'a', data })).json();
    expect(dry.parcel_set_id).toBe(first.parcel_set_id);
    expect(dry.job_id).not.toBe(first.job_id);
  });

  it('says the unit of its areas in area_unit, which decides how it is read; another word is refused', async () => {
    const file = { name: 'a.geojson', data: plots(9) };
    const [plain, given] = [
      await upload(service, '/parcel-sets', file),
      await upload(service, '/parcel-sets', file, { area_unit: 'mu' }),
    ];
    expect(given.json().parcel_set_id).not.toBe(plain.json().parcel_set_id);
    expect(await readJob(service.database.db, given.json().job_id)).toMatchObject({ input: { areaUnit: 'mu' } });
    const odd = await upload(service, '/parcel-sets?dry_run=true', file, { area_unit: '亩' });
    expect(odd.json()).toMatchObject({ status: 400, code: 'validation', where: { field: 'area_unit' } });
    expect(odd.json().detail).toContain('m2, ha, mu');
  });

  it('past the limit is refused, whether it says so beforehand or not, and leaves nothing', async () => {
    const before = files();
    const data = randomBytes(5 * 1024 * 1024);
    const announced = await post([{ name: 'file', file: 'big.zip', data }]);
    expect([announced.status, ((await announced.json()) as { code: string }).code]).toEqual([413, 'too-large']);
    // chunked: no length is announced
    const { headers, payload } = form([{ name: 'file', file: 'big.zip', data }]);
    const body = new ReadableStream({
      start(controller) {
        for (let at = 0; at < payload.length; at += 65_536)
          controller.enqueue(new Uint8Array(payload.subarray(at, at + 65_536)));
        controller.close();
      },
    });
    const chunked = await fetch(`${url}/api/v1/parcel-sets`, {
      method: 'POST',
      headers,
      body,
      duplex: 'half',
    } as RequestInit);
    expect([chunked.status, ((await chunked.json()) as { code: string }).code]).toEqual([413, 'too-large']);
    expect(files()).toEqual(before);
  });

  it.each<[string, FormPart[], number, string]>([
    ['a field of 200 kB', [{ name: 'name', value: 'x'.repeat(200_000) }], 413, 'too-large'],
    ['a thousand fields', Array.from({ length: 1000 }, (_, i) => ({ name: `f${i}`, value: '1' })), 413, 'too-large'],
    [
      'a field twice',
      [
        { name: 'name', value: 'a' },
        { name: 'name', value: 'b' },
      ],
      400,
      'validation',
    ],
    ['a field of the prototype', [{ name: '__proto__', value: 'x' }], 400, 'validation'],
    ['two files', ['a', 'b'].map((file) => ({ name: 'file', file, data: Buffer.from(plots(1)) })), 400, 'validation'],
    ['a file that is empty', [{ name: 'file', file: '', data: Buffer.alloc(0) }], 400, 'validation'],
    ['a name of 300 letters', [{ name: 'name', value: '长'.repeat(300) }], 400, 'validation'],
  ])('with %s is refused and leaves nothing', async (_what, parts, status, code) => {
    const before = files();
    const file = { name: 'file', file: 'a.geojson', data: Buffer.from(plots(1)) };
    const answer = await post([...parts, ...(parts.some((part) => 'file' in part) ? [] : [file])]);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([status, code]);
    const late = await post([file, ...parts]);
    expect([late.status, ((await late.json()) as { code: string }).code]).toEqual([status, code]);
    expect(files()).toEqual(before);
  });

  it.each([
    ['no boundary', 'multipart/form-data', 'x'],
    ['a boundary that never comes', 'multipart/form-data; boundary=b', 'no parts at all'],
    [
      'no end',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf',
    ],
    ['no body', 'multipart/form-data; boundary=b', ''],
    [
      'heads that are none',
      'multipart/form-data; boundary=b',
      `--b\r\n${'A: b\r\n'.repeat(5000)}\r\n\r\nx\r\n--b--\r\n`,
    ],
  ])('with %s is refused and leaves nothing', async (_what, type, body) => {
    const before = files();
    const answer = await fetch(`${url}/api/v1/parcel-sets`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([400, 'validation']);
    expect(files()).toEqual(before);
  });

  it('that breaks off leaves nothing, and the next one is served', async () => {
    const before = files();
    const { headers, payload } = form([{ name: 'file', file: 'a.zip', data: randomBytes(500_000) }]);
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      `POST /api/v1/parcel-sets HTTP/1.1\r\nHost: x\r\nContent-Type: ${headers['content-type']}\r\nContent-Length: ${payload.length}\r\n\r\n`,
    );
    socket.write(payload.subarray(0, 300_000));
    while (files().length === before.length) await pause(20);
    socket.destroy();
    while (files().length > before.length) await pause(20);
    expect(files()).toEqual(before);
    expect((await post([{ name: 'file', file: 'a.geojson', data: Buffer.from(plots(5)) }])).status).toBe(202);
  });

  it('said again with the same Idempotency-Key gets the same answer; another request with it is a conflict', async () => {
    const headers = { 'idempotency-key': 'double-click-1' };
    const first = await upload(service, '/parcel-sets?dry_run=true', { name: 'a', data: plots(6) }, {}, headers);
    const again = await upload(service, '/parcel-sets?dry_run=true', { name: 'a', data: plots(6) }, {}, headers);
    expect([again.statusCode, again.json()]).toEqual([202, first.json()]);
    expect(again.headers['idempotency-replayed']).toBe('true');
    const other = await upload(service, '/parcel-sets?dry_run=true', { name: 'a', data: plots(7) }, {}, headers);
    expect(other.json()).toMatchObject({ status: 409, code: 'conflict' });
    const elsewhere = await upload(service, '/layers', { name: 'a', data: plots(6) }, { type: 'boundary' }, headers);
    expect(elsewhere.statusCode).toBe(202);
    const odd = await upload(
      service,
      '/layers',
      { name: 'a', data: plots(6) },
      { type: 'boundary' },
      { 'idempotency-key': 'a b' },
    );
    expect(odd.json()).toMatchObject({ status: 400, where: { field: 'Idempotency-Key' } });
  });

  it('that failed keeps its Idempotency-Key free', async () => {
    const headers = { 'idempotency-key': 'again-please' };
    const fields = { replaces: '00000000-0000-4000-8000-000000000000' };
    const refused = await upload(service, '/parcel-sets', { name: 'a', data: plots(8) }, fields, headers);
    expect(refused.statusCode).toBe(404);
    expect((await upload(service, '/parcel-sets', { name: 'a', data: plots(8) }, {}, headers)).statusCode).toBe(202);
  });

  it('is swept when nothing refers to it, and kept while its job waits', async () => {
    const folder = join(service.config.dataDir, 'uploads');
    const kept = files().filter((name) => /^[0-9a-f]{64}$/.test(name));
    const orphan = 'a'.repeat(64);
    for (const name of [orphan, '.part-left-by-a-dead-process', 'a-file-of-somebody.txt'])
      writeFileSync(join(folder, name), 'x');
    const { db } = service.database;
    await sweepUploads(db, service.config.dataDir, 3_600_000);
    expect(files()).toContain(orphan);
    const old = new Date(Date.now() - 2 * 3_600_000);
    for (const name of files()) utimesSync(join(folder, name), old, old);
    await sweepUploads(db, service.config.dataDir, 3_600_000);
    expect(files()).toEqual([...kept.filter((name) => files().includes(name)), 'a-file-of-somebody.txt'].sort());
    const waiting = await service.database.pool.query(
      `select distinct upload_sha256 as sha from job where state = 'queued'`,
    );
    for (const { sha } of waiting.rows) expect(files()).toContain(sha);
    expect(files()).not.toContain(orphan);
  });

  it('is shown by the last part of its name, without what cannot be seen', () => {
    expect(cleanName('C:\\数据\\地块.zip')).toBe('地块.zip');
    expect(cleanName('/a/b/c.tif')).toBe('c.tif');
    expect(cleanName('a\u0000b\r\n\u202ec')).toBe('abc');
    expect(cleanName('..')).toBe('..');
    expect(cleanName('')).toBe('file');
    expect(cleanName('长'.repeat(500))).toHaveLength(200);
  });
});
