/** A table out of a spreadsheet or a CSV file, before anything is known of its meaning. */
import type { IntakeLimits } from '../../domain/limits.ts';
import type { Sentence } from '../../errors.ts';

/** `text` as written; of a number the shortest letters that give it back, of a date YYYY-MM-DD, of a fault what the cell shows. */
export interface Cell {
  text: string;
  is: 'text' | 'number' | 'date' | 'fault';
}

export interface TableRow {
  /** as a spreadsheet numbers it: the heading and empty rows count */
  row: number;
  /** by column, from A; null where there is nothing */
  cells: (Cell | null)[];
}

export interface TableJob {
  path: string;
  fileName: string;
  encoding: string | undefined;
  limits: IntakeLimits;
  /** a folder of the job's own, empty; the caller removes it */
  tempDir: string;
}

/** 0 → A, 26 → AA: what a clerk sees above the column. */
export function columnLetter(index: number): string {
  let letters = '';
  for (let n = index + 1; n > 0; n = Math.floor((n - 1) / 26))
    letters = String.fromCharCode(65 + ((n - 1) % 26)) + letters;
  return letters;
}

/** What a spreadsheet makes of a date or a year in a cell of the wrong format, told as what to do about it. */
export function dateHint({ is, text }: Cell): Sentence | null {
  if (is === 'number' && /^\d{5}(\.\d+)?$/.test(text))
    return {
      zh: `${text} 像是日期的序号，请把该列设为日期格式`,
      en: `${text} looks like the serial of a date; format the column as a date`,
    };
  // 1950 to 2100 as days of the calendar are these months
  if (is === 'date' && /^1905/.test(text))
    return {
      zh: `${text} 像是填了年份而单元格是日期格式，请把该列设为文本后只填年份，或填完整日期`,
      en: `${text} looks like a year in a cell of dates; make the column text, or write the whole date`,
    };
  return null;
}
