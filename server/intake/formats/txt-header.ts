/**
 * What the header of a 界址点 TXT says of its coordinates, held against the coordinates themselves (DOMAIN §4.1): the zone
 * stands in the header, before the eastings, in both or in neither. Where they contradict, the file is refused.
 */
import { type CoordinateSystem, isPlane, type PlaneSystem, refusedDatumOf, systemOf } from '../../domain/crs.ts';
import type { Sentence } from '../../errors.ts';
import { printable } from '../printable.ts';
import type { CrsStatement } from '../prj.ts';
import type { Warning } from '../source-types.ts';
import type { Axes } from './txt-axes.ts';
import type { HeaderValue } from './txt-parse.ts';
import { contradiction, quoted } from './txt-problems.ts';

type Header = ReadonlyMap<string, HeaderValue>;

function find(header: Header, ...keys: string[]): HeaderValue | undefined {
  for (const key of keys) {
    const found = header.get(key);
    if (found && found.value !== '') return { ...found, value: found.value.normalize('NFKC').trim() };
  }
  return undefined;
}

const unstated = {
  txt: { zh: '的文件头没有写明坐标系', en: 'has no coordinate system in its header' },
  table: { zh: '没有写明坐标系', en: 'states no coordinate system' },
};

/** The statement that place.ts decides by. Throws crs-conflict with the header's line. */
export function statementOf(header: Header, axes: Axes, file: string, from: 'txt' | 'table' = 'txt'): CrsStatement {
  const other = otherSystem(header);
  if (other) return other;
  const stated = find(header, '坐标系', '坐标系统', '坐标系名称', '坐标系类型');
  const noSystem = unstated[from];
  const order = axes.northFirst
    ? { zh: '每行先北坐标（X）后东坐标（Y）', en: 'northing (X) before easting (Y)' }
    : { zh: '每行先东坐标（Y）后北坐标（X）', en: 'easting (Y) before northing (X)' };
  const zone = zoneOf(header, file);
  const unit = find(header, '计量单位', '坐标单位');
  const inDegrees = unit !== undefined && /度|degree/i.test(unit.value);
  if (axes.degrees && (inDegrees || (unit === undefined && !zone.given))) {
    if (!stated) return { kind: 'none', lacks: noSystem };
    const name = printable(stated.value, 40);
    return said(from, systemOf(4490)!, stated.value, {
      zh: `文件头写明${name}，坐标为经纬度。`,
      en: `The header states ${name}; the coordinates are degrees.`,
    });
  }
  if (inDegrees && axes.extremes)
    throw contradiction(
      { file, row: unit.line },
      {
        zh: `文件头的计量单位是度，坐标数值却不是经纬度（例如第 ${axes.extremes[2].row} 行）`,
        en: `the header states degrees, the numbers are none (for example line ${axes.extremes[2].row})`,
      },
      [],
    );
  const prefix = prefixOf(axes);
  if (prefix !== undefined) checkPrefix(prefix, zone, axes, file);
  const number = zone.number ?? prefix;
  const fits = (system: CoordinateSystem) =>
    isPlane(system) && system.kind !== 'utm' && zone.fits(system) && (prefix === undefined || system.zone === prefix);
  if (number === undefined)
    return {
      kind: 'none',
      fits,
      lacks: {
        zh: '的文件头没有写明带号，横坐标前也没有带号',
        en: 'has no zone in its header and none before its eastings',
      },
    };
  if (!stated)
    return {
      kind: 'none',
      fits,
      lacks: noSystem,
    };
  const system = planeOf(zone.width ?? (number >= 25 ? 3 : 6), number, prefix !== undefined);
  if (!system)
    return {
      kind: 'other',
      what: { zh: `带号 ${number}`, en: `zone ${number}` },
      name: String(number),
      understood: true,
    };
  const origin =
    zone.number === undefined
      ? { zh: `带号 ${number} 取自横坐标`, en: `zone ${number} from the eastings` }
      : { zh: `带号 ${number}`, en: `zone ${number}` };
  const before =
    prefix === undefined
      ? { zh: '横坐标不带带号', en: 'no zone before the eastings' }
      : { zh: '横坐标带带号', en: 'the zone before the eastings' };
  return said(from, system, stated.value, {
    zh: `文件头写明${printable(stated.value, 40)}，${origin.zh}（${system.kind === 'gk3' ? 3 : 6}度带），${before.zh}；${order.zh}。`,
    en: `The header states ${printable(stated.value, 40)}, ${origin.en} (${system.kind === 'gk3' ? 3 : 6}-degree), ${before.en}; ${order.en}.`,
  });
}

const said = (from: 'txt' | 'table', system: CoordinateSystem, name: string, reason: Sentence): CrsStatement => ({
  kind: 'system',
  system,
  epsg: system.epsg,
  name: printable(name),
  from,
  reason,
});

/** Another datum, projection or unit than those taken here. */
function otherSystem(header: Header): CrsStatement | undefined {
  const system = find(header, '坐标系', '坐标系统', '坐标系名称', '坐标系类型');
  const projection = find(header, '投影类型', '投影方式', '投影');
  const unit = find(header, '计量单位', '坐标单位');
  const otherKind = (key: string, { value }: HeaderValue): CrsStatement => ({
    kind: 'other',
    what: { zh: `${key}${quoted(value)}`, en: `${key} ${quoted(value)}` },
    name: printable(value),
    understood: true,
  });
  if (system) {
    const { value } = system;
    const own = /2000|wgs-?_?\s?(19)?84/i.test(value);
    const older = /西安|(^|\D)(19)?80|xian/i.test(value)
      ? 4610
      : /北京|(^|\D)(19)?54|beijing/i.test(value)
        ? 4214
        : undefined;
    if (older && !own) return { kind: 'refused-datum', datum: refusedDatumOf(older)!, name: printable(value) };
    // "西安80转2000", "重庆独立坐标系": which of them, or what, only its maker knows
    if (!own || older) return otherKind('坐标系', system);
  }
  if (projection && !/高斯|gauss|经纬|地理|无|^0$/i.test(projection.value)) return otherKind('投影类型', projection);
  if (unit && !/^(米|公尺|m|meters?|metres?|度|十进制度|degrees?)$/i.test(unit.value))
    return otherKind('计量单位', unit);
  return undefined;
}

interface Zone {
  /** width or number stand in the header */
  given: boolean;
  width: 3 | 6 | undefined;
  number: number | undefined;
  line: number;
  fits(system: PlaneSystem): boolean;
}

function zoneOf(header: Header, file: string): Zone {
  const strip = find(header, '几度分带', '分带', '度带', '分带方式', '几度带');
  const zone = find(header, '带号', '投影带号', '分带号');
  const meridian = find(header, '中央经线', '中央子午线', '中央子午线经度');
  const width = strip && (/[3三]/.test(strip.value) ? 3 : /[6六]/.test(strip.value) ? 6 : undefined);
  const degrees = meridian && Number(/\d+(\.\d+)?/.exec(meridian.value)?.[0]);
  let number = zone && Number(/\d{1,2}/.exec(zone.value)?.[0]);
  if (number !== undefined && !(number > 0)) number = undefined;
  if (number !== undefined && width !== undefined && number >= 25 !== (width === 3))
    throw contradiction(
      { file, row: zone!.line },
      {
        zh: `文件头的带号是 ${number}，分带却是 ${width} 度：3 度带为 25–45，6 度带为 13–23`,
        en: `the header states zone ${number} and ${width} degrees: zones of 3 degrees are 25–45, of 6 degrees 13–23`,
      },
      [],
    );
  const byMeridian = degrees === undefined ? undefined : width === 6 ? (degrees + 3) / 6 : degrees / 3;
  if (number !== undefined && degrees !== undefined && (number >= 25 ? number * 3 : number * 6 - 3) !== degrees)
    throw contradiction(
      { file, row: meridian!.line },
      {
        zh: `文件头的中央经线是 ${degrees}°，带号 ${number} 的中央经线却是 ${number >= 25 ? number * 3 : number * 6 - 3}°`,
        en: `the header states the meridian ${degrees}°, that of zone ${number} is ${number >= 25 ? number * 3 : number * 6 - 3}°`,
      },
      [],
    );
  number ??= Number.isInteger(byMeridian) ? byMeridian : undefined;
  return {
    given: strip !== undefined || number !== undefined,
    width,
    number,
    line: (zone ?? meridian ?? strip)?.line ?? 1,
    fits: (system) =>
      (number === undefined || system.zone === number) &&
      (width === undefined || system.kind === (width === 3 ? 'gk3' : 'gk6')),
  };
}

/** The zone before the eastings: ⌊E/1,000,000⌋ of 8 digits; undefined where they have 6. */
function prefixOf({ extremes }: Axes): number | undefined {
  if (!extremes) return undefined;
  const prefix = Math.floor(extremes[2].x / 1e6);
  return prefix >= 13 && prefix <= 45 ? prefix : undefined;
}

function checkPrefix(prefix: number, zone: Zone, { extremes }: Axes, file: string): void {
  const row = extremes![2].row;
  const found = planeOf(prefix >= 25 ? 3 : 6, prefix, true);
  if (zone.number !== undefined && zone.number !== prefix) {
    const stated = planeOf(zone.number >= 25 ? 3 : 6, zone.number, true);
    throw contradiction(
      { file, row: zone.line },
      {
        zh: `文件头的带号是 ${zone.number}，横坐标的带号却是 ${prefix}（例如第 ${row} 行）`,
        en: `the header states zone ${zone.number}, the eastings have zone ${prefix} (for example line ${row})`,
      },
      [stated, found].flatMap((system) => (system ? [system.epsg] : [])),
    );
  }
  if (zone.width !== undefined && prefix >= 25 !== (zone.width === 3))
    throw contradiction(
      { file, row: zone.line },
      {
        zh: `文件头写明 ${zone.width} 度分带，横坐标的带号却是 ${prefix}（3 度带为 25–45，6 度带为 13–23）`,
        en: `the header states zones of ${zone.width} degrees, the eastings have zone ${prefix} (3 degrees: 25–45, 6 degrees: 13–23)`,
      },
      found ? [found.epsg] : [],
    );
}

/** 3°: 4488+n with the zone before the easting, 4509+n without; 6°: 4478+n, 4489+n (DOMAIN §3). */
function planeOf(width: 3 | 6, zone: number, prefixed: boolean): PlaneSystem | undefined {
  const system = systemOf(zone + (width === 3 ? (prefixed ? 4488 : 4509) : prefixed ? 4478 : 4489));
  return system && isPlane(system) && system.zone === zone && system.kind === (width === 3 ? 'gk3' : 'gk6')
    ? system
    : undefined;
}

/** Points of a file past which a precision that no coordinate shows is no accident. */
const enoughPoints = 30;

/** Parameters and precision of the header: nothing is computed with them, so where they matter it is said. */
export function headerWarnings(header: Header, points: number, decimals: number, file: string): Warning[] {
  const warnings: Warning[] = [];
  const parameters = find(header, '转换参数');
  if (parameters && /[1-9]/.test(parameters.value))
    warnings.push({
      code: 'txt-conversion-parameters',
      message: {
        zh: `${file} 第 ${parameters.line} 行写有转换参数，未使用：坐标按文件头写明的坐标系原样读取，请确认已经过转换。`,
        en: `Line ${parameters.line} of ${file} has conversion parameters. They were not used: make sure that the coordinates are converted already.`,
      },
      where: { file, row: parameters.line },
    });
  const precision = find(header, '精度');
  const number = Number(precision?.value);
  const stated = number >= 1 ? number : number > 0 ? Math.round(-Math.log10(number)) : 0;
  if (precision && points >= enoughPoints && decimals <= stated - 2)
    warnings.push({
      code: 'txt-precision',
      message: {
        zh: `${file} 写明精度${quoted(precision.value)}，坐标却最多只有 ${decimals} 位小数：可能被取整，请核对。`,
        en: `${file} states the precision ${quoted(precision.value)}, but no coordinate has more than ${decimals} decimals: they may be rounded.`,
      },
      where: { file, row: precision.line },
    });
  return warnings;
}
