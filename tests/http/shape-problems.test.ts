/** GET /parcel-sets/{id}/problems: a file that a GIS opens, here GDAL. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownFolder, throughGdal } from '../exports/readers.ts';
import { bowTie, east, geojson, north, square } from '../intake-receive/receiving.ts';
import { jobIn } from '../jobs/waiting.ts';
import { onDatabase } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';
import { type Service, startService, upload } from './service.ts';

onDatabase('embedded', 'the file of problems', (open) => {
  const folder = ownFolder();
  let service: Service;
  let id: string;
  beforeAll(async () => {
    service = await startService(await open());
    const data = geojson([
      { rings: [square(east, north, 100)], properties: { DKBH: '好' } },
      { rings: bowTie(east, north + 500), properties: { DKBH: '<结>' } },
      { rings: [square(east + 100.25, north, 100)], properties: { DKBH: '缝' } },
      { rings: null, properties: { DKBH: '空' } },
    ]);
    const answer = await upload(service, '/parcel-sets', { name: '甲.geojson', data });
    id = answer.json().parcel_set_id;
    expect(await jobIn(service.database, answer.json().job_id, ['succeeded', 'failed'])).toMatchObject({
      state: 'succeeded',
    });
  });
  afterAll(() => service.close());
  const get = (set: string, language = 'zh-CN') =>
    service.app.inject({ url: `/api/v1/parcel-sets/${set}/problems`, headers: { 'accept-language': language } });

  it('has a point a problem, in upload order, every one with the same columns', async () => {
    const answer = await get(id);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toContain('application/geo+json');
    expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="zhanbu_problems_\w+\.geojson"/);
    const { type, features } = answer.json() as { type: string; features: { properties: Record<string, unknown> }[] };
    expect(type).toBe('FeatureCollection');
    expect(features.map(({ properties: p }) => [p['parcel_id'], p['source_row'], p['code'], p['warning']])).toEqual([
      ['<结>', 2, 'self-intersection', false],
      ['缝', 3, 'gap', true],
      ['空', 4, 'empty-shape', false],
    ]);
    expect(new Set(features.map(({ properties }) => Object.keys(properties).join())).size).toBe(1);
    expect(features[1]!.properties['message']).toMatch(/^与地块 好 之间有缝隙：最宽 0\.250 米/);
    expect(features.map((feature) => (feature as { geometry?: unknown }).geometry === null)).toEqual([
      false,
      false,
      true,
    ]);
    expect((await get(id, 'en')).json().features[1].properties.message).toMatch(/^A gap beside parcel 好/);
  });

  it('is of no set that is not there', async () => {
    for (const none of ['0b0e6f4e-3c1c-4a39-9d8c-2c9ed5b0a111', 'x'])
      expect((await get(none)).json()).toMatchObject({ status: 404, code: 'not-found' });
  });

  it('is empty of a sound set', async () => {
    const data = geojson([{ rings: [square(east, north + 2000, 100)], properties: { DKBH: '1' } }]);
    const answer = await upload(service, '/parcel-sets', { name: '乙.geojson', data });
    await jobIn(service.database, answer.json().job_id, ['succeeded']);
    expect((await get(answer.json().parcel_set_id)).json()).toMatchObject({ features: [] });
  });

  describe('read by GDAL', () => {
    requirePart('gdal')('as points', () => {
      it('lies where the edges of the bow-tie cross', async () => {
        const path = join(await folder(), 'problems.geojson');
        await writeFile(path, (await get(id)).payload);
        const options = ['-t_srs', 'EPSG:4524', '-s_srs', 'EPSG:4490', '-lco', 'GEOMETRY=AS_XY'];
        const [head, first] = (await throughGdal(path, 'CSV', options)).split('\n');
        expect(head).toMatch(/^X,Y,parcel_id,source_file,source_row,code/);
        const [x, y, parcel] = first!.split(',');
        expect(parcel!.replaceAll('"', '')).toBe('<结>');
        expect(Math.abs(Number(x) - east - 50)).toBeLessThan(0.001);
        expect(Math.abs(Number(y) - north - 550)).toBeLessThan(0.001);
      });
    });
  });
});
