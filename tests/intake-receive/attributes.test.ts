import { describe, expect, it } from 'vitest';
import { matchingFields, readFieldMap, truncations } from '../../server/intake/attribute-match.ts';
import { readMeasure, readSlopeClass } from '../../server/intake/layer-row.ts';
import { parcelAliases } from '../../server/intake/parcel-columns.ts';
import { nameParcels } from '../../server/intake/parcel-ids.ts';
import { sharedCounty } from '../../server/intake/region.ts';

describe('matching attribute names', () => {
  it('goes by the order of the aliases, not of the file', () => {
    expect(matchingFields(['ID', 'TBBH', 'DKBH'], parcelAliases.parcel_id)).toEqual(['DKBH', 'TBBH', 'ID']);
  });

  it('is blind to case and to blanks around a name', () => {
    expect(matchingFields(['dkmj', ' Dkbh '], parcelAliases.parcel_id)).toEqual([' Dkbh ']);
  });

  it('knows names that a DBF cut to ten bytes, in GBK and in UTF-8', () => {
    // five characters of two bytes; three of three bytes and a broken one
    expect(truncations('项目备案编号')).toEqual(['项目备案编', '项目备']);
    expect(truncations('PROJECT_CODE')).toEqual(['PROJECT_CO']);
    expect(truncations('DKBH')).toEqual([]);
    expect(matchingFields(['新增耕地面'], parcelAliases.declared_net_m2)).toEqual(['新增耕地面']);
    expect(matchingFields(['新增耕'], parcelAliases.declared_net_m2)).toEqual(['新增耕']);
    expect(matchingFields(['图斑编\uFFFD'], parcelAliases.parcel_id)).toEqual(['图斑编\uFFFD']);
    expect(matchingFields(['project_co'], parcelAliases.project_code)).toEqual(['project_co']);
  });

  it('does not take any beginning of a name for the name', () => {
    expect(
      matchingFields(['新增', 'DKB', 'PROJECT'], [...parcelAliases.declared_net_m2, ...parcelAliases.parcel_id]),
    ).toEqual([]);
  });
});

describe('a field map', () => {
  const columns = ['parcel_id', 'project_code'];
  it('names an attribute in any case, or a constant behind =', () => {
    const { readings, warnings } = readFieldMap({ parcel_id: 'bh', project_code: '=50024220210001' }, columns, ['BH']);
    expect([...readings]).toEqual([
      ['parcel_id', { field: 'BH' }],
      ['project_code', { constant: '50024220210001' }],
    ]);
    expect(warnings).toEqual([]);
  });

  it('warns where a value is no attribute and so becomes a constant', () => {
    const { readings, warnings } = readFieldMap({ project_code: 'XMBHH' }, columns, ['XMBH']);
    expect([...readings]).toEqual([['project_code', { constant: 'XMBHH' }]]);
    expect(warnings.map((warning) => warning.code)).toEqual(['field-constant']);
  });

  it('is refused where it names a column there is not', () => {
    expect(() => readFieldMap({ colour: 'BH' }, columns, ['BH'])).toThrowError(
      expect.objectContaining({ code: 'validation', where: { field: 'colour', candidates: columns } }),
    );
  });
});

describe('names of parcels', () => {
  const row = (number: number, id: string | null, projectCode: string | null = null) => ({
    row: number,
    file: 'a.shp',
    id,
    projectCode,
  });
  const ids = (rows: ReturnType<typeof row>[]) => nameParcels(rows, 'DKBH').names.map((name) => name.parcel_id);

  it('are the client’s, to the letter', () => {
    expect(ids([row(1, 'A 1'), row(2, 'a 1'), row(3, '500242202300010001')])).toEqual([
      'A 1',
      'a 1',
      '500242202300010001',
    ]);
  });

  it('are row numbers where there is none, with a warning', () => {
    const { names, warnings } = nameParcels([row(1, null), row(3, null)], null);
    expect(names.map((name) => name.parcel_id)).toEqual(['1', '3']);
    expect(warnings.map((warning) => warning.code)).toEqual(['parcel-id-missing']);
  });

  it('never give a row number that another parcel has for a name', () => {
    expect(ids([row(1, '2'), row(2, null)])).toEqual(['2', 'row-2']);
  });

  it('take the project code in front, for the whole set, where that tells them apart', () => {
    const { names, warnings } = nameParcels([row(1, '1', 'P1'), row(2, '1', 'P2'), row(3, '2', 'P2')], 'DKBH');
    expect(names).toEqual([
      { parcel_id: 'P1/1', client_id: '1' },
      { parcel_id: 'P2/1', client_id: '1' },
      { parcel_id: 'P2/2', client_id: '2' },
    ]);
    expect(warnings.map((warning) => warning.code)).toEqual(['parcel-id-composed']);
  });

  it('are refused with file and row where files were joined: each counts its own rows', () => {
    const joined = [row(1, '1'), { ...row(1, '1'), file: 'b.shp' }];
    expect(() => nameParcels(joined, 'DKBH')).toThrowError(
      expect.objectContaining({
        code: 'duplicate-parcel-id',
        detail: {
          zh: expect.stringContaining('a.shp 第 1 行、b.shp 第 1 行'),
          en: expect.stringContaining('row 1 of a.shp, row 1 of b.shp'),
        },
        // the rows are of the file that is named
        where: expect.objectContaining({ file: 'a.shp', rows: [1] }),
      }),
    );
  });

  it('are refused where they repeat all the same, with every row', () => {
    expect(() => nameParcels([row(1, '1', 'P1'), row(2, 'x', 'P1'), row(4, '1', 'P1')], 'DKBH')).toThrowError(
      expect.objectContaining({
        code: 'duplicate-parcel-id',
        where: expect.objectContaining({ rows: [1, 4], field: 'DKBH' }),
      }),
    );
  });
});

describe('the county of project codes', () => {
  it('is the six digits all share', () => {
    expect(sharedCounty(['50024220210001', '50024220220007'])).toBe('500242');
    expect(sharedCounty(['50024220210001', '50024320220007'])).toBeNull();
    expect(sharedCounty(['50024220210001', '无'])).toBeNull();
    expect(sharedCounty([])).toBeNull();
  });
});

describe('values of layers', () => {
  it.each([
    ['核减', 'deduct'],
    ['核减指标后恢复', 'deduct'],
    ['限期恢复耕种', 'restore'],
    ['整改', 'restore'],
    ['不予核减，整改恢复', 'restore'],
    ['撂荒地整改', 'remediate'],
    ['督促复耕', null],
    ['无需核减', null],
    [null, null],
  ])('the measure “%s” is %s', (text, measure) => {
    expect(readMeasure(text)).toBe(measure);
  });

  it('reads slope classes 1 to 5 and no others', () => {
    expect(['1', '5', 5, '5级', ' 3 ', '6', '0', '', null, '2.5'].map(readSlopeClass)).toEqual([
      1,
      5,
      5,
      5,
      3,
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});
