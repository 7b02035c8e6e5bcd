/**
 * The relief: a winding river in a valley, hills that grow with the distance from it. Local metres, x east and y north
 * of the county's corner; heights in metres. Polynomials and square roots only, so every machine makes the same grid.
 */
import { smoothNoise } from './random.ts';

export type Point = readonly [number, number];

export const width = 10_500;
export const height = 8_100;
export const riverAt = 3025;
export const cellM = 30;

/** How far the river (and everything laid out along it) lies north of a straight line at this easting. */
export function meander(x: number): number {
  return 260 * smoothNoise(x / 2300, 0.5, 11) + 70 * smoothNoise(x / 800, 0.5, 12);
}

/** The large forms alone: what terraces follow. */
export function broadHeight(x: number, y: number): number {
  const d = y - riverAt - meander(x);
  const away = Math.abs(d);
  const rise = (away * away) / (away + 700);
  const strength = Math.min(1, away / 2500);
  const hills = smoothNoise(x / 1500, y / 1500, 21) * (35 + 190 * strength);
  return 180 + 0.16 * rise + hills + smoothNoise(x / 640, y / 640, 22) * (10 + 42 * strength);
}

export function heightAt(x: number, y: number): number {
  return broadHeight(x, y) + smoothNoise(x / 210, y / 210, 23) * 5;
}

/** Uphill unit vector and steepness (rise over run) of the large forms. */
export function uphill(x: number, y: number): { dx: number; dy: number; steepness: number } {
  const gx = (broadHeight(x + 5, y) - broadHeight(x - 5, y)) / 10;
  const gy = (broadHeight(x, y + 5) - broadHeight(x, y - 5)) / 10;
  const steepness = Math.sqrt(gx * gx + gy * gy);
  return { dx: gx / steepness, dy: gy / steepness, steepness };
}

/** A grid of square cells, row 0 in the north; x0, y0 is the upper left corner of cell (0, 0) in local metres. */
export interface Grid {
  columns: number;
  rows: number;
  x0: number;
  y0: number;
  values: Float32Array;
}

export const noData = -9999;

/** The elevation model, 30 m, heights to the centimetre. */
export function elevationGrid(): Grid {
  const margin = 4 * cellM;
  const columns = (width + 2 * margin) / cellM;
  const rows = (height + 2 * margin) / cellM;
  const grid: Grid = { columns, rows, x0: -margin, y0: height + margin, values: new Float32Array(columns * rows) };
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const z = heightAt(grid.x0 + (c + 0.5) * cellM, grid.y0 - (r + 0.5) * cellM);
      grid.values[r * columns + c] = Math.round(z * 100) / 100;
    }
  }
  return grid;
}

/** Slope in degrees to 0.01 by Horn on 3×3; the border has no value. */
export function slopeGrid(dem: Grid): Grid {
  const { columns, rows } = dem;
  const values = new Float32Array(columns * rows).fill(noData);
  const z = (r: number, c: number) => dem.values[r * columns + c]!;
  for (let r = 1; r < rows - 1; r++) {
    for (let c = 1; c < columns - 1; c++) {
      const west = z(r - 1, c - 1) + 2 * z(r, c - 1) + z(r + 1, c - 1);
      const east = z(r - 1, c + 1) + 2 * z(r, c + 1) + z(r + 1, c + 1);
      const north = z(r - 1, c - 1) + 2 * z(r - 1, c) + z(r - 1, c + 1);
      const south = z(r + 1, c - 1) + 2 * z(r + 1, c) + z(r + 1, c + 1);
      const gx = (east - west) / (8 * cellM);
      const gy = (north - south) / (8 * cellM);
      const degrees = (Math.atan(Math.sqrt(gx * gx + gy * gy)) * 180) / Math.PI;
      values[r * columns + c] = Math.round(degrees * 100) / 100;
    }
  }
  return { ...dem, values };
}

/** Values of the cells that a box touches, widened by `pad` cells. */
export function cellsIn(grid: Grid, [x1, y1, x2, y2]: readonly [number, number, number, number], pad = 0): number[] {
  const found: number[] = [];
  const first = Math.floor((grid.y0 - y2) / cellM) - pad;
  const last = Math.floor((grid.y0 - y1) / cellM) + pad;
  for (let r = first; r <= last; r++) {
    for (let c = Math.floor((x1 - grid.x0) / cellM) - pad; c <= Math.floor((x2 - grid.x0) / cellM) + pad; c++) {
      found.push(grid.values[r * grid.columns + c]!);
    }
  }
  return found;
}
