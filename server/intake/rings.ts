/**
 * Rings of a foreign file → polygons, as little-endian WKB. Orientation is unreliable in files from everywhere (DOMAIN
 * §4.2), so a ring is an outer ring or a hole by how deep it lies in the others: even depth outer, odd depth hole.
 * Nothing is repaired here beyond closing a ring; what is left out or changed is a fault with its place.
 */
import { RingIndex } from './ring-index.ts';
import type { FaultCode, ShapeFault } from './source-types.ts';

/** x0, y0, x1, y1, …; closed after `cleanRing`. */
export type Ring = Float64Array;

const words: Record<FaultCode, { zh: string; en: string }> = {
  'ring-not-closed': {
    zh: '边界环首尾点不重合，已自动闭合',
    en: 'the ring does not end where it begins; it was closed',
  },
  'ring-too-few-points': {
    zh: '边界环不足三个不同的点，已略去',
    en: 'the ring has fewer than three different points; it was left out',
  },
  'ring-repeated': { zh: '同一边界环重复出现，只保留一个', en: 'the same ring occurs twice; one was kept' },
  'rings-cross': { zh: '边界环互相穿越', en: 'two rings cross each other' },
  'duplicate-vertex': { zh: '相邻界址点重复', en: 'a point is repeated' },
};

export function fault(code: FaultCode, x: number, y: number): ShapeFault {
  return { code, message: words[code], x, y };
}

/** Closed, at least three different points; otherwise null and a fault. Repeated points stay, the first is noted. */
export function cleanRing(ring: Ring, faults: ShapeFault[]): Ring | null {
  const last = ring.length - 2;
  if (last < 0) return null;
  let different = 1;
  let second = -1;
  for (let i = 2; i < ring.length && different < 3; i += 2) {
    if (ring[i] === ring[0] && ring[i + 1] === ring[1]) continue;
    if (second < 0) second = i;
    else if (ring[i] === ring[second] && ring[i + 1] === ring[second + 1]) continue;
    different++;
  }
  if (different < 3) {
    faults.push(fault('ring-too-few-points', ring[0]!, ring[1]!));
    return null;
  }
  for (let i = 2; i < ring.length; i += 2) {
    if (ring[i] !== ring[i - 2] || ring[i + 1] !== ring[i - 1]) continue;
    if (!faults.some((f) => f.code === 'duplicate-vertex'))
      faults.push(fault('duplicate-vertex', ring[i]!, ring[i + 1]!));
    break;
  }
  if (ring[0] === ring[last] && ring[1] === ring[last + 1]) return ring;
  const open = { dx: ring[0]! - ring[last]!, dy: ring[1]! - ring[last + 1]! };
  faults.push({ ...fault('ring-not-closed', ring[last]!, ring[last + 1]!), ...open });
  const closed = new Float64Array(ring.length + 2);
  closed.set(ring);
  closed[ring.length] = ring[0]!;
  closed[ring.length + 1] = ring[1]!;
  return closed;
}

/** Rings of one shape, not yet sorted into polygons (shapefile) → polygons, outer ring first. */
export function polygonsByNesting(rings: Ring[], faults: ShapeFault[]): Ring[][] {
  if (rings.length < 2) return rings.map((ring) => [ring]);
  const indexes = rings.map((ring) => new RingIndex(ring));
  const parents = findParents(indexes, faults);
  const depths = new Int32Array(rings.length);
  const order = indexes.map((_, i) => i).sort((a, b) => boxArea(indexes[b]!) - boxArea(indexes[a]!) || a - b);
  // a parent's box is never smaller than its child's, and of equal boxes findParents takes the earlier one
  for (const i of order) if (parents[i]! >= 0) depths[i] = depths[parents[i]!]! + 1;
  const polygons = new Map<number, Ring[]>();
  rings.forEach((ring, i) => {
    if (parents[i]! > -2 && depths[i]! % 2 === 0) polygons.set(i, [ring]);
  });
  rings.forEach((ring, i) => {
    if (parents[i]! >= 0 && depths[i]! % 2 === 1) polygons.get(parents[i]!)!.push(ring);
  });
  return [...polygons.values()];
}

const boxArea = (r: RingIndex) => (r.x1 - r.x0) * (r.y1 - r.y0);

/**
 * The smallest ring around each ring: its index, -1 for none, -2 where the ring repeats an earlier one. A sweep along
 * one axis keeps only rings whose boxes can contain the next, so that tens of thousands of holes stay cheap.
 */
function findParents(rings: RingIndex[], faults: ShapeFault[]): Int32Array {
  const parents = new Int32Array(rings.length).fill(-1);
  const alongX = spread(rings, 'x0', 'x1') <= spread(rings, 'y0', 'y1');
  const from = (r: RingIndex) => (alongX ? r.x0 : r.y0);
  const to = (r: RingIndex) => (alongX ? r.x1 : r.y1);
  // of equal starts the larger box first, so that a container is always met before what it contains
  const order = rings
    .map((_, i) => i)
    .sort((a, b) => from(rings[a]!) - from(rings[b]!) || boxArea(rings[b]!) - boxArea(rings[a]!) || a - b);
  let active: number[] = [];
  for (const i of order) {
    const ring = rings[i]!;
    if (active.length > 64 && active.some((a) => to(rings[a]!) < from(ring)))
      active = active.filter((a) => to(rings[a]!) >= from(ring));
    let parent = -1;
    for (const a of active) {
      const outer = rings[a]!;
      if (outer.x0 > ring.x0 || outer.x1 < ring.x1 || outer.y0 > ring.y0 || outer.y1 < ring.y1) continue;
      if (parent >= 0 && boxArea(rings[parent]!) <= boxArea(outer)) continue;
      const side = outer.sideOf(ring);
      if (side.crosses) faults.push(fault('rings-cross', side.x, side.y));
      if (side.same) {
        faults.push(fault('ring-repeated', ring.coordinates[0]!, ring.coordinates[1]!));
        parent = -2;
        break;
      }
      if (side.inside) parent = a;
    }
    parents[i] = parent;
    if (parent !== -2) active.push(i);
  }
  return parents;
}

/** How long the boxes are along an axis, in shares of the whole: the shorter, the better it sorts. */
function spread(rings: RingIndex[], low: 'x0' | 'y0', high: 'x1' | 'y1'): number {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const r of rings) {
    least = Math.min(least, r[low]);
    most = Math.max(most, r[high]);
    sum += r[high] - r[low];
  }
  return sum / (most - least || 1);
}

/** Polygons (outer ring first, rings closed) → MultiPolygon WKB, little endian, XY; null for none. */
export function multiPolygonWkb(polygons: Ring[][]): Buffer | null {
  if (polygons.length === 0) return null;
  let size = 9;
  for (const rings of polygons) size += 9 + rings.reduce((sum, ring) => sum + 4 + ring.byteLength, 0);
  const wkb = Buffer.allocUnsafe(size);
  let at = 0;
  const head = (type: number, count: number) => {
    wkb[at] = 1;
    wkb.writeUInt32LE(type, at + 1);
    wkb.writeUInt32LE(count, at + 5);
    at += 9;
  };
  head(6, polygons.length);
  for (const rings of polygons) {
    head(3, rings.length);
    for (const ring of rings) {
      at = wkb.writeUInt32LE(ring.length / 2, at);
      // every platform Node 24 runs on is little endian, so memory order is WKB order
      at += Buffer.from(ring.buffer, ring.byteOffset, ring.byteLength).copy(wkb, at);
    }
  }
  return wkb;
}
