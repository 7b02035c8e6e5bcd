/**
 * Shapefiles made byte by byte after the ESRI Technical Description (1998) and the dBase III layout, with a knob for
 * every lie a file can tell. Knows nothing of the reader under test.
 */
import iconv from 'iconv-lite';
import { makeZip, type ZipMember } from './make-zip.ts';

export type Point = [x: number, y: number];
export interface Column {
  name: string | Buffer;
  type?: string;
  width?: number;
  decimals?: number;
}
export type Cell = string | number | Buffer | null;

export interface ShpOptions {
  type?: number;
  fileCode?: number;
  /** stated length of the file in bytes */
  statedBytes?: number;
  /** what the record head says instead of index + 1 */
  recordNumber?: (index: number) => number;
  /** last change to the content of one record */
  patch?: (content: Buffer, index: number) => Buffer;
  /** stated content length in bytes */
  contentBytes?: (real: number, index: number) => number;
}

/** Rings of each shape, null for a null shape. */
export function makeShp(shapes: (Point[][] | null)[], options: ShpOptions = {}): { shp: Buffer; shx: Buffer } {
  const type = options.type ?? 5;
  const records: Buffer[] = [];
  const index: Buffer[] = [];
  let at = 100;
  shapes.forEach((rings, i) => {
    let content = rings === null ? int32le(0) : polygon(rings, type);
    content = options.patch?.(content, i) ?? content;
    const stated = options.contentBytes?.(content.length, i) ?? content.length;
    records.push(int32be(options.recordNumber?.(i) ?? i + 1), int32be(stated / 2), content);
    index.push(int32be(at / 2), int32be(content.length / 2));
    at += 8 + content.length;
  });
  const head = (bytes: number) => {
    const h = Buffer.alloc(100);
    h.writeInt32BE(options.fileCode ?? 9994, 0);
    h.writeInt32BE(bytes / 2, 24);
    h.writeInt32LE(1000, 28);
    h.writeInt32LE(type, 32);
    return h;
  };
  const body = Buffer.concat(records);
  const table = Buffer.concat(index);
  return {
    shp: Buffer.concat([head(options.statedBytes ?? 100 + body.length), body]),
    shx: Buffer.concat([head(100 + table.length), table]),
  };
}

function polygon(rings: Point[][], type: number): Buffer {
  const points = rings.flat();
  const content = Buffer.alloc(44 + 4 * rings.length + 16 * points.length);
  content.writeInt32LE(type, 0);
  content.writeInt32LE(rings.length, 36);
  content.writeInt32LE(points.length, 40);
  let start = 0;
  rings.forEach((ring, i) => {
    content.writeInt32LE(start, 44 + 4 * i);
    start += ring.length;
  });
  points.forEach(([x, y], i) => {
    content.writeDoubleLE(x, 44 + 4 * rings.length + 16 * i);
    content.writeDoubleLE(y, 52 + 4 * rings.length + 16 * i);
  });
  const measures = Buffer.alloc(16 + 8 * points.length);
  if (type === 15) return Buffer.concat([content, measures, measures]);
  if (type === 25) return Buffer.concat([content, measures]);
  return content;
}

export interface DbfOptions {
  encoding?: string;
  ldid?: number;
  /** 0-based rows marked deleted */
  deleted?: number[];
  statedRows?: number;
  trailing?: Buffer;
}

export function makeDbf(columns: Column[], rows: Cell[][], options: DbfOptions = {}): Buffer {
  const encoding = options.encoding ?? 'utf8';
  const bytesOf = (value: Cell) => (Buffer.isBuffer(value) ? value : iconv.encode(String(value ?? ''), encoding));
  const widths = columns.map((c) => c.width ?? 20);
  const rowBytes = widths.reduce((a, b) => a + b, 1);
  const headBytes = 33 + 32 * columns.length;
  const head = Buffer.alloc(headBytes);
  head.set([3, 126, 1, 1]);
  head.writeUInt32LE(options.statedRows ?? rows.length, 4);
  head.writeUInt16LE(headBytes, 8);
  head.writeUInt16LE(rowBytes, 10);
  head[29] = options.ldid ?? 0;
  columns.forEach((column, i) => {
    const at = 32 + 32 * i;
    bytesOf(column.name).copy(head, at, 0, 11);
    head.write(column.type ?? 'C', at + 11, 'latin1');
    head[at + 16] = widths[i]!;
    head[at + 17] = column.decimals ?? 0;
  });
  head[headBytes - 1] = 0x0d;
  const body = rows.map((row, r) => {
    const bytes = Buffer.alloc(rowBytes, 0x20);
    if (options.deleted?.includes(r)) bytes[0] = 0x2a;
    let at = 1;
    columns.forEach((column, i) => {
      const value = bytesOf(row[i] ?? null);
      const numeric = 'NF'.includes(column.type ?? 'C');
      value.copy(bytes, numeric ? at + Math.max(0, widths[i]! - value.length) : at, 0, widths[i]!);
      at += widths[i]!;
    });
    return bytes;
  });
  return Buffer.concat([head, ...body, options.trailing ?? Buffer.from([0x1a])]);
}

export const prj4524 =
  'PROJCS["CGCS2000_3_Degree_GK_Zone_36",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",36500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",108.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]';

/** A square plot of the county, 100 m wide, in EPSG:4524. */
export function plot(i = 0, size = 100): Point[][] {
  return [box(36_577_000 + i * 200, 3_192_000, size)];
}
/** Closed, clockwise as outer rings should be. */
export function box(x: number, y: number, size: number): Point[] {
  return [
    [x, y],
    [x, y + size],
    [x + size, y + size],
    [x + size, y],
    [x, y],
  ];
}

export interface LayerParts {
  stem?: string;
  shapes?: (Point[][] | null)[];
  columns?: Column[];
  rows?: Cell[][];
  shp?: ShpOptions;
  dbf?: DbfOptions;
  prj?: string | null;
  cpg?: string | null;
  /** files to leave out, or to change */
  without?: string[];
  change?: (files: Record<string, Buffer>) => void;
}

/** The members of one layer: two plots with ids, in EPSG:4524, unless said otherwise. */
export function layerMembers(parts: LayerParts = {}): ZipMember[] {
  const shapes = parts.shapes ?? [plot(0), plot(1)];
  const columns = parts.columns ?? [{ name: 'DKBH' }];
  const rows = parts.rows ?? shapes.map((_, i) => [`P${i + 1}`]);
  const { shp, shx } = makeShp(shapes, parts.shp);
  const files: Record<string, Buffer> = { shp, shx, dbf: makeDbf(columns, rows, parts.dbf) };
  if (parts.prj !== null) files['prj'] = Buffer.from(parts.prj ?? prj4524);
  if (parts.cpg) files['cpg'] = Buffer.from(parts.cpg);
  for (const name of parts.without ?? []) delete files[name];
  parts.change?.(files);
  return Object.entries(files).map(([ext, data]) => ({ name: `${parts.stem ?? 'parcels'}.${ext}`, data }));
}

export function zippedLayer(parts: LayerParts = {}): Buffer {
  return makeZip(layerMembers(parts));
}

const int32be = (value: number) => {
  const b = Buffer.alloc(4);
  b.writeInt32BE(value);
  return b;
};
const int32le = (value: number) => {
  const b = Buffer.alloc(4);
  b.writeInt32LE(value);
  return b;
};
