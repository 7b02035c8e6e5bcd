/** A style layer made fainter as a whole: every opacity it has, times a share. Pure. */
import type { LookLayer } from '../layers/look.ts';

const opacities: Record<string, readonly string[]> = {
  fill: ['fill-opacity'],
  line: ['line-opacity'],
  symbol: ['text-opacity'],
  raster: ['raster-opacity'],
};

/** @param share 0–1 */
export function fainter(layer: LookLayer, share: number): LookLayer {
  if (share === 1) return layer;
  const names = opacities[layer.type] ?? [];
  const paint = Object.fromEntries(
    names.map((name) => {
      const own = layer.paint?.[name] ?? 1;
      return [name, typeof own === 'number' ? own * share : ['*', own, share]];
    }),
  );
  return { ...layer, paint: { ...layer.paint, ...paint } };
}
