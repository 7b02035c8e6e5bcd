import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { polygonsIn, type ReadOptions, read as readFile, refusal as refuseFile } from './reading.ts';

const read = (bytes: Buffer | string, options?: ReadOptions) => readFile(bytes, { name: '地块.geojson', ...options });
const refusal = (bytes: Buffer | string, options?: ReadOptions) =>
  refuseFile(bytes, { name: '地块.geojson', ...options });

const square = (lon = 108.78, lat = 28.83, size = 0.001) => [
  [lon, lat],
  [lon + size, lat],
  [lon + size, lat + size],
  [lon, lat + size],
  [lon, lat],
];
const polygon = (...rings: number[][][]) => ({ type: 'Polygon', coordinates: rings.length > 0 ? rings : [square()] });
const feature = (properties: unknown = {}, geometry: unknown = polygon(), more: object = {}) => ({
  type: 'Feature',
  properties,
  geometry,
  ...more,
});
const collection = (features: unknown[], more: object = {}) =>
  JSON.stringify({ type: 'FeatureCollection', ...more, features });
const crs = (name: string) => ({ crs: { type: 'name', properties: { name } } });
/** A collection of one feature whose properties are this very text. */
const raw = (properties: string) =>
  `{"type":"FeatureCollection","features":[{"type":"Feature","properties":${properties},"geometry":${JSON.stringify(polygon())}}]}`;

describe('what is taken', () => {
  it('a FeatureCollection: rows in order, WGS 84 equal to CGCS2000, no warning', async () => {
    const { report, rows } = await read(
      collection([feature({ DKBH: '1号', MJ: 1.5 }), feature({ DKBH: '2号', MJ: 2 }, polygon(square(108.79)))]),
    );
    expect(report).toMatchObject({
      format: 'geojson',
      feature_count: 2,
      layers: [{ name: '地块', feature_count: 2 }],
      crs: { srid: 4490, epsg_found: 4326, source: 'geojson' },
      encoding: { encoding: 'UTF-8', declared: null, source: 'format' },
      warnings: [],
    });
    expect(report.fields).toEqual([
      { name: 'DKBH', type: 'text' },
      { name: 'MJ', type: 'number' },
    ]);
    expect(report.bbox).toEqual([108.78, 28.83, 108.79 + 0.001, 28.83 + 0.001]);
    expect(rows.map((r) => [r.row, r.source_file, r.attributes])).toEqual([
      [1, '地块.geojson', { DKBH: '1号', MJ: 1.5 }],
      [2, '地块.geojson', { DKBH: '2号', MJ: 2 }],
    ]);
    expect(polygonsIn(rows[1]!.wkb!)).toEqual([[square(108.79)]]);
  });
  it('members in any order, white space, a byte-order mark, crs after the features', async () => {
    const text = `\uFEFF \n{ "features" : [ ${JSON.stringify(feature({ a: 1 }, polygon(square(577_000, 3_192_000, 100))), null, 2)} ] ,\n "name":"x", "crs": ${JSON.stringify(crs('EPSG:4545').crs)}, "type" : "FeatureCollection" }\n`;
    expect((await read(text)).report.crs).toMatchObject({ srid: 4545, source: 'geojson' });
  });
  it('one Feature, one bare geometry, a bare collection of geometries with a row each', async () => {
    expect((await read(JSON.stringify(feature({ a: 'x' })))).rows.map((r) => r.attributes)).toEqual([{ a: 'x' }]);
    expect((await read(JSON.stringify(polygon()))).report.feature_count).toBe(1);
    const { rows } = await read(
      JSON.stringify({ type: 'GeometryCollection', geometries: [polygon(), polygon(square(108.79))] }),
    );
    expect(rows.map((r) => [r.row, polygonsIn(r.wkb!)[0]![0]![0]])).toEqual([
      [1, [108.78, 28.83]],
      [2, [108.79, 28.83]],
    ]);
  });
  it('holes as the file has them, several polygons, a third dimension left out, a collection inside a feature', async () => {
    const hole = square(108.7802, 28.8302, 0.0002);
    const multi = { type: 'MultiPolygon', coordinates: [[square(), hole], [square(108.79).map((p) => [...p, 512.5])]] };
    const { rows } = await read(
      collection([feature({}, multi), feature({}, { type: 'GeometryCollection', geometries: [polygon(), multi] })]),
    );
    expect(polygonsIn(rows[0]!.wkb!)).toEqual([[square(), hole], [square(108.79)]]);
    expect(polygonsIn(rows[1]!.wkb!).length).toBe(3);
  });
  it('features without geometry stay rows', async () => {
    const empty = [
      null,
      polygon([]),
      { type: 'Polygon', coordinates: [] },
      { type: 'MultiPolygon', coordinates: [] },
    ].map((geometry) => feature({}, geometry));
    const { rows } = await read(collection([feature(), ...empty, { type: 'Feature', properties: null }]));
    expect(rows.map((r) => r.wkb === null)).toEqual([false, true, true, true, true, true]);
  });
  it('UTF-16 with its mark, and GBK where a person says so', async () => {
    const text = collection([feature({ DKMC: '旱地' })]);
    for (const bytes of [Buffer.from(`\uFEFF${text}`, 'utf16le'), Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()]) {
      const { report, rows } = await read(bytes);
      expect(report.encoding).toMatchObject({ source: 'content' });
      expect(rows[0]!.attributes).toEqual({ DKMC: '旱地' });
    }
    expect((await read(iconv.encode(text, 'gbk'), { encoding: 'GBK' })).rows[0]!.attributes).toEqual({ DKMC: '旱地' });
  });
  it('metres without a crs member are inferred with a warning', async () => {
    const { report } = await read(collection([feature({}, polygon(square(36_577_000, 3_192_000, 100)))]));
    expect(report.crs).toMatchObject({ srid: 4524, source: 'inferred' });
    expect(report.warnings).toMatchObject([{ code: 'crs-inferred' }]);
  });
  it('20,000 features, streamed', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => feature({ i }, polygon(square(108 + i / 1e5))));
    const { report, rows } = await read(collection(many));
    expect(report.feature_count).toBe(20_000);
    expect(rows.every((r, i) => r.attributes['i'] === i && r.wkb!.readDoubleLE(22) === 108 + i / 1e5)).toBe(true);
  });
});

describe('values', () => {
  it('long identifiers keep their letters, and so does their whole column', async () => {
    const text = `{"type":"FeatureCollection","features":[{"type":"Feature","id":500242123456789012,"properties":{"BSM":5002421234567890123,"MJ":1.50},"geometry":${JSON.stringify(polygon())}},{"type":"Feature","id":7,"properties":{"BSM":12,"MJ":0.30000000000000004},"geometry":null}]}`;
    const { report, rows } = await read(text);
    expect(rows.map((r) => r.attributes)).toEqual([
      { BSM: '5002421234567890123', MJ: 1.5, id: '500242123456789012' },
      { BSM: '12', MJ: 0.30000000000000004, id: '7' },
    ]);
    expect(report.fields.map((f) => [f.name, f.type])).toEqual([
      ['BSM', 'text'],
      ['MJ', 'number'],
      ['id', 'text'],
    ]);
  });
  it('an id of the feature does not displace a property of that name', async () => {
    expect(
      (await read(collection([feature({ ID: 'mine' }, polygon(), { id: 'theirs' })]))).rows[0]!.attributes,
    ).toEqual({ ID: 'mine' });
  });
  it('columns of several kinds are text, of nested values json, missing ones null', async () => {
    const { report, rows } = await read(
      collection([
        feature({ a: 1.5, b: true, c: { x: [1, '2'] } }),
        feature({ a: 'x', b: false, d: null }),
        feature({ c: 3 }),
      ]),
    );
    expect(report.fields).toEqual([
      { name: 'a', type: 'text' },
      { name: 'b', type: 'boolean' },
      { name: 'c', type: 'json' },
      { name: 'd', type: 'text' },
    ]);
    expect(rows.map((r) => r.attributes)).toEqual([
      { a: '1.5', b: true, c: { x: [1, '2'] }, d: null },
      { a: 'x', b: false, c: null, d: null },
      { a: null, b: null, c: 3, d: null },
    ]);
  });
  it('long numbers inside nested values are text too', async () => {
    expect((await read(raw('{"c":{"coordinates":[5002421234567890123]}}'))).rows[0]!.attributes).toEqual({
      c: { coordinates: ['5002421234567890123'] },
    });
  });
  it('__proto__ is a name like any other, under another name', async () => {
    const { report, rows } = await read(raw('{"__proto__":{"polluted":true,"__proto__":1},"constructor":"x"}'));
    expect(rows[0]!.attributes).toEqual({ proto__: { polluted: true, proto__: 1 }, constructor: 'x' });
    expect(Object.getPrototypeOf(rows[0]!.attributes)).toBe(Object.prototype);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(report.warnings).toMatchObject([{ code: 'field-renamed' }]);
  });
  it('NUL and lone surrogates are taken out with a warning, pairs stay', async () => {
    const { report, rows } = await read(raw('{"a":"x\\u0000y\\ud800z\\udc00","b":"\\ud840\\udc00\\u6751"}'));
    expect(rows[0]!.attributes).toEqual({ a: 'xyz', b: '𠀀村' });
    expect(report.warnings).toMatchObject([{ code: 'text-cleaned', where: { row: 1 } }]);
  });
});

describe('what is refused, with the row', () => {
  const good = feature();
  it.each<[string, string, string, object]>([
    [
      'a syntax error',
      `{"type":"FeatureCollection","features":[${JSON.stringify(good)},{"type":"Feature",}]}`,
      'geojson-invalid',
      { row: 2 },
    ],
    [
      'NaN as a number',
      `{"type":"FeatureCollection","features":[${JSON.stringify(good)},{"type":"Feature","properties":{"a":NaN},"geometry":null}]}`,
      'geojson-invalid',
      { row: 2 },
    ],
    [
      '1e999 as a coordinate',
      collection([good, feature()]).replace(/(.*)28\.83/s, '$11e999'),
      'coordinate-invalid',
      { row: 2 },
    ],
    ['1e999 as a value', raw('{"MJ":1e999}'), 'geojson-invalid', { row: 1, field: 'MJ' }],
    [
      'null as a coordinate',
      collection([
        good,
        feature(
          {},
          polygon([
            [108, null as never],
            [1, 2],
            [3, 4],
            [108, 28],
          ]),
        ),
      ]),
      'coordinate-invalid',
      { row: 2 },
    ],
    [
      'text as a coordinate',
      collection([
        good,
        feature(
          {},
          polygon([
            ['108' as never, 28],
            [1, 2],
            [3, 4],
            [108, 28],
          ]),
        ),
      ]),
      'geojson-invalid',
      { row: 2 },
    ],
    ['a position of one number', collection([feature({}, polygon([[108], [1, 2]]))]), 'geojson-invalid', { row: 1 }],
    [
      'coordinates of the wrong depth',
      collection([feature({}, { type: 'Polygon', coordinates: square() })]),
      'geojson-invalid',
      { row: 1 },
    ],
    [
      'a point',
      collection([good, good, feature({}, { type: 'Point', coordinates: [108, 28] })]),
      'geometry-type',
      { row: 3 },
    ],
    [
      'a line in a collection',
      collection([
        feature({}, { type: 'GeometryCollection', geometries: [polygon(), { type: 'LineString', coordinates: [] }] }),
      ]),
      'geometry-type',
      { row: 1 },
    ],
    ['a feature that is none', collection([good, 7]), 'geojson-invalid', { row: 2 }],
    ['a geometry among the features', collection([polygon()]), 'geojson-invalid', { row: 1 }],
    ['a property twice', raw('{"a":1,"a":2}'), 'geojson-invalid', { row: 1 }],
    [
      'swapped axes',
      collection([good, feature({}, polygon(square(28.83, 108.78)))]),
      'coordinate-outside-crs',
      { row: 2 },
    ],
    ['another continent', collection([feature({}, polygon(square(1.5, 42.5)))]), 'coordinate-outside-crs', { row: 1 }],
    ['nesting of 33', raw(`{"a":${'['.repeat(29)}${']'.repeat(29)}}`), 'geojson-invalid', { row: 1 }],
  ])('%s', async (_, text, code, where) => {
    const problem = await refusal(text);
    expect(problem).toMatchObject({ code, where: { file: '地块.geojson', ...where } });
  });
  it('nesting of 32 is taken, of 100,000 does not overflow', async () => {
    expect((await read(raw(`{"a":${'['.repeat(28)}${']'.repeat(28)}}`))).report.feature_count).toBe(1);
    for (const text of [
      '['.repeat(100_000),
      `{"a":${'['.repeat(100_000)}`,
      raw(`{"a":${'{"b":'.repeat(100_000)}1${'}'.repeat(100_000)}}`),
    ])
      expect(await refusal(text)).toMatchObject({ code: 'geojson-invalid' });
  });
  it('limits hold: features, vertices, columns, bytes', async () => {
    const three = collection([good, good, good]);
    expect(await refusal(three, { limits: { features: 2 } })).toMatchObject({ code: 'too-many-features' });
    expect(await refusal(three, { limits: { verticesPerFeature: 4 } })).toMatchObject({
      code: 'too-large',
      where: { row: 1 },
    });
    expect(await refusal(three, { limits: { entryBytes: 100 } })).toMatchObject({ code: 'too-large' });
    expect(
      await refusal(collection([feature({ a: 1 }), feature({ b: 1 }), feature({ c: 1 })]), { limits: { fields: 2 } }),
    ).toMatchObject({ code: 'geojson-invalid', where: { row: 3 } });
  });
});

describe('what is no GeoJSON', () => {
  it.each([
    ['cut in the middle', collection([feature(), feature()]).slice(0, 200)],
    ['cut by one character', collection([feature()]).slice(0, -1)],
    ['an array', '[1,2]'],
    ['an object without type', '{"a":1}'],
    ['a collection without features', '{"type":"FeatureCollection"}'],
    ['a collection of null', '{"type":"FeatureCollection","features":null}'],
    ['another type over features', '{"type":"Features","features":[]}'],
    ['features twice', '{"type":"FeatureCollection","features":[],"features":[]}'],
    ['a line for each feature', `${JSON.stringify(feature())}\n${JSON.stringify(feature())}`],
    ['JavaScript', "{'type':'FeatureCollection'}"],
  ])('%s', async (_, text) => {
    expect(await refusal(text)).toMatchObject({ code: 'geojson-invalid', where: { file: '地块.geojson' } });
  });
  it('GBK bytes: the sentence says how to go on', async () => {
    const problem = await refusal(iconv.encode(collection([feature({ DKMC: '旱地' })]), 'gbk'));
    expect(problem.code).toBe('geojson-invalid');
    expect(problem.detail.zh).toMatch(/GB18030/);
  });
  it('Esri JSON and TopoJSON are named', async () => {
    const esri =
      '{"displayFieldName":"","geometryType":"esriGeometryPolygon","spatialReference":{"wkid":4524},"features":[{"attributes":{"a":1},"geometry":{"rings":[]}}]}';
    for (const [text, name] of [
      [esri, /Esri JSON/],
      ['{"type":"Topology","objects":{}}', /TopoJSON/],
    ] as const) {
      const problem = await refusal(text);
      expect(problem.code).toBe('format-unsupported');
      expect(problem.detail.zh).toMatch(name);
    }
  });
  it('no usable shape', async () => {
    for (const text of [collection([]), collection([feature({}, null)])])
      expect(await refusal(text)).toMatchObject({ code: 'geometry-empty' });
  });
  it('a crs on features or geometries, as PostGIS writes it, is heard like one on the file', async () => {
    const inside = (name: string) => feature({}, { ...polygon(), ...crs(name) });
    // longitude and latitude of Xian 80 differ from WGS 84 by some hundred metres and by nothing that shows
    expect(await refusal(collection([inside('EPSG:4610')]))).toMatchObject({ code: 'crs-unsupported-datum' });
    expect(await refusal(collection([feature({}, polygon(), crs('EPSG:4610'))]))).toMatchObject({
      code: 'crs-unsupported-datum',
    });
    const gathered = { type: 'GeometryCollection', geometries: [{ ...polygon(), ...crs('EPSG:4610') }] };
    expect(await refusal(collection([feature({}, gathered)]))).toMatchObject({ code: 'crs-unsupported-datum' });
    expect(await refusal(JSON.stringify({ ...polygon(), ...crs('EPSG:4610') }))).toMatchObject({
      code: 'crs-unsupported-datum',
    });
    const metres = { ...polygon(square(577_000, 3_192_000, 100)), ...crs('EPSG:4545') };
    const { report } = await read(collection([feature({}, metres), feature({}, null)]));
    expect(report).toMatchObject({ crs: { srid: 4545, source: 'geojson' }, warnings: [] });
    const spelled = collection([feature({}, metres)], crs('urn:ogc:def:crs:EPSG::4545'));
    expect((await read(spelled)).report.crs.srid).toBe(4545);
  });
  it('rows in different systems are a conflict that names the row', async () => {
    const inside = (name: string) => feature({}, { ...polygon(), ...crs(name) });
    expect(await refusal(collection([inside('EPSG:4490'), inside('EPSG:4326'), inside('EPSG:4610')]))).toMatchObject({
      code: 'crs-conflict',
      where: { file: '地块.geojson', row: 3 },
    });
    expect(await refusal(collection([feature(), inside('EPSG:4610')], crs('EPSG:4490')))).toMatchObject({
      code: 'crs-conflict',
      where: { row: 2 },
    });
  });
  it('a crs of another datum or of a link is refused, one that is contradicted is a conflict', async () => {
    const metres = feature({}, polygon(square(36_577_000, 3_192_000, 100)));
    expect(await refusal(collection([metres], crs('EPSG:2360')))).toMatchObject({ code: 'crs-unsupported-datum' });
    expect(
      await refusal(collection([metres], { crs: { type: 'link', properties: { href: 'http://127.0.0.1/' } } })),
    ).toMatchObject({ code: 'crs-unknown' });
    expect(await refusal(collection([metres], crs('EPSG:4524')), { srid: 4490 })).toMatchObject({
      code: 'crs-conflict',
    });
    expect((await read(collection([metres]), { srid: 4524 })).report.crs).toMatchObject({ srid: 4524, source: 'user' });
  });
});
