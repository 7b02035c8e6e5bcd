import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { requirePart } from '../support/parts.ts';
import { basicHeads, type CornerPlot, cornerRows, csvOf, officeSaves, type Row, xlsxOf } from './make-corners.ts';
import { box, gbk, unclosed, type Xy } from './make-txt.ts';
import { polygonsIn, read } from './reading.ts';

const [x, y] = [36_577_000, 3_192_000];
/** a square of 100 m, and one of 100 m with a hole of 10 m and a second part of 50 m */
const plots: CornerPlot[] = [
  { id: 'D1', rings: [box(x, y, 100)] },
  { id: 'D2', rings: [box(x + 200, y, 100), box(x + 220, y + 20, 10), box(x + 400, y, 50)] },
];
const rows = [basicHeads, ...cornerRows(plots)];
const shapes = [[[box(x, y, 100)]], [[box(x + 200, y, 100), box(x + 220, y + 20, 10)], [box(x + 400, y, 50)]]];
const shapesOf = (found: { wkb: Buffer | null }[]) => found.map(({ wkb }) => polygonsIn(wkb!));
const csv = (some: readonly Row[], options = {}) => read(csvOf(some), { name: 'a.csv', ...options });
const xlsx = async (sheets: Record<string, readonly Row[]>, options = {}) =>
  read(await xlsxOf(sheets), { name: 'a.xlsx', ...options });
const codes = ({ report }: { report: { warnings: { code: string }[] } }) => report.warnings.map(({ code }) => code);
const inferred = ['crs-inferred'];

describe('a table of boundary points', () => {
  it.each<[string, Buffer | string]>([
    ['UTF-8', csvOf(rows)],
    ['UTF-8 with its mark', `\uFEFF${csvOf(rows)}`],
    ['GBK', gbk(csvOf(rows))],
    ['UTF-16 with its mark', Buffer.from(`\uFEFF${csvOf(rows, '\t')}`, 'utf16le')],
    ['UTF-16 big end first', iconv.encode(csvOf(rows), 'utf16be', { addBOM: true })],
    ['UTF-16 without a mark', Buffer.from(csvOf(rows), 'utf16le')],
    ['semicolons', csvOf(rows, ';')],
    ['tabs', csvOf(rows, '\t')],
    ['lone CR', csvOf(rows, ',', '\r')],
    ['sep=;', `sep=;\r\n${csvOf(rows, ';')}`],
    ['every field in quotes', rows.map((row) => `${row.map((value) => `"${value}"`).join(',')}\n`).join('')],
    ['figures kept as text by ="…"', csvOf(rows.map((row) => row.map((value) => `="${value}"`)))],
    [
      'thousands',
      csvOf(rows.map((row) => row.map((v) => (typeof v === 'number' && v > 1e6 ? v.toLocaleString('en') : v)))),
    ],
    ['empty columns and lines', csvOf([[], ...rows.map((row) => [...row, '', '']), [], []])],
  ])('%s', async (_, bytes) => {
    const found = await read(bytes, { name: 'points' });
    expect(found.report).toMatchObject({ format: 'csv', feature_count: 2, crs: { srid: 4524, source: 'inferred' } });
    expect(codes(found)).toEqual(inferred);
    expect(shapesOf(found.rows)).toEqual(shapes);
    expect(found.rows.map(({ attributes }) => attributes)).toEqual([{ 地块编号: 'D1' }, { 地块编号: 'D2' }]);
  });

  it('says which encoding, file and row', async () => {
    const { report, rows: found } = await read(gbk(csvOf(rows)), { name: '界址点.csv' });
    expect(report.encoding!.encoding).toBe('GB18030');
    expect(found.map(({ row, source_file }) => [row, source_file])).toEqual([
      [2, '界址点.csv'],
      [7, '界址点.csv'],
    ]);
  });

  it.each([
    ['纵坐标', '横坐标'],
    ['X坐标（米）', 'Y坐标（米）'],
    ['北坐标X', '东坐标Y'],
    ['纵坐标(X)', '横坐标(Y)'],
    ['Northing', 'Easting'],
    ['x', 'y'],
    ['POINT_Y', 'POINT_X'],
  ])('columns called %s and %s', async (north, east) => {
    const found = await csv([['地块编号', '点号', '圈号', north, east], ...rows.slice(1)]);
    expect(codes(found)).toEqual(inferred);
    expect(shapesOf(found.rows)).toEqual(shapes);
  });

  it.each(['图斑编号', 'DKBH', '地块号', '宗地编号', '地块名称', 'parcel_id'])(
    'plots told apart by %s',
    async (name) => {
      const found = await csv([[name, ...basicHeads.slice(1)], ...rows.slice(1)]);
      expect(shapesOf(found.rows)).toEqual(shapes);
      // what nobody reads as a number of parcels is called so
      const field = { 地块号: '地块编号', 宗地编号: '地块编号', parcel_id: 'PARCEL_ID' }[name] ?? name;
      expect(found.rows.map(({ attributes }) => attributes[field])).toEqual(['D1', 'D2']);
    },
  );

  it('eastings under X are told and read the other way round', async () => {
    const swapped = [basicHeads, ...cornerRows(plots, ([e, n]) => [e, n])];
    const found = await csv(swapped);
    expect(shapesOf(found.rows)).toEqual(shapes);
    expect(found.report.warnings[1]).toMatchObject({ code: 'axes-swapped', where: { file: 'a.csv', row: 2 } });
    expect(found.report.warnings[1]!.message.zh).toMatch(/“X”列是东坐标/);
  });

  it('rings by 圈号 alone, by the repeated first point alone, by numbers that begin anew', async () => {
    const open = plots.map((plot) => ({ ...plot, rings: plot.rings.map(unclosed) }));
    const byRing = await csv([basicHeads, ...cornerRows(open)]);
    expect(shapesOf(byRing.rows)).toEqual(shapes);
    expect(codes(byRing)).toEqual([...inferred, 'ring-closed']);
    const without = rows.map(([id, , , north, east]): Row => [id!, north!, east!]);
    expect(shapesOf((await csv(without)).rows)).toEqual(shapes);
    const anew = plots.flatMap(({ id, rings }) =>
      rings.flatMap((ring) => ring.map(([e, n], k): Row => [id, `J${(k % (ring.length - 1)) + 1}`, n, e])),
    );
    expect(shapesOf((await csv([['地块编号', '点号', 'X', 'Y'], ...anew])).rows)).toEqual(shapes);
  });

  it('the number of a plot and of a ring stand once: empty means as above', async () => {
    let [plot, ring] = ['', ''];
    const merged = rows.map((row, i): Row => {
      if (i === 0) return row;
      const [id, point, number, ...more] = row;
      const same = id === plot;
      const sameRing = same && String(number) === ring;
      [plot, ring] = [String(id), String(number)];
      return [same ? null : id!, point!, sameRing ? null : number!, ...more];
    });
    for (const found of [await csv(merged), await xlsx({ 界址点: merged })]) {
      expect(codes(found)).toEqual(inferred);
      expect(shapesOf(found.rows)).toEqual(shapes);
    }
  });

  it('attributes are those of the plot: what stands once counts, a project once for several plots too', async () => {
    const heads = [...basicHeads, '项目编号', '项目名称', '地块面积（公顷）', '地类编码', '验收意见'];
    const values = [
      ['50024220210001', '甲项目', 1, '0103', '同意'],
      [null, null, 1.24, '0101', null],
    ];
    const table = cornerRows(plots.map((plot, i) => ({ ...plot, values: values[i]! })));
    const once = table.map(
      (row, i): Row => (i > 0 && table[i - 1]![0] === row[0] ? row.map((v, c) => (c > 4 ? null : v)) : row),
    );
    const found = await csv([heads, ...once]);
    expect(found.rows.map(({ attributes }) => attributes)).toEqual([
      {
        地块编号: 'D1',
        项目编号: '50024220210001',
        项目名称: '甲项目',
        地块面积: '1公顷',
        地类编码: '0103',
        验收意见: '同意',
      },
      {
        地块编号: 'D2',
        项目编号: '50024220210001',
        项目名称: '甲项目',
        地块面积: '1.24公顷',
        地类编码: '0101',
        验收意见: null,
      },
    ]);
    expect(codes(found)).toEqual([...inferred, 'table-values-carried', 'table-values-carried']);
    expect(found.report.warnings[1]).toMatchObject({ where: { row: 7, field: '项目编号' } });
    // repeated in every row of its plot, an empty project is an empty project
    const repeated = await csv([heads, ...table]);
    expect(repeated.rows[1]!.attributes).toMatchObject({ 项目编号: null, 地类编码: '0101' });
    expect(codes(repeated)).toEqual(inferred);
  });

  it('columns of points are left out and named: known ones, and those that differ within a plot', async () => {
    const heads = [...basicHeads, '边长', '高程', '测量员', '备注'];
    const table = rows.slice(1).map((row, i): Row => [...row, 12.5 + i, 600, i < 3 ? '甲' : '乙', '同']);
    const found = await csv([heads, ...table]);
    expect(found.rows[0]!.attributes).toEqual({ 地块编号: 'D1', 备注: '同' });
    expect(found.report.fields.map(({ name }) => name)).toEqual(['地块编号', '备注']);
    expect(found.report.warnings[1]).toMatchObject({ code: 'table-columns-ignored', where: { row: 1, field: '边长' } });
    expect(found.report.warnings[1]!.message.zh).toMatch(/边长（F）、高程（G）、测量员（H）/);
  });

  it('titles, labels, a heading of two rows, units under it, remarks, sums, the heading again on each page', async () => {
    const table: Row[] = [
      ['补充耕地界址点成果表'],
      ['项目编号：50024220210001  项目名称：甲项目', null, null, '坐标系：2000国家大地坐标系'],
      ['地块编号', '点号', '圈号', '坐标', null],
      [null, null, null, 'X', 'Y'],
      [null, null, null, '（米）', '（米）'],
      ...rows.slice(1, 4),
      [null, null, null, 'X', 'Y'],
      ...rows.slice(4, 6),
      ['合计', null, null, null, null],
      ...rows.slice(6),
      ['注：坐标取至毫米'],
      ['制表：张三', null, null, '审核：李四', null],
    ];
    for (const found of [await csv(table), await xlsx({ 成果表: table })]) {
      expect(shapesOf(found.rows)).toEqual(shapes);
      expect(found.report.crs).toMatchObject({ srid: 4524, source: 'table' });
      expect(codes(found)).toEqual(['table-rows-skipped']);
      expect(found.report.warnings[0]).toMatchObject({ where: { row: 12 } });
      expect(found.rows[1]!.attributes).toEqual({ 地块编号: 'D2', 项目编号: '50024220210001', 项目名称: '甲项目' });
      expect(found.rows.map(({ row }) => row)).toEqual([6, 13]);
    }
  });

  it('a block a plot, its number in a label above it', async () => {
    const block = ({ id, rings }: CornerPlot): Row[] => [
      [`宗地号：${id}`, null, '面积：1公顷'],
      ['点号', 'X', 'Y'],
      ...rings.flatMap((ring) => ring.map(([e, n], k): Row => [`J${k + 1}`, n, e])),
      [],
    ];
    const found = await csv(plots.flatMap(block));
    expect(shapesOf(found.rows)).toEqual(shapes);
    expect(found.rows.map(({ attributes }) => attributes)).toEqual([
      { 地块编号: 'D1', 面积: '1公顷' },
      { 地块编号: 'D2', 面积: '1公顷' },
    ]);
    expect(codes(found)).toEqual(inferred);
  });

  it('without any number it is one plot, and that is told; rings counted anew are the next plot', async () => {
    const points = [basicHeads, ...cornerRows([...plots].reverse())].map(([, ...more]): Row => more);
    const found = await csv(points);
    expect(found.rows.length).toBe(2);
    expect(found.report.warnings[1]).toMatchObject({ code: 'table-plot-column-missing', where: { row: 1 } });
    const bare = await csv(points.map(([, , ...xy]): Row => xy));
    expect(shapesOf(bare.rows)).toEqual([[...shapes[1]!, ...shapes[0]!]]);
    expect(bare.report.warnings[1]!.message.zh).toMatch(/1 个地块（4 圈）/);
  });

  it('equal numbers of two projects are two plots', async () => {
    const heads = ['项目编号', ...basicHeads];
    const table = plots.flatMap(({ rings }, i) =>
      cornerRows([{ id: '1', rings }]).map((row): Row => [`5002422021000${i + 1}`, ...row]),
    );
    expect(shapesOf((await csv([heads, ...table])).rows)).toEqual(shapes);
  });

  it('a plot of which nothing but its row is there stays, without a shape', async () => {
    const found = await csv([...rows.slice(0, 6), ['D3', null, null, null, null], ...rows.slice(6)]);
    expect(found.rows.map(({ wkb }) => wkb === null)).toEqual([false, true, false]);
  });
});

describe('coordinate systems of a table', () => {
  const short = cornerRows(plots, ([e, n]) => [n, e - 36e6]);
  it('without the zone before the eastings the srid decides, or a column or label 带号', async () => {
    expect((await csv([basicHeads, ...short], { srid: 4545 })).report.crs).toMatchObject({
      srid: 4545,
      source: 'user',
    });
    const stated = [...basicHeads, '坐标系', '带号'];
    const withZone = await csv([stated, ...short.map((row): Row => [...row, 'CGCS2000', 36])]);
    expect(withZone.report).toMatchObject({ crs: { srid: 4545, source: 'table' }, warnings: [] });
    expect(withZone.rows[0]!.attributes).toEqual({ 地块编号: 'D1' });
  });
  it('degrees: 经度 and 纬度, in any order of columns, as numbers or as 108°46′12.0″', async () => {
    const ring: Xy[] = [
      [108.77, 28.84],
      [108.771, 28.84],
      [108.771, 28.841],
      [108.77, 28.84],
    ];
    const dms = (v: number) => {
      const seconds = Math.round(v * 36_000) / 10;
      return `${Math.floor(seconds / 3600)}°${Math.floor((seconds % 3600) / 60)}′${(seconds % 60).toFixed(1)}″`;
    };
    for (const write of [(v: number) => v, dms]) {
      const found = await csv([
        ['地块编号', '经度', '纬度'],
        ...ring.map(([lon, lat]): Row => ['D1', write(lon), write(lat)]),
      ]);
      expect(found.report.crs.srid).toBe(4490);
      for (const [i, point] of polygonsIn(found.rows[0]!.wkb!)[0]![0]!.entries())
        for (const axis of [0, 1]) expect(point[axis]).toBeCloseTo(ring[i]![axis]!, 12);
    }
  });
  it('longitudes under 纬度 are told', async () => {
    const found = await csv([
      ['地块编号', '纬度', '经度'],
      ...box(108.77, 28.84, 0.001).map(([lon, lat]): Row => ['D1', lon, lat]),
    ]);
    expect(codes(found)).toEqual([...inferred, 'axes-swapped']);
    expect(found.report.bbox[0]).toBeCloseTo(108.77, 9);
  });
  it('both plane and degrees: the plane is taken, the degrees are left out', async () => {
    const found = await csv([
      [...basicHeads, '经度', '纬度'],
      ...rows.slice(1).map((row): Row => [...row, 108.7, 28.8]),
    ]);
    expect(shapesOf(found.rows)).toEqual(shapes);
    expect(codes(found)).toEqual([...inferred, 'table-columns-ignored']);
  });
  it('coordinates that a spreadsheet rounded to metres are told', async () => {
    const many = Array.from({ length: 8 }, (_, n) => ({ id: `D${n}`, rings: [box(x + 200 * n, y, 100)] }));
    expect(codes(await csv([basicHeads, ...cornerRows(many)]))).toEqual([...inferred, 'coordinates-rounded']);
  });
});

describe('a workbook', () => {
  const [heads, ...points] = rows;
  it('numbers kept as text, figures of formulas, dates of the plot', async () => {
    const book: Row[] = [
      [...heads!, '验收日期'],
      ...points.map((row): Row => {
        const [id, point, ring, north, east] = row;
        return [
          id!,
          point!,
          String(ring),
          { formula: 'A1*1', result: north as number },
          `${east}`,
          new Date(Date.UTC(2021, 4, 3)),
        ];
      }),
    ];
    const found = await xlsx({ 界址点: book });
    expect(found.report).toMatchObject({ format: 'xlsx', encoding: null });
    expect(shapesOf(found.rows)).toEqual(shapes);
    expect(found.rows[0]!.attributes).toEqual({ 地块编号: 'D1', 验收日期: '2021-05-03' });
    expect(found.report.fields).toContainEqual({ name: '验收日期', type: 'date' });
  });
  it('cells merged down their plot', async () => {
    const bytes = await xlsxOf({ 界址点: rows }, (workbook) => {
      const sheet = workbook.getWorksheet('界址点')!;
      sheet.mergeCells('A2:A6');
      sheet.mergeCells(`A7:A${rows.length}`);
    });
    expect(shapesOf((await read(bytes, { name: 'a.xlsx' })).rows)).toEqual(shapes);
  });
  it('the sheet that holds points is read, covers are not; of several one is asked for, or all', async () => {
    const cover: Row[] = [['说明'], ['项目', '面积'], ['甲', 1.5]];
    const one = await xlsx({ 封面: cover, 坐标: rows });
    expect(one.rows.map(({ source_file, row }) => [source_file, row])).toEqual([
      ['a.xlsx/坐标', 2],
      ['a.xlsx/坐标', 7],
    ]);
    expect(codes(one)).toEqual(inferred);
    const other = [heads!, ...cornerRows([{ id: 'E1', rings: [box(x + 900, y, 30)] }])];
    const two = { 封面: cover, 甲: rows, 乙: other };
    const all = await xlsx(two, { sublayer: '*' });
    expect(all.report.layers).toEqual([
      { name: '甲', feature_count: 2 },
      { name: '乙', feature_count: 1 },
    ]);
    expect(all.rows.map(({ source_file, row }) => [source_file, row])).toEqual([
      ['a.xlsx/甲', 2],
      ['a.xlsx/甲', 7],
      ['a.xlsx/乙', 2],
    ]);
    expect((await xlsx(two, { sublayer: '乙' })).rows.length).toBe(1);
  });
  it('a sheet with coordinates and no heading for them is named', async () => {
    const found = await xlsx({ 甲: rows, 乙: points });
    expect(found.report.warnings).toMatchObject([
      { code: 'crs-inferred' },
      { code: 'sheet-passed-over', where: { file: 'a.xlsx/乙' } },
    ]);
  });
});

requirePart('libreoffice')('written by LibreOffice', () => {
  const heads = [...basicHeads, '面积（亩）', '验收日期'];
  const table = [heads, ...cornerRows(plots.map((plot) => ({ ...plot, values: [15.5, '2021-05-03'] })))];
  it('a workbook: typed cells, its own order of entries', async () => {
    const found = await read(officeSaves(csvOf(table), '', 'xlsx', '44,34,76,1,,1033,false,true'), { name: 'lo.xlsx' });
    expect(shapesOf(found.rows)).toEqual(shapes);
    expect(found.rows[1]!.attributes).toMatchObject({ 地块编号: 'D2', 面积: '15.5亩', 验收日期: '2021-05-03' });
  }, 120_000);
  it('a land class that was taken for a number has lost its zero, and that is told', async () => {
    const classes = [[...basicHeads, '地类编码'], ...cornerRows(plots.map((plot) => ({ ...plot, values: ['0103'] })))];
    const found = await read(officeSaves(csvOf(classes), '', 'xlsx'), { name: 'lo.xlsx' });
    expect(found.report.warnings[1]).toMatchObject({ code: 'leading-zero-lost', where: { row: 2, field: '地类编码' } });
  }, 120_000);
  it('CSV in GBK with every text quoted', async () => {
    const bytes = officeSaves(csvOf(table), 'Text - txt - csv (StarCalc):59,34,GB18030,1,,0,true', 'csv');
    const found = await read(bytes, { name: 'lo.csv' });
    expect(shapesOf(found.rows)).toEqual(shapes);
  }, 120_000);
});
