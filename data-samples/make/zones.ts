/** A 坡度图 drawn from the slope raster in squares of 150 m, one patch for each run of squares of one class. */
import type { Feature } from './model.ts';
import { cellM, type Grid, noData } from './terrain.ts';

const square = 5;
const edges = [2, 6, 15, 25];

export function slopeZones(slope: Grid): Feature[] {
  const features: Feature[] = [];
  for (let r = 0; r + square <= slope.rows; r += square) {
    let from = 0;
    for (let c = 0; c + square <= slope.columns; c += square) {
      const level = levelOf(slope, r, c);
      const following = c + 2 * square <= slope.columns ? levelOf(slope, r, c + square) : 0;
      if (following === level) continue;
      const [x1, x2] = [slope.x0 + from * cellM, slope.x0 + (c + square) * cellM];
      const [y1, y2] = [slope.y0 - (r + square) * cellM, slope.y0 - r * cellM];
      features.push({
        polygons: [
          [
            [
              [x1, y1],
              [x2, y1],
              [x2, y2],
              [x1, y2],
            ],
          ],
        ],
        attributes: { BSM: `990001${String(features.length + 1).padStart(12, '0')}`, PDJB: String(level) },
      });
      from = c + square;
    }
  }
  return features;
}

function levelOf(slope: Grid, row: number, column: number): number {
  let [sum, n] = [0, 0];
  for (let r = row; r < row + square; r++) {
    for (let c = column; c < column + square; c++) {
      const value = slope.values[r * slope.columns + c]!;
      if (value !== noData) [sum, n] = [sum + value, n + 1];
    }
  }
  const mean = n === 0 ? 0 : sum / n;
  return 1 + edges.filter((edge) => mean > edge).length;
}
