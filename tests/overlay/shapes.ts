/** Shapes for the overlay as it takes them, of plain coordinates. */
import { parseShape, type Shape } from '../../server/overlay/shape.ts';

type Point = [number, number];

export const shapeOf = (polygons: Polygons): Shape => parseShape(wkbOf(polygons));

/** Of rings, the shell first, each closed. */
export type Polygons = readonly (readonly (readonly Point[])[])[];

/** Little-endian WKB: polygons, each of closed rings with the shell first. */
export function wkbOf(polygons: Polygons): Uint8Array {
  const parts = polygons.map((rings) => {
    const bytes = Buffer.alloc(9 + rings.reduce((sum, ring) => sum + 4 + 16 * ring.length, 0));
    bytes[0] = 1;
    bytes.writeUInt32LE(3, 1);
    bytes.writeUInt32LE(rings.length, 5);
    let at = 9;
    for (const ring of rings) {
      bytes.writeUInt32LE(ring.length, at);
      at += 4;
      for (const [x, y] of ring) {
        bytes.writeDoubleLE(x, at);
        bytes.writeDoubleLE(y, at + 8);
        at += 16;
      }
    }
    return bytes;
  });
  const head = Buffer.alloc(9);
  head[0] = 1;
  head.writeUInt32LE(6, 1);
  head.writeUInt32LE(parts.length, 5);
  return Buffer.concat([head, ...parts]);
}

/** The same back, of a little-endian MultiPolygon. */
export function polygonsOfWkb(wkb: Uint8Array): Point[][][] {
  const bytes = Buffer.from(wkb);
  let at = 5;
  const count = () => {
    at += 4;
    return bytes.readUInt32LE(at - 4);
  };
  const point = (): Point => {
    at += 16;
    return [bytes.readDoubleLE(at - 16), bytes.readDoubleLE(at - 8)];
  };
  const many = <T>(one: () => T): T[] => Array.from({ length: count() }, one);
  return many(() => {
    at += 5;
    return many(() => many(point));
  });
}

/** POLYGON and MULTIPOLYGON, empty ones too. */
export function polygonsOfWkt(wkt: string): Point[][][] {
  const body = wkt.slice(wkt.indexOf('(')).replace(/\bEMPTY\s*,\s*|,\s*EMPTY\b/g, '');
  if (/EMPTY/.test(wkt) && !wkt.includes('(')) return [];
  const json = body
    .replace(/(-?[\d.]+(?:e-?\d+)?)\s+(-?[\d.]+(?:e-?\d+)?)/gi, '[$1,$2]')
    .replaceAll('(', '[')
    .replaceAll(')', ']');
  const read = JSON.parse(json) as Point[][] | Point[][][];
  return wkt.trim().startsWith('MULTI') ? (read as Point[][][]) : [read as Point[][]];
}

export const square = (x: number, y: number, side: number): Point[][] => [
  [
    [x, y],
    [x + side, y],
    [x + side, y + side],
    [x, y + side],
    [x, y],
  ],
];
