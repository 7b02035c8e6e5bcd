/** The counted areas of findings as printed, one by one, so that they sum to what the other tables print. */
import { setImmediate } from 'node:timers/promises';
import type { ClosedTable } from '../../domain/printed-table.ts';
import { closeRows, roundArea } from '../../domain/rounding.ts';
import { countedKey, countedMeasures, type Gathered, type Leaf, leaves, measureOf } from './gather.ts';

/** The counted area (m²) of one finding as printed in `unit`; to be asked in the order of reading. */
export type FindingPrinter = (project: string | null, leaf: Leaf, unit: 'm2' | 'mu', squareMetres: number) => number;

/**
 * Findings in 亩 are adjusted to the figures printed for their project, in m² (which is printed nowhere else) to the total
 * of their column. Only those that moved are kept.
 */
export async function findingPrinter(gathered: Gathered, mu: ClosedTable): Promise<FindingPrinter> {
  const moved = new Map<string, number>();
  const close = (key: string, values: number[], unit: 'm2' | 'mu', printedTotal?: number) => {
    const { parts } = closeRows(values, null, 2, { unit, ...(printedTotal === undefined ? {} : { printedTotal }) });
    for (const [place, part] of parts.entries()) {
      if (part !== roundArea(values[place]!, unit)) moved.set(`${place}|${unit}|${key}`, part);
    }
  };
  for (const [r, project] of [...gathered.projects.keys()].entries()) {
    await setImmediate();
    for (const [i, leaf] of leaves.entries()) {
      const key = countedKey(project, leaf);
      const values = gathered.counted.get(key);
      if (values) close(key, values, 'mu', mu.cells[r]![i]!);
    }
  }
  for (const measure of countedMeasures) {
    await setImmediate();
    close(measure, gathered.countedByMeasure[measure], 'm2');
  }
  const places = new Map<string, number>();
  return (project, leaf, unit, squareMetres) => {
    const key = `${unit}|${unit === 'mu' ? countedKey(project, leaf) : measureOf(leaf)}`;
    const place = places.get(key) ?? 0;
    places.set(key, place + 1);
    return moved.get(`${place}|${key}`) ?? roundArea(squareMetres, unit);
  };
}
