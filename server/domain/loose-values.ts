/**
 * Values as clerks and programs write them in attribute tables: dates in several notations, numbers with a unit behind,
 * years within a longer text. What cannot be read for certain is null; the caller warns.
 */

import type { AreaUnit } from './area-units.ts';

/** Dates earlier or later than this in a register of supplementary farmland are slips of the pen. */
const years = { first: 1950, last: 2100 };

/**
 * '2023-05-17', '2023/5/17', '2023.5.17', '20230517', '2023年5月17日', with a time behind or not → 'YYYY-MM-DD'.
 * Where only month or year is written, the day is not known: `unknownDay` says which end of it may be assumed
 * without favour (an acceptance date: 'last'; an approval that would excuse something: 'first').
 */
export function readDate(value: unknown, unknownDay: 'first' | 'last'): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const text = String(value).trim();
  const packed = /^(\d{4})(\d{2})(\d{2})(?:\.0+)?$/.exec(text);
  const parted = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*(?:日|号)?(?:[T\s].*)?$/.exec(text);
  const day = packed ?? parted;
  if (day !== null) return dateOf(Number(day[1]), Number(day[2]), Number(day[3]));
  const month = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?$/.exec(text) ?? /^(\d{4})(0[1-9]|1[0-2])$/.exec(text);
  if (month !== null) {
    const [year, number] = [Number(month[1]), Number(month[2])];
    return dateOf(year, number, unknownDay === 'first' ? 1 : new Date(Date.UTC(year, number, 0)).getUTCDate());
  }
  const year = /^(\d{4})\s*年?(?:度)?$/.exec(text);
  if (year === null) return null;
  return unknownDay === 'first' ? dateOf(Number(year[1]), 1, 1) : dateOf(Number(year[1]), 12, 31);
}

function dateOf(year: number, month: number, day: number): string | null {
  if (year < years.first || year > years.last) return null;
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return date.toISOString().slice(0, 10);
}

/** '2021', '2021年度', '2021-03-01', 2021 → 2021 */
export function readYear(value: unknown): number | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const match = /^(\d{4})(?!\d)|^(\d{4})(?=\d{4}$)/.exec(String(value).trim());
  const year = Number(match?.[1] ?? match?.[2]);
  return year >= years.first && year <= years.last ? year : null;
}

/** 0.5231, '0.5231', '1,234.5', '０.５', '0.7655公顷' → the number; the unit behind it is not judged here. */
export function readNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string') return null;
  const text = value.normalize('NFKC').trim();
  const match =
    /^([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:[eE][+-]?\d{1,2})?)\s*(公顷|亩|平方米|㎡|m2|m²|hm2|ha|公斤|kg)?$/.exec(
      text,
    );
  if (match === null || !/\d/.test(match[1] ?? '')) return null;
  const number = Number(match[1]!.replaceAll(',', ''));
  return Number.isFinite(number) ? number : null;
}

/** '15亩' → 'mu', '9998.5 ㎡' → 'm2', '1公顷' → 'ha'; null where no unit of area stands behind the number. */
export function readAreaUnit(value: unknown): AreaUnit | null {
  if (typeof value !== 'string') return null;
  const unit = /(公顷|亩|平方米|㎡|m2|m²|hm2|ha)$/.exec(value.normalize('NFKC').trim())?.[1];
  if (unit === undefined) return null;
  return unit === '亩' ? 'mu' : ['公顷', 'hm2', 'ha'].includes(unit) ? 'ha' : 'm2';
}

/** Any scalar as its letters, blanks at the end (the padding of a DBF) not counted; null where nothing is left. */
export function readText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const text = typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
  const trimmed = text.replace(/[ \0]+$/, '');
  return trimmed.trim() === '' ? null : trimmed;
}
