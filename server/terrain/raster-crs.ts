/**
 * Which coordinate system a raster is in (CONTRACT §3.1 "CRS"): systems on CGCS2000 or WGS84 are taken, others refused;
 * an srid given by a person decides, and must not contradict the file.
 */
import { type CoordinateSystem, nameOf, planesWith, refusedDatumOf, sameSystem, systemOf } from '../domain/crs.ts';
import type { Sentence } from '../errors.ts';
import { type GeoKeys, key, numberKey, userDefined } from './geokeys.ts';
import type { RasterKind } from './raster-meaning.ts';
import { refuse, shown } from './refusals.ts';
import { type StatedCrs, statedCrs } from './stated-crs.ts';

export interface RasterCrs {
  /** EPSG code to hand to the database; 4490 for geographic CGCS2000 and all equal to it */
  srid: number;
  /** the code the file or the person said; that of the recognised system where parameters decided */
  epsg_found: number;
  source: 'geokeys' | 'parameters' | 'pe-string' | 'user';
  reason: Sentence;
}

/** @throws AppError raster-no-georeference, crs-unsupported-datum, crs-unknown, crs-conflict, raster-units */
export function decideRasterCrs(keys: GeoKeys, kind: RasterKind, srid: number | undefined): RasterCrs {
  checkUnits(keys, kind);
  const stated = statedCrs(keys);
  const asked = srid === undefined ? undefined : takeCode(srid, 'srid');
  if (!stated) {
    if (asked) return decision(asked, srid!, 'user');
    throw refuse(
      'raster-no-georeference',
      '栅格没有坐标系。请在 GIS 软件中定义投影（如 EPSG:4524）后重新导出 GeoTIFF，或在上传时用 srid 指明。',
      'The raster has no coordinate system. Define its projection (e.g. EPSG:4524) and export it again, or name it by srid.',
    );
  }
  const found = recognise(stated, asked !== undefined);
  if (!asked) return decision(found!, stated.epsg ?? found!.epsg, stated.source);
  const nothingSaid = !found && stated.transverseMercator === undefined;
  if (!nothingSaid && (!found || !sameSystem(found, asked))) {
    const said = found ? nameOf(found) : describe(stated);
    throw refuse(
      'crs-conflict',
      `文件写明的坐标系是${said.zh}，与指定的 srid ${srid} 不一致。请核对后去掉 srid，或改正文件。`,
      `The file says ${said.en}, which contradicts srid ${srid}. Leave the srid out, or correct the file.`,
    );
  }
  return decision(asked, srid!, 'user');
}

function describe(stated: StatedCrs): Sentence {
  const { centralMeridian, falseEasting, falseNorthing } = stated;
  const name = shown(stated.name, 80);
  return {
    zh: `投影（${name || '自定义'}，中央经线 ${centralMeridian}，东偏 ${falseEasting}，北偏 ${falseNorthing}）`,
    en: `the projection (${name || 'user-defined'}, central meridian ${centralMeridian}, false easting ${falseEasting}, false northing ${falseNorthing})`,
  };
}

function decision(system: CoordinateSystem, epsg: number, source: RasterCrs['source']): RasterCrs {
  const from: Record<RasterCrs['source'], Sentence> = {
    geokeys: { zh: '文件内的坐标系代码', en: 'the code in the file' },
    parameters: { zh: '文件内的投影参数', en: 'the projection parameters in the file' },
    'pe-string': { zh: '文件内 ArcGIS 的坐标系说明', en: "ArcGIS's own description in the file" },
    user: { zh: '上传时指定', en: 'given with the upload' },
  };
  const name = nameOf(system);
  const reason = { zh: `${from[source].zh}：${name.zh}`, en: `${from[source].en}: ${name.en}` };
  return { srid: system.epsg, epsg_found: epsg, source, reason };
}

/** @param asked a person named a system: a plane that is no standard one is then theirs to compare, undefined */
function recognise(stated: StatedCrs, asked: boolean): CoordinateSystem | undefined {
  if (stated.epsg !== undefined) return takeCode(stated.epsg, 'file');
  assertDatum(stated);
  if (!stated.greenwich)
    throw refuse(
      'crs-unknown',
      '栅格的经度不是从格林尼治起算，本初子午线另有所指。请以格林尼治为起点重新投影到国家2000坐标系（如 EPSG:4524）后上传。',
      'The longitudes of the raster are not counted from Greenwich. Project it to CGCS2000 counted from Greenwich (e.g. EPSG:4524) and upload that.',
    );
  if (stated.metres === false) throw wrongUnit('平面坐标', 'horizontal coordinates', userDefined);
  if (!stated.projected) return systemOf(4490);
  const { transverseMercator, latitudeOfOrigin, falseNorthing } = stated;
  if (transverseMercator && latitudeOfOrigin === 0 && falseNorthing === 0) {
    const system = planesWith(stated)[0];
    if (system) return system;
  }
  if (asked) return undefined;
  const said = describe(stated);
  throw refuse(
    'crs-unknown',
    `文件的${said.zh}不是标准的高斯—克吕格 3°/6° 带。请投影到标准带（如 EPSG:4524）后重新导出。`,
    `${said.en[0]!.toUpperCase()}${said.en.slice(1)} of the file is no standard 3° or 6° Gauss–Krüger zone. Project it to one (e.g. EPSG:4524) and export it again.`,
  );
}

function takeCode(epsg: number, from: 'srid' | 'file'): CoordinateSystem {
  const system = systemOf(epsg);
  if (system) return system;
  const datum = refusedDatumOf(epsg);
  const what = from === 'srid' ? `srid ${epsg}` : `EPSG:${epsg}`;
  throw unsupported(`${what}${datum ? `（${datum.zh}）` : ''}`, `${what}${datum ? ` (${datum.en})` : ''}`);
}

const ours =
  /cgcs[\s_]*2000|china[\s_]*(geodetic[\s_]*coordinate[\s_]*system[\s_]*)?2000|国家大地坐标系|国家2000|wgs[\s_]*(19)?84/i;
const others = /xian|西安|beijing|北京|krass|pulkovo|etrs|nad[\s_]*(19)?(27|83)|gda|jgd|tokyo|clarke|bessel/i;

/**
 * A datum is taken by its code; by its name; or, where it has no name of its own ("unknown", "based on GRS80"), by the
 * ellipsoid: a = 6378137 with 1/f of CGCS2000 (= GRS80 to 8 digits) or WGS84. Xian 80 has a = 6378140, Beijing 54 6378245.
 */
function assertDatum(stated: StatedCrs): void {
  const { datumName, name, datumCode, semiMajor, inverseFlattening } = stated;
  const said = `${datumName} ${name}`;
  if (stated.shifted)
    throw unsupported(
      `${shown(datumName, 60) || '基准'}（带有到 WGS84 的平移参数）`,
      `${shown(datumName, 60) || 'a datum'} with a shift to WGS84`,
    );
  const accepted = new Set([4490, 4480, 4326, 4979, 1043, 6326]); // systems and datums of CGCS2000 and WGS84
  if (datumCode !== undefined) {
    if (accepted.has(datumCode)) return;
    throw unsupported(
      `${shown(datumName, 60) || '基准'}（EPSG:${datumCode}）`,
      `${shown(datumName, 60) || 'datum'} (EPSG:${datumCode})`,
    );
  }
  const near = (value: number | undefined, wanted: number, by: number) =>
    value !== undefined && Math.abs(value - wanted) < by;
  const ellipsoid =
    near(semiMajor, 6378137, 1e-3) &&
    (near(inverseFlattening, 298.257222101, 1e-6) || near(inverseFlattening, 298.257223563, 1e-6));
  const known = semiMajor !== undefined || inverseFlattening !== undefined;
  if (ours.test(said) && !others.test(said) && (ellipsoid || !known)) return;
  const nameless = /^$|unknown|unnamed|undefined|user|custom|not[\s_]specified|grs[\s_]*(19)?80|自定义/i.test(
    datumName.trim(),
  );
  if (ellipsoid && nameless && !others.test(said)) return;
  const named = shown(datumName, 60) || (semiMajor === undefined ? '?' : `a = ${semiMajor}`);
  throw unsupported(named, named);
}

function unsupported(zh: string, en: string) {
  return refuse(
    'crs-unsupported-datum',
    `栅格的坐标系 ${zh} 不能使用：只接受 2000 国家大地坐标系（CGCS2000）或 WGS84 的中国范围坐标系。请用测绘部门的转换参数转换到 CGCS2000 后上传。`,
    `The coordinate system of the raster, ${en}, cannot be used: only CGCS2000 or WGS84, for China. Convert it to CGCS2000 with the official parameters and upload that.`,
  );
}

/** GeoKey unit codes: 9001 metre, 9102 degree (9122 the same). Feet would make slopes wrong by a factor of 3.28. */
function checkUnits(keys: GeoKeys, kind: RasterKind): void {
  const linear = numberKey(keys, key.linearUnits);
  const size = numberKey(keys, key.linearUnitSize);
  const metre = linear === undefined || linear === 9001 || linear === 0 || (linear === 32767 && (size ?? 1) === 1);
  if (!metre) throw wrongUnit('平面坐标', 'horizontal coordinates', linear);
  const angular = numberKey(keys, key.angularUnits);
  if (angular !== undefined && ![9102, 9122, 0, 32767].includes(angular)) throw wrongUnit('经纬度', 'angles', angular);
  const vertical = numberKey(keys, key.verticalUnits);
  if (kind === 'dem' && vertical !== undefined && ![9001, 0, 32767].includes(vertical)) {
    throw wrongUnit('高程', 'heights', vertical);
  }
}

function wrongUnit(zh: string, en: string, code: number | undefined) {
  const name = (
    {
      [userDefined]: '自定义单位 (user-defined)',
      9002: '英尺 (foot)',
      9003: '美制英尺 (US survey foot)',
      9101: '弧度 (radian)',
    } as Record<number, string>
  )[code ?? 0];
  const unit = name ?? `EPSG:${code}`;
  return refuse(
    'raster-units',
    `${zh}的单位是 ${unit}。请换算为米（经纬度为度）后重新导出。`,
    `The unit of ${en} is ${unit}. Convert to metres (degrees for longitude and latitude) and export again.`,
  );
}
