/** The books of a parcel or of a run as rows of a table: area = deduct + restore + remediate + kept, as printed too. */
import { closeBooks } from '../../../server/domain/closed-books.ts';
import { closeRows, exactArea, printedDecimals } from '../../../server/domain/rounding.ts';
import type { Books, Piece } from '../api/types.ts';
import { type AreaUnit, areaUnits, printed, printedArea } from './area.ts';

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

/**
 * The pieces of a parcel, each with its area as printed, in their order. What one measure takes adds up to what its book prints; of
 * measures that no book has each is rounded by itself.
 */
export function printedPieces(
  pieces: readonly Piece[],
  books: Books,
): (Pick<Piece, 'measure' | 'reasons'> & Record<'m2' | 'mu', string>)[] {
  const areas = (unit: 'm2' | 'mu') => {
    const figures = pieces.map(({ area_m2 }) => printedArea(area_m2, unit));
    const closed = column(books, unit);
    for (const book of ['deduct', 'restore', 'remediate'] as const) {
      const places = pieces.flatMap(({ measure }, place) => (measure === book ? [place] : []));
      const { parts } = closeRows(
        places.map((place) => pieces[place]!.area_m2),
        null,
        printedDecimals[unit],
        { unit, printedTotal: closed[book] },
      );
      for (const [n, place] of places.entries()) figures[place] = printed(parts[n]!, printedDecimals[unit]);
    }
    return figures;
  };
  const [m2, mu] = [areas('m2'), areas('mu')];
  return pieces.map(({ measure, reasons }, place) => ({ measure, reasons, m2: m2[place]!, mu: mu[place]! }));
}

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
