/** The tile matrix set WebMercatorQuad (OGC 17-083r4, annex D.1): the square of EPSG:3857, halved at each zoom. */
import type { Box } from '../overlay/shape.ts';

export const tileMatrixSet = 'WebMercatorQuad';

/** Beyond this a tile of a county is less than a metre wide. */
export const deepestZoom = 22;

export interface TileAddress {
  z: number;
  /** from the west */
  col: number;
  /** from the north */
  row: number;
}

export const isTile = ({ z, col, row }: TileAddress): boolean =>
  z >= 0 && z <= deepestZoom && col >= 0 && row >= 0 && col < 2 ** z && row < 2 ** z;

/** Place in the square, 0–1 from the west. */
export const squareX = (lon: number): number => lon / 360 + 0.5;

/** Place in the square, 0–1 from the north; latitudes beyond 85.05° lie outside. */
export function squareY(lat: number): number {
  const sine = Math.sin((lat * Math.PI) / 180);
  return 0.5 - (0.25 * Math.log((1 + sine) / (1 - sine))) / Math.PI;
}

/** Whether a place (degrees) lies in a tile: in one of a zoom. */
export function isWithin(lon: number, lat: number, { z, col, row }: TileAddress): boolean {
  const side = 2 ** z;
  return Math.floor(squareX(lon) * side) === col && Math.floor(squareY(lat) * side) === row;
}

export const lonOf = (x: number) => (x - 0.5) * 360;
export const latOf = (y: number) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;

/** In degrees. @param margin share of the tile's side that is added all round */
export function boxOfTile({ z, col, row }: TileAddress, margin = 0): Box {
  const side = 2 ** -z;
  return {
    west: lonOf((col - margin) * side),
    east: lonOf((col + 1 + margin) * side),
    north: latOf((row - margin) * side),
    south: latOf((row + 1 + margin) * side),
  };
}
