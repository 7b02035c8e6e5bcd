/**
 * What reading a foreign vector file gives, before anything of it meets the database. `read-source.ts` fills these in a
 * child process; `receive-parcels.ts` and `receive-layer.ts` take them from here. Coordinates are traditional GIS order
 * everywhere: x = easting or longitude, y = northing or latitude.
 */
import type { Sentence, Where } from '../errors.ts';

export interface SourceOptions {
  /** EPSG code the person stands for; against a .prj that says otherwise it is `crs-conflict` */
  srid?: number;
  /** text encoding the person stands for; decides, and text that is not of it is refused */
  encoding?: string;
  /** layer of an archive by name (path or stem, with or without .shp), or '*' to join all layers with like fields */
  sublayer?: string;
  /** a table without a single row is taken: DLTBGX of a year in which patches only went */
  mayBeEmpty?: boolean;
  /** lon/lat extent [west, south, east, north] the data is known to lie in (the county); only narrows the candidates where nothing names the CRS */
  near?: [number, number, number, number];
}

export interface ReadHooks {
  /** aborting kills the parser; the promise rejects with the signal's reason */
  signal?: AbortSignal;
  /** share of the file read so far, 0–1, never falling */
  progress?: (share: number) => void;
  purpose: 'parcels' | 'layer';
  /** the attributes, and the rows as they are written: they end, or fail, when reading does */
  writing?: (fields: SourceField[], rows: AsyncIterable<SpoolRow>) => void;
  /** where the spool and the unpacked entries go; the system's folder for temporary files if absent */
  tempDir?: string;
}

export interface Warning {
  code: string;
  message: Sentence;
  where?: Where;
}

export interface CrsDecision {
  /** EPSG code to hand to ST_Transform; 4490 for geographic CGCS2000 and all equal to it (4326 is treated as 4490) */
  srid: number;
  /** EPSG code of what the file or the person said, e.g. 4326 or 4508 */
  epsg_found: number;
  source: 'prj' | 'geojson' | 'geopackage' | 'filegdb' | 'txt' | 'table' | 'inferred' | 'user';
  reason: Sentence;
}

export interface EncodingDecision {
  /** 'UTF-8', 'GB18030' (GBK and GB2312 are parts of it), 'Big5', or the label the person gave */
  encoding: string;
  /** what .cpg or the LDID byte said, to the letter ('GBK', 'LDID 77'); null where they say nothing usable */
  declared: string | null;
  /** 'cpg' or 'ldid': the declaration was right; 'content': the bytes decided; 'format': the format fixes it */
  source: 'cpg' | 'ldid' | 'content' | 'user' | 'format';
  reason: Sentence;
}

export interface SourceField {
  name: string;
  /**
   * Type of every value in the column, nulls aside. A column of numbers is 'text', to the letter, as soon as one of them
   * does not survive as a JavaScript number (18-digit identifiers): columns are never mixed.
   */
  type: 'text' | 'number' | 'date' | 'boolean' | 'json';
  /** of a DBF: bytes, and decimals of a number */
  width?: number;
  decimals?: number;
}

export interface SourceReport {
  format: 'shapefile' | 'geojson' | 'geopackage' | 'kml' | 'filegdb' | 'txt' | 'csv' | 'xlsx';
  /** the layers that were read: one, or all of an archive with sublayer '*' */
  layers: { name: string; feature_count: number }[];
  crs: CrsDecision;
  /** null where the file holds no text table (never for the formats of today) */
  encoding: EncodingDecision | null;
  fields: SourceField[];
  /** rows in the spool: every row of the file that is not deleted, empty shapes included */
  feature_count: number;
  warnings: Warning[];
  /** of all vertices, in the units of the file */
  bbox: [number, number, number, number];
  /** path of the spool; the caller deletes it */
  spool: string;
}

export type AttributeValue = string | number | boolean | null | AttributeValue[] | { [name: string]: AttributeValue };

export interface SpoolRow {
  /** 1-based place in its file, deleted rows counted, so that it can be found there; in a text file the line */
  row: number;
  /** name of the layer's file as shown to people, e.g. '地块/parcels.shp' */
  source_file: string;
  /** every field of the report has a value here, null where the row has none; dates are 'YYYY-MM-DD' */
  attributes: Record<string, AttributeValue>;
  /** MultiPolygon, little endian, XY only, in the CRS of `report.crs.srid`, rings closed; null = empty or null shape, or no ring was usable */
  wkb: Buffer | null;
  /** problems of this shape that reading found, located in the units of the file */
  faults: ShapeFault[];
}

/**
 * 'ring-not-closed': closed by us · 'ring-too-few-points': fewer than three different points, ring left out ·
 * 'ring-repeated': the same ring twice, second left out · 'rings-cross': neither beside nor inside one another ·
 * 'duplicate-vertex': the same point twice in a row, kept; it changes nothing and does not make a shape invalid.
 */
export type FaultCode =
  | 'ring-not-closed'
  | 'ring-too-few-points'
  | 'ring-repeated'
  | 'rings-cross'
  | 'duplicate-vertex';

/** Faults that alone do not make a parcel's geometry wrong. */
export const harmlessFaults: ReadonlySet<FaultCode> = new Set<FaultCode>(['duplicate-vertex']);

export interface ShapeFault {
  code: FaultCode;
  message: Sentence;
  x?: number;
  y?: number;
  /** how far it reaches along the axes, where it is a length */
  dx?: number;
  dy?: number;
}
