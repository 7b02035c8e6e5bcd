/**
 * Rings of a polygon as flat arrays x0, y0, x1, y1 … , closed (last point = first). A polygon is the list of all rings
 * of all its parts; a point inside an odd number of them is inside the polygon.
 */
export type Ring = Float64Array;

/** Signed area by the shoelace formula, > 0 counter-clockwise; taken from the first vertex, so that digits are not lost. */
export function signedArea(ring: Ring): number {
  const x0 = ring[0] ?? 0;
  const y0 = ring[1] ?? 0;
  let twice = 0;
  for (let i = 2; i + 3 < ring.length; i += 2) {
    twice += (ring[i]! - x0) * (ring[i + 3]! - y0) - (ring[i + 2]! - x0) * (ring[i + 1]! - y0);
  }
  return twice / 2;
}

/** +1 for a ring that adds area, −1 for one that takes it away, times the ring's own turn: see ringSigns. */
export type RingSigns = Int8Array;

/**
 * By how each ring's signed area counts in the polygon's (positive) area: a ring inside an even number of others is a
 * shell, else a hole, whichever way it was drawn. Shapefile and GeoJSON disagree on the way, so it is not trusted.
 */
export function ringSigns(rings: readonly Ring[]): RingSigns {
  const signs = new Int8Array(rings.length);
  for (const [i, ring] of rings.entries()) {
    let depth = 0;
    if (rings.length > 1) {
      for (const [j, other] of rings.entries()) if (j !== i && liesWithin(ring, other)) depth++;
    }
    signs[i] = signedArea(ring) < 0 === (depth % 2 === 0) ? -1 : 1;
  }
  return signs;
}

/** Area of the polygon in the plane of its coordinates, holes taken off. */
export function planarArea(rings: readonly Ring[], signs: RingSigns = ringSigns(rings)): number {
  let area = 0;
  for (const [i, ring] of rings.entries()) area += signs[i]! * signedArea(ring);
  return area;
}

/** [x0, y0, x1, y1]; undefined without a vertex */
export function boundsOf(rings: readonly Ring[]): [number, number, number, number] | undefined {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const x = ring[i]!;
      const y = ring[i + 1]!;
      if (x < x0) x0 = x;
      if (x > x1) x1 = x;
      if (y < y0) y0 = y;
      if (y > y1) y1 = y;
    }
  }
  return x0 <= x1 && y0 <= y1 ? [x0, y0, x1, y1] : undefined;
}

/** Rings of a valid polygon may touch but not cross: the first vertex (or edge middle) off the other's edge decides. */
function liesWithin(ring: Ring, other: Ring): boolean {
  for (let i = 0; i + 1 < ring.length; i += 2) {
    const side = sideOf(other, ring[i]!, ring[i + 1]!);
    if (side !== 0) return side > 0;
  }
  for (let i = 0; i + 3 < ring.length; i += 2) {
    const side = sideOf(other, (ring[i]! + ring[i + 2]!) / 2, (ring[i + 1]! + ring[i + 3]!) / 2);
    if (side !== 0) return side > 0;
  }
  return false;
}

/** 1 inside the ring, −1 outside, 0 on its edge */
function sideOf(ring: Ring, x: number, y: number): -1 | 0 | 1 {
  let inside = false;
  for (let i = 0; i + 3 < ring.length; i += 2) {
    const [ax, ay, bx, by] = [ring[i]!, ring[i + 1]!, ring[i + 2]!, ring[i + 3]!];
    if (y < Math.min(ay, by) || y > Math.max(ay, by)) continue;
    const cross = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
    if (cross === 0 && x >= Math.min(ax, bx) && x <= Math.max(ax, bx)) return 0;
    if (ay > y !== by > y && cross > 0 === by > ay) inside = !inside;
  }
  return inside ? 1 : -1;
}
