import { describe, expect, it } from 'vitest';
import { box, type Cell, type Column, layerMembers, type Point, plot, zippedLayer } from './make-shapefile.ts';
import { makeZip } from './make-zip.ts';
import { polygonsIn, read, refusal } from './reading.ts';

const three = [plot(0), plot(1), plot(2)];
const one = (columns: Column[], row: Cell[]) => zippedLayer({ shapes: [plot(0)], columns, rows: [row] });
const values = async (columns: Column[], rows: Cell[][]) => {
  const { report, rows: read_ } = await read(zippedLayer({ shapes: rows.map((_, i) => plot(i)), columns, rows }));
  return { report, values: read_.map((r) => Object.values(r.attributes)) };
};

describe('rows and shapes stay together', () => {
  it('a sound file gives every row, its coordinates to the bit, no warning and no fault', async () => {
    const shapes = [
      [
        [
          [36_577_000.1234567, 3_192_000.987654321],
          [36_577_000.5, 3_192_100],
          [36_577_100, 3_192_100],
          [36_577_000.1234567, 3_192_000.987654321],
        ] satisfies Point[],
      ],
    ];
    const { report, rows } = await read(zippedLayer({ shapes }));
    expect(polygonsIn(rows[0]!.wkb!)).toEqual([shapes[0]]);
    expect(rows[0]).toMatchObject({ row: 1, source_file: 'parcels.shp', attributes: { DKBH: 'P1' }, faults: [] });
    expect(report).toMatchObject({
      format: 'shapefile',
      feature_count: 1,
      warnings: [],
      bbox: [36_577_000.1234567, 3_192_000.987654321, 36_577_100, 3_192_100],
      fields: [{ name: 'DKBH', type: 'text', width: 20 }],
    });
  });
  it('deleted rows go with their shapes, the others keep their place in the file', async () => {
    const { report, rows } = await read(zippedLayer({ shapes: three, dbf: { deleted: [1] } }));
    expect(rows.map((r) => [r.row, r.attributes['DKBH'], polygonsIn(r.wkb!)[0]![0]![0]![0]])).toEqual([
      [1, 'P1', 36_577_000],
      [3, 'P3', 36_577_400],
    ]);
    expect(report).toMatchObject({
      feature_count: 2,
      layers: [{ feature_count: 2 }],
      warnings: [{ code: 'rows-deleted', where: { file: 'parcels.dbf' } }],
    });
    // the deleted plot does not count for the extent either
    expect((await read(zippedLayer({ shapes: three, dbf: { deleted: [2] } }))).report.bbox[2]).toBe(36_577_300);
  });
  it('null shapes and shapes without points stay rows without geometry', async () => {
    const { rows } = await read(zippedLayer({ shapes: [plot(0), null, []] }));
    expect(rows.map((r) => [r.attributes['DKBH'], r.wkb === null])).toEqual([
      ['P1', false],
      ['P2', true],
      ['P3', true],
    ]);
  });
  it('polygons with Z and with M are read flat', async () => {
    for (const type of [15, 25])
      expect(polygonsIn((await read(zippedLayer({ shp: { type } }))).rows[1]!.wkb!)).toEqual([plot(1)]);
  });
  it('a missing .shx is a warning, a missing .prj is inferred', async () => {
    const { report } = await read(zippedLayer({ without: ['shx'] }));
    expect(report.warnings).toMatchObject([{ code: 'shx-missing', where: { file: 'parcels.shp' } }]);
  });
  it('a file without one usable shape is refused', async () => {
    expect(await refusal(zippedLayer({ shapes: [null, null] }))).toMatchObject({
      code: 'geometry-empty',
      where: { file: 'parcels.zip' },
    });
    expect(await refusal(zippedLayer({ shapes: [] }))).toMatchObject({ code: 'geometry-empty' });
    expect(
      await refusal(
        zippedLayer({
          shapes: [
            [
              [
                [36_577_000, 3_192_000],
                [36_577_000, 3_192_001],
              ],
            ],
          ],
        }),
      ),
    ).toMatchObject({ code: 'geometry-empty' });
  });
});

describe('counts that do not match are refused, never shifted', () => {
  it.each([
    ['fewer rows than shapes', zippedLayer({ shapes: three, rows: [['a'], ['b']] })],
    ['more rows than shapes', zippedLayer({ shapes: three, rows: [['a'], ['b'], ['c'], ['d']] })],
    ['a header that states more rows than there are', zippedLayer({ shapes: three, dbf: { statedRows: 5 } })],
    ['a header that states fewer', zippedLayer({ shapes: three, dbf: { statedRows: 2 } })],
    ['half a row at the end', zippedLayer({ shapes: three, dbf: { trailing: Buffer.from(' half a row') } })],
    [
      'a table cut short',
      zippedLayer({
        shapes: three,
        change: (f) => {
          f['dbf'] = f['dbf']!.subarray(0, -10);
        },
      }),
    ],
  ])('%s', async (_, zip) => {
    expect(await refusal(zip)).toMatchObject({ code: 'dbf-mismatch', where: { file: 'parcels.dbf' } });
  });
  it('padding after the end mark is no data', async () => {
    expect((await read(zippedLayer({ dbf: { trailing: Buffer.from('\x1a\0\0\0') } }))).report.feature_count).toBe(2);
    expect((await read(zippedLayer({ dbf: { trailing: Buffer.alloc(0) } }))).report.feature_count).toBe(2);
  });
  it.each([
    ['a header of zeros', (f: Record<string, Buffer>) => void f['dbf']!.fill(0, 0, 32)],
    [
      'a row length that is not the sum of the fields',
      (f: Record<string, Buffer>) => void f['dbf']!.writeUInt16LE(99, 10),
    ],
    [
      'a list of fields without end',
      (f: Record<string, Buffer>) => {
        f['dbf']![64] = 0x41;
      },
    ],
    [
      'a few bytes',
      (f: Record<string, Buffer>) => {
        f['dbf'] = f['dbf']!.subarray(0, 12);
      },
    ],
  ])('a table with %s is corrupt', async (_, change) => {
    expect(await refusal(zippedLayer({ change }))).toMatchObject({
      code: 'shapefile-corrupt',
      where: { file: 'parcels.dbf' },
    });
  });
  it('the .dbf may not be missing', async () => {
    expect(await refusal(zippedLayer({ without: ['dbf'] }))).toMatchObject({
      code: 'dbf-missing',
      where: { file: 'parcels.shp' },
    });
  });
});

describe('a geometry file that lies is refused at the row', () => {
  const corrupt = (where: object) => ({ code: 'shapefile-corrupt', where: { file: 'parcels.shp', ...where } });
  it.each<[string, Buffer, object]>([
    [
      'cut short',
      zippedLayer({
        change: (f) => {
          f['shp'] = f['shp']!.subarray(0, -40);
        },
      }),
      {},
    ],
    ['a stated length that is not its own', zippedLayer({ shp: { statedBytes: 5000 } }), {}],
    [
      'bytes after its end',
      zippedLayer({
        change: (f) => {
          f['shp'] = Buffer.concat([f['shp']!, Buffer.alloc(8)]);
        },
      }),
      {},
    ],
    [
      'a head alone, cut',
      zippedLayer({
        change: (f) => {
          f['shp'] = f['shp']!.subarray(0, 50);
        },
      }),
      {},
    ],
    [
      'a record longer than the file',
      zippedLayer({ without: ['shx'], shp: { contentBytes: (real, i) => (i === 1 ? real + 800 : real) } }),
      { row: 2 },
    ],
    [
      'a record shorter than it is',
      zippedLayer({ without: ['shx'], shp: { contentBytes: (real, i) => (i === 0 ? real - 16 : real) } }),
      { row: 1 },
    ],
    [
      'a negative record length',
      zippedLayer({ without: ['shx'], shp: { contentBytes: (_, i) => (i === 1 ? -2 : 128) } }),
      { row: 2 },
    ],
    ['records out of order', zippedLayer({ shp: { recordNumber: (i) => 2 - i } }), { row: 1 }],
    ['a record number twice', zippedLayer({ shp: { recordNumber: () => 1 } }), { row: 2 }],
    [
      'more points than bytes',
      zippedLayer({ shp: { patch: (c, i) => (i === 1 ? writeInt(c, 40, 1_000_000) : c) } }),
      { row: 2 },
    ],
    [
      'fewer points than bytes',
      zippedLayer({ shp: { patch: (c, i) => (i === 1 ? writeInt(c, 40, 4) : c) } }),
      { row: 2 },
    ],
    ['a negative count', zippedLayer({ shp: { patch: (c) => writeInt(c, 36, -1) } }), { row: 1 }],
    [
      'a part that begins after the last point',
      zippedLayer({ shp: { patch: (c) => writeInt(c, 44, 99) } }),
      { row: 1 },
    ],
    [
      'parts in falling order',
      zippedLayer({
        shapes: [[box(36_577_000, 3_192_000, 100), box(36_577_200, 3_192_000, 100)]],
        shp: { patch: (c) => writeInt(c, 48, -3) },
      }),
      { row: 1 },
    ],
    [
      'a shape of another type',
      zippedLayer({ shp: { patch: (c, i) => (i === 1 ? writeInt(c, 0, 3) : c) } }),
      { row: 2 },
    ],
  ])('%s', async (_, zip, where) => {
    const problem = await refusal(zip);
    expect(problem).toMatchObject(corrupt(where));
    expect(problem.detail.zh).toMatch(/重新导出/);
  });
  it.each<[string, (f: Record<string, Buffer>) => void]>([
    ['another offset', (f) => void f['shx']!.writeInt32BE(60, 108)],
    ['another length', (f) => void f['shx']!.writeInt32BE(60, 104)],
    [
      'one record less',
      (f) => {
        f['shx'] = statedLength(f['shx']!.subarray(0, -8));
      },
    ],
    [
      'one record more',
      (f) => {
        f['shx'] = statedLength(Buffer.concat([f['shx']!, Buffer.alloc(8)]));
      },
    ],
    ['a header that lies', (f) => void f['shx']!.writeInt32BE(1, 24)],
  ])('a .shx with %s', async (_, change) => {
    expect(await refusal(zippedLayer({ change }))).toMatchObject(corrupt({}));
  });
  it('records numbered from 0 throughout are in order', async () => {
    expect((await read(zippedLayer({ shp: { recordNumber: (i) => i } }))).report.feature_count).toBe(2);
  });
  it('an encrypted file is named as such', async () => {
    const problem = await refusal(zippedLayer({ shp: { fileCode: 0x12345678 } }));
    expect(problem).toMatchObject({ code: 'shapefile-encrypted', where: { file: 'parcels.shp' } });
    expect(problem.detail.zh).toMatch(/解密/);
  });
  it('points and lines are no parcels', async () => {
    for (const type of [1, 3, 8, 11, 13, 31])
      expect(await refusal(makeZip(layerMembers({ shp: { type }, shapes: [] })))).toMatchObject({
        code: 'geometry-type',
        where: { file: 'parcels.shp' },
      });
  });
  it('limits hold: features, vertices of one', async () => {
    expect(await refusal(zippedLayer({ shapes: three }), { limits: { features: 2 } })).toMatchObject({
      code: 'too-many-features',
    });
    expect(
      (await read(zippedLayer({ shapes: three, dbf: { deleted: [0] } }), { limits: { features: 2 } })).report
        .feature_count,
    ).toBe(2);
    expect(await refusal(zippedLayer({ shapes: three }), { limits: { verticesPerFeature: 4 } })).toMatchObject({
      code: 'too-large',
      where: { row: 1 },
    });
  });
});

describe('values keep their letters', () => {
  it('18- and 19-digit identifiers, in text and in number columns', async () => {
    const columns = [
      { name: 'BSM', width: 19 },
      { name: 'NBSM', type: 'N', width: 19, decimals: 0 },
      { name: 'FBSM', type: 'F', width: 19, decimals: 0 },
    ];
    const { report, values: got } = await values(columns, [
      ['5002421234567890123', '5002421234567890123', '500242123456789012'],
      ['1', '1', '2'],
    ]);
    expect(got).toEqual([
      ['5002421234567890123', '5002421234567890123', '500242123456789012'],
      ['1', '1', '2'],
    ]);
    expect(report.fields.map((f) => f.type)).toEqual(['text', 'text', 'text']);
  });
  it('numbers that a double holds are numbers, as GDAL and ArcGIS write them', async () => {
    const columns = [
      { name: 'A', type: 'N', width: 18, decimals: 4 },
      { name: 'B', type: 'N', width: 24, decimals: 15 },
      { name: 'C', type: 'F', width: 19, decimals: 11 },
      { name: 'D', type: 'N', width: 4, decimals: 0 },
    ];
    const written = (45641.23456789012).toFixed(15);
    const { report, values: got } = await values(columns, [
      ['0.4564', written, '4.56412345678e+003', '2023'],
      ['-0.5000', '0.100000000000000', '', '0'],
    ]);
    expect(got).toEqual([
      [0.4564, 45641.23456789012, 4564.12345678, 2023],
      [-0.5, 0.1, null, 0],
    ]);
    expect(report.fields).toMatchObject([
      { type: 'number', width: 18, decimals: 4 },
      { type: 'number' },
      { type: 'number' },
      { type: 'number', width: 4, decimals: 0 },
    ]);
  });
  it('a decimal of more digits than a double holds stays text', async () => {
    const { values: got } = await values(
      [{ name: 'A', type: 'N', width: 24, decimals: 5 }],
      [['123456789012345.12345']],
    );
    expect(got).toEqual([['123456789012345.12345']]);
  });
  it('stars and blanks are null, leading zeros and blanks of text stay', async () => {
    const columns = [{ name: 'ID' }, { name: 'MJ', type: 'N', width: 6, decimals: 2 }, { name: 'DM', width: 6 }];
    expect(
      (
        await values(columns, [
          ['  007 ', '******', '0103'],
          ['x\0rubbish', '', ''],
        ])
      ).values,
    ).toEqual([
      ['  007', null, '0103'],
      ['x', null, null],
    ]);
  });
  it('dates, logicals, binary numbers', async () => {
    const int = Buffer.alloc(4);
    int.writeInt32LE(-7);
    const double = Buffer.alloc(8);
    double.writeDoubleLE(0.25);
    const columns = [
      { name: 'YSRQ', type: 'D', width: 8 },
      { name: 'OK', type: 'L', width: 1 },
      { name: 'I', type: 'I', width: 4 },
      { name: 'O', type: 'O', width: 8 },
    ];
    const { report, values: got } = await values(columns, [
      ['20230131', 'T', int, double],
      ['00000000', '?', int, double],
      ['', 'n', int, double],
    ]);
    expect(got).toEqual([
      ['2023-01-31', true, -7, 0.25],
      [null, null, -7, 0.25],
      [null, false, -7, 0.25],
    ]);
    expect(report.fields.map((f) => f.type)).toEqual(['date', 'boolean', 'number', 'number']);
    expect(report.warnings).toEqual([]);
  });
  it('what cannot be read is null with a warning that counts and names the first', async () => {
    const columns = [
      { name: 'MJ', type: 'N', width: 8, decimals: 2 },
      { name: 'RQ', type: 'D', width: 8 },
      { name: 'BZ', type: 'M', width: 10 },
    ];
    const { report, values: got } = await values(
      columns,
      [
        ['1.50', '20230230', ''],
        ['约3亩', '2023', '1'],
        ['3,5', '', ''],
      ].map((row) => row.map((cell) => cell.replace('约3亩', 'abc'))),
    );
    expect(got).toEqual([
      [1.5, null, null],
      [null, null, null],
      [null, null, null],
    ]);
    expect(report.warnings).toMatchObject([
      { code: 'date-unreadable', where: { file: 'parcels.dbf', row: 1, field: 'RQ' } },
      {
        code: 'number-unreadable',
        where: { row: 2, field: 'MJ' },
        message: { en: expect.stringContaining('2 value(s)') },
      },
      { code: 'field-unreadable', where: { row: 2, field: 'BZ' } },
    ]);
  });
  it('text that looks like SQL, a formula or markup is text', async () => {
    const evil = ["'; drop table parcel; --", '=cmd|calc', '<img src=x onerror=alert(1)>'];
    expect(
      (
        await values(
          [{ name: 'DKMC', width: 40 }],
          evil.map((t) => [t]),
        )
      ).values.flat(),
    ).toEqual(evil);
  });
  it('field names are told apart, and none is taken for a prototype', async () => {
    const { report, rows } = await read(
      one(
        [{ name: 'MJ' }, { name: 'MJ' }, { name: '' }, { name: '__proto__' }, { name: 'toString' }],
        ['1', '2', '3', '4', '5'],
      ),
    );
    expect(rows[0]!.attributes).toEqual({ MJ: '1', MJ_2: '2', FIELD_3: '3', proto__: '4', toString: '5' });
    expect(Object.getPrototypeOf(rows[0]!.attributes)).toBe(Object.prototype);
    expect(report.warnings.map((w) => [w.code, w.where?.field])).toEqual([
      ['field-renamed', 'MJ_2'],
      ['field-renamed', 'FIELD_3'],
      ['field-renamed', 'proto__'],
    ]);
  });
  it('a width past 255 is FoxPro text', async () => {
    const long = 'x'.repeat(300);
    const members = layerMembers({
      shapes: [plot(0)],
      columns: [{ name: 'BZ', width: 300 }],
      rows: [[long]],
      change: (f) => {
        f['dbf']![48] = 300 & 255;
        f['dbf']![49] = 300 >> 8;
      },
    });
    expect((await read(makeZip(members))).rows[0]!.attributes['BZ']).toBe(long);
  });
});

it('10,000 rows keep the order of the file', async () => {
  const shapes = Array.from({ length: 10_000 }, (_, i) => [
    box(36_540_000 + (i % 100) * 200, 3_190_000 + Math.floor(i / 100) * 200, 100),
  ]);
  const { rows } = await read(zippedLayer({ shapes }));
  expect(
    rows.every(
      (r, i) =>
        r.row === i + 1 && r.attributes['DKBH'] === `P${i + 1}` && r.wkb!.readDoubleLE(22) === shapes[i]![0]![0]![0],
    ),
  ).toBe(true);
});

function writeInt(content: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(content);
  copy.writeInt32LE(value, at);
  return copy;
}
function statedLength(shx: Buffer): Buffer {
  const copy = Buffer.from(shx);
  copy.writeInt32BE(copy.length / 2, 24);
  return copy;
}
