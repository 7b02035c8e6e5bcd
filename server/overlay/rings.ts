/**
 * The rings around some of the land: its bounding fragments joined end to end with the land on the left, turning into it at every node,
 * so that each walk goes along one connected piece of land; where a walk touches itself, it is split. So shells run anticlockwise and
 * holes clockwise, rings touch at points only, and no hole parts its polygon in two: valid polygons (OGC 06-103r4, 6.1.11.1).
 */
import { turn } from './exact.ts';
import type { Faces } from './faces.ts';
import { type Fragments, OutlineFailed } from './noding.ts';

/** In the order walked; not closed. */
export interface Ring {
  readonly fragments: readonly number[];
  /** at which each of them is entered */
  readonly nodes: readonly number[];
}

export interface Polygon {
  readonly shell: Ring;
  readonly holes: readonly Ring[];
}

interface Walk {
  shell: Ring | undefined;
  holes: Ring[];
  /** the fragment that begins furthest west (south, on one meridian) */
  first: number;
}

/** @param wanted by state: 1 for the land to go around. @throws OutlineFailed where fragments do not join, which they do */
export function polygonsAround(fragments: Fragments, faces: Faces, wanted: Uint8Array): Polygon[] {
  const walks = new Walks(fragments, faces, wanted).all();
  return walks.flatMap(({ shell, holes }) => (shell === undefined ? [] : [{ shell, holes }]));
}

class Walks {
  readonly #fragments: Fragments;
  readonly #beneath: Int32Array;
  /** by fragment: 1 where the land is above it (walked eastward), −1 where it is below, 0 where on both sides or neither */
  readonly #side: Int8Array;
  /** by node: the fragments walked away from it */
  readonly #out = new Map<number, number[]>();
  readonly #walkOf: Int32Array;
  readonly #walks: Walk[] = [];

  constructor(fragments: Fragments, { below, above, beneath }: Faces, wanted: Uint8Array) {
    this.#fragments = fragments;
    this.#beneath = beneath;
    this.#side = new Int8Array(fragments.from.length);
    for (let n = 0; n < this.#side.length; n++) this.#side[n] = wanted[above[n]!]! - wanted[below[n]!]!;
    this.#walkOf = new Int32Array(fragments.from.length).fill(-1);
    for (let fragment = 0; fragment < this.#side.length; fragment++) {
      if (this.#side[fragment] === 0) continue;
      const leaving = this.#out.get(this.#tail(fragment));
      if (leaving) leaving.push(fragment);
      else this.#out.set(this.#tail(fragment), [fragment]);
    }
  }

  /** Each shell with the holes in it; walks around holes alone have given theirs away. */
  all(): Walk[] {
    for (let fragment = 0; fragment < this.#side.length; fragment++)
      if (this.#side[fragment] !== 0 && this.#walkOf[fragment] === -1) this.#walk(fragment);
    this.#walks.forEach((walk, number) => {
      if (walk.shell === undefined) this.#around(number).holes.push(...walk.holes);
    });
    return this.#walks;
  }

  #walk(start: number): void {
    const number = this.#walks.length;
    const walk: Walk = { shell: undefined, holes: [], first: start };
    this.#walks.push(walk);
    let way: number[] = [];
    let nodes: number[] = [];
    const places = new Map<number, number>();
    let fragment = start;
    do {
      if (this.#walkOf[fragment] !== -1) throw unjoined();
      this.#walkOf[fragment] = number;
      if (this.#fragments.from[fragment]! < this.#fragments.from[walk.first]!) walk.first = fragment;
      const node = this.#tail(fragment);
      const place = places.get(node);
      if (place !== undefined) {
        this.#close(walk, way.slice(place), nodes.slice(place));
        for (const left of nodes.slice(place)) places.delete(left);
        way = way.slice(0, place);
        nodes = nodes.slice(0, place);
      }
      places.set(node, way.length);
      way.push(fragment);
      nodes.push(node);
      fragment = this.#next(fragment);
    } while (fragment !== start);
    this.#close(walk, way, nodes);
  }

  /** A ring begins at its first node from the west, where it cannot but turn: it tells which way the ring runs. */
  #close(walk: Walk, way: readonly number[], nodes: readonly number[]): void {
    let first = 0;
    for (let n = 1; n < nodes.length; n++) if (nodes[n]! < nodes[first]!) first = n;
    const turned = <T>(all: readonly T[]) => [...all.slice(first), ...all.slice(0, first)];
    const ring = { fragments: turned(way), nodes: turned(nodes) };
    if (this.#turn(ring.nodes.at(-1)!, ring.nodes[0]!, ring.nodes[1]!) < 0) walk.holes.push(ring);
    else if (walk.shell === undefined) walk.shell = ring;
    else throw unjoined();
  }

  /** The first fragment away from the node reached, clockwise from the one that led there. */
  #next(fragment: number): number {
    const from = this.#tail(fragment);
    const node = this.#head(fragment);
    const leaving = this.#out.get(node);
    if (leaving === undefined) throw unjoined();
    return leaving.reduce((best, other) => {
      const a = this.#head(best);
      const b = this.#head(other);
      const turnA = this.#turn(from, node, a);
      const turnB = this.#turn(from, node, b);
      // seen from the way in, the left half comes before what lies straight on, and that before the right half
      if (Math.sign(turnA) !== Math.sign(turnB)) return turnA > turnB ? best : other;
      return this.#turn(node, a, b) < 0 ? best : other;
    });
  }

  /** The walk along the land around a walk that has holes only. */
  #around(number: number): Walk {
    let fragment = this.#walks[number]!.first;
    while (fragment !== -1 && (this.#side[fragment] === 0 || this.#walkOf[fragment] === number))
      fragment = this.#beneath[fragment]!;
    if (fragment === -1 || this.#side[fragment] !== 1) throw unjoined();
    const around = this.#walkOf[fragment]!;
    const walk = this.#walks[around]!;
    return walk.shell === undefined ? this.#around(around) : walk;
  }

  #tail(fragment: number): number {
    return (this.#side[fragment]! > 0 ? this.#fragments.from : this.#fragments.to)[fragment]!;
  }

  #head(fragment: number): number {
    return (this.#side[fragment]! > 0 ? this.#fragments.to : this.#fragments.from)[fragment]!;
  }

  #turn(a: number, b: number, c: number): number {
    const { nodeX, nodeY } = this.#fragments;
    return turn(nodeX[a]!, nodeY[a]!, nodeX[b]!, nodeY[b]!, nodeX[c]!, nodeY[c]!);
  }
}

const unjoined = () => new OutlineFailed('fragments of the parcel do not join to rings');
