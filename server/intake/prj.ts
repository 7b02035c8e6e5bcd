/**
 * What a .prj, or a GeoJSON's `crs` member, states: decided by projection parameters, spheroid and datum, not by the
 * name of the system, which every program writes in its own way (DOMAIN §3). The text never leaves this file as text
 * that another library would interpret (THREATS T12, T21).
 */
import { type CoordinateSystem, planesWith, refusedDatumOf, type SystemName, systemOf } from '../domain/crs.ts';
import type { TransverseMercator } from '../domain/gauss-kruger.ts';
import type { Sentence } from '../errors.ts';
import { child, children, nameIn, numberIn, parseWkt, type WktNode } from './wkt.ts';

export type CrsStatement =
  /**
   * nothing, or not all, is stated; `assumed` is what the format prescribes then (GeoJSON: WGS 84), `fits` what is said
   * all the same (a zone without a datum), `lacks` what is missing, to go behind the file's name
   */
  | { kind: 'none'; assumed?: number; fits?: (system: CoordinateSystem) => boolean; lacks?: Sentence }
  /** `reason` where a format has more to say than that these are the parameters */
  | {
      kind: 'system';
      system: CoordinateSystem;
      epsg: number;
      name: string;
      from: 'prj' | 'geojson' | 'geopackage' | 'filegdb' | 'txt' | 'table';
      reason?: Sentence;
    }
  /** another datum: refused by name */
  | { kind: 'refused-datum'; datum: SystemName; name: string }
  /** right ellipsoid, but the datum is called unknown or cannot be trusted (`detail` says why): a person has to say it */
  | { kind: 'unstated-datum'; system: CoordinateSystem | undefined; name: string; detail?: SystemName }
  /** right datum, Transverse Mercator, but no standard zone; `origin`: its northings do not begin at the equator */
  | { kind: 'local'; tm: TransverseMercator; origin: { latitude: number; falseNorthing: number }; name: string }
  /** anything else, with what it is; `understood`: it is a coordinate system and none of ours, so an srid contradicts it */
  | { kind: 'other'; what: SystemName; name: string; understood: boolean };

const plain = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** .prj bytes → statement. Names in GBK or UTF-16 do not matter: everything that decides is ASCII. */
export function readPrj(bytes: Uint8Array): CrsStatement {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  const text = new TextDecoder(utf16 ? 'utf-16le' : 'utf-8').decode(bytes).replace(/\0+$/, '').trim();
  if (text === '') return { kind: 'none' };
  const root = parseWkt(text);
  const shown = printable(root ? nameIn(root) : text);
  if (!root)
    return {
      kind: 'other',
      what: { zh: '无法读懂的坐标系文本', en: 'text that is no coordinate system' },
      name: shown,
      understood: false,
    };
  return readNode(root, shown);
}

/** A name from a foreign file, safe to put into a sentence. */
function printable(text: string): string {
  return text
    .replace(/[\p{C}]/gu, ' ')
    .trim()
    .slice(0, 80);
}

function readNode(root: WktNode, name: string): CrsStatement {
  if (['COMPD_CS', 'COMPOUNDCRS', 'BOUNDCRS', 'SOURCECRS'].includes(root.keyword)) {
    const inner = child(
      root,
      'PROJCS',
      'PROJCRS',
      'PROJECTEDCRS',
      'GEOGCS',
      'GEOGCRS',
      'GEOGRAPHICCRS',
      'BOUNDCRS',
      'SOURCECRS',
    );
    return inner ? readNode(inner, name || printable(nameIn(inner))) : otherKind(root.keyword, name);
  }
  if (['GEOGCS', 'GEOGCRS', 'GEOGRAPHICCRS', 'GEODCRS'].includes(root.keyword)) {
    const datum = readDatum(root, name);
    if (datum.kind === 'refused') return datum.statement;
    const angle = children(root, 'UNIT', 'ANGLEUNIT')[0];
    if (!isDegree(angle ?? child(child(root, 'AXIS'), 'ANGLEUNIT'))) return otherUnits(name);
    const system = systemOf(4490)!;
    if (datum.kind === 'unstated') return { kind: 'unstated-datum', system, name };
    return { kind: 'system', system, epsg: datum.wgs84 ? 4326 : 4490, name, from: 'prj' };
  }
  if (['PROJCS', 'PROJCRS', 'PROJECTEDCRS'].includes(root.keyword)) return readProjected(root, name);
  return otherKind(root.keyword, name);
}

function readProjected(root: WktNode, name: string): CrsStatement {
  const base = child(root, 'GEOGCS', 'BASEGEOGCRS', 'BASEGEODCRS', 'GEOGCRS');
  const datum = readDatum(base, name);
  if (datum.kind === 'refused') return datum.statement;
  const conversion = child(root, 'CONVERSION') ?? root;
  const method = plain(nameIn(child(root, 'PROJECTION') ?? child(conversion, 'METHOD', 'PROJECTION')));
  const lengths = [
    ...children(root, 'UNIT', 'LENGTHUNIT'),
    ...children(root, 'AXIS').flatMap((a) => children(a, 'LENGTHUNIT')),
  ];
  if (
    lengths.some((unit) => Math.abs((numberIn(unit, 1) ?? 1) - 1) > 1e-9) ||
    !isDegree(child(base, 'UNIT', 'ANGLEUNIT'))
  ) {
    return otherUnits(name);
  }
  const parameter = parametersOf(conversion);
  const fe = parameter('falseeasting') ?? 0;
  const fn = parameter('falsenorthing') ?? 0;
  const cm = parameter('centralmeridian', 'longitudeofnaturalorigin', 'longitudeoforigin', 'longitudeofcenter') ?? 0;
  const lat0 = parameter('latitudeoforigin', 'latitudeofnaturalorigin', 'latitudeofcenter') ?? 0;

  if (isWebMercator(root, method) && fe === 0 && fn === 0 && cm === 0 && (parameter('standardparallel1') ?? 0) === 0) {
    const system = systemOf(3857)!;
    if (datum.kind === 'unstated') return { kind: 'unstated-datum', system, name };
    return { kind: 'system', system, epsg: 3857, name, from: 'prj' };
  }
  if (!method.includes('gauss') && method !== 'transversemercator') {
    const what = printable(nameIn(child(root, 'PROJECTION') ?? child(conversion, 'METHOD'))) || '?';
    return { kind: 'other', what: { zh: `投影方式 ${what}`, en: `the projection ${what}` }, name, understood: true };
  }
  const tm = {
    centralMeridian: cm,
    falseEasting: fe,
    scale: parameter('scalefactor', 'scalefactoratnaturalorigin') ?? 1,
  };
  const system = fn === 0 && lat0 === 0 ? preferNamed(planesWith(tm), root) : undefined;
  if (datum.kind === 'unstated') return { kind: 'unstated-datum', system, name };
  return system
    ? { kind: 'system', system, epsg: system.epsg, name, from: 'prj' }
    : { kind: 'local', tm, origin: { latitude: lat0, falseNorthing: fn }, name };
}

/** Among equal systems (4508, 4546) the one whose code or name the text carries; it changes no coordinate. */
function preferNamed<S extends CoordinateSystem>(equal: S[], root: WktNode): S | undefined {
  const code = Number(child(root, 'AUTHORITY', 'ID')?.args[1]);
  const sixDegrees = !/3.?deg|3度/i.test(nameIn(root));
  return equal.find((s) => s.epsg === code) ?? equal.find((s) => s.kind === 'gk6' && sixDegrees) ?? equal[0];
}

function isWebMercator(root: WktNode, method: string): boolean {
  if (method === 'mercatorauxiliarysphere' || method === 'popularvisualisationpseudomercator') return true;
  const proj4 = child(root, 'EXTENSION')?.args[1];
  const spherical = typeof proj4 === 'string' && proj4.includes('+a=6378137 +b=6378137');
  return method.startsWith('mercator') && (spherical || /pseudo.?mercator|web.?mercator/i.test(nameIn(root)));
}

function parametersOf(node: WktNode): (...names: string[]) => number | undefined {
  const values = new Map(children(node, 'PARAMETER').map((p) => [plain(nameIn(p)), numberIn(p, 1)]));
  return (...names) => names.map((n) => values.get(n)).find((v) => v !== undefined);
}

const isDegree = (unit: WktNode | undefined) =>
  unit === undefined || Math.abs((numberIn(unit, 1) ?? 0) - Math.PI / 180) < 1e-9;

type Datum = { kind: 'taken'; wgs84: boolean } | { kind: 'unstated' } | { kind: 'refused'; statement: CrsStatement };

const xian80 = refusedDatumOf(4610)!;
const beijing54 = refusedDatumOf(4214)!;

/** Spheroid and datum together: a right spheroid under a wrong datum is refused, and the other way round. */
function readDatum(base: WktNode | undefined, name: string): Datum {
  const datum = child(base, 'DATUM', 'ENSEMBLE', 'TRF', 'GEODETICDATUM');
  const spheroid = child(datum, 'SPHEROID', 'ELLIPSOID');
  const refuse = (of: SystemName): Datum => ({
    kind: 'refused',
    statement: { kind: 'refused-datum', datum: of, name },
  });
  if (!base || !datum || !spheroid) return { kind: 'unstated' };
  const names = [nameIn(datum), nameIn(base), nameIn(spheroid)].map(plain);
  const shown = printable(nameIn(datum)) || '?';
  const a = numberIn(spheroid, 1) ?? 0;
  const inverse = numberIn(spheroid, 2) ?? 0;
  if (a === 6378140 || names.some((n) => /xian|西安/.test(n))) return refuse(xian80);
  if (a === 6378245 || names.some((n) => /beijing|peking|北京/.test(n))) return refuse(beijing54);
  const other = { zh: `基准 ${shown}`, en: `the datum ${shown}` };
  if ((numberIn(child(base, 'PRIMEM'), 1) ?? 0) !== 0) return { kind: 'refused', statement: otherMeridian(base, name) };
  const shifted = (child(datum, 'TOWGS84')?.args ?? []).some((v) => typeof v === 'number' && v !== 0);
  const fits = a === 6378137 && (Math.abs(inverse - 298.257222101) < 1e-8 || Math.abs(inverse - 298.257223563) < 1e-8);
  if (!fits) return refuse(other);
  if (shifted)
    return refuse({ zh: `${other.zh}（带有到 WGS84 的平移参数）`, en: `${other.en} with a shift to WGS 84` });
  if (names.some((n) => /cgcs2000|china(geodeticcoordinatesystem)?2000|国家2000|2000国家/.test(n)))
    return { kind: 'taken', wgs84: false };
  if (names.slice(0, 2).some((n) => /wgs(19)?84|worldgeodeticsystem1984/.test(n)))
    return { kind: 'taken', wgs84: true };
  return names[0] === '' || /unknown|unnamed|notspecified|undefined|custom|userdefined/.test(names[0]!)
    ? { kind: 'unstated' }
    : refuse(other);
}

function otherUnits(name: string): CrsStatement {
  return {
    kind: 'other',
    what: { zh: '不以米或度为单位的坐标', en: 'coordinates in other units than metres or degrees' },
    name,
    understood: true,
  };
}
/** Taken for Greenwich it would lie degrees away; and nobody delivers land data so, hence no system of ours. */
function otherMeridian(base: WktNode, name: string): CrsStatement {
  const meridian = printable(nameIn(child(base, 'PRIMEM'))) || '?';
  return {
    kind: 'other',
    what: {
      zh: `经度从 ${meridian} 而不是格林尼治起算`,
      en: `longitudes counted from ${meridian}, not from Greenwich`,
    },
    name,
    understood: true,
  };
}
/** LOCAL_CS and its like: programs write it where they know nothing. */
function otherKind(keyword: string, name: string): CrsStatement {
  return {
    kind: 'other',
    what: { zh: `坐标系类型 ${keyword}`, en: `a coordinate system of the kind ${keyword}` },
    name,
    understood: false,
  };
}

/** `crs` member of a GeoJSON (the 2008 form) → statement; absent or null, WGS 84 is what RFC 7946 prescribes. */
export function readGeojsonCrs(crs: unknown): CrsStatement {
  if (crs === undefined || crs === null) return { kind: 'none', assumed: 4326 };
  const { type, properties } = (typeof crs === 'object' ? crs : {}) as {
    type?: unknown;
    properties?: { name?: unknown; code?: unknown };
  };
  const stated = typeof crs === 'string' ? crs : String(properties?.name ?? properties?.code ?? '');
  const name = printable(stated);
  if (type === 'link')
    return {
      kind: 'other',
      what: { zh: '以链接给出的坐标系（不会去下载）', en: 'a linked coordinate system, which is never fetched' },
      name,
      understood: false,
    };
  if (/(^|[:/])CRS84h?$/i.test(stated.trim()))
    return { kind: 'system', system: systemOf(4490)!, epsg: 4326, name, from: 'geojson' };
  const code = Number(
    /^(?:(?:urn:ogc:def:crs:|https?:\/\/www\.opengis\.net\/def\/crs\/)?EPSG[:/][0-9.]*[:/]?)?(\d{4,6})$/i.exec(
      stated.trim(),
    )?.[1],
  );
  const datum = refusedDatumOf(code);
  if (datum) return { kind: 'refused-datum', datum, name };
  const system = systemOf(code);
  if (system) return { kind: 'system', system, epsg: code, name, from: 'geojson' };
  const what = { zh: `crs 成员 “${name}”`, en: `the crs member "${name}"` };
  return { kind: 'other', what, name, understood: Number.isInteger(code) };
}
