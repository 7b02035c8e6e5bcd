import { describe, expect, it } from 'vitest';
import { closeBooks } from '../../server/domain/closed-books.ts';
import { exactArea } from '../../server/domain/rounding.ts';
import { seeded } from '../support/seeded.ts';

const exact = (deduct: number, restore: number, remediate: number, verified: number, unverified: number) => ({
  deduct: exactArea(deduct),
  restore: exactArea(restore),
  remediate: exactArea(remediate),
  verified: exactArea(verified),
  unverified: exactArea(unverified),
});

describe('the books as they are printed', () => {
  // 64797.49 m² is 6.479749 公顷 and 97.196235 亩, 693997.51 m² is 69.399751 公顷 and 1040.996265 亩, and so on, by hand
  const books = exact(64_797.49, 22_685, 9_521.18, 608_045.41, 85_952.1);

  it('are the ordinary roundings where these add up', () => {
    expect(closeBooks(books, null, 'ha')).toMatchObject({
      area: 79.1001,
      deduct: 6.4797,
      restore: 2.2685,
      remediate: 0.9521,
      kept: 69.3998,
      unverified: 8.5952,
    });
  });

  it('take the digit too many from the figure that was rounded up by most', () => {
    // 97.20 + 34.03 + 14.28 + 1041.00 is 1186.51, the area 1186.50; 97.196 lost least by going down
    expect(closeBooks(books, null, 'mu')).toMatchObject({
      area: 1186.5,
      deduct: 97.19,
      restore: 34.03,
      remediate: 14.28,
      kept: 1041,
      unverified: 128.93,
    });
  });

  it('add up in every unit, kept with its two parts, each within one last digit', () => {
    const random = seeded(31);
    for (let n = 0; n < 2_000; n++) {
      const areas = Array.from({ length: 5 }, () => (random() < 0.2 ? 0 : random() * 10 ** (random() * 6)));
      const [deduct = 0, restore = 0, remediate = 0, verified = 0, unverified = 0] = areas;
      for (const [unit, perM2, digits] of [
        ['m2', 1, 100],
        ['mu', 0.0015, 100],
        ['ha', 0.0001, 10_000],
      ] as const) {
        const closed = closeBooks(exact(deduct, restore, remediate, verified, unverified), null, unit);
        const last = (value: number) => Math.round(value * digits);
        const sum = last(closed.deduct) + last(closed.restore) + last(closed.remediate) + last(closed.kept);
        expect(sum).toBe(last(closed.area));
        expect(last(closed.verified) + last(closed.unverified)).toBe(last(closed.kept));
        for (const [name, area] of Object.entries({ deduct, restore, remediate, verified, unverified })) {
          const off = last(closed[name as keyof typeof closed]) - area * perM2 * digits;
          expect(Math.abs(off), `${name} of ${areas} in ${unit}`).toBeLessThan(1 + 1e-6);
        }
      }
    }
  });

  it('leave nothing in doubt where nothing is, and all where all is', () => {
    expect(closeBooks(exact(0, 0, 0, 10.006, 0), null, 'm2')).toMatchObject({ kept: 10.01, unverified: 0 });
    expect(closeBooks(exact(0, 0, 0, 0, 10.006), null, 'm2')).toMatchObject({ kept: 10.01, verified: 0 });
  });
});
