/**
 * Columns of a format whose values carry types of their own (GeoPackage, KML, file geodatabase): what each column holds
 * over all rows, and the value a row gives. One value that is no number, or that a double would change, makes its whole
 * column text (THREATS T8).
 */
import { AppError } from '../../errors.ts';
import { isExactNumber } from '../exact-number.ts';
import { safeFieldName } from '../field-names.ts';
import type { AttributeValue, SourceField } from '../source-types.ts';
import { hasStrangeCharacters } from '../text-encoding.ts';
import type { WarningTally } from '../warnings.ts';

export type Cell = string | number | bigint | boolean | null;
/** what the file declares a column to be; only `date` and `boolean` and, for text, `number` change how it is read */
export type Declared = 'date' | 'boolean' | 'number' | undefined;

type Kind = 'text' | 'number' | 'long' | 'boolean' | 'date' | 'midnight';

interface Column {
  name: string;
  declared: Declared;
  kinds: Set<Kind>;
  type: SourceField['type'];
}

const dateText = /^\d{4}-\d\d-\d\d$/;
/** a day as programs write it that know only points in time; FileGDB has no other dates */
const midnightText = /^(\d{4}-\d\d-\d\d)T00:00(:00(\.0+)?)?(Z|[+-]\d\d:\d\d)?$/;
const numberText = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

export class TypedColumns {
  readonly #columns = new Map<string, Column>();
  readonly #used = new Set<string>();
  readonly #file: string;
  readonly #most: number;
  readonly #warnings: WarningTally;

  constructor(file: string, most: number, warnings: WarningTally) {
    this.#file = file;
    this.#most = most;
    this.#warnings = warnings;
  }

  /** Makes the column known, so that it is a field even where no row has a value. Throws too-large past the limit of fields. */
  declare(key: string, declared?: Declared): void {
    const known = this.#columns.get(key);
    if (known) {
      known.declared ??= declared;
      return;
    }
    if (this.#columns.size >= this.#most)
      throw new AppError(
        'too-large',
        {
          zh: `${this.#file} 的字段超过 ${this.#most} 个。请去掉用不到的字段后重新导出。`,
          en: `${this.#file} has more than ${this.#most} fields. Leave out those that are not needed and export again.`,
        },
        { file: this.#file },
      );
    const name = safeFieldName(key, this.#columns.size + 1, this.#used, { file: this.#file }, this.#warnings);
    this.#columns.set(key, { name, declared, kinds: new Set(), type: 'text' });
  }

  /** First pass: one row's values. */
  survey(values: ReadonlyMap<string, Cell>, row: number): void {
    for (const [key, value] of values) {
      this.declare(key);
      if (value === null) continue;
      const column = this.#columns.get(key)!;
      column.kinds.add(kindOf(value, column.declared));
      if (typeof value === 'string') this.#look(value, column.name, row);
    }
  }

  /** Ends the first pass. */
  fields(): SourceField[] {
    for (const column of this.#columns.values()) column.type = typeOf(column.kinds);
    return [...this.#columns.values()].map(({ name, type }) => ({ name, type }));
  }

  /** Second pass: every column has a value, null where the row has none. */
  row(values: ReadonlyMap<string, Cell>): Record<string, AttributeValue> {
    const row: Record<string, AttributeValue> = {};
    for (const [key, { name, type }] of this.#columns) row[name] = valueAs(values.get(key) ?? null, type);
    return row;
  }

  #look(text: string, field: string, row: number): void {
    const where = { file: this.#file, row, field };
    if (hasStrangeCharacters(text))
      this.#warnings.add('text-strange', field, where, (n) => ({
        zh: `字段 ${field} 有 ${n} 个值含自造字或替代字符（首个在第 ${row} 行），可能显示不出。`,
        en: `Field ${field} has ${n} value(s) with private-use or replacement characters (first in row ${row}).`,
      }));
    if (clean(text) !== text)
      this.#warnings.add('text-cleaned', '', where, () => ({
        zh: `第 ${row} 行起，有文字含空字符（NUL）或残缺的代理字符，已去掉。`,
        en: `From row ${row} on, text has NUL characters or lone surrogates; they were taken out.`,
      }));
  }
}

/** jsonb takes neither NUL nor half a character */
const clean = (text: string) => text.replaceAll('\0', '').replace(/\p{Cs}/gu, '');

function kindOf(value: Exclude<Cell, null>, declared: Declared): Kind {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'bigint') return isExactNumber(String(value)) ? 'number' : 'long';
  if (declared === 'date') return dateText.test(value) ? 'date' : midnightText.test(value) ? 'midnight' : 'text';
  if (declared === 'number' && numberText.test(value)) return isExactNumber(value) ? 'number' : 'long';
  return 'text';
}

function typeOf(kinds: Set<Kind>): SourceField['type'] {
  if (kinds.size > 0 && [...kinds].every((kind) => kind === 'date' || kind === 'midnight')) return 'date';
  if (kinds.size !== 1) return 'text';
  return kinds.has('number') ? 'number' : kinds.has('boolean') ? 'boolean' : 'text';
}

function valueAs(value: Cell, type: SourceField['type']): AttributeValue {
  if (value === null) return null;
  if (type === 'number') return Number(value);
  if (type === 'boolean') return value === true;
  const text = clean(String(value));
  return type === 'date' ? (midnightText.exec(text)?.[1] ?? text) : text;
}
