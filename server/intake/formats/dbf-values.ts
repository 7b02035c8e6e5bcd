/**
 * Values of a DBF row. A table is gone through twice: first to learn what each column holds (does every number survive
 * as a JavaScript number? in which encoding is the text?), then to give the values. Columns are never mixed.
 */
import { AppError, type Where } from '../../errors.ts';
import { isExactNumber } from '../exact-number.ts';
import type { AttributeValue, SourceField } from '../source-types.ts';
import { type EncodingTally, hasStrangeCharacters, type TextReader } from '../text-encoding.ts';
import type { WarningTally } from '../warnings.ts';
import type { DbfColumn, DbfTable } from './dbf.ts';

export interface ColumnPlan {
  column: DbfColumn;
  name: string;
  type: SourceField['type'];
}

const textTypes = new Set(['C', 'V']);
const numberTypes = new Set(['N', 'F']);

/** Trailing blanks and everything from the first NUL are padding; leading blanks belong to the value. */
export function trimmed(bytes: Buffer): Buffer {
  const nul = bytes.indexOf(0);
  let end = nul < 0 ? bytes.length : nul;
  while (end > 0 && bytes[end - 1] === 0x20) end--;
  return bytes.subarray(0, end);
}

const valueBytes = (row: Buffer, column: DbfColumn) => row.subarray(column.offset, column.offset + column.width);
/** Does the value take every byte of its field? Then its last character may have been cut. */
const fills = (value: Buffer, column: DbfColumn) => value.length === column.width;

/** First pass over one row: text into the tally, numbers that would lose digits noted by column. */
export function surveyRow(
  row: Buffer,
  rowNumber: number,
  columns: DbfColumn[],
  tally: EncodingTally | undefined,
  inexact: Set<DbfColumn>,
): void {
  for (const column of columns) {
    if (textTypes.has(column.type)) {
      if (!tally) continue;
      const value = trimmed(valueBytes(row, column));
      if (value.length > 0)
        tally.add(value, fills(value, column), {
          row: rowNumber,
          field: column.rawName.toString('latin1').replace(/[^\x20-\x7e]/g, '?'),
        });
    } else if (numberTypes.has(column.type) && !inexact.has(column)) {
      const letters = numberLetters(valueBytes(row, column));
      if (letters !== null && isDecimal(letters) && !isExactNumber(letters)) inexact.add(column);
    }
  }
}

/** Letters of an N or F value; null where it is blank or stars (a number that did not fit, or no value). */
function numberLetters(bytes: Buffer): string | null {
  const letters = trimmed(bytes).toString('latin1').trim();
  return letters === '' || letters.startsWith('*') ? null : letters;
}
const isDecimal = (letters: string) => /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(letters);

/** What a column will give, once every row has been seen. */
export function plannedType(column: DbfColumn, inexact: Set<DbfColumn>): SourceField['type'] {
  if (numberTypes.has(column.type)) return inexact.has(column) ? 'text' : 'number';
  if (column.type === 'D') return 'date';
  if (column.type === 'L') return 'boolean';
  return column.type === 'I' ||
    column.type === '+' ||
    (column.type === 'O' && column.width === 8) ||
    (column.type === 'B' && column.width === 8)
    ? 'number'
    : 'text';
}

/**
 * Second pass: the values of one row under their names. `join` types may ask a number column as text (layers joined).
 * Throws encoding-undetermined where text is not of the encoding a person chose.
 */
export function readRow(
  table: DbfTable,
  row: Buffer,
  rowNumber: number,
  plans: ColumnPlan[],
  text: TextReader,
  warnings: WarningTally,
): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {};
  for (const { column, name, type } of plans) {
    const where = { file: table.file, row: rowNumber, field: name };
    attributes[name] = readValue(valueBytes(row, column), column, type, where, text, warnings);
  }
  return attributes;
}

function readValue(
  bytes: Buffer,
  column: DbfColumn,
  type: SourceField['type'],
  where: Where,
  text: TextReader,
  warnings: WarningTally,
): AttributeValue {
  if (textTypes.has(column.type)) return readText(trimmed(bytes), column, where, text, warnings);
  if (numberTypes.has(column.type)) {
    const letters = numberLetters(bytes);
    if (letters === null) return null;
    if (isDecimal(letters)) return type === 'number' ? Number(letters) : letters;
    warnings.add('number-unreadable', where.field!, where, (n) => ({
      zh: `字段 ${where.field} 有 ${n} 个值不是数字（首个在第 ${where.row} 行：“${printable(letters)}”），按空值处理。`,
      en: `Field ${where.field} has ${n} value(s) that are no number (first in row ${where.row}: "${printable(letters)}"); taken as null.`,
    }));
    return null;
  }
  if (column.type === 'D') return readDate(bytes, where, warnings);
  if (column.type === 'L') {
    const mark = String.fromCharCode(bytes[0] ?? 0x20);
    return 'TtYy'.includes(mark) ? true : 'FfNn'.includes(mark) ? false : null;
  }
  const number = readBinary(bytes, column);
  if (number !== undefined) return asType(number, type);
  if (trimmed(bytes).length > 0) {
    warnings.add('field-unreadable', where.field!, where, () => ({
      zh: `字段 ${where.field} 的类型（${printable(column.type)}，如备注型）不在 .dbf 内或不受支持，按空值处理。`,
      en: `Field ${where.field} is of a type (${printable(column.type)}, such as memo) that is kept outside the .dbf or not supported; taken as null.`,
    }));
  }
  return null;
}

const asType = (value: number | null, type: SourceField['type']): AttributeValue =>
  value === null || type === 'number' ? value : String(value);

/** FoxPro's and dBase 7's binary numbers; undefined for any other type. */
function readBinary(bytes: Buffer, column: DbfColumn): number | null | undefined {
  if (column.type === 'I' && bytes.length === 4) return bytes.readInt32LE(0);
  if ((column.type === 'B' || column.type === 'O') && bytes.length === 8) {
    const value = bytes.readDoubleLE(0);
    return Number.isFinite(value) ? value : null;
  }
  return undefined;
}

function readText(
  bytes: Buffer,
  column: DbfColumn,
  where: Where,
  text: TextReader,
  warnings: WarningTally,
): string | null {
  if (bytes.length === 0) return null;
  const read = text.read(bytes, fills(bytes, column));
  if (!read) {
    throw new AppError(
      'encoding-undetermined',
      {
        zh: `第 ${where.row} 行字段 ${where.field} 不是 ${text.encoding} 编码的文字。请改用其他 encoding；若只是该值损坏，请更正后重新导出。`,
        en: `Row ${where.row}, field ${where.field} is not text of ${text.encoding}. Give another encoding; if only that value is damaged, correct it and export again.`,
      },
      where,
    );
  }
  if (read.cut) {
    warnings.add('text-cut', where.field!, where, (n) => ({
      zh: `字段 ${where.field} 有 ${n} 个值在字段末尾被截断了半个字（首个在第 ${where.row} 行），残缺的半个字已去掉。`,
      en: `Field ${where.field} has ${n} value(s) cut in the middle of a character (first in row ${where.row}); the broken half was left off.`,
    }));
  }
  if (hasStrangeCharacters(read.text)) {
    warnings.add('text-strange', where.field!, where, (n) => ({
      zh: `字段 ${where.field} 有 ${n} 个值含自造字或替代字符（首个在第 ${where.row} 行），可能显示不出。`,
      en: `Field ${where.field} has ${n} value(s) with private-use or replacement characters (first in row ${where.row}).`,
    }));
  }
  return read.text === '' ? null : read.text;
}

function readDate(bytes: Buffer, where: Where, warnings: WarningTally): string | null {
  const letters = trimmed(bytes).toString('latin1').trim();
  if (letters === '' || /^0+$/.test(letters) || letters.startsWith('*')) return null;
  const parts = /^(\d{4})(\d{2})(\d{2})$/.exec(letters);
  if (parts) {
    const iso = `${parts[1]}-${parts[2]}-${parts[3]}`;
    const date = new Date(`${iso}T00:00:00Z`);
    if (!Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso)) return iso;
  }
  warnings.add('date-unreadable', where.field!, where, (n) => ({
    zh: `字段 ${where.field} 有 ${n} 个值不是日期（首个在第 ${where.row} 行：“${printable(letters)}”），按空值处理。`,
    en: `Field ${where.field} has ${n} value(s) that are no date (first in row ${where.row}: "${printable(letters)}"); taken as null.`,
  }));
  return null;
}

/** Foreign bytes, safe in a sentence. */
const printable = (letters: string) => letters.replace(/[^\x20-\x7e]/g, '?').slice(0, 40);
