/**
 * Which source attribute is meant by which column: by alias in the order written, case-blind, also where a DBF has cut the
 * name to 10 bytes (in the middle of a character, if it fell so); a field map of the uploader's goes before all aliases.
 */
import iconv from 'iconv-lite';
import { AppError } from '../errors.ts';
import type { Warning } from './source-types.ts';

/** A DBF column name has 10 bytes (DOMAIN §4.2): GBK 5 Chinese characters, UTF-8 3. */
const dbfNameBytes = 10;

/** Where the value of a column comes from; a constant is the same for every row. */
export type Reading = { field: string } | { constant: string } | null;

/** What is left of a name cut to 10 bytes, in GBK and in UTF-8, half a character taken off; none where the name fits. */
export function truncations(name: string): string[] {
  return [...new Set(['gb18030', 'utf8'].map((encoding) => cut(name, encoding)))].filter((short) => short !== name);
}

function cut(name: string, encoding: string): string {
  let kept = '';
  let bytes = 0;
  for (const character of name) {
    bytes += iconv.encode(character, encoding).length;
    if (bytes > dbfNameBytes) break;
    kept += character;
  }
  return kept;
}

/** Case and blanks do not tell names apart; nor does the broken half of a character that a cut leaves behind. */
function plain(name: string): string {
  return name
    .replace(/\uFFFD+$/u, '')
    .trim()
    .toLowerCase();
}

/** All source fields that an alias means, best first: alias order, and for one alias the whole name before a cut one. */
export function matchingFields(fields: readonly string[], aliases: readonly string[]): string[] {
  const found: string[] = [];
  for (const alias of aliases) {
    for (const name of [alias, ...truncations(alias)]) {
      for (const field of [...fields.filter((f) => f === name), ...fields.filter((f) => plain(f) === plain(name))])
        if (!found.includes(field)) found.push(field);
    }
  }
  return found;
}

/**
 * The field of a column: the first match that has a value in any row, else the first match. A column nobody has filled in
 * says nothing, so the next alias is heard (a DLTB-shaped parcel file has an empty DKBH beside a full BSM).
 */
export function chooseField(candidates: readonly string[], filled: (field: string) => boolean): string | null {
  return candidates.find(filled) ?? candidates[0] ?? null;
}

/**
 * Reads the uploader's field map: column → source attribute (case-blind), or `=value` for a constant. A value that names
 * no attribute is a constant too, with a warning, because it may be a slip. An unknown column is `validation`.
 */
export function readFieldMap(
  fieldMap: Record<string, string> | undefined,
  columns: readonly string[],
  fields: readonly string[],
): { readings: Map<string, Exclude<Reading, null>>; warnings: Warning[] } {
  const readings = new Map<string, Exclude<Reading, null>>();
  const warnings: Warning[] = [];
  for (const [column, value] of Object.entries(fieldMap ?? {})) {
    if (!columns.includes(column))
      throw new AppError(
        'validation',
        {
          zh: `字段对应中没有“${column}”这一项，可用的有：${columns.join('、')}`,
          en: `The field map names "${column}", which is none of ${columns.join(', ')}`,
        },
        { field: column, candidates: [...columns] },
      );
    if (value.startsWith('=')) {
      readings.set(column, { constant: value.slice(1) });
      continue;
    }
    const field = fields.find((f) => f === value) ?? fields.find((f) => plain(f) === plain(value));
    if (field !== undefined) {
      readings.set(column, { field });
      continue;
    }
    readings.set(column, { constant: value });
    warnings.push({
      code: 'field-constant',
      message: {
        zh: `文件中没有属性“${value}”，${column} 一律取这个值；如本意是属性名请改正，如确为固定值请写成“=${value}”`,
        en: `The file has no attribute "${value}", so ${column} is that value for every row; write "=${value}" if it is meant`,
      },
      where: { field: column, candidates: fields.slice(0, 50) },
    });
  }
  return { readings, warnings };
}

/** The reading as it is told: the attribute's name, `=value` of a constant, null where there is none. */
export function tellReading(reading: Reading): string | null {
  if (reading === null) return null;
  return 'field' in reading ? reading.field : `=${reading.constant}`;
}
