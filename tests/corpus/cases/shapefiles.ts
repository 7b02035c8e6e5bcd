/** Shapefiles whose members are cut, lie or disagree (T7–T11). The prj and the text are in shapefile-words.ts. */
import { box, type LayerParts, makeShp, type Point } from '../../intake/make-shapefile.ts';
import { seeded } from '../../support/seeded.ts';
import { type Add, cuts, group, load, refuse } from '../case.ts';
import { east, near, north, plotM2, zipped } from '../shapes.ts';

const two = load(2, { m2: 2 * plotM2 });
const one = load(2, { m2: plotM2 });
const shp = { file: 'parcels.shp' };
const dbf = { file: 'parcels.dbf' };
/** the members as made, with one of them changed */
const changed = (end: string, change: (bytes: Buffer) => Buffer | undefined, parts: LayerParts = {}) =>
  zipped({
    ...parts,
    change: (files) => {
      const copy = Buffer.from(files[end]!);
      files[end] = change(copy) ?? copy;
    },
  });
const second = (shape: Point[][] | null, more: LayerParts = {}) => zipped({ shapes: [near(0), shape], ...more });
const ring = (points: Point[]): Point[][] => [points];
const at = (x: number, y: number): Point => [east + 150 + x, north + y];

export const shapefiles = group('shapefile', { to: 'parcel-set', file: '地块.zip', fields: {} }, (add) => {
  members(add);
  records(add);
  tables(add);
  numbers(add);
  shapes(add);
});

function members(add: Add): void {
  const length = makeShp([near(0), near(1)]).shp.length;
  for (const end of [0, 3, 99, 100, 104, 120, ...cuts(length).slice(-8)])
    add(
      `.shp cut after ${end} of ${length} bytes`,
      changed('shp', (b) => b.subarray(0, end)),
      refuse('shapefile-corrupt', shp),
    );
  for (const end of [0, 50, 99, 100, 105, 108])
    add(
      `.shx cut after ${end} bytes`,
      changed('shx', (b) => b.subarray(0, end)),
      refuse('shapefile-corrupt', shp),
    );
  for (const end of [0, 20, 40, 64])
    add(
      `.dbf cut after ${end} bytes`,
      changed('dbf', (b) => b.subarray(0, end)),
      refuse('shapefile-corrupt', dbf),
    );
  for (const end of [66, 80, 90])
    add(
      `.dbf cut after ${end} bytes, in its rows`,
      changed('dbf', (b) => b.subarray(0, end)),
      refuse('dbf-mismatch', dbf),
    );
  add('no .shx', zipped({ without: ['shx'] }), load(2, { m2: 2 * plotM2, told: ['shx-missing'] }));
  add('no .dbf', zipped({ without: ['dbf'] }), refuse('dbf-missing', shp));
  add('no .shp', zipped({ without: ['shp'] }), refuse('no-shapefile'));
  add('an encrypted .shp (file code 1234)', zipped({ shp: { fileCode: 1234 } }), refuse('shapefile-encrypted', shp));
  add(
    'a .shp of noise',
    changed('shp', (b) => Buffer.from(b.map((_, i) => (i * 77) ^ 0x5a))),
    refuse('shapefile-encrypted', shp),
  );
  add(
    'a .dbf of noise',
    changed('dbf', (b) => Buffer.from(b.map((_, i) => (i * 77) ^ 0x5a))),
    refuse(['shapefile-corrupt', 'dbf-mismatch'], dbf),
  );
  add(
    'a .shx of noise',
    changed('shx', (b) => Buffer.from(b.map((_, i) => (i * 77) ^ 0x5a))),
    refuse('shapefile-corrupt', shp),
  );
  add(
    '.shp and .shx exchanged',
    zipped({
      change: (f) => {
        [f['shp'], f['shx']] = [f['shx']!, f['shp']!];
      },
    }),
    refuse(['shapefile-corrupt', 'geometry-type', 'geometry-empty']),
  );
  add(
    '.shx of another order',
    changed('shx', (b) => {
      const [a, c] = [Buffer.from(b.subarray(100, 108)), Buffer.from(b.subarray(108, 116))];
      c.copy(b, 100);
      a.copy(b, 108);
    }),
    refuse('shapefile-corrupt', { ...shp, row: 1 }),
  );
  add(
    '.shx that points into the middle',
    changed('shx', (b) => void b.writeInt32BE(60, 108)),
    refuse('shapefile-corrupt', { ...shp, row: 2 }),
  );
  add(
    '.shx of two records that are one',
    changed('shx', (b) => void b.copy(b, 108, 100, 108)),
    refuse('shapefile-corrupt', { ...shp, row: 2 }),
  );
  add(
    '.shx that points beyond the end',
    changed('shx', (b) => void b.writeInt32BE(0x7fffffff, 100)),
    refuse('shapefile-corrupt', { ...shp, row: 1 }),
  );
  add(
    '.shx with a record more',
    changed('shx', (b) => {
      b.writeInt32BE((b.length + 8) / 2, 24);
      return Buffer.concat([b, b.subarray(108)]);
    }),
    refuse('shapefile-corrupt', shp),
  );
  add(
    '.shx with a record fewer',
    changed('shx', (b) => {
      b.writeInt32BE((b.length - 8) / 2, 24);
      return b.subarray(0, 108);
    }),
    refuse('shapefile-corrupt', shp),
  );
}

function records(add: Add): void {
  const corrupt = (row?: number) => refuse('shapefile-corrupt', row === undefined ? shp : { ...shp, row });
  for (const [what, bytes] of Object.entries({
    nothing: 0,
    'a byte more': 374,
    '2 GB': 0x7ffffffe,
    'a negative length': -100,
  }))
    add(`.shp that states ${what}`, zipped({ shp: { statedBytes: bytes } }), corrupt());
  add(
    'version 999',
    changed('shp', (b) => void b.writeInt32LE(999, 28)),
    corrupt(),
  );
  add('records that count from 0', zipped({ shp: { recordNumber: (i) => i } }), two);
  add('a record number twice', zipped({ shp: { recordNumber: () => 1 } }), corrupt(2));
  add('record numbers in reverse', zipped({ shp: { recordNumber: (i) => 2 - i } }), corrupt());
  add('record numbers of noise', zipped({ shp: { recordNumber: (i) => 0x7f00_0000 + i } }), corrupt());
  for (const bytes of [0, 2, 20, 40, 200, 0x7ffffffe, -8])
    add(
      `a record that states ${bytes} bytes`,
      zipped({ shp: { contentBytes: (real, i) => (i === 1 ? bytes : real) } }),
      corrupt(bytes === 40 || bytes === 20 ? undefined : 2),
    );
  const lie = (offset: number, value: number) =>
    zipped({
      shp: {
        patch: (content, i) => {
          if (i === 1) content.writeInt32LE(value, offset);
          return content;
        },
      },
    });
  for (const parts of [-1, 0, 2, 7, 0x7fffffff])
    add(`a record of ${parts} parts that has one`, lie(36, parts), corrupt(2));
  for (const points of [-1, 0, 4, 6, 0x7fffffff])
    add(`a record of ${points} points that has five`, lie(40, points), corrupt(2));
  for (const start of [-1, 1, 5, 0x7fffffff]) add(`a first part that begins at ${start}`, lie(44, start), corrupt(2));
  add(
    'parts out of order',
    zipped({
      shapes: [near(0), [...near(1), ...near(2)]],
      shp: {
        patch: (c, i) => {
          if (i === 1) {
            c.writeInt32LE(8, 44);
            c.writeInt32LE(2, 48);
          }
          return c;
        },
      },
    }),
    corrupt(2),
  );
  for (const type of [1, 3, 15, 31, 99]) add(`a shape of type ${type} among polygons`, lie(0, type), corrupt(2));
  for (const type of [1, 3, 8, 11, 13, 18, 21, 23, 28, 31, 7])
    add(
      `a file of shapes of type ${type}`,
      changed('shp', (b) => void b.writeInt32LE(type, 32)),
      refuse('geometry-type', shp),
    );
  add('a file of the type of no shape', zipped({ shapes: [null, null], shp: { type: 0 } }), refuse('geometry-empty'));
  add('polygons with heights', zipped({ shp: { type: 15 } }), two);
  add('polygons with measures', zipped({ shp: { type: 25 } }), two);
  add(
    'a box of NaN in the head',
    changed('shp', (b) => void b.fill(0xff, 36, 100)),
    two,
  );
  add(
    'a record of 2,000,001 points',
    () => {
      const { shp: made } = makeShp([near(0)]);
      const content = Buffer.alloc(48 + 16 * 2_000_001);
      made.copy(content, 0, 108, 156);
      content.writeInt32LE(2_000_001, 40);
      return zipped({ shapes: [near(0)], shp: { patch: () => content } });
    },
    refuse('too-large', { ...shp, row: 1 }),
  );
  add(
    '500,001 rows',
    () => {
      const n = 500_001;
      const body = Buffer.alloc(12 * n);
      for (let i = 0; i < n; i++) {
        body.writeInt32BE(i + 1, 12 * i);
        body.writeInt32BE(2, 12 * i + 4);
      }
      const head = makeShp([]).shp;
      head.writeInt32BE((100 + body.length) / 2, 24);
      return zipped({
        columns: [{ name: 'A', width: 1 }],
        rows: [],
        without: ['shx'],
        change: (f) => {
          f['shp'] = Buffer.concat([head, body]);
          const table = f['dbf']!;
          table.writeUInt32LE(n, 4);
          f['dbf'] = Buffer.concat([table.subarray(0, -1), Buffer.alloc(2 * n, ' ')]);
        },
      });
    },
    refuse('too-many-features', shp),
  );
}

function tables(add: Add): void {
  add('fewer rows than shapes', zipped({ rows: [['P1']] }), refuse('dbf-mismatch', dbf));
  add('more rows than shapes', zipped({ rows: [['P1'], ['P2'], ['P3']] }), refuse('dbf-mismatch', dbf));
  for (const rows of [0, 1, 3, 1_000_000, 0xffffffff])
    add(
      `.dbf that states ${rows} rows and has two`,
      zipped({ dbf: { statedRows: rows } }),
      refuse('dbf-mismatch', dbf),
    );
  add(
    'a row deleted',
    zipped({ shapes: [near(0), near(1), near(2)], dbf: { deleted: [1] } }),
    load(2, { m2: 2 * plotM2, told: ['rows-deleted'] }),
  );
  add('every row deleted', zipped({ dbf: { deleted: [0, 1] } }), refuse('geometry-empty'));
  add(
    'data behind the rows',
    zipped({ dbf: { trailing: Buffer.from(`\x1a${'x'.repeat(100)}`) } }),
    refuse('dbf-mismatch', dbf),
  );
  add('zeros behind the rows', zipped({ dbf: { trailing: Buffer.alloc(2000) } }), two);
  add('no mark behind the rows', zipped({ dbf: { trailing: Buffer.alloc(0) } }), two);
  add(
    'no column at all',
    zipped({ columns: [], rows: [[], []] }),
    load(2, { m2: 2 * plotM2, told: ['parcel-id-missing'] }),
  );
  const patch = (
    what: string,
    change: (b: Buffer) => undefined,
    codes: 'shapefile-corrupt' | 'dbf-mismatch' = 'shapefile-corrupt',
  ) => add(what, changed('dbf', change), refuse(codes, dbf));
  patch('a head that states 0 bytes', (b) => void b.writeUInt16LE(0, 8));
  patch('a head that states 65,535 bytes', (b) => void b.writeUInt16LE(65_535, 8));
  patch('rows that state 0 bytes', (b) => void b.writeUInt16LE(0, 10));
  patch('rows that state a byte more', (b) => void b.writeUInt16LE(22, 10));
  patch('a column wider than its rows', (b) => void b.writeUInt8(250, 48));
  patch('a list of columns without end', (b) => void b.writeUInt8(0x41, 64));
  add(
    '500 columns',
    zipped({ columns: Array.from({ length: 500 }, (_, i) => ({ name: `F${i}`, width: 2 })), rows: [[], []] }),
    load(2, { m2: 2 * plotM2 }),
  );
  add(
    'types of columns that nobody knows',
    zipped({
      columns: [
        { name: 'DKBH' },
        { name: 'X', type: '?' },
        { name: 'MEMO', type: 'M', width: 10 },
        { name: 'G', type: 'G', width: 10 },
      ],
      rows: [
        ['P1', 'x', '1', '2'],
        ['P2', 'y', '3', '4'],
      ],
    }),
    load(2, { told: ['field-unreadable'] }),
  );
}

function numbers(add: Add): void {
  const odd = (what: string, x: number, y: number, code: 'coordinate-invalid' | 'coordinate-outside-crs') => {
    const points = box(east + 150, north, 100);
    points[2] = [x, y];
    add(`a vertex at ${what}`, second([points]), refuse(code, { ...shp, row: 2 }));
  };
  odd('NaN', Number.NaN, north, 'coordinate-invalid');
  odd('NaN northing', east, Number.NaN, 'coordinate-invalid');
  odd('infinity', Number.POSITIVE_INFINITY, north, 'coordinate-invalid');
  odd('minus infinity', east, Number.NEGATIVE_INFINITY, 'coordinate-invalid');
  odd('1e300', 1e300, 1e300, 'coordinate-invalid');
  odd('-1e308', -1e308, north, 'coordinate-invalid');
  odd('1e9', east, 1e9, 'coordinate-invalid');
  odd('-1.7e38, no value of ArcGIS', -1.7e38, -1.7e38, 'coordinate-invalid');
  odd('0, 0', 0, 0, 'coordinate-outside-crs');
  odd('5e-324', 5e-324, north, 'coordinate-outside-crs');
  odd('a digit too few', east / 10, north, 'coordinate-outside-crs');
  odd('the southern half of the earth', east, -north, 'coordinate-outside-crs');
  const all = (what: string, map: (p: Point) => Point) =>
    add(
      what,
      zipped({ shapes: [near(0), near(1)].map((rings) => rings.map((points) => points.map(map))) }),
      refuse('coordinate-outside-crs', shp),
    );
  all('axes exchanged', ([x, y]) => [y, x]);
  all('degrees in a file of metres', ([x, y]) => [108 + (x - east) / 1e5, 28.8 + (y - north) / 1e5]);
  all('no zone before the easting', ([x, y]) => [x - 36e6, y]);
  all('another zone before the easting', ([x, y]) => [x + 2e6, y]);
  all('millimetres', ([x, y]) => [((x - 36e6) * 1000) / 8, y * 25]);
}

function shapes(add: Add): void {
  const sides: Point[] = [at(0, 0), at(100, 100), at(100, 0), at(0, 100), at(0, 0)];
  add('a bow-tie', second(ring(sides)), load(2, { m2: plotM2 + 5000, told: ['geometry-repaired'] }));
  add(
    'a spike',
    second(ring([at(0, 0), at(0, 100), at(50, 100), at(50, 5000), at(50, 100), at(100, 100), at(100, 0), at(0, 0)])),
    load(2, { m2: 2 * plotM2 }),
  );
  add('a ring that is not closed', second(ring(box(east + 150, north, 100).slice(0, 4))), two);
  add('a ring counter-clockwise', second(ring(box(east + 150, north, 100).reverse())), two);
  add('vertices twice', second(ring(box(east + 150, north, 100).flatMap((p) => [p, p]))), two);
  add('a shape of no record type', second(null), load(2, { m2: plotM2, told: ['shape-empty'] }));
  add('a shape of no parts', second([]), load(2, { m2: plotM2, told: ['shape-empty'] }));
  add('a part of no points', second([[], box(east + 150, north, 100)]), two);
  add('a ring of two points', second(ring([at(0, 0), at(10, 0), at(0, 0)])), one);
  add('a ring of one point, ten times', second(ring(Array.from({ length: 10 }, () => at(0, 0)))), one);
  add('a ring along a line', second(ring([at(0, 0), at(50, 50), at(100, 100), at(0, 0)])), one);
  add(
    'no ring that is one',
    zipped({ shapes: [ring([at(0, 0), at(1, 0), at(0, 0)]), null] }),
    refuse('geometry-empty'),
  );
  add(
    'a hole',
    second([box(east + 150, north, 100), box(east + 160, north + 10, 50).reverse()]),
    load(2, { m2: plotM2 + 7500 }),
  );
  add(
    'a hole that turns as its shell',
    second([box(east + 150, north, 100), box(east + 160, north + 10, 50)]),
    load(2, { m2: plotM2 + 7500 }),
  );
  add(
    'a hole as large as its shell',
    second([box(east + 150, north, 100), box(east + 150, north, 100).reverse()]),
    load(2, { m2: 2 * plotM2 }),
  );
  add(
    'an island in a hole',
    second([box(east + 150, north, 100), box(east + 160, north + 10, 50), box(east + 170, north + 20, 10)]),
    load(2, { m2: plotM2 + 7600 }),
  );
  add('two parts', second([box(east + 150, north, 100), box(east + 300, north, 100)]), load(2, { m2: 3 * plotM2 }));
  add(
    'two parts that cross',
    second([box(east + 150, north, 100), box(east + 200, north, 100)]),
    load(2, { told: ['geometry-repaired'] }),
  );
  add('the same shape twice', zipped({ shapes: [near(0), near(0)] }), two);
  add('a shape of a square millimetre', second(ring(box(east + 150, north, 0.001))), load(2));
  add(
    '2,000 holes',
    () =>
      second([
        box(east + 150, north, 1000),
        ...Array.from({ length: 2000 }, (_, i) =>
          box(east + 155 + 20 * (i % 45), north + 5 + 20 * Math.floor(i / 45), 10),
        ),
      ]),
    load(2, { m2: plotM2 + 800_000 }),
  );
  add('100,000 vertices', () => second(ring(zigzag(100_000))), load(2));
  add(
    'a scribble of 2,500 vertices',
    () => second(ring(scribble(2500, 4))),
    load(2, { m2: plotM2, told: ['geometry-unusable'] }),
  );
  add(
    'a scribble of 60,000 vertices',
    () => second(ring(scribble(60_000, 5))),
    load(2, { m2: plotM2, told: ['geometry-unusable'] }),
  );
  add(
    'a star of 101 points that crosses itself',
    () => second(ring(star(101, 50))),
    load(2, { told: ['geometry-repaired'] }),
  );
  add(
    'forty scribbles of 200 vertices',
    () => zipped({ shapes: [near(0), ...Array.from({ length: 40 }, (_, i) => ring(scribble(200, 10 + i)))] }),
    load(41),
  );
}

/** A comb: up and down along a line, 1 mm wide. */
const zigzag = (n: number): Point[] => {
  const points = Array.from({ length: n - 3 }, (_, i): Point => at(i / 1000, i % 2 ? 100 : 99));
  return [...points, at(n / 1000, 0), at(0, 0), points[0]!];
};
function scribble(n: number, seed: number): Point[] {
  const random = seeded(seed);
  const points = Array.from({ length: n - 1 }, () => at(100 * random(), 100 * random()));
  return [...points, points[0]!];
}
const star = (n: number, step: number): Point[] =>
  Array.from({ length: n + 1 }, (_, i) => {
    const a = (2 * Math.PI * ((i * step) % n)) / n;
    return at(50 + 50 * Math.cos(a), 50 + 50 * Math.sin(a));
  });
