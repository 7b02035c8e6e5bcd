/**
 * The sweep over slabs that `arrange` is: nearly all of the time that a parcel takes. What it needs per edge and per stop lies in arrays
 * that all parcels share; an edge's height is worked out once per stop, for the slab before it and the slab behind.
 */
import type { EdgeList } from './edge-list.ts';
import { LabelSets } from './label-sets.ts';
import type { AreaWeight } from './weight.ts';

/** Work that one parcel may cause (edges looked at in slabs): about a second; past it, it is a trap and not a plot. */
const mostWork = 2e8;
/** vertices and crossings over one parcel: 32 MB of them */
const mostStops = 4e6;

/** The parcel could not be made out; nothing may be concluded of it, least of all that nothing lies over it. */
export class ArrangementFailed extends Error {}

/** All x at which something begins, ends or crosses. */
let stops = new Float64Array(1024);
/** by rank from the west: edges; and room to sort them in */
let order = new Int32Array(256);
let orderRoom = new Int32Array(256);
/** edges over the slab in hand, from below upward, and their heights in its middle (twice) */
let active = new Int32Array(256);
let middles = new Float64Array(256);
/** by edge: its height where the slab begins and ends */
let lefts = new Float64Array(256);
let rights = new Float64Array(256);
/** by set of labels: weighted area */
let areas = new Float64Array(64);

export class Sweep {
  readonly #edges: EdgeList;
  /** of the polynomial for the land under an edge */
  readonly #ofSquares: number;
  readonly #ofCubes: number;
  readonly #sets: LabelSets;
  /** edges below the box over the slab in hand, and the first x at which one ends */
  readonly #underground: number[] = [];
  #groundEnds = Infinity;
  #work = 0;

  constructor(edges: EdgeList, { first, second }: AreaWeight) {
    this.#edges = edges;
    this.#sets = new LabelSets(edges.labels);
    this.#ofSquares = first / 6;
    this.#ofCubes = second / 12;
    areas.fill(0);
    if (order.length >= edges.count) return;
    const size = 2 * edges.count;
    [order, orderRoom, active] = [new Int32Array(size), new Int32Array(size), new Int32Array(size)];
    [middles, lefts, rights] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  }

  /** @throws ArrangementFailed */
  run(): void {
    const { count, x0, y0, x1, y1, slope, label, below } = this.#edges;
    this.#sort();
    const found = this.#stops();
    // a name of the module is looked up at every use
    const [xs, from, over, heights, leftOf, rightOf] = [stops, order, active, middles, lefts, rights];
    let next = 0;
    let size = 0;
    for (let n = 0; n + 1 < found; n++) {
      const left = xs[n]!;
      const right = xs[n + 1]!;
      if (right <= left) continue;
      if (left >= this.#groundEnds) this.#end(left);
      for (; next < count && x0[from[next]!]! <= left; next++) {
        const edge = from[next]!;
        if (below[edge]) this.#begin(edge);
        else {
          over[size++] = edge;
          rightOf[edge] = y0[edge]!;
        }
      }
      let kept = 0;
      let own = 0;
      let work = size;
      for (let place = 0; place < size; place++) {
        const edge = over[place]!;
        const end = x1[edge]!;
        if (end <= left) continue;
        const before = rightOf[edge]!;
        const height = right >= end ? y1[edge]! : y0[edge]! + (right - x0[edge]!) * slope[edge]!;
        leftOf[edge] = before;
        rightOf[edge] = height;
        if (label[edge] === 0) own++;
        const middle = before + height;
        // nearly sorted already: the slab before had most of them
        let at = kept++;
        for (; at > 0 && heights[at - 1]! > middle; at--) {
          heights[at] = heights[at - 1]!;
          over[at] = over[at - 1]!;
          work++;
        }
        heights[at] = middle;
        over[at] = edge;
      }
      size = kept;
      this.#work += work;
      if (this.#work > mostWork) throw this.#tooMuch(found);
      if (own > 0) this.#climb(own, right - left);
    }
  }

  #begin(edge: number): void {
    const { x1, label, turn } = this.#edges;
    this.#underground.push(edge);
    this.#groundEnds = Math.min(this.#groundEnds, x1[edge]!);
    this.#sets.crossUnderground(label[edge]! - 1, turn[edge]!);
  }

  /** Takes out what ends up to there. */
  #end(x: number): void {
    const { x1, label, turn } = this.#edges;
    this.#groundEnds = Infinity;
    this.#work += this.#underground.length;
    let kept = 0;
    for (const edge of this.#underground) {
      if (x1[edge]! <= x) this.#sets.crossUnderground(label[edge]! - 1, -turn[edge]!);
      else {
        this.#underground[kept++] = edge;
        this.#groundEnds = Math.min(this.#groundEnds, x1[edge]!);
      }
    }
    this.#underground.length = kept;
  }

  /** @param cornerArea of the parcel, from its corners: another way to the sum of its parts, but for the weight (0.2 % in 20 km) */
  cells(cornerArea: number): { labels: readonly number[]; share: number }[] {
    const { count } = this.#sets;
    let whole = 0;
    for (let set = 0; set < count && set < areas.length; set++) whole += areas[set]!;
    if (!(whole > 0) || Math.abs(whole / cornerArea - 1) > 0.1)
      throw new ArrangementFailed(`the parts of the parcel come to ${whole / cornerArea} of it`);
    const cells: { labels: readonly number[]; share: number }[] = [];
    for (let set = 0; set < count && set < areas.length; set++)
      if (areas[set] !== 0) cells.push({ labels: this.#sets.labels(set), share: areas[set]! / whole });
    return cells;
  }

  /** Edges from the west, those that begin together as they came. */
  #sort(): void {
    const { count, x0 } = this.#edges;
    for (let n = 0; n < count; n++) order[n] = n;
    for (let length = 1; length < count; length *= 2) {
      const [read, write] = [order, orderRoom];
      for (let start = 0; start < count; start += 2 * length) {
        const middle = Math.min(start + length, count);
        const end = Math.min(middle + length, count);
        let a = start;
        let b = middle;
        for (let n = start; n < end; n++)
          write[n] = b >= end || (a < middle && x0[read[a]!]! <= x0[read[b]!]!) ? read[a++]! : read[b++]!;
      }
      [order, orderRoom] = [write, read];
    }
  }

  /** Puts the stops in order. @returns how many */
  #stops(): number {
    const { count, x0, x1, low, high, below } = this.#edges;
    const from = order;
    let found = 0;
    let work = 0;
    for (let i = 0; i < count; i++) {
      const a = from[i]!;
      if (found + count + 2 > stops.length) widenStops(2 * (found + count + 2));
      const xs = stops;
      xs[found++] = x0[a]!;
      xs[found++] = x1[a]!;
      if (found > mostStops || work > mostWork) throw this.#tooMuch(found);
      if (below[a]) continue;
      const end = x1[a]!;
      const lowA = low[a]!;
      const highA = high[a]!;
      for (let j = i + 1; j < count; j++) {
        const b = from[j]!;
        if (x0[b]! >= end) break;
        work++;
        if (high[b]! <= lowA || low[b]! >= highA || below[b]) continue;
        const x = this.#crossing(a, b);
        if (x !== undefined) xs[found++] = x;
      }
    }
    this.#work = work;
    sortStops(found);
    return found;
  }

  /** The x at which two edges cross between their ends, b beginning no further west; undefined where they do not, or lie along each other. */
  #crossing(a: number, b: number): number | undefined {
    const { x0, y0, x1, y1, slope } = this.#edges;
    const left = x0[b]!;
    const right = Math.min(x1[a]!, x1[b]!);
    const before = (left > x0[a]! ? y0[a]! + (left - x0[a]!) * slope[a]! : y0[a]!) - y0[b]!;
    const after =
      (right < x1[a]! ? y0[a]! + (right - x0[a]!) * slope[a]! : y1[a]!) -
      (right < x1[b]! ? y0[b]! + (right - x0[b]!) * slope[b]! : y1[b]!);
    if (before === 0 || after === 0 || before > 0 === after > 0) return undefined;
    const x = left + (before / (before - after)) * (right - left);
    return x > left && x < right ? x : undefined;
  }

  #tooMuch(found = 0): ArrangementFailed {
    return new ArrangementFailed(`too many edges over the parcel: ${this.#edges.count}, crossing ${found} times`);
  }

  /**
   * Weighted areas between neighbouring edges of the slab, each to the set of labels there.
   * @param own how many edges are the parcel's
   */
  #climb(own: number, width: number): void {
    const { label, turn } = this.#edges;
    const over = active;
    const sets = this.#sets;
    sets.reset();
    let inside = 0;
    let floor = 0;
    for (let place = 0, left = own; left > 0; place++) {
      const edge = over[place]!;
      const of = label[edge]!;
      if (inside > 0) {
        const ceiling = this.#under(edge, width);
        const { current } = sets;
        if (current >= areas.length) widenAreas(2 * sets.count);
        areas[current]! += ceiling - floor;
        floor = ceiling;
      }
      if (of === 0) {
        left--;
        const before = inside;
        inside += turn[edge]!;
        if (before <= 0 && inside > 0) floor = this.#under(edge, width);
      } else sets.cross(of - 1, turn[edge]!);
    }
  }

  /** Weighted area between the edge and the south of the box within the slab: the integral of y + first·y²/2 + second·y³/3. */
  #under(edge: number, width: number): number {
    const a = lefts[edge]!;
    const b = rights[edge]!;
    const sum = a + b;
    const squares = a * a + b * b;
    return width * (sum / 2 + this.#ofSquares * (squares + a * b) + this.#ofCubes * (sum * squares));
  }
}

/** In place. Edges come from the west, so few stops are far from their place: by insertion 2 µs of 200, by the engine's own sort 11. */
function sortStops(found: number): void {
  const xs = stops;
  if (found > 1000) {
    xs.subarray(0, found).sort();
    return;
  }
  for (let n = 1; n < found; n++) {
    const x = xs[n]!;
    let at = n;
    for (; at > 0 && xs[at - 1]! > x; at--) xs[at] = xs[at - 1]!;
    xs[at] = x;
  }
}

function widenStops(size: number): void {
  const wider = new Float64Array(size);
  wider.set(stops);
  stops = wider;
}

function widenAreas(size: number): void {
  const wider = new Float64Array(size);
  wider.set(areas);
  areas = wider;
}
