/**
 * What covers how much of a parcel, exactly and at once: the parcel and all polygons over it are cut into vertical slabs at every vertex
 * and crossing; within a slab edges do not cross, so going up through them tells which polygons cover each trapezoid. Each part of the
 * parcel has one set of polygons over it: sums over sets are the unions, overlaps and remainders of any of them, and close by themselves.
 *
 * It asks no question that rounding could answer wrongly: edges that coincide, touch or nearly cross are at worst taken in the wrong
 * order where the land between them has no area to speak of (1e-16 of the parcel). The plane overlay of GEOS needs a grid, exceptions
 * and 40 µs for one pair of polygons; this takes about that for a parcel and all that lies on it, and gives the same digits on every
 * engine. Method: the trapezoidal map (de Berg et al., Computational Geometry, ch. 6), built by sweeping slabs.
 */
import { EdgeList } from './edge-list.ts';
import type { Shape } from './shape.ts';
import { type AreaWeight, areaWeight } from './weight.ts';

/** A polygon over the parcel: parts of one thing share a label, and pieces of one label do not overlap. */
export interface Cover {
  /** 0, 1, 2 … */
  label: number;
  /** degrees */
  shape: Shape;
}

/** A part of the parcel that the same labels cover. */
export interface Cell {
  /** ascending */
  labels: readonly number[];
  /** of the parcel's area, 0–1 */
  share: number;
}

/** Work that one parcel may cause (edges looked at in slabs): about a second; past it, it is a trap and not a plot. */
const mostWork = 2e8;
/** vertices and crossings over one parcel: 32 MB of them */
const mostStops = 4e6;

/** The parcel could not be made out; nothing may be concluded of it, least of all that nothing lies over it. */
export class ArrangementFailed extends Error {}

/** @returns the parts of the parcel, shares adding up to 1, also the part that nothing covers (no labels); none for an empty shape. @throws ArrangementFailed */
export function arrange(
  parcel: Shape,
  covers: readonly Cover[],
  weightOf: (south: number) => AreaWeight = areaWeight,
): Cell[] {
  const { box } = parcel;
  if (!box) return [];
  edges.open(box);
  const area = edges.add(parcel, 0);
  for (const { label, shape } of covers) edges.add(shape, label + 1);
  const sweep = new Sweep(weightOf(box.south));
  sweep.run();
  return sweep.cells(area);
}

/** one parcel at a time */
const edges = new EdgeList();

class Sweep {
  readonly #weight: AreaWeight;
  readonly #sets = new LabelSets();
  readonly #areas: number[] = [];
  /** edges over the slab in hand, from below upward */
  #active: number[] = [];
  #work = 0;

  constructor(weight: AreaWeight) {
    this.#weight = weight;
  }

  run(): void {
    const order = Array.from({ length: edges.count }, (_, n) => n).sort((a, b) => edges.x0[a]! - edges.x0[b]! || a - b);
    const xs = this.#stops(order);
    let next = 0;
    for (let n = 0; n + 1 < xs.length; n++) {
      const left = xs[n]!;
      const right = xs[n + 1]!;
      if (right <= left) continue;
      this.#active = this.#active.filter((edge) => edges.x1[edge]! > left);
      while (next < order.length && edges.x0[order[next]!]! <= left) this.#active.push(order[next++]!);
      this.#work += this.#active.length;
      this.#bound(xs.length);
      this.#slab(left, right);
    }
  }

  /** @param cornerArea of the parcel, from its corners: another way to the sum of its parts, but for the weight (0.2 % in 20 km) */
  cells(cornerArea: number): Cell[] {
    const whole = this.#areas.reduce((sum, area) => sum + area, 0);
    if (!(whole > 0) || Math.abs(whole / cornerArea - 1) > 0.1)
      throw new ArrangementFailed(`the parts of the parcel come to ${whole / cornerArea} of it`);
    return this.#areas
      .map((area, set) => ({ labels: this.#sets.labels(set), share: (area ?? 0) / whole }))
      .filter((cell) => cell.share !== 0);
  }

  /** All x at which something begins, ends or crosses, ascending. */
  #stops(order: readonly number[]): Float64Array {
    const { x0, y0, x1, y1, below } = edges;
    const xs: number[] = [];
    for (let i = 0; i < order.length; i++) {
      const a = order[i]!;
      xs.push(x0[a]!, x1[a]!);
      this.#bound(xs.length);
      if (below[a]) continue;
      const lowA = Math.min(y0[a]!, y1[a]!);
      const highA = Math.max(y0[a]!, y1[a]!);
      for (let j = i + 1; j < order.length && x0[order[j]!]! < x1[a]!; j++) {
        const b = order[j]!;
        this.#work++;
        if (below[b] || Math.max(y0[b]!, y1[b]!) <= lowA || Math.min(y0[b]!, y1[b]!) >= highA) continue;
        const x = crossing(a, b);
        if (x !== undefined) xs.push(x);
      }
    }
    return Float64Array.from(xs).sort();
  }

  #bound(stops: number): void {
    if (this.#work > mostWork || stops > mostStops)
      throw new ArrangementFailed(`too many edges over the parcel: ${edges.count}, crossing ${stops} times`);
  }

  #slab(left: number, right: number): void {
    const middle = (left + right) / 2;
    const active = this.#active;
    const heights = scratch(active.length);
    for (let n = 0; n < active.length; n++) heights[n] = heightAt(active[n]!, middle);
    // nearly sorted already: the slab before had most of them
    for (let n = 1; n < active.length; n++) {
      const edge = active[n]!;
      const height = heights[n]!;
      let at = n - 1;
      while (at >= 0 && heights[at]! > height) {
        heights[at + 1] = heights[at]!;
        active[at + 1] = active[at]!;
        at--;
        this.#work++;
      }
      heights[at + 1] = height;
      active[at + 1] = edge;
    }
    this.#climb(left, right);
  }

  #climb(left: number, right: number): void {
    const sets = this.#sets;
    sets.reset();
    let inside = 0;
    let floor = 0;
    for (const edge of this.#active) {
      const label = edges.label[edge]!;
      if (inside > 0) {
        const ceiling = this.#under(edge, left, right);
        this.#areas[sets.current] = (this.#areas[sets.current] ?? 0) + (ceiling - floor);
        floor = ceiling;
      }
      if (label === 0) {
        const before = inside;
        inside += edges.turn[edge]!;
        if (before <= 0 && inside > 0) floor = this.#under(edge, left, right);
      } else sets.cross(label - 1, edges.turn[edge]!);
    }
  }

  /** Weighted area between the edge and the south of the box within the slab. */
  #under(edge: number, left: number, right: number): number {
    const a = heightAt(edge, left);
    const b = heightAt(edge, right);
    const { first, second } = this.#weight;
    const mean = (a + b) / 2;
    const squares = (a * a + a * b + b * b) / 3;
    const cubes = (a * a * a + a * a * b + a * b * b + b * b * b) / 4;
    return (right - left) * (mean + (first / 2) * squares + (second / 3) * cubes);
  }
}

/** Sets of labels, each known by a number; which set is above an edge follows from the set below it. */
class LabelSets {
  current = 0;
  readonly #members: number[][] = [[]];
  readonly #known = new Map<string, number>([['', 0]]);
  /** by label: the set reached from each set by adding or taking out the label */
  readonly #next: number[][] = [];
  #depth: number[] = [];
  readonly #touched: number[] = [];

  labels(set: number): readonly number[] {
    return this.#members[set] ?? [];
  }

  reset(): void {
    for (const label of this.#touched) this.#depth[label] = 0;
    this.#touched.length = 0;
    this.current = 0;
  }

  cross(label: number, turn: number): void {
    const before = this.#depth[label] ?? 0;
    if (before === 0) this.#touched.push(label);
    const depth = before + turn;
    this.#depth[label] = depth;
    if (before > 0 === depth > 0) return;
    this.#next[label] ??= [];
    const known = this.#next[label]![this.current];
    this.current = known ?? this.#reach(label, depth > 0);
  }

  #reach(label: number, enters: boolean): number {
    const from = this.#members[this.current]!;
    const members = enters ? [...from, label].sort((a, b) => a - b) : from.filter((member) => member !== label);
    const name = members.join();
    let set = this.#known.get(name);
    if (set === undefined) {
      set = this.#members.length;
      this.#members.push(members);
      this.#known.set(name, set);
    }
    this.#next[label]![this.current] = set;
    return set;
  }
}

function heightAt(edge: number, x: number): number {
  const { x0, y0, x1, y1 } = edges;
  if (x <= x0[edge]!) return y0[edge]!;
  if (x >= x1[edge]!) return y1[edge]!;
  return y0[edge]! + ((x - x0[edge]!) / (x1[edge]! - x0[edge]!)) * (y1[edge]! - y0[edge]!);
}

/** The x at which two edges cross between their ends; undefined where they do not, or lie along each other. */
function crossing(a: number, b: number): number | undefined {
  const { x0, x1 } = edges;
  const left = Math.max(x0[a]!, x0[b]!);
  const right = Math.min(x1[a]!, x1[b]!);
  if (right <= left) return undefined;
  const before = heightAt(a, left) - heightAt(b, left);
  const after = heightAt(a, right) - heightAt(b, right);
  if (before === 0 || after === 0 || before > 0 === after > 0) return undefined;
  const x = left + (before / (before - after)) * (right - left);
  return x > left && x < right ? x : undefined;
}

let heightsOfSlab = new Float64Array(256);
function scratch(length: number): Float64Array {
  if (heightsOfSlab.length < length) heightsOfSlab = new Float64Array(length * 2);
  return heightsOfSlab;
}
