/** The books of a parcel or of a run as rows of a table: area = deduct + restore + remediate + kept, as printed too. */
import { closeRows, printedDecimals, roundArea } from '../../../server/domain/rounding.ts';
import type { Books } from '../api/types.ts';
import { type AreaUnit, areaUnits, printed } from './area.ts';

export type BookName = 'area' | 'deduct' | 'restore' | 'remediate' | 'kept' | 'kept_unverified';
export type BookRow = { book: BookName } & Record<AreaUnit, string>;

const parts = ['deduct', 'restore', 'remediate', 'kept'] as const;
const order: readonly BookName[] = ['area', ...parts, 'kept_unverified'];

/** @param books m². `kept_unverified` is a part of `kept`, and never printed larger than it. */
export function printedBooks(books: Books): BookRow[] {
  const columns = new Map(areaUnits.map((unit) => [unit, column(books, unit)]));
  const cell = (unit: AreaUnit, book: BookName) => printed(columns.get(unit)![book], printedDecimals[unit]);
  return order.map((book) => ({ book, m2: cell('m2', book), mu: cell('mu', book), ha: cell('ha', book) }));
}

function column(books: Books, unit: AreaUnit): Record<BookName, number> {
  const values = parts.map((book) => books[`${book}_area_m2`]);
  const closed = closeRows(values, books.area_m2, printedDecimals[unit], { unit });
  const [deduct = 0, restore = 0, remediate = 0, kept = 0] = closed.parts;
  const whole = books.kept_unverified_area_m2 === books.kept_area_m2;
  const unverified = Math.min(roundArea(books.kept_unverified_area_m2, unit), kept);
  return { area: closed.total, deduct, restore, remediate, kept, kept_unverified: whole ? kept : unverified };
}
