/** Pictures that come as tiles: a basemap under everything, slope and hillshade over it, and what is too steep about the selected parcel. Pure. */
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { Frame } from './shapes.ts';

export interface PictureLayer {
  /** of its source and its layer */
  id: string;
  tiles: string[];
  /** the first and the last zoom that there are tiles of */
  zooms: [from: number, to: number];
  frame: Frame | null;
  /** 0–1 */
  opacity: number;
  /** cells with sharp edges, as they are evidence; else smooth, as a photo */
  sharp: boolean;
}

export function pictureSources(pictures: readonly PictureLayer[]): StyleSpecification['sources'] {
  return Object.fromEntries(
    pictures.map(({ id, tiles, zooms: [minzoom, maxzoom], frame }) => [
      id,
      { type: 'raster', tiles, tileSize: 256, minzoom, maxzoom, ...(frame ? { bounds: frame } : {}) },
    ]),
  );
}

export const pictureLayer = ({ id, opacity, sharp }: PictureLayer): LayerSpecification => ({
  id,
  type: 'raster',
  source: id,
  paint: {
    'raster-opacity': opacity,
    'raster-resampling': sharp ? 'nearest' : 'linear',
    'raster-fade-duration': 0,
  },
});

/** @returns the frame and as far again to every side, half a kilometre at least: the cells that a parcel lies among */
export function aroundOf([west, south, east, north]: Frame): Frame {
  const [dx, dy] = [Math.max(east - west, 0.005), Math.max(north - south, 0.005)];
  return [west - dx, south - dy, east + dx, north + dy];
}
