/** Rows of a spool in portions that one short transaction can store. */
import type { Database } from '../database/connect.ts';
import { AppError } from '../errors.ts';
import type { SpoolRow } from './source-types.ts';
import { measureWkb } from './wkb.ts';

/** Edges longer than this get points in between before the shape leaves the plane it was delivered in (the official rule, DOMAIN §1.7). */
const edgeM = 70;
/** metres of one degree on the equator, the shortest a 70 m edge can be in degrees anywhere */
const degreeM = 111_320;

/** The 70 m in the units of the file's plane: degrees for longitude/latitude (4490), else metres. */
export function longestEdge(srid: number): number {
  return srid === 4490 ? edgeM / degreeM : edgeM;
}

export interface BatchSize {
  rows: number;
  /** of shapes, densified */
  bytes: number;
}

/**
 * A batch of ordinary shapes (half a megabyte, 32,000 vertices) is cut and stored in under 0.2 s on the embedded database, which does
 * nothing else meanwhile. A server is asked less often: of 200,000 patches a fifth of the time went into 2,000 more statements.
 */
export const batchSizes: Record<Database['kind'], BatchSize> = {
  embedded: { rows: 300, bytes: 500_000 },
  postgis: { rows: 2500, bytes: 4_000_000 },
};
/** points after densifying: of one shape, so that a rectangle around China passes (180,000), and of a whole file */
const shapePoints = 3_000_000;
const filePoints = 200_000_000;

export interface Batch {
  /** place of its first row in the set or layer, from 1 */
  first: number;
  rows: SpoolRow[];
}

export async function* batchesOf(
  rows: AsyncIterable<SpoolRow>,
  srid: number,
  most: BatchSize,
): AsyncGenerator<Batch, void, undefined> {
  const edge = longestEdge(srid);
  let batch: Batch = { first: 1, rows: [] };
  let bytes = 0;
  let points = 0;
  for await (const row of rows) {
    const shape = row.wkb === null ? 0 : pointsOf(row.wkb, edge);
    points += shape;
    if (shape > shapePoints || points > filePoints) throw tooLarge(row);
    const size = 16 * shape;
    if (batch.rows.length >= most.rows || (batch.rows.length > 0 && bytes + size > most.bytes)) {
      yield batch;
      batch = { first: batch.first + batch.rows.length, rows: [] };
      bytes = 0;
    }
    batch.rows.push(row);
    bytes += size;
  }
  if (batch.rows.length > 0) yield batch;
}

function pointsOf(wkb: Buffer, edge: number): number {
  const { vertices, length } = measureWkb(wkb);
  return vertices + length / edge;
}

function tooLarge(row: SpoolRow): AppError {
  return new AppError(
    'too-large',
    {
      zh: `第 ${row.row} 行的图形过大：按 70 米加密边后点数超过上限；请检查坐标，或将图形分割后上传`,
      en: `The shape in row ${row.row} is too large: with its edges densified to 70 m it has too many points; check the coordinates or cut it up`,
    },
    { file: row.source_file, row: row.row },
  );
}
