/** The text fields of an upload, checked by the schema that describes them and turned into values. */
import type { Static, TObject } from 'typebox';
import { Compile } from 'typebox/compile';
import { AppError } from '../errors.ts';
import { parcelColumns } from '../intake/parcel-columns.ts';
import { checkSetIds } from '../intake/request.ts';
import { invalidField, shown } from './problem.ts';
import { validationFault } from './validation-problem.ts';

/** Empty fields count as not sent: browsers send every field of a form. */
export function formReader<S extends TObject>(schema: S): (fields: Record<string, string>) => Static<S> {
  const compiled = Compile(schema);
  return (fields) => {
    const sent = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
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
    if (typeof value === 'string' && value !== '') return [column, value];
    const constant =
      typeof value === 'object' && value !== null ? (value as { constant?: unknown }).constant : undefined;
    if (typeof constant === 'string' || typeof constant === 'number') return [column, `=${constant}`];
    throw invalidField(`field_map.${column}`, {
      zh: `field_map.${column} 应为属性名，或以 = 开头的固定值。`,
      en: `field_map.${column} must be an attribute name, or a constant that begins with =.`,
    });
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
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

const badMap = () =>
  invalidField('field_map', {
    zh: 'field_map 应为 JSON 对象，例如 {"parcel_id":"DKBH","project_code":"=50024220210001"}。',
    en: 'field_map must be a JSON object, e.g. {"parcel_id":"DKBH","project_code":"=50024220210001"}.',
  });
