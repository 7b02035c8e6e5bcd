/** A register file as tables, whole in memory: registers are small, and every fault is told at once. Read in a process of its own. */
import { AppError } from '../../errors.ts';
import { printable } from '../printable.ts';
import type { EncodingDecision, Warning } from '../source-types.ts';
import { openCsv } from '../tables/csv.ts';
import type { TableJob, TableRow } from '../tables/table.ts';
import { openWorkbook } from '../tables/xlsx.ts';
import { hasStrangeCharacters } from '../text-encoding.ts';
import { strangeLetters, tooManyRows } from './refusals.ts';

/** One sheet; of a CSV file the whole. Rows without any value are left out. */
export interface Table {
  name: string;
  rows: TableRow[];
}

export interface TableFile {
  format: 'xlsx' | 'csv';
  tables: Table[];
  /** null of a workbook, which is UTF-8 by definition */
  encoding: EncodingDecision | null;
  warnings: Warning[];
}

export async function readXlsx(job: TableJob, beat: () => void): Promise<TableFile> {
  const sheets = await openWorkbook(job, beat);
  const tables = sheets.map(({ name, rows }) => ({ name, rows: bounded(rows(), job) }));
  return { format: 'xlsx', tables: tables.filter(({ rows }) => rows.length > 0), encoding: null, warnings: [] };
}

export function readCsv(job: TableJob): TableFile {
  try {
    const { encoding, rows, close } = openCsv(job, () => {});
    try {
      const read = bounded(
        rows(() => {}),
        job,
      );
      if (read.some(({ cells }) => cells.some((cell) => cell && hasStrangeCharacters(cell.text))))
        throw strangeLetters(job.fileName, encoding.encoding);
      return { format: 'csv', tables: [{ name: printable(job.fileName), rows: read }], encoding, warnings: [] };
    } finally {
      close();
    }
  } catch (error) {
    // a register is no parcel file: what is wrong with it has always been said to be the request's
    if (error instanceof AppError && error.code === 'table-invalid')
      throw new AppError('validation', error.detail, error.where, { cause: error });
    throw error;
  }
}

function bounded(rows: Iterable<TableRow>, { fileName, limits }: TableJob): TableRow[] {
  const kept: TableRow[] = [];
  for (const row of rows) {
    if (kept.length > limits.features) throw tooManyRows(fileName, limits.features);
    kept.push(row);
  }
  return kept;
}
