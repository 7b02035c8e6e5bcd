import { describe, expect, it } from 'vitest';
import { decideAreaUnit, fromSquareMetres, toSquareMetres } from '../../server/domain/area-units.ts';

describe('units of area', () => {
  it('holds 15 亩 to the hectare exactly', () => {
    expect(toSquareMetres(15, 'mu')).toBe(10_000);
    expect(toSquareMetres(3, 'mu')).toBe(2000);
    expect(toSquareMetres(0.5231, 'ha')).toBeCloseTo(5231, 9);
    expect(fromSquareMetres(10_000, 'mu')).toBe(15);
    expect(fromSquareMetres(10_000, 'ha')).toBe(1);
  });
});

describe('the unit of declared areas', () => {
  it('is the one that brings the declared sum nearest to the computed one', () => {
    expect(decideAreaUnit(12_345, 12_400)?.unit).toBe('m2');
    expect(decideAreaUnit(1.2345, 12_400)?.unit).toBe('ha');
    expect(decideAreaUnit(18.5, 12_400)?.unit).toBe('mu');
  });

  it('keeps the three ratios it was decided by', () => {
    const decision = decideAreaUnit(15, 20_000)!;
    expect(decision).toMatchObject({ unit: 'mu', declared_sum: 15, computed_sum_m2: 20_000 });
    expect(decision.ratios).toEqual({ m2: 15 / 20_000, ha: 7.5, mu: 0.5 });
  });

  it('is not decided where nothing was declared or nothing has an area', () => {
    expect(decideAreaUnit(0, 1000)).toBeNull();
    expect(decideAreaUnit(5, 0)).toBeNull();
  });
});
