/** A point well within a shape, to be shown for it: the middle of its widest stretch at half its height. */
import type { Shape } from '../overlay/shape.ts';

/** [lon, lat]; null for a shape without land. */
export function innerPoint({ coords, rings, box }: Shape): [number, number] | null {
  if (!box) return null;
  // not at exactly a half, where the vertices of a symmetric shape lie
  const y = box.south + (box.north - box.south) * 0.4877;
  const crossings: number[] = [];
  for (const { start, end } of rings)
    for (let i = start; i + 3 < end; i += 2) {
      const [y0, y1] = [coords[i + 1]!, coords[i + 3]!];
      if (y0 > y === y1 > y) continue;
      crossings.push(coords[i]! + ((y - y0) / (y1 - y0)) * (coords[i + 2]! - coords[i]!));
    }
  crossings.sort((a, b) => a - b);
  let widest = 0;
  let x: number | null = null;
  for (let k = 0; k + 1 < crossings.length; k += 2) {
    const width = crossings[k + 1]! - crossings[k]!;
    if (width <= widest) continue;
    widest = width;
    x = (crossings[k]! + crossings[k + 1]!) / 2;
  }
  return x === null ? null : [x, y];
}

/** Whether a point lies within a shape; on its boundary either answer. */
export function holds({ coords, rings, box }: Shape, x: number, y: number): boolean {
  if (!box || x < box.west || x > box.east || y < box.south || y > box.north) return false;
  let within = false;
  for (const { start, end } of rings)
    for (let i = start; i + 3 < end; i += 2) {
      const [y0, y1] = [coords[i + 1]!, coords[i + 3]!];
      if (y0 > y !== y1 > y && x < coords[i]! + ((y - y0) / (y1 - y0)) * (coords[i + 2]! - coords[i]!))
        within = !within;
    }
  return within;
}
