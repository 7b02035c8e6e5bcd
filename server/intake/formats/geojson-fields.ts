/** Properties of GeoJSON features → columns: which there are, what each holds, and the value a row gives. */
import { AppError } from '../../errors.ts';
import { isExactNumber } from '../exact-number.ts';
import { safeFieldName } from '../field-names.ts';
import type { AttributeValue, SourceField } from '../source-types.ts';
import { hasStrangeCharacters } from '../text-encoding.ts';
import type { WarningTally } from '../warnings.ts';
import { invalid, type RowPlace } from './geojson-shapes.ts';
import { JsonNumber, type JsonValue } from './json-text.ts';

type Kind = 'text' | 'number' | 'long' | 'boolean' | 'json';
interface Column {
  name: string;
  kinds: Set<Kind>;
  type: SourceField['type'];
}

export class GeojsonColumns {
  readonly #columns = new Map<string, Column>();
  readonly #used = new Set<string>();
  readonly #ids = new Set<Kind>();
  readonly #file: string;
  readonly #most: number;
  readonly #warnings: WarningTally;
  /** the features' own `id` becomes a column of that name, unless their properties have one */
  #idColumn: Column | undefined;

  constructor(file: string, most: number, warnings: WarningTally) {
    this.#file = file;
    this.#most = most;
    this.#warnings = warnings;
  }

  /** First pass: one feature's properties and id. */
  survey(properties: Map<string, JsonValue>, id: JsonValue | undefined, place: RowPlace): void {
    for (const [key, value] of properties) {
      let column = this.#columns.get(key);
      if (!column) {
        if (this.#columns.size >= this.#most)
          throw invalid(place, {
            zh: `属性超过 ${this.#most} 种`,
            en: `there are more than ${this.#most} different properties`,
          });
        const name = safeFieldName(key, this.#columns.size + 1, this.#used, { file: this.#file }, this.#warnings);
        column = { name, kinds: new Set(), type: 'text' };
        this.#columns.set(key, column);
      }
      const kind = kindOf(value, key, place);
      if (kind) column.kinds.add(kind);
      if (typeof value === 'string' && hasStrangeCharacters(value)) this.#strange(column.name, place);
    }
    const kind = id === undefined ? undefined : kindOf(id, 'id', place);
    if (kind) this.#ids.add(kind);
  }

  #strange(field: string, { file, row }: RowPlace): void {
    this.#warnings.add('text-strange', field, { file, row, field }, (n) => ({
      zh: `字段 ${field} 有 ${n} 个值含自造字或替代字符（首个在第 ${row} 行），可能显示不出。`,
      en: `Field ${field} has ${n} value(s) with private-use or replacement characters (first in row ${row}).`,
    }));
  }

  /** Ends the first pass. */
  fields(): SourceField[] {
    const columns = [...this.#columns.values()];
    if (this.#ids.size > 0 && !columns.some((c) => c.name.toLowerCase() === 'id')) {
      this.#idColumn = { name: 'id', kinds: this.#ids, type: 'text' };
      columns.push(this.#idColumn);
    }
    for (const column of columns) column.type = typeOf(column.kinds);
    return columns.map(({ name, type }) => ({ name, type }));
  }

  /** Second pass: every column has a value, null where the feature has none. */
  row(properties: Map<string, JsonValue>, id: JsonValue | undefined): Record<string, AttributeValue> {
    const row: Record<string, AttributeValue> = {};
    for (const [key, { name, type }] of this.#columns) row[name] = valueAs(properties.get(key) ?? null, type);
    if (this.#idColumn) row['id'] = valueAs(id ?? null, this.#idColumn.type);
    return row;
  }
}

function kindOf(value: JsonValue, field: string, place: RowPlace): Kind | undefined {
  if (value === null) return undefined;
  if (value instanceof JsonNumber) return isExactNumber(finite(value, field, place).letters) ? 'number' : 'long';
  if (typeof value === 'object') {
    eachNumber(value, (number) => finite(number, field, place));
    return 'json';
  }
  return typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'boolean';
}

function eachNumber(value: JsonValue, look: (number: JsonNumber) => void): void {
  if (value instanceof JsonNumber) look(value);
  else if (Array.isArray(value)) for (const element of value) eachNumber(element, look);
  else if (value instanceof Map) for (const member of value.values()) eachNumber(member, look);
}

function finite(number: JsonNumber, field: string, { file, row }: RowPlace): JsonNumber {
  if (Number.isFinite(Number(number.letters))) return number;
  const shown = number.letters.slice(0, 40);
  throw new AppError(
    'geojson-invalid',
    {
      zh: `${file} 第 ${row} 个要素的属性 ${field} 的数值 ${shown} 超出范围。请更正后重新导出。`,
      en: `Property ${field} of feature ${row} in ${file} is out of range: ${shown}. Correct it and export again.`,
    },
    { file, row, field },
  );
}

function typeOf(kinds: Set<Kind>): SourceField['type'] {
  if (kinds.has('json')) return 'json';
  if (kinds.size !== 1 || kinds.has('long')) return 'text';
  return kinds.has('number') ? 'number' : kinds.has('boolean') ? 'boolean' : 'text';
}

function valueAs(value: JsonValue, type: SourceField['type']): AttributeValue {
  if (value === null) return null;
  if (type === 'json') return toPlain(value);
  if (value instanceof JsonNumber) return type === 'number' ? Number(value.letters) : value.letters;
  return type === 'text' ? String(value) : (value as string | number | boolean);
}

/** Nested values as plain JSON; long numbers become text. */
export function toPlain(value: JsonValue): AttributeValue {
  if (value instanceof JsonNumber) return isExactNumber(value.letters) ? Number(value.letters) : value.letters;
  if (Array.isArray(value)) return value.map(toPlain);
  if (value instanceof Map)
    return Object.fromEntries(
      [...value].map(([key, member]) => [key === '__proto__' ? 'proto__' : key, toPlain(member)]),
    );
  return value;
}
