import { describe, expect, it } from 'vitest';
import {
  areaOf,
  closeRows,
  exactArea,
  formatDecimal,
  plainNumber,
  roundArea,
  roundDecimal,
} from '../../server/domain/rounding.ts';
import { seeded } from '../support/seeded.ts';

describe('rounding of printed figures', () => {
  it('rounds half away from zero by the digits a double is written with', () => {
    expect(roundDecimal(1.005, 2)).toBe(1.01);
    expect(roundDecimal(-1.005, 2)).toBe(-1.01);
    expect(roundDecimal(2.675, 2)).toBe(2.68);
    expect(roundDecimal(8.345, 2)).toBe(8.35);
    expect(roundDecimal(0.5, 0)).toBe(1);
    expect(roundDecimal(-0.5, 0)).toBe(-1);
    expect(roundDecimal(1.00499999, 2)).toBe(1);
    expect(roundDecimal(1e21, 2)).toBe(1e21);
    expect(roundDecimal(4.9e-324, 4)).toBe(0);
  });

  it('agrees with the decimal arithmetic of ICU over 20,000 figures, most of them ties', () => {
    const random = seeded(7);
    const icu = new Intl.NumberFormat('en', {
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
      useGrouping: false,
      roundingMode: 'halfExpand',
    } as Intl.NumberFormatOptions);
    for (let i = 0; i < 20_000; i++) {
      const value = Number(`${Math.floor(random() * 1e7)}.${Math.floor(random() * 100)}5`) * (random() < 0.5 ? -1 : 1);
      expect(formatDecimal(value, 2)).toBe(icu.format(value));
    }
  });

  it('takes 1 亩 for 2000/3 m² and 1 公顷 for 10,000 m²', () => {
    expect(roundArea(10_000, 'mu')).toBe(15);
    expect(roundArea(666.67, 'mu')).toBe(1);
    expect(roundArea(100_000_000, 'mu')).toBe(150_000);
    // 670 m² × 0.0015 = 1.005 亩; the double product is 1.0050000000000001 or 1.005, a scaled one 100.49999999999999
    expect(roundArea(670, 'mu')).toBe(1.01);
    expect(roundArea(0.5, 'ha')).toBe(0.0001);
    expect(roundArea(0.49999, 'ha')).toBe(0);
    expect(roundArea(12_345.5, 'ha')).toBe(1.2346);
  });

  it('keeps every digit of a double when it leaves the printed form', () => {
    expect(plainNumber(1.8189894035458565e-12)).toBe('0.0000000000018189894035458565');
    expect(plainNumber(1e21)).toBe('1000000000000000000000');
    expect(plainNumber(-12.5)).toBe('-12.5');
    expect(areaOf(exactArea(123456.789012345))).toBe(123456.789012345);
  });

  it('does not take what is no number', () => {
    expect(() => roundDecimal(Number.NaN, 2)).toThrow(RangeError);
    expect(() => roundArea(Number.POSITIVE_INFINITY, 'ha')).toThrow(RangeError);
  });
});

describe('a printed column', () => {
  it('gives the missing last digit to the part that lost most, then to the larger, then to the earlier', () => {
    expect(closeRows([1.004, 2.004, 3.003], null, 2).parts).toEqual([1, 2.01, 3]);
    expect(closeRows([1 / 3, 1 / 3, 1 / 3], 1, 2)).toEqual({ parts: [0.34, 0.33, 0.33], total: 1, difference: 0 });
    expect(closeRows([0.004, 0.009, 0.007], null, 2).parts).toEqual([0, 0.01, 0.01]);
  });

  it('sums to its rounded total, each part within one last digit, zero staying zero', () => {
    const random = seeded(11);
    for (let round = 0; round < 400; round++) {
      const values = Array.from({ length: 1 + Math.floor(random() * 40) }, () =>
        random() < 0.2 ? 0 : random() * 10 ** (random() * 6),
      );
      for (const [unit, decimals, perM2] of [
        ['m2', 2, 1],
        ['mu', 2, 0.0015],
        ['ha', 4, 0.0001],
      ] as const) {
        const closed = closeRows(values, null, decimals, { unit });
        const digits = closed.parts.map((part) => Math.round(part * 10 ** decimals));
        expect(closed.difference).toBe(0);
        expect(digits.reduce((a, b) => a + b, 0)).toBe(Math.round(closed.total * 10 ** decimals));
        const total = values.reduce((a, b) => a + b, 0) * perM2 * 10 ** decimals;
        expect(Math.abs(closed.total * 10 ** decimals - total)).toBeLessThan(0.5 + 1e-6);
        for (const [i, digit] of digits.entries()) {
          expect(Math.abs(digit - values[i]! * perM2 * 10 ** decimals)).toBeLessThan(1);
          if (values[i] === 0) expect(digit).toBe(0);
        }
      }
    }
  });

  it('never does worse than any other choice of neighbouring figures', () => {
    const random = seeded(13);
    for (let round = 0; round < 200; round++) {
      const values = Array.from({ length: 7 }, () => Math.floor(random() * 1000) / 1000);
      const { parts, total } = closeRows(values, null, 1);
      const target = Math.round(total * 10);
      const loss = (digits: number[]) => digits.reduce((sum, digit, i) => sum + Math.abs(digit - values[i]! * 10), 0);
      let best = Infinity;
      for (let mask = 0; mask < 2 ** values.length; mask++) {
        const digits = values.map((value, i) =>
          mask & (1 << i) ? Math.ceil(value * 10 - 1e-9) : Math.floor(value * 10 + 1e-9),
        );
        if (digits.reduce((a, b) => a + b, 0) === target) best = Math.min(best, loss(digits));
      }
      expect(loss(parts.map((part) => Math.round(part * 10)))).toBeCloseTo(best, 6);
    }
  });

  it('says the 调平差 where the total is of something else than the parts', () => {
    expect(closeRows([1, 2], 3.05, 2)).toEqual({ parts: [1, 2], total: 3.05, difference: 0.05 });
    expect(closeRows([1, 2], 2.9, 2)).toEqual({ parts: [1, 2], total: 2.9, difference: -0.1 });
  });

  it('repeats what is printed elsewhere and keeps 其中 under its whole', () => {
    expect(closeRows([0.126, 0.126, 0.126], null, 2, { printed: [0.13, null, null] }).parts).toEqual([
      0.13, 0.13, 0.12,
    ]);
    expect(closeRows([0.126, 0.126], null, 2, { caps: [0.12, 0.13] })).toEqual({
      parts: [0.12, 0.13],
      total: 0.25,
      difference: 0,
    });
  });
});
