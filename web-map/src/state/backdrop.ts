/** The layers of the region behind the parcels: which there are, which are shown, and where their tiles are. */
import { computed, reactive, ref, shallowReactive, shallowRef } from 'vue';
import type { ApiClient } from '../api/client.ts';
import { isAbort } from '../api/problem.ts';
import type { LayerItem } from '../api/types.ts';
import { lookOf } from '../layers/index.ts';
import type { TileSource } from '../map/tiles.ts';
import { createTask } from './task.ts';

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

export function createBackdrop(api: ApiClient) {
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
    for (const layer of layers.value) if (lookOf(layer.type)?.shownAtFirst) show(layer.layer_id, true);
  });

  function show(layerId: string, visible: boolean): void {
    if (!visible) {
      shown.delete(layerId);
      return;
    }
    shown.add(layerId);
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

  return { all, layers, shown, tiles, region, task, show };
}
