/**
 * A terraced hillside: rows that wind along the contours, 6 m from point to point. Everything on it (plots, land use,
 * red lines, patches) is drawn in its own coordinates u (points along a row) and v (rows uphill), so that what belongs
 * together shares its edges exactly, and a share of a plot is what it was meant to be.
 */
import { toMillimetre } from './lattice.ts';
import { type Chance, chanceAt } from './random.ts';
import { type Point, uphill } from './terrain.ts';

export const stepM = 6;

export class Block {
  /** nodes[row line][point along it] */
  readonly nodes: Point[][];
  /** greatest u and v */
  readonly length: number;
  readonly depth: number;

  constructor(nodes: Point[][]) {
    this.nodes = nodes;
    this.length = nodes[0]!.length - 1;
    this.depth = nodes.length - 1;
  }

  /** The place of (u, v), to the millimetre. Straight between the nodes of a row line and straight from line to line. */
  at(u: number, v: number): Point {
    const i = Math.min(Math.floor(v), this.depth - 1);
    const k = Math.min(Math.floor(u), this.length - 1);
    const along = (line: Point[]): Point => {
      const [a, b] = [line[k]!, line[k + 1]!];
      return [a[0] + (b[0] - a[0]) * (u - k), a[1] + (b[1] - a[1]) * (u - k)];
    };
    const [low, high] = [along(this.nodes[i]!), along(this.nodes[i + 1]!)];
    const t = v - i;
    return [toMillimetre(low[0] + (high[0] - low[0]) * t), toMillimetre(low[1] + (high[1] - low[1]) * t)];
  }

  /** Ring of u0 … u1, v0 … v1, anticlockwise, not closed; follows the row lines point by point. */
  rect(u0: number, u1: number, v0: number, v1: number): Point[] {
    const us = between(u0, u1);
    const vs = between(v0, v1).slice(1, -1);
    return [
      ...us.map((u) => this.at(u, v0)),
      ...vs.map((v) => this.at(u1, v)),
      ...[...us].reverse().map((u) => this.at(u, v1)),
      ...[...vs].reverse().map((v) => this.at(u0, v)),
    ];
  }

  /** A roundish patch about (u, v), `ru` points along and `rv` rows deep. */
  blob(u: number, v: number, ru: number, rv: number, seed: number, points = 18): Point[] {
    return Array.from({ length: points }, (_, n) => {
      const angle = (2 * Math.PI * n) / points;
      const r = 0.85 + 0.3 * chanceAt(n, points, seed);
      return this.at(u + ru * r * Math.cos(angle), v + rv * r * Math.sin(angle));
    });
  }

  /** The whole outline, every node of it. */
  outline(): Point[] {
    return this.rect(0, this.length, 0, this.depth);
  }

  /** What lies beyond a line v = f(u) and on past the block by `reachM` metres, uphill or downhill. */
  beyond(f: (u: number) => number, u0: number, u1: number, reachM: number, side: 'uphill' | 'downhill'): Point[] {
    const us = between(u0, u1);
    const edge = this.nodes[side === 'uphill' ? this.depth : 0]!;
    const far = us
      .filter((_, n) => n % 4 === 0 || n === us.length - 1)
      .map((u): Point => {
        const [x, y] = edge[Math.round(u)]!;
        const up = uphill(x, y);
        const reach = reachM * (side === 'uphill' ? 1 : -1) * (0.8 + 0.2 * chanceAt(Math.round(u), 7, this.length));
        return [toMillimetre(x + up.dx * reach), toMillimetre(y + up.dy * reach)];
      });
    const near = us.map((u) => this.at(u, f(u)));
    return side === 'uphill' ? [...near, ...far.reverse()] : [...far, ...near.reverse()];
  }

  box(pad = 0): [number, number, number, number] {
    const all = this.nodes.flat();
    const xs = all.map((p) => p[0]);
    const ys = all.map((p) => p[1]);
    return [Math.min(...xs) - pad, Math.min(...ys) - pad, Math.max(...xs) + pad, Math.max(...ys) + pad];
  }
}

/** a, the whole numbers between, b. */
export function between(a: number, b: number): number[] {
  const found = [a];
  for (let k = Math.floor(a) + 1; k < b; k++) found.push(k);
  return [...found, b];
}

/**
 * Terraces from a point: the lowest row line follows the contour to both sides, each next one lies a row's width uphill.
 * undefined where the ground is too flat or too broken for it.
 */
export function terrace(
  start: Point,
  lengthM: number,
  rowWidths: readonly number[],
  chance: Chance,
): Block | undefined {
  const half = Math.round(lengthM / stepM / 2);
  const sides = [-1, 1].map((sign) => {
    const line: Point[] = [];
    let [x, y] = start;
    for (let k = 0; k < half; k++) {
      const up = uphill(x, y);
      x -= sign * up.dy * stepM;
      y += sign * up.dx * stepM;
      line.push([x, y]);
    }
    return line;
  });
  // anticlockwise rings need u to run with the hill on its left
  let line: Point[] = [...sides[0]!.reverse(), start, ...sides[1]!];
  const seen = uphill(...start);
  const [first, last] = [line[0]!, line.at(-1)!];
  if ((last[0] - first[0]) * seen.dy - (last[1] - first[1]) * seen.dx < 0) line = line.reverse();
  const nodes: Point[][] = [];
  const seed = chance.whole(1, 1e6);
  for (let row = 0; row <= rowWidths.length; row++) {
    nodes.push(line.map(([x, y]): Point => [toMillimetre(x), toMillimetre(y)]));
    line = line.map(([x, y], k): Point => {
      const up = uphill(x, y);
      const step = (rowWidths[row] ?? 0) * (1 + 0.1 * (chanceAt(k >> 2, row, seed) - 0.5));
      return [x + up.dx * step, y + up.dy * step];
    });
  }
  return isSound(nodes) ? new Block(nodes) : undefined;
}

/** Every mesh cell is a proper quadrangle of near its meant size. */
function isSound(nodes: readonly Point[][]): boolean {
  for (let i = 0; i + 1 < nodes.length; i++) {
    for (let k = 0; k + 1 < nodes[i]!.length; k++) {
      const [a, b, c, d] = [nodes[i]![k]!, nodes[i]![k + 1]!, nodes[i + 1]![k + 1]!, nodes[i + 1]![k]!];
      const half = (p: Point, q: Point, r: Point) => (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
      const corners = [half(a, b, c), half(b, c, d), half(c, d, a), half(d, a, b)];
      if (corners.some((area) => area < 50 || area > 260)) return false;
    }
  }
  return true;
}
