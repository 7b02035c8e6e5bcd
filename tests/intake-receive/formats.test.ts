import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { receiveLayer } from '../../server/intake/receive-layer.ts';
import { receiveParcels } from '../../server/intake/receive-parcels.ts';
import { type Feature, gdalMakes, membersOf, removeGdalFiles } from '../intake/gdal-files.ts';
import { blob, makeGeopackage, polygonWkb } from '../intake/make-geopackage.ts';
import { makeZip } from '../intake/make-zip.ts';
import { asKml } from '../intake/packaged-plots.ts';
import { eachDatabase } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';
import { depsOf, fileOf, geojson, plotAt, removeFiles, square } from './receiving.ts';

removeFiles();
removeGdalFiles();

/** Two plots with the attributes that the register asks for, whatever the file they come in. */
const plots = [0, 1].map((n) => ({
  rings: plotAt(n),
  properties: { DKBH: `D${n}`, 备案编号: '50024220210001', 项目名称: '龙潭镇项目', 面积: 1 },
}));
const columns = ['DKBH TEXT', '备案编号 TEXT', '项目名称 TEXT', '面积 REAL'];
const packaged = makeGeopackage({
  layers: [
    {
      columns,
      rows: plots.map(({ rings, properties }) => ({
        values: Object.values(properties),
        geometry: blob(polygonWkb(rings)),
      })),
    },
  ],
});

const inDegrees = plots.map(({ properties }, n) => ({ rings: [square(108.8 + 0.002 * n, 28.8, 0.001)], properties }));
const drawn = asKml(
  inDegrees.map(({ rings, properties }) => ({
    ring: rings[0]!,
    properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, String(value)])),
  })),
);

eachDatabase('a file of any format', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  const stored = (id: string) =>
    database.db
      .selectFrom('parcel')
      .select(['parcel_id', 'project_code', 'project_name', 'declared_area_m2', 'area_m2', 'source_row'])
      .where('parcel_set_id', '=', id)
      .orderBy('ordinal')
      .execute();
  const receive = async (bytes: Buffer, name: string, more: object = {}) => {
    const received = await receiveParcels(depsOf(database), { ...fileOf(bytes, name), ...more });
    return { received, rows: await stored(received.parcel_set_id) };
  };

  it('gives the same parcels as the same plots in GeoJSON: GeoPackage', async () => {
    const expected = await receive(geojson(plots), 'a.geojson');
    const { received, rows } = await receive(packaged, '地块.gpkg');
    expect(rows).toEqual(expected.rows);
    expect(received.decisions).toMatchObject({
      crs: { srid: 4524, source: 'geopackage' },
      unit: { gross: { unit: 'ha' } },
    });
    expect(received.warnings).toEqual(expected.received.warnings);
  });

  it('gives the same parcels as the same plots in GeoJSON: KML, vouched for', async () => {
    const expected = await receive(geojson(inDegrees, 4490), 'b.geojson');
    const { received, rows } = await receive(drawn, '地块.kml', { srid: 4490 });
    expect(rows).toEqual(expected.rows);
    expect(received.decisions).toMatchObject({ crs: { srid: 4490, source: 'user' } });
    expect(received.warnings.map(({ code }) => code)).toContain('kml-offset-vouched');
  });

  it('is not stored where nobody vouches for it: KML', async () => {
    await expect(receive(drawn, '地块.kml')).rejects.toMatchObject({ code: 'crs-unknown' });
  });

  requirePart('gdal')('from a geodatabase', () => {
    it('gives the same parcels as the same plots in GeoJSON: FileGDB, by its layer alias', async () => {
      const features = plots.map(({ rings, properties }): Feature => {
        return { type: 'Feature', properties, geometry: { type: 'MultiPolygon', coordinates: [rings] } };
      });
      const path = gdalMakes(
        features,
        4524,
        'db.gdb',
        '-f',
        'OpenFileGDB',
        '-nln',
        'BCGD',
        '-lco',
        'LAYER_ALIAS=补充耕地',
      );
      const expected = await receive(geojson(plots), 'a.geojson');
      const { received, rows } = await receive(makeZip(membersOf(path)), '数据库.zip', { sublayer: '补充耕地' });
      // a geodatabase keeps coordinates as multiples of its resolution, here 0.0001 m
      const rounded = (some: typeof rows) => some.map((row) => ({ ...row, area_m2: Math.round(row.area_m2 * 10) }));
      expect(rounded(rows)).toEqual(rounded(expected.rows));
      expect(received.decisions).toMatchObject({
        crs: { srid: 4524, source: 'filegdb' },
        unit: { gross: { unit: 'ha' } },
      });
    });
  });

  it('is a reference layer too: GeoPackage', async () => {
    const layer = await receiveLayer(depsOf(database), { ...fileOf(packaged, 'h.gpkg'), type: 'eco-red-line' });
    expect(layer.feature_count).toBe(2);
  });
});
