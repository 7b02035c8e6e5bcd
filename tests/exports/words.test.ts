import { describe, expect, it } from 'vitest';
import type { FindingOut, VerdictRow } from '../../server/domain/verdict-feature.ts';
import { adviceInWords, hitsInWords, slopeInWords } from '../../server/exports/xlsx/words.ts';
import { makeRows } from './fixtures.ts';

describe('the slope of a finding in words', () => {
  it('grades the patch by the class that has most of it, then gives the degrees', () => {
    const finding = {
      outcome: 'fail',
      class_area_m2: [0, 10, 400, 700, 650],
      max_slope_deg: 36.24,
      mean_slope_deg: 22.15,
    } as FindingOut;
    expect(slopeInWords(finding)).toBe('坡度级 4\n最大 36.2\n平均 22.2');
  });

  it('still grades it by slope-map polygons, which know no degrees', () => {
    const finding = {
      outcome: 'fail',
      class_area_m2: [0, 0, 0, 90, 910],
      max_slope_deg: null,
    } as unknown as FindingOut;
    expect(slopeInWords(finding)).toBe('坡度级 5');
  });

  it('is empty where no slope was measured', () => {
    expect(slopeInWords({ outcome: 'fail', area_m2: 12 })).toBe('');
    expect(slopeInWords({ outcome: 'undetermined', class_area_m2: [0, 0, 0, 0, 0] } as FindingOut)).toBe('');
  });
});

describe('the patches of a finding in words', () => {
  it('stand largest first, without one that is only touched', () => {
    const hit = (number: string, area_m2: number) => ({ name: null, number, layer_id: 'l', area_m2 });
    const finding = { outcome: 'fail', hits: [hit('JK002', 0.0003), hit('JK004', 55), hit('JK001', 1984.51)] };
    expect(hitsInWords(finding as unknown as FindingOut)).toBe('JK001；JK004');
  });
});

describe('the advice beside a finding', () => {
  const row = makeRows(40)[0]!;
  const overlapping = (pieces: VerdictRow['pieces']): VerdictRow => ({
    ...row,
    pieces,
    checks: { ...row.checks, 'parcel-overlap': { outcome: 'fail', area_m2: 30, share: 0.1 } },
  });

  it('says of the parcel of a pair that carries nothing where the shared area is counted', () => {
    expect(adviceInWords('parcel-overlap', overlapping([]), 'deduct')).toBe('核减\n（重叠面积计入另一地块）');
  });

  it('is the measure alone for the parcel that carries the piece', () => {
    const piece = { reasons: ['parcel-overlap' as const], measure: 'deduct' as const, area_m2: 30 };
    expect(adviceInWords('parcel-overlap', overlapping([piece]), 'deduct')).toBe('核减');
  });
});
