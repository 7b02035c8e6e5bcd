/**
 * Coordinates as bureaus write and read them: CGCS2000 degrees, and Gauss–Krüger metres of the 3° zone in surveyors' order, X the northing
 * and Y the easting with the zone number before it (DOMAIN §3). Pure; the projection is the server's own, PROJ to 0.1 mm.
 */
import { type PlaneSystem, systemOf, systems, toLonLat } from '../../../server/domain/crs.ts';
import { toPlane } from '../../../server/domain/gauss-kruger.ts';

export interface Place {
  lon: number;
  lat: number;
}

/** In the box of China a longitude is never a latitude: the two may come in either order. */
const isLon = (value: number) => value >= 73 && value <= 136;
const isLat = (value: number) => value >= 3 && value <= 54;
/** m; the bounds of a northing in China */
const isNorthing = (value: number) => value >= 330_000 && value <= 5_990_000;

/** The 3° zone whose meridian is nearest, its number before the easting; null outside China's zones. */
export function zoneOf(lon: number): PlaneSystem | null {
  const zone = Math.round(lon / 3);
  return zone >= 25 && zone <= 45 ? (systemOf(4488 + zone) as PlaneSystem) : null;
}

/** Surveyors' X and Y in metres: northing, and easting with the zone before it. */
export function gaussKruger({ lon, lat }: Place, zone: PlaneSystem): { x: number; y: number } {
  const [easting, northing] = toPlane(lon, lat, zone);
  return { x: northing, y: easting };
}

export type Wanted = { place: Place } | { parcel: string } | { fault: 'zone' | 'range' };

/**
 * What somebody typed to be taken to: degrees as decimals or in minutes and seconds, X and Y in metres with the zone before Y or without, or
 * else the id of a parcel. null for nothing.
 * @param zone for a Y without a zone number; null where the county's is not known
 */
export function readWanted(typed: string, zone: PlaneSystem | null): Wanted | null {
  const text = typed.normalize('NFKC').trim();
  if (text === '') return null;
  const pair = readDegrees(text) ?? readNumbers(text);
  if (pair === null) return { parcel: typed.trim() };
  const [a, b] = pair;
  if (isLon(a) && isLat(b)) return { place: { lon: a, lat: b } };
  if (isLat(a) && isLon(b)) return { place: { lon: b, lat: a } };
  return readPlane(a, b, zone);
}

function readPlane(a: number, b: number, zone: PlaneSystem | null): Wanted {
  // eight digits bear the zone: whichever of the two that is, is the Y
  const [x, y] = a >= 13_000_000 ? [b, a] : [a, b];
  if (!isNorthing(x)) return { fault: 'range' };
  const prefixed = y >= 13_000_000;
  const system = prefixed ? prefixedSystem(Math.floor(y / 1e6)) : zone;
  if (!system) return { fault: 'zone' };
  const [lon, lat] = toLonLat(prefixed ? y : y + Math.floor(system.falseEasting / 1e6) * 1e6, x, system);
  // a zone reaches 1.5° to either side; a county astride a border is measured in one, so 3.4° are taken
  if (Math.abs(lon - system.centralMeridian) > 3.4 || !isLon(lon) || !isLat(lat)) return { fault: 'range' };
  return { place: { lon, lat } };
}

/** 25–45 are 3° zones, 13–23 are 6° ones. */
const prefixedSystem = (zone: number): PlaneSystem | null =>
  (systems.find((s) => 'prefixed' in s && s.prefixed && s.zone === zone) as PlaneSystem | undefined) ?? null;

/** Two numbers and nothing else but the letters that name them. */
function readNumbers(text: string): [number, number] | null {
  const found =
    /^[xyenEN:=\s经纬度东北]*(\d+(?:\.\d+)?)\s*[°度]?\s*[EN]?[\s,;、]+[xyen:=\s经纬度东北]*(\d+(?:\.\d+)?)\s*[°度]?\s*[EN]?$/i.exec(
      text,
    );
  return found && [Number(found[1]), Number(found[2])];
}

/** Degrees, minutes and perhaps seconds, twice. */
function readDegrees(text: string): [number, number] | null {
  const one = String.raw`[EN东北经纬:\s]*(\d{1,3})\s*[°度]\s*(\d{1,2})\s*['′分]\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:["″秒]|''|′′)\s*)?[EN]?`;
  const found = new RegExp(`^${one}[\\s,;、]*${one}$`, 'i').exec(text);
  if (!found) return null;
  const value = (at: number) => {
    const [degrees, minutes, seconds] = [found[at], found[at + 1], found[at + 2] ?? '0'].map(Number) as [
      number,
      number,
      number,
    ];
    return minutes < 60 && seconds < 60 ? degrees + minutes / 60 + seconds / 3600 : Number.NaN;
  };
  return [value(1), value(4)];
}
