/** Which pictures of the ground the map shows, from what the page knows. Pure. */
import { steepLimit } from '../figures/finding-facts.ts';
import type { Workspace } from '../state/workspace.ts';
import { frameOf } from './shapes.ts';
import { aroundOf, type PictureLayer } from './terrain-style.ts';

/** Tiles of this zoom are drawn larger beyond it: a pixel is 0.5 m there, a tenth of the finest cells. */
const finest = 18;

type Known = Pick<Workspace, 'runs' | 'selection'> & { backdrop: Pick<Workspace['backdrop'], 'terrain' | 'basemap'> };

export function picturesOf({ backdrop: { terrain, basemap }, runs, selection }: Known) {
  const params = runs.chosen.value?.params;
  const demFirst = params?.['steep-slope']?.['source'] === 'dem';
  const picture = (kind: 'slope' | 'hillshade' | 'steep'): PictureLayer[] => {
    const source = terrain.sourceOf(kind, demFirst);
    if (!source || !terrain.isShown(kind)) return [];
    const { template, from, frame } = source;
    const common = { opacity: terrain.opacityOf(kind), sharp: true, zooms: [from, finest] as [number, number] };
    if (kind !== 'steep') return [{ ...common, id: `terrain:${kind}:${template}`, tiles: [template], frame }];
    const about = frameOf([selection.parcel.value?.geometry ?? null]);
    if (!about) return [];
    const tiles = `${template}&over=${steepLimit(params)}`;
    return [{ ...common, id: `terrain:steep:${about.join(' ')}`, tiles: [tiles], frame: aroundOf(about) }];
  };
  const under = (basemap.chosen.value?.tiles ?? []).map(
    (tiles): PictureLayer => ({
      id: `basemap:${tiles}`,
      tiles: [tiles],
      zooms: [0, basemap.chosen.value!.max_zoom],
      frame: null,
      opacity: basemap.opacity.value,
      sharp: false,
    }),
  );
  return { ground: [...under, ...picture('slope'), ...picture('hillshade')], over: picture('steep') };
}
