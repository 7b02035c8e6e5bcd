/** The sheets of a workbook. The archive is looked through first, since the reader of workbooks inflates whatever it is given. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type ExcelJS from 'exceljs';
import { AppError } from '../../errors.ts';
import { GuardedZip, isSystemFault } from '../zip-guard.ts';
import { isOdd, isSheet, rowsWritten, writePlain } from './plain-workbook.ts';
import { damagedWorkbook, noWorkbook, protectedWorkbook, tableTooLarge, unsafeWorkbook } from './refusals.ts';
import type { Cell, TableJob, TableRow } from './table.ts';

/**
 * Parts of a sheet that are no values. Not only saved time: exceljs writes a validation or a merge out cell by cell, and one over whole
 * columns, which ledgers have, is a million cells.
 */
const ignoreNodes = [
  'dataValidations',
  'mergeCells',
  'conditionalFormatting',
  'hyperlinks',
  'drawing',
  'picture',
  'tableParts',
  'legacyDrawing',
  'extLst',
  'autoFilter',
  'sheetProtection',
  'rowBreaks',
  'colBreaks',
  'headerFooter',
  'pageSetup',
  'printOptions',
  'pageMargins',
];

/** letters of one cell; document numbers and names are far shorter */
const longestCell = 2000;
/** exceljs holds a workbook whole, at ten to fifteen times its XML: 150,000 rows of 7 columns are 43 MB, and 0.8 GB in memory */
const longestSheets = 48 * 1024 * 1024;

export interface Sheet {
  name: string;
  /** rows with a value, again at each call, numbered as the spreadsheet does */
  rows(): Generator<TableRow, void, undefined>;
  rowCount: number;
}

/**
 * Sheets that hold anything, those hidden for good left out. `beat` is called at least every half second that something
 * is done. Throws not-a-zip, zip-unsafe, zip-encrypted, too-large, format-unsupported.
 */
export async function openWorkbook(job: TableJob, beat: () => void): Promise<Sheet[]> {
  const { path, rows } = await lookThrough(job, beat);
  // only where it is needed: it takes 0.25 s to load, which every parser of a file would pay
  const { default: exceljs } = await import('exceljs');
  const workbook = new exceljs.Workbook();
  const timer = setInterval(beat, 400);
  try {
    await workbook.xlsx.readFile(path, { ignoreNodes } as never);
  } catch (error) {
    if (isSystemFault(error)) throw error;
    throw damagedWorkbook(job.fileName, error);
  } finally {
    clearInterval(timer);
  }
  const beyond = workbook.worksheets.find(({ rowCount }) => rowCount > lastRow);
  if (beyond) throw damagedWorkbook(job.fileName, new Error(`a row numbered ${beyond.rowCount}`));
  const read = workbook.worksheets.reduce((sum, sheet) => sum + rowsRead(sheet), 0);
  if (read < rows) throw damagedWorkbook(job.fileName, new Error(`${read} rows were read of ${rows}`));
  return workbook.worksheets
    .filter((sheet) => sheet.state !== 'veryHidden' && sheet.actualRowCount > 0)
    .map((sheet) => ({ name: sheet.name, rowCount: sheet.rowCount, rows: () => rowsOf(sheet, job.limits.fields) }));
}

/** rows of a sheet as its part has them, empty ones too */
function rowsRead(sheet: ExcelJS.Worksheet): number {
  let rows = 0;
  for (let number = 1; number <= sheet.rowCount; number++) if (sheet.findRow(number) !== undefined) rows++;
  return rows;
}

/**
 * Every entry inflated once, its real size counted and its checksum compared (THREATS T1–T3, T5).
 * @returns the workbook to read, and how many rows its sheets have
 */
async function lookThrough(
  { path, fileName, limits, tempDir }: TableJob,
  beat: () => void,
): Promise<{ path: string; rows: number }> {
  let sheets = 0;
  let rows = 0;
  let odd = false;
  try {
    const zip = await GuardedZip.open(path, fileName, limits);
    try {
      if (!zip.entries.some(({ name }) => name.toLowerCase() === 'xl/workbook.xml')) throw noWorkbook(fileName);
      for (const entry of zip.entries) {
        const out = join(tempDir, 'entry');
        const bytes = await zip.extract(entry, out, beat);
        if (/^xl\/(worksheets\/[^/]*|sharedStrings)\.xml$/i.test(entry.name)) sheets += bytes;
        if (sheets <= longestSheets) {
          if (isSheet(entry.name)) rows += rowsWritten(out);
          odd ||= isOdd(entry.name, out);
        }
        rmSync(out);
      }
    } finally {
      zip.close();
    }
  } catch (error) {
    throw inWordsOfWorkbooks(error, fileName, limits.archiveBytes);
  }
  if (sheets > longestSheets) throw tableTooLarge(fileName, longestSheets / 2 ** 20);
  if (!odd) return { path, rows };
  const zip = await GuardedZip.open(path, fileName, limits);
  try {
    return { path: await writePlain(zip, tempDir, beat), rows };
  } finally {
    zip.close();
  }
}

/** The guard speaks of shapefiles and archives. */
function inWordsOfWorkbooks(error: unknown, fileName: string, limitBytes: number): unknown {
  if (!(error instanceof AppError)) return error;
  if (error.code === 'zip-unsafe') return unsafeWorkbook(fileName, error);
  if (error.code === 'zip-encrypted') return protectedWorkbook(fileName);
  if (error.code === 'too-large') return tableTooLarge(fileName, Math.floor(limitBytes / 2 ** 20), error);
  return error.code === 'not-a-zip' || error.code === 'shapefile-corrupt' ? damagedWorkbook(fileName, error) : error;
}

/** rows of a sheet (ECMA-376 part 1, 18.3.1.73); a row numbered beyond them makes the reader walk a list of two thousand million */
const lastRow = 1_048_576;

function* rowsOf(sheet: ExcelJS.Worksheet, mostColumns: number): Generator<TableRow, void, undefined> {
  for (let number = 1; number <= sheet.rowCount; number++) {
    const row = sheet.findRow(number);
    if (!row?.hasValues) continue;
    const cells: (Cell | null)[] = [];
    row.eachCell((cell, column) => {
      if (column > mostColumns) return;
      const read = cellOf(cell.value);
      if (read === null) return;
      while (cells.length < column) cells.push(null);
      cells[column - 1] = { ...read, text: read.text.slice(0, longestCell) };
    });
    if (cells.length > 0) yield { row: number, cells };
  }
}

function cellOf(value: ExcelJS.CellValue): Cell | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return { text: String(value), is: 'number' };
  if (typeof value === 'string') return textCell(value);
  if (typeof value === 'boolean') return { text: value ? 'TRUE' : 'FALSE', is: 'text' };
  if (value instanceof Date)
    return Number.isNaN(value.getTime())
      ? { text: '#####', is: 'fault' }
      : { text: value.toISOString().slice(0, 10), is: 'date' };
  if ('richText' in value) return textCell(value.richText.map(({ text }) => text).join(''));
  if ('error' in value) return { text: String(value.error), is: 'fault' };
  if ('hyperlink' in value) return cellOf(value.text as ExcelJS.CellValue);
  // a formula counts by the value that the spreadsheet saved; one that was never computed has none
  const { result, formula } = value as ExcelJS.CellFormulaValue;
  return result === undefined || result === null ? { text: `=${formula ?? ''}`, is: 'fault' } : cellOf(result);
}

function textCell(text: string): Cell | null {
  const trimmed = text.trim();
  return trimmed === '' ? null : { text: trimmed, is: 'text' };
}
