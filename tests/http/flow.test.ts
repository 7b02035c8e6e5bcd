import { afterAll, beforeAll, expect, it } from 'vitest';
import type { VerdictFeature } from '../../server/domain/verdict-feature.ts';
import { jobIn } from '../jobs/waiting.ts';
import { eachDatabase } from '../support/databases.ts';
import { writeTiff } from '../terrain/tiff-writer.ts';
import { allPaddy, geojson, plots, redLine } from './county.ts';
import { listen, type Service, startService, upload } from './service.ts';

interface Collection {
  type: string;
  features: VerdictFeature[];
  next_cursor: string | null;
  number_matched: number;
}

eachDatabase('from upload to export over HTTP', (open) => {
  let service: Service;
  let setId: string;
  let runId: string;
  const layerIds: Record<string, string> = {};

  const get = async <T = Record<string, never>>(url: string, headers = {}) =>
    (await service.app.inject({ url: `/api/v1${url}`, headers })).json() as T;
  const post = (url: string, payload: object) => service.app.inject({ method: 'POST', url: `/api/v1${url}`, payload });
  const done = (jobId: string) => jobIn(service.database, jobId);
  const verdicts = (query: string) => get<Collection>(`/runs/${runId}/verdicts${query}`);
  const idsOf = (collection: Collection) => collection.features.map((feature) => feature.properties.parcel_id);

  beforeAll(async () => {
    service = await startService(await open());
    for (const [type, data, fields] of [
      ['eco-red-line', redLine, {}],
      ['land-use', allPaddy, { year: '2023', source: '年度变更调查' }],
    ] as const) {
      const accepted = await upload(service, '/layers', { name: `${type}.geojson`, data }, { type, ...fields });
      expect(accepted.statusCode, accepted.body).toBe(202);
      layerIds[type] = accepted.json().layer_id;
      const job = await done(accepted.json().job_id);
      expect(job.problem).toBeNull();
    }
    const accepted = await upload(
      service,
      '/parcel-sets',
      { name: '地块.geojson', data: plots(12) },
      { name: '第一批' },
    );
    expect(accepted.statusCode, accepted.body).toBe(202);
    setId = accepted.json().parcel_set_id;
    const received = await done(accepted.json().job_id);
    expect(received.problem).toBeNull();
    expect(received.result).toMatchObject({ parcel_set_id: setId, feature_count: 12 });
    const run = await post('/runs', { parcel_set_ids: [setId] });
    expect(run.statusCode, run.body).toBe(202);
    runId = run.json().run_id;
    const finished = await done(run.json().job_id);
    expect([finished.state, finished.problem]).toEqual(['succeeded', null]);
  });
  afterAll(() => service.close());

  it('keeps the layers and the set as they were sent, with what was decided', async () => {
    const layers = await get<{ items: Record<string, unknown>[]; number_matched: number }>('/layers');
    expect(layers.number_matched).toBe(2);
    expect(layers.items.map((layer) => layer['type'])).toEqual(['land-use', 'eco-red-line']);
    expect(layers.items[0]).toMatchObject({
      year: 2023,
      feature_count: 1,
      source: '年度变更调查',
      file_name: 'land-use.geojson',
    });
    expect(await get('/layers?type=land-use&region_code=500242')).toMatchObject({ number_matched: 1 });
    expect(await get('/layers?region_code=110101')).toMatchObject({ items: [], number_matched: 0, next_cursor: null });
    const layer = await get<{ bbox: number[] }>(`/layers/${layerIds['eco-red-line']}`);
    [108.7995, 28.7995, 108.8025, 28.8015].forEach((edge, i) => void expect(layer.bbox[i]).toBeCloseTo(edge, 9));
    const set = await get<Record<string, unknown>>(`/parcel-sets/${setId}`);
    expect(set).toMatchObject({
      name: '第一批',
      file_name: '地块.geojson',
      feature_count: 12,
      withdrawn_at: null,
      replaces: [],
    });
    expect(set).toMatchObject({
      decisions: { crs: expect.anything(), fields: expect.anything(), region: { region_code: '500242' } },
    });
    expect(set['created_at']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('answers the same upload again with what is here already', async () => {
    const set = await upload(service, '/parcel-sets', { name: '地块.geojson', data: plots(12) });
    expect([set.statusCode, set.json().parcel_set_id, set.json().feature_count]).toEqual([200, setId, 12]);
    const layer = await upload(service, '/layers', { name: 'x', data: redLine }, { type: 'eco-red-line' });
    expect([layer.statusCode, layer.json().layer_id]).toEqual([200, layerIds['eco-red-line']]);
  });

  it('tells the run with its summary, and nothing of the runs of other counties', async () => {
    const run = await get<{ summary: { by_verdict: object; parcel_count: number }; bbox: number[] }>(`/runs/${runId}`);
    expect(run).toMatchObject({ state: 'succeeded', progress: 1, parcel_set_ids: [setId], parcel_count: 12 });
    expect(run.summary).toMatchObject({ parcel_count: 12, by_verdict: { non_compliant: 2, undetermined: 10 } });
    expect(run.bbox[0]).toBeCloseTo(108.8, 9);
    expect(await get('/runs?state=succeeded')).toMatchObject({ number_matched: 1, items: [{ run_id: runId }] });
    expect(await get('/runs?region_code=110101')).toMatchObject({ number_matched: 0, items: [] });
    const manifest = await get<{ inputs: { sha256: string }[]; layers: object[] }>(`/runs/${runId}/manifest`);
    expect(manifest.inputs[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(manifest.layers).toHaveLength(2);
  });

  it('gives verdicts in upload order, by every filter', async () => {
    const all = await verdicts('');
    expect(all.type).toBe('FeatureCollection');
    expect(idsOf(all)).toEqual(Array.from({ length: 12 }, (_, i) => `P${i + 1}`));
    expect(all.features[0]?.geometry?.type).toBe('MultiPolygon');
    const cases: [string, string[]][] = [
      ['?verdict=non_compliant', ['P1', 'P2']],
      ['?check=eco-red-line&outcome=fail', ['P1', 'P2']],
      ['?check=eco-red-line', ['P1', 'P2']],
      ['?check=not-cultivated&outcome=pass&project_code=50024220210002', ['P4', 'P5', 'P6']],
      [`?township=${encodeURIComponent('桃花源街道')}&verdict=non_compliant`, ['P2']],
      ['?bbox=108.8079,28.8,108.8081,28.801', ['P5']],
      ['?bbox=0,0,1,1', []],
      [`?township=${encodeURIComponent("' or 1=1 --")}`, []],
      [`?project_code=${encodeURIComponent('%')}`, []],
    ];
    for (const [query, ids] of cases) {
      const found = await verdicts(query);
      expect(idsOf(found), query).toEqual(ids);
      expect(found.number_matched, query).toBe(ids.length);
    }
    for (const query of [
      '?verdict=bad',
      '?check=soil',
      '?outcome=perhaps',
      '?bbox=1,2,3',
      '?bbox=1,2,3,4,5',
      '?bbox=a,b,c,d',
      '?bbox=109,28,108,29',
      '?project_code=%00',
      '?township=a%00b',
      '?sort=area',
    ]) {
      expect(await verdicts(query), query).toMatchObject({
        status: 400,
        code: 'validation',
        where: { field: query.slice(1).split('=')[0] },
      });
    }
  });

  it('pages without a gap or a repeat, and refuses a cursor that is not of this question', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const page: Collection = await verdicts(`?limit=5${cursor === null ? '' : `&cursor=${cursor}`}`);
      seen.push(...idsOf(page));
      expect(page.number_matched).toBe(12);
      cursor = page.next_cursor;
      pages++;
    } while (cursor !== null);
    expect(pages).toBe(3);
    expect(seen).toEqual(Array.from({ length: 12 }, (_, i) => `P${i + 1}`));
    const { next_cursor: own } = await verdicts('?limit=5');
    for (const odd of [
      `${own}x`,
      own?.slice(0, -2),
      own?.toUpperCase(),
      'djE6NQ',
      '%27',
      own?.replace(/^./, (c) => (c === 'a' ? 'b' : 'a')),
    ]) {
      expect(await verdicts(`?limit=5&cursor=${odd}`), String(odd)).toMatchObject({
        code: 'validation',
        where: { field: 'cursor' },
      });
    }
    expect(await verdicts(`?limit=5&verdict=undetermined&cursor=${own}`)).toMatchObject({
      code: 'validation',
      where: { field: 'cursor' },
    });
    // the page size may change on the way
    expect(idsOf(await verdicts(`?limit=2&cursor=${own}`))).toEqual(['P6', 'P7']);
  });

  it('pages through lists newest first', async () => {
    const first = await get<{ items: { layer_id: string }[]; next_cursor: string }>('/layers?limit=1');
    const second = await get<{ items: { layer_id: string }[]; next_cursor: null }>(
      `/layers?limit=1&cursor=${first.next_cursor}`,
    );
    expect([first.items[0]?.layer_id, second.items[0]?.layer_id]).toEqual([
      layerIds['land-use'],
      layerIds['eco-red-line'],
    ]);
    expect(second.next_cursor).toBeNull();
    expect(await get(`/parcel-sets?cursor=${first.next_cursor}`)).toMatchObject({
      code: 'validation',
      where: { field: 'cursor' },
    });
  });

  it('shows one parcel with its findings and the shapes of its pieces, which sum to its books', async () => {
    const one = await get<
      VerdictFeature & { piece_features: { properties: { area_m2: number; reasons: string[] }; geometry: object }[] }
    >(`/runs/${runId}/verdicts/P2`);
    expect(one.properties).toMatchObject({
      parcel_id: 'P2',
      verdict: 'non_compliant',
      client_id: 'P2',
      source_file: expect.any(String),
    });
    expect(one.properties.checks['eco-red-line']).toMatchObject({ outcome: 'fail' });
    // the western half of the plot: half of it, for a degree of longitude is as long at both sides
    expect(one.properties.deduct_area_m2 / one.properties.area_m2).toBeCloseTo(0.5, 9);
    expect(one.piece_features).toHaveLength(1);
    expect(one.piece_features[0]?.properties).toMatchObject({ reasons: ['eco-red-line'], measure: 'deduct' });
    expect(one.piece_features[0]?.properties.area_m2).toBeCloseTo(one.properties.deduct_area_m2, 9);
    expect(one.piece_features[0]?.geometry).toMatchObject({ type: 'MultiPolygon' });
    expect(await get(`/runs/${runId}/verdicts/P99`)).toMatchObject({ status: 404, code: 'not-found' });
    for (const odd of ["a/b?#'", 'P1\0', '\0', '地块']) {
      expect(await get(`/runs/${runId}/verdicts/${encodeURIComponent(odd)}`)).toMatchObject({
        status: 404,
        code: 'not-found',
      });
    }
  });

  it('exports every format as a file, and says what is wrong before it begins one', async () => {
    const formats = (await get<{ export_formats: { id: string; content_type: string }[] }>('/config')).export_formats;
    expect(formats.map((format) => format.id)).toEqual(expect.arrayContaining(['geojson', 'csv', 'shp']));
    for (const { id, content_type } of formats) {
      const answer = await service.app.inject(`/api/v1/runs/${runId}/exports/${id}`);
      expect(answer.statusCode, id).toBe(200);
      expect(answer.headers['content-type'], id).toBe(content_type);
      expect(answer.headers['x-content-type-options'], id).toBe('nosniff');
      expect(answer.headers['content-security-policy'], id).toBe("default-src 'none'; sandbox");
      expect(answer.headers['content-disposition'], id).toMatch(
        /^attachment; filename="[\x20-\x7e]+"; filename\*=UTF-8''[\w%.-]+$/,
      );
      expect(answer.rawPayload.length, id).toBeGreaterThan(100);
    }
    const csv = (await service.app.inject(`/api/v1/runs/${runId}/exports/csv`)).rawPayload;
    expect([...csv.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const flagged = await get<Collection>(`/runs/${runId}/exports/geojson?only=flagged`);
    expect(flagged.features).toHaveLength(12);
    const bad = await service.app.inject(`/api/v1/runs/${runId}/exports/shp?srid=999999`);
    expect(bad.json()).toMatchObject({ code: expect.stringMatching(/^(validation|crs-)/) });
    expect(bad.headers['content-disposition']).toBeUndefined();
    for (const [format, query, field] of [
      ['csv', 'srid=4524', 'srid'],
      ['geojson', 'srid=4524', 'srid'],
      ['xlsx', 'encoding=GBK', 'encoding'],
      ['shp', 'encoding=klingon', 'encoding'],
    ]) {
      const refused = await get(`/runs/${runId}/exports/${format}?${query}`);
      expect(refused, `${format}?${query}`).toMatchObject({ status: 400, code: 'validation', where: { field } });
    }
    const asked = await service.app.inject(`/api/v1/runs/${runId}/exports/shp?srid=4524&encoding=GBK`);
    expect(asked.statusCode).toBe(200);
    expect(await get(`/runs/${runId}/exports/dwg`)).toMatchObject({ status: 404, code: 'not-found' });
    expect(await get(`/runs/${runId}/exports/csv?only=good`)).toMatchObject({ status: 400, where: { field: 'only' } });
  });

  it('shows a layer’s features for the screen', async () => {
    const features = await get<{
      features: { properties: object; geometry: { type: string } }[];
      number_matched: number;
    }>(`/layers/${layerIds['eco-red-line']}/features?tolerance=0.0001`);
    expect(features.number_matched).toBe(2);
    expect(features.features[0]).toMatchObject({
      type: 'Feature',
      geometry: { type: 'MultiPolygon' },
      properties: { feature_no: 1, name: '红线甲' },
    });
    const west = await get<{ features: object[] }>(
      `/layers/${layerIds['eco-red-line']}/features?bbox=108.7,28.7,108.8001,28.9`,
    );
    expect(west.features).toHaveLength(1);
    const page = await get<{ next_cursor: string }>(`/layers/${layerIds['eco-red-line']}/features?limit=1`);
    const rest = await get<{ features: object[]; next_cursor: null }>(
      `/layers/${layerIds['eco-red-line']}/features?limit=1&cursor=${page.next_cursor}`,
    );
    expect([rest.features.length, rest.next_cursor]).toEqual([1, null]);
  });

  it('has no features to show of a raster', async () => {
    const data = writeTiff({ srid: 4490, place: [108.79, 28.81, 0.0003, 0.0003] });
    const accepted = await upload(service, '/layers', { name: '坡度.tif', data }, { type: 'slope' });
    expect((await done(accepted.json().job_id)).problem).toBeNull();
    const url = `/layers/${accepted.json().layer_id}`;
    expect(await get(url)).toMatchObject({ type: 'slope', bbox: null, raster: expect.anything() });
    expect(await get(`${url}/features`)).toMatchObject({ status: 400, code: 'validation' });
    expect((await service.app.inject({ method: 'DELETE', url: `/api/v1${url}` })).statusCode).toBe(204);
  });

  it('cancels a run that waits: it has a state, and no verdicts', async () => {
    let last = { job_id: '', run_id: '' };
    for (let n = 0; n < 6; n++) last = (await post('/runs', { parcel_set_ids: [setId] })).json();
    const cancelled = await service.app.inject({ method: 'DELETE', url: `/api/v1/jobs/${last.job_id}` });
    expect([cancelled.statusCode, cancelled.json().state]).toEqual([200, 'cancelled']);
    expect(await get(`/runs/${last.run_id}`)).toMatchObject({ state: 'cancelled', summary: null });
    expect(await get(`/runs/${last.run_id}/verdicts`)).toMatchObject({ status: 409, code: 'conflict' });
    expect(await get(`/runs/${last.run_id}/exports/csv`)).toMatchObject({ status: 409, code: 'conflict' });
  });

  it('keeps a layer that a run refers to, and deletes one that none does', async () => {
    const kept = await service.app.inject({ method: 'DELETE', url: `/api/v1/layers/${layerIds['eco-red-line']}` });
    expect(kept.json()).toMatchObject({ status: 409, code: 'layer-in-use' });
    const data = geojson([{ west: 108.7, south: 28.7, size: 0.3, properties: { XZQDM: '500242', XZQMC: '酉阳' } }]);
    const accepted = await upload(service, '/layers', { name: 'b.geojson', data }, { type: 'boundary' });
    await done(accepted.json().job_id);
    const url = `/api/v1/layers/${accepted.json().layer_id}`;
    expect((await service.app.inject(url)).statusCode).toBe(200);
    const gone = await service.app.inject({ method: 'DELETE', url });
    expect([gone.statusCode, gone.body]).toEqual([204, '']);
    expect((await service.app.inject(url)).statusCode).toBe(404);
    expect((await service.app.inject({ method: 'DELETE', url })).statusCode).toBe(404);
    const left = await service.database.pool.query('select 1 from layer_feature where layer_id = $1', [
      accepted.json().layer_id,
    ]);
    expect(left.rows).toEqual([]);
    const again = await upload(service, '/layers', { name: 'b.geojson', data }, { type: 'boundary' });
    expect(again.statusCode).toBe(202);
    expect(await done(again.json().job_id)).toMatchObject({ state: 'succeeded' });
    await service.app.inject({ method: 'DELETE', url });
  });

  it('tells in the job what is wrong with a file, in the reader’s language, with the id of the request that sent it', async () => {
    const sent = await upload(
      service,
      '/parcel-sets',
      { name: '坏的.zip', data: 'PK not a zip at all' },
      {},
      { 'x-request-id': 'upload-7' },
    );
    expect(sent.statusCode).toBe(202);
    await done(sent.json().job_id);
    const zh = await get<Record<string, Record<string, unknown>>>(`/jobs/${sent.json().job_id}`);
    expect(zh).toMatchObject({
      state: 'failed',
      kind: 'receive-parcels',
      problem: { request_id: 'upload-7', type: expect.any(String) },
    });
    expect(zh['problem']?.['detail']).toMatch(/[\u4e00-\u9fff]/);
    const en = await get<Record<string, Record<string, unknown>>>(`/jobs/${sent.json().job_id}`, {
      'accept-language': 'en',
    });
    expect(en['problem']?.['detail']).not.toMatch(/[\u4e00-\u9fff]{6}/);
    expect([422, 415]).toContain(en['problem']?.['status']);
    expect((await service.app.inject(`/api/v1/parcel-sets/${sent.json().parcel_set_id}`)).statusCode).toBe(404);
  });

  it('reads and judges a file without storing it when asked to', async () => {
    const before = await get<{ number_matched: number }>('/parcel-sets');
    const sent = await upload(service, '/parcel-sets?dry_run=true', { name: 'a.geojson', data: plots(3) });
    const job = await done(sent.json().job_id);
    expect(job).toMatchObject({
      state: 'succeeded',
      result: { feature_count: 3, parcel_set_id: sent.json().parcel_set_id },
    });
    expect((await get<{ number_matched: number }>('/parcel-sets')).number_matched).toBe(before.number_matched);
    expect((await service.app.inject(`/api/v1/parcel-sets/${sent.json().parcel_set_id}`)).statusCode).toBe(404);
  });

  it('refuses runs that make no sense at once', async () => {
    expect(
      (await post('/runs', { parcel_set_ids: [setId], params: { 'steep-slope': { max_slope: 20 } } })).json(),
    ).toMatchObject({
      status: 400,
      code: 'validation',
      where: { field: 'steep-slope.max_slope' },
    });
    expect((await post('/runs', { parcel_set_ids: [setId], layer_ids: [setId] })).json()).toMatchObject({
      status: 404,
      where: { field: 'layer_ids' },
    });
    const other = await upload(
      service,
      '/parcel-sets',
      { name: 'c.geojson', data: plots(1) },
      { region_code: '500243' },
    );
    await done(other.json().job_id);
    const mixed = (await post('/runs', { parcel_set_ids: [setId, other.json().parcel_set_id] })).json();
    expect(mixed).toMatchObject({ where: { field: 'parcel_set_ids' } });
    expect([400, 409]).toContain(mixed.status);
  });

  it('withdraws a set: it stays to be seen, and takes part in nothing new', async () => {
    const sent = await upload(service, '/parcel-sets', { name: 'd.geojson', data: plots(2) });
    await done(sent.json().job_id);
    const id = sent.json().parcel_set_id;
    const withdrawn = (await post(`/parcel-sets/${id}/withdraw`, {})).json();
    expect(withdrawn.withdrawn_at).toMatch(/^\d{4}-/);
    expect((await post(`/parcel-sets/${id}/withdraw`, {})).json().withdrawn_at).toBe(withdrawn.withdrawn_at);
    expect((await post('/runs', { parcel_set_ids: [id] })).json()).toMatchObject({ status: 409, code: 'conflict' });
    const earlier = await post('/runs', { parcel_set_ids: [setId], earlier_set_ids: [id] });
    expect(earlier.json()).toMatchObject({ status: 409, code: 'conflict', where: { field: 'earlier_set_ids' } });
  });

  it('runs over sets of one county only, and of the one that was named', async () => {
    const sent = await upload(
      service,
      '/parcel-sets',
      { name: 'g.geojson', data: plots(3) },
      { region_code: '500243' },
    );
    await done(sent.json().job_id);
    const abroad = sent.json().parcel_set_id;
    for (const [asked, field] of [
      [{ parcel_set_ids: [setId, abroad] }, 'parcel_set_ids'],
      [{ parcel_set_ids: [setId], earlier_set_ids: [abroad] }, 'earlier_set_ids'],
      [{ parcel_set_ids: [setId], region_code: '500243' }, 'region_code'],
    ] as const) {
      expect((await post('/runs', asked)).json()).toMatchObject({ status: 400, code: 'validation', where: { field } });
    }
    const nobody = '00000000-0000-4000-8000-000000000000';
    const unknown = await post('/runs', { parcel_set_ids: [setId], earlier_set_ids: [nobody] });
    expect(unknown.json()).toMatchObject({ status: 404, where: { field: 'earlier_set_ids' } });
    expect((await post('/runs', { parcel_set_ids: [setId], region_code: '500242' })).statusCode).toBe(202);
  });

  it('streams a job’s events to their end', async () => {
    const { url } = await listen(service);
    const sent = await upload(service, '/parcel-sets?dry_run=true', { name: 'e.geojson', data: plots(5) });
    const answer = await fetch(`${url}/api/v1/jobs/${sent.json().job_id}/events`, {
      headers: { 'last-event-id': '17' },
    });
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(answer.headers.get('x-request-id')).toBeTruthy();
    const blocks = (await answer.text()).split('\n\n').filter((block) => block.includes('data: '));
    const events = blocks.map((block) => ({
      event: /^event: (.*)$/m.exec(block)?.[1],
      data: JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '') as { state: string; progress: number; result?: object },
    }));
    expect(events.at(-1)?.event).toBe('end');
    expect(events.slice(0, -1).every((event) => event.event === 'progress')).toBe(true);
    expect(events.at(-2)?.data).toMatchObject({ state: 'succeeded', progress: 1, result: { feature_count: 5 } });
    const shares = events.map((event) => event.data.progress);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    const again = await (await fetch(`${url}/api/v1/jobs/${sent.json().job_id}/events`)).text();
    expect(again).toContain('event: end');
  });

  it('cancels by DELETE, and cannot cancel what has ended', async () => {
    const sent = await upload(service, '/parcel-sets?dry_run=true', { name: 'f.geojson', data: plots(7) });
    await done(sent.json().job_id);
    const late = await service.app.inject({ method: 'DELETE', url: `/api/v1/jobs/${sent.json().job_id}` });
    expect(late.json()).toMatchObject({ status: 409, code: 'conflict' });
  });
});
