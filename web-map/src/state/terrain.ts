/** Pictures of a run's rasters: slope classes, hillshade, and what is too steep about the selected parcel. */
import { computed, type Ref, shallowReactive, watch } from 'vue';
import type { ApiClient } from '../api/client.ts';
import { isAbort } from '../api/problem.ts';
import type { LayerItem } from '../api/types.ts';
import type { PictureSource } from '../map/tiles.ts';
import type { LayerChoices } from './layer-choices.ts';

/** `steep` is the slope again, only what is over the run's limit, drawn about the selected parcel */
export const terrainKinds = ['slope', 'hillshade', 'steep'] as const;
export type TerrainKind = (typeof terrainKinds)[number];

export type Terrain = ReturnType<typeof createTerrain>;

/** The rasters to draw: those the run was judged by, else the newest of each type; slopes before elevations, as the check takes them. */
export function rastersOf(layers: readonly LayerItem[], used: readonly string[] | undefined): LayerItem[] {
  const known = layers.filter((layer) => (layer.state ?? 'ready') === 'ready');
  const of = used?.length ? known.filter((layer) => used.includes(layer.layer_id)) : known;
  const newest = (type: string) =>
    of.filter((layer) => layer.type === type).sort((a, b) => (a.created_at < b.created_at ? 1 : -1))[0];
  return ['slope', 'dem'].map(newest).filter((layer) => layer !== undefined);
}

export function createTerrain(
  api: ApiClient,
  layers: Ref<LayerItem[]>,
  used: Ref<string[] | undefined>,
  choices: LayerChoices,
) {
  const rasters = computed(() => rastersOf(layers.value, used.value));
  /** by layer */
  const pictures = shallowReactive(new Map<string, PictureSource[]>());
  let aborter = new AbortController();

  watch(
    () => rasters.value.map((layer) => layer.layer_id).join(' '),
    (ids) => {
      aborter.abort();
      aborter = new AbortController();
      for (const id of ids.split(' ')) if (id !== '' && !pictures.has(id)) void load(id, aborter.signal);
    },
  );
  async function load(id: string, signal: AbortSignal): Promise<void> {
    try {
      pictures.set(id, await api.pictures(id, signal));
    } catch (thrown) {
      // what cannot be drawn is not offered
      if (!signal.aborted && !isAbort(thrown)) pictures.set(id, []);
    }
  }

  /** @param demFirst the run was told to take its slopes from elevations, though it had slopes */
  const sourceOf = (kind: TerrainKind, demFirst = false): PictureSource | undefined => {
    const style = kind === 'hillshade' ? kind : 'slope';
    const order = demFirst ? rasters.value.toReversed() : rasters.value;
    return order.flatMap(({ layer_id }) => pictures.get(layer_id) ?? []).find((one) => one.style === style);
  };
  const offered = computed(() => terrainKinds.filter((kind) => sourceOf(kind) !== undefined));
  const key = (kind: TerrainKind) => `terrain:${kind}`;
  const isShown = (kind: TerrainKind): boolean => choices.of(key(kind)).shown ?? false;
  const opacityOf = (kind: TerrainKind): number => choices.of(key(kind)).opacity ?? 1;
  const choose = (kind: TerrainKind, change: { shown?: boolean; opacity?: number }) =>
    choices.choose(key(kind), change);
  return { rasters, offered, sourceOf, isShown, opacityOf, choose };
}
