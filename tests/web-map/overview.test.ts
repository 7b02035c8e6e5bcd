/** The overview's tables add up, row by row and column by column, as they are printed; its charts hatch what is unproven. */
import { describe, expect, test } from 'vitest';
import type { RunItem, RunSummary } from '../../web-map/src/api/types.ts';
import { areaUnits } from '../../web-map/src/figures/area.ts';
import { printedBooks } from '../../web-map/src/figures/books.ts';
import { bookColumns, checkRows, projectRows, townshipRows, trendOf } from '../../web-map/src/figures/overview.ts';
import { bookBars, chartOption, checkBars, verdictBars } from '../../web-map/src/figures/overview-charts.ts';
import { readAddress } from '../../web-map/src/state/address.ts';
import { readView, searchOf } from '../../web-map/src/state/view-address.ts';
import { makeParcels, summaryOf } from '../browser/fixture-county.ts';
import { seeded } from '../support/seeded.ts';

type Group = RunSummary['by_township'][number];
const keys = [
  'deduct_area_m2',
  'restore_area_m2',
  'remediate_area_m2',
  'kept_area_m2',
  'kept_unverified_area_m2',
  'area_m2',
] as const;

/** n townships of three parcels each, figures with many digits; the whole is their sum */
function summaryWith(n: number): RunSummary {
  const random = seeded(7);
  const by_township = Array.from({ length: n }, (_, i): Group => {
    const [deduct, restore, remediate, kept] = [
      random() * 9e4,
      random() * 5e3,
      i % 3 === 0 ? 0 : random() * 10,
      random() * 2e5,
    ];
    return {
      township: i === 0 ? null : `乡镇${i}`,
      parcel_count: 3,
      declared_area_m2: null,
      by_verdict: { compliant: 1, non_compliant: 2, undetermined: 0 },
      ...{ deduct_area_m2: deduct, restore_area_m2: restore, remediate_area_m2: remediate, kept_area_m2: kept },
      ...{ kept_unverified_area_m2: kept * random(), area_m2: deduct + restore + remediate + kept },
    };
  });
  const sums = Object.fromEntries(keys.map((key) => [key, by_township.reduce((sum, one) => sum + one[key], 0)]));
  const by_project = by_township.map(({ township, ...rest }) => ({
    ...rest,
    project_code: township,
    project_name: township && `${township}项目`,
  }));
  return {
    ...sums,
    parcel_count: 3 * n,
    by_verdict: { compliant: n, non_compliant: 2 * n, undetermined: 0 },
    by_township,
    by_project,
  } as unknown as RunSummary;
}
/** as a clerk adds them: whole numbers of the last digit */
const digits = (text: string) => Number(text.replace(/[,.]/g, ''));

describe('the tables of the overview', () => {
  const summary = summaryWith(40);

  test.each(areaUnits)('close in rows and columns, in %s, and end in the figures of the whole', (unit) => {
    const whole = Object.fromEntries(printedBooks(summary).map((row) => [row.book, digits(row[unit])]));
    for (const rows of [townshipRows(summary, unit), projectRows(summary, unit)]) {
      expect(rows.length).toBe(40);
      for (const { area, kept, books } of rows) {
        expect(digits(books.kept_verified) + digits(books.kept_unverified)).toBe(digits(kept));
        expect(digits(books.deduct) + digits(books.restore) + digits(books.remediate) + digits(kept)).toBe(
          digits(area),
        );
      }
      const sum = (of: (row: (typeof rows)[number]) => string) =>
        rows.reduce((total, row) => total + digits(of(row)), 0);
      for (const book of ['deduct', 'restore', 'remediate', 'kept_unverified'] as const)
        expect([book, sum((row) => row.books[book])]).toEqual([book, whole[book]]);
      expect(sum((row) => row.area)).toBe(whole['area']);
      expect(sum((row) => row.kept)).toBe(whole['kept']);
    }
  });

  test('count each parcel once', () => {
    for (const rows of [townshipRows(summary, 'mu'), projectRows(summary, 'mu')]) {
      expect(rows.reduce((sum, row) => sum + row.parcels, 0)).toBe(summary.parcel_count);
      for (const verdict of ['compliant', 'non_compliant', 'undetermined'] as const)
        expect(rows.reduce((sum, row) => sum + row.verdicts[verdict], 0)).toBe(summary.by_verdict[verdict]);
    }
  });

  test('no figure is off by more than one last digit', () => {
    for (const row of townshipRows(summary, 'm2'))
      for (const column of bookColumns)
        expect(Math.abs(digits(row.books[column]) / 100 - row.m2[column])).toBeLessThan(0.01);
  });

  test('begin with what has to go, and keep who has no name', () => {
    const rows = townshipRows(summary, 'mu');
    const goes = rows.map(({ m2 }) => m2.deduct + m2.restore + m2.remediate);
    expect(goes).toEqual(goes.toSorted((a, b) => b - a));
    expect(rows.filter((row) => row.key === null).length).toBe(1);
  });

  test('of a run without a parcel are empty', () => {
    const none = summaryOf([]) as unknown as RunSummary;
    expect([townshipRows(none, 'mu'), projectRows(none, 'ha')]).toEqual([[], []]);
    expect(checkRows(none, ['abandoned'])).toEqual([
      { check: 'abandoned', pass: 0, fail: 0, undetermined: 0, not_applicable: 0, area_m2: 0 },
    ]);
  });
});

describe('the trend', () => {
  const run = (run_id: string, day: number, sets: string[], state: RunItem['state'] = 'succeeded'): RunItem => ({
    ...{ run_id, region_code: '500242', state, parcel_count: 1, parcel_set_ids: sets },
    created_at: `2024-01-${String(day).padStart(2, '0')}T00:00:00.000Z`,
    summary: state === 'succeeded' ? ({} as RunSummary) : null,
  });
  test('is of the finished runs over the same sets, the oldest first', () => {
    const runs = [
      run('d', 9, ['b', 'a']),
      run('c', 8, ['a', 'b'], 'failed'),
      run('b', 7, ['a']),
      run('a', 6, ['a', 'b']),
    ];
    expect(trendOf(runs, runs[0]!).map((one) => one.run_id)).toEqual(['a', 'd']);
    expect(trendOf(runs, runs[0]!, 1).map((one) => one.run_id)).toEqual(['d']);
  });
});

describe('the charts', () => {
  const summary = summaryOf(makeParcels()) as unknown as RunSummary;
  type Series = { name: string; stack: string; itemStyle: { decal: { symbol: string } }; data: number[] };
  const seriesOf = (option: Record<string, unknown>) => option['series'] as Series[];
  const hatched = (option: Record<string, unknown>) =>
    seriesOf(option)
      .filter((one) => one.itemStyle.decal.symbol !== 'none')
      .map((one) => one.name);

  test('hatch what is unproven, and nothing else', () => {
    const checks = checkRows(summary, ['eco-red-line', 'steep-slope']).map((row) => ({ ...row, label: row.check }));
    const option = chartOption(
      checkBars(checks, (outcome) => outcome, '个'),
      'serif',
    );
    expect(hatched(option)).toEqual(['undetermined']);
    expect(seriesOf(option).map((one) => one.data)).toEqual([
      checks.map((row) => row.fail),
      checks.map((row) => row.undetermined),
    ]);
    const rows = townshipRows(summaryWith(3), 'mu').map((row) => ({ ...row, label: String(row.name) }));
    expect(
      hatched(
        chartOption(
          verdictBars(rows, (verdict) => verdict, '个', false),
          'serif',
        ),
      ),
    ).toEqual(['undetermined']);
    expect(
      hatched(
        chartOption(
          bookBars(
            rows,
            (book) => book,
            '亩',
            (m2) => m2,
          ),
          'serif',
        ),
      ),
    ).toEqual(['kept_unverified']);
  });
  test('need no style from outside: what is under the pointer is drawn, not HTML', () => {
    const option = chartOption(verdictBars([], String, '个', true), 'serif');
    expect(option['tooltip']).toMatchObject({ renderMode: 'richText' });
  });
});

describe('a place of the page', () => {
  test('comes back from its address', () => {
    const search = searchOf({ view: 'compare', run: 'r1', against: 'r0', kind: 'cleared' });
    expect(readView(search)).toEqual({ view: 'compare', against: 'r0', kind: 'cleared', sets: [], print: false });
    expect(readView(searchOf({ view: 'new', sets: ['a', 'b'] })).sets).toEqual(['a', 'b']);
    expect(readView('?view=made-up&kind=worse')).toMatchObject({ view: 'map', kind: null });
  });
  test('of a list asks what its link says, and every verdict where it names none', () => {
    const { run, question, verdictSaid } = readAddress(
      searchOf({ run: 'r', filters: { township: '', check: 'abandoned' } }),
    );
    expect([run, verdictSaid]).toEqual(['r', true]);
    expect(question.filters).toMatchObject({ verdict: null, township: '', check: 'abandoned', project_code: null });
  });
  test('of a parcel names it with its place, odd letters too', () => {
    const odd = 'a&b=c#?/甲 ';
    const search = searchOf({ run: 'r', parcel: { parcel_id: odd, ordinal: 7 }, print: true });
    expect(readAddress(search)).toMatchObject({ parcel: odd, place: 7 });
    expect(readView(search).print).toBe(true);
    expect(readView('?print=1').print).toBe(false);
  });
});
