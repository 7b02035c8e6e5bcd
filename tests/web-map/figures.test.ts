import { describe, expect, test } from 'vitest';
import type { CheckId } from '../../server/domain/outcome.ts';
import { printed, printedArea } from '../../web-map/src/figures/area.ts';
import { printedBooks, printedPieces } from '../../web-map/src/figures/books.ts';
import { findingFacts, hitsToShow } from '../../web-map/src/figures/finding-facts.ts';
import { isOnlyReported, type Translate, verdictSentence } from '../../web-map/src/figures/sentence.ts';
import { timeText } from '../../web-map/src/figures/time.ts';
import { createMessages } from '../../web-map/src/i18n/index.ts';
import { makeParcels } from '../browser/fixture-county.ts';
import { checks } from '../browser/fixture-registry.ts';

const t = createMessages('zh-CN').global.t as unknown as Translate;
const titleOf = (id: string) => checks.find((check) => check.id === id)!.title.zh;
const order = checks.map((check) => check.id as CheckId);
const number = (text: string) => Number(text.replaceAll(',', ''));

describe('areas as text', () => {
  test('1 公顷 is 15 亩 exactly', () => {
    expect(printedArea(10_000, 'mu')).toBe('15.00');
    expect(printedArea(10_000, 'ha')).toBe('1.0000');
    expect(printedArea(2000 / 3, 'mu')).toBe('1.00');
  });

  test('halves go away from zero, thousands have commas, small negatives keep their sign', () => {
    expect(printed(1.005, 2)).toBe('1.01');
    expect(printedArea(1_234_567.891, 'm2')).toBe('1,234,567.89');
    expect(printed(-1234.5, 0)).toBe('-1,235');
    expect(printed(-0.125, 2)).toBe('-0.13');
  });

  test('the books add up as printed, in each unit, for every parcel of a county', () => {
    for (const { properties } of makeParcels()) {
      const rows = Object.fromEntries(printedBooks(properties).map((row) => [row.book, row]));
      for (const [unit, digits] of [
        ['m2', 2],
        ['mu', 2],
        ['ha', 4],
      ] as const) {
        const sum = (['deduct', 'restore', 'remediate', 'kept'] as const).reduce(
          (s, book) => s + number(rows[book]![unit]),
          0,
        );
        expect(sum.toFixed(digits)).toBe(number(rows['area']![unit]).toFixed(digits));
        expect(number(rows['kept_unverified']![unit])).toBeLessThanOrEqual(number(rows['kept']![unit]));
      }
      const pieces = printedPieces(properties.pieces, properties);
      for (const book of new Set(pieces.map(({ measure }) => measure).filter((measure) => measure !== 'none')))
        for (const unit of ['m2', 'mu'] as const) {
          const sum = pieces.reduce((s, piece) => s + (piece.measure === book ? number(piece[unit]) : 0), 0);
          expect(sum.toFixed(2)).toBe(number(rows[book]![unit]).toFixed(2));
        }
    }
  });

  test('three equal thirds of a square metre: 0.34 + 0.33 + 0.33, never 0.99', () => {
    const third = 1 / 3;
    const rows = printedBooks({
      area_m2: 1,
      deduct_area_m2: third,
      restore_area_m2: third,
      remediate_area_m2: third,
      kept_area_m2: 0,
      kept_unverified_area_m2: 0,
    });
    expect(rows.map((row) => row.m2)).toEqual(['1.00', '0.34', '0.33', '0.33', '0.00', '0.00']);
  });

  test('pieces add up to what their book prints: 1.006 + 1.006 is 2.01, never 1.01 + 1.01', () => {
    const piece = (measure: 'deduct' | 'restore' | 'none', area_m2: number) => ({ measure, area_m2, reasons: [] });
    const pieces = [piece('deduct', 1.006), piece('restore', 3.333), piece('deduct', 1.006), piece('none', 2.222)];
    const printed = printedPieces(pieces, {
      area_m2: 10,
      deduct_area_m2: 2.012,
      restore_area_m2: 3.333,
      remediate_area_m2: 0,
      kept_area_m2: 4.655,
      kept_unverified_area_m2: 0,
    });
    expect(printed.map(({ m2 }) => m2)).toEqual(['1.01', '3.33', '1.00', '2.22']);
  });

  test('a time is printed to the minute, and text that is no time stays as it is', () => {
    expect(timeText('2024-03-05T08:30:00Z')).toMatch(/^2024-03-0\d \d\d:\d\d$/);
    expect(timeText('gestern')).toBe('gestern');
  });
});

describe('the verdict in one sentence', () => {
  const byId = (id: string) => makeParcels().find((parcel) => parcel.properties.parcel_id === id)!.properties;

  test('names the checks, the measures with their areas, and says that a person must confirm', () => {
    const sentence = verdictSentence(byId('D-0043'), titleOf, order, undefined, t);
    const deduct = printedBooks(byId('D-0043')).find((row) => row.book === 'deduct')!.mu;
    expect(sentence).toMatch(/^疑似不合规：生态保护红线、25度以上陡坡、现状非耕地、撂荒，共 4 项检查未通过；建议核减/);
    expect(sentence).toContain(`核减 ${deduct} 亩`);
    expect(sentence).toMatch(/待人工确认。$/);
  });

  test('a flag without an area says so', () => {
    expect(verdictSentence(byId('D-0028'), titleOf, order, undefined, t)).toContain('不产生核减');
  });

  test('missing evidence is named as such and never reads as passed', () => {
    const undetermined = makeParcels().find((parcel) => parcel.properties.verdict === 'undetermined')!.properties;
    const sentence = verdictSentence(undetermined, titleOf, order, undefined, t);
    expect(sentence).toMatch(/^证据不足，尚不能判定/);
    expect(sentence).not.toContain('通过');
  });

  test('passed checks are counted without those that did not apply', () => {
    const parcel = byId('D-0001');
    const passed = Object.entries(parcel.checks).filter(([id, f]) => f.outcome === 'pass' && id !== 'non-grain').length;
    expect(verdictSentence(parcel, titleOf, order, undefined, t)).toContain(` ${passed} 项`);
  });

  test('non-grain is only reported unless the run made it count', () => {
    expect(isOnlyReported('non-grain', undefined)).toBe(true);
    expect(isOnlyReported('non-grain', { 'non-grain': { treat_as_fail: false } })).toBe(true);
    expect(isOnlyReported('non-grain', { 'non-grain': { treat_as_fail: true } })).toBe(false);
    expect(isOnlyReported('abandoned', { abandoned: { min_area_m2: 10 } })).toBe(false);
  });
});

describe('what a finding measured', () => {
  test('a patch that is only touched, 0.00 m² of it, is not named as concerned', () => {
    const hit = (number: string, area_m2: number) => ({ name: null, number, layer_id: 'l', area_m2 });
    const hits = [hit('JK001', 1984.51), hit('JK002', 0.0049), hit('JK003', 0.005)];
    expect(hitsToShow({ outcome: 'fail', hits }).map((one) => one.number)).toEqual(['JK001', 'JK003']);
    expect(hitsToShow({ outcome: 'pass' })).toEqual([]);
  });

  test('slope: means to a tenth of a degree, classes by area, source and cell in words', () => {
    const facts = findingFacts(
      {
        outcome: 'fail',
        area_m2: 1000,
        share: 0.25,
        mean_slope_deg: 23.45,
        max_slope_deg: 38.217,
        class_area_m2: [0, 500, 0, 2500, 1000],
        source: 'dem',
        cell_m: 30,
      },
      t,
    );
    const text = Object.fromEntries(facts.map((fact) => [fact.label, fact.text]));
    expect(text['涉及面积']).toMatch(/^1,000\.00 m²\s1\.50 亩$/);
    expect(text['占地块']).toBe('25.00 %');
    expect(text['平均坡度']).toBe('23.5°');
    expect(text['坡度分级面积']).toBe('15°–25° 2,500.00 m²、>25° 1,000.00 m²、2°–6° 500.00 m²');
    expect(text['坡度来源']).toBe('由高程计算、格网 30 米');
  });

  test('a code without a word is shown as it came, and absent figures make no row', () => {
    const facts = findingFacts({ outcome: 'fail', by_group: { newgroup: 3 }, mean_slope_deg: null }, t);
    expect(facts).toEqual([{ label: '按类别', text: 'newgroup 3.00 m²' }]);
  });
});
