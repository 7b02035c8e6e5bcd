/**
 * Which coordinate system a file's numbers are in, and whether they can be (DOMAIN §3.1, CONTRACT §3.1 "CRS").
 * A person's --srid decides where the file says nothing; a file that says otherwise is a conflict, never overruled.
 * Without any statement CGCS2000 is assumed where projection and zone leave one answer, and it is said.
 */
import {
  type Box,
  type CoordinateSystem,
  candidatesFor,
  isPlane,
  nameOf,
  nearestStandard,
  refusedDatumOf,
  sameSystem,
  systemOf,
} from '../domain/crs.ts';
import { AppError, type Sentence, type Where } from '../errors.ts';
import { boxOf, checkExtent, type Extremes, farFromMeridian } from './place-extent.ts';
import type { CrsStatement } from './prj.ts';
import type { CrsDecision, SourceOptions, Warning } from './source-types.ts';

export interface Placed {
  decision: CrsDecision;
  warnings: Warning[];
}

/**
 * Decide the system of one layer and check that its coordinates can be in it.
 * Throws crs-unknown, crs-unsupported-datum, crs-conflict, coordinate-outside-crs; `where` names file, row, candidates.
 */
export function placeLayer(file: string, said: CrsStatement, extremes: Extremes, options: SourceOptions): Placed {
  const { system, decision, warnings } =
    options.srid === undefined ? byFile(file, said, extremes, options.near) : byPerson(file, said, options.srid);
  checkExtent(file, system, extremes);
  return {
    decision,
    warnings: [
      ...warnings,
      ...(options.srid === undefined ? namedOtherwise(file, said, system) : []),
      ...farFromMeridian(file, system, extremes),
    ],
  };
}

/**
 * A system goes by its parameters, since programs name it as they like (DOMAIN §3); but a name that states another zone or
 * meridian is a sign that one of the two was mended by hand. With the zone before them the eastings tell; without, nothing does.
 */
function namedOtherwise(file: string, said: CrsStatement, system: CoordinateSystem): Warning[] {
  if (said.kind !== 'system' || !isPlane(system) || system.kind === 'utm' || system.prefixed) return [];
  const stated = /(?:^|[\W_])(?:CM|zone)[\s_-]*(\d{2,3})(?!\d)/i.exec(said.name)?.[1];
  if (stated === undefined) return [];
  const n = Number(stated);
  const meridian = n >= 73 ? n : n >= 25 ? 3 * n : 6 * n - 3;
  if (meridian === system.centralMeridian) return [];
  const name = said.name.slice(0, 80);
  return [
    {
      code: 'crs-name-differs',
      message: {
        zh: `${file} 的坐标系名称是“${name}”，参数却是中央经线 ${system.centralMeridian}°，互相矛盾。已按参数读取，请与数据提供单位核对。`,
        en: `The coordinate system of ${file} is called "${name}", but its central meridian is ${system.centralMeridian}°. It was read by its parameters; check with the office that made it.`,
      },
      where: { file },
    },
  ];
}

interface Decided extends Placed {
  system: CoordinateSystem;
}

function decided(
  system: CoordinateSystem,
  found: number,
  source: CrsDecision['source'],
  reason: Sentence,
  warnings: Warning[] = [],
): Decided {
  return { system, warnings, decision: { srid: system.epsg, epsg_found: found, source, reason } };
}

/** The system a person names, of a file or before there is one. `crs-unsupported-datum` or `crs-unknown` where none can be read in it. */
export function systemGiven(srid: number, what: string, where: Where): CoordinateSystem {
  const datum = refusedDatumOf(srid);
  if (datum) throw refuseDatum(what, datum, `EPSG:${srid}`, where);
  const system = systemOf(srid);
  if (system) return system;
  throw new AppError(
    'crs-unknown',
    {
      zh: `不支持 EPSG:${srid}。请改用国家2000坐标系：4490（经纬度）、4513–4533（3度带，带带号）、4534–4554（3度带，不带带号）、4491–4512（6度带）。`,
      en: `EPSG:${srid} is not supported. Use a CGCS2000 system: 4490 (lon/lat), 4513–4533 (3-degree with zone), 4534–4554 (3-degree without), 4491–4512 (6-degree).`,
    },
    where,
  );
}

function byPerson(file: string, said: CrsStatement, srid: number): Decided {
  const system = systemGiven(srid, file, { file });
  const own = 'system' in said ? said.system : undefined;
  const contradicts =
    said.kind === 'refused-datum' ||
    said.kind === 'local' ||
    (said.kind === 'other' && said.understood) ||
    (own !== undefined && !sameSystem(own, system)) ||
    (said.kind === 'none' && said.fits?.(system) === false) ||
    (said.kind === 'unstated-datum' && !own);
  if (contradicts) {
    const stated = own
      ? nameOf(own)
      : said.kind === 'refused-datum'
        ? said.datum
        : said.kind === 'other'
          ? said.what
          : said.kind === 'none'
            ? { zh: '另一个分带', en: 'another zone' }
            : { zh: nameIn(said), en: nameIn(said) };
    throw new AppError(
      'crs-conflict',
      {
        zh: `文件自带的坐标系是${stated.zh}，与指定的 ${nameOf(system).zh} 不一致。请核对后去掉 srid，或更正文件自带的坐标系说明。`,
        en: `The file states ${stated.en}, which contradicts the given ${nameOf(system).en}. Check it, then leave out the srid or correct what the file states.`,
      },
      { file, candidates: own ? [`EPSG:${own.epsg}`, `EPSG:${system.epsg}`] : [`EPSG:${system.epsg}`] },
    );
  }
  const reason = { zh: `按用户指定的 EPSG:${srid} 读取。`, en: `Read as EPSG:${srid}, as the user said.` };
  const unread: Warning[] =
    said.kind === 'other'
      ? [
          {
            code: 'crs-overridden',
            message: {
              zh: `文件的坐标系说明是${said.what.zh}，未采用，按指定的 EPSG:${srid} 读取。`,
              en: `The file states ${said.what.en}; it was not used, EPSG:${srid} was.`,
            },
            where: { file },
          },
        ]
      : [];
  return decided(system, srid, 'user', reason, unread);
}

const statedIn = {
  prj: '.prj',
  geojson: 'crs',
  geopackage: 'gpkg_spatial_ref_sys',
  filegdb: '.gdb',
  txt: 'TXT',
  table: 'XLSX/CSV',
} as const;

const nameIn = (said: CrsStatement) => ('name' in said && said.name ? `“${said.name}”` : '?');

function byFile(file: string, said: CrsStatement, extremes: Extremes, near: Box | undefined): Decided {
  if (said.kind === 'system') {
    const name = nameOf(said.system);
    if (said.reason) return decided(said.system, said.epsg, said.from, said.reason);
    const equal =
      said.epsg === 4326
        ? { zh: '，WGS84 按等同于国家2000处理', en: '; WGS 84 is treated as equal to CGCS2000' }
        : { zh: '', en: '' };
    const from = statedIn[said.from];
    return decided(said.system, said.epsg, said.from, {
      zh: `${from} 的参数即${name.zh}${equal.zh}。`,
      en: `The parameters of ${from} are those of ${name.en}${equal.en}.`,
    });
  }
  if (said.kind === 'refused-datum') throw refuseDatum(file, said.datum, said.name, { file });
  if (said.kind === 'local') throw refuseLocal(file, said);
  if (said.kind === 'unstated-datum') {
    throw new AppError(
      'crs-unknown',
      said.detail ?? {
        zh: `${file} 的坐标系说明没有写明大地基准（是国家2000、西安80还是北京54）。请向数据提供单位确认，确为国家2000时用 srid 指定${said.system ? ` ${said.system.epsg}` : ''}。`,
        en: `The coordinate system stated in ${file} does not name its datum (CGCS2000, Xian 80 or Beijing 54). Ask who made it; if it is CGCS2000, give the srid${said.system ? ` ${said.system.epsg}` : ''}.`,
      },
      { file, candidates: said.system ? [`EPSG:${said.system.epsg}`] : undefined },
    );
  }
  if (said.kind === 'other') {
    throw new AppError(
      'crs-unknown',
      {
        zh: `${file} 的坐标系不受支持：${said.what.zh}。请转换为国家2000坐标系（经纬度或3度带、6度带高斯－克吕格）后重新导出。`,
        en: `The coordinate system of ${file} is not supported: ${said.what.en}. Convert it to CGCS2000 (lon/lat or 3- or 6-degree Gauss–Krüger) and export again.`,
      },
      { file },
    );
  }
  const box = boxOf(extremes);
  const assumed = said.assumed === undefined ? undefined : systemOf(said.assumed);
  if (assumed && said.assumed !== undefined && Math.max(...box.map(Math.abs)) <= 180) {
    return decided(assumed, said.assumed, 'geojson', {
      zh: 'GeoJSON 未写 crs，按 RFC 7946 为 WGS84 经纬度，等同于国家2000。',
      en: 'No crs member: WGS 84 longitude/latitude by RFC 7946, equal to CGCS2000.',
    });
  }
  return infer(file, said, box, near);
}

function infer(file: string, said: CrsStatement & { kind: 'none' }, box: Box, near: Box | undefined): Decided {
  const fits = said.fits ?? (() => true);
  const lacks = said.lacks ?? {
    zh: '没有坐标系说明（.prj 或 crs）',
    en: 'states no coordinate system (.prj or crs)',
  };
  const inCounty = candidatesFor(box, near).filter(fits);
  const numbers = `x ${box[0]}–${box[2]}, y ${box[1]}–${box[3]}`;
  if (inCounty.length === 0) {
    const swapped = candidatesFor([box[1], box[0], box[3], box[2]], near);
    if (swapped.length > 0) {
      throw new AppError(
        'coordinate-outside-crs',
        {
          zh: `${file} 的横纵坐标颠倒了（${numbers}）：x 应为东坐标或经度，y 应为北坐标或纬度。请对调后重新导出。`,
          en: `The axes of ${file} are swapped (${numbers}): x must be easting or longitude, y northing or latitude. Swap them and export again.`,
        },
        { file, candidates: swapped.map((s) => `EPSG:${s.epsg}`) },
      );
    }
  }
  // the county tells systems apart; where the numbers lie in none of it, that the set lies elsewhere is told once it is placed
  const found = inCounty.length > 0 ? inCounty : candidatesFor(box).filter(fits);
  const only = found[0];
  if (only && found.length === 1) {
    const name = nameOf(only);
    const message = {
      zh: `${file} ${lacks.zh}。按坐标数值推断为${name.zh}，并假定为国家2000而不是西安80或北京54：请确认。`,
      en: `${file} ${lacks.en}. Its numbers can only be ${name.en}; CGCS2000 is assumed, not Xian 80 or Beijing 54: please confirm.`,
    };
    return decided(only, only.epsg, 'inferred', message, [{ code: 'crs-inferred', message, where: { file } }]);
  }
  const none = {
    zh: inCounty.length === 0 && found.length > 0 ? '，都不在本县县界范围内' : '',
    en: inCounty.length === 0 && found.length > 0 ? ', none of which brings them into the county' : '',
  };
  throw new AppError(
    'crs-unknown',
    found.length === 0
      ? {
          zh: `${file} ${lacks.zh}，坐标数值（${numbers}）也不属于中国境内任何国家2000坐标系。请补上坐标系说明，或用 srid 指定。`,
          en: `${file} ${lacks.en}, and its numbers (${numbers}) fit none of CGCS2000 in China. State it, or give the srid.`,
        }
      : {
          zh: `${file} ${lacks.zh}，坐标数值（${numbers}）有 ${found.length} 种可能${none.zh}。请补上坐标系说明，或用 srid 指定其中之一。`,
          en: `${file} ${lacks.en}, and its numbers (${numbers}) fit ${found.length} of them${none.en}. State it, or give one of them as srid.`,
        },
    { file, candidates: found.map((s) => `EPSG:${s.epsg}`) },
  );
}

function refuseDatum(what: string, datum: Sentence, name: string, where: Where): AppError {
  return new AppError(
    'crs-unsupported-datum',
    {
      zh: `${what} 使用${datum.zh}（${name}），与国家2000之间没有公开的转换参数，直接转换会偏移数十至上百米。请向自然资源局索取国家2000坐标系（CGCS2000）的成果，或由其用当地七参数/四参数转换后再提供。`,
      en: `${what} is on ${datum.en} (${name}). There are no public parameters to CGCS2000; a plain transform would be off by tens of metres or more. Ask the natural resources bureau for the data in CGCS2000, or to convert it with its local seven- or four-parameter set.`,
    },
    where,
  );
}

function refuseLocal(file: string, said: CrsStatement & { kind: 'local' }): AppError {
  const standard = nearestStandard(said.tm);
  const { centralMeridian, falseEasting, scale } = said.tm;
  const { latitude, falseNorthing } = said.origin;
  // told only where it is what sets the plane apart
  const north =
    latitude === 0 && falseNorthing === 0
      ? { zh: '', en: '' }
      : {
          zh: `，北偏 ${falseNorthing} 米，起始纬度 ${latitude}°`,
          en: `, false northing ${falseNorthing} m, latitude of origin ${latitude}°`,
        };
  return new AppError(
    'crs-unknown',
    {
      zh: `${file} 使用地方投影（中央经线 ${centralMeridian}°，东偏 ${falseEasting} 米，尺度 ${scale}${north.zh}），不是国家标准分带。请转换为${standard ? nameOf(standard).zh : '国家2000 3度带'}后重新导出。`,
      en: `${file} uses a local projection (central meridian ${centralMeridian}°, false easting ${falseEasting} m, scale ${scale}${north.en}), no standard zone. Convert it to ${standard ? nameOf(standard).en : 'a CGCS2000 3-degree zone'} and export again.`,
    },
    { file, candidates: standard ? [`EPSG:${standard.epsg}`] : undefined },
  );
}
