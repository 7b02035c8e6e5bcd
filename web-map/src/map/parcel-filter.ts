/** How the map obeys the filters of the view: a verdict by its style, everything else by asking for the tiles of what matches. Pure. */
import { type Filters, filterQuery } from '../state/filters.ts';

/**
 * @param template of the tiles of all parcels, with {z}, {y}, {x}
 * @param decided another number after each decision: tiles by state are then asked for again under the same address, since no server sees
 * what stands behind a #
 * @returns null where all parcels match, or all of a verdict, which every tile tells
 */
export function matchingTiles(template: string, filters: Filters, decided: number): string | null {
  const asked = Object.entries(filterQuery({ ...filters, verdict: null }));
  if (asked.length === 0) return null;
  const query = new URLSearchParams();
  for (const [key, value] of asked) query.set(key, String(value));
  const mark = filters.state === null ? '' : `#${decided}`;
  return `${template}${template.includes('?') ? '&' : '?'}${query}${mark}`;
}
