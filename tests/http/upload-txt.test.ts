/** 界址点 TXT through the door of the API: one file, an archive of many, a faulty one. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { box, gbk, makeTxt } from '../intake/make-txt.ts';
import { makeZip } from '../intake/make-zip.ts';
import { jobIn } from '../jobs/waiting.ts';
import { eachDatabase } from '../support/databases.ts';
import { type Service, startService, upload } from './service.ts';

eachDatabase('an uploaded 界址点 TXT', (open) => {
  let service: Service;
  beforeAll(async () => {
    service = await startService(await open());
  });
  afterAll(() => service.close());

  const textOf = (n: number) =>
    gbk(
      makeTxt([
        {
          rings: [box(36_577_000 + 120 * n, 3_192_000, 100)],
          values: ['1.0000', `P${n}`, '甲地', '面', '', '旱地', '0103'],
        },
      ]),
    );
  async function send(data: Buffer, name: string, fields: Record<string, string> = {}) {
    const answer = await upload(service, '/parcel-sets', { name, data }, fields);
    expect(answer.statusCode).toBe(202);
    const { job_id } = answer.json();
    const job = await jobIn(service.database, job_id, ['succeeded', 'failed']);
    return { job, id: answer.json().parcel_set_id as string };
  }

  it('becomes a parcel set that tells how it was read', async () => {
    const { job, id } = await send(textOf(0), '地块.TXT');
    expect(job).toMatchObject({ state: 'succeeded' });
    const set = (await service.app.inject({ url: `/api/v1/parcel-sets/${id}` })).json();
    expect(set).toMatchObject({
      feature_count: 1,
      warnings: [],
      decisions: {
        crs: { srid: 4524, source: 'txt' },
        encoding: { encoding: 'GB18030', source: 'content' },
        fields: { parcel_id: '地块编号', declared_area_m2: '地块面积' },
      },
    });
  });
  it('many of them in a zip are one set, asked for by *', async () => {
    const zip = makeZip(Array.from({ length: 53 }, (_, n) => ({ name: gbk(`项目${n}/坐标.TXT`), data: textOf(n) })));
    const { job } = await send(zip, '项目.zip');
    expect(job).toMatchObject({ state: 'failed', problem: { code: 'several-shapefiles' } });
    const joined = await send(zip, '项目.zip', { sublayer: '*' });
    expect(joined.job).toMatchObject({ state: 'succeeded', result: { feature_count: 53 } });
  });
  it('a faulty one fails with the code and the line', async () => {
    const { job } = await send(
      Buffer.from(textOf(0).toString('latin1').replace('36577100.000', 'x'), 'latin1'),
      '坏.txt',
    );
    expect(job).toMatchObject({
      state: 'failed',
      problem: { code: 'txt-invalid', where: { file: '坏.txt', row: 15 } },
    });
  });
});
