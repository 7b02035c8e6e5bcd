/** The .prj of a shapefile: ESRI's WKT1 on one line, as ArcGIS, SuperMap and MapGIS write it (DOMAIN §3). */
import { isPlane, systemOf } from '../../domain/crs.ts';
import { AppError } from '../../errors.ts';

const cgcs2000 =
  'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],' +
  'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]';

/** For 4490 and every CGCS2000 Gauss–Krüger code (4491–4554); any other is `validation`. */
export function esriPrj(srid: number): string {
  if (srid === 4490) return cgcs2000;
  const system = systemOf(srid);
  if (system === undefined || !isPlane(system) || system.kind === 'utm') {
    throw new AppError(
      'validation',
      {
        zh: `srid=${srid} 不能用于导出：请用 4490（国家2000经纬度）或国家2000高斯-克吕格投影的代码（4491–4554，如 4524 为 3 度带第 36 带）`,
        en: `srid=${srid} cannot be exported: ask for 4490 (CGCS2000 lon/lat) or a CGCS2000 Gauss–Krüger code (4491–4554, as 4524 for 3-degree zone 36)`,
      },
      { field: 'srid' },
    );
  }
  const { kind, zone, prefixed, centralMeridian, falseEasting } = system;
  const series = kind === 'gk3' ? 'CGCS2000_3_Degree_GK' : 'CGCS2000_GK';
  const name = prefixed ? `${series}_Zone_${zone}` : `${series}_CM_${centralMeridian}E`;
  const parameters = [
    ['False_Easting', falseEasting],
    ['False_Northing', 0],
    ['Central_Meridian', centralMeridian],
    ['Scale_Factor', 1],
    ['Latitude_Of_Origin', 0],
  ] as const;
  const parameterText = parameters.map(([key, value]) => `PARAMETER["${key}",${value.toFixed(1)}]`).join(',');
  return `PROJCS["${name}",${cgcs2000},PROJECTION["Gauss_Kruger"],${parameterText},UNIT["Meter",1.0]]`;
}
