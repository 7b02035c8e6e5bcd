/**
 * Parcels at random, written in each format that is read and read back: the same count, rings, parts and coordinates (to the
 * precision of the format), the same values. Runs are the same everywhere; ROUND_TRIPS=n does n times as many, SEED another lot.
 */
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { requirePart } from '../support/parts.ts';
import { type Feature, gdalMakes, membersOf, removeGdalFiles } from './gdal-files.ts';
import { csvOf, type Row, xlsxOf } from './make-corners.ts';
import { blob, makeGeopackage, polygonWkb } from './make-geopackage.ts';
import { zippedLayer } from './make-shapefile.ts';
import { gbk, header, makeTxt, type TxtOptions, unclosed, type Xy } from './make-txt.ts';
import { makeZip } from './make-zip.ts';
import {
  type Field,
  type Layer,
  layers,
  normal,
  numbers,
  type Parcel,
  planes,
  type System,
  systemOf,
  systems,
  texts,
  type Value,
} from './random-parcels.ts';
import { polygonsIn, type Read, type ReadOptions, read } from './reading.ts';

removeGdalFiles();

const times = Number(process.env['ROUND_TRIPS'] ?? 1);
const seed = Number(process.env['SEED'] ?? 20_231_220);
const check = <T>(arbitrary: fc.Arbitrary<T>, runs: number, property: (value: T) => Promise<void>) =>
  fc.assert(fc.asyncProperty(arbitrary, property), { seed, numRuns: runs * times, endOnFailure: times === 1 });
const patient = 60_000 * times;

const exact = { metres: undefined, degrees: undefined };
const millimetres = { metres: 3, degrees: 9 };
const fields: Field[] = [
  { name: '编号', kind: 'text' },
  { name: '名称', kind: 'text' },
  { name: '数', kind: 'number' },
];

/** What was read is what was written; `told`: warnings that are no surprise; `as` is how the format gives a value back. */
function same(
  { report, rows }: Read,
  { system, parcels }: Layer,
  options: {
    told?: string[];
    as?: (value: Value, field: Field) => Value;
    digits?: number;
    names?: readonly string[];
    shift?: number;
  } = {},
): void {
  const { told = [], as = (value) => value, digits, names = fields.map(({ name }) => name), shift = 0 } = options;
  expect(report.crs.srid).toBe(system.epsg);
  expect(report.warnings.map(({ code }) => code).filter((code) => !told.includes(code))).toEqual([]);
  expect(report.feature_count).toBe(parcels.length);
  for (const [i, { attributes, wkb, faults }] of rows.entries()) {
    const { polygons, values } = parcels[i]!;
    const found = polygonsIn(wkb!).map((rings) => rings.map((ring) => ring.map(([x, y]): Xy => [x + shift, y])));
    expect(normal(found as never, digits)).toEqual(normal(polygons, digits));
    expect(faults).toEqual([]);
    // a column in which no row has a value is none in some formats
    expect(names.map((name) => attributes[name] ?? null)).toEqual(values.map((value, f) => as(value, fields[f]!)));
  }
}
const rings = ({ polygons }: Parcel) => polygons.flat();
const nullIfEmpty = (value: Value) => (value === '' ? null : value);

describe('random parcels are read as they were written', () => {
  it(
    'shapefile: every system, UTF-8, GBK by its mark or by .cpg',
    async () => {
      const layer = fc.record({
        layer: layers(systems, fields, { text: texts.gbk, number: numbers.figures }, exact),
        encoding: fc.constantFrom(
          { encoding: 'utf8', cpg: 'UTF-8' },
          { encoding: 'gbk', cpg: 'GBK' },
          { encoding: 'gbk', ldid: 77 },
        ),
      });
      await check(layer, 120, async ({ layer: { system, parcels }, encoding: { cpg, ...dbf } }) => {
        const bytes = zippedLayer({
          shapes: parcels.map(rings),
          columns: [
            { name: fields[0]!.name, width: 200 },
            { name: fields[1]!.name, width: 200 },
            { name: fields[2]!.name, type: 'N', width: 20, decimals: 3 },
          ],
          rows: parcels.map(({ values }) =>
            values.map((value) => (typeof value === 'number' ? value.toFixed(3) : value)),
          ),
          dbf,
          prj: system.prj,
          cpg: cpg ?? null,
        });
        same(await read(bytes), { system, parcels });
      });
    },
    patient,
  );

  it(
    'GeoJSON: every system by its crs, every letter, coordinates to the last bit',
    async () => {
      const layer = layers(
        systems,
        fields,
        { text: fc.oneof(texts.unicode, texts.lines), number: numbers.doubles },
        exact,
      );
      await check(layer, 150, async ({ system, parcels }) => {
        const bytes = JSON.stringify({
          type: 'FeatureCollection',
          crs: { type: 'name', properties: { name: `urn:ogc:def:crs:EPSG::${system.epsg}` } },
          features: parcels.map(({ polygons, values }) => ({
            type: 'Feature',
            properties: Object.fromEntries(fields.map(({ name }, f) => [name, values[f]])),
            geometry: { type: 'MultiPolygon', coordinates: polygons },
          })),
        });
        same(await read(bytes, { name: 'a.geojson' }), { system, parcels });
      });
    },
    patient,
  );

  it(
    'GeoPackage: every system by its text, either end first',
    async () => {
      const layer = fc.record({
        layer: layers(systems, fields, { text: fc.oneof(texts.unicode, texts.lines), number: numbers.doubles }, exact),
        big: fc.boolean(),
      });
      await check(layer, 20, async ({ layer: { system, parcels }, big }) => {
        // a table of multi-polygons: 6 in the same end as what it holds
        const wkbOf = ({ polygons }: Parcel) => {
          const head = Buffer.alloc(9);
          head[0] = big ? 0 : 1;
          if (big) [head.writeUInt32BE(6, 1), head.writeUInt32BE(polygons.length, 5)];
          else [head.writeUInt32LE(6, 1), head.writeUInt32LE(polygons.length, 5)];
          return Buffer.concat([head, ...polygons.map((polygon) => polygonWkb(polygon, { big }))]);
        };
        const bytes = makeGeopackage({
          srs: [{ id: system.epsg, organization: 'EPSG', code: system.epsg, definition: system.prj }],
          layers: [
            {
              type: 'MULTIPOLYGON',
              srsId: system.epsg,
              columns: ['"编号" TEXT', '"名称" TEXT', '"数" REAL'],
              rows: parcels.map((one) => ({ values: one.values, geometry: blob(wkbOf(one), { srsId: system.epsg }) })),
            },
          ],
        });
        same(await read(bytes, { name: 'a.gpkg' }), { system, parcels });
      });
    },
    patient,
  );

  it(
    'KML and KMZ, vouched for: every value a text',
    async () => {
      const layer = fc.record({
        layer: layers(
          fc.constant(systemOf(0, 0, false)),
          fields,
          { text: texts.unicode, number: numbers.doubles },
          exact,
        ),
        zipped: fc.boolean(),
      });
      const escaped = (value: Value) =>
        String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
      await check(layer, 100, async ({ layer: { system, parcels }, zipped }) => {
        const boundary = (kind: string, ring: readonly Xy[]) =>
          `<${kind}><LinearRing><coordinates>${ring.map((point) => point.join(',')).join(' ')}</coordinates></LinearRing></${kind}>`;
        const placemarks = parcels.map(({ polygons, values }) => {
          const data = fields.map(({ name }, f) =>
            values[f] === null ? '' : `<Data name="${name}"><value>${escaped(values[f]!)}</value></Data>`,
          );
          const shapes = polygons.map(
            ([outer, ...holes]) =>
              `<Polygon>${boundary('outerBoundaryIs', outer!)}${holes.map((hole) => boundary('innerBoundaryIs', hole)).join('')}</Polygon>`,
          );
          return `<Placemark><ExtendedData>${data.join('')}</ExtendedData><MultiGeometry>${shapes.join('')}</MultiGeometry></Placemark>`;
        });
        const kml = Buffer.from(
          `<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>${placemarks.join('')}</Document></kml>`,
        );
        const found = await read(zipped ? makeZip([{ name: 'doc.kml', data: kml }]) : kml, {
          name: 'a.kml',
          srid: 4490,
        });
        same(
          found,
          { system, parcels },
          {
            told: ['kml-offset-vouched'],
            as: (value) => (value === null ? null : String(value)),
            names: fields.map(({ name }) => name),
          },
        );
      });
    },
    patient,
  );

  it(
    '界址点 TXT in every combination of what programs do',
    async () => {
      const layer = fc.record({
        layer: layers(
          planes,
          fields.slice(0, 2),
          { text: texts.tame, number: numbers.figures },
          { metres: 3, degrees: 9 },
        ),
        closing: fc.boolean(),
        swapped: fc.boolean(),
        counted: fc.boolean(),
        layout: fc.constantFrom<(id: string, name: string) => string[]>(
          (id, name) => ['0.1', id, name, '面', 'H49', '旱地'],
          (id, name) => ['0.1', id, name, '面', '', '', ''],
          (id, name) => ['0.1', id, name, '面', '', '', '0103', '新增', '旱地', '', '9.5'],
          (id, name) => ['0.1', id, name, '2023', '2', '面', '', '占补平衡', '', '旱地', '6'],
          (id, name) => ['0.1', id, name, '面', '', '', '0103', '新增', '旱地', '', '9.5', '备注'],
        ),
        brackets: fc.constantFrom('[]' as const, '【】' as const),
        end: fc.constantFrom('\r\n' as const, '\n' as const, '\r' as const),
        // told apart by 圈号, or by closing points alone
        ring: fc.constantFrom(
          undefined,
          () => '1',
          () => '',
          () => undefined,
        ),
        plainNumbers: fc.boolean(),
        zone: fc.constantFrom('stated', 'unstated', 'headless'),
        encode: fc.constantFrom(
          gbk,
          (s: string) => Buffer.from(s),
          (s: string) => Buffer.from(`\uFEFF${s}`),
          (s: string) => Buffer.from(`\uFEFF${s}`, 'utf16le'),
        ),
      });
      await check(layer, 250, async (one) => {
        const { system, parcels } = one.layer;
        const zoneOf = one.zone === 'unstated' && system.prefixed ? '' : String(system.zone);
        const write = (v: number) => v.toFixed(3);
        const options: TxtOptions = {
          header:
            one.zone === 'headless' && system.prefixed
              ? null
              : { ...header, 几度分带: String(system.width), 带号: zoneOf },
          brackets: one.brackets,
          end: one.end,
          pair: ([e, n]) => (one.swapped ? `${write(e)},${write(n)}` : `${write(n)},${write(e)}`),
          ...(one.closing && one.ring ? { ring: one.ring } : {}),
          ...(one.plainNumbers ? { point: (_: number, overall: number) => String(overall) } : {}),
        };
        const plots = parcels.map((parcel) => ({
          rings: rings(parcel).map((ring) => (one.closing ? ring : unclosed(ring))),
          values: one.layout(...(parcel.values.map((value) => value ?? '') as [string, string])),
          ...(one.counted ? {} : { count: '' }),
        }));
        const found = await read(one.encode(makeTxt(plots, options)), { name: 'a.txt' });
        expect(found.report.warnings.some(({ code }) => code === 'axes-swapped')).toBe(one.swapped);
        same(
          found,
          { system, parcels },
          {
            told: ['axes-swapped', 'crs-inferred', 'ring-closed', 'text-strange'],
            digits: 3,
            names: ['地块编号', '地块名称'],
          },
        );
      });
    },
    patient,
  );

  const tables = (text: fc.Arbitrary<string>, system: fc.Arbitrary<System>) =>
    fc.record({
      layer: layers(system, fields.slice(1), { text, number: numbers.figures }, millimetres),
      closing: fc.boolean(),
      swapped: fc.boolean(),
      /** every row says all, or only the first of its plot */
      merged: fc.boolean(),
      rings: fc.boolean(),
      stated: fc.boolean(),
    });
  type Table = typeof tables extends (...args: never[]) => fc.Arbitrary<infer T> ? T : never;
  const attributes = fields.slice(1);
  /** The rows, and with which options they can be read: without the zone something has to say it. */
  function tableOf({ layer: { system, parcels }, closing, swapped, merged, rings: numbered, stated }: Table): {
    rows: Row[];
    options: ReadOptions;
  } {
    const ringed = numbered || !closing;
    const names = system.degrees ? ['纬度', '经度'] : swapped ? ['Y', 'X'] : ['X', 'Y'];
    const heads = [
      '地块编号',
      '点号',
      ...(ringed ? ['圈号'] : []),
      ...names,
      ...attributes.map(({ name }) => name),
      ...(stated ? ['坐标系', ...(system.degrees ? [] : ['带号'])] : []),
    ];
    const body = parcels.flatMap((parcel, p) => {
      let number = 0;
      return rings(parcel).flatMap((ring, r) => {
        const first = number + 1;
        const points = closing ? ring : unclosed(ring);
        return points.map(([x, y], k): Row => {
          const closes = closing && k === points.length - 1;
          if (!closes) number++;
          const once = merged && (r > 0 || k > 0);
          return [
            once ? null : `P${p}`,
            `J${closes ? first : number}`,
            ...(ringed ? [r + 1] : []),
            // columns are known by their heads: for once the easting stands first
            ...(swapped && !system.degrees ? [x, y] : [y, x]),
            ...(once ? attributes.map(() => null) : parcel.values),
            ...(stated ? ['CGCS2000', ...(system.degrees ? [] : [system.zone])] : []),
          ];
        });
      });
    });
    return { rows: [heads, ...body], options: stated ? {} : { srid: system.epsg } };
  }
  const told = ['ring-closed'];

  it(
    'CSV: every separator and encoding, every quoted letter',
    async () => {
      const one = fc.record({
        table: tables(fc.oneof(texts.gbk, texts.lines), systems),
        separator: fc.constantFrom(',', ';', '\t'),
        end: fc.constantFrom('\r\n', '\n', '\r'),
        encode: fc.constantFrom(
          (s: string) => iconv.encode(s, 'gb18030'),
          (s: string) => Buffer.from(s),
          (s: string) => Buffer.from(`\uFEFF${s}`),
          (s: string) => Buffer.from(`\uFEFF${s}`, 'utf16le'),
        ),
      });
      // what a guard against formulas would look like, and blanks at the ends, are taken off
      const as = (value: Value) => (value === null ? null : nullIfEmpty(String(value).trim()));
      await check(one, 200, async ({ table, separator, end, encode }) => {
        const { rows, options } = tableOf(table);
        const found = await read(encode(csvOf(rows, separator, end)), { name: 'a.csv', ...options });
        same(found, table.layer, {
          told,
          as,
          digits: table.layer.system.degrees ? 9 : 3,
          names: attributes.map(({ name }) => name),
        });
        expect(found.rows.map((row) => row.attributes['地块编号'])).toEqual(table.layer.parcels.map((_, p) => `P${p}`));
      });
    },
    patient,
  );

  it(
    'XLSX: numbers as numbers, every letter',
    async () => {
      await check(tables(fc.oneof(texts.unicode, texts.lines), systems), 60, async (table) => {
        const { rows, options } = tableOf(table);
        const found = await read(await xlsxOf({ 界址点: rows }), { name: 'a.xlsx', ...options });
        const as = (value: Value) => (typeof value === 'string' ? nullIfEmpty(value.trim()) : value);
        same(found, table.layer, { told, as, names: attributes.map(({ name }) => name) });
      });
    },
    patient,
  );

  requirePart('gdal')('written by GDAL', () => {
    it(
      'file geodatabase: coordinates to its resolution of a tenth of a millimetre',
      async () => {
        const layer = layers(planes, fields, { text: texts.unicode, number: numbers.figures }, millimetres, 30);
        await check(layer, 3, async ({ system, parcels }) => {
          const features = parcels.map(
            ({ polygons, values }): Feature => ({
              type: 'Feature',
              properties: Object.fromEntries(fields.map(({ name }, f) => [name, values[f]])),
              geometry: { type: 'MultiPolygon', coordinates: polygons },
            }),
          );
          const path = gdalMakes(features, system.epsg, 'db.gdb', '-f', 'OpenFileGDB', '-nln', 'BCGD');
          same(await read(makeZip(membersOf(path)), { name: 'a.zip' }), { system, parcels }, { digits: 3 });
        });
      },
      patient,
    );
  });
});
