/** Chance that is the same on every machine: integer hashing only, no clock, no Math.random. */

/** A number in [0, 1) for an integer place and a seed (Murmur3's finaliser over three integers). */
export function chanceAt(i: number, j: number, seed: number): number {
  let h = Math.imul(i | 0, 0x27d4eb2d) ^ Math.imul(j | 0, 0x165667b1) ^ Math.imul(seed | 0, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

/** A stream of chance (mulberry32) with the few ways of asking that the county needs. */
export class Chance {
  private state: number;
  constructor(seed: number) {
    this.state = seed | 0;
  }
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }
  whole(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }
  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.next() * from.length)]!;
  }
}

/** Smooth noise in [-1, 1], twice differentiable: chance at integer places, joined by a quintic. Polynomials only. */
export function smoothNoise(x: number, y: number, seed: number): number {
  const i = Math.floor(x);
  const j = Math.floor(y);
  const ease = (t: number) => t * t * t * (t * (t * 6 - 15) + 10);
  const u = ease(x - i);
  const v = ease(y - j);
  const at = (di: number, dj: number) => chanceAt(i + di, j + dj, seed) * 2 - 1;
  const low = at(0, 0) + (at(1, 0) - at(0, 0)) * u;
  const high = at(0, 1) + (at(1, 1) - at(0, 1)) * u;
  return low + (high - low) * v;
}
