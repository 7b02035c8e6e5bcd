/** From a tileset as the API tells it to what the map asks for. Pure. */
import type { Tileset } from '../api/types.ts';
import type { Frame } from './shapes.ts';

export interface TileSource {
  /** absolute, with {z}, {y}, {x} */
  template: string;
  /** from this zoom on everything is drawn singly, below it counted in cells */
  singlyFrom: number;
  frame: Frame | null;
}

/** Pictures of a raster layer in one style. */
export interface PictureSource {
  style: string;
  /** absolute, with {z}, {y}, {x} */
  template: string;
  /** from this zoom on there are tiles */
  from: number;
  frame: Frame | null;
}

/** @param page as `tileSource` takes it */
export function pictureSources({ links, boundingBox }: Tileset, page: string): PictureSource[] {
  const frame: Frame | null = boundingBox ? [...boundingBox.lowerLeft, ...boundingBox.upperRight] : null;
  return links.flatMap(({ templated, href, style, minTileMatrix }) =>
    templated && style !== undefined
      ? [{ style, template: beside(href, page), from: Number(minTileMatrix ?? 0), frame }]
      : [],
  );
}

/** The template of a path as the API gives it, or of another host, as the library takes it. */
export function beside(href: string, page: string): string {
  const at = new URL(page);
  return href
    .replace(/^\//, at.origin + at.pathname.replace(/[^/]*$/, ''))
    .replace('{tileMatrix}', '{z}')
    .replace('{tileRow}', '{y}')
    .replace('{tileCol}', '{x}');
}

/**
 * @param page absolute address of the page: tiles lie beside it, so that a proxy may serve both under a prefix
 * @returns null for a tileset without a template or a zoom
 */
export function tileSource({ links, layers, boundingBox }: Tileset, page: string): TileSource | null {
  const href = links.find((link) => link.templated)?.href;
  const from = layers?.find((layer) => layer.minTileMatrix !== undefined)?.minTileMatrix;
  if (href === undefined || from === undefined) return null;
  const frame: Frame | null = boundingBox ? [...boundingBox.lowerLeft, ...boundingBox.upperRight] : null;
  return { template: beside(href, page), singlyFrom: Number(from), frame };
}
