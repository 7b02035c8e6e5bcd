/** What a table of boundary points says of its coordinate system: labels and titles above the heading, the heading, columns, the sheet's name. */
import { printable } from '../printable.ts';
import type { TableRow } from '../tables/table.ts';
import type { Head } from './corner-columns.ts';
import { labelIs, labelsOf } from './corner-names.ts';
import { badCell } from './corner-problems.ts';
import { type HeaderValue, systemKey } from './txt-parse.ts';
import { quoted } from './txt-problems.ts';

/** A datum named in passing, in a title or behind a heading: it must not be missed (THREATS T12). */
const datum =
  /(1980\s*)?西安\s*(19)?(80|坐标|大地)|1980\s*西安|(1954\s*)?北京\s*(19)?(54|坐标)|1954\s*北京|(^|\D)(19)?(80|54)\s*(国家)?(大地)?坐标|xian\s*_?(19)?80|beijing\s*_?(19)?54|CGCS\s*_?2000|2000\s*国家大地|国家\s*2000|WGS[-_\s]?(19)?84/i;
const older = /西安|北京|(^|\D)(19)?(80|54)(\D|$)|xian|beijing/i;

/** `labels`: what stands above the heading of plots; `header`: of coordinates, as the head of a 界址点 TXT would. */
export function labelsAbove(
  above: readonly TableRow[],
  head: Head,
  sheet: string,
): { labels: Map<string, string>; header: Map<string, HeaderValue> } {
  const labels = new Map<string, string>();
  const header = new Map<string, HeaderValue>();
  const state = (key: string, value: string, line: number) => {
    const before = header.get(key);
    // of two that differ the one that has to be refused is heard
    if (before === undefined || (key === '坐标系' && older.test(value))) header.set(key, { value, line });
  };
  for (const row of above) {
    for (const [key, value] of labelsOf(row)) {
      if (systemKey.test(key)) state(key, value, row.row);
      else if (/^单位$/.test(key) && /^(米|m|度)$/i.test(value)) state('计量单位', value, row.row);
      else if (labelIs(key) !== undefined && !labels.has(key)) labels.set(key, value);
    }
    for (const cell of row.cells) named(cell?.text ?? '', row.row);
  }
  for (const text of head.cells) named(text, head.row);
  named(sheet, head.row);
  if (head.degrees) state('计量单位', '度', head.row);
  else if (head.metres) state('计量单位', '米', head.row);
  return { labels, header };

  function named(text: string, line: number): void {
    const found = text.length > 500 ? undefined : datum.exec(text)?.[0];
    if (found !== undefined) state('坐标系', printable(found, 40), line);
  }
}

/** Columns 坐标系, 带号 …: one value for the whole table, heard as if it stood above it. */
export function systemOfColumns(head: Head, header: Map<string, HeaderValue>, file: string) {
  return {
    *watching(rows: Iterable<TableRow>): Generator<TableRow, void, undefined> {
      const first = new Map<string, string>();
      for (const row of rows) {
        if (row.row > head.row)
          for (const column of head.system) {
            const value = row.cells[column.index]?.text ?? '';
            if (value === '' || value === head.cells[column.index]) continue;
            const known = first.get(column.key);
            if (known === undefined) {
              first.set(column.key, value);
              if (!header.has(column.key) || older.test(value)) header.set(column.key, { value, line: row.row });
            } else if (known !== value)
              throw badCell(
                { file, row: row.row },
                column,
                `与前面的${quoted(known)}不同，是${quoted(value)}。请把坐标系不同的地块分成两个文件上传`,
                `it is ${quoted(value)}, above it was ${quoted(known)}. Put what is in different systems into files of their own`,
                'crs-conflict',
              );
          }
        yield row;
      }
    },
  };
}
