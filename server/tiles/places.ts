/** Where the pixels of a tile lie in a grid of cells that is in a system of its own. */
import { type CoordinateSystem, isPlane, systemOf } from '../domain/crs.ts';
import { toPlane } from '../domain/gauss-kruger.ts';
import type { Grid } from '../terrain/raster-report.ts';
import { latOf, lonOf, squareX, squareY, type TileAddress } from './tile-grid.ts';

export type PlacedGrid = Grid & { srid: number };

/** a tile's side */
export const pixels = 256;
/** pixels between points that are projected; those between them are put in by straight lines, a hundredth of a pixel off at most */
const step = 16;
const across = pixels / step + 1;

/** Cells, counted from the grid's corner, at every 16th pixel's corner: pairs of column and row, 17 × 17. */
export function placesOf(raster: PlacedGrid, { z, row, col }: TileAddress): Float64Array {
  const system = systemOf(raster.srid)!;
  const places = new Float64Array(across * across * 2);
  for (let j = 0; j < across; j++) {
    const lat = latOf((row + (j * step) / pixels) / 2 ** z);
    for (let i = 0; i < across; i++) {
      const lon = lonOf((col + (i * step) / pixels) / 2 ** z);
      const [x, y] = inSystem(lon, lat, system);
      places.set([(x - raster.origin_x) / raster.cell_x, (raster.origin_y - y) / raster.cell_y], (j * across + i) * 2);
    }
  }
  return places;
}

function inSystem(lon: number, lat: number, system: CoordinateSystem): [number, number] {
  if (system.kind === 'geographic') return [lon, lat];
  if (isPlane(system)) {
    // the series holds for 4.5° and a county is 1° wide; whatever is far away is no place of the raster
    if (Math.abs(lon - system.centralMeridian) > 30) return [Number.NaN, Number.NaN];
    return toPlane(lon, lat, system);
  }
  const half = 6378137 * Math.PI;
  return [(squareX(lon) * 2 - 1) * half, (1 - squareY(lat) * 2) * half];
}

/** West, north, east and south in cells; what the projection does not reach is left out. */
export function boxOfPlaces(places: Float64Array): [number, number, number, number] {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < places.length; i += 2) {
    const [x, y] = [places[i]!, places[i + 1]!];
    if (Number.isNaN(x)) continue;
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box;
}

/** @param look gets the pixel (row by row) and the column and row, with fractions, of its middle */
export function eachPixel(places: Float64Array, look: (pixel: number, x: number, y: number) => void): void {
  for (let py = 0; py < pixels; py++) {
    const j = Math.floor(py / step);
    const v = (py + 0.5) / step - j;
    for (let px = 0; px < pixels; px++) {
      const i = Math.floor(px / step);
      const u = (px + 0.5) / step - i;
      const at = (j * across + i) * 2;
      const below = at + across * 2;
      const place = (n: number) =>
        (places[at + n]! * (1 - u) + places[at + 2 + n]! * u) * (1 - v) +
        (places[below + n]! * (1 - u) + places[below + 2 + n]! * u) * v;
      look(py * pixels + px, place(0), place(1));
    }
  }
}
