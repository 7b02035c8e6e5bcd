/** Everything the page knows, in one value: which run, its parcels, what lies behind them, and the one selection. */
import { computed, ref, watch } from 'vue';
import type { ApiClient } from '../api/client.ts';
import type { InstantReader } from '../map/instant-shapes.ts';
import type { Address } from './address.ts';
import { createBackdrop } from './backdrop.ts';
import { createIntake } from './intake.ts';
import { createRegistry } from './registry.ts';
import { createRuns } from './runs.ts';
import { createVerdicts } from './verdicts.ts';

export type Workspace = ReturnType<typeof createWorkspace>;

/** @param readInstantly without one the shapes of an upload wait for the server */
export function createWorkspace(api: ApiClient, address: Address, readInstantly: InstantReader = async () => null) {
  const registry = createRegistry(api);
  const runs = createRuns(api);
  const verdicts = createVerdicts(api);
  const backdrop = createBackdrop(api);
  const intake = createIntake(api, readInstantly);
  const selectedIndex = ref<number | null>(null);
  /** the parcel named in the address, until its page has come */
  let awaited = address.parcel;

  const selected = computed(() =>
    selectedIndex.value === null ? null : (verdicts.parcels.value[selectedIndex.value] ?? null),
  );

  function select(index: number | null): void {
    awaited = null;
    selectedIndex.value = index;
  }

  async function start(): Promise<void> {
    void registry.task.start();
    runs.awaitFirst.stop();
    await runs.list.start(runs.chosenId.value ?? address.run);
    if (runs.isEmpty.value) await runs.awaitFirst.start();
    if (runs.chosenId.value) openRun(runs.chosenId.value);
  }

  function openRun(runId: string): void {
    const before = runs.chosen.value;
    if (before && before.run_id !== runId) select(null);
    // a finished run never changes, so its verdicts stay when it is read again
    if (before?.run_id !== runId) verdicts.clear();
    else void backdrop.task.start(before.region_code, before.layer_ids);
    void runs.follow.start(runId);
  }

  // verdicts exist once the run has succeeded; the layers of its region are shown while it still runs
  watch([() => runs.chosen.value?.run_id, () => runs.chosen.value?.state], ([runId, state]) => {
    const run = runs.chosen.value;
    if (!runId || !run) return;
    void backdrop.task.start(run.region_code, run.layer_ids);
    if (state === 'succeeded') void verdicts.task.start(runId);
  });
  watch(verdicts.parcels, (parcels) => {
    if (awaited === null) return;
    const index = parcels.findIndex((parcel) => parcel.properties.parcel_id === awaited);
    if (index >= 0) select(index);
  });

  return { registry, runs, verdicts, backdrop, intake, selectedIndex, selected, select, start, openRun };
}
