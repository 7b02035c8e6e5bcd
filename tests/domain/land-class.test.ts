import { describe, expect, it } from 'vitest';
import { codeOfName, decideCodeSystem, groupOf, normalizeCode } from '../../server/domain/land-class.ts';

/** Written from CONTRACT §3.1 and the code tables of DOMAIN §2.1, class by class. */
const td3 = {
  farmland: '01 0101 0102 0103',
  orchard: '02 0201 0201K 0202 0202K 0203 0203K 0204 0204K',
  forest: '03 0301 0301K 0302 0302K 0303 0304 0305 0306 0307 0307K',
  grassland: '04 0401 0402 0403 0403K 0404',
  construction:
    '05 05H1 0508 06 0601 0602 0603 07 0701 0702 08 08H1 08H2 08H2A 0809 0810 0810A 09 1001 1002 1003 1004 1005 1007 1008 1009 1109 1201',
  facility: '1202',
  water: '1101 1102 1103 1104 1104A 1104K 1107 1107A 1110',
  other: '1006 1105 1106 1108 1203 1204 1205 1206 1207 1208 1301 201 202A 205 ZZZ',
};
const td2 = {
  farmland: '011 012 013',
  orchard: '021 021K 022 023',
  forest: '031 031K 032 033',
  grassland: '041 042 043',
  construction: '051 062 072 087 095 101 102 103 105 106 107 118 121 201 202 203 204 205',
  facility: '122',
  water: '111 112 113 114 114K 117 119',
  other: '104 115 116 123 124 125 126 127',
};
const yhyh = {
  farmland: '01 0101 0103',
  orchard: '0201 0205',
  forest: '0301 0304 0501 0502 0507',
  grassland: '0401 0403 0503',
  construction: '07 0701 070101 0801 0901 1001 1101 1201 1207 1301 1401 1506 2301',
  facility: '0602 060201 0603 0604',
  water: '17 1701 1704 1706',
  other: '0601 060101 0504 0506 16 18 21 2302 2303 2306 24',
};

describe('the group of a land-use code', () => {
  for (const [system, groups] of Object.entries({ td3, td2, yhyh }))
    it(`follows the tables of ${system}`, () => {
      const wrong = Object.entries(groups).flatMap(([group, codes]) =>
        codes.split(' ').filter((code) => groupOf(code, system as 'td3' | 'td2' | 'yhyh') !== group),
      );
      expect(wrong).toEqual([]);
    });

  it('means different things in different systems', () => {
    expect([groupOf('1202', 'td3'), groupOf('1202', 'yhyh')]).toEqual(['facility', 'construction']);
    expect([groupOf('0601', 'td3'), groupOf('0601', 'yhyh')]).toEqual(['construction', 'other']);
  });

  it('takes case and blanks for nothing, and an empty code for unknown', () => {
    expect(groupOf(' 05h1 ', 'td3')).toBe('construction');
    expect(normalizeCode('0201k')).toBe('0201K');
    expect([groupOf('', 'td3'), groupOf('  ', 'td3'), groupOf(null, 'td3')]).toEqual([null, null, null]);
  });
});

const tally = (...codes: string[]) => new Map(codes.map((code) => [code, 1]));

describe('the system of a layer’s codes', () => {
  it('is decided by codes that one system alone has', () => {
    expect(decideCodeSystem({ codes: tally('0103', '0305', '1202') })).toMatchObject({ system: 'td3', basis: 'codes' });
    expect(decideCodeSystem({ codes: tally('013', '031', '203') })).toMatchObject({ system: 'td2', basis: 'codes' });
    expect(decideCodeSystem({ codes: tally('0103', '1704', '0703') })).toMatchObject({
      system: 'yhyh',
      basis: 'codes',
    });
    expect(decideCodeSystem({ codes: tally('0103', '0204K') })).toMatchObject({ system: 'td3', basis: 'codes' });
  });

  it('makes no difference where every code means the same either way', () => {
    expect(decideCodeSystem({ codes: tally('0103', '0301', '0201') })).toMatchObject({
      system: 'td3',
      basis: 'same-groups',
    });
  });

  it('is told by the names where the codes leave it open', () => {
    const codes = tally('0103', '1202');
    expect(decideCodeSystem({ codes, year: 2025, names: [['1202', '设施农用地']] })).toMatchObject({
      system: 'td3',
      basis: 'names',
    });
    expect(decideCodeSystem({ codes, year: 2025, names: [['1202', '公路用地']] })).toMatchObject({
      system: 'yhyh',
      basis: 'names',
    });
  });

  it('cannot be 用地用海 for a survey up to 2023, and is ambiguous after that', () => {
    const codes = tally('0103', '1202');
    expect(decideCodeSystem({ codes, year: 2022 })).toMatchObject({ ok: true, system: 'td3', basis: 'year' });
    expect(decideCodeSystem({ codes, year: 2024 })).toMatchObject({ ok: false, why: 'ambiguous', examples: ['1202'] });
  });

  it('is refused where codes of two systems stand in one layer', () => {
    expect(decideCodeSystem({ codes: tally('0103', '013', '0307') })).toMatchObject({ ok: false, why: 'mixed' });
    expect(decideCodeSystem({ codes: tally('0307', '1704') })).toMatchObject({ ok: false, why: 'mixed' });
    // one patch of the second survey among codes that the third and 用地用海 share
    expect(decideCodeSystem({ codes: tally('0103', '0301', '013') })).toMatchObject({
      ok: false,
      why: 'mixed',
      systems: ['td3', 'td2', 'yhyh'],
      examples: ['013', '0103', '0301'],
    });
  });

  it('is refused where no system has a single one of them, as for names in the column of codes', () => {
    expect(decideCodeSystem({ codes: tally('旱地', '乔木林地') })).toMatchObject({ ok: false, why: 'unknown' });
    expect(decideCodeSystem({ codes: tally('旱地'), given: 'td3' })).toMatchObject({ ok: true, basis: 'given' });
    expect(decideCodeSystem({ codes: tally('0103', '旱地') })).toMatchObject({ ok: true, unknown: ['旱地'] });
  });

  it('takes full-width figures for the figures they are', () => {
    expect(normalizeCode(' ０１０３ｋ ')).toBe('0103K');
  });

  it('is what was stated, unless most of the file contradicts it', () => {
    expect(decideCodeSystem({ codes: tally('0103', '1202'), given: 'yhyh' })).toMatchObject({
      system: 'yhyh',
      basis: 'given',
    });
    expect(decideCodeSystem({ codes: tally('0103', '0307', '0404', '1202'), given: 'td2' })).toMatchObject({
      ok: false,
      why: 'contradicted',
    });
  });

  it('names the codes it does not know', () => {
    expect(decideCodeSystem({ codes: tally('0103', '0305', '9X') })).toMatchObject({ system: 'td3', unknown: ['9X'] });
  });
});

describe('class names', () => {
  it('lead to the code of the third survey', () => {
    expect(['旱地', ' 果园 ', '设施农用地', '公路', '月球'].map(codeOfName)).toEqual([
      '0103',
      '0201',
      '1202',
      '1003',
      null,
    ]);
  });
});
