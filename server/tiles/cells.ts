/** Cells instead of shapes, where too many things lie in a tile: squares with counts, nothing left out. */
import { type Cell, cellSide } from './point-index.ts';
import { latOf, lonOf } from './tile-grid.ts';
import type { TileFeature } from './vector-tile.ts';

/** @param say what a cell tells, beside its `count` */
export function cellFeatures(
  cells: readonly Cell[],
  z: number,
  say: (cell: Cell) => TileFeature['properties'],
): TileFeature[] {
  const side = cellSide(z);
  // a gap between neighbours, so that they read as counts and not as land
  const gap = side * 0.06;
  return cells.map((cell, n) => {
    const [west, east] = [lonOf(cell.x * side + gap), lonOf((cell.x + 1) * side - gap)];
    const [north, south] = [latOf(cell.y * side + gap), latOf((cell.y + 1) * side - gap)];
    return {
      id: n + 1,
      properties: { count: cell.count, ...say(cell) },
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [west, south],
            [east, south],
            [east, north],
            [west, north],
            [west, south],
          ],
        ],
      },
    };
  });
}

/** How many of each kind there are. */
export function countsByKind(kinds: readonly string[]) {
  return (cell: Cell): Record<string, number> =>
    Object.fromEntries(kinds.map((kind) => [kind, cell.kinds.get(kind)?.count ?? 0]));
}

/** The kind that weighs most; of two alike the first by its name. */
export function heaviestKind(cell: Cell): string {
  const [first] = [...cell.kinds].sort(([a, x], [b, y]) => y.weight - x.weight || (a < b ? -1 : 1));
  return first?.[0] ?? '';
}
