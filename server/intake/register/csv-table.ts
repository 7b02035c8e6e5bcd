/** A CSV file as a table: its encoding decided by its bytes (THREATS T6), separated by commas, tabs or semicolons, quoted by RFC 4180. */
import { AppError } from '../../errors.ts';
import { printable } from '../printable.ts';
import type { EncodingDecision, Warning } from '../source-types.ts';
import { EncodingTally, encodingOfPerson, hasStrangeCharacters } from '../text-encoding.ts';
import { tooManyRows, unclosedQuote } from './refusals.ts';
import type { Cell, TableFile, TableJob, TableRow } from './table.ts';

export function readCsv(bytes: Buffer, { fileName, encoding, limits }: TableJob): TableFile {
  const { text, decision, warnings } = decoded(bytes, fileName, encoding);
  const separator = separatorOf(text);
  const rows: TableRow[] = [];
  let row = 0;
  for (const fields of records(text, separator, fileName)) {
    row++;
    if (fields.every((field) => field.trim() === '')) continue;
    if (rows.length > limits.features) throw tooManyRows(fileName, limits.features);
    rows.push({ row, cells: fields.slice(0, limits.fields).map(cellOf) });
  }
  return { format: 'csv', tables: [{ name: printable(fileName), rows }], encoding: decision, warnings };
}

/** `="0012"` is how spreadsheets are told to keep figures as text; exports of ours guard formulas by an apostrophe. */
function cellOf(field: string): Cell | null {
  const text = field
    .trim()
    .replace(/^="(.*)"$/s, '$1')
    .replace(/^'(?=['=+\-@\t\r])/, '');
  return text === '' ? null : { text, is: 'text' };
}

function decoded(
  bytes: Buffer,
  fileName: string,
  asked: string | undefined,
): { text: string; decision: EncodingDecision; warnings: Warning[] } {
  const marked = byMark(bytes);
  let found: { decision: EncodingDecision; warnings: Warning[] };
  if (asked !== undefined) found = { decision: encodingOfPerson(asked), warnings: [] };
  else if (marked !== undefined) found = { decision: marked, warnings: [] };
  else {
    const tally = new EncodingTally(printable(fileName), null);
    let row = 0;
    for (let from = 0; from < bytes.length; ) {
      const end = bytes.indexOf(0x0a, from);
      const to = end < 0 ? bytes.length : end;
      tally.add(bytes.subarray(from, to), false, { row: ++row });
      from = to + 1;
    }
    found = tally.decide();
  }
  const { encoding } = found.decision;
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw unreadable(fileName, encoding);
  }
  if (hasStrangeCharacters(text)) throw unreadable(fileName, encoding);
  return { text, ...found };
}

function byMark(bytes: Buffer): EncodingDecision | undefined {
  const starts = (...mark: number[]) => mark.every((byte, at) => bytes[at] === byte);
  const encoding = starts(0xef, 0xbb, 0xbf)
    ? 'UTF-8'
    : starts(0xff, 0xfe)
      ? 'UTF-16LE'
      : starts(0xfe, 0xff)
        ? 'UTF-16BE'
        : undefined;
  return (
    encoding && {
      encoding,
      declared: 'BOM',
      source: 'content',
      reason: { zh: `文件以 ${encoding} 的字节序标记开头。`, en: `The file begins with the mark of ${encoding}.` },
    }
  );
}

function unreadable(fileName: string, encoding: string): AppError {
  const file = printable(fileName);
  return new AppError(
    'encoding-undetermined',
    {
      zh: `${file} 不能按 ${encoding} 读取。请用 encoding 指定正确的编码（如 UTF-8、GB18030），或另存为 .xlsx 上传。`,
      en: `${file} cannot be read as ${encoding}. Give the right encoding (UTF-8, GB18030 …), or save it as .xlsx.`,
    },
    { file },
  );
}

/** What stands most often outside quotes in the first ten lines; a comma where nothing does. */
function separatorOf(text: string): string {
  const head = text
    .split('\n', 10)
    .join('\n')
    .replaceAll(/"[^"]*"/g, '');
  const counts = [',', '\t', ';', '，'].map((sign) => ({ sign, count: head.split(sign).length }));
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).sign;
}

/** A quote inside a field that does not begin with one is a letter like any other, as spreadsheets have it. */
function* records(text: string, separator: string, fileName: string): Generator<string[]> {
  let fields: string[] = [];
  let row = 1;
  let at = 0;
  while (at < text.length) {
    let field: string;
    if (text[at] === '"') {
      field = '';
      at++;
      for (;;) {
        const end = text.indexOf('"', at);
        if (end < 0) throw unclosedQuote(fileName, row);
        field += text.slice(at, end);
        at = end + 1;
        if (text[at] !== '"') break;
        field += '"';
        at++;
      }
    } else field = '';
    let end = at;
    while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end++;
    fields.push(field + text.slice(at, end));
    at = end;
    if (text[at] === separator) {
      at++;
      if (at === text.length) fields.push('');
      continue;
    }
    if (text[at] === '\r' && text[at + 1] === '\n') at++;
    at++;
    yield fields;
    fields = [];
    row++;
  }
  if (fields.length > 0) yield fields;
}
