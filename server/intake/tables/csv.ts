/** A CSV file as rows, streamed: encoding decided by its bytes (THREATS T6), separated by commas, tabs or semicolons, quoted by RFC 4180. */
import { join } from 'node:path';
import { printable } from '../printable.ts';
import type { EncodingDecision } from '../source-types.ts';
import { openText, type TextLine } from '../text-lines.ts';
import { unclosedQuote } from './refusals.ts';
import type { Cell, TableJob, TableRow } from './table.ts';

/** Letters of one quoted field; past this the quote that began it was never meant to be one. */
const longestField = 256 * 1024;

export interface CsvFile {
  encoding: EncodingDecision;
  /** rows with a value, again at each call; their numbers count empty ones too */
  rows(progress: (share: number) => void): Generator<TableRow, void, undefined>;
  close(): void;
}

/** Throws encoding-undetermined, too-large, and table-invalid (no text, a quote without end: that while its rows are read). */
export function openCsv(job: TableJob, progress: (share: number) => void): CsvFile {
  const file = printable(job.fileName);
  const kind = {
    noun: { zh: ' CSV 表格', en: 'CSV table' },
    code: 'table-invalid' as const,
    longestLine: longestField,
  };
  const text = openText({ ...job, kind }, job.path, file, join(job.tempDir, 'utf-8.csv'), progress);
  const head: string[] = [];
  for (const line of text.lines(() => {})) {
    head.push(line.text);
    if (head.length === 10) break;
  }
  const stated = /^sep=(.)$/i.exec(head[0]?.trim() ?? '')?.[1];
  const separator = stated ?? separatorOf(head.join('\n'));
  return {
    encoding: text.encoding,
    *rows(report) {
      for (const { row, fields } of records(text.lines(report), separator, job.fileName)) {
        if (fields.every((field) => field.trim() === '') || (row === 1 && stated !== undefined)) continue;
        yield { row, cells: fields.slice(0, job.limits.fields).map(cellOf) };
      }
    },
    close: () => text.close(),
  };
}

/** `="0012"` is how spreadsheets are told to keep figures as text; exports of ours guard formulas by an apostrophe. */
function cellOf(field: string): Cell | null {
  let text = field.trim();
  if (text.startsWith('=') || text.startsWith("'"))
    text = text.replace(/^="(.*)"$/s, '$1').replace(/^'(?=['=+\-@\t\r])/, '');
  return text === '' ? null : { text, is: 'text' };
}

/** What stands most often outside quotes; a comma where nothing does. */
export function separatorOf(head: string): string {
  const bare = head.replaceAll(/"[^"]*"/g, '');
  const counts = [',', '\t', ';', '，'].map((sign) => ({ sign, count: bare.split(sign).length }));
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).sign;
}

/** A quote inside a field that does not begin with one is a letter like any other, as spreadsheets have it. */
function* records(
  lines: Iterable<TextLine>,
  separator: string,
  fileName: string,
): Generator<{ row: number; fields: string[] }, void, undefined> {
  let row = 0;
  let fields: string[] = [];
  /** of a quoted field that goes on: what it holds so far */
  let open: string | undefined;
  for (const { text } of lines) {
    let at = 0;
    if (open === undefined) {
      row++;
      fields = [];
      if (!text.includes('"')) {
        yield { row, fields: text.split(separator) };
        continue;
      }
    }
    while (at >= 0) {
      if (open === undefined && text[at] === '"') {
        open = '';
        at++;
      }
      if (open !== undefined) {
        const end = text.indexOf('"', at);
        if (end < 0) break;
        open += text.slice(at, end);
        at = end + 1;
        if (text[at] === '"') {
          open += '"';
          at++;
          continue;
        }
      }
      const next = text.indexOf(separator, at);
      fields.push((open ?? '') + text.slice(at, next < 0 ? undefined : next));
      open = undefined;
      at = next < 0 ? -1 : next + 1;
    }
    if (open === undefined) yield { row, fields };
    else {
      open += `${text.slice(at)}\n`;
      if (open.length > longestField) break;
    }
  }
  if (open !== undefined) throw unclosedQuote(fileName, row);
}
