/**
 * What the file itself says of its coordinate system, as plain parameters. Three ways occur: an EPSG code; GeoKeys of a
 * user-defined projection; the "ESRI PE String" that ArcGIS puts in a citation where its own tables know no code
 * (CGCS2000 in ArcGIS 10.x). What it means is decided in raster-crs.ts.
 */
import { type GeoKeys, key, numberKey, textKey, userDefined } from './geokeys.ts';

export interface StatedCrs {
  source: 'geokeys' | 'parameters' | 'pe-string';
  /** EPSG code of the whole system, where there is one */
  epsg: number | undefined;
  projected: boolean;
  /** the names it gives itself and its datum, for recognising and for telling */
  name: string;
  datumName: string;
  /** EPSG code of the datum or of the geographic system below a user-defined projection */
  datumCode: number | undefined;
  semiMajor: number | undefined;
  inverseFlattening: number | undefined;
  /** longitudes are counted from Greenwich */
  greenwich: boolean;
  /** a shift to WGS 84 stands beside the datum and is not 0: a local datum under another's name */
  shifted: boolean;
  /** lengths in metres; undefined where other keys tell */
  metres: boolean | undefined;
  /** undefined: no projection is named */
  transverseMercator: boolean | undefined;
  centralMeridian: number;
  latitudeOfOrigin: number;
  falseEasting: number;
  falseNorthing: number;
  scale: number;
}

/** undefined: the file says nothing of a coordinate system */
export function statedCrs(keys: GeoKeys): StatedCrs | undefined {
  const model = numberKey(keys, key.modelType);
  const projected = numberKey(keys, key.projected);
  const geographic = numberKey(keys, key.geographic);
  const citations = [key.citation, key.projectedCitation, key.geographicCitation].map((id) => textKey(keys, id));
  const code = (value: number | undefined) => (value && value !== userDefined ? value : undefined);
  const isProjected = model === 1 || (model !== 2 && projected !== undefined);
  const epsg = isProjected ? code(projected) : code(geographic);
  if (epsg === undefined) {
    const pe = citations.map(readPeString).find((found) => found !== undefined);
    if (pe) return pe;
  }
  const said = projected !== undefined || geographic !== undefined || (numberKey(keys, key.semiMajor) ?? 0) > 0;
  if (!said) return undefined;
  const number = (id: number, otherwise: number) => numberKey(keys, id) ?? otherwise;
  const method = numberKey(keys, key.method);
  return {
    source: epsg === undefined ? 'parameters' : 'geokeys',
    epsg,
    projected: isProjected,
    name: citations.filter(Boolean).join(' · '),
    datumName: citations[2] || citations[0]!,
    datumCode: code(geographic) ?? code(numberKey(keys, key.datum)),
    semiMajor: numberKey(keys, key.semiMajor),
    inverseFlattening: flattening(keys),
    greenwich: fromGreenwich(keys),
    shifted: (numberKey(keys, key.toWgs84) ?? 0) !== 0,
    metres: undefined,
    transverseMercator: method === undefined ? undefined : method === 1, // CT_TransverseMercator; Gauss–Krüger is the same
    centralMeridian: number(key.originLon, number(key.centreLon, 0)),
    latitudeOfOrigin: number(key.originLat, 0),
    falseEasting: number(key.falseEasting, 0),
    falseNorthing: number(key.falseNorthing, 0),
    scale: number(key.scaleAtOrigin, 1),
  };
}

function flattening(keys: GeoKeys): number | undefined {
  const major = numberKey(keys, key.semiMajor);
  const minor = numberKey(keys, key.semiMinor);
  return (
    numberKey(keys, key.inverseFlattening) ?? (major && minor && major !== minor ? major / (major - minor) : undefined)
  );
}

/** GeogPrimeMeridianGeoKey is 8901 for Greenwich; a user-defined meridian has its longitude beside it. */
function fromGreenwich(keys: GeoKeys): boolean {
  const code = numberKey(keys, key.primeMeridian) ?? 8901;
  return code === userDefined ? (numberKey(keys, key.primeMeridianLon) ?? 0) === 0 : code === 8901 || code === 0;
}

/** `ESRI PE String = PROJCS["…",GEOGCS["…",DATUM["…",SPHEROID["…",a,1/f]],…],PROJECTION["…"],PARAMETER["…",v],…]` */
function readPeString(citation: string): StatedCrs | undefined {
  const at = citation.search(/\b(PROJCS|GEOGCS)\[/);
  if (at < 0) return undefined;
  const wkt = citation.slice(at, at + 4000);
  const quoted = (keyword: string) => new RegExp(`\\b${keyword}\\["([^"]{0,200})"`).exec(wkt)?.[1] ?? '';
  const parameter = (name: string, otherwise: number) => {
    const found = new RegExp(`PARAMETER\\["${name}",\\s*([-+0-9.eE]{1,40})\\]`, 'i').exec(wkt)?.[1];
    return found === undefined ? otherwise : Number(found);
  };
  const numbered = (keyword: string) =>
    [...wkt.matchAll(new RegExp(`\\b${keyword}\\["[^"]{0,200}",\\s*([-+0-9.eE]{1,40})`, 'g'))].map((found) =>
      Number(found[1]),
    );
  const spheroid = /SPHEROID\["[^"]{0,200}",\s*([0-9.]{1,40}),\s*([0-9.]{1,40})/.exec(wkt);
  return {
    source: 'pe-string',
    epsg: undefined,
    projected: wkt.startsWith('PROJCS'),
    name: quoted('PROJCS') || quoted('GEOGCS'),
    datumName: quoted('DATUM'),
    datumCode: undefined,
    semiMajor: spheroid ? Number(spheroid[1]) : undefined,
    inverseFlattening: spheroid ? Number(spheroid[2]) : undefined,
    greenwich: numbered('PRIMEM').every((longitude) => longitude === 0),
    shifted: /TOWGS84\[[^\]]{0,200}[1-9]/.test(wkt),
    // the last UNIT is that of the plane, the one before it that of the angles below
    metres: wkt.startsWith('PROJCS') ? numbered('UNIT').at(-1) === 1 : undefined,
    transverseMercator: /^(Gauss_Kruger|Transverse_Mercator)$/i.test(quoted('PROJECTION')),
    centralMeridian: parameter('Central_Meridian', 0),
    latitudeOfOrigin: parameter('Latitude_Of_Origin', 0),
    falseEasting: parameter('False_Easting', 0),
    falseNorthing: parameter('False_Northing', 0),
    scale: parameter('Scale_Factor', 1),
  };
}
