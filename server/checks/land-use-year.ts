import type { SqlFile } from '../database/sql-file.ts';
import { type CheckContext, chunkParams, ids, type RunLayer } from './check.ts';

/** The land-use layers of a run by year, newest first; a year may come in several files. */
export function landUseYears(layers: RunLayer[]): { year: number; layers: RunLayer[] }[] {
  const byYear = new Map<number, RunLayer[]>();
  for (const layer of layers) {
    if (layer.year === null) continue;
    byYear.set(layer.year, [...(byYear.get(layer.year) ?? []), layer]);
  }
  return [...byYear].map(([year, of]) => ({ year, layers: of })).sort((a, b) => b.year - a.year);
}

export function ordinalsOf(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Runs a measuring statement on the newest land-use year of the run; without one nothing can be said. */
export async function measureNewestYear(
  { db, chunk, layersOf, say }: CheckContext,
  measure: SqlFile<unknown>,
  params: Record<string, unknown>,
): Promise<void> {
  const newest = landUseYears(layersOf('land-use'))[0];
  if (!newest) return say('undetermined', 'layer-missing');
  await measure.run(db, {
    ...chunkParams(chunk),
    ordinals: ordinalsOf(chunk.first, chunk.last),
    layers: ids(newest.layers),
    year: newest.year,
    ...params,
  });
}
