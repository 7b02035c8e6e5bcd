import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../server/config.ts';
import { eachDatabase } from '../support/databases.ts';
import { plots } from './county.ts';
import { form, listen, type Service, startService } from './service.ts';
import { type Tus, tusAt } from './tus.ts';

const sha256 = (data: Uint8Array | string) => createHash('sha256').update(data).digest('hex');
const MB = 1024 * 1024;

/** a sound file of the size asked for: blanks after a GeoJSON mean nothing */
const padded = (text: string, bytes: number) =>
  Buffer.concat([Buffer.from(text), Buffer.alloc(bytes - Buffer.byteLength(text), ' ')]);

eachDatabase('a resumable upload', (open, kind) => {
  let service: Service;
  let url: string;
  let tus: Tus;
  const { limits } = readConfig({});
  const small = {
    ...limits,
    parcels: { ...limits.parcels, archiveBytes: 6 * MB },
    layers: { ...limits.layers, archiveBytes: 8 * MB },
    registers: { ...limits.registers, entryBytes: MB },
  };
  beforeAll(async () => {
    service = await startService(await open(), { work: false, config: { limits: small } });
    ({ url } = await listen(service));
    tus = tusAt(url);
  });
  afterAll(() => service.close());

  const post = async (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) => {
    const body = form(Object.entries(fields).map(([name, value]) => ({ name, value })));
    const answer = await service.app.inject({
      method: 'POST',
      url: `/api/v1${path}`,
      payload: body.payload,
      headers: { ...body.headers, ...headers },
    });
    return { status: answer.statusCode, body: answer.json() };
  };
  /** what is kept of uploads that are no finished files */
  const kept = async () =>
    kind === 'postgis'
      ? Number((await service.database.pool.query('select count(*) as n from upload')).rows[0].n)
      : readdirSync(join(service.config.dataDir, 'uploads', 'resumable')).filter((name) => !name.endsWith('.json'))
          .length;
  const problem = async (answer: Response) => {
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const body = (await answer.json()) as { code: string; status: number; detail: string };
    expect(body.detail).toMatch(/[\u4e00-\u9fff]/);
    expect(body.status).toBe(answer.status);
    return [answer.status, body.code];
  };

  it('is told what can be done, and how large a file may be', async () => {
    const answer = await fetch(`${url}/api/v1/uploads`, { method: 'OPTIONS' });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('tus-version')).toBe('1.0.0');
    expect(answer.headers.get('tus-max-size')).toBe(String(8 * MB));
    expect(answer.headers.get('tus-extension')).toBe('creation,creation-with-upload,termination,expiration');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('that broke off in the middle goes on where it stopped, and is received as if it had come in one form', async () => {
    const data = padded(plots(2), 5 * MB);
    const id = await tus.begin(data.length, { filename: 'C:\\..\\地块\u202e.geojson', purpose: 'parcels' });
    await tus.breakOff(id, 0, data, 3 * MB, async () => (await tus.offset(id)) > MB);
    let at = -1;
    for (let now = await tus.offset(id); now !== at; now = await tus.offset(id)) {
      at = now;
      await pause(300);
    }
    expect(at).toBeGreaterThan(MB);
    expect(at).toBeLessThanOrEqual(3 * MB);
    const unfinished = await post('/parcel-sets', { upload_id: id });
    expect(unfinished).toMatchObject({ status: 409, body: { code: 'conflict', where: { field: 'upload_id' } } });
    expect((await tus.patch(id, at, data.subarray(at))).status).toBe(204);
    expect(await tus.offset(id)).toBe(data.length);

    const dry = await post('/parcel-sets?dry_run=true', { upload_id: id });
    const real = await post('/parcel-sets', { upload_id: id });
    expect([dry.status, real.status]).toEqual([202, 202]);
    const { rows } = await service.database.pool.query(
      `select upload_sha256, input->>'fileName' as file_name from job where job_id = any($1)`,
      [[dry.body.job_id, real.body.job_id]],
    );
    const told = { upload_sha256: sha256(data), file_name: '地块.geojson' };
    expect(rows).toEqual([told, told]);
    const whole = form([{ name: 'file', file: '地块.geojson', data }]);
    const inOne = await service.app.inject({ method: 'POST', url: '/api/v1/parcel-sets', ...whole });
    expect(inOne.json()).toEqual(real.body);
  });

  it('said again with one Idempotency-Key is one request, however the bytes came', async () => {
    const data = Buffer.from(plots(3));
    const [first, second] = [await tus.begin(data.length), await tus.begin(data.length)];
    expect(first).not.toBe(second);
    for (const id of [first, second]) await tus.patch(id, 0, data);
    const key = { 'idempotency-key': `key-${first}` };
    const one = await post('/layers', { upload_id: first, type: 'boundary' }, key);
    expect(one.status).toBe(202);
    expect(await post('/layers', { upload_id: second, type: 'boundary' }, key)).toEqual(one);
    expect((await post('/layers', { upload_id: second, type: 'township' }, key)).status).toBe(409);
    const sheet = await post('/project-registers', { upload_id: second });
    expect(sheet.status).toBe(202);
  });

  it('comes with its first bytes, or in many pieces', async () => {
    const data = randomBytes(1000);
    const answer = await fetch(`${url}/api/v1/uploads`, {
      method: 'POST',
      headers: { 'tus-resumable': '1.0.0', 'upload-length': '1000', 'content-type': 'application/offset+octet-stream' },
      body: new Uint8Array(data.subarray(0, 10)),
    });
    expect([answer.status, answer.headers.get('upload-offset')]).toEqual([201, '10']);
    const id = (answer.headers.get('location') ?? '').split('/').at(-1) ?? '';
    for (let at = 10; at < 1000; at += 330) {
      const sent = await tus.patch(id, at, data.subarray(at, at + 330));
      expect([sent.status, sent.headers.get('upload-offset')]).toEqual([204, String(at + 330)]);
    }
    expect((await post('/parcel-sets', { upload_id: id })).status).toBe(202);
    expect(readdirSync(join(service.config.dataDir, 'uploads'))).toContain(sha256(data));
  });

  it('over the limit of its purpose is refused before a byte is stored', async () => {
    const before = await kept();
    expect(await problem(await tus.create(8 * MB + 1))).toEqual([413, 'too-large']);
    expect(await problem(await tus.create(6 * MB + 1, { purpose: 'parcels' }))).toEqual([413, 'too-large']);
    expect(await problem(await tus.create(MB + 1, { purpose: 'registers' }))).toEqual([413, 'too-large']);
    expect(await problem(await tus.create('99999999999999999999'))).toEqual([400, 'validation']);
    expect(await kept()).toBe(before);
    // a layer's size, used for parcels
    const id = await tus.begin(7 * MB);
    expect((await tus.patch(id, 0, Buffer.alloc(7 * MB, ' '))).status).toBe(204);
    expect(await post('/parcel-sets', { upload_id: id })).toMatchObject({ status: 413, body: { code: 'too-large' } });
    expect((await post('/layers', { upload_id: id, type: 'boundary' })).status).toBe(202);
  });

  it('with more bytes than it said keeps none of the surplus', async () => {
    const id = await tus.begin(100);
    expect(await problem(await tus.patch(id, 0, Buffer.alloc(101)))).toEqual([413, 'too-large']);
    expect(await tus.offset(id)).toBe(0);
    expect((await tus.patch(id, 0, Buffer.alloc(100, 1))).status).toBe(204);
    expect(await problem(await tus.patch(id, 100, Buffer.alloc(1)))).toEqual([413, 'too-large']);
  });

  it('from a wrong byte on is refused and changes nothing', async () => {
    const id = await tus.begin(100);
    await tus.patch(id, 0, Buffer.alloc(40));
    for (const at of [0, 39, 41, 100])
      expect(await problem(await tus.patch(id, at, Buffer.alloc(1)))).toEqual([409, 'conflict']);
    for (const at of ['-1', 'x', '4e1', '40.0'])
      expect(await problem(await tus.patch(id, at, Buffer.alloc(1)))).toEqual([400, 'validation']);
    expect(await tus.offset(id)).toBe(40);
  });

  it.each<[string, Record<string, string>, number, string]>([
    ['no version of the protocol', { 'tus-resumable': '' }, 412, 'validation'],
    ['another version', { 'tus-resumable': '0.2.2' }, 412, 'validation'],
    ['a length of nothing', { 'upload-length': '0' }, 400, 'validation'],
    ['a length below nothing', { 'upload-length': '-5' }, 400, 'validation'],
    ['a length that is none', { 'upload-length': '1e3' }, 400, 'validation'],
    ['a length to be told later', { 'upload-length': '', 'upload-defer-length': '1' }, 400, 'validation'],
    ['metadata that are none', { 'upload-metadata': 'filename ???' }, 400, 'validation'],
    ['metadata of the prototype', { 'upload-metadata': '__proto__ eA==' }, 400, 'validation'],
    ['an unknown purpose', { 'upload-metadata': 'purpose eA==' }, 400, 'validation'],
    ['parts to be put together', { 'upload-concat': 'final;/api/v1/uploads/a /etc/passwd' }, 400, 'validation'],
    ['a form', { 'content-type': 'text/plain' }, 415, 'format-unsupported'],
  ])('with %s is refused and leaves nothing', async (_what, headers, status, code) => {
    const before = await kept();
    const more = headers['content-type'] === undefined ? {} : { body: 'x' };
    const all = { 'tus-resumable': '1.0.0', 'upload-length': '5', ...headers };
    const answer = await fetch(`${url}/api/v1/uploads`, {
      method: 'POST',
      headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')),
      ...more,
    });
    expect(await problem(answer)).toEqual([status, code]);
    expect(await kept()).toBe(before);
  });

  it('under another id is not found, whatever the id tries', async () => {
    const id = await tus.begin(10);
    for (const other of [
      'a'.repeat(32),
      id.toUpperCase() === id ? `${id}0` : id.toUpperCase(),
      `${id}.json`,
      `..%2F${id}`,
      '..%2f..%2fetc%2fpasswd',
      '%00',
      `${id}%00`,
      'resumable',
      '..%5c..%5cx',
    ]) {
      const answer = await tus.patch(other, 0, Buffer.alloc(1));
      expect([other, answer.status]).toEqual([other, 404]);
      expect((await tus.head(other)).status).toBe(404);
      const form = await post('/parcel-sets', { upload_id: decodeURIComponent(other) });
      expect([form.status, form.body.code]).toEqual(
        other.includes('%00') ? [form.status, form.body.code] : [404, 'not-found'],
      );
      expect(form.status).toBeLessThan(500);
    }
    expect((await fetch(`${url}/api/v1/uploads/${id}`)).status).toBe(405);
    expect((await fetch(`${url}/api/v1/uploads`)).status).toBe(405);
    expect(await tus.offset(id)).toBe(0);
  });

  it('beside a file in one form is refused, and so is a form with neither', async () => {
    const id = await tus.begin(1);
    await tus.patch(id, 0, Buffer.from('x'));
    const both = form([
      { name: 'upload_id', value: id },
      { name: 'file', file: 'a', data: Buffer.from('y') },
    ]);
    const answer = await service.app.inject({ method: 'POST', url: '/api/v1/parcel-sets', ...both });
    expect(answer.json()).toMatchObject({ status: 400, code: 'validation', where: { field: 'upload_id' } });
    expect(await post('/parcel-sets', { upload_id: '' })).toMatchObject({ status: 400, body: { code: 'validation' } });
  });

  it('given up is gone, and a job that has it already keeps it', async () => {
    const data = Buffer.from(plots(4));
    const id = await tus.begin(data.length);
    await tus.patch(id, 0, data);
    expect((await post('/parcel-sets', { upload_id: id })).status).toBe(202);
    const headers = { 'tus-resumable': '1.0.0' };
    expect((await fetch(`${url}/api/v1/uploads/${id}`, { method: 'DELETE', headers })).status).toBe(204);
    expect((await tus.head(id)).status).toBe(404);
    expect((await fetch(`${url}/api/v1/uploads/${id}`, { method: 'DELETE', headers })).status).toBe(404);
    expect(readdirSync(join(service.config.dataDir, 'uploads'))).toContain(sha256(data));
  });

  it('sent by two at once is one upload: what the slower one sends too late is refused', async () => {
    const data = randomBytes(2 * MB);
    const id = await tus.begin(data.length);
    const begun = Date.now();
    const answers = (await Promise.all([1, 2, 3].map(() => tus.patch(id, 0, data)))).map(({ status }) => status);
    expect(answers.filter((status) => status !== 204 && status !== 409)).toEqual([]);
    expect(answers).toContain(204);
    // nobody is left sending to one who does not listen
    expect(Date.now() - begun).toBeLessThan(30_000);
    // a line that writes slowly is ended for who comes after it, and what it had written stays
    const at = await tus.offset(id);
    if (at < data.length) expect((await tus.patch(id, at, data.subarray(at))).status).toBe(204);
    expect((await post('/layers', { upload_id: id, type: 'boundary' })).status).toBe(202);
    expect(readdirSync(join(service.config.dataDir, 'uploads'))).toContain(sha256(data));
  });
});
