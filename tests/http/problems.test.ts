import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemStatus } from '../../server/errors.ts';
import { encodeCursor } from '../../server/http/cursor.ts';
import { problemBody } from '../../server/http/problem.ts';
import { faultOf } from '../../server/jobs/fault.ts';
import { onDatabase } from '../support/databases.ts';
import { plots } from './county.ts';
import { form, type Service, startService, upload } from './service.ts';

const nobody = '00000000-0000-4000-8000-000000000000';

onDatabase('embedded', 'problems of a request', (open) => {
  let service: Service;
  beforeAll(async () => {
    service = await startService(await open(), { work: false });
  });
  afterAll(() => service.close());

  const ask = (url: string, options: object = {}) => service.app.inject({ url: `/api/v1${url}`, ...options });

  it('have exactly the fields of the contract, as application/problem+json', async () => {
    const answer = await ask(`/layers/${nobody}`);
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.json()).toEqual({
      type: 'urn:zhanbu:problem:not-found',
      title: '未找到',
      status: 404,
      code: 'not-found',
      detail: expect.stringContaining(nobody),
      request_id: answer.headers['x-request-id'],
    });
  });

  it('speak Chinese unless English is preferred', async () => {
    const titleFor = async (language: string | undefined) => {
      const answer = await ask('/nothing', language === undefined ? {} : { headers: { 'accept-language': language } });
      return [answer.json().title, answer.headers['content-language']];
    };
    expect(await titleFor(undefined)).toEqual(['未找到', 'zh-CN']);
    expect(await titleFor('en')).toEqual(['Not found', 'en']);
    expect(await titleFor('en-GB,en;q=0.9,zh;q=0.8')).toEqual(['Not found', 'en']);
    expect(await titleFor('zh-CN,zh;q=0.9,en;q=0.8')).toEqual(['未找到', 'zh-CN']);
    expect(await titleFor('en;q=0.3, zh;q=0.7')).toEqual(['未找到', 'zh-CN']);
    expect(await titleFor('fr, *')).toEqual(['未找到', 'zh-CN']);
    expect(await titleFor(';;;q=,')).toEqual(['未找到', 'zh-CN']);
  });

  it.each([
    ['GET', '/layers/no-such-id'],
    ['GET', `/layers/${nobody}/features`],
    ['DELETE', `/layers/${nobody}`],
    ['GET', '/parcel-sets/1;drop table parcel_set'],
    ['POST', `/parcel-sets/${nobody}/withdraw`],
    ['GET', `/jobs/${nobody}`],
    ['GET', `/jobs/${nobody}/events`],
    ['DELETE', '/jobs/x'],
    ['GET', `/runs/${nobody}`],
    ['GET', `/runs/${nobody}/manifest`],
    ['GET', `/runs/${nobody}/verdicts`],
    ['GET', `/runs/${nobody}/verdicts/P1`],
    ['GET', `/runs/${nobody}/exports/csv`],
    ['GET', '/nothing'],
    ['POST', '/nothing'],
  ])('%s %s is not there', async (method, url) => {
    const answer = await ask(encodeURI(url), { method });
    expect([answer.statusCode, answer.json().code]).toEqual([404, 'not-found']);
  });

  it.each([
    ['PUT', '/layers', 'GET, HEAD, POST'],
    ['PATCH', '/runs', 'GET, HEAD, POST'],
    ['POST', '/checks', 'GET, HEAD'],
    ['GET', `/parcel-sets/${nobody}/withdraw`, 'POST'],
    ['PUT', `/jobs/${nobody}`, 'DELETE, GET, HEAD'],
    ['POST', '/openapi.json', 'GET, HEAD'],
  ])('%s %s is refused with what is allowed', async (method, url, allow) => {
    const answer = await ask(url, { method, payload: 'anything at all', headers: { 'content-type': 'text/plain' } });
    expect([answer.statusCode, answer.json().code, answer.json().status]).toEqual([405, 'validation', 405]);
    expect(answer.headers['allow']).toBe(allow);
  });

  it.each([
    ['/layers?limit=0', 'limit'],
    ['/layers?limit=10001', 'limit'],
    ['/layers?limit=1.5', 'limit'],
    ['/layers?limit=1e3', 'limit'],
    ['/layers?limit=', 'limit'],
    ['/layers?limit=2&limit=3', 'limit'],
    ['/layers?limit=5%20or%201=1', 'limit'],
    ["/layers?type=eco-red-line'--", 'type'],
    ['/layers?region_code=50024x', 'region_code'],
    ['/layers?order_by=name', 'order_by'],
    ['/layers?cursor=zzz', 'cursor'],
    ['/parcel-sets?cursor=%00', 'cursor'],
    ['/runs?state=unknown', 'state'],
    ['/runs?__proto__=1', '__proto__'],
    ['/parcel-sets?limit=99999999999999999999', 'limit'],
  ])('GET %s names the parameter at fault', async (url, field) => {
    const answer = await ask(url);
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'validation']);
    expect(answer.json().where).toMatchObject({ field });
    expect(answer.json().detail).not.toMatch(/select|syntax|column|relation/i);
  });

  it.each([
    ['{', undefined],
    ['', undefined],
    ['[]', undefined],
    ['null', undefined],
    ['{"__proto__":{"x":1}}', undefined],
    ['{"parcel_set_ids":[],"__proto__x":1}', '__proto__x'],
    ['{}', 'parcel_set_ids'],
    ['{"parcel_set_ids":[]}', 'parcel_set_ids'],
    ['{"parcel_set_ids":"all"}', 'parcel_set_ids'],
    ['{"parcel_set_ids":[7]}', 'parcel_set_ids[0]'],
    [`{"parcel_set_ids":["${nobody}"],"run_id":"mine"}`, 'run_id'],
    [`{"parcel_set_ids":["${nobody}"],"params":{"steep-slope":25}}`, 'params.steep-slope'],
  ])('POST /runs with %s is refused', async (payload, field) => {
    const answer = await ask('/runs', { method: 'POST', payload, headers: { 'content-type': 'application/json' } });
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'validation']);
    expect(answer.json().where?.field).toBe(field);
  });

  it('takes a POST or DELETE that says nothing, whatever kind of body it announces', async () => {
    const empty = (method: string, url: string) =>
      ask(url, { method, payload: '', headers: { 'content-type': 'application/json' } });
    expect((await empty('POST', `/parcel-sets/${nobody}/withdraw`)).json()).toMatchObject({ code: 'not-found' });
    expect((await empty('DELETE', `/jobs/${nobody}`)).json()).toMatchObject({ code: 'not-found' });
    expect((await empty('DELETE', `/layers/${nobody}`)).json()).toMatchObject({ code: 'not-found' });
    expect((await empty('POST', '/runs')).json()).toMatchObject({ code: 'validation' });
  });

  it.each([
    ['layers', [{ type: null, region_code: null }]],
    ['parcel-sets', [{ region_code: null }]],
    ['runs', [{ region_code: null, state: null }]],
  ])('refuses a cursor of /%s that was made up, whatever it holds', async (list, filter) => {
    const at = '2026-01-02 03:04:05.678901+00';
    const made = (position: string) => ask(`/${list}?cursor=${encodeCursor([list, ...filter], position)}`);
    expect((await made(JSON.stringify([at, nobody, '500242']))).json()).toMatchObject({ items: [] });
    for (const position of [
      '',
      'null',
      '{}',
      '[1,2,3]',
      JSON.stringify([at, 'x', '500242']),
      JSON.stringify([at, nobody, "5'\u0000"]),
      JSON.stringify(['2026-02-30 03:04:05+00', nobody, '500242']),
      JSON.stringify(['infinity', nobody, '500242']),
    ]) {
      const answer = (await made(position)).json();
      expect(answer, position).toMatchObject({ status: 400, code: 'validation', where: { field: 'cursor' } });
    }
  });

  it('refuses a body of another kind, one too large, and ids of sets and layers that are not there', async () => {
    const post = (payload: string | Buffer, type: string) =>
      ask('/runs', { method: 'POST', payload, headers: { 'content-type': type } });
    expect((await post('<run/>', 'application/xml')).json()).toMatchObject({ status: 415, code: 'format-unsupported' });
    expect((await post(Buffer.alloc(1_100_000, 0x20), 'application/json')).json()).toMatchObject({
      status: 413,
      code: 'too-large',
    });
    expect((await post(`{"parcel_set_ids":["${nobody}"]}`, 'application/json')).json()).toMatchObject({
      status: 404,
      code: 'not-found',
      where: { field: 'parcel_set_ids' },
    });
    expect((await post('{"parcel_set_ids":["a"]}', 'application/json')).json()).toMatchObject({
      status: 404,
      code: 'not-found',
    });
  });

  it('gives every answer a request id: the caller’s where it is a sane one, else a new one', async () => {
    const idFor = async (given?: string) =>
      (await ask('/health/live', given === undefined ? {} : { headers: { 'x-request-id': given } })).headers[
        'x-request-id'
      ];
    expect(await idFor('bureau-7:42')).toBe('bureau-7:42');
    for (const odd of [undefined, '', 'a b', 'x'.repeat(65), '<script>', '换行']) {
      expect(await idFor(odd)).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect((await ask('/%zz')).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['an answer', 'GET', '/checks', 200],
    ['something that is not there', 'GET', '/nothing', 404],
    ['another method', 'PUT', '/checks', 405],
    ['a URL that cannot be decoded', 'GET', '/layers/%zz', 400],
    ['an id without end', 'GET', `/layers/${'x'.repeat(3000)}`, 414],
  ])(
    'gives %s a request id, and headers that keep it from being run, framed or guessed at',
    async (_what, method, url, status) => {
      const answer = await ask(url, { method });
      expect(answer.statusCode).toBe(status);
      expect(answer.headers).toMatchObject({
        'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'cache-control': 'no-store',
      });
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    },
  );

  it('lets no page of another site change anything', async () => {
    const from = (site: string, method: string) =>
      ask(`/parcel-sets/${nobody}/withdraw`, { method, headers: { 'sec-fetch-site': site } });
    expect((await from('cross-site', 'POST')).json()).toMatchObject({ status: 403, code: 'forbidden' });
    for (const site of ['same-origin', 'same-site', 'none']) expect((await from(site, 'POST')).statusCode).toBe(404);
    expect((await ask('/checks', { headers: { 'sec-fetch-site': 'cross-site' } })).statusCode).toBe(200);
  });

  it('publishes its limits with keys as all others', async () => {
    const config = (await ask('/config')).json();
    expect(config.limits.parcels).toMatchObject({
      entry_bytes: 200 * 1024 * 1024,
      archive_bytes: 500 * 1024 * 1024,
      json_depth: 32,
    });
    expect(config.limits.page).toBe(10_000);
    const keys = JSON.stringify(config).match(/"(\w+)":/g) ?? [];
    for (const key of keys) expect(key).toMatch(/^"[a-z0-9_]+":$/);
    expect(config.database).toMatchObject({ kind: 'embedded', postgis: expect.stringMatching(/^3\./) });
  });

  it('answers a URL that cannot be decoded, and an id without end, in the same shape', async () => {
    expect((await ask('/layers/%zz')).json()).toMatchObject({ status: 400, code: 'validation' });
    expect((await ask(`/layers/${'x'.repeat(3000)}`)).json()).toMatchObject({ status: 414, code: 'validation' });
  });

  it.each<[string, Record<string, string>, number, string, string]>([
    ['an unknown type', { type: 'soil' }, 400, 'validation', 'type'],
    ['no type', {}, 400, 'validation', 'type'],
    ['land use without its year', { type: 'land-use' }, 400, 'validation', 'year'],
    ['a year that is none', { type: 'land-use', year: '20x3' }, 400, 'validation', 'year'],
    ['a region code of five digits', { type: 'eco-red-line', region_code: '50024' }, 400, 'validation', 'region_code'],
    ['an unknown field', { type: 'eco-red-line', colour: 'red' }, 400, 'validation', 'colour'],
    ['a CRS that is no code', { type: 'eco-red-line', srid: 'EPSG:4490' }, 400, 'validation', 'srid'],
    ['a CRS there is not', { type: 'eco-red-line', srid: '999999' }, 422, 'crs-unknown', 'srid'],
    ['a CRS of Xian 80', { type: 'eco-red-line', srid: '2360' }, 422, 'crs-unsupported-datum', 'srid'],
    ['a CRS of Beijing 54', { type: 'slope', srid: '2412' }, 422, 'crs-unsupported-datum', 'srid'],
    ['an encoding there is not', { type: 'eco-red-line', encoding: 'klingon' }, 400, 'validation', 'encoding'],
    ['a NUL in its source', { type: 'eco-red-line', source: 'a\u0000b' }, 400, 'validation', 'source'],
    [
      'an unknown code system',
      { type: 'land-use', year: '2023', code_system: 'td9' },
      400,
      'validation',
      'code_system',
    ],
  ])('a layer with %s is refused at once', async (_what, fields, status, code, field) => {
    const answer = await upload(service, '/layers', { name: 'a.geojson', data: plots(1) }, fields);
    expect([answer.statusCode, answer.json().code, answer.json().where?.field]).toEqual([status, code, field]);
  });

  it.each<[string, Record<string, string>, number, string]>([
    ['a field map that is no JSON', { field_map: 'DKBH' }, 400, 'field_map'],
    ['a field map of a list', { field_map: '["DKBH"]' }, 400, 'field_map'],
    ['a field map with a column there is not', { field_map: '{"owner":"QSDW"}' }, 400, 'field_map.owner'],
    ['a field map to nothing', { field_map: '{"parcel_id":7}' }, 400, 'field_map.parcel_id'],
    ['a NUL in a constant', { field_map: '{"township":{"constant":"a\\u0000"}}' }, 400, 'field_map.township'],
    ['half a character in an attribute', { field_map: '{"township":"\\ud800"}' }, 400, 'field_map.township'],
    ['a control character in the name', { name: 'a\u0007b' }, 400, 'name'],
    ['replaces that is no id', { replaces: 'last one' }, 400, 'replaces'],
    ['replaces of a set that is not there', { replaces: nobody }, 404, 'replaces'],
  ])('parcels with %s are refused at once', async (_what, fields, status, field) => {
    const answer = await upload(service, '/parcel-sets', { name: 'a.geojson', data: plots(1) }, fields);
    expect([answer.statusCode, answer.json().where?.field]).toEqual([status, field]);
  });

  it('refuses an upload that is no form, has no file, or has it in the wrong field', async () => {
    const json = await ask('/layers', {
      method: 'POST',
      payload: '{}',
      headers: { 'content-type': 'application/json' },
    });
    expect(json.json()).toMatchObject({ status: 415, code: 'format-unsupported' });
    const none = await ask('/layers', { method: 'POST', ...form([{ name: 'type', value: 'eco-red-line' }]) });
    expect(none.json()).toMatchObject({ status: 400, code: 'validation', where: { field: 'file' } });
    const wrong = await ask('/layers', {
      method: 'POST',
      ...form([{ name: 'upload', file: 'a', data: Buffer.from('x') }]),
    });
    expect(wrong.json()).toMatchObject({ status: 400, code: 'validation', where: { field: 'upload' } });
  });
});

describe('a fault of the machine', () => {
  it('is told by its code, without a word of the database', () => {
    const codeOf = (error: object) => faultOf(Object.assign(new Error('relation "x" does not exist'), error));
    expect(codeOf({ code: 'ENOSPC' }).code).toBe('storage-full');
    expect(codeOf({ code: '53100' }).code).toBe('storage-full');
    expect(codeOf({ code: 'EROFS', syscall: 'open' }).code).toBe('storage-full');
    expect(codeOf({ code: 'XX000', routine: 'engine_guard' }).code).toBe('engine-trap');
    expect(codeOf({ code: '57P01' }).code).toBe('busy');
    expect(codeOf({ code: 'ENOENT', syscall: 'connect' }).code).toBe('busy');
    expect(codeOf({ code: 'ENOENT', syscall: 'open' }).code).toBe('internal');
    expect(codeOf({ code: '42P01' }).code).toBe('internal');
    for (const code of ['ENOSPC', 'XX000', '57P01', '42P01']) {
      expect(JSON.stringify(codeOf({ code, routine: 'engine_guard' }))).not.toContain('relation');
    }
  });

  it('has for every code a title in both languages and the status of the contract', () => {
    for (const [code, status] of Object.entries(problemStatus)) {
      const fault = { code: code as keyof typeof problemStatus, detail: { zh: '某事', en: 'something' } };
      const zh = problemBody(fault, 'zh', null);
      const en = problemBody(fault, 'en', null);
      expect([zh.status, en.status]).toEqual([status, status]);
      expect(zh.title).toMatch(/[\u4e00-\u9fff]/);
      expect(en.title).toMatch(/^[A-Z]/);
    }
  });
});
