/** Tells a bow-tie (two corners given in the wrong order) from a boundary that runs into itself: its lobes turn opposite ways. */
import type { Ring } from './wkb.ts';

/**
 * Area of the smaller lobe of a ring that crosses itself once, at x, y, in square units of the plane; null where both parts turn the
 * same way: a loop that lies within the rest is no bow-tie.
 */
export function smallerLobe(ring: Ring, x: number, y: number): number | null {
  const through = edgesThrough(ring, x, y);
  if (through === null) return null;
  const [first, second] = through;
  let lobe = 0;
  let whole = 0;
  for (let i = 0; i + 3 < ring.length; i += 2) {
    // relative to the crossing, on which both cut edges lie: they add nothing to either lobe
    const turned = twice(ring, i, x, y);
    whole += turned;
    if (i > first && i < second) lobe += turned;
  }
  const other = whole - lobe;
  return lobe * other < 0 ? Math.min(Math.abs(lobe), Math.abs(other)) / 2 : null;
}

const twice = (ring: Ring, i: number, x: number, y: number) =>
  (ring[i]! - x) * (ring[i + 3]! - y) - (ring[i + 2]! - x) * (ring[i + 1]! - y);

/** The two edges nearest to the point that are not beside each other, as places of their first ordinates. */
function edgesThrough(ring: Ring, x: number, y: number): [number, number] | null {
  const last = ring.length - 4;
  const found = Array.from({ length: ring.length / 2 - 1 }, (_, k) => ({ at: 2 * k, far: farness(ring, 2 * k, x, y) }));
  found.sort((a, b) => a.far - b.far);
  const [first] = found;
  const second = found.find(({ at }) => {
    const apart = Math.abs(at - (first?.at ?? at));
    return apart > 2 && apart < last;
  });
  return first && second ? [Math.min(first.at, second.at), Math.max(first.at, second.at)] : null;
}

/** Distance of the point from the edge, squared. */
function farness(ring: Ring, i: number, x: number, y: number): number {
  const [ax, ay] = [ring[i]! - x, ring[i + 1]! - y];
  const [ux, uy] = [ring[i + 2]! - ring[i]!, ring[i + 3]! - ring[i + 1]!];
  const length = ux * ux + uy * uy;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, -(ax * ux + ay * uy) / length));
  return (ax + along * ux) ** 2 + (ay + along * uy) ** 2;
}
