/** The project register over HTTP: template, upload as a job, faults by row and column in both languages, versions, a run and its balance. */
import type { Buffer } from 'node:buffer';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { csv, project, xlsx } from '../intake-receive/register-files.ts';
import { jobIn } from '../jobs/waiting.ts';
import { eachDatabase } from '../support/databases.ts';
import { plots, redLine } from './county.ts';
import { type Service, startService, upload } from './service.ts';

eachDatabase('the project register over HTTP', (open) => {
  let service: Service;
  beforeAll(async () => {
    service = await startService(await open());
  });
  afterAll(() => service.close());
  const get = async (path: string, headers: Record<string, string> = {}) =>
    service.app.inject({ url: `/api/v1${path}`, headers });
  const send = (name: string, data: Buffer | string, fields: Record<string, string> = {}, query = '', headers = {}) =>
    upload(service, `/project-registers${query}`, { name, data }, fields, headers);
  const ended = async (answer: { statusCode: number; body: string; json(): { job_id: string } }) => {
    expect(answer.statusCode, answer.body).toBe(202);
    await jobIn(service.database, answer.json().job_id);
    return (await get(`/jobs/${answer.json().job_id}`)).json();
  };
  const received = async (path: string, name: string, data: string, fields: Record<string, string> = {}) => {
    const answer = await upload(service, `/${path}`, { name, data }, fields);
    expect(answer.statusCode).toBe(202);
    expect((await ended(answer)).state).toBe('succeeded');
    return answer.json() as Record<string, string>;
  };
  const pending = { 状态: '待核定', 合格证编号: null };

  it('gives a template that it takes back', async () => {
    const answer = await get('/project-registers/template?unit=mu');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toContain('spreadsheetml');
    expect(answer.headers['content-disposition']).toContain('project-register.xlsx');
    expect(answer.rawPayload.subarray(0, 2).toString()).toBe('PK');
    const empty = await ended(await send('template.xlsx', answer.rawPayload));
    expect(empty).toMatchObject({ state: 'failed', problem: { code: 'attribute-missing', status: 422 } });
    const text = await get('/project-registers/template?format=csv');
    expect(text.body).toContain('数量（公顷）,其中水田（公顷）,产能（公斤）,状态');
    expect((await get('/project-registers/template?format=doc')).statusCode).toBe(400);
  });

  it('tells faults by row and column in the language asked for, and keeps nothing', async () => {
    const data = await xlsx([project('50024220210001'), project('50024220210001', { 验收日期: '昨天' })]);
    const answer = await send('登记.xlsx', data);
    expect(answer.statusCode).toBe(202);
    const job = await ended(answer);
    expect(job.problem).toMatchObject({
      code: 'validation',
      status: 400,
      where: {
        file: '登记.xlsx',
        row: 3,
        rows: [3],
        faults: [
          {
            row: 3,
            column: 'A',
            field: '备案编号',
            message: '第 3 行 A 列“备案编号”：与第 2 行重复（50024220210001）',
          },
          { row: 3, column: 'F', field: '验收日期' },
        ],
      },
    });
    const english = (await get(`/jobs/${job.job_id}`, { 'accept-language': 'en' })).json();
    expect(english.problem.where.faults[0].message).toBe(
      'row 3, column A "备案编号": the same as in row 2 (50024220210001)',
    );
    expect((await get('/project-registers')).json().number_matched).toBe(0);
  });

  it('refuses at once what the request shows', async () => {
    const data = csv([project('50024220210001')]);
    expect((await send('a.csv', data, { unit: 'acre' })).json()).toMatchObject({
      code: 'validation',
      where: { field: 'unit' },
    });
    expect((await send('a.csv', data, { encoding: 'klingon' })).json()).toMatchObject({ code: 'validation' });
    expect((await send('a.csv', '')).json()).toMatchObject({ code: 'validation' });
    expect((await send('a.csv', data, { colour: 'red' })).json()).toMatchObject({ code: 'validation' });
    expect((await get('/project-registers/7')).statusCode).toBe(404);
    expect((await get('/runs/7/projects')).statusCode).toBe(404);
  });

  it('takes versions, and a run answers with the parcels against the one it pinned', async () => {
    // plots of three a project: P1–P3 of …20210001, P4–P6 of …20210002; the red line is over all of P1 and half of P2
    const first = csv([project('50024220210001', { '数量（公顷）': '3.2' }), project('50024220210002', pending)]);
    const dry = await ended(await send('first.csv', first, {}, '?dry_run=true'));
    expect(dry.result).toMatchObject({
      version_no: null,
      project_count: 2,
      preview: [{ certified_area_m2: 32_000 }, {}],
    });
    const answer = await send('first.csv', first);
    expect((await ended(answer)).result).toMatchObject({ version_no: 1, certified_count: 1, pending_count: 1 });
    const { register_id } = answer.json();
    const again = await send('other-name.csv', first);
    expect([again.statusCode, again.json()]).toMatchObject([200, { register_id, version_no: 1, current: true }]);

    const set = await received('parcel-sets', 'plots.geojson', plots(6));
    await received('layers', 'red.geojson', redLine, { type: 'eco-red-line' });
    const runOn = async (more = {}) => {
      const run = await service.app.inject({
        method: 'POST',
        url: '/api/v1/runs',
        payload: { parcel_set_ids: [set['parcel_set_id']], ...more },
      });
      expect(run.statusCode).toBe(202);
      expect((await ended(run)).state).toBe('succeeded');
      return run.json().run_id as string;
    };
    const runId = await runOn();
    expect((await get(`/runs/${runId}/manifest`)).json().register).toMatchObject({ register_id, version_no: 1 });
    const second = await send('second.csv', csv([project('50024220210002')]));
    expect((await ended(second)).result).toMatchObject({ version_no: 2, current: true });
    expect((await send('first.csv', first)).json()).toMatchObject({ version_no: 1, current: false });

    const { register, totals, projects } = (await get(`/runs/${runId}/projects`)).json();
    expect(register).toEqual({ register_id, version_no: 1, file_name: 'first.csv' });
    const [one, two] = projects;
    expect(one).toMatchObject({
      project_code: '50024220210001',
      status: 'certified',
      parcel_count: 3,
      project_name: '项目0001',
    });
    expect(two).toMatchObject({ project_code: '50024220210002', status: 'pending', area_m2: { deduct: 0 } });
    // 1.5 of 3 equal plots
    expect(one.area_m2.deduct).toBeCloseTo(one.area_m2.parcels / 2, 0);
    expect(one.area_m2.remaining).toBeCloseTo(32_000 - one.area_m2.deduct, 6);
    expect(totals).toMatchObject({
      certified: { deduction: '核减', project_count: 1, parcel_count: 3 },
      pending: { deduction: '核定前扣除', project_count: 1, parcel_count: 3 },
      unregistered: { project_count: 0, parcel_count: 0 },
    });
    const only = (await get(`/runs/${runId}/projects?status=pending`)).json();
    expect(only.projects).toHaveLength(1);

    const without = await runOn({ register_id: null });
    expect((await get(`/runs/${without}/manifest`)).json()).not.toHaveProperty('register');
    expect((await get(`/runs/${without}/projects`)).json().register).toBeNull();
    const older = await runOn({ register_id: register_id.toUpperCase() });
    expect((await get(`/runs/${older}/manifest`)).json().register.version_no).toBe(1);
    const unknown = await service.app.inject({
      method: 'POST',
      url: '/api/v1/runs',
      payload: { parcel_set_ids: [set['parcel_set_id']], register_id: '00000000-0000-8000-8000-000000000000' },
    });
    expect([unknown.statusCode, unknown.json()]).toMatchObject([
      404,
      { code: 'not-found', where: { field: 'register_id' } },
    ]);

    const list = (await get('/project-registers?region_code=500242')).json();
    expect(list.items.map((item: { version_no: number; current: boolean }) => [item.version_no, item.current])).toEqual(
      [
        [2, true],
        [1, false],
      ],
    );
    expect((await get(`/project-registers/${register_id}`)).json()).toMatchObject({
      version_no: 1,
      file_name: 'first.csv',
    });
    const certified = (await get(`/project-registers/${register_id}/projects?status=certified`)).json();
    expect(certified).toMatchObject({
      number_matched: 1,
      items: [{ project_code: '50024220210001', certified_area_m2: 32_000, row_no: 2 }],
    });
    expect((await get('/config')).json().limits.registers.features).toBe(10_000);
  });
});
