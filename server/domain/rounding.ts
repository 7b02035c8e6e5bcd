/**
 * Figures as they are printed: half away from zero (as the survey's own software rounds, DOMAIN §1.7), from the decimal
 * that a double is written as. `Math.round(1.005 * 100)` is 100; here 1.005 becomes 1.01. All of it is arithmetic on
 * whole numbers, so that a sum of printed figures can be compared with `===`.
 */
import type { AreaUnit } from './area-units.ts';

/** Digits after the point in printed tables. */
export const printedDecimals: Record<AreaUnit, number> = { m2: 2, mu: 2, ha: 4 };

/** An area as a whole number of 1e-20 m²: sums and comparisons of it are exact. */
export type ExactArea = bigint;

const places = 20;
const oneM2 = 10n ** BigInt(places);

/** m² → unit as a whole number over 10^4: ×1, ×0.0001 (公顷), ×0.0015 (亩, so 1 亩 = 2000/3 m²). */
const factor: Record<AreaUnit, bigint> = { m2: 10_000n, ha: 1n, mu: 15n };

/** The digits of the shortest decimal that reads back as this double: value = digits × 10^-scale. RangeError where not finite. */
function decimalOf(value: number): { digits: bigint; scale: number } {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value));
  if (!match) throw new RangeError(`not a finite number: ${value}`);
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  return { digits: BigInt(sign + whole + fraction), scale: fraction.length - Number(exponent) };
}

/** Half away from zero; divisor > 0. */
export function divideRounded(value: bigint, divisor: bigint): bigint {
  const magnitude = value < 0n ? -value : value;
  const rounded = (magnitude * 2n + divisor) / (divisor * 2n);
  return value < 0n ? -rounded : rounded;
}

/** Towards minus infinity; divisor > 0. */
export function divideFloor(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value < 0n && quotient * divisor !== value ? quotient - 1n : quotient;
}

function scaled(value: number, toPlaces: number): bigint {
  const { digits, scale } = decimalOf(value);
  const shift = toPlaces - scale;
  return shift >= 0 ? digits * 10n ** BigInt(shift) : divideRounded(digits, 10n ** BigInt(-shift));
}

/** value rounded half away from zero to `decimals` digits after the point. */
export function roundDecimal(value: number, decimals: number): number {
  return fromLastDigits(scaled(value, decimals), decimals);
}

/** A count of last digits as the number that is printed: (12345n, 2) → 123.45. */
export function fromLastDigits(count: bigint, decimals: number): number {
  return Number(`${count}e${-decimals}`);
}

/** The other way: 123.45 → 12345n. */
export function toLastDigits(printed: number, decimals: number): bigint {
  return scaled(printed, decimals);
}

/** '1.50' for (1.5, 2): rounded half away from zero, trailing zeros kept. */
export function formatDecimal(value: number, decimals: number): string {
  const count = scaled(value, decimals);
  const digits = (count < 0n ? -count : count).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const text = decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`;
  return count < 0n ? `-${text}` : text;
}

/** All digits of a double without an exponent: 1e-7 → '0.0000001'. */
export function plainNumber(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  const { scale } = decimalOf(value);
  return formatDecimal(value, Math.max(0, scale));
}

export function exactArea(squareMetres: number): ExactArea {
  return scaled(squareMetres, places);
}

/** Back to the nearest double, m². */
export function areaOf(exact: ExactArea): number {
  return Number(`${exact}e${-places}`);
}

/** m² (unrounded) → the figure printed in `unit`. */
export function roundArea(squareMetres: number, unit: AreaUnit, decimals: number = printedDecimals[unit]): number {
  const count = scaleOf(unit, decimals).nearest(exactArea(squareMetres));
  return fromLastDigits(count, decimals);
}

/** One last digit of a printed unit against exact areas. */
export interface PrintScale {
  /** floor, in last digits */
  floor(exact: ExactArea): bigint;
  /** half away from zero, in last digits */
  nearest(exact: ExactArea): bigint;
  /** what floor leaves, 0 ≤ remainder < 1 last digit, as a number comparable with others of the same scale */
  remainder(exact: ExactArea): bigint;
  /** one last digit, in the measure of `remainder` */
  whole: bigint;
}

export function scaleOf(unit: AreaUnit, decimals: number = printedDecimals[unit]): PrintScale {
  const multiplier = factor[unit] * 10n ** BigInt(decimals);
  const whole = oneM2 * 10_000n;
  return {
    floor: (exact) => divideFloor(exact * multiplier, whole),
    nearest: (exact) => divideRounded(exact * multiplier, whole),
    remainder: (exact) => exact * multiplier - divideFloor(exact * multiplier, whole) * whole,
    whole,
  };
}

/** One printed column, adjusted so that its parts sum to the rounded total (CONTRACT, head). */
export interface ClosedRows {
  /** each within one unit of its last digit of the unrounded value */
  parts: number[];
  total: number;
  /** 调平差: total − Σ parts, 0 where the column closes */
  difference: number;
}

export interface CloseRowsOptions {
  /** of the printed figures; the values are m² */
  unit?: AreaUnit;
  /** parts that stand printed elsewhere (and must read the same here): the printed figure, null where free */
  printed?: readonly (number | null)[];
  /** printed figures that parts may not exceed (其中 columns) */
  caps?: readonly number[];
  /** the total as it is printed elsewhere, instead of its ordinary rounding */
  printedTotal?: number;
}

/**
 * Largest remainder: every part is rounded down, then the last digits still missing go to the parts that lost most,
 * the larger area first where they lost alike, then the earlier row. A part of exactly zero stays zero.
 * `total` is the unrounded total in m²; null stands for the sum of the values.
 */
export function closeRows(
  values: readonly (number | ExactArea)[],
  total: number | ExactArea | null,
  decimals: number,
  options: CloseRowsOptions = {},
): ClosedRows {
  const scale = scaleOf(options.unit ?? 'm2', decimals);
  const exact = values.map(toExact);
  const whole = total === null ? exact.reduce((sum, value) => sum + value, 0n) : toExact(total);
  const target =
    options.printedTotal === undefined ? scale.nearest(whole) : toLastDigits(options.printedTotal, decimals);
  const counts: bigint[] = [];
  const free: { index: number; remainder: bigint; value: bigint }[] = [];
  for (const [index, value] of exact.entries()) {
    const printed = options.printed?.[index] ?? null;
    const cap = options.caps?.[index];
    const floor = scale.floor(value);
    const remainder = scale.remainder(value);
    counts.push(printed === null ? floor : toLastDigits(printed, decimals));
    if (printed !== null || remainder === 0n) continue;
    if (cap !== undefined && floor + 1n > toLastDigits(cap, decimals)) continue;
    free.push({ index, remainder, value });
  }
  let missing = target - counts.reduce((sum, count) => sum + count, 0n);
  free.sort((a, b) => compare(b.remainder, a.remainder) || compare(b.value, a.value) || a.index - b.index);
  for (const { index } of free) {
    if (missing <= 0n) break;
    counts[index]! += 1n;
    missing -= 1n;
  }
  return {
    parts: counts.map((count) => fromLastDigits(count, decimals)),
    total: fromLastDigits(target, decimals),
    difference: fromLastDigits(missing, decimals),
  };
}

function toExact(value: number | ExactArea): ExactArea {
  return typeof value === 'bigint' ? value : exactArea(value);
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
