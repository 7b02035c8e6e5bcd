/** Coordinates of KML: "longitude,latitude[,altitude]" with spaces between; rings → polygon. */
import type { Ring } from '../rings.ts';

export interface KmlRing {
  outer: boolean;
  ring: Ring;
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** what programs write for no number; such a ring fails at the check of every vertex, with its row */
const none = /^[+-]?(nan|inf(inity)?|1\.#\w+)$/i;

/** x, y of every point, or the first piece of text that is no point. Altitudes are left out. */
export function ringOf(text: string): Ring | string {
  // hand-made files have spaces after the commas
  const tuples = (/\s,|,\s/.test(text) ? text.replace(/\s*,\s*/g, ',') : text).trim().split(/\s+/);
  if (tuples.length === 1 && tuples[0] === '') return new Float64Array();
  const ring = new Float64Array(2 * tuples.length);
  for (const [i, tuple] of tuples.entries()) {
    const [x, y] = tuple.split(',', 3);
    if (x === undefined || y === undefined) return tuple;
    for (const [axis, letters] of [x, y].entries()) {
      if (decimal.test(letters)) ring[2 * i + axis] = Number(letters);
      else if (none.test(letters)) ring[2 * i + axis] = Number.NaN;
      else return tuple;
    }
  }
  return ring;
}

/** Outer ring first; empty where no ring has a point; undefined where there is not exactly one outer ring. */
export function polygonOf(rings: KmlRing[]): Ring[] | undefined {
  const full = rings.filter(({ ring }) => ring.length > 0);
  if (full.length === 0) return [];
  const outer = full.filter((ring) => ring.outer);
  if (outer.length !== 1) return undefined;
  return [outer[0]!.ring, ...full.filter((ring) => !ring.outer).map(({ ring }) => ring)];
}
