/** One row of a vector layer → the columns of `layer_feature`, by the plan's fields. */
import { normalizeCode } from '../domain/land-class.ts';
import { readDate, readNumber, readText } from '../domain/loose-values.ts';
import type { Measure } from '../domain/outcome.ts';
import type { LayerColumn, LayerType } from '../layers/index.ts';
import { classCodeOf, type LayerPlan } from './layer-plan.ts';
import { placeOf, RowPlaces } from './row-places.ts';
import type { SpoolRow, Warning } from './source-types.ts';

export interface FeatureValues {
  name: string | null;
  number: string | null;
  class_code: string | null;
  planting: string | null;
  slope_class: number | null;
  measure: Exclude<Measure, 'none'> | null;
  approval: string | null;
  dated: string | null;
  issue_source: string | null;
}

/**
 * What an issue's text prescribes: 核减 deduct, 撂荒 remediate, 恢复 or 整改 restore (CONTRACT §3). Where it names several,
 * the strongest; a denied 核减 (不核减, 无需核减) is none. 撂荒 goes before 整改, which is what is done about it.
 */
export function readMeasure(text: string | null): FeatureValues['measure'] {
  if (text === null) return null;
  const said = text.replace(/(不予?|无需|无须|毋需|免予?|未)核减/g, '').toLowerCase();
  if (/核减|deduct/.test(said)) return 'deduct';
  if (/撂荒|remediate/.test(said)) return 'remediate';
  if (/恢复|整改|restore/.test(said)) return 'restore';
  return null;
}

/** 坡度级别: 1–5, as text or number, '5级' too. */
export function readSlopeClass(value: unknown): number | null {
  const text = readText(value)?.replace(/级$/, '').trim();
  const number = readNumber(text ?? null);
  return number !== null && Number.isInteger(number) && number >= 1 && number <= 5 ? number : null;
}

/** What could not be read, and what is empty where it counts; told once, with counts. */
export class FeatureTally {
  readonly #lists = new Map<string, RowPlaces>();

  add(code: string, row: SpoolRow): void {
    const list = this.#lists.get(code) ?? new RowPlaces();
    list.add(placeOf(row));
    this.#lists.set(code, list);
  }

  warnings(): Warning[] {
    return [...this.#lists].map(([code, rows]) => {
      const { zh, en } = say[code]!(rows.count);
      const among = rows.among();
      return { code, message: { zh: `${zh}${among.zh}`, en: `${en}${among.en}` }, where: rows.where() };
    });
  }
}

const say: Record<string, (count: number) => { zh: string; en: string }> = {
  'land-class-empty': (n) => ({
    zh: `${n} 个图斑没有地类，按未知处理`,
    en: `${n} patches have no class and count as unknown land`,
  }),
  'slope-class-unreadable': (n) => ({
    zh: `${n} 个图斑的坡度级别不是 1–5，按未知处理`,
    en: `${n} polygons have a slope class other than 1–5 and count as unknown`,
  }),
  'measure-unreadable': (n) => ({
    zh: `${n} 个图斑的整改措施不是核减、恢复（整改）、撂荒之一，不计入账本`,
    en: `${n} polygons state a measure other than deduct, restore, remediate; they make no entry in the books`,
  }),
  'date-unreadable': (n) => ({
    zh: `${n} 个图斑的日期读不出，按空值处理`,
    en: `${n} dates cannot be read and count as empty`,
  }),
};

/** A date whose day is not written is taken as the first one possible, so that an approval excuses nothing it may not. */
export function readFeature(
  row: SpoolRow,
  type: LayerType,
  fields: LayerPlan['fields'],
  tally: FeatureTally,
): FeatureValues {
  const value = (column: LayerColumn) => {
    const field = fields[column];
    return field ? row.attributes[field] : undefined;
  };
  const text = (column: LayerColumn) => readText(value(column));
  const classCode = classCodeOf(row, fields);
  if (type.coverage === 'own-classes' && classCode === null) tally.add('land-class-empty', row);
  const slopeClass = readSlopeClass(value('slope_class'));
  if (type.fields.slope_class && slopeClass === null) tally.add('slope-class-unreadable', row);
  const measure = readMeasure(text('measure'));
  if (measure === null && text('measure') !== null) tally.add('measure-unreadable', row);
  const dated = readDate(value('dated'), 'first');
  if (dated === null && text('dated') !== null) tally.add('date-unreadable', row);
  return {
    name: text('name'),
    number: text('number'),
    class_code: classCode,
    planting: normalizeCode(text('planting')),
    slope_class: slopeClass,
    measure,
    approval: text('approval'),
    dated,
    issue_source: text('issue_source'),
  };
}
