/** Everything the page knows, in one value: which run, what is asked of it, what lies behind it, and the one selection. */
import { computed, ref, shallowRef, watch } from 'vue';
import type { ApiClient } from '../api/client.ts';
import type { InstantReader } from '../map/instant-shapes.ts';
import type { TileSource } from '../map/tiles.ts';
import type { Address } from './address.ts';
import { createBackdrop } from './backdrop.ts';
import { createBatch } from './batch.ts';
import { createDecisions } from './decisions.ts';
import { type Filters, noFilters, type Question } from './filters.ts';
import { createIntake } from './intake.ts';
import { createMatchingTiles } from './matching-tiles.ts';
import { createParcels, isNamed, nameOf, type ParcelName } from './parcels.ts';
import { createWho } from './person.ts';
import { createRegistry } from './registry.ts';
import { createRuns } from './runs.ts';
import { createSelection } from './selection.ts';
import { createTask } from './task.ts';

export type Workspace = ReturnType<typeof createWorkspace>;

/** @param readInstantly without one the shapes of an upload wait for the server */
export function createWorkspace(api: ApiClient, address: Address, readInstantly: InstantReader = async () => null) {
  const registry = createRegistry(api);
  const runs = createRuns(api);
  const parcels = createParcels(api);
  const selection = createSelection(api);
  const backdrop = createBackdrop(api);
  const intake = createIntake(api, readInstantly);
  const question = shallowRef<Question>(address.question);
  const verdictSaid = ref(address.verdictSaid);
  /** where the run's tiles are */
  const runTiles = shallowRef<TileSource | null>(null);
  const matching = createMatchingTiles(runTiles, question);
  const tiles = createTask(async (signal, runId: string) => {
    runTiles.value = await api.tiles(runId, signal);
  });
  /** the parcel named in the address, until its run is there */
  let awaited: ParcelName | null =
    address.parcel === null ? null : { parcel_id: address.parcel, ordinal: address.place };
  /** the finished run whose results are on the screen */
  const shown = shallowRef<string | null>(null);

  function select(name: ParcelName | null): void {
    awaited = null;
    const runId = runs.chosenId.value;
    if (name === null || runId === null) {
      selection.close();
      return;
    }
    const known = parcels.rows.value.find((row) => isNamed(row, name)) ?? null;
    void selection.open(runId, name, known);
  }

  /** Where the selected parcel stands in the list as far as it is read; −1: nowhere. */
  const selectedPlace = computed(() => {
    const name = selection.name.value;
    return name === null ? -1 : parcels.rows.value.findIndex((row) => isNamed(row, name));
  });

  /** The next parcel of the list or the one before, over the borders of its pages. */
  async function step(by: 1 | -1): Promise<void> {
    const place = selectedPlace.value;
    const wanted = place < 0 ? 0 : place + by;
    if (wanted >= parcels.rows.value.length && parcels.hasMore.value) await parcels.more();
    const row = parcels.rows.value[wanted];
    if (row) select(nameOf(row));
  }

  const who = createWho(api);
  const runId = () => shown.value;
  const decisions = createDecisions(api, {
    runId,
    parcel: () => selection.parcel.value,
    order: () => registry.checks.value.map((check) => check.id),
    who,
    changed: refresh,
  });
  const batch = createBatch(api, {
    runId,
    filters: () => question.value.filters,
    who,
    made: (done) => {
      decisions.remember(done);
      // its rows are decided now: the list is read again
      if (shown.value !== null) void parcels.ask(shown.value, question.value);
    },
  });

  /** After a decision: the parcel and the map as they are now, counts anew; the rows stay where they are. */
  function refresh(): void {
    parcels.recount();
    matching.again();
    if (selection.name.value && shown.value !== null)
      void selection.open(shown.value, selection.name.value, selection.parcel.value);
  }
  watch(selection.detail, (detail) => {
    if (detail) parcels.replace(detail);
  });
  watch(
    () => selection.name.value?.parcel_id,
    () => decisions.leave(),
  );

  function ask(filters: Partial<Filters>, sort = question.value.sort): void {
    verdictSaid.value = true;
    question.value = { filters: { ...question.value.filters, ...filters }, sort };
  }

  async function start(): Promise<void> {
    void registry.task.start();
    runs.awaitFirst.stop();
    await runs.list.start(runs.chosenId.value ?? address.run);
    // what is on the screen stays: the notice says that it may be old
    if (runs.list.problem.value) return;
    // a parcel of a run that is not there is not looked for in another
    if (runs.missing.value !== null) awaited = null;
    if (runs.isEmpty.value) await runs.awaitFirst.start();
    if (runs.chosenId.value) openRun(runs.chosenId.value);
  }

  function openRun(runId: string): void {
    const before = runs.chosen.value;
    if (before && before.run_id !== runId) {
      select(null);
      // projects and townships are those of the run
      question.value = { ...question.value, filters: { ...noFilters } };
      verdictSaid.value = false;
    }
    if (before?.run_id !== runId) {
      parcels.clear();
      tiles.stop();
      runTiles.value = null;
      shown.value = null;
    } else {
      void backdrop.task.start(before.region_code, before.layer_ids);
      // a finished run never changes, but what people decide on it does
      if (shown.value === runId) {
        void parcels.ask(runId, question.value);
        matching.again();
      }
    }
    void runs.follow.start(runId);
  }

  /** Goes where an address leads: to its run, its question, its parcel. */
  function visit({ run, parcel, place, question: asked, verdictSaid: said }: Address): void {
    const elsewhere = run !== null && run !== runs.chosenId.value;
    if (elsewhere) openRun(run);
    if (elsewhere || said) {
      question.value = asked;
      verdictSaid.value = said;
    }
    const name = parcel === null ? null : { parcel_id: parcel, ordinal: place };
    if (elsewhere || shown.value === null) awaited = name;
    else if (name === null || !selection.parcel.value || !isNamed(selection.parcel.value, name)) select(name);
  }

  // verdicts exist once the run has succeeded; the layers of its region are shown while it still runs
  watch([() => runs.chosen.value?.run_id, () => runs.chosen.value?.state], ([runId, state]) => {
    const run = runs.chosen.value;
    if (!runId || !run) return;
    void backdrop.task.start(run.region_code, run.layer_ids);
    if (state !== 'succeeded' || shown.value === runId) return;
    shown.value = runId;
    if (!verdictSaid.value) {
      // what is flagged comes first; where nothing is, everything
      const verdict = (run.summary?.by_verdict.non_compliant ?? 0) > 0 ? 'non_compliant' : null;
      question.value = { ...question.value, filters: { ...question.value.filters, verdict } };
    }
    void tiles.start(runId);
    if (awaited) select(awaited);
  });
  watch([shown, question], ([runId, asked]) => {
    if (runId !== null) void parcels.ask(runId, asked);
  });

  return {
    ...{
      registry,
      runs,
      parcels,
      selection,
      backdrop,
      intake,
      who,
      decisions,
      batch,
      question,
      runTiles,
      matching,
      tiles,
      shown,
    },
    attachmentAddress: api.attachmentAddress,
    ...{ selectedPlace, select, step, ask, start, openRun, visit },
  };
}
