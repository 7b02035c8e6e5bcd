/** An increment over HTTP: its base by default, by year and by id; refused at once where the request shows it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { increment, new2022, new2023, of2021, steps2022, steps2023, wholeYear } from '../intake-receive/increments.ts';
import { jobIn } from '../jobs/waiting.ts';
import { eachDatabase } from '../support/databases.ts';
import { type Service, startService, upload } from './service.ts';

eachDatabase('an increment over HTTP', (open) => {
  let service: Service;
  let base: string;
  const region_code = '500242';
  const post = (data: Buffer, fields: Record<string, string>) =>
    upload(service, '/layers', { name: '增量包.zip', data }, { type: 'land-use', region_code, ...fields });
  const ready = async (data: Buffer, fields: Record<string, string>) => {
    const accepted = await post(data, fields);
    expect(accepted.statusCode, accepted.body).toBe(202);
    const job = await jobIn(service.database, accepted.json().job_id);
    expect(job.problem).toBeNull();
    return accepted.json().layer_id as string;
  };
  const zip = increment(new2022, steps2022);

  beforeAll(async () => {
    service = await startService(await open());
  });
  afterAll(() => service.close());

  it('is refused with 422 while the county has no older year', async () => {
    const answer = await post(zip, { year: '2022', increment: 'true' });
    expect([answer.statusCode, answer.json().code]).toEqual([422, 'layer-missing']);
  });

  it('becomes a layer of its year on the newest one before it; the same again is 200', async () => {
    base = await ready(wholeYear(of2021), { year: '2021' });
    const made = await ready(zip, { year: '2022', increment: 'true' });
    const layer = (await service.app.inject(`/api/v1/layers/${made}`)).json();
    expect(layer).toMatchObject({
      type: 'land-use',
      year: 2022,
      feature_count: 12,
      warnings: [],
      decisions: { increment: { base: { layer_id: base, year: 2021 }, mode: 'by-name' } },
    });
    const ways: Record<string, string>[] = [
      { increment: 'true' },
      { base_layer_id: base.toUpperCase() },
      { base_year: '2021' },
    ];
    for (const fields of ways) {
      const again = await post(zip, { year: '2022', ...fields });
      expect([again.statusCode, again.json().layer_id]).toEqual([200, made]);
    }
    const next = await ready(increment(new2023, steps2023), { year: '2023', base_layer_id: made });
    const page = (await service.app.inject(`/api/v1/layers/${next}/features`)).json();
    expect(page.number_matched).toBe(12);
  });

  it('tells each breach of the areas in the language of the asker', async () => {
    const steps = steps2022.map((step) => (step.after?.number.endsWith('N1') ? { ...step, m2: 3900 } : step));
    const made = await ready(increment(new2022, steps), { year: '2022', base_year: '2021' });
    const get = async (language: string) =>
      (await service.app.inject({ url: `/api/v1/layers/${made}`, headers: { 'accept-language': language } })).json();
    expect((await get('zh-CN')).warnings.map(({ message }: { message: string }) => message)).toEqual([
      expect.stringContaining('9900.00 m²'),
      expect.stringContaining('3900.00 m²'),
    ]);
    expect((await get('en')).warnings[1].message).toMatch(/5002422000000N1.*3900\.00.*4000\.00/);
  });

  it('is refused at once where the request is wrong, and nothing of it stays', async () => {
    const kept = () => readdirSync(join(service.config.dataDir, 'uploads')).sort();
    const before = kept();
    const fresh = increment(new2022, steps2022, '另一个/');
    for (const [fields, status, code, field] of [
      [{ year: '2021', base_layer_id: base }, 400, 'validation', 'base_layer_id'],
      [{ year: '2022', base_layer_id: base, region_code: '500243' }, 400, 'validation', 'base_layer_id'],
      [{ year: '2022', base_layer_id: base, code_system: 'td2' }, 400, 'validation', 'code_system'],
      [{ year: '2022', base_layer_id: base, increment: 'false' }, 400, 'validation', 'increment'],
      [{ year: '2022', base_layer_id: 'x' }, 400, 'validation', 'base_layer_id'],
      [{ year: '2022', base_year: '2022' }, 400, 'validation', 'base_year'],
      [{ year: '2022', base_year: '2010' }, 422, 'layer-missing', 'base_year'],
      [{ base_layer_id: base }, 400, 'validation', 'year'],
      [{ type: 'issue', increment: 'true' }, 400, 'validation', 'type'],
      [{ year: '2022', base_layer_id: '00000000-0000-4000-8000-000000000000' }, 404, 'not-found', 'base_layer_id'],
    ] as [Record<string, string>, number, string, string][]) {
      const answer = await post(fresh, fields);
      const problem = answer.json();
      const told = [answer.statusCode, problem.code, problem.where?.field];
      expect(told, JSON.stringify(fields)).toEqual([status, code, field]);
    }
    expect(kept()).toEqual(before);
  });

  it('fails in its job where the base was deleted meanwhile, and stores nothing', async () => {
    const other = await ready(wholeYear(of2021.slice(0, 9)), { year: '2020' });
    const holder = await service.database.db.selectFrom('layer').select('layer_id').execute();
    await service.jobs.stop();
    const accepted = await post(increment(new2022, steps2022, '迟到/'), { year: '2022', base_layer_id: other });
    expect(accepted.statusCode).toBe(202);
    expect((await service.app.inject({ method: 'DELETE', url: `/api/v1/layers/${other}` })).statusCode).toBe(204);
    const later = await startService(service.database, { config: { dataDir: service.config.dataDir } });
    const job = await jobIn(service.database, accepted.json().job_id);
    await later.close();
    expect([job.state, (job.problem as { code: string } | null)?.code]).toEqual(['failed', 'not-found']);
    const left = await service.database.db.selectFrom('layer').select('layer_id').execute();
    expect(left.length).toBe(holder.length - 1);
  });
});
