/**
 * Is one ring inside another? Point in polygon by crossing numbers, over an index of edges by height once a large ring
 * is asked often: a road polygon of 100,000 points with 5,000 holes is ordinary in land-use data.
 */
export interface Side {
  inside: boolean;
  same: boolean;
  /** vertices on both sides: the rings cross, near x, y */
  crosses: boolean;
  x: number;
  y: number;
}

/** Vertices looked at to tell the side; one would do for valid rings, several find most crossings. */
const samples = 16;
/** From these sizes on an index is worth its making. */
const largeRing = 64;
const oftenAsked = 4;

export class RingIndex {
  readonly coordinates: Float64Array;
  x0 = Number.POSITIVE_INFINITY;
  y0 = Number.POSITIVE_INFINITY;
  x1 = Number.NEGATIVE_INFINITY;
  y1 = Number.NEGATIVE_INFINITY;
  /** what counts as "on the edge": a few units in the last place of the largest coordinate (3e-8 m at 36,500,000) */
  readonly #tolerance: number;
  #asked = 0;
  /** edges by slice of height, as offsets into #edges; undefined until worth it */
  #slices: { starts: Uint32Array; edges: Uint32Array; height: number } | undefined;

  constructor(coordinates: Float64Array) {
    this.coordinates = coordinates;
    let largest = 0;
    for (let i = 0; i < coordinates.length; i += 2) {
      const x = coordinates[i]!;
      const y = coordinates[i + 1]!;
      if (x < this.x0) this.x0 = x;
      if (x > this.x1) this.x1 = x;
      if (y < this.y0) this.y0 = y;
      if (y > this.y1) this.y1 = y;
      largest = Math.max(largest, Math.abs(x), Math.abs(y));
    }
    this.#tolerance = largest * 4 * Number.EPSILON;
  }

  /** Where `ring`, whose box lies in this one's, is: by its vertices, or the middles of its edges where all are on ours. */
  sideOf(ring: RingIndex): Side {
    const c = ring.coordinates;
    const step = Math.max(1, Math.floor(c.length / 2 / samples)) * 2;
    const side: Side = { inside: false, same: false, crosses: false, x: c[0]!, y: c[1]! };
    for (const stride of step === 2 ? [2] : [step, 2]) {
      if (this.#vote(c, stride, 0, side)) return side;
    }
    if (this.#vote(c, 2, 0.5, side)) return side;
    side.same = true;
    return side;
  }

  /** True when at least one point told the side. `along` 0: vertices, 0.5: middles of edges. */
  #vote(c: Float64Array, stride: number, along: number, side: Side): boolean {
    let inside = 0;
    let outside = 0;
    for (let i = 0; i + 3 < c.length && inside + outside < samples; i += stride) {
      const x = c[i]! + along * (c[i + 2]! - c[i]!);
      const y = c[i + 1]! + along * (c[i + 3]! - c[i + 1]!);
      const place = this.#locate(x, y);
      if (place === 0) continue;
      if (place > 0) inside++;
      else outside++;
      if (inside > 0 && outside > 0 && !side.crosses) Object.assign(side, { crosses: true, x, y });
    }
    side.inside = inside > outside;
    return inside + outside > 0;
  }

  /** 1 inside, -1 outside, 0 on the edge. */
  #locate(x: number, y: number): number {
    const c = this.coordinates;
    if (++this.#asked > oftenAsked && c.length / 2 > largeRing) this.#slices ??= this.#slice();
    let crossings = 0;
    const { starts, edges, height } = this.#slices ?? {};
    let from = 0;
    let to = c.length / 2 - 1;
    if (starts && height !== undefined) {
      const slice = Math.min(starts.length - 2, Math.max(0, Math.floor((y - this.y0) / height)));
      from = starts[slice]!;
      to = starts[slice + 1]!;
    }
    for (let k = from; k < to; k++) {
      const i = 2 * (edges ? edges[k]! : k);
      // relative to the point, so that large eastings lose no digits
      const ax = c[i]! - x;
      const ay = c[i + 1]! - y;
      const bx = c[i + 2]! - x;
      const by = c[i + 3]! - y;
      const cross = ax * by - ay * bx;
      const length = Math.hypot(bx - ax, by - ay);
      if (
        Math.abs(cross) <= this.#tolerance * length &&
        ax * (ax - bx) + ay * (ay - by) >= -this.#tolerance * length &&
        bx * (bx - ax) + by * (by - ay) >= -this.#tolerance * length
      )
        return 0;
      if (ay > 0 !== by > 0 && cross > 0 === by > ay) crossings++;
    }
    return crossings % 2 === 1 ? 1 : -1;
  }

  #slice(): { starts: Uint32Array; edges: Uint32Array; height: number } {
    const c = this.coordinates;
    const edgeCount = c.length / 2 - 1;
    const margin = this.#tolerance * 4;
    for (let count = Math.min(65_536, Math.ceil(edgeCount / 4)); ; count = Math.ceil(count / 4)) {
      const height = (this.y1 - this.y0) / count || 1;
      const sliceOf = (y: number) => Math.min(count - 1, Math.max(0, Math.floor((y - this.y0) / height)));
      const low = (e: number) => sliceOf(Math.min(c[2 * e + 1]!, c[2 * e + 3]!) - margin);
      const high = (e: number) => sliceOf(Math.max(c[2 * e + 1]!, c[2 * e + 3]!) + margin);
      let total = 0;
      for (let e = 0; e < edgeCount; e++) total += high(e) - low(e) + 1;
      // tall edges stand in many slices: fewer slices rather than more memory
      if (total > 8 * edgeCount && count > 1) continue;
      const starts = new Uint32Array(count + 1);
      for (let e = 0; e < edgeCount; e++) for (let s = low(e); s <= high(e); s++) starts[s + 1]!++;
      for (let s = 0; s < count; s++) starts[s + 1]! += starts[s]!;
      const next = starts.slice();
      const edges = new Uint32Array(total);
      for (let e = 0; e < edgeCount; e++) for (let s = low(e); s <= high(e); s++) edges[next[s]!++] = e;
      return { starts, edges, height };
    }
  }
}
