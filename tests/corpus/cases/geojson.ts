/** GeoJSON: cut, deep, repeated, odd letters and numbers, systems (T11–T14, T21). */
import iconv from 'iconv-lite';
import { makeZip } from '../../intake/make-zip.ts';
import { type Add, cuts, group, load, refuse } from '../case.ts';
import { collection, degrees, degreesM2, near, plotM2, swapped, twoM2 } from '../shapes.ts';

const file = '地块.geojson';
const good = collection();
const two = load(2, { m2: twoM2 });
const one = load(2, { m2: degreesM2(degrees(0)) });
const bad = (row?: number) => refuse('geojson-invalid', row === undefined ? { file } : { file, row });
/** the second feature has this geometry */
const second = (geometry: unknown) => collection([{}, { geometry }]);
const polygon = (coordinates: unknown) => ({ type: 'Polygon', coordinates });
const swap = (from: string, to: string) => swapped(good, from, to);
const crs = (name: string) => ({ crs: { type: 'name', properties: { name } } });
const metres = (more: object = {}) =>
  collection(
    [0, 1].map((n) => ({ geometry: polygon(near(n)) })),
    more,
  );
const deep = (n: number, open = '[', shut = ']') => open.repeat(n) + shut.repeat(n);

export const geojson = group('geojson', { to: 'parcel-set', file, fields: {} }, (add) => {
  for (const at of cuts(good.length)) add(`cut after ${at} of ${good.length} letters`, good.slice(0, at), bad());
  syntax(add);
  letters(add);
  structure(add);
  numbers(add);
  systems(add);
});

function syntax(add: Add): void {
  add('its last brace is missing', good.slice(0, -1), bad());
  add('text behind its end', `${good} {}`, bad());
  add(
    'a feature a line',
    collection().slice(0, -2).split('"features":[')[1]!.replace('},{"type":"Feature"', '}\n{"type":"Feature"'),
    bad(),
  );
  add('a comment', `/* 地块 */ ${good}`, refuse(['geojson-invalid'], { file }));
  add('a comment within', swap('"features"', '/* x */ "features"'), bad());
  add('single quotes', good.replaceAll('"', "'"), bad());
  add('a comma too many', swap('}]}', '},]}'), bad());
  add('a comma missing', swap('},{"type":"Feature"', '} {"type":"Feature"'), bad());
  add('an array', `[${good}]`, bad());
  add('a text', '"FeatureCollection"', bad());
  add('an object of nothing', '{}', bad());
  add('100,000 brackets in its geometry', swap(JSON.stringify([degrees(0)]), deep(100_000)), bad(1));
  add(
    '100,000 braces in its properties',
    swap('{"DKBH":"G1"}', deep(100_000, '{"a":', '}').replace('{"a":}', '{}')),
    bad(1),
  );
  add('a million brackets and no end', '['.repeat(1_000_000), bad());
  add('a million brackets before its features', `{"a":${'['.repeat(1_000_000)}`, bad());
  add('nested 40 deep in properties', swap('"G1"', deep(40)), bad(1));
  add('nested 20 deep in properties', swap('"G1"', deep(20)), load(2));
  for (const [what, from] of [
    ['features', '"features":'],
    ['the type', '"type":"FeatureCollection"'],
  ] as const)
    add(
      `${what} twice at the top`,
      swap(from, from === '"features":' ? '"features":[],"features":' : `${from},${from}`),
      bad(),
    );
  add('the geometry twice', swap('"geometry":', '"geometry":null,"geometry":'), bad(1));
  add('a property twice', swap('"DKBH":"G1"', '"DKBH":"G1","DKBH":"G9"'), bad(1));
  add('the coordinates twice', swap('"coordinates":', '"coordinates":[],"coordinates":'), bad(1));
  add('a property twice, once escaped', swap('"DKBH":"G1"', '"DKBH":"G1","\\u0044KBH":"G9"'), bad(1));
  add('TopoJSON', '{"type":"Topology","objects":{},"arcs":[]}', refuse('format-unsupported', { file }));
  add(
    'Esri JSON',
    '{"geometryType":"esriGeometryPolygon","spatialReference":{"wkid":4490},"features":[{"attributes":{},"geometry":{"rings":[]}}]}',
    refuse(['format-unsupported', 'geojson-invalid'], { file }),
  );
  add('a service that answers an error', '{"error":{"code":498,"message":"Invalid Token"}}', bad());
}

function letters(add: Add): void {
  add('a mark of UTF-8', `\uFEFF${good}`, two);
  add('UTF-16, little end first', Buffer.from(`\uFEFF${good}`, 'utf16le'), two);
  add('UTF-16, big end first', Buffer.from(`\uFEFF${good}`, 'utf16le').swap16(), two);
  add(
    'UTF-16 cut in half a letter',
    Buffer.from(`\uFEFF${good}`, 'utf16le').subarray(0, -1),
    refuse(['geojson-invalid', 'encoding-undetermined'], { file }),
  );
  const chinese = collection([{ properties: { DKBH: '一号' } }, { properties: { DKBH: '二号' } }]);
  add('GBK that nobody tells', iconv.encode(chinese, 'gbk'), bad());
  add(
    'GBK that a person tells',
    iconv.encode(chinese, 'gbk'),
    load(2, { decided: { encoding: { encoding: 'GB18030' } } }),
    { fields: { encoding: 'GBK' } },
  );
  add(
    'bytes that are no UTF-8 far behind',
    Buffer.concat([
      Buffer.from(
        collection(Array.from({ length: 3000 }, (_, n) => ({ properties: { DKBH: `${n}`, x: 'x'.repeat(80) } }))).slice(
          0,
          -3,
        ),
      ),
      Buffer.from([0xff, 0xfe]),
    ]),
    bad(),
  );
  const valued = (what: string, json: string, expected = two) => add(what, swap('"G1"', json), expected);
  valued('NUL in a value', '"a\\u0000b"', load(2, { told: ['text-cleaned'] }));
  valued('half a surrogate pair in a value', '"a\\ud800b"', load(2, { told: ['text-cleaned'] }));
  valued('the halves of a pair in the wrong order', '"\\udc00\\ud800"', load(2, { told: ['text-cleaned'] }));
  valued('a whole pair', '"\\ud840\\udc00村"');
  valued('nothing but NUL', '"\\u0000\\u0000"', load(2, { told: ['text-cleaned'] }));
  add('a raw control character', swap('"G1"', '"a\x01b"'), bad(1));
  add('a raw line end in a text', swap('"G1"', '"a\nb"'), bad(1));
  add('an escape that is none', swap('"G1"', '"a\\xb"'), bad(1));
  add('half an escape', swap('"G1"', '"\\u12"'), bad(1));
  add('escaped control characters', swap('"G1"', '"a\\u0001\\u001b[2J"'), load(2));
  add('NUL and half a pair in names', swap('"DKBH"', '"M\\u0000C":1,"x\\ud800":1,"DKBH"'), load(2));
  add('a name of nothing', swap('"DKBH":"G1"', '"":1,"DKBH":"G1"'), load(2, { told: ['field-renamed'] }));
  add(
    'names of every object',
    swap(
      '"DKBH":"G1"',
      '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":1}},"hasOwnProperty":1,"toString":null,"DKBH":"G1"',
    ),
    load(2, { told: ['field-renamed'] }),
  );
  add('the prototype deep in a value', swap('"G1"', '{"a":[{"__proto__":{"polluted":1}}]}'), load(2));
  add(
    'the prototype as a member of a feature',
    swap('"properties":', '"__proto__":{"geometry":null},"properties":'),
    two,
  );
  add(
    'names and values in SQL',
    swap('"DKBH":"G1"', `"x\\" from parcel; drop table parcel; --":"'); delete from job; --","DKBH":"G1"`),
    two,
  );
  add('a name of 10,000 letters', swap('"DKBH":"G1"', `"${'长'.repeat(10_000)}":1,"DKBH":"G1"`), load(2));
  add('a value of two megabytes', swap('"G1"', `"G1","x":"${'y'.repeat(2_000_000)}"`), two);
  add('an id of 100,000 letters', swap('"G1"', `"${'9'.repeat(100_000)}"`), load(2));
  add(
    '2,100 different properties',
    collection([{ properties: Object.fromEntries(Array.from({ length: 2100 }, (_, i) => [`p${i}`, i])) }]),
    bad(1),
  );
}

function structure(add: Add): void {
  add('no features', '{"type":"FeatureCollection"}', bad());
  add('features that are an object', '{"type":"FeatureCollection","features":{}}', bad());
  add('features that are null', '{"type":"FeatureCollection","features":null}', bad());
  add('an empty list of features', collection([]), refuse('geometry-empty', { file }));
  add('a feature that is null', swap('"features":[', '"features":[null,'), bad(1));
  add('a feature that is a number', swap('"features":[', '"features":[17,'), bad(1));
  add('a feature of another type', swap('"type":"Feature",', '"type":"Fetaure",'), bad(1));
  add('a feature without a type', swap('"type":"Feature",', ''), bad(1));
  add('properties that are a list', swap('{"DKBH":"G1"}', '[1]'), bad(1));
  add(
    'properties that are null',
    collection([{ properties: null }, { properties: null }]),
    load(2, { told: ['parcel-id-missing'] }),
  );
  add('a geometry that is text', second('POLYGON((0 0))'), bad(2));
  add('a geometry that is null', second(null), load(2, { m2: degreesM2(degrees(0)), told: ['shape-empty'] }));
  add(
    'geometries that are all null',
    collection([{ geometry: null }, { geometry: null }]),
    refuse('geometry-empty', { file }),
  );
  add(
    'no geometry',
    swap(`"geometry":{"type":"Polygon","coordinates":${JSON.stringify([degrees(0)])}}`, '"x":1'),
    load(2),
  );
  for (const type of ['Point', 'LineString', 'MultiPoint', 'Curve', 'polygon', ''])
    add(
      `a ${type || 'nameless'} geometry`,
      second({ type, coordinates: [108, 28] }),
      refuse('geometry-type', { file, row: 2 }),
    );
  for (const coordinates of [
    null,
    'x',
    {},
    [[[]]],
    [108, 28],
    [[108, 28]],
    [[[108], [109], [108]]],
    [
      [
        ['108', '28'],
        ['109', '28'],
        ['109', '29'],
        ['108', '28'],
      ],
    ],
  ])
    add(`coordinates ${JSON.stringify(coordinates)}`, second(polygon(coordinates)), bad(2));
  add('coordinates of an empty list', second(polygon([])), load(2, { told: ['shape-empty'] }));
  add('a ring of an empty list', second(polygon([[]])), load(2, { told: ['shape-empty'] }));
  add('no coordinates', second({ type: 'Polygon' }), bad(2));
  add('a polygon nested as if it were two', second(polygon([[degrees(1)]])), bad(2));
  add('a collection of polygons', second({ type: 'GeometryCollection', geometries: [polygon([degrees(1)])] }), two);
  add(
    'a collection of polygons and a point',
    second({
      type: 'GeometryCollection',
      geometries: [polygon([degrees(1)]), { type: 'Point', coordinates: [108, 28] }],
    }),
    refuse('geometry-type', { file, row: 2 }),
  );
  add(
    'collections ten deep',
    second(
      Array.from({ length: 10 }).reduce<object>(
        (inner) => ({ type: 'GeometryCollection', geometries: [inner] }),
        polygon([degrees(1)]),
      ),
    ),
    two,
  );
  add(
    'a MultiPolygon',
    second({ type: 'MultiPolygon', coordinates: [[degrees(1)], [degrees(2)]] }),
    load(2, { m2: degreesM2(degrees(0), degrees(1), degrees(2)) }),
  );
  add('a ring that is not closed', second(polygon([degrees(1).slice(0, 4)])), two);
  add('a ring of two points', second(polygon([degrees(1).slice(0, 2)])), one);
  add(
    'one feature',
    JSON.parse(good).features.map((f: object) => JSON.stringify(f))[0],
    load(1, { m2: degreesM2(degrees(0)) }),
  );
  add('a bare polygon', JSON.stringify(polygon([degrees(0)])), load(1, { m2: degreesM2(degrees(0)) }));
  add('heights and measures', second(polygon([degrees(1).map(([x, y]) => [x, y, 812.5, 7])])), two);
  // heights are left out whatever they are
  add('a height that is text', second(polygon([degrees(1).map(([x, y]) => [x, y, 'high'])])), two);
  add(
    'members of its own',
    collection(undefined, { name: 'x', bbox: [0, 0, 0, 0], foo: { a: [1, 2, { b: null }] } }),
    two,
  );
  add('an id that is an object', collection([{ more: { id: { a: 1 } } }, { more: { id: [1] } }]), load(2));
  add('it in a zip', makeZip([{ name: '数据/地块.geojson', data: Buffer.from(good) }]), two, { file: '地块.zip' });
  add(
    '500,001 features, in a zip',
    () =>
      makeZip([
        {
          name: 'a.geojson',
          data: Buffer.from(
            `{"type":"FeatureCollection","features":[${'{"type":"Feature","properties":{},"geometry":null},'.repeat(500_000)}{"type":"Feature","properties":{},"geometry":null}]}`,
          ),
        },
      ]),
    refuse('too-many-features', { file: 'a.geojson' }),
    { file: '地块.zip' },
  );
}

function numbers(add: Add): void {
  const vertex = (what: string, json: string, expected: ReturnType<typeof refuse> | ReturnType<typeof load>) =>
    add(`a coordinate ${what}`, swapped(second(polygon([degrees(1)])), '[108.003,28.801]', json), expected);
  const invalid = refuse('coordinate-invalid', { file, row: 2 });
  const outside = refuse('coordinate-outside-crs', { file, row: 2 });
  vertex('1e999', '[1e999,28.8]', invalid);
  vertex('-1e999', '[108.003,-1e999]', invalid);
  vertex('1e300', '[1e300,1e300]', invalid);
  vertex('null', '[null,28.8]', invalid);
  vertex('NaN', '[NaN,28.8]', bad(2));
  vertex('Infinity', '[Infinity,28.8]', bad(2));
  vertex('text', '["108.003",28.801]', bad(2));
  vertex('true', '[true,28.801]', bad(2));
  vertex('with a plus', '[+108.003,28.801]', bad(2));
  vertex('with a zero before it', '[0108.003,28.801]', bad(2));
  vertex('of hexadecimal', '[0x6c,28.801]', bad(2));
  vertex('0, 0', '[0,0]', outside);
  vertex('-0', '[108.003,-0.0]', outside);
  vertex('of other axes', '[28.801,108.003]', outside);
  vertex('of the other half of the earth', '[-71.997,28.801]', outside);
  vertex('of a thousand digits', `[108.003${'0'.repeat(1000)}1,28.801]`, two);
  vertex('as a power', '[1.08003e2,2.8801E+1]', two);
  add(
    'all axes exchanged',
    collection([{ geometry: polygon([degrees(0).map(([x, y]) => [y, x])]) }]),
    refuse('coordinate-outside-crs', { file, row: 1 }),
  );
  add('a property of 1e999', swap('"G1"', '1e999'), refuse('geojson-invalid', { file, row: 1, field: 'DKBH' }));
  add('ids of 18 digits as numbers', swap('"G1"', '500242000000000001'), two);
}

function systems(add: Add): void {
  const metresM2 = load(2, { m2: 2 * plotM2 });
  add('EPSG:4524', metres(crs('EPSG:4524')), metresM2);
  add('a urn of EPSG:4524', metres(crs('urn:ogc:def:crs:EPSG::4524')), metresM2);
  add('CRS84', collection(undefined, crs('urn:ogc:def:crs:OGC:1.3:CRS84')), two);
  add('a crs of null', collection(undefined, { crs: null }), two);
  add(
    'a crs on each geometry, as PostGIS writes it',
    metres().replaceAll('"type":"Polygon"', '"type":"Polygon","crs":{"type":"name","properties":{"name":"EPSG:4524"}}'),
    metresM2,
  );
  add('no crs, and metres of one zone', metres(), load(2, { m2: 2 * plotM2, told: ['crs-inferred'] }));
  add('Xian 80', metres(crs('EPSG:2360')), refuse('crs-unsupported-datum', { file }));
  add('Beijing 54 in degrees', collection(undefined, crs('EPSG:4214')), refuse('crs-unsupported-datum', { file }));
  add(
    'Xian 80 on one geometry',
    second({ ...polygon([degrees(1)]), crs: crs('EPSG:4610').crs }),
    refuse(['crs-unsupported-datum', 'crs-conflict'], { file }),
  );
  add(
    'two systems in two features',
    collection([{ more: crs('EPSG:4490') }, { more: crs('EPSG:4524') }]),
    refuse('crs-conflict', { file, row: 2 }),
  );
  add(
    'a link',
    collection(undefined, { crs: { type: 'link', properties: { href: 'http://127.0.0.1:1/x', type: 'proj4' } } }),
    refuse('crs-unknown', { file }),
  );
  add(
    'a pipeline of PROJ',
    collection(undefined, crs('+proj=longlat +nadgrids=/etc/passwd')),
    refuse('crs-unknown', { file }),
  );
  add('a system that is not', collection(undefined, crs('EPSG:99999999')), refuse('crs-unknown', { file }));
  add('a crs of 100,000 letters', collection(undefined, crs('E'.repeat(100_000))), bad());
  add('a crs that is a list', collection(undefined, { crs: [1, 2] }), refuse('crs-unknown', { file }));
  add('degrees under a plane', collection(undefined, crs('EPSG:4524')), refuse('coordinate-outside-crs', { file }));
}
