/** One row of a parcel file → the columns of `parcel`, by the readings of the plan. Geometry and ids are not dealt with here. */
import { type AreaUnit, areaUnitTitle } from '../domain/area-units.ts';
import { normalizeCode } from '../domain/land-class.ts';
import { readAreaUnit, readDate, readNumber, readText, readYear } from '../domain/loose-values.ts';
import { type ParcelColumn, parcelColumnTitle } from '../domain/parcel-columns.ts';
import type { Reading } from './attribute-match.ts';
import type { Readings } from './parcel-plan.ts';
import { printable } from './printable.ts';
import { placeOf, type RowPlace, RowPlaces } from './row-places.ts';
import type { AttributeValue, SpoolRow, Warning } from './source-types.ts';

export interface ParcelValues {
  project_code: string | null;
  project_name: string | null;
  township: string | null;
  /** as written, in the file's unit */
  declared_area: number | null;
  declared_net: number | null;
  plot_type: string | null;
  accepted_on: string | null;
  start_year: number | null;
  target_class: string | null;
  grade: string | null;
  capacity_kg: number | null;
}

/** Values that stand in the file and could not be read: counted, with the first rows. */
export class UnreadableValues {
  readonly #columns = new Map<ParcelColumn, { rows: RowPlaces; example: string; field: string }>();

  add(column: ParcelColumn, reading: Reading, row: SpoolRow, value: unknown): void {
    const field = reading !== null && 'field' in reading ? reading.field : column;
    const seen = this.#columns.get(column) ?? { rows: new RowPlaces(), example: String(value).slice(0, 40), field };
    seen.rows.add(placeOf(row));
    this.#columns.set(column, seen);
  }

  warnings(): Warning[] {
    return [...this.#columns].map(([column, { rows, example, field }]) => ({
      code: 'value-unreadable',
      message: {
        zh: `属性“${field}”有 ${rows.count} 个值读不出${parcelColumnTitle[column].zh}（例如“${example}”），按空值处理${rows.among().zh}`,
        en: `${rows.count} values of "${field}" cannot be read as ${parcelColumnTitle[column].en.toLowerCase()} (e.g. "${example}") and count as empty${rows.among().en}`,
      },
      where: { field, ...rows.where() },
    }));
  }
}

/** Units written behind declared figures: the sum decides the unit of a column, and what says otherwise is told. */
export class StatedUnits {
  readonly #rows = new Map<
    'declared_area_m2' | 'declared_net_m2',
    (RowPlace & { unit: AreaUnit; written: string })[]
  >();

  add(column: 'declared_area_m2' | 'declared_net_m2', row: SpoolRow, value: unknown): void {
    const unit = readAreaUnit(value);
    if (unit === null) return;
    const list = this.#rows.get(column) ?? [];
    list.push({ ...placeOf(row), unit, written: printable(String(value), 40) });
    this.#rows.set(column, list);
  }

  /** `decided`: null where there was nothing to decide by; `given`: a person said the unit */
  warnings(decided: Record<'declared_area_m2' | 'declared_net_m2', AreaUnit | null>, given: boolean): Warning[] {
    return [...this.#rows].flatMap(([column, stated]) => {
      const taken = decided[column];
      const against = stated.filter(({ unit }) => unit !== taken);
      if (taken === null || against.length === 0) return [];
      const title = areaUnitTitle[taken];
      const places = RowPlaces.of(against);
      return [
        {
          code: 'area-unit-contradicted',
          message: {
            zh: `${against.length} 个申报面积写明了别的单位（例如“${against[0]!.written}”），${given ? '按指定' : '按总和'}仍以${title.zh}计，请统一单位后重新上传${places.among().zh}`,
            en: `${against.length} declared areas state another unit (e.g. "${against[0]!.written}"); ${given ? 'as you said' : 'by the sum'} they are read as ${title.en} all the same: give all of them one unit and upload again${places.among().en}`,
          },
          where: { field: column, ...places.where() },
        },
      ];
    });
  }
}

/** Dates whose day is not written are taken as the last one possible, so that no survey is trusted for work it may predate. */
export function readParcel(
  row: SpoolRow,
  readings: Readings,
  unreadable: UnreadableValues,
  units: StatedUnits,
): ParcelValues {
  const value = (column: ParcelColumn): AttributeValue | undefined => {
    const reading = readings[column];
    if (reading === null) return undefined;
    return 'field' in reading ? row.attributes[reading.field] : reading.constant;
  };
  const text = (column: ParcelColumn) => readText(value(column));
  const read = <T>(column: ParcelColumn, reader: (value: unknown) => T | null): T | null => {
    const found = value(column);
    if (readText(found) === null) return null;
    const result = reader(found);
    if (result === null) unreadable.add(column, readings[column], row, found);
    return result;
  };
  const figure = (found: unknown) => {
    const number = readNumber(found);
    return number === null || number < 0 ? null : number;
  };
  for (const column of ['declared_area_m2', 'declared_net_m2'] as const) units.add(column, row, value(column));
  return {
    project_code: text('project_code'),
    project_name: text('project_name'),
    township: text('township'),
    declared_area: read('declared_area_m2', figure),
    declared_net: read('declared_net_m2', figure),
    plot_type: text('plot_type'),
    accepted_on: read('accepted_on', (found) => readDate(found, 'last')),
    start_year: read('start_year', readYear),
    target_class: normalizeCode(text('target_class')),
    grade: text('grade'),
    capacity_kg: read('capacity_kg', figure),
  };
}
