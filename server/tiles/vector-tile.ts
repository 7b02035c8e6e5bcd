/**
 * Vector tiles (Mapbox Vector Tile 2.1) of shapes in degrees. Made in the program on both databases, because the embedded one has no
 * ST_AsMVT: the same shapes give the same bytes. Simplified for the screen; no figure is ever taken from a tile.
 */
import { type GeoJSONVTTile, geoJSONToTile } from '@maplibre/geojson-vt';
import { fromGeojsonVt } from '@maplibre/vt-pbf';
import type { MultiPolygon, Polygon } from 'geojson';
import type { TileAddress } from './tile-grid.ts';

/** units of a tile's side, and how far shapes go on beyond it, so that outlines do not end at its edge */
export const extent = 4096;
const buffer = 80;

export interface TileFeature {
  id: number;
  properties: Record<string, string | number | boolean>;
  /** GeoJSON Polygon or MultiPolygon, in degrees */
  geometry: Polygon | MultiPolygon;
}

/** @returns one layer of the tile, of the name given; empty where nothing of the shapes lies in it */
export function encodeTile(name: string, features: readonly TileFeature[], { z, col, row }: TileAddress): Uint8Array {
  const tile = geoJSONToTile(
    {
      type: 'FeatureCollection',
      features: features.map(({ id, properties, geometry }) => ({ type: 'Feature', id, properties, geometry })),
    },
    z,
    col,
    row,
    // half a pixel of a screen of 512 pixels a tile
    { maxZoom: 24, extent, buffer, tolerance: 4, clip: true },
  ) as GeoJSONVTTile | null;
  if (tile === null || tile.features.length === 0) return new Uint8Array(0);
  return fromGeojsonVt({ [name]: tile }, { version: 2, extent });
}
