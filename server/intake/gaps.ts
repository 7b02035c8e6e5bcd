/**
 * Gaps between two parcels that ought to share a boundary: stretches where an edge of one looks across a narrow strip at an edge of the
 * other. Over such a stretch the strip is a trapezoid, so its width, length and area are plain arithmetic; nothing is buffered or overlaid.
 */
import type { Box, Shape, ShapeRing } from '../overlay/shape.ts';
import { metresPerDegree } from '../terrain/horn.ts';
import { gapLeastM, gapLengthM, gapSlender, sliverM } from './quality-limits.ts';

export interface Gap {
  /** the middle of its longest stretch */
  lon: number;
  lat: number;
  length_m: number;
  /** at its widest */
  width_m: number;
  area_m2: number;
}

/** Degrees that `sliverM` is at most in, along a parallel as far north as 60°. */
export const reachDeg = sliverM / (111_320 * Math.cos(Math.PI / 3));

/** Edges face each other when they run opposite ways to within 25°: a sharper wedge than 5.7° is asked for anyway. */
const opposite = -Math.cos((25 * Math.PI) / 180);

/** One edge, x, y in metres from the corner of the zone, its direction such that the parcel lies to its left. */
interface Edge {
  x: number;
  y: number;
  ux: number;
  uy: number;
  length: number;
  west: number;
}

interface Stretch {
  /** where it begins along its edge, and both ends; metres */
  from: number;
  ax: number;
  ay: number;
  bx: number;
  by: number;
  length: number;
  widest: number;
  area: number;
  /** the middle of the strip */
  x: number;
  y: number;
}

/** All gaps between two shapes in degrees, in the order of the first one's edges. */
export function gapsBetween(a: Shape, b: Shape): Gap[] {
  if (!a.box || !b.box) return [];
  const zone = {
    west: Math.max(a.box.west, b.box.west) - reachDeg,
    south: Math.max(a.box.south, b.box.south) - reachDeg,
    east: Math.min(a.box.east, b.box.east) + reachDeg,
    north: Math.min(a.box.north, b.box.north) + reachDeg,
  };
  if (zone.west > zone.east || zone.south > zone.north) return [];
  const metres = metresPerDegree((zone.south + zone.north) / 2);
  const facing = edgesIn(b, zone, metres).sort((e, f) => e.west - f.west);
  const longest = facing.reduce((most, { length }) => Math.max(most, length), 0);
  const gaps: Gap[] = [];
  for (const run of runsOf(stretches(edgesIn(a, zone, metres), facing, longest))) {
    const length_m = run.reduce((sum, { length }) => sum + length, 0);
    const width_m = Math.max(...run.map(({ widest }) => widest));
    if (length_m < gapLengthM || length_m < gapSlender * width_m) continue;
    const middle = run.reduce((best, one) => (one.length > best.length ? one : best));
    gaps.push({
      lon: zone.west + middle.x / metres.lon,
      lat: zone.south + middle.y / metres.lat,
      length_m,
      width_m,
      area_m2: run.reduce((sum, { area }) => sum + area, 0),
    });
  }
  return gaps;
}

function edgesIn({ coords, rings }: Shape, zone: Box, metres: { lon: number; lat: number }): Edge[] {
  const edges: Edge[] = [];
  for (const ring of rings) if (meets(ring.box, zone)) addEdges(edges, coords, ring, zone, metres);
  return edges;
}

const meets = (a: Box, b: Box) => a.west <= b.east && b.west <= a.east && a.south <= b.north && b.south <= a.north;

function addEdges(
  edges: Edge[],
  coords: Float64Array,
  { start, end, right }: ShapeRing,
  zone: Box,
  { lon, lat }: { lon: number; lat: number },
): void {
  // one after the other in that direction, so that stretches follow each other
  for (let n = start; n + 3 < end; n += 2) {
    const i = right === 1 ? n : start + end - 4 - n;
    const [from, to] = right === 1 ? [i, i + 2] : [i + 2, i];
    const [x0, y0, x1, y1] = [coords[from]!, coords[from + 1]!, coords[to]!, coords[to + 1]!];
    if (Math.max(x0, x1) < zone.west || Math.min(x0, x1) > zone.east) continue;
    if (Math.max(y0, y1) < zone.south || Math.min(y0, y1) > zone.north) continue;
    const [x, y] = [(x0 - zone.west) * lon, (y0 - zone.south) * lat];
    const [dx, dy] = [(x1 - x0) * lon, (y1 - y0) * lat];
    const length = Math.hypot(dx, dy);
    if (length > 0) edges.push({ x, y, ux: dx / length, uy: dy / length, length, west: Math.min(x, x + dx) });
  }
}

/** @param facing by their western ends, none longer than `longest` */
function* stretches(edges: readonly Edge[], facing: readonly Edge[], longest: number): Generator<Stretch> {
  for (const edge of edges) {
    const here: Stretch[] = [];
    const east = edge.west + Math.abs(edge.ux) * edge.length + sliverM;
    for (let k = firstFrom(facing, edge.west - longest - sliverM); k < facing.length; k++) {
      const other = facing[k]!;
      if (other.west > east) break;
      const stretch = stretchOf(edge, other);
      if (stretch) here.push(stretch);
    }
    yield* here.sort((p, q) => p.from - q.from);
  }
}

function firstFrom(edges: readonly Edge[], west: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]!.west < west) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where, seen from the edge at right angles and away from its parcel, the other lies within the limits of a gap. */
function stretchOf(edge: Edge, other: Edge): Stretch | null {
  const { ux, uy } = edge;
  if (ux * other.ux + uy * other.uy > opposite) return null;
  const [cx, cy] = [other.x - edge.x, other.y - edge.y];
  const [dx, dy] = [cx + other.ux * other.length, cy + other.uy * other.length];
  // it runs the other way: its end comes first. Outward is to the right, (uy, -ux)
  const [first, last] = [dx * ux + dy * uy, cx * ux + cy * uy];
  const [near, far] = [dx * uy - dy * ux, cx * uy - cy * ux];
  const slope = (far - near) / (last - first);
  const widthAt = (along: number) => near + slope * (along - first);
  let [from, to] = [Math.max(0, first), Math.min(edge.length, last)];
  if (slope === 0) {
    if (near < gapLeastM || near > sliverM) return null;
  } else {
    const ends = [first + (gapLeastM - near) / slope, first + (sliverM - near) / slope];
    from = Math.max(from, Math.min(...ends));
    to = Math.min(to, Math.max(...ends));
  }
  if (!(to > from)) return null;
  const [w0, w1] = [widthAt(from), widthAt(to)];
  const middle = (from + to) / 2;
  return {
    from,
    ax: edge.x + ux * from,
    ay: edge.y + uy * from,
    bx: edge.x + ux * to,
    by: edge.y + uy * to,
    length: to - from,
    widest: Math.max(w0, w1),
    area: ((w0 + w1) / 2) * (to - from),
    x: edge.x + ux * middle + (uy * (w0 + w1)) / 4,
    y: edge.y + uy * middle - (ux * (w0 + w1)) / 4,
  };
}

/** Stretches that follow each other along the boundary, end to end within the width of a gap, are one gap. */
function runsOf(all: Iterable<Stretch>): Stretch[][] {
  const runs: Stretch[][] = [];
  const follows = (p: Stretch | undefined, q: Stretch | undefined) =>
    p !== undefined && q !== undefined && Math.hypot(q.ax - p.bx, q.ay - p.by) < sliverM;
  for (const stretch of all) {
    const run = runs.at(-1);
    if (run && follows(run.at(-1), stretch)) run.push(stretch);
    else runs.push([stretch]);
  }
  // the ring goes round: its last run may end where its first begins
  if (runs.length > 1 && follows(runs.at(-1)!.at(-1), runs[0]![0])) runs[0]!.unshift(...runs.pop()!);
  return runs;
}
