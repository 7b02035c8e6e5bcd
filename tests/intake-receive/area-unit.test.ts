/** The unit of declared areas, said by a person. Plots are 100 m squares in 4524: 9,998.5357 m² (DOMAIN §1.7), so 15 亩 or 1 公顷 are right. */
import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import type { AreaUnit } from '../../server/domain/area-units.ts';
import { receiveParcels } from '../../server/intake/receive-parcels.ts';
import { eachDatabase } from '../support/databases.ts';
import { depsOf, fileOf, geojson, plotAt, removeFiles } from './receiving.ts';

removeFiles();

eachDatabase('a unit of declared areas that is given', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  const plots = (figures: unknown[], more: object = {}) =>
    geojson(figures.map((DKMJ, n) => ({ rings: plotAt(n), properties: { DKBH: `${n}`, DKMJ, ...more } })));
  const receive = (text: Buffer | string, areaUnit?: AreaUnit, more: object = {}) =>
    receiveParcels(depsOf(database), { ...fileOf(text, 'a.geojson'), ...(areaUnit ? { areaUnit } : {}), ...more });
  const declared = async (id: string) =>
    (
      await database.db
        .selectFrom('parcel')
        .select(['declared_area_m2 as gross', 'declared_net_m2 as net'])
        .where('parcel_set_id', '=', id)
        .orderBy('ordinal')
        .execute()
    ).map(({ gross, net }) => [gross, net]);

  it('is taken against the sums, and a warning tells both readings', async () => {
    const { decisions, warnings, parcel_set_id } = await receive(plots([15, 15]), 'ha');
    expect(decisions.unit.gross).toMatchObject({ unit: 'ha', source: 'user', nearest: 'mu', title: '公顷' });
    expect(decisions.unit.given).toBe('ha');
    expect(await declared(parcel_set_id)).toEqual([
      [150_000, null],
      [150_000, null],
    ]);
    // 300,000 ÷ 19,997.07 and 20,000 ÷ 19,997.07
    expect(warnings).toEqual([
      {
        code: 'area-unit-against-sums',
        message: {
          zh: '按指定的单位（公顷）计，申报面积合计是图形面积的 15.0 倍；按亩计最接近（1.00 倍），请核对面积单位',
          en: expect.stringMatching(/hectares.*15\.0 times.*mu.*1\.00 times/),
        },
        where: { field: 'declared_area_m2' },
      },
    ]);
  });

  it('that the sums say too is no cause for a warning, and another set than the one whose unit was left open', async () => {
    const given = await receive(plots([15, 15]), 'mu');
    const open_ = await receive(plots([15, 15]));
    expect(given.warnings).toEqual([]);
    expect(given.decisions.unit.gross).toMatchObject({ unit: 'mu', source: 'user' });
    expect(open_.decisions.unit).toMatchObject({ gross: { unit: 'mu', source: 'sums', nearest: 'mu' }, net: null });
    expect(open_.decisions.unit).not.toHaveProperty('given');
    expect(given.parcel_set_id).not.toBe(open_.parcel_set_id);
    expect((await receive(plots([15, 15]), 'mu')).existing).toBe(true);
    for (const { parcel_set_id } of [given, open_])
      expect(await declared(parcel_set_id)).toEqual([
        [10_000, null],
        [10_000, null],
      ]);
  });

  it('rights a set whose figures are of something else than its shapes', async () => {
    // one 亩 won on each plot of fifteen: by the sums the figures would be 公顷
    const figures = plots([1, 1], { XZGDMJ: 0.9 });
    const dry = await receive(figures, 'mu', { dryRun: true });
    expect(dry.warnings.map(({ code, where }) => [code, where?.field])).toEqual([
      ['area-unit-against-sums', 'declared_area_m2'],
      ['area-unit-against-sums', 'declared_net_m2'],
    ]);
    const { parcel_set_id } = await receive(figures, 'mu');
    expect(await declared(parcel_set_id)).toEqual([
      [2000 / 3, 600],
      [2000 / 3, 600],
    ]);
  });

  it('is that of figures whose parcel has no shape, and of those that state another one', async () => {
    const text = JSON.stringify({
      type: 'FeatureCollection',
      crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::4524' } },
      features: [
        { type: 'Feature', properties: { DKBH: '1' }, geometry: { type: 'Polygon', coordinates: plotAt(0) } },
        { type: 'Feature', properties: { DKBH: '2', DKMJ: '3' }, geometry: null },
      ],
    });
    const { parcel_set_id, decisions } = await receive(text, 'mu');
    expect(decisions.unit).toEqual({ gross: null, net: null, given: 'mu' });
    expect(await declared(parcel_set_id)).toEqual([
      [null, null],
      [2000, null],
    ]);
    const stated = await receive(plots(['15', '1公顷']), 'mu');
    const contradicted = stated.warnings.find(({ code }) => code === 'area-unit-contradicted');
    expect(contradicted?.message.zh).toContain('按指定仍以亩计');
  });
});
