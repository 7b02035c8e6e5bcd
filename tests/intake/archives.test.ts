/** Archives of whole files: KMZ, and zips of GeoPackages, KMLs, GeoJSONs in the shapes that offices send. */
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { makeGeopackage, plotBlob } from './make-geopackage.ts';
import { layerMembers } from './make-shapefile.ts';
import { makeZip, type ZipMember } from './make-zip.ts';
import { type ReadOptions, read, refusal } from './reading.ts';

const placemark = (id: string) =>
  `<Placemark><name>${id}</name><Polygon><outerBoundaryIs><LinearRing><coordinates>108.8,28.8 108.801,28.8 108.801,28.801 108.8,28.8</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>`;
const kml = (id = 'K1') =>
  Buffer.from(`<kml xmlns="http://www.opengis.net/kml/2.2"><Document>${placemark(id)}</Document></kml>`);
const geojson = (id = 'J1') =>
  Buffer.from(
    JSON.stringify({
      type: 'Feature',
      properties: { DKBH: id },
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [108.8, 28.8],
            [108.801, 28.8],
            [108.801, 28.801],
            [108.8, 28.8],
          ],
        ],
      },
    }),
  );
const gpkg = (id = 'G1', layers = ['地块']) =>
  makeGeopackage({ layers: layers.map((name) => ({ name, rows: [{ values: [id], geometry: plotBlob() }] })) });
const member = (name: string | Buffer, data: Buffer): ZipMember => ({ name, data });
const vouched: ReadOptions = { name: '成果.zip', srid: 4490 };
const name = '成果.zip';

describe('an archive of whole files is read', () => {
  it('as a KMZ with its pictures', async () => {
    const kmz = makeZip([member('doc.kml', kml()), member('files/icon.png', Buffer.from('x'))]);
    const { report, rows } = await read(kmz, { ...vouched, name: '地块.kmz' });
    expect(report).toMatchObject({ format: 'kml', layers: [{ name: 'doc', feature_count: 1 }] });
    expect(rows[0]).toMatchObject({ source_file: 'doc.kml', attributes: { name: 'K1' } });
  });
  it('as a KMZ of GDAL, whose doc.kml only links to its layer', async () => {
    const link = (href: string, more = '') =>
      Buffer.from(
        `<kml><Document><NetworkLink><Link><href>${href}</href></Link></NetworkLink>${more}</Document></kml>`,
      );
    const layer = member('layers/地块.kml', kml());
    const linked = makeZip([member('doc.kml', link('layers/地块.kml')), layer]);
    const { report, rows } = await read(linked, { ...vouched, name: '地块.kmz' });
    expect([rows.length, rows[0]!.source_file]).toEqual([1, 'layers/地块.kml']);
    expect(report.warnings.map(({ code }) => code)).toEqual(['kml-offset-vouched']);
    for (const doc of [link('http://127.0.0.1/a.kml'), link('layers/地块.kml', '<Placemark/>')])
      expect(await refusal(makeZip([member('doc.kml', doc), layer]), { ...vouched, name: '地块.kmz' })).toMatchObject({
        code: 'several-shapefiles',
      });
  });
  it.each<[string, string, Buffer, string, ReadOptions]>([
    ['geopackage', '地块.GPKG', gpkg(), 'DKBH', { name }],
    ['kml', '地块.KML', kml(), 'name', vouched],
    ['geojson', '地块.GeoJSON', geojson(), 'DKBH', { name }],
    ['geojson', '地块.json', geojson(), 'DKBH', { name }],
  ])(
    'of %s, in folders with GBK names, upper-case, beside what systems add',
    async (format, file, data, field, options) => {
      const zip = makeZip([
        member(iconv.encode('2023年/乗龙村/', 'gbk'), Buffer.alloc(0)),
        member(iconv.encode(`2023年\\乗龙村\\${file}`, 'gbk'), data),
        member(`__MACOSX/._${file}`, Buffer.from('x')),
        member('说明.txt', Buffer.from('x')),
        member('Thumbs.db', Buffer.from('x')),
      ]);
      const { report, rows } = await read(zip, options);
      expect(report.format).toBe(format);
      expect(rows[0]!.source_file).toBe(`2023年/乗龙村/${file}`);
      expect(rows[0]!.attributes[field]).toMatch(/^[GKJ]1$/);
    },
  );
});

describe('of several files', () => {
  const folders = ['甲', '乙', '丙'].map((project) => member(`${project}/地块.geojson`, geojson(project)));
  it('none is taken by its place', async () => {
    expect(await refusal(makeZip(folders), { name })).toMatchObject({
      code: 'several-shapefiles',
      where: { file: name, candidates: ['丙/地块.geojson', '乙/地块.geojson', '甲/地块.geojson'] },
    });
  });
  it('all are joined by *, each row knowing its file', async () => {
    const { report, rows } = await read(makeZip(folders), { name, sublayer: '*' });
    expect(report.layers.length).toBe(3);
    expect(rows.map((row) => [row.source_file, row.attributes['DKBH']])).toEqual([
      ['丙/地块.geojson', '丙'],
      ['乙/地块.geojson', '乙'],
      ['甲/地块.geojson', '甲'],
    ]);
  });
  it.each(['乙/地块.geojson', '乙/地块'])('one is asked for as %s', async (sublayer) => {
    expect((await read(makeZip(folders), { name, sublayer })).rows[0]!.attributes['DKBH']).toBe('乙');
  });
  it('a name that means several, or none, is refused with the list', async () => {
    expect(await refusal(makeZip(folders), { name, sublayer: '地块' })).toMatchObject({ code: 'several-shapefiles' });
    expect(await refusal(makeZip(folders), { name, sublayer: '丁' })).toMatchObject({
      code: 'no-shapefile',
      where: { candidates: ['丙/地块.geojson', '乙/地块.geojson', '甲/地块.geojson'] },
    });
  });
  it('a layer within a file is asked for as file/layer, within the only file by its name', async () => {
    const two = gpkg('G', ['a', 'b']);
    const zip = makeZip([member('x/甲.gpkg', two), member('x/乙.gpkg', two)]);
    for (const sublayer of ['x/乙.gpkg/b', '乙.gpkg/b'])
      expect((await read(zip, { name, sublayer })).report.layers).toEqual([{ name: 'b', feature_count: 1 }]);
    const only = makeZip([member('x/甲.gpkg', two)]);
    expect((await read(only, { name, sublayer: 'b' })).report.layers).toEqual([{ name: 'b', feature_count: 1 }]);
    expect(await refusal(only, { name })).toMatchObject({ code: 'several-shapefiles', where: { file: 'x/甲.gpkg' } });
    const all = await read(zip, { name, sublayer: '*' });
    expect(all.rows.map((row) => row.source_file)).toEqual([
      'x/乙.gpkg/a',
      'x/乙.gpkg/b',
      'x/甲.gpkg/a',
      'x/甲.gpkg/b',
    ]);
  });
  it('two entries of one name are refused', async () => {
    const twice = makeZip([member('地块.geojson', geojson('a')), member('地块.geojson', geojson('b'))]);
    for (const sublayer of [undefined, '*', '地块'])
      expect(await refusal(twice, { name, ...(sublayer ? { sublayer } : {}) })).toMatchObject({
        code: 'several-shapefiles',
      });
  });
});

describe('of several formats', () => {
  const mixed = [...layerMembers(), member('doc.kml', kml())];
  it('a KML beside a shapefile is named and not read, unless it is asked for', async () => {
    const { report } = await read(makeZip(mixed), { name });
    expect(report).toMatchObject({
      format: 'shapefile',
      warnings: [{ code: 'archive-others', where: { candidates: ['doc.kml'] } }],
    });
    const asked = await read(makeZip(mixed), { ...vouched, sublayer: 'doc.kml' });
    expect(asked.report.format).toBe('kml');
    expect(asked.report.warnings.map((w) => w.code)).toEqual(['kml-offset-vouched']);
  });
  it('a KML beside boundary-point texts is named and not read, unless it is asked for', async () => {
    const plot =
      '[地块坐标]\n4,0.5,T1,一号,面,,,,@\nJ1,1,3192000,36577000\nJ2,1,3192000,36577100\nJ3,1,3192100,36577100\nJ4,1,3192100,36577000\n';
    const zip = makeZip([member('x/地块.txt', Buffer.from(plot)), member('x/doc.kml', kml())]);
    const { report } = await read(zip, { name, srid: 4524 });
    expect(report.format).toBe('txt');
    expect(report.warnings).toContainEqual(
      expect.objectContaining({ code: 'archive-others', where: { file: name, candidates: ['x/doc.kml'] } }),
    );
    expect((await read(zip, { ...vouched, sublayer: 'doc.kml' })).report.format).toBe('kml');
  });
  it('a GeoPackage beside a shapefile is a choice to be asked about', async () => {
    const zip = makeZip([...layerMembers(), member('x.gpkg', gpkg())]);
    expect(await refusal(zip, { name })).toMatchObject({
      code: 'several-shapefiles',
      where: { candidates: ['parcels.shp', 'x.gpkg'] },
    });
    expect((await read(zip, { name, sublayer: 'x' })).report.format).toBe('geopackage');
    expect((await read(zip, { name, sublayer: 'parcels' })).report.format).toBe('shapefile');
  });
});

describe('a file in an archive that is no such file is refused by its own name', () => {
  it.each<[string, Buffer, string]>([
    ['a.kml', Buffer.from('<!DOCTYPE html><html/>'), 'format-unsupported'],
    ['a.gpkg', Buffer.from('not a database'), 'not-a-zip'],
    ['a.gpkg', gpkg().subarray(0, 5000), 'geopackage-corrupt'],
    ['a.geojson', Buffer.from('{"type":"FeatureCollection","features":['), 'geojson-invalid'],
    ['a.kml', kml().subarray(0, 200), 'kml-invalid'],
  ])('%s', async (file, data, code) => {
    const zip = makeZip([member(`x/${file}`, data)]);
    expect(await refusal(zip, vouched)).toMatchObject({ code, where: { file: `x/${file}` } });
    // joined with good ones it is not passed over
    const more = makeZip([member(`x/${file}`, data), member(`y/${file}`, data)]);
    expect(await refusal(more, { ...vouched, sublayer: '*' })).toMatchObject({ code, where: { file: `x/${file}` } });
  });
  it('a GeoPackage whose last changes lie in a journal beside it', async () => {
    const zip = makeZip([
      member('a.gpkg', gpkg()),
      member('a.gpkg-wal', Buffer.from('x')),
      member('a.gpkg-shm', Buffer.from('x')),
    ]);
    expect(await refusal(zip, { name })).toMatchObject({ code: 'geopackage-corrupt', where: { file: 'a.gpkg' } });
  });
  it('with a wrong checksum', async () => {
    const zip = makeZip([{ name: 'doc.kml', data: kml(), crc: 1 }]);
    expect(await refusal(zip, vouched)).toMatchObject({ code: 'shapefile-corrupt', where: { file: 'doc.kml' } });
  });
});
