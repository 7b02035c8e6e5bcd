/** Warnings of files joined in one upload name the file that their rows count in; and of project codes, the county they name. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { receiveLayer } from '../../server/intake/receive-layer.ts';
import { receiveParcels } from '../../server/intake/receive-parcels.ts';
import { layerMembers, type Point } from '../intake/make-shapefile.ts';
import { makeZip } from '../intake/make-zip.ts';
import { eachDatabase } from '../support/databases.ts';
import { bowTie, depsOf, east, fileOf, geojson, north, plotAt, removeFiles, square } from './receiving.ts';

removeFiles();

eachDatabase('several files in one upload', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  const receive = (bytes: Buffer, name: string, more: object = {}) =>
    receiveParcels(depsOf(database), { ...fileOf(bytes, name), ...more });

  const columns = [{ name: 'DKBH' }, { name: 'YSRQ' }, { name: 'XZMJ' }];
  const member = (stem: string, rows: string[][], shapes: Point[][][]) => layerMembers({ stem, shapes, columns, rows });

  it('tell file and row of what is wrong in one of them', async () => {
    const bytes = makeZip([
      ...member(
        '甲',
        [
          ['a', '2021-05-01', '15亩'],
          ['b', '2021-05-01', '15亩'],
        ],
        [plotAt(0), plotAt(1)],
      ),
      ...member(
        '乙',
        [
          ['c', '不详', '15亩'],
          ['d', '2021-05-01', '1公顷'],
        ],
        [plotAt(2), bowTie(east + 900, north)],
      ),
    ]);
    const { warnings } = await receive(bytes, 'two.zip', { sublayer: '*' });
    expect(warnings).toMatchObject([
      { code: 'geometry-repaired', where: { file: '乙.shp', rows: [2] } },
      { code: 'value-unreadable', where: { file: '乙.shp', rows: [1], field: 'YSRQ' } },
      { code: 'area-unit-contradicted', where: { file: '乙.shp', rows: [2] } },
    ]);
  });

  it('name the first and how many there are where it is in several', async () => {
    const bytes = makeZip([
      ...member('甲', [['a', '不详', '1']], [plotAt(0)]),
      ...member(
        '乙',
        [
          ['b', '', '1'],
          ['c', '不详', '1'],
        ],
        [plotAt(1), plotAt(2)],
      ),
    ]);
    const { warnings } = await receive(bytes, 'both.zip', { sublayer: '*' });
    expect(warnings).toMatchObject([{ code: 'value-unreadable', where: { file: '乙.shp', rows: [2] } }]);
    expect(warnings[0]!.message.zh).toMatch(/有 2 个值读不出验收日期（.*分布在 2 个文件：乙\.shp、甲\.shp/);
  });
});

eachDatabase('the county that project codes name', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  const coded = (codes: (string | null)[], name: string, more: object = {}) =>
    receiveParcels(depsOf(database), {
      ...fileOf(geojson(codes.map((XMBH, n) => ({ rings: plotAt(n), properties: { DKBH: `${n}`, XMBH } }))), name),
      ...more,
    });
  const told = (set: { warnings: { code: string; where?: object }[] }) =>
    set.warnings.map(({ code, where }) => [code, where]);

  it('is told where it is another than the one the set is kept under, with the rows', async () => {
    const codes = ['50024220210001', '50024320210001', '50024320210002', 'XM-1', null];
    const mixed = await coded(codes, 'mixed.geojson', { regionCode: '500242' });
    expect(told(mixed)).toEqual([['project-county-differs', { field: 'XMBH', file: 'mixed.geojson', rows: [2, 3] }]]);
    const given = await coded(codes.slice(1, 3), 'given.geojson', { regionCode: '500242' });
    expect(told(given)).toEqual([['project-county-differs', { field: 'XMBH', file: 'given.geojson', rows: [1, 2] }]]);
    expect(told(await coded(codes.slice(0, 1), 'one.geojson', { regionCode: '500242' }))).toEqual([]);
  });

  describe('with the boundary of the county in the database', () => {
    it('is told where the parcels lie in another county than their codes name', async () => {
      const county = geojson([
        { rings: [square(east - 5000, north - 5000, 10_000)], properties: { XZQDM: '500242', XZQMC: '县' } },
      ]);
      await receiveLayer(depsOf(database), { ...fileOf(county, 'county.geojson'), type: 'boundary' });
      const foreign = await coded(['50024320220001', '50024320220002'], 'foreign.geojson');
      expect(foreign.region_code).toBe('500243');
      expect(told(foreign)).toEqual([['lies-in-other-county', { candidates: ['500242'] }]]);
      // at home, and where nobody knows the county of the place, there is nothing to tell
      expect(told(await coded(['50024220220001', null], 'home.geojson'))).toEqual([]);
      const away = geojson([
        { rings: [square(east + 20_000, north, 100)], properties: { DKBH: 'a', XMBH: '50024320210001' } },
      ]);
      expect(told(await receiveParcels(depsOf(database), fileOf(away, 'away.geojson')))).toEqual([]);
    });

    it('is told that all parcels lie outside it, of a file that states no system too', async () => {
      const away = square(east + 20_000, north, 100);
      const stated = geojson([{ rings: [away], properties: { DKBH: 'a', XMBH: '50024220220001' } }]);
      expect(told(await receiveParcels(depsOf(database), fileOf(stated, 'stated.geojson')))).toEqual([
        ['outside-region', undefined],
      ]);
      const bare = geojson([{ rings: [away], properties: { DKBH: 'b', XMBH: '50024220220001' } }], null);
      expect(told(await receiveParcels(depsOf(database), fileOf(bare, 'bare.geojson')))).toEqual([
        ['crs-inferred', { file: 'bare.geojson' }],
        ['outside-region', undefined],
      ]);
    });
  });
});
