import { describe, expect, it } from 'vitest';
import { readAreaUnit, readDate, readNumber, readText, readYear } from '../../server/domain/loose-values.ts';

describe('dates as written by clerks', () => {
  it.each([
    ['2023-05-17', '2023-05-17'],
    ['2023/5/17', '2023-05-17'],
    ['2023.5.17', '2023-05-17'],
    ['20230517', '2023-05-17'],
    [20230517, '2023-05-17'],
    ['2023年5月17日', '2023-05-17'],
    ['2023-05-17T08:30:00Z', '2023-05-17'],
    ['2023/05/17 00:00:00', '2023-05-17'],
    [' 2024-02-29 ', '2024-02-29'],
  ])('%s is %s', (written, date) => {
    expect(readDate(written, 'last')).toBe(date);
  });

  it('takes the end of a month or year that gives nobody an advantage', () => {
    expect([readDate('2023年2月', 'last'), readDate('2023年2月', 'first')]).toEqual(['2023-02-28', '2023-02-01']);
    expect([readDate('2023', 'last'), readDate('2023年', 'first')]).toEqual(['2023-12-31', '2023-01-01']);
    expect(readDate('202311', 'last')).toBe('2023-11-30');
  });

  it.each(['2023-13-01', '2023-02-30', '0000-00-00', '五月', '45123', '', null, undefined, {}])(
    '%s is none',
    (written) => {
      expect(readDate(written, 'last')).toBeNull();
    },
  );
});

describe('other values', () => {
  it('reads a year out of what surrounds it', () => {
    expect(['2021', 2021, '2021年度', '2021-03-01', '20210301', '21', '二一年', '20215'].map(readYear)).toEqual([
      2021,
      2021,
      2021,
      2021,
      2021,
      null,
      null,
      null,
    ]);
  });

  it('reads numbers with separators, full-width digits and a unit behind', () => {
    expect(['1,234.5', '０.５', ' 12 ', '0.7655公顷', '3亩', '1e3', -2].map(readNumber)).toEqual([
      1234.5, 0.5, 12, 0.7655, 3, 1000, -2,
    ]);
    expect(['', 'abc', '1,23', '1.2.3', '12 34', '.', Number.NaN].map(readNumber)).toEqual([
      null,
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  it('keeps text to the letter but for the padding behind it', () => {
    expect(readText(' A 01  ')).toBe(' A 01');
    expect(readText('   ')).toBeNull();
    expect(readText(500242202300010001n)).toBe('500242202300010001');
    expect(readText(0)).toBe('0');
  });
});

describe('the unit behind a figure', () => {
  it('is read in the ways it is written, and is none where none stands', () => {
    expect(['15亩', '1 公顷', '１ｈａ', '1hm²', '9,998.5㎡', '3 m2', '3平方米'].map(readAreaUnit)).toEqual([
      'mu',
      'ha',
      'ha',
      'ha',
      'm2',
      'm2',
      'm2',
    ]);
    expect(['15', '', '约10', 15, null, '3公斤'].map(readAreaUnit)).toEqual([null, null, null, null, null, null]);
  });
});
