/**
 * Every problem that a parcel or layer file can be answered with (CONTRACT §6), through the doors that store: the code,
 * the place, a sentence in both languages, and a database that holds what it held before.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import type { IntakeLimits } from '../../server/domain/limits.ts';
import { AppError } from '../../server/errors.ts';
import { type ReceiveLayerInput, receiveLayer } from '../../server/intake/receive-layer.ts';
import { type ReceiveParcelsInput, receiveParcels } from '../../server/intake/receive-parcels.ts';
import type { ReceiveDeps } from '../../server/intake/request.ts';
import { type LayerParts, layerMembers, plot, prj4524, zippedLayer } from '../intake/make-shapefile.ts';
import { makeZip } from '../intake/make-zip.ts';
import { eachDatabase } from '../support/databases.ts';
import { type TiffOptions, writeTiff } from '../terrain/tiff-writer.ts';
import { bowTie, depsOf, east, fileOf, geojson, north, plotAt, removeFiles, rowCounts } from './receiving.ts';

removeFiles();

type Send = (deps: ReceiveDeps) => Promise<unknown>;
const parcels =
  (bytes: Buffer | string, name: string, asked: Partial<ReceiveParcelsInput> = {}): Send =>
  (deps) =>
    receiveParcels(deps, { ...fileOf(bytes, name), ...asked });
const zipped = (parts: LayerParts, asked?: Partial<ReceiveParcelsInput>) =>
  parcels(zippedLayer(parts), 'parcels.zip', asked);
const layer =
  (type: string, bytes: Buffer | string, name: string, asked: Partial<ReceiveLayerInput> = {}): Send =>
  (deps) =>
    receiveLayer(deps, { ...fileOf(bytes, name), type, ...asked });
const slope = (tiff: TiffOptions, asked?: Partial<ReceiveLayerInput>) =>
  layer('slope', writeTiff({ srid: 4524, place: [east, north, 30, 30], ...tiff }), 'slope.tif', asked);
const limited =
  (limits: Partial<IntakeLimits>, send: Send): Send =>
  (deps) =>
    send({
      ...deps,
      config: {
        ...deps.config,
        limits: {
          ...deps.config.limits,
          parcels: { ...deps.config.limits.parcels, ...limits },
          layers: { ...deps.config.limits.layers, ...limits },
          registers: { ...deps.config.limits.registers, ...limits },
        },
      },
    });

const xian80 = prj4524.replace('"CGCS2000",6378137.0,298.257222101', '"Xian_1980",6378140.0,298.257');
const points = (type: number) => (files: Record<string, Buffer>) => files['shp']!.writeInt32LE(type, 32);
const nan = (content: Buffer) => {
  content.writeDoubleLE(Number.NaN, 48);
  return content;
};
const red = (...rings: Parameters<typeof geojson>[0]) => geojson(rings);

/** code, what is sent, how, and where the answer must point */
const cases: [code: AppError['code'], sent: string, send: Send, where: object | undefined][] = [
  ['not-a-zip', 'garbage', parcels('this is no archive', 'a.zip'), { file: 'a.zip' }],
  ['not-a-zip', 'an archive cut in half', parcels(zippedLayer().subarray(0, 300), 'a.zip'), { file: 'a.zip' }],
  [
    'zip-unsafe',
    'an archive in an archive',
    parcels(makeZip([...layerMembers(), { name: 'b.zip', data: Buffer.from('PK') }]), 'a.zip'),
    { file: 'a.zip' },
  ],
  [
    'zip-encrypted',
    'an archive with a password',
    parcels(makeZip(layerMembers().map((member) => ({ ...member, flags: 1 }))), 'a.zip'),
    { file: 'a.zip' },
  ],
  ['too-large', 'a layer over the bytes allowed', limited({ entryBytes: 200 }, zipped({})), { file: 'parcels.shp' }],
  [
    'too-large',
    'a shape over the vertices allowed',
    limited({ verticesPerFeature: 4 }, zipped({})),
    { file: 'parcels.shp', row: 1 },
  ],
  ['too-many-features', 'more rows than allowed', limited({ features: 1 }, zipped({})), { file: 'parcels.shp' }],
  [
    'no-shapefile',
    'an archive of something else',
    parcels(makeZip([{ name: 'readme.txt', data: Buffer.from('x') }]), 'a.zip'),
    { file: 'a.zip', candidates: ['readme.txt'] },
  ],
  [
    'several-shapefiles',
    'two layers',
    parcels(makeZip([...layerMembers({ stem: 'a' }), ...layerMembers({ stem: 'b' })]), 'a.zip'),
    { file: 'a.zip', candidates: ['a', 'b'] },
  ],
  ['shapefile-corrupt', 'a file whose header lies', zipped({ shp: { statedBytes: 5000 } }), { file: 'parcels.shp' }],
  [
    'shapefile-corrupt',
    'a record out of order',
    zipped({ shp: { recordNumber: (i) => 7 - i } }),
    { file: 'parcels.shp', row: 1 },
  ],
  [
    'shapefile-encrypted',
    'a file that security software encrypted',
    zipped({ shp: { fileCode: 0x452d5361 } }),
    { file: 'parcels.shp' },
  ],
  ['dbf-missing', 'no table', zipped({ without: ['dbf'] }), { file: 'parcels.shp' }],
  ['dbf-mismatch', 'fewer rows than shapes', zipped({ rows: [['P1']] }), { file: 'parcels.dbf' }],
  ['geometry-type', 'points', zipped({ change: points(1) }), { file: 'parcels.shp' }],
  ['geometry-empty', 'no shape at all', zipped({ shapes: [null, null] }), { file: 'parcels.zip' }],
  [
    'geometry-empty',
    'not one shape that can be repaired',
    parcels(
      geojson([
        {
          rings: [
            [
              [east, north],
              [east + 50, north],
              [east + 100, north],
              [east, north],
            ],
          ],
        },
      ]),
      'line.geojson',
    ),
    { file: 'line.geojson' },
  ],
  [
    'geometry-empty',
    'a red line without a polygon',
    layer('eco-red-line', red(), 'red.geojson'),
    { file: 'red.geojson' },
  ],
  [
    'coordinate-invalid',
    'a vertex that is no number',
    zipped({ shp: { patch: nan } }),
    { file: 'parcels.shp', row: 1 },
  ],
  [
    'coordinate-invalid',
    'a red line that is a line',
    layer(
      'eco-red-line',
      red(
        { rings: plotAt(0) },
        {
          rings: [
            [
              [east, north],
              [east + 50, north],
              [east + 100, north],
              [east, north],
            ],
          ],
        },
      ),
      'red.geojson',
    ),
    { file: 'red.geojson', row: 2 },
  ],
  [
    'coordinate-outside-crs',
    'swapped axes',
    zipped({ shapes: [plot(0), [plot(1)[0]!.map(([x, y]) => [y, x])]] }),
    { file: 'parcels.shp', row: 2, x: expect.any(Number), y: expect.any(Number) },
  ],
  [
    'crs-unknown',
    'six-digit eastings without a .prj',
    zipped({ prj: null, shapes: [[plot(0)[0]!.map(([x, y]) => [x - 36e6, y])]], rows: [['P1']] }),
    { file: 'parcels.shp', candidates: expect.arrayContaining(['EPSG:4545']) },
  ],
  ['crs-unsupported-datum', 'Xian 80', zipped({ prj: xian80 }), { file: 'parcels.shp' }],
  [
    'crs-conflict',
    'an srid against the .prj',
    zipped({}, { srid: 4525 }),
    { file: 'parcels.shp', candidates: ['EPSG:4524', 'EPSG:4525'] },
  ],
  [
    'encoding-undetermined',
    'half a character amid a name',
    zipped({ rows: [['P1'], [Buffer.from('b8fbb8', 'hex')]] }),
    { file: 'parcels.dbf', row: 2, field: 'DKBH' },
  ],
  [
    'attribute-missing',
    'land use without classes',
    layer('land-use', red({ rings: plotAt(0) }), 'dltb.geojson', { year: 2022 }),
    { field: 'DLBM' },
  ],
  [
    'duplicate-parcel-id',
    'an id twice',
    zipped({ rows: [['A'], ['A']] }),
    { file: 'parcels.shp', rows: [1, 2], field: 'DKBH' },
  ],
  [
    'geojson-invalid',
    'a GeoJSON cut off',
    parcels(geojson([{ rings: plotAt(0) }]).subarray(0, -30), 'a.geojson'),
    { file: 'a.geojson', row: 1 },
  ],
  [
    'geojson-invalid',
    'a number out of range',
    parcels(
      geojson([{ rings: plotAt(0), properties: { MJ: 9 } }])
        .toString()
        .replace('"MJ":9', '"MJ":1e999'),
      'a.geojson',
    ),
    { row: 1, field: 'MJ' },
  ],
  [
    'raster-corrupt',
    'a raster cut in half',
    layer('slope', writeTiff({ srid: 4524, place: [east, north, 30, 30] }).subarray(0, 200), 'slope.tif'),
    { file: 'slope.tif' },
  ],
  ['raster-no-georeference', 'a raster without a place', slope({ place: null }), { file: 'slope.tif' }],
  [
    'raster-rotated',
    'a turned raster',
    slope({ matrix: [20, 5, 0, east, 5, -20, 0, north, 0, 0, 0, 0, 0, 0, 0, 1] }),
    { file: 'slope.tif' },
  ],
  ['raster-units', 'a slope in percent', slope({ cells: new Float32Array(64).fill(120) }), { file: 'slope.tif' }],
  ['crs-unsupported-datum', 'a raster on Xian 80', slope({ srid: 2360 }), { file: 'slope.tif' }],
  ['crs-conflict', 'an srid against the raster', slope({}, { srid: 4545 }), { file: 'slope.tif' }],
  [
    'crs-unknown',
    'a raster on a local meridian',
    slope({
      keys: [
        [1024, 1],
        [2048, 4490],
        [3072, 32767],
        [3075, 1],
        [3076, 9001],
        [3080, 108.5],
        [3082, 36_500_000],
        [3092, 1],
      ],
    }),
    { file: 'slope.tif' },
  ],
  [
    'coordinate-outside-crs',
    'a raster in degrees that says metres',
    slope({ place: [108.7, 28.8, 0.001, 0.001] }),
    { file: 'slope.tif' },
  ],
  ['format-unsupported', 'a raster for parcels', parcels(writeTiff({}), 'slope.tif'), { file: 'slope.tif' }],
  ['format-unsupported', 'a 7z archive', parcels(Buffer.from('377abcaf271c0004', 'hex'), 'a.7z'), { file: 'a.7z' }],
  [
    'validation',
    'land use of two code systems',
    layer(
      'land-use',
      red({ rings: plotAt(0), properties: { DLBM: '0103' } }, { rings: plotAt(1), properties: { DLBM: '013' } }),
      'dltb.geojson',
      { year: 2022 },
    ),
    { field: 'DLBM' },
  ],
  [
    'validation',
    'land use without its year',
    layer('land-use', red({ rings: plotAt(0), properties: { DLBM: '0103' } }), 'dltb.geojson'),
    { field: 'year' },
  ],
  ['validation', 'a field map of no column', zipped({}, { fieldMap: { parcel: 'DKBH' } }), { field: 'parcel' }],
  ['validation', 'an encoding nobody knows', zipped({}, { encoding: 'klingon' }), { field: 'encoding' }],
];

/** CONTRACT §6 without what files cannot cause: the machine, other people, other calls, and boundary-point TXT, not read yet. */
const reachable =
  'not-a-zip zip-unsafe zip-encrypted too-large too-many-features no-shapefile several-shapefiles shapefile-corrupt shapefile-encrypted dbf-missing dbf-mismatch geometry-type geometry-empty coordinate-invalid coordinate-outside-crs crs-unknown crs-unsupported-datum crs-conflict encoding-undetermined attribute-missing duplicate-parcel-id geojson-invalid raster-corrupt raster-no-georeference raster-rotated raster-units format-unsupported validation';

describe('the problems of parcel and layer files', () => {
  it('are all here', () => {
    expect([...new Set(cases.map(([code]) => code))].sort()).toEqual(reachable.split(' ').sort());
  });
});

eachDatabase('a file at fault', (open) => {
  let database: Database;
  let before: Record<string, number>;
  beforeAll(async () => {
    database = await open();
    // something to lose
    await receiveParcels(
      depsOf(database),
      fileOf(geojson([{ rings: plotAt(0) }, { rings: bowTie(east, north + 500) }]), 'good.geojson'),
    );
    await receiveLayer(depsOf(database), { ...fileOf(red({ rings: plotAt(0) }), 'red.geojson'), type: 'eco-red-line' });
    before = await rowCounts(database);
  });

  it.each(cases)('is answered %s for %s, and nothing is stored', async (code, _, send, where) => {
    const error = await send(depsOf(database)).then(
      () => new Error('it was stored'),
      (refused: unknown) => refused,
    );
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code, where });
    const { zh, en } = (error as AppError).detail;
    expect(zh).toMatch(/\p{Script=Han}/u);
    expect(en).toMatch(/[a-z]{3}/);
    expect(await rowCounts(database)).toEqual(before);
  });
});
