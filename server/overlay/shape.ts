/** Polygons as flat arrays of coordinates, read once from WKB and looked at by as many parcels as lie under them. */

const types = { polygon: 3, multiPolygon: 6 } as const;

export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

export interface Shape {
  /** x0, y0, x1, y1 … of all rings, each closed (last point = first) */
  readonly coords: Float64Array;
  /** rings one after the other */
  readonly rings: readonly ShapeRing[];
  /** undefined where it has no vertex */
  readonly box: Box | undefined;
  /** by its corners, square degrees, holes taken off */
  readonly area: number;
}

export interface ShapeRing {
  /** place in `coords` of its first ordinate, and behind its last */
  start: number;
  end: number;
  /** 1 where the interior lies above an edge that goes right: anticlockwise shells, clockwise holes; else −1 */
  right: 1 | -1;
  box: Box;
}

/**
 * @param wkb Polygon or MultiPolygon, little-endian, two ordinates, as `st_asbinary(…, 'NDR')` gives it
 * @throws Error on any other: they come from our own database, so it is a fault of ours
 */
export function parseShape(wkb: Uint8Array): Shape {
  const view = new DataView(wkb.buffer, wkb.byteOffset, wkb.byteLength);
  const type = view.getUint32(1, true);
  if (type !== types.polygon && type !== types.multiPolygon) throw new Error(`WKB: type ${type} is no polygon`);
  // counts and headers are some bytes more than what is read of them
  const coords = new Float64Array(wkb.byteLength >> 3);
  const rings: ShapeRing[] = [];
  const box = { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity };
  let area = 0;
  let place = 0;
  let at = type === types.polygon ? 0 : 9;
  for (let parts = type === types.polygon ? 1 : view.getUint32(5, true); parts > 0; parts--) {
    const count = view.getUint32(at + 5, true);
    at += 9;
    for (let n = 0; n < count; n++) {
      const start = place;
      const points = view.getUint32(at, true);
      at += 4;
      for (let left = 2 * points; left > 0; left--) {
        coords[place++] = view.getFloat64(at, true);
        at += 8;
      }
      const turned = twiceArea(coords, start, place);
      const hole = n > 0;
      area += ((hole ? -1 : 1) * Math.abs(turned)) / 2;
      const around = boxAround(coords, start, place);
      rings.push({ start, end: place, right: turned > 0 !== hole ? 1 : -1, box: around });
      if (!hole) widen(box, around);
    }
  }
  return { coords, rings, box: box.west <= box.east ? box : undefined, area };
}

/** Whether the boxes have a point in common. */
export const boxesMeet = (a: Box, b: Box): boolean =>
  a.west <= b.east && b.west <= a.east && a.south <= b.north && b.south <= a.north;

/** Makes the box hold another too. */
export function widen(box: Box, other: Box): void {
  if (other.west < box.west) box.west = other.west;
  if (other.south < box.south) box.south = other.south;
  if (other.east > box.east) box.east = other.east;
  if (other.north > box.north) box.north = other.north;
}

function boxAround(coords: Float64Array, start: number, end: number): Box {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let n = start; n < end; n += 2) {
    const x = coords[n]!;
    const y = coords[n + 1]!;
    if (x < west) west = x;
    if (x > east) east = x;
    if (y < south) south = y;
    if (y > north) north = y;
  }
  return { west, south, east, north };
}

/** Twice the signed area, > 0 anticlockwise; from the first vertex, so that digits are not lost. */
function twiceArea(coords: Float64Array, start: number, end: number): number {
  const x0 = coords[start]!;
  const y0 = coords[start + 1]!;
  let twice = 0;
  let dx = 0;
  let dy = 0;
  for (let n = start + 2; n < end; n += 2) {
    const x = coords[n]! - x0;
    const y = coords[n + 1]! - y0;
    twice += dx * y - x * dy;
    dx = x;
    dy = y;
  }
  return twice;
}
