/**
 * What lies on either side of each fragment, by a line that sweeps from west to east over them (de Berg et al., Computational Geometry,
 * ch. 2). It leans a little, its upper end behind, so that of a vertical fragment the left side is above it like of any other.
 */
import { turn } from './exact.ts';
import { type Fragments, OutlineFailed } from './noding.ts';
import type { Segments } from './segments.ts';

export interface Faces {
  /** by fragment: the state of the land on its right (below), on its left (above) */
  readonly below: Int32Array;
  readonly above: Int32Array;
  /** by fragment: the next one below its western end, −1 where there is none */
  readonly beneath: Int32Array;
  /** by state: the labels of covers there, ascending; undefined outside the parcel */
  readonly states: readonly (readonly number[] | undefined)[];
}

/** @throws OutlineFailed where fragments cross, which they do not */
export function facesOf(segments: Segments, fragments: Fragments): Faces {
  const { nodeX, nodeY, from, to } = fragments;
  const states = new States();
  const below = new Int32Array(from.length);
  const above = new Int32Array(from.length);
  const beneath = new Int32Array(from.length);
  const side = (fragment: number, node: number) => {
    const a = from[fragment]!;
    const b = to[fragment]!;
    return turn(nodeX[a]!, nodeY[a]!, nodeX[b]!, nodeY[b]!, nodeX[node]!, nodeY[node]!);
  };
  const ends = new Int32Array(nodeX.length);
  const starts: (number[] | undefined)[] = new Array(nodeX.length);
  for (let fragment = 0; fragment < from.length; fragment++) {
    ends[to[fragment]!]!++;
    const starting = starts[from[fragment]!];
    if (starting) starting.push(fragment);
    else starts[from[fragment]!] = [fragment];
  }
  const upward = (a: number, b: number) => side(b, to[a]!);
  /** under the line, from below upward */
  const line: number[] = [];
  for (let node = 0; node < nodeX.length; node++) {
    const starting = starts[node] ?? none;
    if (starting.length > 1) starting.sort(upward);
    const ending = ends[node]!;
    const place = ending > 0 ? firstTo(node) : placeOf(node);
    for (let n = 0; n < ending; n++) if (to[line[place + n]!] !== node) throw crossed();
    // one that goes on: the others keep their places
    if (ending === 1 && starting.length === 1) line[place] = starting[0]!;
    else line.splice(place, ending, ...starting);
    for (let n = place; n < place + starting.length; n++) {
      const fragment = line[n]!;
      beneath[fragment] = n > 0 ? line[n - 1]! : -1;
      below[fragment] = n > 0 ? above[line[n - 1]!]! : 0;
      above[fragment] = across(fragment);
    }
  }
  return { below, above, beneath, states: states.labels };

  /** place on the line of the lowest that ends at the node; −1 where none does */
  function firstTo(node: number): number {
    for (let n = 0; n < line.length; n++) if (to[line[n]!] === node) return n;
    return -1;
  }

  function placeOf(node: number): number {
    let low = 0;
    let high = line.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const where = side(line[middle]!, node);
      if (where === 0) throw crossed();
      if (where > 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function across(fragment: number): number {
    const along = fragments.segments[fragment]!;
    const ways = fragments.ways[fragment]!;
    let state = below[fragment]!;
    for (let n = 0; n < along.length; n++) {
      const segment = along[n]!;
      state = states.next(state, segments.label[segment]!, segments.turn[segment]! * ways[n]!);
    }
    return state;
  }
}

const none: number[] = [];
const crossed = () => new OutlineFailed('fragments of the parcel cross');

/** How often each polygon covers a place, as numbers; 0: none does. */
class States {
  readonly labels: (number[] | undefined)[] = [undefined];
  /** by state: label, depth, label, depth …, labels ascending, no depth 0 */
  readonly #depths: (readonly number[])[] = [[]];
  readonly #known = new Map<string, number>([['', 0]]);
  /** by state and change */
  readonly #next: Map<number, number>[] = [new Map()];

  next(state: number, label: number, change: number): number {
    const key = label * 2 + (change > 0 ? 1 : 0);
    let reached = this.#next[state]!.get(key);
    if (reached === undefined) {
      reached = this.#reach(state, label, change);
      this.#next[state]!.set(key, reached);
    }
    return reached;
  }

  #reach(state: number, label: number, change: number): number {
    const before = this.#depths[state]!;
    let place = 0;
    while (place < before.length && before[place]! < label) place += 2;
    const had = before[place] === label;
    const depth = (had ? before[place + 1]! : 0) + change;
    const depths = [...before];
    depths.splice(place, had ? 2 : 0, ...(depth === 0 ? [] : [label, depth]));
    const name = depths.join();
    let reached = this.#known.get(name);
    if (reached === undefined) {
      reached = this.#depths.length;
      this.#known.set(name, reached);
      this.#depths.push(depths);
      this.#next.push(new Map());
      const over = depths.filter((_, n) => n % 2 === 0 && depths[n + 1]! > 0);
      this.labels.push(over[0] === 0 ? over.slice(1).map((other) => other - 1) : undefined);
    }
    return reached;
  }
}
