/** The text fields of an upload, checked by the schema that describes them and turned into values. */
import type { Static, TObject } from 'typebox';
import { Compile } from 'typebox/compile';
import { AppError } from '../errors.ts';
import { parcelColumns } from '../intake/parcel-columns.ts';
import { systemGiven } from '../intake/place.ts';
import { checkSetIds } from '../intake/request.ts';
import { encodingOfPerson } from '../intake/text-encoding.ts';
import { invalidField, shown } from './problem.ts';
import { validationFault } from './validation-problem.ts';

/** Empty fields count as not sent: browsers send every field of a form. */
export function formReader<S extends TObject>(schema: S): (fields: Record<string, string>) => Static<S> {
  const compiled = Compile(schema);
  return (fields) => {
    const sent = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
    for (const [field, value] of Object.entries(sent)) if (!isStorable(value)) throw unstorable(shown(field));
    if (compiled.Check(sent)) return sent as Static<S>;
    const { detail, where } = validationFault(compiled.Errors(sent) as never, 'body');
    throw new AppError('validation', detail, where);
  };
}

/** `{column: "attribute"}`, `{column: "=value"}` or `{column: {"constant": value}}` → column → attribute or `=value`. */
export function readFieldMap(text: string | undefined): Record<string, string> | undefined {
  if (text === undefined) return undefined;
  let map: unknown;
  try {
    map = JSON.parse(text);
  } catch {
    throw badMap();
  }
  if (typeof map !== 'object' || map === null || Array.isArray(map)) throw badMap();
  const entries = Object.entries(map).map(([column, value]): [string, string] => {
    if (!(parcelColumns as string[]).includes(column)) {
      throw new AppError(
        'validation',
        {
          zh: `field_map 中没有“${shown(column)}”这一项，可用的有：${parcelColumns.join('、')}。`,
          en: `field_map knows no “${shown(column)}”; there are: ${parcelColumns.join(', ')}.`,
        },
        { field: `field_map.${shown(column)}`, candidates: [...parcelColumns] },
      );
    }
    const constant =
      typeof value === 'object' && value !== null ? (value as { constant?: unknown }).constant : undefined;
    const reading =
      typeof constant === 'string' || typeof constant === 'number'
        ? `=${constant}`
        : typeof value === 'string'
          ? value
          : '';
    if (!isStorable(reading)) throw unstorable(`field_map.${column}`);
    if (reading !== '') return [column, reading];
    throw invalidField(`field_map.${column}`, {
      zh: `field_map.${column} 应为属性名，或以 = 开头的固定值。`,
      en: `field_map.${column} must be an attribute name, or a constant that begins with =.`,
    });
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** How a file is to be read, as far as it is wrong whatever the file: told at once instead of by the job. */
export function checkReading<F extends { srid?: string; encoding?: string }>(fields: F): F {
  const { srid, encoding } = fields;
  if (srid !== undefined) systemGiven(Number(srid), `srid=${srid}`, { field: 'srid' });
  if (encoding !== undefined) encodingOfPerson(encoding);
  return fields;
}

/** Ids separated by commas, or a JSON array of them. */
export function readIds(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  let ids: unknown = text.split(',').map((id) => id.trim());
  if (text.trim().startsWith('[')) {
    try {
      ids = JSON.parse(text);
    } catch {
      ids = undefined;
    }
  }
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) {
    throw invalidField('replaces', {
      zh: 'replaces 应为 parcel_set_id，多个用逗号分隔。',
      en: 'replaces must be parcel_set_ids, separated by commas.',
    });
  }
  checkSetIds(ids);
  return [...new Set(ids.map((id) => id.toLowerCase()))];
}

/** No control characters but tab and line ends, no half of a surrogate pair: neither jsonb nor a reader can take them. */
function isStorable(text: string): boolean {
  return text.isWellFormed() && !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text);
}

const unstorable = (field: string) =>
  invalidField(field, {
    zh: `${field} 含有不可见的控制字符或残缺的字符，请去掉后重试。`,
    en: `${field} holds control characters or half a character; take them out and try again.`,
  });
const badMap = () =>
  invalidField('field_map', {
    zh: 'field_map 应为 JSON 对象，例如 {"parcel_id":"DKBH","project_code":"=50024220210001"}。',
    en: 'field_map must be a JSON object, e.g. {"parcel_id":"DKBH","project_code":"=50024220210001"}.',
  });
