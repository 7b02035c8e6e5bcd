/** `verify` on files of every packaged format at once. */
import { beforeAll, expect, it } from 'vitest';
import { removeGdalFiles } from '../intake/gdal-files.ts';
import { asGeodatabase, asGeopackage, asKmz, degreeSquare } from '../intake/packaged-plots.ts';
import { requirePart } from '../support/parts.ts';
import { command, Desk, type Ended, onFreshServer, readOut, wroteNothing } from './command.ts';

removeGdalFiles();
const desk = new Desk();
const plots = (project: string, west: number) => [
  { ring: degreeSquare(west, 28.8), properties: { DKBH: '一号', XMBH: project } },
  { ring: degreeSquare(west + 0.002, 28.8), properties: { DKBH: '二号', XMBH: project } },
];
const redLine = [{ ring: degreeSquare(108.799, 28.799, 0.003), properties: { HXMC: '红线甲' } }];

requirePart('gdal', 'postgis')('verify of packaged files', () => {
  const out = desk.out();
  let ended: Ended;
  beforeAll(async () => {
    const gpkg = desk.file('甲.gpkg', asGeopackage(plots('50024220210001', 108.8)));
    const kmz = desk.file('乙.kmz', asKmz(plots('50024220210002', 108.81)));
    const gdb = desk.file('丙.zip', asGeodatabase(plots('50024220210003', 108.82), '补充耕地'));
    const red = desk.file('红线.gpkg', asGeopackage(redLine));
    ended = await command(
      ...['verify', '--parcels', gpkg, '--parcels', kmz, '--parcels', gdb, '--layer', `eco-red-line=${red}`],
      ...['--srid', `${kmz}=4490`, '--sublayer', `${gdb}=补充耕地`, '--out', out],
      ...(await onFreshServer()),
    );
  });

  it('judges every parcel of a GeoPackage, a KMZ that is vouched for and a geodatabase', () => {
    expect(ended.code, ended.stderr).toBe(0);
    const { geojson, manifest } = readOut(out);
    expect(geojson.features.map(({ properties: p }) => [p['project_code'], p['parcel_id']])).toEqual(
      ['50024220210001', '50024220210002', '50024220210003'].flatMap((code) => [
        [code, '一号'],
        [code, '二号'],
      ]),
    );
    const outcomes = geojson.features.map(
      ({ properties }) => (properties['checks'] as Record<string, { outcome: string }>)['eco-red-line']!.outcome,
    );
    expect(outcomes).toEqual(['fail', 'pass', 'pass', 'pass', 'pass', 'pass']);
    // squares of one size on one parallel
    const areas = geojson.features.map(({ properties }) => properties['area_m2'] as number);
    for (const area of areas) expect(Math.abs(area - areas[0]!)).toBeLessThan(0.01);
    expect(
      (manifest['inputs'] as { decisions: { crs: { source: string } } }[]).map((i) => i.decisions.crs.source),
    ).toEqual(['geopackage', 'user', 'filegdb']);
  });
});

requirePart('postgis')('verify of a KML', () => {
  it('that nobody vouches for ends with 2 and says what to do', async () => {
    const out = desk.out();
    const kmz = desk.file('丁.kmz', asKmz(plots('50024220210002', 108.81)));
    const ended = await command('verify', '--parcels', kmz, '--out', out, ...(await onFreshServer()));
    expect(ended.code).toBe(2);
    expect(ended.problem).toMatchObject({ code: 'crs-unknown', status: 422, where: { candidates: ['EPSG:4490'] } });
    expect(ended.problem!['detail']).toMatch(/GCJ-02.*srid/);
    expect(wroteNothing(out)).toBe(true);
  });
});
