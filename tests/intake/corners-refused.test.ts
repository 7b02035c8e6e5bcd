/** Tables of boundary points that are refused, each with its code, file, row and column; and the hostile ones (THREATS T2, T8, T11, T13, T14). */
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { basicHeads, cornerRows, csvOf, type Row, type Value, xlsxOf } from './make-corners.ts';
import { layerMembers } from './make-shapefile.ts';
import { box, gbk, header, makeTxt } from './make-txt.ts';
import { makeZip } from './make-zip.ts';
import { polygonsIn, read, refusal } from './reading.ts';

const [x, y] = [36_577_000, 3_192_000];
const points = cornerRows([
  { id: 'D1', rings: [box(x, y, 100)] },
  { id: 'D2', rings: [box(x + 200, y, 100)] },
]);
const rows: readonly Row[] = [basicHeads, ...points];
/** the table with one cell changed; rows and columns as a spreadsheet counts, the heading being row 1 */
const changed = (row: number, column: number, value: Value, from = rows) =>
  from.map((cells, r) => (r === row - 1 ? Object.assign([...cells], { [column]: value }) : cells));
const csv = (some: readonly Row[]) => refusal(csvOf(some), { name: 'a.csv' });
const xlsx = async (some: readonly Row[]) => refusal(await xlsxOf({ 界址点: some }), { name: 'a.xlsx' });

describe('a cell that is no coordinate is named by row and column', () => {
  it.each<[string, Value, string, RegExp]>([
    ['a word', '三', 'table-invalid', /第 4 行 D 列（X）.*“三”不是数字/],
    ['NaN', 'NaN', 'coordinate-invalid', /第 4 行 D 列/],
    ['1.#QNAN', '1.#QNAN', 'coordinate-invalid', /第 4 行 D 列/],
    ['infinity', '1e999', 'coordinate-invalid', /第 4 行 D 列/],
    ['1e300', '1e300', 'coordinate-invalid', /第 4 行 D 列/],
    ['digits lost to an exponent', '3.192E+06', 'table-invalid', /科学计数法/],
    ['nothing', null, 'table-invalid', /缺少坐标/],
    ['degrees and minutes of a plane', '28°46′12″', 'table-invalid', /度分秒/],
    ['a formula', '=1+1', 'table-invalid', /不是数字/],
  ])('%s', async (_, value, code, words) => {
    const problem = await csv(changed(4, 3, value));
    expect(problem).toMatchObject({ code, status: 422, where: { file: 'a.csv', row: 4, field: 'X' } });
    expect(problem.detail.zh).toMatch(words);
  });
  it.each<[string, Value, string, RegExp]>([
    ['a date', new Date(Date.UTC(2021, 4, 3)), 'table-invalid', /日期/],
    ['an error', { error: '#REF!' }, 'table-invalid', /#REF!/],
    ['a formula never computed', { formula: 'A1+1' }, 'table-invalid', /没有保存计算结果/],
    ['1e300', 1e300, 'coordinate-invalid', /有效数字/],
    ['text', '约300', 'table-invalid', /不是数字/],
  ])('of a workbook: %s', async (_, value, code, words) => {
    const problem = await xlsx(changed(4, 4, value));
    expect(problem).toMatchObject({ code, where: { file: 'a.xlsx', row: 4, field: 'Y' } });
    expect(problem.detail.zh).toMatch(words);
  });
  it('of one sheet of several the sheet is named', async () => {
    const bytes = await xlsxOf({ 封面: [['说明']], 坐标: changed(4, 4, '三') });
    const problem = await refusal(bytes, { name: 'a.xlsx' });
    expect(problem.where).toEqual({ file: 'a.xlsx/坐标', row: 4, field: 'Y' });
  });
});

describe('what stands in the rows contradicts itself', () => {
  it.each(['地块面积', '地类编码', '地块名称', '项目名称'])('%s', async (name) => {
    const table = [[...basicHeads, name], ...points.map((row, i): Row => [...row, i === 3 ? '2' : '1'])];
    const problem = await csv(table);
    expect(problem).toMatchObject({ code: 'table-invalid', where: { file: 'a.csv', rows: [2, 5], field: name } });
    expect(problem.detail.zh).toMatch(/第 2 行是“1”，第 5 行是“2”/);
  });
  it('a point without coordinates', async () => {
    expect(await csv(changed(4, 3, null, changed(4, 4, null)))).toMatchObject({
      code: 'table-invalid',
      where: { file: 'a.csv', row: 4 },
    });
  });
  it('points out of the order of their serial numbers', async () => {
    const serial = [['序号', ...basicHeads], ...points.map((row, i): Row => [(i % 5) + 1, ...row])];
    expect((await read(csvOf(serial), { name: 'a.csv' })).rows.length).toBe(2);
    const sorted = [
      serial[0]!,
      ...serial.slice(1).sort((a, b) => Number(a[5]) - Number(b[5]) || Number(a[0]) - Number(b[0])),
    ];
    expect(await csv(sorted)).toMatchObject({ code: 'table-invalid', where: { field: '序号' } });
  });
  it('an empty row within an open ring, where nothing else tells rings apart', async () => {
    const bare = [['地块编号', 'X', 'Y'], ...points.map(([id, , , ...xy]): Row => [id!, ...xy])];
    const gap = [...bare.slice(0, 4), [], ...bare.slice(4)];
    const problem = await csv(gap);
    expect(problem).toMatchObject({ code: 'table-invalid', where: { file: 'a.csv', row: 6 } });
    expect(problem.detail.zh).toMatch(/第 4 行.*空行/);
    // with numbers of rings it says nothing
    expect((await read(csvOf([...rows.slice(0, 4), [], ...rows.slice(4)]), { name: 'a.csv' })).rows.length).toBe(2);
  });
  it('one point has its axes the other way round', async () => {
    const problem = await csv(changed(4, 3, x, changed(4, 4, y)));
    expect(problem).toMatchObject({ code: 'coordinate-outside-crs', where: { file: 'a.csv', row: 4 } });
  });
  it('systems of two kinds', async () => {
    const table = [[...basicHeads, '带号'], ...points.map((row, i): Row => [...row, i < 5 ? 36 : 37])];
    expect(await csv(table)).toMatchObject({ code: 'crs-conflict', where: { file: 'a.csv', row: 7, field: '带号' } });
    const stated = [[...basicHeads, '带号'], ...points.map((row): Row => [...row, 37])];
    expect(await csv(stated)).toMatchObject({
      code: 'crs-conflict',
      where: { row: 2, candidates: ['EPSG:4525', 'EPSG:4524'] },
    });
  });
  it('a count of points that is more than there are, at the end of the file', async () => {
    const table = [[...basicHeads, '界址点数'], ...points.slice(0, -1).map((row): Row => [...row, 9])];
    expect(await csv(table)).toMatchObject({ code: 'table-invalid', where: { row: 7 } });
  });
  it('a file cut short within its last ring', async () => {
    for (const left of [7, 8, 9, 10]) {
      const problem = await csv(
        left < 10 ? rows.slice(0, left) : [...rows, ['D3', null, null, null, null]].slice(0, 12),
      );
      expect(problem).toMatchObject({ code: 'table-invalid', where: { file: 'a.csv', row: left < 10 ? left : 12 } });
      expect(problem.detail.zh).toMatch(/不完整/);
    }
  });
});

describe('numbers that a spreadsheet has changed', () => {
  it.each<[string, Value, RegExp]>([
    ['18 digits as a number', Number('500242202100011234'), /15 位/],
    ['a number of plots made a date', new Date(Date.UTC(2026, 0, 2)), /日期/],
  ])('%s', async (_, value, words) => {
    const problem = await xlsx(changed(2, 0, value));
    expect(problem).toMatchObject({ code: 'table-invalid', where: { file: 'a.xlsx', row: 2, field: '地块编号' } });
    expect(problem.detail.zh).toMatch(words);
  });
  it('18 digits shown with an exponent', async () => {
    expect(await csv(changed(2, 0, '5.00242E+17'))).toMatchObject({ where: { row: 2, field: '地块编号' } });
  });
  it('18 digits as text stay what they are', async () => {
    const long = '500242202100011234';
    const table = rows.map((row) => row.map((value) => (value === 'D1' ? long : value)));
    for (const [bytes, name] of [
      [csvOf(table), 'a.csv'],
      [await xlsxOf({ a: table }), 'a.xlsx'],
    ] as const)
      expect((await read(bytes, { name })).rows[0]!.attributes).toEqual({ 地块编号: long });
  });
});

describe('coordinate systems', () => {
  it('no zone before the eastings and none stated: the candidates are named', async () => {
    const short = [basicHeads, ...points.map(([id, p, r, n, e]): Row => [id!, p!, r!, n!, Number(e) - 36e6])];
    const problem = await csv(short);
    expect(problem).toMatchObject({ code: 'crs-unknown', where: { file: 'a.csv' } });
    expect(problem.where!.candidates).toContain('EPSG:4545');
  });
  it.each<[string, readonly Row[]]>([
    ['a label', [['坐标系：1980西安坐标系'], ...rows]],
    ['a title', [['西安80坐标系界址点成果表'], ...rows]],
    ['a heading', [['地块编号', '点号', '圈号', 'X（北京54）', 'Y（北京54）'], ...points]],
    ['a column', [[...basicHeads, '坐标系'], ...points.map((row): Row => [...row, '1980西安坐标系'])]],
  ])('another datum in %s', async (_, table) => {
    expect(await csv(table)).toMatchObject({ code: 'crs-unsupported-datum', where: { file: 'a.csv' } });
  });
  it('another datum in the name of the sheet', async () => {
    expect(await refusal(await xlsxOf({ 西安80: rows }), { name: 'a.xlsx' })).toMatchObject({
      code: 'crs-unsupported-datum',
    });
  });
  it('longitude and latitude that are metres', async () => {
    expect(await csv([['地块编号', '点号', '圈号', '纬度', '经度'], ...points])).toMatchObject({
      code: 'crs-conflict',
      where: { row: 1 },
    });
  });
});

describe('headings', () => {
  it.each<[string, readonly Row[], string]>([
    [
      'two columns X',
      [['地块编号', 'X', 'Y', 'X', 'Y'], ...points.map(([id, , , n, e]): Row => [id!, n!, e!, n!, e!])],
      'table-invalid',
    ],
    ['two numbers of plots', [['地块编号', '地块编号', '圈号', 'X', 'Y'], ...points], 'table-invalid'],
  ])('%s', async (_, table, code) => {
    expect(await csv(table)).toMatchObject({ code, where: { file: 'a.csv', row: 1 } });
  });
  it('none: what is wanted is said, and what was found', async () => {
    expect(
      await csv([
        ['地块编号', '面积'],
        ['D1', 1],
      ]),
    ).toMatchObject({ code: 'attribute-missing', where: { file: 'a.csv' } });
    const problem = await refusal(
      await xlsxOf({
        台账: [
          ['地块编号', '面积'],
          ['D1', 1],
        ],
      }),
      { name: 'a.xlsx' },
    );
    expect(problem).toMatchObject({ code: 'attribute-missing', where: { file: 'a.xlsx', candidates: ['台账'] } });
    expect(problem.detail.zh).toMatch(/纵坐标、横坐标/);
  });
  it('a heading and nothing under it', async () => {
    expect(await csv([basicHeads])).toMatchObject({ code: 'table-invalid', where: { file: 'a.csv' } });
    expect(await xlsx([basicHeads])).toMatchObject({ code: 'table-invalid', where: { file: 'a.xlsx' } });
  });
  it('one point a plot is no boundary', async () => {
    expect(await csv([basicHeads, points[0]!, points[6]!])).toMatchObject({
      code: 'geometry-empty',
      where: { file: 'a.csv' },
    });
  });
  it('several sheets of points are asked about; a sheet that is not there, or has none, is told', async () => {
    const bytes = await xlsxOf({ 甲: rows, 乙: rows, 封面: [['说明']] });
    expect(await refusal(bytes, { name: 'a.xlsx' })).toMatchObject({
      code: 'several-shapefiles',
      where: { candidates: ['甲', '乙'] },
    });
    expect(await refusal(bytes, { name: 'a.xlsx', sublayer: '丙' })).toMatchObject({ code: 'no-shapefile' });
    expect(await refusal(bytes, { name: 'a.xlsx', sublayer: '封面' })).toMatchObject({
      code: 'attribute-missing',
      where: { file: 'a.xlsx/封面' },
    });
  });
});

describe('limits and bombs', () => {
  it('plots, points of a plot, bytes, lines, columns', async () => {
    const refused = (limits: object, bytes: string | Buffer = csvOf(rows), name = 'a.csv') =>
      refusal(bytes, { name, limits });
    expect(await refused({ features: 1 })).toMatchObject({ code: 'too-many-features', where: { file: 'a.csv' } });
    expect(await refused({ verticesPerFeature: 4 })).toMatchObject({ code: 'too-large', where: { row: 2 } });
    expect(await refused({ entryBytes: 50 })).toMatchObject({ code: 'too-large' });
    expect(await refused({ lines: 5 })).toMatchObject({ code: 'too-large' });
    expect(await refused({ features: 1 }, await xlsxOf({ a: rows }), 'a.xlsx')).toMatchObject({
      code: 'too-many-features',
    });
    expect(await refused({ entryBytes: 500 }, await xlsxOf({ a: rows }), 'a.xlsx')).toMatchObject({
      code: 'too-large',
    });
  });
  it('a workbook whose sheet is larger than it says, or than is read, before it is parsed', async () => {
    const blank = Buffer.alloc(70 * 1024 * 1024, 0x20);
    const bomb = (more: object) =>
      makeZip([
        { name: 'xl/workbook.xml', data: Buffer.from('<x/>') },
        { name: 'xl/worksheets/sheet1.xml', data: blank, deflated: deflateRawSync(blank), ...more },
      ]);
    expect(await refusal(bomb({}), { name: 'a.xlsx' })).toMatchObject({ code: 'too-large', where: { file: 'a.xlsx' } });
    expect(await refusal(bomb({ statedBytes: 10 }), { name: 'a.xlsx' })).toMatchObject({ code: 'zip-unsafe' });
  });
  it('entities of XML are not expanded', async () => {
    const whole = await xlsxOf({ a: rows });
    const { entries } = await entriesOf(whole);
    const lol = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>';
    const bytes = makeZip(
      entries.map(({ name, data }) => ({
        name,
        data: /sheet1/.test(name)
          ? Buffer.from(data.toString().replace(/\?>/, `?>${lol}`).replace('<v>3192000</v>', '<v>&b;</v>'))
          : data,
      })),
    );
    expect(['not-a-zip', 'table-invalid', 'coordinate-invalid']).toContain(
      (await refusal(bytes, { name: 'a.xlsx' })).code,
    );
  });
});

async function entriesOf(zip: Buffer): Promise<{ entries: { name: string; data: Buffer }[] }> {
  const yauzl = await import('yauzl');
  const opened = await yauzl.default.fromBufferPromise(zip);
  const entries: { name: string; data: Buffer }[] = [];
  for await (const entry of opened.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of (await opened.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) chunks.push(chunk);
    entries.push({ name: entry.fileName, data: Buffer.concat(chunks) });
  }
  return { entries };
}

describe('names and values that mean harm', () => {
  it('stay what they are', async () => {
    const names = ['__proto__', 'constructor', '=cmd|calc', '<script>', `'; drop table parcel; --`, 'toString'];
    const table = [[...basicHeads, ...names], ...points.map((row): Row => [...row, ...names])];
    for (const [bytes, name] of [
      [csvOf(table), 'a.csv'],
      [await xlsxOf({ a: table }), 'a.xlsx'],
    ] as const) {
      const { rows: found, report } = await read(bytes, { name });
      expect(Object.values(found[0]!.attributes)).toEqual(['D1', ...names]);
      expect(report.fields.map((field) => field.name)).toEqual(['地块编号', 'proto__', ...names.slice(1)]);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    }
  });
  it('a quote that never ends, a line of a megabyte, binary', async () => {
    const text = csvOf(rows);
    expect(await refusal(`${text}"D3,J1`, { name: 'a.csv' })).toMatchObject({
      code: 'table-invalid',
      where: { row: 12 },
    });
    expect(await refusal(`${text}${'x'.repeat(1e6)}\n`, { name: 'a.csv' })).toMatchObject({
      code: 'table-invalid',
      where: { row: 12 },
    });
    expect(await refusal(`${text}D3\u0001,J1\n`, { name: 'a.csv' })).toMatchObject({
      code: 'table-invalid',
      where: { row: 12 },
    });
  });
});

describe('a zip of tables', () => {
  const data = (n: number) =>
    Buffer.from(csvOf([basicHeads, ...cornerRows([{ id: `D${n}`, rings: [box(x + 200 * n, y, 100)] }])]));
  const csvs = Array.from({ length: 53 }, (_, n) => ({ name: gbk(`项目/${n + 1}号/坐标.csv`), data: data(n) }));
  it('53 CSV files are one upload, what holds no points is named', async () => {
    const zip = makeZip([...csvs, { name: '汇总.csv', data: Buffer.from('项目,面积\r\n甲,1\r\n') }]);
    expect(await refusal(zip)).toMatchObject({ code: 'several-shapefiles' });
    const { report, rows: found } = await read(zip, { sublayer: '*' });
    expect(report).toMatchObject({ format: 'csv', feature_count: 53 });
    expect(report.warnings.at(-1)).toMatchObject({ code: 'tables-passed-over', where: { file: '汇总.csv' } });
    const last = found.find(({ source_file }) => source_file === '项目/53号/坐标.csv')!;
    expect(last.row).toBe(2);
    expect(polygonsIn(last.wkb!)[0]![0]![0]).toEqual([x + 200 * 52, y]);
    expect((await read(zip, { sublayer: '项目/2号/坐标.csv' })).rows[0]!.attributes).toEqual({ 地块编号: 'D1' });
  });
  it('workbooks too, a sheet of one by file/sheet', async () => {
    const other = [basicHeads, ...cornerRows([{ id: 'E1', rings: [box(x + 900, y, 30)] }])];
    const zip = makeZip([
      { name: '甲.xlsx', data: await xlsxOf({ 一: rows }) },
      { name: '乙.xlsx', data: await xlsxOf({ 一: other, 二: rows }) },
      { name: '汇总.xlsx', data: await xlsxOf({ 表: [['项目'], ['甲']] }) },
    ]);
    const all = await read(zip, { sublayer: '*' });
    expect(all.rows.map(({ source_file }) => source_file)).toEqual([
      '乙.xlsx/一',
      '乙.xlsx/二',
      '乙.xlsx/二',
      '甲.xlsx',
      '甲.xlsx',
    ]);
    expect(all.report.warnings.at(-1)).toMatchObject({ code: 'tables-passed-over', where: { file: '汇总.xlsx' } });
    const one = await read(zip, { sublayer: '乙.xlsx/一' });
    expect(one.rows.map(({ attributes }) => attributes)).toEqual([{ 地块编号: 'E1' }]);
  });
  it('beside a shapefile or texts of points it is a ledger', async () => {
    const ledger = { name: '台账.xlsx', data: await xlsxOf({ 表: [['项目'], ['甲']] }) };
    expect((await read(makeZip([...layerMembers(), ledger, csvs[0]!]))).report.format).toBe('shapefile');
    const text = makeTxt([{ rings: [box(x, y, 100)] }], { header });
    const beside = await read(makeZip([{ name: 'a.txt', data: gbk(text) }, ledger]));
    expect(beside.report).toMatchObject({ format: 'txt', warnings: [] });
  });
  it('beside files of another program the refusal names those', async () => {
    const ledger = { name: '台账.xlsx', data: await xlsxOf({ 表: [['项目'], ['甲']] }) };
    expect(await refusal(makeZip([ledger, { name: '图.dwg', data: Buffer.from('x') }]))).toMatchObject({
      code: 'format-unsupported',
    });
    expect(await refusal(makeZip([ledger]))).toMatchObject({ code: 'attribute-missing', where: { file: '台账.xlsx' } });
  });
});
