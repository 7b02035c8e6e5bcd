/** A run before it is started: over which sets, by which layers, with which parameters. Just what is shown is sent. */
import { computed, reactive, ref, shallowRef, watch } from 'vue';
import type { ApiClient } from '../api/client.ts';
import type { ParcelSet } from '../api/intake-types.ts';
import type { LayerVersion, RunBody } from '../api/run-types.ts';
import { lacksOf, type ParamTexts, readParams, slotsOf } from '../figures/run-plan.ts';
import type { Registry } from './registry.ts';
import { createTask } from './task.ts';

export type NewRun = ReturnType<typeof createNewRun>;

/** @param started with the id of the run */
export function createNewRun(api: ApiClient, registry: Registry, begin: string[], started: (runId: string) => void) {
  const sets = shallowRef<ParcelSet[]>([]);
  const layers = shallowRef<LayerVersion[]>([]);
  const chosen = ref<string[]>([...begin]);
  /** by slot: the version that is not the newest; null: left out */
  const choice = reactive(new Map<string, string | null>());
  const texts = reactive<ParamTexts>({});

  const readSets = createTask(async (signal) => {
    sets.value = (await api.parcelSets(signal)).filter((set) => set.withdrawn_at === null);
    const there = new Set(sets.value.map((set) => set.parcel_set_id));
    chosen.value = chosen.value.filter((id) => there.has(id));
  });
  const readLayers = createTask(async (signal, regionCode: string) => {
    layers.value = [];
    choice.clear();
    layers.value = (await api.layerVersions(regionCode, signal)).filter(
      (layer) => (layer.state ?? 'ready') === 'ready',
    );
  });

  const picked = computed(() => sets.value.filter((set) => chosen.value.includes(set.parcel_set_id)));
  /** of the sets that are chosen: a run is of one county */
  const region = computed(() => picked.value[0]?.region_code ?? null);
  watch(
    region,
    (code) => {
      if (code !== null) void readLayers.start(code);
    },
    { immediate: true },
  );

  const types = computed(() => registry.layerTypes.value.map((type) => type.type));
  const slots = computed(() => slotsOf(layers.value, types.value));
  const versionOf = (key: string): string | null => {
    const kept = choice.get(key);
    return kept !== undefined ? kept : (slots.value.find((slot) => slot.key === key)?.versions[0]?.layer_id ?? null);
  };
  const layerIds = computed(() => slots.value.flatMap((slot) => versionOf(slot.key) ?? []));
  const lacks = computed(() => {
    const used = slots.value.filter((slot) => versionOf(slot.key) !== null);
    return lacksOf(registry.checks.value, new Set(used.map((slot) => slot.type)));
  });
  const read = computed(() => readParams(registry.checks.value, texts));

  function setText(check: string, key: string, text: string): void {
    texts[check] = { ...texts[check], [key]: text };
  }

  const body = computed<RunBody>(() => ({
    // in the order of the list, whatever the order of the clicks
    parcel_set_ids: picked.value.map((set) => set.parcel_set_id),
    layer_ids: layerIds.value,
    params: read.value.params,
  }));
  const sendKey = ref(crypto.randomUUID() as string);
  watch(body, (now, before) => {
    if (JSON.stringify(now) === JSON.stringify(before)) return;
    sendKey.value = crypto.randomUUID();
    // what was refused is not what is asked now
    start.problem.value = null;
  });

  const start = createTask(async (signal) => {
    const { run_id } = await api.startRun(body.value, sendKey.value, signal);
    started(run_id);
  });

  const isReady = computed(
    () =>
      picked.value.length > 0 &&
      readLayers.state.value === 'done' &&
      registry.checks.value.length > 0 &&
      read.value.faults.size === 0 &&
      start.state.value !== 'running',
  );
  /** the field that the server named in its refusal: `check.key`, `parcel_set_ids`, `layer_ids` */
  const refusedAt = computed(() => start.problem.value?.where.field ?? null);

  return {
    ...{ sets, layers, chosen, picked, region, slots, choice, versionOf, layerIds, lacks, texts, setText, read },
    ...{ readSets, readLayers, start, isReady, refusedAt },
  };
}
