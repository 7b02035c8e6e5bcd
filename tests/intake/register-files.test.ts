/** Register files that are odd, broken or hostile (THREATS T1–T6, T8, T14): each a table or a problem with its code, never a hang or a crash. */
import { deflateRawSync } from 'node:zlib';
import ExcelJS from 'exceljs';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { registerLimits } from '../../server/domain/limits.ts';
import type { AppError } from '../../server/errors.ts';
import { findHeading } from '../../server/intake/register/heading.ts';
import { readProjects } from '../../server/intake/register/read-projects.ts';
import { readTableFile } from '../../server/intake/register/read-table.ts';
import { columnLetter } from '../../server/intake/tables/table.ts';
import { fileOf, removeFiles } from '../intake-receive/receiving.ts';
import { csv, heads, project, xlsx } from '../intake-receive/register-files.ts';
import { makeZip } from './make-zip.ts';

removeFiles();

const code = '50024220210001';
const read = (bytes: Buffer | string, asked: { encoding?: string; limits?: object } = {}) => {
  const { path, fileName } = fileOf(Buffer.from(bytes as Buffer), 'register');
  return readTableFile(path, fileName, { encoding: asked.encoding, limits: { ...registerLimits, ...asked.limits } });
};
const projectsOf = async (bytes: Buffer | string, asked = {}) => {
  const { tables } = await read(bytes, asked);
  return readProjects(findHeading(tables, 'register', {}), 'register').projects;
};
const codeOf = (bytes: Buffer | string, asked = {}) =>
  projectsOf(bytes, asked).then(
    () => 'taken',
    (error: AppError) => error.code ?? String(error),
  );
const workbook = async (fill: (sheet: ExcelJS.Worksheet, book: ExcelJS.Workbook) => void) => {
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet('Sheet1');
  sheet.addRows([heads, project(code)]);
  fill(sheet, book);
  return Buffer.from(await book.xlsx.writeBuffer());
};

describe('files that are no register', () => {
  it.each([
    ['a PDF', '%PDF-1.7\n…', 'format-unsupported'],
    ['an .xls', Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]), 'format-unsupported'],
    [
      'a workbook with a password',
      Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.from('EncryptedPackage', 'utf16le')]),
      'zip-encrypted',
    ],
    ['a web page called .xls', '<html><table><tr><td>备案编号</td></tr></table></html>', 'format-unsupported'],
    ['binary', Buffer.from([1, 2, 0, 3, 0, 0, 7]), 'format-unsupported'],
    ['a zip of something else', makeZip([{ name: 'a.csv', data: Buffer.from('x') }]), 'format-unsupported'],
    ['the beginning of a zip', Buffer.from('504b0304140000000800', 'hex'), 'not-a-zip'],
    ['a zip that leaves its folder', makeZip([{ name: '../xl/workbook.xml', data: Buffer.from('x') }]), 'zip-unsafe'],
    ['prose', '这是一段话。', 'attribute-missing'],
    ['one line of blanks', ' \n', 'attribute-missing'],
    ['a quote that never ends', `${heads.join()}\r\n"${code},x\r\n`, 'validation'],
  ])('%s', async (_, bytes, wanted) => {
    expect(await codeOf(bytes)).toBe(wanted);
  });

  it('a workbook cut short, or with a changed byte, says that it is damaged', async () => {
    const whole = await xlsx([project(code)]);
    expect(await codeOf(whole.subarray(0, whole.length - 200))).toBe('not-a-zip');
    const changed = Buffer.from(whole);
    const name = 'xl/worksheets/sheet1.xml';
    // the first occurrence is the local header; behind the name comes the deflated sheet
    changed[whole.indexOf(name) + name.length + 40]! ^= 0xff;
    expect(await codeOf(changed)).toBe('not-a-zip');
  });

  it('a bomb is refused by its real size, in a sentence about workbooks', async () => {
    const zeros = Buffer.alloc(8 * 1024 * 1024);
    const bomb = makeZip([
      { name: 'xl/workbook.xml', data: Buffer.from('<x/>') },
      { name: 'xl/sheet.xml', data: zeros, deflated: deflateRawSync(zeros) },
    ]);
    const error = await read(bomb, { limits: { entryBytes: 1024 * 1024 } }).catch((fault: AppError) => fault);
    expect(error).toMatchObject({ code: 'too-large', detail: { zh: expect.stringContaining('工作表') } });
  });

  it('too many rows are a table of something else', async () => {
    const rows = Array.from({ length: 12 }, (_, i) => project(`${code.slice(0, -2)}${10 + i}`));
    expect(await codeOf(csv(rows), { limits: { features: 10 } })).toBe('too-many-features');
    expect(await codeOf(await xlsx(rows), { limits: { features: 10 } })).toBe('too-many-features');
    expect(await codeOf(csv(rows.slice(0, 10)), { limits: { features: 10 } })).toBe('taken');
  });
});

describe('odd registers that are taken', () => {
  it.each([
    ['semicolons', `${heads.join(';')}\n${project(code).join(';')}`],
    [
      'tabs, in UTF-16 as Excel writes Unicode text',
      iconv.encode(`${heads.join('\t')}\r\n${project(code).join('\t')}`, 'utf16le', { addBOM: true }),
    ],
    ['Chinese commas', `${heads.join('，')}\n${project(code).join('，')}`],
    ['codes kept as text by ="…"', csv([project(`="${code}"`)])],
    ['line breaks within a cell', csv([project(code, { 项目名称: '甲\r\n乙' })])],
    [
      'half-width brackets, stars and blanks in the heading',
      csv(
        [project(code)],
        'gbk',
        heads.map((head) => `* ${head.replace('（', '(').replace('）', ')')} `),
      ),
    ],
  ])('%s', async (_, bytes) => {
    expect(await projectsOf(bytes)).toMatchObject([{ project_code: code, certified_area_m2: 125_000 }]);
  });

  it('a validation over a whole column, merged cells, a hidden sheet of lists', async () => {
    const bytes = await workbook((sheet, book) => {
      sheet.mergeCells('N1:N3');
      (sheet as unknown as { dataValidations: { add(range: string, rule: object): void } }).dataValidations.add(
        'L2:L1048576',
        {
          type: 'list',
          formulae: ['"已核定,待核定"'],
        },
      );
      book.addWorksheet('lists', { state: 'hidden' }).addRow(['已核定']);
    });
    const started = performance.now();
    expect(await projectsOf(bytes)).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(8000);
  });

  it('names and letters that are formulas, scripts or SQL stay what they are', async () => {
    const names = ['<script>alert(1)</script>', `'; drop table project; --`, '__proto__', '@SUM(A1)'];
    const rows = names.map((name, i) => project(`${code.slice(0, -1)}${i + 2}`, { 项目名称: name }));
    for (const bytes of [csv(rows), await xlsx(rows)])
      expect((await projectsOf(bytes)).map(({ project_name }) => project_name)).toEqual(names);
  });

  it('a code of 18 digits keeps its letters as text, and is refused as a number', async () => {
    const long = '500242202100011234';
    expect((await projectsOf(await xlsx([project(long)])))[0]!.project_code).toBe(long);
    const row = project(long);
    row[0] = Number(long);
    const error = await projectsOf(await xlsx([row])).catch((fault: AppError) => fault);
    expect(error).toMatchObject({ code: 'validation', where: { row: 2, faults: [{ column: 'A' }] } });
  });
});

describe('cells without a value', () => {
  it('an error or a formula never computed is a fault of its cell', async () => {
    const bytes = await workbook((sheet) => {
      sheet.getCell('I2').value = { error: '#REF!' } as never;
      sheet.getCell('K2').value = { formula: 'I2*7500' } as never;
    });
    const error = (await projectsOf(bytes).catch((fault: AppError) => fault)) as AppError;
    expect(error.where!.faults!.map(({ row, column }) => `${column}${row}`)).toEqual(['I2', 'K2']);
  });

  it('a serial of a date, and a year in a cell of dates, are told for what they are', async () => {
    const bytes = await workbook((sheet) => {
      sheet.getCell('D2').value = 44270;
      // 2021 in a cell of dates
      sheet.getCell('F2').value = new Date(Date.UTC(1905, 6, 13));
    });
    const error = (await projectsOf(bytes).catch((fault: AppError) => fault)) as AppError;
    expect(error.where!.faults!.map(({ message }) => message.zh)).toEqual([
      expect.stringMatching(/D 列.*日期的序号/),
      expect.stringMatching(/F 列.*填了年份/),
    ]);
  });

  it('two sheets that could be it are asked about; the one named is taken', async () => {
    const bytes = await workbook((_, book) => book.addWorksheet('2022').addRows([heads, project(code)]));
    const { tables } = await read(bytes);
    expect(() => findHeading(tables, 'a.xlsx', {})).toThrow(
      expect.objectContaining({
        code: 'validation',
        where: expect.objectContaining({ candidates: ['Sheet1', '2022'] }),
      }),
    );
    expect(findHeading(tables, 'a.xlsx', { sheet: '2022' }).table.name).toBe('2022');
  });

  it('columns have the letters of a spreadsheet', () => {
    expect([0, 25, 26, 51, 52, 701, 702].map(columnLetter)).toEqual(['A', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA']);
  });
});
