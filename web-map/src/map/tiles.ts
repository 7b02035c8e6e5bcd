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

/**
 * @param page absolute address of the page: tiles lie beside it, so that a proxy may serve both under a prefix
 * @returns null for a tileset without a template or a zoom
 */
export function tileSource({ links, layers, boundingBox }: Tileset, page: string): TileSource | null {
  const href = links.find((link) => link.templated)?.href;
  const from = layers.find((layer) => layer.minTileMatrix !== undefined)?.minTileMatrix;
  if (href === undefined || from === undefined) return null;
  const beside = new URL(page);
  const folder = beside.origin + beside.pathname.replace(/[^/]*$/, '');
  const template = href
    .replace(/^\//, folder)
    .replace('{tileMatrix}', '{z}')
    .replace('{tileRow}', '{y}')
    .replace('{tileCol}', '{x}');
  const frame: Frame | null = boundingBox ? [...boundingBox.lowerLeft, ...boundingBox.upperRight] : null;
  return { template, singlyFrom: Number(from), frame };
}
