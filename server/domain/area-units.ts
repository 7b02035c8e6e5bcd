/**
 * Units in which areas are declared. 1 公顷 = 10 000 m², 15 亩 = 1 公顷, so 1 亩 = 2000/3 m² exactly (never 666.67).
 */
export type AreaUnit = 'm2' | 'ha' | 'mu';

export const areaUnits: readonly AreaUnit[] = ['m2', 'ha', 'mu'];

export const areaUnitTitle: Record<AreaUnit, { zh: string; en: string }> = {
  m2: { zh: '平方米', en: 'square metres' },
  ha: { zh: '公顷', en: 'hectares' },
  mu: { zh: '亩', en: 'mu' },
};

/** Square metres of one unit as a fraction, so that whole 亩 become the nearest double and not the third nearest. */
export const unitFraction: Record<AreaUnit, readonly [numerator: number, denominator: number]> = {
  m2: [1, 1],
  ha: [10_000, 1],
  mu: [2000, 3],
};

/** value in `unit` → m² */
export function toSquareMetres(value: number, unit: AreaUnit): number {
  const [numerator, denominator] = unitFraction[unit];
  return (value * numerator) / denominator;
}

/** m² → value in `unit` */
export function fromSquareMetres(squareMetres: number, unit: AreaUnit): number {
  const [numerator, denominator] = unitFraction[unit];
  return (squareMetres * denominator) / numerator;
}

export interface UnitDecision {
  unit: AreaUnit;
  /** sums: the unit nearest by them; user: a person's word, whatever the sums say */
  source: 'sums' | 'user';
  /** the unit that brings the declared sum nearest to the computed one */
  nearest: AreaUnit;
  /** the sum as written, without a unit */
  declared_sum: number;
  /** m², of the same parcels */
  computed_sum_m2: number;
  /** declared ÷ computed under each unit */
  ratios: Record<AreaUnit, number>;
}

/**
 * The unit that brings the declared sum nearest to the computed one (CONTRACT §3.1): the smallest |declared − computed|.
 * Both sums are of the parcels that have a declared figure and a shape. Null where there is nothing to decide by.
 * @param given what a person says the figures are in; it is taken
 */
export function decideAreaUnit(declaredSum: number, computedSumM2: number, given?: AreaUnit): UnitDecision | null {
  if (!(computedSumM2 > 0) || !Number.isFinite(declaredSum) || declaredSum === 0) return null;
  const difference = (unit: AreaUnit) => Math.abs(toSquareMetres(declaredSum, unit) - computedSumM2);
  let nearest: AreaUnit = 'm2';
  for (const candidate of areaUnits) if (difference(candidate) < difference(nearest)) nearest = candidate;
  const ratio = (u: AreaUnit) => toSquareMetres(declaredSum, u) / computedSumM2;
  return {
    unit: given ?? nearest,
    source: given === undefined ? 'sums' : 'user',
    nearest,
    declared_sum: declaredSum,
    computed_sum_m2: computedSumM2,
    ratios: { m2: ratio('m2'), ha: ratio('ha'), mu: ratio('mu') },
  };
}
