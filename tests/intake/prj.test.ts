import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readGeojsonCrs, readPrj } from '../../server/intake/prj.ts';
import { describeWithSharedData, sharedData } from '../support/shared-data.ts';
import { prj4524 } from './make-shapefile.ts';

const said = (text: string) => readPrj(Buffer.from(text));

describeWithSharedData('real .prj texts [shared/data/prj]', () => {
  const texts = readdirSync(sharedData('prj')).filter((name) => name.startsWith('EPSG_'));
  it.each(texts)('%s is the code in its name', (name) => {
    expect(readPrj(readFileSync(sharedData(`prj/${name}`)))).toMatchObject({
      kind: 'system',
      epsg: Number(name.slice(5, 9)),
    });
  });
  it('Beijing 54 from ArcGIS is refused by name', () => {
    expect(readPrj(readFileSync(sharedData('prj/real_arcgis_beijing54_zone39.prj')))).toMatchObject({
      kind: 'refused-datum',
      datum: { en: 'Beijing 1954' },
    });
  });
});

describe('a .prj is known by its parameters', () => {
  it('whatever its name, its projection name, its brackets and its line breaks', () => {
    const renamed = prj4524
      .replace('CGCS2000_3_Degree_GK_Zone_36', '酉阳县坐标系')
      .replace('Gauss_Kruger', 'Transverse_Mercator')
      .replaceAll('[', '(')
      .replaceAll(']', ')')
      .replaceAll(',', ',\r\n  ');
    expect(said(`\uFEFF${renamed}`)).toMatchObject({ kind: 'system', epsg: 4524, name: '酉阳县坐标系' });
  });
  it('of GDAL, with authorities', () => {
    expect(
      said(
        'PROJCS["CGCS2000 / 3-degree Gauss-Kruger zone 36",GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101,AUTHORITY["EPSG","1024"]],AUTHORITY["EPSG","1043"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4490"]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",108],PARAMETER["scale_factor",1],PARAMETER["false_easting",36500000],PARAMETER["false_northing",0],UNIT["metre",1,AUTHORITY["EPSG","9001"]],AUTHORITY["EPSG","4524"]]',
      ),
    ).toMatchObject({ kind: 'system', epsg: 4524 });
  });
  it('of WKT2', () => {
    expect(
      said(
        'PROJCRS["x",BASEGEOGCRS["China Geodetic Coordinate System 2000",DATUM["China 2000",ELLIPSOID["CGCS2000",6378137,298.257222101,LENGTHUNIT["metre",1]]],PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]],ID["EPSG",4490]],CONVERSION["x",METHOD["Transverse Mercator",ID["EPSG",9807]],PARAMETER["Latitude of natural origin",0,ANGLEUNIT["degree",0.0174532925199433]],PARAMETER["Longitude of natural origin",111,ANGLEUNIT["degree",0.0174532925199433]],PARAMETER["Scale factor at natural origin",1,SCALEUNIT["unity",1]],PARAMETER["False easting",19500000,LENGTHUNIT["metre",1]],PARAMETER["False northing",0,LENGTHUNIT["metre",1]]],CS[Cartesian,2],AXIS["northing (X)",north,ORDER[1],LENGTHUNIT["metre",1]],AXIS["easting (Y)",east,ORDER[2],LENGTHUNIT["metre",1]]]',
      ),
    ).toMatchObject({ kind: 'system', epsg: 4497 });
  });
  it('compound with a height, and geographic in WKT2', () => {
    expect(
      said(`COMPD_CS["x",${prj4524},VERT_CS["Yellow_Sea_1985",VERT_DATUM["x",2005],UNIT["Meter",1.0]]]`),
    ).toMatchObject({ kind: 'system', epsg: 4524 });
    expect(
      said(
        'GEOGCRS["China Geodetic Coordinate System 2000",DATUM["China 2000",ELLIPSOID["CGCS2000",6378137,298.257222101,LENGTHUNIT["metre",1]]],PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]],CS[ellipsoidal,2],AXIS["geodetic latitude (Lat)",north,ORDER[1],ANGLEUNIT["degree",0.0174532925199433]],AXIS["geodetic longitude (Lon)",east,ORDER[2],ANGLEUNIT["degree",0.0174532925199433]]]',
      ),
    ).toMatchObject({ kind: 'system', epsg: 4490 });
  });
  it('4508 and 4546 differ in name only: each gets the code of its name', () => {
    const cm111 = prj4524.replace('36500000.0', '500000.0').replace('108.0', '111.0');
    expect(said(cm111.replace('3_Degree_GK_Zone_36', 'GK_CM_111E'))).toMatchObject({ epsg: 4508 });
    expect(said(cm111.replace('GK_Zone_36', 'GK_CM_111E'))).toMatchObject({ epsg: 4546 });
  });
  it('WGS 84, its UTM and Web Mercator are taken as equal to CGCS2000', () => {
    const wgs84 =
      'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]';
    expect(said(wgs84)).toMatchObject({ kind: 'system', epsg: 4326, system: { epsg: 4490 } });
    expect(
      said(
        `PROJCS["WGS_1984_UTM_Zone_49N",${wgs84},PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",111.0],PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`,
      ),
    ).toMatchObject({ kind: 'system', epsg: 32649 });
    expect(
      said(
        `PROJCS["WGS_1984_Web_Mercator_Auxiliary_Sphere",${wgs84},PROJECTION["Mercator_Auxiliary_Sphere"],PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",0.0],PARAMETER["Standard_Parallel_1",0.0],PARAMETER["Auxiliary_Sphere_Type",0.0],UNIT["Meter",1.0]]`,
      ),
    ).toMatchObject({ kind: 'system', epsg: 3857 });
    expect(said(prj4524.replace(/GEOGCS.*?\]\],PROJ/, `${wgs84},PROJ`))).toMatchObject({ kind: 'system', epsg: 4524 });
  });
});

describe('a .prj that is not taken', () => {
  const swap = (from: string, to: string) => said(prj4524.replace(from, to));
  it('is on another datum, by spheroid or by name', () => {
    expect(swap('"CGCS2000",6378137.0,298.257222101', '"x",6378140.0,298.257')).toMatchObject({
      kind: 'refused-datum',
      datum: { en: 'Xian 1980' },
    });
    expect(swap('"CGCS2000",6378137.0,298.257222101', '"x",6378245.0,298.3')).toMatchObject({
      kind: 'refused-datum',
      datum: { en: 'Beijing 1954' },
    });
    expect(swap('D_China_2000', 'D_Xian_1980')).toMatchObject({ kind: 'refused-datum', datum: { en: 'Xian 1980' } });
    // NAD 83 has the spheroid of CGCS2000
    expect(
      said(
        'GEOGCS["GCS_North_American_1983",DATUM["D_North_American_1983",SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]',
      ),
    ).toMatchObject({ kind: 'refused-datum' });
    const shifted = swap('298.257222101]]', '298.257222101],TOWGS84[20,-30,50,0,0,0,0]]');
    expect(shifted).toMatchObject({ kind: 'refused-datum', datum: { zh: expect.stringContaining('平移参数') } });
    expect(swap('298.257222101]]', '298.257222101],TOWGS84[0,0,0,0,0,0,0]]')).toMatchObject({ kind: 'system' });
  });
  it('counts its longitudes from another meridian, which is named', () => {
    expect(swap('PRIMEM["Greenwich",0.0]', 'PRIMEM["Paris",2.33722917]')).toMatchObject({
      kind: 'other',
      what: { zh: expect.stringContaining('Paris'), en: expect.stringContaining('Paris') },
      understood: true,
    });
  });
  it('does not name its datum', () => {
    expect(
      said(
        prj4524
          .replace('D_China_2000', 'D_Unknown_based_on_GRS80_ellipsoid')
          .replace('GCS_China_Geodetic_Coordinate_System_2000', 'GCS_unknown')
          .replace('"CGCS2000",', '"GRS_1980",'),
      ),
    ).toMatchObject({ kind: 'unstated-datum', system: { epsg: 4524 } });
  });
  it('is a local projection', () => {
    expect(swap('PARAMETER["Central_Meridian",108.0]', 'PARAMETER["Central_Meridian",108.75]')).toMatchObject({
      kind: 'local',
      tm: { centralMeridian: 108.75 },
    });
    expect(swap('PARAMETER["False_Northing",0.0]', 'PARAMETER["False_Northing",-3000000.0]')).toMatchObject({
      kind: 'local',
    });
  });
  it('is another projection, in other units, or no coordinate system at all', () => {
    expect(swap('Gauss_Kruger', 'Albers')).toMatchObject({ kind: 'other', what: { en: 'the projection Albers' } });
    expect(swap('UNIT["Meter",1.0]', 'UNIT["Kilometer",1000.0]')).toMatchObject({ kind: 'other' });
    expect(said('LOCAL_CS["x",UNIT["Meter",1.0]]')).toMatchObject({ kind: 'other' });
    for (const text of ['+proj=tmerc', 'PROJCS["', '['.repeat(50_000), `A[${'A['.repeat(500)}`, '\u0001\u0002'])
      expect(said(text)).toMatchObject({ kind: 'other' });
    expect(said('')).toEqual({ kind: 'none' });
    expect(said('  \0\0')).toEqual({ kind: 'none' });
  });
});

describe('the crs member of a GeoJSON', () => {
  const named = (name: unknown) => readGeojsonCrs({ type: 'name', properties: { name } });
  it.each([
    ['urn:ogc:def:crs:EPSG::4490', 4490],
    ['urn:ogc:def:crs:EPSG:6.9:4524', 4524],
    ['EPSG:4545', 4545],
    ['http://www.opengis.net/def/crs/EPSG/0/4497', 4497],
    ['urn:ogc:def:crs:OGC:1.3:CRS84', 4326],
    ['urn:ogc:def:crs:OGC::CRS84', 4326],
    ['CRS84', 4326],
    ['4524', 4524],
  ])('%s', (name, epsg) => {
    expect(named(name)).toMatchObject({ kind: 'system', epsg });
  });
  it('absent or null means WGS 84; a link is never followed; Xian 80 is refused; nonsense is other', () => {
    expect(readGeojsonCrs(undefined)).toEqual({ kind: 'none', assumed: 4326 });
    expect(readGeojsonCrs(null)).toEqual({ kind: 'none', assumed: 4326 });
    expect(readGeojsonCrs({ type: 'link', properties: { href: 'http://169.254.169.254/' } })).toMatchObject({
      kind: 'other',
    });
    expect(named('urn:ogc:def:crs:EPSG::2360')).toMatchObject({ kind: 'refused-datum' });
    for (const crs of ['x', 7, {}, { properties: null }, { type: 'name', properties: { name: {} } }])
      expect(readGeojsonCrs(crs)).toMatchObject({ kind: 'other' });
  });
});
