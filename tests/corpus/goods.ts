/** Sound files of every format, as mutations begin with them. A new format is a line here. */
import { deflateSync, inflateRawSync, zstdCompressSync } from 'node:zlib';
import { type Feature, gdalMakes, membersOf } from '../intake/gdal-files.ts';
import { basicHeads, cornerRows, csvOf, xlsxOf } from '../intake/make-corners.ts';
import { blob, makeGeopackage, polygonWkb } from '../intake/make-geopackage.ts';
import { layerMembers } from '../intake/make-shapefile.ts';
import { gbk, makeTxt, box as ring } from '../intake/make-txt.ts';
import { makeZip, type ZipMember } from '../intake/make-zip.ts';
import { csv, project, xlsx } from '../intake-receive/register-files.ts';
import { hasPart } from '../support/parts.ts';
import { type TiffOptions, writeTiff } from '../terrain/tiff-writer.ts';
import { collection, degrees, east, near, north } from './shapes.ts';

export interface Good {
  format: string;
  to: 'parcel-set' | 'slope' | 'dem' | 'register';
  file: string;
  fields: Record<string, string>;
  bytes: Buffer;
  /** of an archive: what is in it, so that one of them can be changed and all zipped again */
  members?: ZipMember[];
  /** its letters are text: numbers and signs are exchanged too */
  text: boolean;
  /** rows that it has */
  rows: number;
  /** of so many mutations one is of this file */
  weight: number;
}

const plots = [near(0), near(1), null, near(3)];
const shapefile = (type: number) =>
  layerMembers({
    shapes: plots,
    columns: [
      { name: 'DKBH' },
      { name: '地类' },
      { name: 'MJ', type: 'N', width: 12, decimals: 2 },
      { name: 'RQ', type: 'D', width: 8 },
    ],
    rows: ['旱地', '水田', '林地', '草地'].map((name, i) => [`P${i}`, name, i === 2 ? '' : `${i}.00`, '20230101']),
    shp: { type },
    dbf: { encoding: 'gbk', ldid: 77 },
    cpg: 'GBK',
  });
const collectionInMetres = JSON.stringify({
  ...JSON.parse(
    collection(
      plots.map((coordinates, i) => ({
        properties: { DKBH: `${i}号`, MJ: i / 2, o: { a: [1, 'x'] } },
        geometry: coordinates && { type: 'Polygon', coordinates },
      })),
    ),
  ),
  crs: { type: 'name', properties: { name: 'EPSG:4524' } },
});
const geopackage = (count: number) =>
  makeGeopackage({
    layers: [
      {
        columns: ['DKBH TEXT', 'MJ REAL', 'RQ DATE'],
        rows: Array.from({ length: count }, (_, i) => ({
          values: [`D${i}`, i / 3, '2023-01-01'],
          geometry: blob(polygonWkb(near(i))),
        })),
      },
    ],
  });
const kml = Buffer.from(
  `<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>一批</name>${[
    0, 1, 2,
  ]
    .map(
      (n) =>
        `<Placemark><name>${n}号</name><ExtendedData><Data name="DKBH"><value>${n}</value></Data></ExtendedData><Polygon><outerBoundaryIs><LinearRing><coordinates>${degrees(
          n,
        )
          .map((p) => `${p.join(',')},0`)
          .join(' ')}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>`,
    )
    .join('')}</Folder></Document></kml>`,
);
const txt = makeTxt(
  [0, 1, 2].map((i) => ({
    rings: [ring(east + 150 * i, north, 100)],
    values: ['1.0', `${i}`, `地块${i}`, '面', '', '旱地', '0103'],
  })),
);
const corners = [
  [...basicHeads, '面积（公顷）'],
  ...cornerRows([0, 1, 2].map((i) => ({ id: `D${i}`, rings: [ring(east + 150 * i, north, 100)], values: [1] }))),
];
const projects = [project('50024220210001'), project('50024220210002', { 状态: '待核定', 合格证编号: null })];
const tiff = (more: TiffOptions) =>
  writeTiff({
    width: 40,
    height: 40,
    cells: Float32Array.from({ length: 1600 }, (_, i) => (i * 7) % 61),
    noData: '-9999',
    srid: 4524,
    place: [36_500_000, 3_192_000, 10, 10],
    ...more,
  });
const compressed = (code: number, more: TiffOptions) => tiff({ ...more, tags: { 259: { type: 3, values: [code] } } });

function geodatabase(): ZipMember[] {
  const features = [0, 1, 2].map(
    (n): Feature => ({
      type: 'Feature',
      properties: { DKBH: `D${n}`, 名称: '乡' },
      geometry: { type: 'MultiPolygon', coordinates: [[degrees(n)]] },
    }),
  );
  return membersOf(gdalMakes(features, 4490, 'db.gdb', '-f', 'OpenFileGDB', '-nln', 'BCGD'));
}

export async function goodFiles(): Promise<Good[]> {
  const parcels = (format: string, file: string, content: Buffer | ZipMember[], more: Partial<Good> = {}): Good => ({
    format,
    to: 'parcel-set',
    file,
    fields: {},
    ...(Array.isArray(content) ? { members: content, bytes: makeZip(content) } : { bytes: content }),
    text: false,
    rows: 4,
    weight: 4,
    ...more,
  });
  const vouched = { fields: { srid: '4490' }, rows: 3 };
  const raster = (to: 'slope' | 'dem', bytes: Buffer) => parcels('raster', '栅格.tif', bytes, { to });
  const register = (file: string, content: Buffer | ZipMember[], text: boolean) =>
    parcels('register', file, content, { to: 'register', text, rows: 2 });
  const book = await xlsx(projects);
  return [
    parcels('shapefile', '地块.zip', shapefile(5), { weight: 12 }),
    parcels('shapefile', '地块.zip', shapefile(15)),
    parcels('geojson', '地块.geojson', Buffer.from(collectionInMetres), { text: true, weight: 10 }),
    parcels('geojson', '地块.zip', [{ name: 'a.geojson', data: Buffer.from(collection([{}, {}])) }], {
      text: true,
      rows: 2,
    }),
    parcels('geopackage', '地块.gpkg', geopackage(4), { weight: 8 }),
    parcels('geopackage', '地块.gpkg', geopackage(120), { rows: 120, weight: 6 }),
    parcels('kml', '地块.kml', kml, { ...vouched, text: true, weight: 8 }),
    parcels('kml', '地块.kmz', [{ name: 'doc.kml', data: kml }], { ...vouched, text: true }),
    parcels('txt', '地块.txt', gbk(txt), { text: true, rows: 3, weight: 6 }),
    parcels('txt', '地块.txt', Buffer.from(`\uFEFF${txt}`, 'utf16le'), { rows: 3 }),
    parcels(
      'txt',
      '地块.zip',
      ['a', 'b'].map((name) => ({ name: `${name}.txt`, data: gbk(txt) })),
      { text: true, rows: 6, fields: { sublayer: '*' } },
    ),
    parcels('csv', '界址点.csv', gbk(csvOf(corners)), { text: true, rows: 3 }),
    parcels('xlsx', '界址点.xlsx', await xlsxOf({ 界址点: corners }), { rows: 3 }),
    parcels('xlsx', '界址点.xlsx', partsOf(await xlsxOf({ 界址点: corners })), { text: true, rows: 3 }),
    raster('slope', compressed(8, { tile: 16, compress: deflateSync })),
    raster('slope', tiff({ big: true, bigEndian: true })),
    raster('slope', compressed(50_000, { rowsPerStrip: 7, compress: zstdCompressSync })),
    raster('dem', tiff({ bits: 16, format: 2, cells: Float32Array.from({ length: 1600 }, (_, i) => 400 + (i % 40)) })),
    raster(
      'slope',
      tiff({
        srid: 4490,
        place: [108, 28.8, 0.0001, 0.0001],
        metadata: '<GDALMetadata><Item name="SCALE" sample="0" role="scale">0.5</Item></GDALMetadata>',
      }),
    ),
    register('登记.csv', csv(projects), true),
    register('登记.csv', csv(projects, 'gbk'), true),
    register('登记.xlsx', book, false),
    register('登记.xlsx', partsOf(book), true),
    ...(hasPart('gdal') ? [parcels('geodatabase', '库.zip', geodatabase(), { rows: 3, weight: 0.5 })] : []),
  ];
}

/** The parts of a workbook that somebody else has zipped, by its directory (APPNOTE 4.3.12). */
function partsOf(zip: Buffer): ZipMember[] {
  const parts: ZipMember[] = [];
  let at = zip.readUInt32LE(zip.lastIndexOf('PK\x05\x06', undefined, 'latin1') + 16);
  while (zip.readUInt32LE(at) === 0x02014b50) {
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const local = zip.readUInt32LE(at + 42);
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = zip.subarray(from, from + zip.readUInt32LE(at + 20));
    const name = zip.subarray(at + 46, at + 46 + nameLength).toString();
    if (!name.endsWith('/'))
      parts.push({ name, data: zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(bytes) : bytes });
    at += 46 + nameLength + extra + comment;
  }
  return parts;
}
