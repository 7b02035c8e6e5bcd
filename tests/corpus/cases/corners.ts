/** Tables of corner points, CSV and XLSX: cut, lying, hostile, changed by a spreadsheet (T1–T3, T5, T6, T8, T14). */
import { basicHeads, cornerRows, csvOf, type Row, type Value, xlsxOf } from '../../intake/make-corners.ts';
import { box, gbk } from '../../intake/make-txt.ts';
import { makeZip } from '../../intake/make-zip.ts';
import { prefixed, pronounced, renamed, retell, strangeTag } from '../../intake/retell-workbook.ts';
import { type Add, cuts, group, load, refuse } from '../case.ts';
import { east, north, plotM2 } from '../shapes.ts';

const file = '界址点.csv';
const book = '界址点.xlsx';
const points = cornerRows([0, 1, 2].map((i) => ({ id: `D${i + 1}`, rings: [box(east + 150 * i, north, 100)] })));
const rows: readonly Row[] = [basicHeads, ...points];
const good = Buffer.from(csvOf(rows));
const goodBook = await xlsxOf({ 界址点: rows });
const three = load(3, { m2: 3 * plotM2 });
/** the table with one cell changed; row and column as a spreadsheet counts, the heading being row 1 */
const changed = (row: number, column: number, value: Value): readonly Row[] =>
  rows.map((cells, r) => (r === row - 1 ? Object.assign([...cells], { [column - 1]: value }) : cells));
/** D, the northing of the third point of the first plot */
const withX = (value: Value) => csvOf(changed(4, 4, value));

export const corners = group('corners', { to: 'parcel-set', file, fields: {} }, (add) => {
  const lineEnds = [...csvOf(rows).matchAll(/\r\n/g)].map(({ index }) => index);
  for (const at of cuts(good.length)) {
    // where a line ends a plot may be whole; a number that lost its last zeros is the same
    if (lineEnds.some((end) => at > end - 4 && at <= end + 2)) continue;
    add(
      `CSV cut after ${at} of ${good.length} bytes`,
      good.subarray(0, at),
      refuse(
        [
          'table-invalid',
          'txt-invalid',
          'format-unsupported',
          'attribute-missing',
          'encoding-undetermined',
          'coordinate-outside-crs',
          'not-a-zip',
          'coordinate-invalid',
          'crs-unknown',
        ],
        { file },
      ),
    );
  }
  for (const at of cuts(goodBook.length))
    add(
      `workbook cut after ${at} of ${goodBook.length} bytes`,
      goodBook.subarray(0, at),
      refuse(['not-a-zip', 'zip-unsafe', 'txt-invalid', 'format-unsupported', 'table-invalid'], { file: book }),
      { file: book },
    );
  values(add);
  tables(add);
  workbooks(add);
});

function values(add: Add): void {
  const cell = (odd: string, value: Value, code: Parameters<typeof refuse>[0] = 'table-invalid') =>
    add(odd, withX(value), refuse(code, { file, row: 4, field: 'X' }));
  cell('a coordinate in words', '三一九');
  cell('no coordinate', null);
  cell('digits lost to an exponent', '3.192E+06');
  cell('degrees, minutes, seconds', '28°49′12″');
  cell('a formula', '=1+1');
  cell('a coordinate NaN', 'NaN', 'coordinate-invalid');
  cell('a coordinate 1.#QNAN', '1.#QNAN', 'coordinate-invalid');
  cell('a coordinate of infinity', '1e999', 'coordinate-invalid');
  cell('a coordinate 1e300', '1e300', 'coordinate-invalid');
  add('a letter of NUL', withX('a\0b'), refuse('attribute-missing', { file }));
  add('a coordinate of a hundred digits', withX('3'.repeat(100)), refuse('coordinate-invalid', { file, row: 4 }));
  add('a digit too few', withX('319200.000'), refuse('crs-unknown', { file }));
  add(
    'a cell of a megabyte',
    withX('3'.repeat(1_000_000)),
    refuse(['table-invalid', 'coordinate-invalid'], { file, row: 4 }),
  );
  add(
    'an id of SQL',
    csvOf(rows.map(([id, ...rest]) => [id === 'D1' ? "'); drop table parcel; --" : id!, ...rest])),
    three,
  );
  add('an id of the prototype', csvOf(rows.map(([id, ...rest]) => [id === 'D1' ? '__proto__' : id!, ...rest])), three);
  add(
    'columns of the prototype',
    csvOf([[...basicHeads, '__proto__', 'constructor'], ...points.map((row) => [...row, 'a', 'b'])]),
    three,
  );
}

function tables(add: Add): void {
  add('GBK', gbk(csvOf(rows)), three);
  add('UTF-16', Buffer.from(`\uFEFF${csvOf(rows)}`, 'utf16le'), three);
  add('tabs between', csvOf(rows, '\t'), three);
  add('semicolons, lines of Unix', csvOf(rows, ';', '\n'), three);
  add('a title and empty lines above', `2021年补充耕地界址点成果表\r\n\r\n${csvOf(rows)}`, three);
  add('a heading alone', csvOf([basicHeads]), refuse(['table-invalid', 'geometry-empty'], { file }));
  add(
    'a plot of two points',
    csvOf([basicHeads, ...points.slice(0, 2)]),
    refuse(['table-invalid', 'geometry-empty'], { file }),
  );
  add(
    'no column of coordinates',
    csvOf([
      ['地块编号', '点号'],
      ['D1', 'J1'],
    ]),
    refuse(['table-invalid', 'attribute-missing', 'format-unsupported', 'txt-invalid'], { file }),
  );
  add('a quote that never ends', `${csvOf(rows)}"D4,J1,1,3192000,`, refuse('table-invalid', { file }));
  add(
    'a count of points that is more than there are',
    csvOf([[...basicHeads, '界址点数'], ...points.map((row) => [...row, 9])]),
    load(3, { told: ['table-point-count'] }),
  );
  add(
    'two names for one plot',
    csvOf([[...basicHeads, '地块名称'], ...points.map((row, i) => [...row, i === 3 ? '乙' : '甲'])]),
    refuse('table-invalid', { file, rows: [2, 5], field: '地块名称' }),
  );
  add(
    'eastings without their zone, and none stated',
    csvOf([basicHeads, ...points.map(([id, p, r, n, e]) => [id!, p!, r!, n!, Number(e) - 36e6])]),
    refuse('crs-unknown', { file }),
  );
  add(
    '20,000 columns',
    csvOf([[...basicHeads, ...Array.from({ length: 20_000 }, (_, i) => `c${i}`)], ...points]),
    load(3),
  );
  add(
    'bytes of no text',
    Buffer.from(Array.from({ length: 4000 }, (_, i) => Math.imul(i, 2654435761) >>> 24)),
    refuse(['format-unsupported', 'not-a-zip'], { file }),
  );
}

function workbooks(add: Add): void {
  const sheet = async (odd: string, sheets: Record<string, readonly Row[]>, expected: Parameters<Add>[2]) =>
    add(odd, () => xlsxOf(sheets), expected, { file: book });
  const where = { file: book };
  void sheet('a sheet', { 界址点: rows }, three);
  void sheet('a cover sheet before it', { 封面: [['说明']], 坐标: rows }, three);
  void sheet(
    'a date for a coordinate',
    { a: changed(4, 4, new Date(Date.UTC(2021, 4, 3))) },
    refuse('table-invalid', { ...where, row: 4, field: 'X' }),
  );
  void sheet(
    'an error for a coordinate',
    { a: changed(4, 4, { error: '#REF!' }) },
    refuse('table-invalid', { ...where, row: 4, field: 'X' }),
  );
  void sheet(
    'a formula that was never computed',
    { a: changed(4, 4, { formula: 'A1+1' }) },
    refuse('table-invalid', { ...where, row: 4, field: 'X' }),
  );
  void sheet(
    'an id of 18 digits as a number',
    { a: changed(2, 1, Number('500242202100011234')) },
    refuse('table-invalid', { ...where, row: 2, field: '地块编号' }),
  );
  void sheet('no row', { a: [] }, refuse('attribute-missing', where));
  const retold = async (tell: Parameters<typeof retell>[1]) => retell(await xlsxOf({ 界址点: rows }), tell);
  add('a prefix before every tag', () => retold(prefixed), three, where);
  add('a sheet whose part is not numbered', () => retold(renamed), three, where);
  add('pronunciation beside a text', () => retold(pronounced), three, where);
  add('a tag that is not of a sheet', () => retold(strangeTag), refuse('not-a-zip', where), where);
  add(
    'a zip that is called a workbook',
    makeZip([{ name: 'a.txt', data: Buffer.from('x') }]),
    refuse(['no-shapefile', 'format-unsupported', 'table-invalid'], {}),
    where,
  );
  add('a CSV that is called a workbook', good, three, where);
}
