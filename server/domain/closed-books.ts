/**
 * The books of a run or of a parcel as they are printed: one way for the page and for the forms, so that a clerk who holds
 * both never reads two figures for the same land. area = deduct + restore + remediate + kept; kept = verified + unverified.
 */
import type { AreaUnit } from './area-units.ts';
import { closeRows, type ExactArea, printedDecimals, roundDecimal } from './rounding.ts';

/** m² each; kept is the sum of the last two */
export interface BooksToClose {
  deduct: ExactArea;
  restore: ExactArea;
  remediate: ExactArea;
  verified: ExactArea;
  /** 其中待核 */
  unverified: ExactArea;
}

export type ClosedBooks = Record<keyof BooksToClose | 'area' | 'kept', number>;

/** @param area m²; null for the sum of the books. Each figure is within one unit of its last digit. */
export function closeBooks(books: BooksToClose, area: number | null, unit: AreaUnit): ClosedBooks {
  const decimals = printedDecimals[unit];
  const { deduct, restore, remediate, verified, unverified } = books;
  const whole = closeRows([deduct, restore, remediate, verified + unverified], area, decimals, { unit });
  const [printedDeduct = 0, printedRestore = 0, printedRemediate = 0, kept = 0] = whole.parts;
  const parts = closeRows([verified, unverified], null, decimals, { unit, printedTotal: kept });
  const inDoubt = Math.min(parts.parts[1] ?? 0, kept);
  return {
    area: whole.total,
    deduct: printedDeduct,
    restore: printedRestore,
    remediate: printedRemediate,
    kept,
    verified: roundDecimal(kept - inDoubt, decimals),
    unverified: inDoubt,
  };
}
