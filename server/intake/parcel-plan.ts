/**
 * The first pass over a parcel file, before anything is stored: which attribute is which column, what each parcel is
 * called, and which county the project codes name. It keeps ids and project codes in memory, not rows.
 */

import { readNumber, readText } from '../domain/loose-values.ts';
import { type ParcelColumn, parcelColumnTitle } from '../domain/parcel-columns.ts';
import { AppError } from '../errors.ts';
import { chooseField, matchingFields, type Reading, readFieldMap, tellReading } from './attribute-match.ts';
import { parcelAliases, parcelColumns } from './parcel-columns.ts';
import { type IdSource, nameParcels, type ParcelName } from './parcel-ids.ts';
import { countiesOf, sharedCounty } from './region.ts';
import type { RowPlaces } from './row-places.ts';
import type { AttributeValue, SourceField, SpoolRow, Warning } from './source-types.ts';

export type Readings = Record<ParcelColumn, Reading>;

export interface ParcelPlan {
  readings: Readings;
  /** as stored in decisions: column → attribute, `=constant`, null */
  fields: Record<ParcelColumn, string | null>;
  /** in upload order */
  names: ParcelName[];
  /** six digits shared by all project codes */
  county: string | null;
  /** six digits → the parcels whose project codes begin with them */
  counties: ReadonlyMap<string, RowPlaces>;
  warnings: Warning[];
}

const figures: readonly ParcelColumn[] = ['declared_area_m2', 'declared_net_m2', 'capacity_kg'];

/** Throws `validation` (field map), `duplicate-parcel-id`, `geometry-empty` (no row has a shape). */
export async function planParcels(
  fields: readonly SourceField[],
  rows: AsyncIterable<SpoolRow>,
  fieldMap?: Record<string, string>,
): Promise<ParcelPlan> {
  const names = fields.map((field) => field.name);
  const mapped = readFieldMap(fieldMap, parcelColumns, names);
  checkConstants(mapped.readings);
  const candidates = Object.fromEntries(
    parcelColumns.map((column) => [column, matchingFields(names, parcelAliases[column])]),
  ) as Record<ParcelColumn, string[]>;
  for (const [column, reading] of mapped.readings)
    candidates[column as ParcelColumn] = 'field' in reading ? [reading.field] : [];

  const filled = new Set<string>();
  const zeros = new Set<string>();
  const watched = parcelColumns.flatMap((column) =>
    candidates[column].map((field) => [field, figures.includes(column)] as const),
  );
  const texts = new Map(
    [...candidates.parcel_id, ...candidates.project_code].map((field) => [field, [] as (string | null)[]]),
  );
  const places: { row: number; file: string }[] = [];
  let shapes = 0;
  for await (const row of rows) {
    places.push({ row: row.row, file: row.source_file });
    if (row.wkb !== null) shapes++;
    for (const [field, figure] of watched) {
      if (filled.has(field)) continue;
      if (says(row.attributes[field], figure)) filled.add(field);
      else if (figure && readText(row.attributes[field]) !== null) zeros.add(field);
    }
    for (const [field, values] of texts) values.push(readText(row.attributes[field]));
  }
  if (shapes === 0) throw nothingUsable(places.length, places[0]?.file);

  const readings = Object.fromEntries(
    parcelColumns.map((column): [ParcelColumn, Reading] => {
      const given = mapped.readings.get(column);
      if (given !== undefined) return [column, given];
      const field = chooseField(candidates[column], (name) => filled.has(name));
      // nobody has declared 0 m² of every parcel: all of them would fail for a column that was never filled in
      if (field === null || (figures.includes(column) && zeros.has(field) && !filled.has(field))) return [column, null];
      return [column, { field }];
    }),
  ) as Readings;

  const textsOf = (reading: Reading, index: number): string | null =>
    reading === null ? null : 'field' in reading ? texts.get(reading.field)![index]! : readText(reading.constant);
  const sources = places.map(
    (place, index): IdSource => ({
      ...place,
      id: textsOf(readings.parcel_id, index),
      projectCode: textsOf(readings.project_code, index),
    }),
  );
  const field = readings.parcel_id !== null && 'field' in readings.parcel_id ? readings.parcel_id.field : null;
  const named = nameParcels(sources, field);
  const codes = new Set(sources.map((source) => source.projectCode).filter((code) => code !== null));
  return {
    readings,
    fields: Object.fromEntries(parcelColumns.map((c) => [c, tellReading(readings[c])])) as ParcelPlan['fields'],
    names: named.names,
    county: sharedCounty(codes),
    counties: countiesOf(sources),
    warnings: [...mapped.warnings, ...named.warnings, ...unfilled(readings, candidates, zeros)],
  };
}

/** A value that says something; an unfilled number column is full of zeros, so a zero area says nothing of the column. */
function says(value: AttributeValue | undefined, figure: boolean): boolean {
  if (figure) return (readNumber(value) ?? 0) !== 0;
  return readText(value) !== null;
}

/** Figures of which the file has a column and no value: told, since what is not declared cannot differ. */
function unfilled(
  readings: Readings,
  candidates: Record<ParcelColumn, string[]>,
  zeros: ReadonlySet<string>,
): Warning[] {
  return figures.flatMap((column): Warning[] => {
    const field = candidates[column].find((name) => zeros.has(name));
    if (readings[column] !== null || field === undefined) return [];
    return [
      {
        code: 'figures-all-zero',
        message: {
          zh: `属性“${field}”没有一个不为 0 的数，按未填处理`,
          en: `"${field}" has no figure other than 0 and counts as not filled in`,
        },
        where: { field },
      },
    ];
  });
}

function checkConstants(readings: ReadonlyMap<string, Exclude<Reading, null>>): void {
  for (const [column, reading] of readings) {
    if (!('constant' in reading)) continue;
    const title = parcelColumnTitle[column as ParcelColumn];
    if (column === 'parcel_id')
      throw new AppError(
        'validation',
        {
          zh: `地块编号不能是固定值“${reading.constant}”，请写文件中的属性名`,
          en: `parcel_id cannot be the constant "${reading.constant}"; name an attribute of the file`,
        },
        { field: column },
      );
    if (figures.includes(column as ParcelColumn) && readNumber(reading.constant) === null)
      throw new AppError(
        'validation',
        {
          zh: `${title.zh}的值“${reading.constant}”既不是文件中的属性，也不是数字`,
          en: `"${reading.constant}" for ${title.en.toLowerCase()} is neither an attribute of the file nor a number`,
        },
        { field: column },
      );
  }
}

export function nothingUsable(rows: number, file: string | undefined): AppError {
  return new AppError(
    'geometry-empty',
    {
      zh: `文件共 ${rows} 行，没有一个可用的图形；请检查导出的是否为面图层`,
      en: `The file has ${rows} rows and not one usable shape; check that a polygon layer was exported`,
    },
    file === undefined ? undefined : { file },
  );
}
