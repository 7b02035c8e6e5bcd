/** Every code that a file can be refused with, reached by an upload: told by the job, and nothing is kept. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ProblemCode, problemStatus } from '../../server/errors.ts';
import { makeGeopackage } from '../intake/make-geopackage.ts';
import { layerMembers, plot, zippedLayer } from '../intake/make-shapefile.ts';
import { makeZip } from '../intake/make-zip.ts';
import { rowCounts } from '../intake-receive/receiving.ts';
import { jobIn } from '../jobs/waiting.ts';
import { eachDatabase } from '../support/databases.ts';
import { writeTiff } from '../terrain/tiff-writer.ts';
import { type Service, startService, upload } from './service.ts';

const members = layerMembers();
const other = layerMembers({ stem: 'others' });
const beijing54 =
  'GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954",SPHEROID["Krasovsky_1940",6378245.0,298.3]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]';
const feature = (geometry: object | null) =>
  JSON.stringify({ type: 'FeatureCollection', features: [{ type: 'Feature', properties: { DKBH: 'a' }, geometry }] });
const ring = (x: number, y: number): [number, number][] => [
  [x, y],
  [x + 0.001, y],
  [x + 0.001, y + 0.001],
  [x, y],
];
const place: [number, number, number, number] = [36_577_000, 3_192_000, 10, 10];
const twoOf = (DKBH: string) => zippedLayer({ rows: [[DKBH], [DKBH]] });

type Case = [code: ProblemCode, url: string, data: Buffer | string, fields?: Record<string, string> | undefined];
type Fault = [code: ProblemCode, data: Buffer | string, fields?: Record<string, string>];

const ofParcels: Fault[] = [
  ['not-a-zip', 'PK\u0003\u0004 and then nothing of the kind'],
  ['zip-unsafe', makeZip([...members, { name: '../../etc/passwd', data: Buffer.from('x') }])],
  ['zip-encrypted', makeZip(members.map((member) => ({ ...member, flags: 1 })))],
  ['no-shapefile', makeZip([{ name: 'readme.txt', data: Buffer.from('x') }])],
  ['several-shapefiles', makeZip([...members, ...other])],
  [
    'shapefile-corrupt',
    makeZip(members.map((one) => (one.name === 'parcels.shp' ? { ...one, data: one.data.subarray(0, 150) } : one))),
  ],
  ['geopackage-corrupt', makeGeopackage().subarray(0, 5000)],
  ['kml-invalid', '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'],
  [
    'gdb-corrupt',
    makeZip(
      ['1', '4'].flatMap((n) =>
        ['gdbtable', 'gdbtablx'].map((end) => ({ name: `x.gdb/a0000000${n}.${end}`, data: Buffer.from('x') })),
      ),
    ),
  ],
  ['shapefile-encrypted', zippedLayer({ shp: { fileCode: 1234 } })],
  ['dbf-missing', zippedLayer({ without: ['dbf'] })],
  ['dbf-mismatch', zippedLayer({ rows: [['P1']] })],
  ['geometry-type', feature({ type: 'Point', coordinates: [108.8, 28.8] })],
  ['geometry-empty', feature(null)],
  [
    'coordinate-invalid',
    zippedLayer({
      shapes: [
        [
          [
            [1e300, 1],
            [1e300, 2],
            [2e300, 2],
            [1e300, 1],
          ],
        ],
      ],
    }),
  ],
  ['coordinate-outside-crs', zippedLayer({ shapes: [[ring(5_000_000, 3_192_000)]] })],
  ['crs-unknown', zippedLayer({ prj: null, shapes: [[ring(12, 7)]] })],
  ['crs-unsupported-datum', zippedLayer({ prj: beijing54 })],
  ['crs-conflict', zippedLayer(), { srid: '4525' }],
  ['encoding-undetermined', zippedLayer({ rows: [[Buffer.from([0xd6, 0xd0, 0xff, 0xff, 0x41])], ['P2']] })],
  ['duplicate-parcel-id', twoOf('P1')],
  ['geojson-invalid', '{"type":"FeatureCollection","features":['],
  ['txt-invalid', '[地块坐标]\n5,1.0,1,@\n'],
  ['table-invalid', '地块编号,X,Y\nD1,3192000,三\n'],
  ['too-many-features', zippedLayer({ shapes: Array.from({ length: 6 }, (_, i) => plot(i)) })],
];

const ofLayers: Fault[] = [
  ['attribute-missing', zippedLayer(), { type: 'land-use', year: '2022' }],
  ['raster-corrupt', 'II*\0 and then nothing of the kind', { type: 'slope' }],
  ['raster-no-georeference', writeTiff({ place: null }), { type: 'slope' }],
  ['raster-rotated', writeTiff({ srid: 4524, place: [place[0], place[1], 10, -10] }), { type: 'slope' }],
  ['raster-units', writeTiff({ srid: 4524, place, cells: new Float32Array(64).fill(95) }), { type: 'slope' }],
];

eachDatabase('a file that cannot be used', (open) => {
  let service: Service;
  beforeAll(async () => {
    const { limits } = (await import('../../server/config.ts')).readConfig({});
    service = await startService(await open(), {
      config: { limits: { ...limits, parcels: { ...limits.parcels, features: 5 } } },
    });
  });
  afterAll(() => service.close());

  it.each([
    ...ofParcels.map(([code, data, fields]): Case => [code, '/parcel-sets', data, fields]),
    ...ofLayers.map(([code, data, fields]): Case => [code, '/layers', data, fields]),
  ])('is told as %s, and leaves the database as it was', async (code, url, data, fields) => {
    const before = await rowCounts(service.database);
    const sent = await upload(service, url, { name: 'a.bin', data }, fields);
    expect(sent.statusCode, sent.body).toBe(202);
    await jobIn(service.database, sent.json().job_id);
    const job = (await service.app.inject(`/api/v1/jobs/${sent.json().job_id}`)).json();
    expect([job.state, job.problem?.code, job.problem?.detail]).toEqual(['failed', code, expect.any(String)]);
    expect(job.problem).toMatchObject({
      status: problemStatus[code],
      type: `urn:zhanbu:problem:${code}`,
      request_id: sent.headers['x-request-id'],
    });
    expect(await rowCounts(service.database)).toEqual(before);
  });

  it('leaves no spool behind, and the next good one is taken', async () => {
    expect(readdirSync(join(service.config.dataDir, 'uploads')).filter((name) => name.startsWith('.'))).toEqual([]);
    const sent = await upload(service, '/parcel-sets', { name: 'good.zip', data: zippedLayer() });
    expect(await jobIn(service.database, sent.json().job_id)).toMatchObject({ state: 'succeeded', problem: null });
  });
});
