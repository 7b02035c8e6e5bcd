/**
 * The ground is laid out on a bent lattice of about 250 m, one row of which is the river. Land-use patches, townships,
 * the county and the ridges' red lines are connected cells of one label; their common borders are the same polylines,
 * point for point, as in a clean survey.
 */
import { chanceAt, smoothNoise } from './random.ts';
import { meander, type Point } from './terrain.ts';

export const columns = 42;
/** nominal northings of the lattice lines; the river lies between lines 12 and 13 */
const lines: number[] = [];
for (let y = 0; y <= 3000; y += 250) lines.push(y);
for (let y = 3050; y <= 8050; y += 250) lines.push(y);
export const rows = lines.length - 1;
export const riverRow = 12;
const pointsPerEdge = 5;

export const toMillimetre = (v: number) => Math.round(v * 1000) / 1000;

function bent(x: number, y: number): Point {
  return [x + 70 * smoothNoise(x / 900, y / 900, 31), y + meander(x) + 45 * smoothNoise(x / 900, y / 900, 32)];
}

function node(i: number, j: number): Point {
  const [x, y] = bent(i * 250, lines[j]!);
  return [toMillimetre(x), toMillimetre(y)];
}

/** Inner points of the edge from node (i, j) to its neighbour to the east or north, always in that direction. */
function innerPoints(i: number, j: number, direction: 'east' | 'north'): Point[] {
  const east = direction === 'east';
  const length = east ? 250 : lines[j + 1]! - lines[j]!;
  const n = Math.max(1, Math.round((pointsPerEdge * length) / 250));
  return Array.from({ length: n - 1 }, (_, k): Point => {
    const t = (k + 1) / n;
    const jitter = (seed: number) => (chanceAt(i * 16 + k, j, seed) - 0.5) * 14;
    const [x, y] = east ? bent((i + t) * 250, lines[j]!) : bent(i * 250, lines[j]! + t * length);
    return [toMillimetre(x + jitter(east ? 33 : 34)), toMillimetre(y + jitter(east ? 35 : 36))];
  });
}

type Node = readonly [number, number];

/** Points from one node up to, but not including, the next. */
function walk([i, j]: Node, [i2, j2]: Node): Point[] {
  const forward = i2 > i || j2 > j;
  const inner = innerPoints(Math.min(i, i2), Math.min(j, j2), j === j2 ? 'east' : 'north');
  return [node(i, j), ...(forward ? inner : inner.reverse())];
}

/** Cell (i, j) that holds a place, near enough: found by its centre. */
export function cellNear([x, y]: Point): [number, number] {
  let best: [number, number] = [0, 0];
  let least = Number.POSITIVE_INFINITY;
  const i0 = Math.floor(x / 250);
  for (let i = Math.max(0, i0 - 1); i <= Math.min(columns - 1, i0 + 1); i++) {
    for (let j = 0; j < rows; j++) {
      const [cx, cy] = cellCentre(i, j);
      const d = (cx - x) ** 2 + (cy - y) ** 2;
      if (d < least) [least, best] = [d, [i, j]];
    }
  }
  return best;
}

export function cellCentre(i: number, j: number): Point {
  return bent((i + 0.5) * 250, (lines[j]! + lines[j + 1]!) / 2);
}

export interface Patch {
  label: string;
  cells: [number, number][];
  /** the shell first, anticlockwise, then the holes, clockwise; not closed */
  rings: Point[][];
}

/** Connected cells (by sides) of equal label, each with its rings; cells labelled null belong to nothing. */
export function patches(labelOf: (i: number, j: number) => string | null): Patch[] {
  const labels = Array.from({ length: columns * rows }, (_, n) => labelOf(n % columns, Math.floor(n / columns)));
  const part = new Int32Array(columns * rows).fill(-1);
  const found: Patch[] = [];
  for (let start = 0; start < labels.length; start++) {
    const label = labels[start]!;
    if (label === null || part[start]! >= 0) continue;
    const cells: [number, number][] = [];
    const queue = [start];
    part[start] = found.length;
    for (let n = queue.pop(); n !== undefined; n = queue.pop()) {
      const [i, j] = [n % columns, Math.floor(n / columns)];
      cells.push([i, j]);
      for (const [a, b] of [
        [i - 1, j],
        [i + 1, j],
        [i, j - 1],
        [i, j + 1],
      ] as const) {
        const m = b * columns + a;
        if (a < 0 || b < 0 || a >= columns || b >= rows || part[m]! >= 0 || labels[m] !== label) continue;
        part[m] = found.length;
        queue.push(m);
      }
    }
    cells.sort((p, q) => p[1] - q[1] || p[0] - q[0]);
    found.push({ label, cells, rings: ringsOf(cells) });
  }
  return found;
}

/** Borders of a set of cells, followed with the land on the left; where two corners meet the right turn keeps rings simple. */
function ringsOf(cells: readonly [number, number][]): Point[][] {
  const inside = new Set(cells.map(([i, j]) => j * columns + i));
  const has = (i: number, j: number) => i >= 0 && i < columns && inside.has(j * columns + i);
  const next = new Map<string, Node[]>();
  const edge = (from: Node, to: Node) => next.set(`${from}`, [...(next.get(`${from}`) ?? []), to]);
  for (const [i, j] of cells) {
    if (!has(i, j - 1)) edge([i, j], [i + 1, j]);
    if (!has(i + 1, j)) edge([i + 1, j], [i + 1, j + 1]);
    if (!has(i, j + 1)) edge([i + 1, j + 1], [i, j + 1]);
    if (!has(i - 1, j)) edge([i, j + 1], [i, j]);
  }
  const rings: { nodes: Node[]; area: number }[] = [];
  // a node with two ways out is never a start: a ring that begins there could end there too early
  for (const key of [...next.keys()].sort((a, b) => next.get(a)!.length - next.get(b)!.length)) {
    for (let ways = next.get(key)!; ways.length > 0; ways = next.get(key)!) {
      const first = key.split(',').map(Number) as [number, number];
      const nodes: Node[] = [first];
      let [from, to]: [Node, Node] = [first, ways.pop()!];
      while (`${to}` !== key) {
        nodes.push(to);
        const onward = next.get(`${to}`)!;
        const turn = (w: Node) => (to[0] - from[0]) * (w[1] - to[1]) - (to[1] - from[1]) * (w[0] - to[0]);
        onward.sort((a, b) => turn(b) - turn(a));
        [from, to] = [to, onward.pop()!];
      }
      const area = nodes.reduce((s, a, k) => {
        const b = nodes[(k + 1) % nodes.length]!;
        return s + a[0] * b[1] - b[0] * a[1];
      }, 0);
      rings.push({ nodes, area });
    }
  }
  rings.sort((a, b) => b.area - a.area);
  return rings.map(({ nodes }) => nodes.flatMap((n, k) => walk(n, nodes[(k + 1) % nodes.length]!)));
}
