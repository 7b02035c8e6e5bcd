/**
 * Outlines of parts of one parcel: its edges and those over it, broken up once, and around the parts asked for joined to rings. Made when
 * first asked for, since most parcels are only measured; the shares of parts stay those of the sweep over slabs.
 */
import { turn } from './exact.ts';
import { type Faces, facesOf } from './faces.ts';
import { type Fragments, fragmentsOf, OutlineFailed } from './noding.ts';
import { type Polygon, polygonsAround, type Ring } from './rings.ts';
import { hairOf, Segments } from './segments.ts';
import type { Shape } from './shape.ts';

/** Ring of nodes, closed by the reader. */
type Corners = readonly number[];

type Parts = readonly { labels: readonly number[] }[];

export class Outlines {
  readonly #parcel: Shape;
  readonly #covers: readonly { label: number; shape: Shape }[];
  readonly #parts: Parts;
  #onGrid = false;
  #broken: Broken | undefined;

  /** @param parcel and its parts, not empty; @param parts the labels of each */
  constructor(parcel: Shape, covers: readonly { label: number; shape: Shape }[], parts: Parts) {
    this.#parcel = parcel;
    this.#covers = covers;
    this.#parts = parts;
  }

  /** @returns little-endian WKB MultiPolygon of the parts wanted; null where there is no land in them. @throws OutlineFailed */
  outline(wanted: (part: number) => boolean): Uint8Array | null {
    try {
      this.#broken ??= new Broken(new Segments(this.#parcel, this.#covers, this.#onGrid), this.#parts);
      return this.#broken.outline(wanted, hairOf(this.#parcel.box!));
    } catch (error) {
      if (!(error instanceof OutlineFailed) || this.#onGrid) throw error;
      // steps of doubles change over the parcel, and lines within a few of them misled it (noding.ts)
      this.#onGrid = true;
      this.#broken = undefined;
      return this.outline(wanted);
    }
  }
}

/** The parcel and what lies over it in fragments. */
class Broken {
  readonly #fragments: Fragments;
  readonly #faces: Faces;
  /** by state: the part of the parcel, −1 outside of it */
  readonly #partOf: readonly number[];

  constructor(segments: Segments, parts: Parts) {
    this.#fragments = fragmentsOf(segments);
    this.#faces = facesOf(segments, this.#fragments);
    this.#partOf = this.#faces.states.map((labels) => (labels === undefined ? -1 : nearestPart(labels, parts)));
  }

  /** @param hair degrees: rings thinner on the whole are left out */
  outline(wanted: (part: number) => boolean, hair: number): Uint8Array | null {
    const inside = Uint8Array.from(this.#partOf, (part) => (part >= 0 && wanted(part) ? 1 : 0));
    const polygons = this.#withoutHairs(polygonsAround(this.#fragments, this.#faces, inside), hair);
    if (polygons.length === 0) return null;
    const uses = new Int32Array(this.#fragments.nodeX.length);
    for (const { shell, holes } of polygons)
      for (const { nodes } of [shell, ...holes]) for (const n of nodes) uses[n]!++;
    return this.#wkb(
      polygons.map(({ shell, holes }) => [shell, ...holes].map((ring) => this.#straightened(ring, uses))),
    );
  }

  #withoutHairs(polygons: readonly Polygon[], hair: number): Polygon[] {
    // what lies in a hole that is left out goes with it
    let least = 0;
    const kept = polygons.map(({ shell, holes }) => ({
      shell,
      holes: holes.filter((hole) => {
        const { area, breadth } = this.#size(hole);
        if (breadth > hair) return true;
        least = Math.max(least, area);
        return false;
      }),
    }));
    return kept.filter(({ shell }) => {
      const { area, breadth } = this.#size(shell);
      return breadth > hair && area > least;
    });
  }

  /** Area, square degrees, and that by the length of the ring. */
  #size({ nodes }: Ring): { area: number; breadth: number } {
    const { nodeX, nodeY } = this.#fragments;
    const x0 = nodeX[nodes[0]!]!;
    const y0 = nodeY[nodes[0]!]!;
    let dx = 0;
    let dy = 0;
    let twice = 0;
    let length = 0;
    for (let n = 1; n <= nodes.length; n++) {
      const node = nodes[n % nodes.length]!;
      const x = nodeX[node]! - x0;
      const y = nodeY[node]! - y0;
      twice += dx * y - x * dy;
      length += Math.abs(x - dx) + Math.abs(y - dy);
      dx = x;
      dy = y;
    }
    const area = Math.abs(twice) / 2;
    return { area, breadth: area / length };
  }

  /**
   * Without the nodes where something only crosses or touches the edge that the ring follows. The ring moves by the rounding of those
   * nodes, so a node stays where another lies within that, and where the straight line might be an edge already.
   * @param uses by node: how many rings go through it, 0 from here on for those left out
   */
  #straightened({ nodes, fragments }: Ring, uses: Int32Array): Corners {
    const { segments } = this.#fragments;
    // the first is a corner: a segment runs eastward throughout, and from there both neighbours lie east
    const kept = [nodes[0]!];
    let along = segments[fragments[0]!]!;
    for (let n = 1; n < nodes.length; n++) {
      const node = nodes[n]!;
      const next = nodes[(n + 1) % nodes.length]!;
      const before = kept.at(-1)!;
      const ahead = segments[fragments[n]!]!;
      const common = along.filter((segment) => ahead.includes(segment));
      const remaining = kept.length + nodes.length - n;
      const mayGo = common.length > 0 && remaining > 3 && uses[node] === 1 && (uses[before] === 1 || uses[next] === 1);
      if (mayGo && this.#nothingIn(before, node, next, uses)) {
        along = common;
        uses[node] = 0;
        continue;
      }
      kept.push(node);
      along = ahead;
    }
    return kept;
  }

  #nothingIn(a: number, b: number, c: number, uses: Int32Array): boolean {
    const { nodeX, nodeY } = this.#fragments;
    const side = (from: number, to: number, node: number) =>
      turn(nodeX[from]!, nodeY[from]!, nodeX[to]!, nodeY[to]!, nodeX[node]!, nodeY[node]!);
    const way = Math.sign(side(a, b, c));
    if (way === 0) return true;
    const last = Math.max(a, b, c);
    for (let node = Math.min(a, b, c) + 1; node < last; node++) {
      if (uses[node] === 0 || node === a || node === b || node === c) continue;
      if (way * side(a, b, node) >= 0 && way * side(b, c, node) >= 0 && way * side(c, a, node) >= 0) return false;
    }
    return true;
  }

  #wkb(polygons: readonly (readonly Corners[])[]): Uint8Array {
    const { nodeX, nodeY } = this.#fragments;
    const points = polygons.flat().reduce((sum, ring) => sum + ring.length + 1, 0);
    const bytes = new Uint8Array(9 + 9 * polygons.length + 4 * polygons.flat().length + 16 * points);
    const view = new DataView(bytes.buffer);
    let at = 0;
    const head = (type: number, count: number) => {
      view.setUint8(at, 1);
      view.setUint32(at + 1, type, true);
      view.setUint32(at + 5, count, true);
      at += 9;
    };
    head(6, polygons.length);
    for (const rings of polygons) {
      head(3, rings.length);
      for (const ring of rings) {
        view.setUint32(at, ring.length + 1, true);
        at += 4;
        for (let n = 0; n <= ring.length; n++) {
          const node = ring[n % ring.length]!;
          view.setFloat64(at, nodeX[node]!, true);
          view.setFloat64(at + 8, nodeY[node]!, true);
          at += 16;
        }
      }
    }
    return bytes;
  }
}

/** The part with these labels; where the sweep saw none, it is a hair, and goes with the part that has most of them. */
function nearestPart(labels: readonly number[], parts: Parts): number {
  let nearest = 0;
  let least = Infinity;
  for (let part = 0; part < parts.length && least > 0; part++) {
    const others = parts[part]!.labels;
    const common = labels.filter((label) => others.includes(label)).length;
    const apart = labels.length + others.length - 2 * common;
    if (apart < least) [nearest, least] = [part, apart];
  }
  return nearest;
}
