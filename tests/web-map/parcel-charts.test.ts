import { describe, expect, test } from 'vitest';
import type { FindingDetail } from '../../web-map/src/api/types.ts';
import { bookParts, slopeParts, usesByYear } from '../../web-map/src/figures/parcel-charts.ts';

const books = {
  area_m2: 1000,
  deduct_area_m2: 100,
  restore_area_m2: 0,
  remediate_area_m2: 250,
  kept_area_m2: 650,
  kept_unverified_area_m2: 400,
};

describe('the books as a bar', () => {
  test('are laid end to end and fill the parcel, what is unverified apart from what is kept', () => {
    const parts = bookParts(books);
    expect(parts).toEqual([
      { key: 'deduct', area_m2: 100, share: 0.1 },
      { key: 'remediate', area_m2: 250, share: 0.25 },
      { key: 'kept_verified', area_m2: 250, share: 0.25 },
      { key: 'kept_unverified', area_m2: 400, share: 0.4 },
    ]);
    expect(parts.reduce((sum, part) => sum + part.share, 0)).toBe(1);
  });

  test('never show more unverified than is kept, and nothing of a parcel without an area', () => {
    const parts = bookParts({ ...books, kept_unverified_area_m2: 650.0000001 });
    expect(parts.map((part) => part.key)).toEqual(['deduct', 'remediate', 'kept_unverified']);
    const none = { ...books, area_m2: 0, deduct_area_m2: 0, remediate_area_m2: 0, kept_area_m2: 0 };
    expect(bookParts(none)).toEqual([]);
  });
});

describe('slope by class', () => {
  test('has all five classes of the survey, empty ones too', () => {
    expect(slopeParts({ outcome: 'pass', class_area_m2: [0, 500, 0, 0, 1500] })).toEqual([
      { key: '≤2°', area_m2: 0, share: 0 },
      { key: '2°–6°', area_m2: 500, share: 0.25 },
      { key: '6°–15°', area_m2: 0, share: 0 },
      { key: '15°–25°', area_m2: 0, share: 0 },
      { key: '>25°', area_m2: 1500, share: 0.75 },
    ]);
  });

  test('is no chart where the slope is not known', () => {
    expect(slopeParts({ outcome: 'undetermined' })).toBeNull();
    expect(slopeParts({ outcome: 'undetermined', class_area_m2: [0, 0, 0, 0, 0] })).toBeNull();
  });
});

describe('land use by year', () => {
  const findings: FindingDetail[] = [
    { outcome: 'fail', year: 2023, by_class: { '0301': 600, '0201K': 100, '0307': 200 } },
    { outcome: 'pass', year: 2018, by_class: { '0103': 500 } },
    // the same year again, told by another check
    { outcome: 'pass', year: 2023, by_class: { '0103': 1 } },
    { outcome: 'undetermined' },
  ];

  test('is told once a year, the oldest first, by group, as shares of the parcel', () => {
    expect(usesByYear(findings, 1000, () => 'td3')).toEqual([
      { year: 2018, parts: [{ key: 'farmland', area_m2: 500, share: 0.5 }] },
      {
        year: 2023,
        parts: [
          { key: 'forest', area_m2: 800, share: 0.8 },
          { key: 'orchard', area_m2: 100, share: 0.1 },
        ],
      },
    ]);
  });

  test('a code means what its own system says; where that is not known and they differ, it is told as other', () => {
    // 0601: 工业用地 in the third survey, 农村道路 in 用地用海
    const one = [{ outcome: 'pass' as const, year: 2020, by_class: { '0601': 10 } }];
    const group = (system: 'td3' | 'yhyh' | undefined) => usesByYear(one, 10, () => system)[0]?.parts[0]?.key;
    expect([group('td3'), group('yhyh'), group(undefined)]).toEqual(['construction', 'other', 'other']);
  });
});
