/**
 * Which fields the .dbf gets. A .dbf says names, kinds and widths before its first record, so all rows are read once for
 * them: the widest text, the digits of numbers, which attributes there are at all. Source attributes keep their names as
 * far as ten bytes reach; a name already taken gets a number at its end.
 */
import { checkIds } from '../../domain/outcome.ts';
import { plainNumber } from '../../domain/rounding.ts';
import type { VerdictRow } from '../../domain/verdict-feature.ts';
import { AppError, type Sentence } from '../../errors.ts';
import type { CheckText } from '../export-format.ts';
import { firstUnwritable, fitBytes, type TextEncoder } from './text-encoder.ts';
import { checkFields, netFields, parcelFields, type VerdictField } from './verdict-fields.ts';

export const textLimit = 254;
const nameLimit = 10;
/** dBASE IV and ArcGIS */
const fieldLimit = 255;
/** ArcGIS reads numbers of up to 19 characters. */
const numberLimit = 19;
/** of m² in verdict fields: 1e-6 m², what the books close to */
const areaDecimals = 6;

export interface DbfField {
  name: Buffer;
  kind: 'C' | 'N';
  width: number;
  decimals: number;
  /** the field's own name in letters, what it holds, and how many texts had to be cut to 254 bytes */
  label: string;
  of: string;
  title: Sentence;
  cut: number;
  value(row: VerdictRow): string | number | null | undefined;
}

export interface FieldPlan {
  fields: DbfField[];
  rowCount: number;
}

class Width {
  texts = 0;
  bytes = 0;
  cut = 0;
  whole = 1;
  decimals = 0;

  see(value: string | number | null | undefined, encoder: TextEncoder): void {
    if (value === null || value === undefined || value === '') return;
    if (typeof value === 'number') {
      const [whole = '', decimals = ''] = plainNumber(value).split('.');
      this.whole = Math.max(this.whole, whole.length);
      this.decimals = Math.max(this.decimals, decimals.length);
      this.bytes = Math.max(this.bytes, whole.length + 1 + decimals.length);
      return;
    }
    this.texts++;
    const bytes = encoder.encode(value).length;
    if (bytes > textLimit) this.cut++;
    this.bytes = Math.max(this.bytes, Math.min(bytes, textLimit));
  }

  get isNumber(): boolean {
    return this.texts === 0 && this.bytes > 0 && this.whole <= numberLimit;
  }
}

export async function planFields(
  rows: AsyncIterable<VerdictRow>,
  checks: readonly CheckText[],
  encoder: TextEncoder,
): Promise<FieldPlan> {
  const known = new Map(checks.map((check) => [check.id, check.title]));
  const perCheck = checkIds.flatMap((id) => checkFields(id, known.get(id) ?? { zh: id, en: id }));
  const verdictFields: VerdictField[] = [...parcelFields, ...perCheck];
  const widths = new Map([...verdictFields, ...netFields].map((field) => [field.name, new Width()]));
  const attributes = new Map<string, Width>();
  let rowCount = 0;
  let anyNet = false;
  for await (const row of rows) {
    rowCount++;
    anyNet ||= (row.kept_net_m2 ?? null) !== null;
    for (const field of verdictFields) {
      const value = field.value(row);
      if (field.kind === 'number') continue;
      refuseUnwritable(value, field.of, row, encoder);
      widths.get(field.name)!.see(value, encoder);
    }
    for (const [name, given] of Object.entries(row.attributes)) {
      let width = attributes.get(name);
      if (width === undefined) {
        refuseUnwritable(name, name, row, encoder);
        width = new Width();
        attributes.set(name, width);
      }
      const value = plainValue(given);
      refuseUnwritable(value, name, row, encoder);
      width.see(value, encoder);
    }
  }
  const names = new Names(encoder);
  const fields = [...parcelFields, ...(anyNet ? netFields : []), ...perCheck].map((field): DbfField => {
    const width = widths.get(field.name)!;
    return {
      ...names.take(field.name),
      kind: field.kind === 'number' ? 'N' : 'C',
      width: field.kind === 'number' ? numberLimit : Math.max(1, width.bytes),
      decimals: field.kind === 'number' ? areaDecimals : 0,
      of: field.of,
      title: field.title,
      cut: width.cut,
      value: field.value,
    };
  });
  for (const [name, width] of attributes) fields.push(attributeField(name, width, names));
  if (fields.length > fieldLimit) throw tooManyFields(fields.length);
  return { fields, rowCount };
}

function attributeField(attribute: string, width: Width, names: Names): DbfField {
  const whole = Math.min(width.whole, numberLimit);
  const decimals = Math.max(0, Math.min(width.decimals, 15, numberLimit - whole - 1));
  return {
    ...names.take(attribute),
    kind: width.isNumber ? 'N' : 'C',
    width: width.isNumber
      ? decimals === 0
        ? whole
        : whole + 1 + decimals
      : Math.max(1, Math.min(width.bytes, textLimit)),
    decimals: width.isNumber ? decimals : 0,
    of: attribute,
    title: { zh: `原属性 ${attribute}`, en: `source attribute ${attribute}` },
    cut: width.cut,
    value: (row) => plainValue(row.attributes[attribute]),
  };
}

/** A value into its place in a record of blanks; a number has no way to be null in a .dbf but blanks. */
export function writeCell(record: Buffer, at: number, field: DbfField, row: VerdictRow, encoder: TextEncoder): void {
  const value = field.value(row);
  if (value === null || value === undefined) return;
  if (field.kind === 'N') {
    if (typeof value !== 'number' || !Number.isFinite(value)) return;
    // at most 15 digits after the point; no tie is decided here that a printed table would show
    record.write(value.toFixed(field.decimals).padStart(field.width), at, 'latin1');
    return;
  }
  fitBytes(typeof value === 'number' ? plainNumber(value) : value, field.width, encoder).copy(record, at);
}

/** Attributes of GeoJSON may be anything: what is neither text nor number leaves as its JSON. */
function plainValue(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return JSON.stringify(value);
}

class Names {
  readonly #taken = new Set<string>();
  readonly #encoder: TextEncoder;
  constructor(encoder: TextEncoder) {
    this.#encoder = encoder;
  }

  /** A name nobody has yet (case does not count), at most ten bytes, cut between characters. */
  take(wanted: string): { name: Buffer; label: string } {
    const tidy = wanted.replace(/[\p{Cc}\s]+/gu, '_') || 'FIELD';
    for (let n = 0; ; n++) {
      const tail = n === 0 ? '' : `_${n}`;
      const stem = fitBytes(tidy, nameLimit - tail.length, this.#encoder);
      const name = Buffer.concat([stem, Buffer.from(tail, 'latin1')]);
      const label = `${headOf(tidy, stem.length, this.#encoder)}${tail}`;
      if (this.#taken.has(label.toUpperCase())) continue;
      this.#taken.add(label.toUpperCase());
      return { name, label };
    }
  }
}

function headOf(text: string, bytes: number, encoder: TextEncoder): string {
  let head = '';
  for (const character of text) {
    if (encoder.encode(head + character).length > bytes) break;
    head += character;
  }
  return head;
}

function refuseUnwritable(value: unknown, field: string, row: VerdictRow, encoder: TextEncoder): void {
  if (typeof value !== 'string') return;
  const character = firstUnwritable(value, encoder);
  if (character === null) return;
  throw new AppError(
    'validation',
    {
      zh: `第 ${row.ordinal} 个地块的“${field}”含有 ${encoder.cpg} 写不出的字“${character}”：请改用 encoding=UTF-8 或 GB18030 导出`,
      en: `"${field}" of parcel ${row.ordinal} has a character ${encoder.cpg} cannot write ("${character}"): export with encoding=UTF-8 or GB18030`,
    },
    { field, row: row.ordinal },
  );
}

function tooManyFields(count: number): AppError {
  return new AppError('validation', {
    zh: `连同核查结果共 ${count} 个字段，shapefile 最多 ${fieldLimit} 个：请改用 xlsx 导出`,
    en: `${count} fields with the verdicts, a shapefile holds ${fieldLimit}: export xlsx instead`,
  });
}
