/** Uploads of every packaged format, from the request to the stored set. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { removeGdalFiles } from '../intake/gdal-files.ts';
import { asGeodatabase, asGeopackage, asKml, asKmz, degreeSquare } from '../intake/packaged-plots.ts';
import { jobIn } from '../jobs/waiting.ts';
import { eachDatabase } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';
import { type Service, startService, upload } from './service.ts';

removeGdalFiles();
const plots = [0, 1, 2].map((n) => ({
  ring: degreeSquare(108.8 + 0.002 * n, 28.8),
  properties: { DKBH: `P${n}`, XMBH: '50024220210001' },
}));

eachDatabase('an upload of a packaged format', (open) => {
  let service: Service;
  beforeAll(async () => {
    service = await startService(await open());
  });
  afterAll(() => service.close());

  const receive = async (url: string, name: string, data: Buffer, fields: Record<string, string> = {}) => {
    const sent = await upload(service, url, { name, data }, fields);
    expect(sent.statusCode, sent.body).toBe(202);
    return jobIn(service.database, sent.json().job_id);
  };

  it.each<[string, Buffer, Record<string, string>]>([
    ['地块.gpkg', asGeopackage(plots), {}],
    ['地块.kml', asKml(plots), { srid: '4490' }],
    ['地块.kmz', asKmz(plots), { srid: '4326' }],
  ])('%s becomes a set of parcels and a layer', async (name, data, fields) => {
    const set = await receive('/parcel-sets', name, data, fields);
    expect(set.problem).toBeNull();
    expect(set.result).toMatchObject({ feature_count: 3, decisions: { crs: { srid: 4490 } } });
    const layer = await receive('/layers', name, data, { ...fields, type: 'eco-red-line' });
    expect(layer.problem).toBeNull();
    expect(layer.result).toMatchObject({ feature_count: 3 });
  });

  requirePart('gdal')('of a geodatabase', () => {
    it('becomes a set of parcels and a layer', async () => {
      const data = asGeodatabase(plots, '补充耕地');
      const set = await receive('/parcel-sets', '数据库.zip', data, { sublayer: '补充耕地' });
      expect(set.problem).toBeNull();
      expect(set.result).toMatchObject({ feature_count: 3, decisions: { crs: { source: 'filegdb' } } });
      const layer = await receive('/layers', '数据库.zip', data, { type: 'eco-red-line' });
      expect(layer.problem).toBeNull();
    });
  });

  it('of a KML that nobody vouches for is refused by its job', async () => {
    const job = await receive('/parcel-sets', '地块.kml', asKml(plots));
    expect(job).toMatchObject({
      state: 'failed',
      problem: { code: 'crs-unknown', where: { candidates: ['EPSG:4490'] } },
    });
  });
});
