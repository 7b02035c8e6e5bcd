import { describe, expect, test } from 'vitest';
import { checks } from '../../server/checks/index.ts';
import { layerTypeIds } from '../../server/layers/index.ts';
import { kindOf, changeKinds as served } from '../../server/verification/change-kinds.ts';
import { causeWords } from '../../server/verification/diff-causes.ts';
import { changeKinds, type DiffItem, type LayerVersion } from '../../web-map/src/api/run-types.ts';
import type { CheckText, RunItem } from '../../web-map/src/api/types.ts';
import { type CauseWords, causeText, movedBooks } from '../../web-map/src/figures/change-text.ts';
import { comparable, lacksOf, readParams, runBefore, slotsOf } from '../../web-map/src/figures/run-plan.ts';
import { createMessages } from '../../web-map/src/i18n/index.ts';

const registry = checks as unknown as CheckText[];
const layer = (layer_id: string, type: string, year: number | null, day: number): LayerVersion => ({
  ...{ layer_id, type, year, name: layer_id, region_code: '500242', file_name: 'f.zip', source: null },
  created_at: `2024-01-${String(day).padStart(2, '0')}T00:00:00.000Z`,
});

describe('the layers of a run', () => {
  const slots = slotsOf(
    [
      layer('slope', 'slope', null, 1),
      layer('u23', 'land-use', 2023, 3),
      layer('u23b', 'land-use', 2023, 9),
      layer('u18', 'land-use', 2018, 8),
      layer('red-late', 'eco-red-line', null, 9),
      layer('red-dated', 'eco-red-line', 2022, 2),
      layer('odd', 'made-up', null, 2),
    ],
    layerTypeIds,
  );

  test('stand in the order of the types, land use by year, one that is not known last', () => {
    expect(slots.map((slot) => slot.key)).toEqual([
      'eco-red-line',
      'land-use@2018',
      'land-use@2023',
      'slope',
      'made-up',
    ]);
  });
  test('a run takes the latest year of a type, then what came last', () => {
    expect(slots.map((slot) => slot.versions.map((one) => one.layer_id))).toEqual([
      ['red-dated', 'red-late'],
      ['u18'],
      ['u23b', 'u23'],
      ['slope'],
      ['odd'],
    ]);
  });
});

describe('what is lacking', () => {
  const lacking = (...types: string[]) =>
    lacksOf(registry, new Set(types)).map((lack) => [lack.check.id, lack.outcome]);

  test('without a layer nine checks have nothing to go by: six prove nothing, three do not apply', () => {
    expect(lacking()).toEqual([
      ['eco-red-line', 'undetermined'],
      ['steep-slope', 'undetermined'],
      ['prior-farmland', 'undetermined'],
      ['no-levelling', 'not_applicable'],
      ['not-cultivated', 'undetermined'],
      ['abandoned', 'undetermined'],
      ['non-grain', 'undetermined'],
      ['occupied', 'not_applicable'],
      ['known-issue', 'not_applicable'],
    ]);
  });
  test('any source of slope will do', () => {
    expect(lacking('dem').map(([id]) => id)).not.toContain('steep-slope');
    expect(lacking('land-use').map(([id]) => id)).toEqual([
      'eco-red-line',
      'steep-slope',
      'no-levelling',
      'occupied',
      'known-issue',
    ]);
  });
});

describe('parameters as they are typed', () => {
  test('only what is not as usual is sent, as a number', () => {
    const texts = {
      'eco-red-line': { min_area_m2: ' 7000 ', max_unknown_share: '0.010' },
      'non-grain': { treat_as_fail: 'true' },
    };
    const { params, faults } = readParams(registry, texts);
    expect(params).toEqual({ 'eco-red-line': { min_area_m2: 7000 }, 'non-grain': { treat_as_fail: true } });
    expect(faults.size).toBe(0);
  });
  test.each([
    ['eco-red-line', 'min_area_m2', '-1', '必须是不小于 0 的数'],
    ['eco-red-line', 'min_area_m2', '', '必须是不小于 0 的数'],
    ['eco-red-line', 'min_area_m2', '十', '必须是不小于 0 的数'],
    ['eco-red-line', 'min_area_m2', '0x10', '必须是不小于 0 的数'],
    ['eco-red-line', 'max_unknown_share', '1.5', '是比例，不能大于 1'],
    ['steep-slope', 'max_slope_deg', '91', '是坡度，不能大于 90'],
    ['prior-farmland', 'base_year', '20', '必须是年份'],
    ['steep-slope', 'source', 'map', '只能是 auto、slope、dem、slope-zones'],
  ])('%s.%s cannot be “%s”', (check, key, text, fault) => {
    expect(readParams(registry, { [check]: { [key]: text } }).faults.get(`${check}.${key}`)?.zh).toBe(fault);
  });
  test('a base year may be left empty', () => {
    expect(readParams(registry, { 'prior-farmland': { base_year: '' } })).toEqual({ params: {}, faults: new Map() });
  });
});

describe('the run to compare with', () => {
  const run = (run_id: string, day: number, sets: string[], more: Partial<RunItem> = {}): RunItem => ({
    ...{ run_id, region_code: '500242', state: 'succeeded', parcel_count: 1, parcel_set_ids: sets, summary: null },
    created_at: `2024-01-${String(day).padStart(2, '0')}T00:00:00.000Z`,
    ...more,
  });
  const now = run('now', 9, ['b', 'a']);
  const runs = [
    run('later', 10, ['a', 'b']),
    now,
    run('failed', 8, ['a', 'b'], { state: 'failed' }),
    run('other', 7, ['a']),
    run('before', 6, ['a', 'b']),
    run('first', 5, ['a', 'b']),
    run('foreign', 4, ['a', 'b'], { region_code: '993001' }),
  ];

  test('is the last before it that succeeded over the same sets', () => {
    expect(runBefore(runs, now)?.run_id).toBe('before');
    expect(runBefore(runs, runs[5]!)?.run_id).toBe('foreign');
    expect(runBefore([now], now)).toBeNull();
  });
  test('may be any other finished one of the county', () => {
    expect(comparable(runs, now).map((one) => one.run_id)).toEqual(['later', 'other', 'before', 'first']);
  });
});

describe('a change', () => {
  const side = (verdict: 'compliant' | 'non_compliant' | 'undetermined', deduct: number) => ({
    ...{
      ordinal: 1,
      parcel_set_id: 's',
      parcel_id: 'P',
      verdict,
      area_m2: 100,
      deduct_area_m2: deduct,
      restore_area_m2: 0,
      remediate_area_m2: 0,
    },
    ...{ kept_area_m2: 100 - deduct, kept_unverified_area_m2: 0 },
  });
  const item = (before: ReturnType<typeof side> | null, after: ReturnType<typeof side> | null): DiffItem => ({
    ...{ change: 'changed', parcel_id: 'P', project_code: null, before, after, findings: [], causes: [] },
  });

  test('is of one kind, and what lost its evidence is not cleared', () => {
    expect(changeKinds).toEqual(served);
    const [fine, bad, open] = [side('compliant', 0), side('non_compliant', 9), side('undetermined', 0)];
    const kinds = [
      [fine, bad],
      [open, bad],
      [bad, open],
      [fine, open],
      [bad, fine],
      [open, fine],
      [bad, bad],
      [null, bad],
      [bad, null],
    ] as const;
    expect(kinds.map(([before, after]) => kindOf({ before, after }))).toEqual([
      'flagged',
      'flagged',
      'unproven',
      'unproven',
      'cleared',
      'cleared',
      'figures',
      'added',
      'removed',
    ]);
  });
  test('tells the areas that moved, with their sign', () => {
    // 12.345 and 87.655 of 100: the larger takes the last digit, so that 12.34 + 87.66 = 100.00
    expect(movedBooks(item(side('compliant', 0), side('non_compliant', 12.345)))).toEqual([
      { book: 'deduct', before: '0.00', after: '12.34', by: '+12.34' },
      { book: 'kept', before: '100.00', after: '87.66', by: '-12.34' },
    ]);
    expect(movedBooks(item(null, side('compliant', 0)))).toEqual([]);
  });
  test('has a sentence for each cause that the server may name', () => {
    const { t } = createMessages('zh-CN').global;
    const words: CauseWords = {
      t: t as CauseWords['t'],
      titleOf: (id) => `查${id}`,
      layerTitleOf: (type) => `图${type}`,
      paramOf: (_, key) => ({ title: `参${key}`, unit: 'm²' }),
      layer: (id) => (id === 'gone' ? undefined : layer(id, 'slope', null, 1)),
    };
    const said = causeWords.map((cause) =>
      causeText(
        {
          cause,
          check: 'abandoned',
          key: 'k',
          before: 1,
          after: 2,
          type: 'slope',
          attributes: ['plot_type'],
          engines: { geos: { before: '3.13', after: '3.14' } },
        },
        words,
      ),
    );
    expect(new Set(said).size).toBe(causeWords.length);
    expect(said.filter((text) => /compare\.|undefined|\{/.test(text))).toEqual([]);
    expect(said[causeWords.indexOf('parameter')]).toBe('参数“查abandoned·参k”：1 m² → 2 m²');
    expect(
      causeText({ cause: 'layer-version', type: 'land-use', year: 2023, before: null, after: 'new' }, words),
    ).toContain('新用了图land-use（2023 年）：new，');
  });
});
