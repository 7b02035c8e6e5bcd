/**
 * Vector tiles (Mapbox Vector Tile 2.1) of shapes in degrees. Made in the program on both databases, because the embedded one has no
 * ST_AsMVT: the same shapes give the same bytes. Simplified for the screen; no figure is ever taken from a tile.
 */
import { type GeoJSONVTTile, geoJSONToTile } from '@maplibre/geojson-vt';
import { fromGeojsonVt } from '@maplibre/vt-pbf';
import type { MultiPolygon, Polygon } from 'geojson';
import { isWithin, latOf, lonOf, squareX, squareY, type TileAddress } from './tile-grid.ts';

/** units of a tile's side, and how far shapes go on beyond it, so that outlines do not end at its edge */
export const extent = 4096;
const buffer = 80;
/** units: half a pixel of a screen of 512 pixels a tile */
const tolerance = 4;

export interface TileFeature {
  id: number;
  properties: Record<string, string | number | boolean>;
  /** GeoJSON Polygon or MultiPolygon, in degrees */
  geometry: Polygon | MultiPolygon;
}

/** @returns one layer of the tile, of the name given; empty where nothing of the shapes lies in it */
export function encodeTile(name: string, features: readonly TileFeature[], address: TileAddress): Uint8Array {
  const tile = tileOf(features, address, tolerance);
  const drawn = new Set(tile?.features.map((feature: { id?: number | string }) => feature.id));
  // what is smaller than the tolerance is left out by the library: seen from far off it is a dot, where its outline begins
  const dots = features.flatMap((feature) => (drawn.has(feature.id) ? [] : dotOf(feature, address)));
  const dotted = tileOf(dots, address, 0);
  const found = [...(tile?.features ?? []), ...(dotted?.features ?? [])];
  const whole = tile ?? dotted;
  if (whole === null || found.length === 0) return new Uint8Array(0);
  return fromGeojsonVt({ [name]: { ...whole, features: found } }, { version: 2, extent });
}

function tileOf(
  features: readonly TileFeature[],
  { z, col, row }: TileAddress,
  tolerance: number,
): GeoJSONVTTile | null {
  if (features.length === 0) return null;
  return geoJSONToTile(
    {
      type: 'FeatureCollection',
      features: features.map(({ id, properties, geometry }) => ({ type: 'Feature', id, properties, geometry })),
    },
    z,
    col,
    row,
    { maxZoom: 24, extent, buffer, tolerance, clip: true },
  ) as GeoJSONVTTile | null;
}

/** A square of a pixel in place of a shape; none where the shape begins in another tile. */
function dotOf({ geometry, ...feature }: TileFeature, tile: TileAddress): TileFeature[] {
  const first = geometry.type === 'Polygon' ? geometry.coordinates[0]?.[0] : geometry.coordinates[0]?.[0]?.[0];
  if (first === undefined || !isWithin(first[0]!, first[1]!, tile)) return [];
  const [x, y, half] = [squareX(first[0]!), squareY(first[1]!), (tolerance * 2 ** -tile.z) / extent];
  const [west, east, north, south] = [lonOf(x - half), lonOf(x + half), latOf(y - half), latOf(y + half)];
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  return [{ ...feature, geometry: { type: 'Polygon', coordinates: [ring] } }];
}
