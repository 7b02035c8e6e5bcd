/** The books of a parcel or of a run as rows of a table: area = deduct + restore + remediate + kept, as printed too. */
import { closeBooks } from '../../../server/domain/closed-books.ts';
import { exactArea, printedDecimals } from '../../../server/domain/rounding.ts';
import type { Books } from '../api/types.ts';
import { type AreaUnit, areaUnits, printed } from './area.ts';

export type BookName = 'area' | 'deduct' | 'restore' | 'remediate' | 'kept' | 'kept_unverified';
export type BookRow = { book: BookName } & Record<AreaUnit, string>;

const order: readonly BookName[] = ['area', 'deduct', 'restore', 'remediate', 'kept', 'kept_unverified'];

/** @param books m². `kept_unverified` is a part of `kept`, and never printed larger than it. */
export function printedBooks(books: Books): BookRow[] {
  const columns = new Map(areaUnits.map((unit) => [unit, column(books, unit)]));
  const cell = (unit: AreaUnit, book: BookName) => printed(columns.get(unit)![book], printedDecimals[unit]);
  return order.map((book) => ({ book, m2: cell('m2', book), mu: cell('mu', book), ha: cell('ha', book) }));
}

/** One of them in one unit, the digits that the whole table has. */
export const printedBook = (books: Books, book: BookName, unit: AreaUnit): string =>
  printed(column(books, unit)[book], printedDecimals[unit]);

function column(books: Books, unit: AreaUnit): Record<BookName, number> {
  const inDoubt = exactArea(Math.min(books.kept_unverified_area_m2, books.kept_area_m2));
  const closed = closeBooks(
    {
      deduct: exactArea(books.deduct_area_m2),
      restore: exactArea(books.restore_area_m2),
      remediate: exactArea(books.remediate_area_m2),
      verified: exactArea(books.kept_area_m2) - inDoubt,
      unverified: inDoubt,
    },
    books.area_m2,
    unit,
  );
  return { ...closed, kept_unverified: closed.unverified };
}
