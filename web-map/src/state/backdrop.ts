/** The layers of the region behind the parcels: which there are, which are shown, and where their tiles are. */
import { computed, reactive, ref, shallowReactive, shallowRef } from 'vue';
import type { ApiClient } from '../api/client.ts';
import { isAbort } from '../api/problem.ts';
import type { LayerItem } from '../api/types.ts';
import { lookOf } from '../layers/index.ts';
import type { TileSource } from '../map/tiles.ts';
import { createBasemap } from './basemap.ts';
import { choiceKey, createLayerChoices } from './layer-choices.ts';
import { createSwipe } from './swipe.ts';
import { createTask } from './task.ts';
import { createTerrain } from './terrain.ts';

export interface LayerTiles {
  state: 'loading' | 'done' | 'failed';
  source: TileSource | null;
}

/**
 * The layers to offer: those the run was judged by where it names them, else the newest version of each type and year.
 * Types without a look (rasters) are left out. In drawing order, lowest first.
 */
export function layersToOffer(layers: readonly LayerItem[], usedByRun: readonly string[] | undefined): LayerItem[] {
  const ready = layers.filter((layer) => lookOf(layer.type) && (layer.state ?? 'ready') === 'ready');
  const used = usedByRun?.length ? ready.filter((layer) => usedByRun.includes(layer.layer_id)) : ready;
  const newest = new Map<string, LayerItem>();
  for (const layer of used) {
    const key = `${layer.type}@${layer.year ?? ''}`;
    const other = newest.get(key);
    if (!other || other.created_at < layer.created_at) newest.set(key, layer);
  }
  return [...newest.values()].sort(
    (a, b) => lookOf(a.type)!.height - lookOf(b.type)!.height || (a.year ?? 0) - (b.year ?? 0),
  );
}

export type Backdrop = ReturnType<typeof createBackdrop>;

export function createBackdrop(api: ApiClient, choices = createLayerChoices()) {
  const all = shallowRef<LayerItem[]>([]);
  const usedByRun = shallowRef<string[] | undefined>();
  const shown = reactive(new Set<string>());
  const tiles = shallowReactive(new Map<string, LayerTiles>());
  const region = ref<string | null>(null);
  let aborter = new AbortController();

  const layers = computed(() => layersToOffer(all.value, usedByRun.value));

  const task = createTask(async (signal, regionCode: string, usedIds: string[] | undefined) => {
    if (region.value !== regionCode) {
      aborter.abort();
      aborter = new AbortController();
      all.value = [];
      shown.clear();
      tiles.clear();
      region.value = regionCode;
    }
    all.value = await api.layers(regionCode, signal);
    usedByRun.value = usedIds;
    const offered = new Set(layers.value.map((layer) => layer.layer_id));
    for (const id of shown) if (!offered.has(id)) shown.delete(id);
    for (const layer of layers.value) {
      if (choices.of(choiceKey(layer)).shown ?? lookOf(layer.type)?.shownAtFirst) show(layer.layer_id);
    }
  });

  function show(layerId: string): void {
    shown.add(layerId);
    need(layerId);
  }

  /** The reader's word, kept for the next time. */
  function choose(layer: LayerItem, change: { shown?: boolean; opacity?: number }): void {
    choices.choose(choiceKey(layer), change);
    if (change.shown === false) shown.delete(layer.layer_id);
    else if (change.shown) show(layer.layer_id);
  }
  const opacityOf = (layer: LayerItem): number => choices.of(choiceKey(layer)).opacity ?? 1;

  function need(layerId: string): void {
    const have = tiles.get(layerId);
    if (!have || have.state === 'failed') void load(layerId, aborter.signal);
  }

  async function load(layerId: string, signal: AbortSignal): Promise<void> {
    tiles.set(layerId, { state: 'loading', source: null });
    try {
      tiles.set(layerId, { state: 'done', source: await api.tiles(layerId, signal) });
    } catch (thrown) {
      if (signal.aborted || isAbort(thrown)) return;
      tiles.set(layerId, { state: 'failed', source: null });
    }
  }

  const basemap = createBasemap(api, choices);
  const terrain = createTerrain(api, all, usedByRun, choices);
  const swipe = createSwipe(layers, need);
  /** Whether a layer is on the map: while two years are set side by side, of land use they alone. */
  const isDrawn = ({ layer_id, type }: LayerItem): boolean => {
    const sides = swipe.sides.value;
    if (type === 'land-use' && sides) return layer_id === sides.left || layer_id === sides.right;
    return shown.has(layer_id);
  };
  return { all, layers, shown, tiles, region, task, choose, opacityOf, choices, swipe, isDrawn, terrain, basemap };
}
