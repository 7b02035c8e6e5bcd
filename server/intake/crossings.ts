/**
 * Where the edges of a shape meet as they must not. The database names one fault of an invalid shape; a surveyor wants all
 * of them, each with its place. It also tells whether repairing is bearable at all: the cost of ST_MakeValid grows with the
 * crossings, not the vertices (3,000 random vertices have about a million, took 12 s and 2.7 GB).
 */
import type { Ring } from './wkb.ts';

export interface Meeting {
  /** 'cross': two edges cross · 'overlap': an end of a stretch where two edges run along each other · 'touch': a ring meets itself in a vertex */
  kind: 'cross' | 'overlap' | 'touch';
  x: number;
  y: number;
}

export interface Meetings {
  /** in order of x, then y; at most `listed` of them */
  places: Meeting[];
  /** all that were counted */
  count: number;
  /** counting was given up: more than `most` meetings, or too many edges beside each other to compare */
  tangled: boolean;
}

/** 5,000 crossings are repaired in about 0.1 s and 15 MB (by the figures above); no surveyed boundary has so many. */
const most = 5000;
/** pairs of edges compared before giving up: about 0.3 s */
const mostPairs = 30_000_000;

interface Edges {
  /** x0 y0 x1 y1 with x0 ≤ x1 along the longer side of the shape, relative to its corner */
  ends: Float64Array;
  ring: Int32Array;
  place: Int32Array;
  ringSize: number[];
  count: number;
}

/** All meetings of the edges of one shape. `listed` bounds the places given back, not the count. */
export function findMeetings(polygons: readonly Ring[][], listed = 100): Meetings {
  const rings = polygons.flat();
  const box = boxOf(rings);
  const swap = box.y1 - box.y0 > box.x1 - box.x0;
  const edges = edgesOf(rings, swap ? box.y0 : box.x0, swap ? box.x0 : box.y0, swap);
  const order = Int32Array.from({ length: edges.count }, (_, i) => i).sort(
    (a, b) => edges.ends[4 * a]! - edges.ends[4 * b]!,
  );

  const seen = new Set<string>();
  const places: Meeting[] = [];
  let pairs = 0;
  let tangled = false;
  sweep: for (let i = 0; i < order.length; i++) {
    const a = order[i]!;
    const reach = edges.ends[4 * a + 2]!;
    for (let j = i + 1; j < order.length; j++) {
      const b = order[j]!;
      if (edges.ends[4 * b]! > reach) break;
      if (++pairs > mostPairs) {
        tangled = true;
        break sweep;
      }
      for (const meeting of meet(edges, a, b)) {
        const [x, y] = swap ? [meeting.y + box.x0, meeting.x + box.y0] : [meeting.x + box.x0, meeting.y + box.y0];
        const key = `${x.toPrecision(13)} ${y.toPrecision(13)}`;
        if (seen.has(key)) continue;
        seen.add(key);
        if (places.length < listed) places.push({ kind: meeting.kind, x, y });
      }
      if (seen.size > most) {
        tangled = true;
        break sweep;
      }
    }
  }
  places.sort((p, q) => p.x - q.x || p.y - q.y);
  return { places, count: seen.size, tangled };
}

function boxOf(rings: readonly Ring[]) {
  const box = { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity };
  for (const ring of rings)
    for (let i = 0; i < ring.length; i += 2) {
      box.x0 = Math.min(box.x0, ring[i]!);
      box.x1 = Math.max(box.x1, ring[i]!);
      box.y0 = Math.min(box.y0, ring[i + 1]!);
      box.y1 = Math.max(box.y1, ring[i + 1]!);
    }
  return box;
}

/** Edges of no length (a point twice in a row) are left out; the rest keep their place so that neighbours are known. */
function edgesOf(rings: readonly Ring[], along0: number, across0: number, swap: boolean): Edges {
  const total = rings.reduce((sum, ring) => sum + ring.length / 2, 0);
  const edges: Edges = {
    ends: new Float64Array(4 * total),
    ring: new Int32Array(total),
    place: new Int32Array(total),
    ringSize: [],
    count: 0,
  };
  rings.forEach((ring, r) => {
    let place = 0;
    for (let i = 2; i < ring.length; i += 2) {
      const [x0, y0, x1, y1] = [ring[i - 2]!, ring[i - 1]!, ring[i]!, ring[i + 1]!];
      if (x0 === x1 && y0 === y1) continue;
      const p = swap ? [y0 - along0, x0 - across0] : [x0 - along0, y0 - across0];
      const q = swap ? [y1 - along0, x1 - across0] : [x1 - along0, y1 - across0];
      const forward = p[0]! <= q[0]!;
      edges.ends.set(forward ? [p[0]!, p[1]!, q[0]!, q[1]!] : [q[0]!, q[1]!, p[0]!, p[1]!], 4 * edges.count);
      edges.ring[edges.count] = r;
      edges.place[edges.count] = place++;
      edges.count++;
    }
    edges.ringSize.push(place);
  });
  return edges;
}

const nowhere: Meeting[] = [];

function meet(edges: Edges, a: number, b: number): Meeting[] {
  const e = edges.ends;
  const [ax, ay, bx, by] = [e[4 * a]!, e[4 * a + 1]!, e[4 * a + 2]!, e[4 * a + 3]!];
  const [cx, cy, dx, dy] = [e[4 * b]!, e[4 * b + 1]!, e[4 * b + 2]!, e[4 * b + 3]!];
  if (Math.max(ay, by) < Math.min(cy, dy) || Math.max(cy, dy) < Math.min(ay, by)) return nowhere;
  const c = side(ax, ay, bx, by, cx, cy);
  const d = side(ax, ay, bx, by, dx, dy);
  if (c * d > 0) return nowhere;
  const p = side(cx, cy, dx, dy, ax, ay);
  const q = side(cx, cy, dx, dy, bx, by);
  if (p * q > 0) return nowhere;
  if (c === 0 && d === 0) return alongEachOther(edges, a, b);
  if (c * d < 0 && p * q < 0) {
    const share = p / (p - q);
    return [{ kind: 'cross', x: ax + share * (bx - ax), y: ay + share * (by - ay) }];
  }
  const [x, y] = c === 0 ? [cx, cy] : d === 0 ? [dx, dy] : p === 0 ? [ax, ay] : [bx, by];
  return touch(edges, a, b, x, y);
}

/** Edges on one line: both ends of what they share; a shared end alone is a touch. */
function alongEachOther(edges: Edges, a: number, b: number): Meeting[] {
  const e = edges.ends;
  const points = [a, b].map((k) => [
    [e[4 * k]!, e[4 * k + 1]!],
    [e[4 * k + 2]!, e[4 * k + 3]!],
  ]);
  const upright = points.every(([s, t]) => s![0] === t![0]);
  const axis = upright ? 1 : 0;
  const sorted = points.map((ends) => [...ends].sort((s, t) => s[axis]! - t[axis]!));
  const [low, high] = [
    sorted[0]![0]![axis]! > sorted[1]![0]![axis]! ? sorted[0]![0]! : sorted[1]![0]!,
    sorted[0]![1]![axis]! < sorted[1]![1]![axis]! ? sorted[0]![1]! : sorted[1]![1]!,
  ];
  if (low[axis]! > high[axis]!) return nowhere;
  if (low[axis] === high[axis]) return touch(edges, a, b, low[0]!, low[1]!);
  return [low, high].map(([x, y]) => ({ kind: 'overlap', x: x!, y: y! }));
}

/** Neighbours in a ring share a vertex by nature, and different rings may touch in a point; one ring meeting itself may not. */
function touch(edges: Edges, a: number, b: number, x: number, y: number): Meeting[] {
  if (edges.ring[a] !== edges.ring[b]) return nowhere;
  const size = edges.ringSize[edges.ring[a]!]!;
  const apart = Math.abs(edges.place[a]! - edges.place[b]!);
  return apart === 1 || apart === size - 1 ? nowhere : [{ kind: 'touch', x, y }];
}

/** Which side of the line p→q the point lies on: positive left, negative right, 0 on it. */
function side(px: number, py: number, qx: number, qy: number, x: number, y: number): number {
  return (qx - px) * (y - py) - (qy - py) * (x - px);
}
