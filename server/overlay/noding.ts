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
    const xs = [...x0, ...x1];
    const ys = [...y0, ...y1];
    this.#crossings(xs, ys);
    this.#nodes(xs, ys);
    for (let segment = 0; segment < count; segment++) this.#breakUp(segment);
  }

  /** Adds where segments cross between their ends. */
  #crossings(xs: number[], ys: number[]): void {
    const { x0, y0, x1, y1, count, step } = this.#all;
    const order = Array.from({ length: count }, (_, n) => n).sort((a, b) => x0[a]! - x0[b]! || a - b);
    const low = Float64Array.from(y0, (y, n) => Math.min(y, y1[n]!));
    const high = Float64Array.from(y0, (y, n) => Math.max(y, y1[n]!));
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
    const side = (one: number, x: number, y: number) => Math.sign(turn(x0[one]!, y0[one]!, x1[one]!, y1[one]!, x, y));
    return (
      side(a, x0[b]!, y0[b]!) * side(a, x1[b]!, y1[b]!) < 0 && side(b, x0[a]!, y0[a]!) * side(b, x1[a]!, y1[a]!) < 0
    );
  }

  #nodes(xs: readonly number[], ys: readonly number[]): void {
    const order = Array.from(xs, (_, n) => n)
      .sort((a, b) => xs[a]! - xs[b]! || ys[a]! - ys[b]!)
      .filter((n, place, all) => place === 0 || xs[n] !== xs[all[place - 1]!] || ys[n] !== ys[all[place - 1]!]);
    this.nodeX = Float64Array.from(order, (n) => xs[n]!);
    this.nodeY = Float64Array.from(order, (n) => ys[n]!);
  }

  #breakUp(segment: number): void {
    const { x0, y0, x1, y1, step } = this.#all;
    const [ax, ay, bx, by] = [x0[segment]!, y0[segment]!, x1[segment]!, y1[segment]!];
    const { nodeX, nodeY } = this;
    const [low, high] = ay < by ? [ay, by] : [by, ay];
    const way: number[] = [];
    /** first of the nodes in `way` on the meridian in hand */
    let column = 0;
    for (let node = firstAt(nodeX, ax); node < nodeX.length && nodeX[node]! <= bx; node++) {
      this.#bound();
      const [x, y] = [nodeX[node]!, nodeY[node]!];
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
    const [from, to] = a < b ? [a, b] : [b, a];
    const key = from * this.nodeX.length + to;
    let fragment = this.#known.get(key);
    if (fragment === undefined) {
      fragment = this.from.length;
      this.#known.set(key, fragment);
      this.from.push(from);
      this.to.push(to);
      this.segments.push([]);
      this.ways.push([]);
    }
    this.segments[fragment]!.push(segment);
    this.ways[fragment]!.push(a < b ? 1 : -1);
  }

  #bound(): void {
    if (++this.#work > mostWork) throw new OutlineFailed(`too many edges over the parcel to draw: ${this.#all.count}`);
  }
}

/** The first place in ascending numbers of one not under `least`. */
function firstAt(ascending: Float64Array, least: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
