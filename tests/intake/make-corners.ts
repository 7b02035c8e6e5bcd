/** Tables of boundary points as CSV and as workbooks, cell by cell as a test wants them. Knows nothing of the reader. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import type { Xy } from './make-txt.ts';

export type Value = string | number | Date | null | { formula: string; result?: number | string } | { error: string };
export type Row = readonly Value[];

export interface CornerPlot {
  id: string;
  /** as they are to be written, closed or not; x = easting */
  rings: readonly (readonly Xy[])[];
  /** further columns, in the order of `heads` */
  values?: readonly Value[];
}

export const basicHeads = ['地块编号', '点号', '圈号', 'X', 'Y'];

/** A row a point, northing first; numbers to the millimetre, points numbered anew in each plot. */
export function cornerRows(plots: readonly CornerPlot[], pair?: (point: Xy) => Value[]): Row[] {
  const write = pair ?? (([x, y]: Xy) => [Number(y.toFixed(3)), Number(x.toFixed(3))]);
  return plots.flatMap(({ id, rings, values = [] }) => {
    let number = 0;
    return rings.flatMap((ring, n) => {
      const first = number + 1;
      return ring.map((point, k): Row => {
        const closes = k > 0 && point[0] === ring[0]![0] && point[1] === ring[0]![1];
        if (!closes) number++;
        return [id, `J${closes ? first : number}`, n + 1, ...write(point), ...values];
      });
    });
  });
}

export function csvOf(rows: readonly Row[], separator = ',', end = '\r\n'): string {
  const field = (value: Value) => {
    const text = value === null ? '' : String(value);
    return text.includes(separator) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => row.map(field).join(separator) + end).join('');
}

export async function xlsxOf(
  sheets: Record<string, readonly Row[]>,
  also?: (book: ExcelJS.Workbook) => void,
): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  for (const [name, rows] of Object.entries(sheets)) book.addWorksheet(name).addRows(rows.map((row) => [...row]));
  also?.(book);
  return Buffer.from(await book.xlsx.writeBuffer());
}

/** A CSV opened in LibreOffice and saved by it: the workbook of another program. `filter` is its name of a format and options. */
export function officeSaves(csv: string | Buffer, filter: string, ext: string, importFilter = '44,34,76,1'): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'zhanbu-office-'));
  try {
    writeFileSync(join(folder, 'a.csv'), csv);
    execFileSync(
      'soffice',
      [
        `-env:UserInstallation=file://${folder}/profile`,
        '--headless',
        `--infilter=CSV:${importFilter}`,
        '--convert-to',
        `${ext}${filter === '' ? '' : `:${filter}`}`,
        '--outdir',
        join(folder, 'out'),
        join(folder, 'a.csv'),
      ],
      { stdio: 'ignore', timeout: 120_000 },
    );
    return readFileSync(join(folder, 'out', `a.${ext}`));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
