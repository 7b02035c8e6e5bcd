/**
 * Segments that cross and touch, broken up into fragments that meet at their ends alone. Crossings seldom fall on a double, and a segment
 * bent to the nearest one may run into a third; snap rounding (Hobby, 1999) bends every segment to each node of whose rounding it comes
 * within reach, half a step of doubles (1e-14 degrees, 1 nm), and fragments so made never cross. That holds where steps are alike; on 128° E,
 * on 32° N and around 0 they change, and coincidences within some steps can still mislead it. `faces.ts` and `rings.ts` notice, and
 * all is done again on a grid of one step.
 */
import { crossingOf, passes, turn } from './exact.ts';
import type { Segments } from './segments.ts';

/** The outline of a parcel could not be made out, while its shares stand. */
export class OutlineFailed extends Error {}

/** looks at a segment beside another, or at a node: about a second; `arrange` refuses most parcels that come near it */
const mostWork = 2e8;

/** Nodes from west to east, south to north on one meridian; fragments from the lower node to the higher. */
export interface Fragments {
  readonly nodeX: Float64Array;
  readonly nodeY: Float64Array;
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** by fragment: the segments along it; and for each whether it runs (1) or against (−1) the fragment */
  readonly segments: readonly (readonly number[])[];
  readonly ways: readonly (readonly number[])[];
}

/** @throws OutlineFailed where it would take too long */
export function fragmentsOf(segments: Segments): Fragments {
  const noding = new Noding(segments);
  noding.run();
  return noding;
}

class Noding implements Fragments {
  nodeX = new Float64Array();
  nodeY = new Float64Array();
  readonly from: number[] = [];
  readonly to: number[] = [];
  readonly segments: number[][] = [];
  readonly ways: number[][] = [];
  readonly #all: Segments;
  /** fragment by its nodes */
  readonly #known = new Map<number, number>();
  #work = 0;

  constructor(all: Segments) {
    this.#all = all;
  }

  run(): void {
    const { x0, y0, x1, y1, count } = this.#all;
    const xs = x0.concat(x1);
    const ys = y0.concat(y1);
    this.#crossings(xs, ys);
    this.#nodes(xs, ys);
    for (let segment = 0; segment < count; segment++) this.#breakUp(segment);
  }

  /** Adds where segments cross between their ends. */
  #crossings(xs: number[], ys: number[]): void {
    const { x0, y0, x1, y1, count, step } = this.#all;
    const order = ascending(count).sort((a, b) => x0[a]! - x0[b]! || a - b);
    const low = new Float64Array(count);
    const high = new Float64Array(count);
    for (let n = 0; n < count; n++) {
      low[n] = Math.min(y0[n]!, y1[n]!);
      high[n] = Math.max(y0[n]!, y1[n]!);
    }
    for (let i = 0; i < count; i++) {
      const a = order[i]!;
      for (let j = i + 1; j < count && x0[order[j]!]! < x1[a]!; j++) {
        const b = order[j]!;
        this.#bound();
        if (low[b]! >= high[a]! || high[b]! <= low[a]! || !this.#cross(a, b)) continue;
        const [x, y] = crossingOf(step, x0[a]!, y0[a]!, x1[a]!, y1[a]!, x0[b]!, y0[b]!, x1[b]!, y1[b]!);
        xs.push(x);
        ys.push(y);
      }
    }
  }

  /** Whether each has its ends on both sides of the other. */
  #cross(a: number, b: number): boolean {
    const { x0, y0, x1, y1 } = this.#all;
    return (
      apart(x0[a]!, y0[a]!, x1[a]!, y1[a]!, x0[b]!, y0[b]!, x1[b]!, y1[b]!) &&
      apart(x0[b]!, y0[b]!, x1[b]!, y1[b]!, x0[a]!, y0[a]!, x1[a]!, y1[a]!)
    );
  }

  #nodes(xs: readonly number[], ys: readonly number[]): void {
    const order = ascending(xs.length).sort((a, b) => xs[a]! - xs[b]! || ys[a]! - ys[b]!);
    const nodeX = new Float64Array(order.length);
    const nodeY = new Float64Array(order.length);
    let count = 0;
    for (const n of order) {
      if (count > 0 && xs[n] === nodeX[count - 1] && ys[n] === nodeY[count - 1]) continue;
      nodeX[count] = xs[n]!;
      nodeY[count++] = ys[n]!;
    }
    this.nodeX = nodeX.subarray(0, count);
    this.nodeY = nodeY.subarray(0, count);
  }

  #breakUp(segment: number): void {
    const { x0, y0, x1, y1, step } = this.#all;
    const ax = x0[segment]!;
    const ay = y0[segment]!;
    const bx = x1[segment]!;
    const by = y1[segment]!;
    const { nodeX, nodeY } = this;
    const low = Math.min(ay, by);
    const high = Math.max(ay, by);
    const way: number[] = [];
    /** first of the nodes in `way` on the meridian in hand */
    let column = 0;
    for (let node = firstAt(nodeX, ax); node < nodeX.length && nodeX[node]! <= bx; node++) {
      this.#bound();
      const x = nodeX[node]!;
      const y = nodeY[node]!;
      if (y < low || y > high) continue;
      const isEnd = (x === ax && y === ay) || (x === bx && y === by);
      if (!isEnd && !passes(ax, ay, bx, by, x, y, step)) continue;
      if (by >= ay) way.push(node);
      else {
        // going down, it meets the highest on a meridian first
        if (way.length > column && nodeX[way[column]!] !== x) column = way.length;
        way.splice(column, 0, node);
      }
    }
    for (let n = 1; n < way.length; n++) this.#fragment(way[n - 1]!, way[n]!, segment);
  }

  #fragment(a: number, b: number, segment: number): void {
    const from = Math.min(a, b);
    const to = Math.max(a, b);
    const way = a < b ? 1 : -1;
    const key = from * this.nodeX.length + to;
    const fragment = this.#known.get(key);
    if (fragment !== undefined) {
      this.segments[fragment]!.push(segment);
      this.ways[fragment]!.push(way);
      return;
    }
    this.#known.set(key, this.from.length);
    this.from.push(from);
    this.to.push(to);
    // as a rule one is along it: a list that begins empty takes room for seventeen
    this.segments.push([segment]);
    this.ways.push([way]);
  }

  #bound(): void {
    if (++this.#work > mostWork) throw new OutlineFailed(`too many edges over the parcel to draw: ${this.#all.count}`);
  }
}

/** Whether the line from a to b, of the first two points, has the other two on either side. */
function apart(
  ax: number,
  ay: number,
  bx: number,
  by: number,
  cx: number,
  cy: number,
  dx: number,
  dy: number,
): boolean {
  const c = turn(ax, ay, bx, by, cx, cy);
  const d = turn(ax, ay, bx, by, dx, dy);
  return (c < 0 && d > 0) || (c > 0 && d < 0);
}

/** 0, 1, 2 … */
function ascending(count: number): number[] {
  const places: number[] = [];
  for (let n = 0; n < count; n++) places.push(n);
  return places;
}

/** The first place in ascending numbers of one not under `least`. */
function firstAt(rising: Float64Array, least: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
