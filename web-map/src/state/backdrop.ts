/** The layers of the region behind the parcels: which there are, which are shown, and their shapes. */
import { computed, reactive, ref, shallowReactive, shallowRef } from 'vue';
import type { ApiClient } from '../api/client.ts';
import { type ApiProblem, asProblem, isAbort } from '../api/problem.ts';
import type { LayerFeature, LayerItem } from '../api/types.ts';
import { lookOf } from '../layers/index.ts';
import { createTask } from './task.ts';

/** A layer is drawn whole up to here and says so past it; tiles take over where counties are larger. */
export const mostFeatures = 20_000;

export interface LayerShapes {
  state: 'loading' | 'done' | 'failed';
  features: LayerFeature[];
  cut: boolean;
  problem: ApiProblem | null;
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
  const shapes = shallowReactive(new Map<string, LayerShapes>());
  const region = ref<string | null>(null);
  let aborter = new AbortController();

  const layers = computed(() => layersToOffer(all.value, usedByRun.value));

  const task = createTask(async (signal, regionCode: string, usedIds: string[] | undefined) => {
    if (region.value !== regionCode) {
      aborter.abort();
      aborter = new AbortController();
      all.value = [];
      shown.clear();
      shapes.clear();
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
    const have = shapes.get(layerId);
    if (!have || have.state === 'failed') void load(layerId, aborter.signal);
  }

  async function load(layerId: string, signal: AbortSignal): Promise<void> {
    shapes.set(layerId, { state: 'loading', features: [], cut: false, problem: null });
    const features: LayerFeature[] = [];
    try {
      let cut = false;
      for await (const page of api.layerFeaturePages(layerId, signal)) {
        features.push(...page.rows);
        cut = features.length >= mostFeatures;
        if (cut) break;
      }
      shapes.set(layerId, { state: 'done', features, cut, problem: null });
    } catch (thrown) {
      if (signal.aborted || isAbort(thrown)) return;
      shapes.set(layerId, { state: 'failed', features: [], cut: false, problem: asProblem(thrown) });
    }
  }

  return { layers, shown, shapes, region, task, show };
}
