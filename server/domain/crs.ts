/**
 * The coordinate systems this service takes, as pure arithmetic over EPSG codes (DOMAIN §3): everything on CGCS2000 or
 * WGS 84 that Chinese land data is delivered in. Where they lie, which of them are the same, which could explain a box
 * of coordinates. Other datums are known only so that they can be refused by name: a transform across datums succeeds
 * silently with wrong coordinates.
 */
import { fromPlane, fromWebMercator, type TransverseMercator } from './gauss-kruger.ts';

export type Box = [x0: number, y0: number, x1: number, y1: number];

export interface PlaneSystem extends TransverseMercator {
  kind: 'gk3' | 'gk6' | 'utm';
  epsg: number;
  zone: number;
  /** the zone number stands before the easting (8 digits); UTM never has it */
  prefixed: boolean;
}
export interface OtherSystem {
  kind: 'geographic' | 'web-mercator';
  epsg: number;
}
export type CoordinateSystem = PlaneSystem | OtherSystem;

/** Names in both languages; the same shape as a problem's sentence. */
export interface SystemName {
  zh: string;
  en: string;
}

/** lon/lat box of China, islands of the South China Sea included. */
export const chinaBox: Box = [73, 3, 136, 54];

const geographic: OtherSystem = { kind: 'geographic', epsg: 4490 };
const webMercator: OtherSystem = { kind: 'web-mercator', epsg: 3857 };

function zones(first: number, last: number, make: (zone: number) => PlaneSystem): PlaneSystem[] {
  return Array.from({ length: last - first + 1 }, (_, i) => make(first + i));
}
const gk = (kind: 'gk3' | 'gk6', zone: number, prefixed: boolean, epsg: number): PlaneSystem => ({
  kind,
  epsg,
  zone,
  prefixed,
  centralMeridian: kind === 'gk3' ? 3 * zone : 6 * zone - 3,
  falseEasting: 500_000 + (prefixed ? zone * 1e6 : 0),
  scale: 1,
});

/** Code arithmetic of DOMAIN §3; 3° zones first, because a 6° system without prefix is always equal to a 3° one. */
const planes: PlaneSystem[] = [
  ...zones(25, 45, (n) => gk('gk3', n, true, 4488 + n)),
  ...zones(25, 45, (n) => gk('gk3', n, false, 4509 + n)),
  ...zones(13, 23, (n) => gk('gk6', n, true, 4478 + n)),
  ...zones(13, 23, (n) => gk('gk6', n, false, 4489 + n)),
  ...zones(43, 53, (n) => ({
    kind: 'utm' as const,
    epsg: 32600 + n,
    zone: n,
    prefixed: false,
    centralMeridian: 6 * n - 183,
    falseEasting: 500_000,
    scale: 0.9996,
  })),
];
/** all that this service takes */
export const systems: readonly CoordinateSystem[] = [geographic, ...planes, webMercator];

/** The system of an EPSG code, undefined where this service does not take it. 4326, and the 3D forms, are 4490 here. */
export function systemOf(epsg: number): CoordinateSystem | undefined {
  if (epsg === 4326 || epsg === 4480 || epsg === 4979) return geographic;
  return systems.find((s) => s.epsg === epsg);
}

/** Systems with these projection parameters, 3° first; degrees to 1e-7, metres to 1 mm, scale to 1e-9. */
export function planesWith(tm: TransverseMercator): PlaneSystem[] {
  return planes.filter(
    (s) =>
      Math.abs(s.centralMeridian - tm.centralMeridian) < 1e-7 &&
      Math.abs(s.falseEasting - tm.falseEasting) < 1e-3 &&
      Math.abs(s.scale - tm.scale) < 1e-9,
  );
}

/** The standard 3° system (zone prefix kept or not) whose meridian is nearest: what a local projection should become. */
export function nearestStandard(tm: TransverseMercator): PlaneSystem | undefined {
  const zone = Math.round(tm.centralMeridian / 3);
  return planes.find((s) => s.kind === 'gk3' && s.zone === zone && s.prefixed === tm.falseEasting >= 1e6);
}

/** Do two systems give every point the same coordinates? (4508 and 4546 do.) */
export function sameSystem(a: CoordinateSystem, b: CoordinateSystem): boolean {
  if (!isPlane(a) || !isPlane(b)) return a.kind === b.kind;
  return a.centralMeridian === b.centralMeridian && a.falseEasting === b.falseEasting && a.scale === b.scale;
}

export function isPlane(system: CoordinateSystem): system is PlaneSystem {
  return 'falseEasting' in system;
}

/**
 * Box outside which coordinates cannot be of this system. Wider than the zone: neighbouring zones are used for a county
 * that straddles a border, so 3° systems reach 334 km (3° at the equator, 3.4° at 28°) and 6° ones 500 km either side.
 */
export function extentOf(system: CoordinateSystem): Box {
  if (system.kind === 'geographic') return chinaBox;
  if (system.kind === 'web-mercator') return [8_126_000, 334_000, 15_140_000, 7_170_000];
  const { kind, falseEasting } = system as PlaneSystem;
  const reach = kind === 'gk3' ? 334_000 : 499_999;
  return [falseEasting - reach, 330_000, falseEasting + reach, 5_990_000];
}

export function contains(outer: Box, x: number, y: number): boolean {
  return x >= outer[0] && x <= outer[2] && y >= outer[1] && y <= outer[3];
}

/** x, y of a system → lon, lat in degrees, to 0.1 mm. */
export function toLonLat(x: number, y: number, system: CoordinateSystem): [number, number] {
  if (system.kind === 'geographic') return [x, y];
  return isPlane(system) ? fromPlane(x, y, system) : fromWebMercator(x, y);
}

/**
 * Systems that could hold this box of coordinates, equal ones once (DOMAIN §3.1, for all of China). With `near`, a
 * lon/lat box the data is known to lie in, only those that bring it there. None of this tells the datum.
 */
export function candidatesFor(box: Box, near?: Box): CoordinateSystem[] {
  const found: CoordinateSystem[] = [];
  for (const system of systems) {
    const extent = extentOf(system);
    if (!contains(extent, box[0], box[1]) || !contains(extent, box[2], box[3])) continue;
    const sw = toLonLat(box[0], box[1], system);
    const ne = toLonLat(box[2], box[3], system);
    if (!contains(chinaBox, ...sw) || !contains(chinaBox, ...ne)) continue;
    if (near && (ne[0] < near[0] || sw[0] > near[2] || ne[1] < near[1] || sw[1] > near[3])) continue;
    if (!found.some((other) => sameSystem(other, system))) found.push(system);
  }
  return found;
}

export function nameOf(system: CoordinateSystem): SystemName {
  if (system.kind === 'geographic')
    return { zh: '国家2000经纬度（EPSG:4490）', en: 'CGCS2000 longitude/latitude (EPSG:4490)' };
  if (!isPlane(system)) return { zh: 'Web 墨卡托（EPSG:3857）', en: 'Web Mercator (EPSG:3857)' };
  const { kind, zone, centralMeridian, epsg, prefixed } = system;
  if (kind === 'utm')
    return { zh: `WGS84 UTM ${zone}N（EPSG:${epsg}）`, en: `WGS 84 / UTM zone ${zone}N (EPSG:${epsg})` };
  const width = kind === 'gk3' ? 3 : 6;
  return prefixed
    ? {
        zh: `国家2000 ${width}度带第${zone}带，横坐标带带号（EPSG:${epsg}）`,
        en: `CGCS2000 ${width}-degree zone ${zone}, zone before the easting (EPSG:${epsg})`,
      }
    : {
        zh: `国家2000 ${width}度带，中央经线${centralMeridian}°，横坐标不带带号（EPSG:${epsg}）`,
        en: `CGCS2000 ${width}-degree, central meridian ${centralMeridian}°E, no zone before the easting (EPSG:${epsg})`,
      };
}

/** Code ranges of DOMAIN §3 on datums this service refuses. */
const refused: [from: number, to: number, datum: SystemName][] = [
  [2327, 2390, { zh: '1980西安坐标系', en: 'Xian 1980' }],
  [4610, 4610, { zh: '1980西安坐标系', en: 'Xian 1980' }],
  [2401, 2442, { zh: '1954北京坐标系', en: 'Beijing 1954' }],
  [4214, 4214, { zh: '1954北京坐标系', en: 'Beijing 1954' }],
  [21413, 21423, { zh: '1954北京坐标系', en: 'Beijing 1954' }],
  [21453, 21463, { zh: '1954北京坐标系', en: 'Beijing 1954' }],
  [21473, 21483, { zh: '1954北京坐标系', en: 'Beijing 1954' }],
  [4555, 4555, { zh: '新1954北京坐标系', en: 'New Beijing' }],
];

/** The datum's name where an EPSG code is known to be on one that is refused. */
export function refusedDatumOf(epsg: number): SystemName | undefined {
  return refused.find(([from, to]) => epsg >= from && epsg <= to)?.[2];
}
