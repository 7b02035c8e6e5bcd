/** Areas as text. Rounding is the server's own (server/domain), so that the page and the printed tables never differ. */
import type { AreaUnit } from '../../../server/domain/area-units.ts';
import { formatDecimal, printedDecimals, roundArea } from '../../../server/domain/rounding.ts';

export type { AreaUnit };

/** In the order a clerk reads them. */
export const areaUnits: readonly AreaUnit[] = ['m2', 'mu', 'ha'];

/** A number rounded half away from zero, with all its decimals and commas between thousands, alike in both languages. */
export function printed(value: number, decimals: number): string {
  const [whole = '', fraction] = formatDecimal(value, decimals).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** @param areaM2 m²; printed in the unit (m² and 亩 2 decimals, 公顷 4), without its name */
export function printedArea(areaM2: number, unit: AreaUnit): string {
  return printed(roundArea(areaM2, unit), printedDecimals[unit]);
}
