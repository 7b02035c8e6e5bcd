/** One run beside an earlier one: what changed, kind by kind, a page at a time; the sums are of all whatever is listed. */
import { computed, shallowRef } from 'vue';
import type { ApiClient } from '../api/client.ts';
import type { ChangeKind, DiffItem, DiffSummary, LayerVersion } from '../api/run-types.ts';
import { createTask } from './task.ts';

export type Comparison = ReturnType<typeof createComparison>;

export function createComparison(api: ApiClient) {
  const rows = shallowRef<DiffItem[]>([]);
  const summary = shallowRef<DiffSummary | null>(null);
  const matched = shallowRef<number | null>(null);
  const cursor = shallowRef<string | null>(null);
  /** by id, for the names of layers that changed */
  const layers = shallowRef<Map<string, LayerVersion>>(new Map());
  let asked: { runId: string; against: string; kind: ChangeKind | null } | null = null;

  const first = createTask(async (signal, runId: string, against: string, kind: ChangeKind | null) => {
    next.stop();
    const same = asked?.runId === runId && asked.against === against;
    asked = { runId, against, kind };
    rows.value = [];
    matched.value = null;
    cursor.value = null;
    if (!same) summary.value = null;
    take(await api.diff(runId, against, { kind, cursor: null }, signal));
  });

  const next = createTask(async (signal) => {
    if (asked === null || cursor.value === null) return;
    take(await api.diff(asked.runId, asked.against, { kind: asked.kind, cursor: cursor.value }, signal));
  });

  function take(page: Awaited<ReturnType<typeof api.diff>>): void {
    rows.value = [...rows.value, ...page.items];
    summary.value = page.summary;
    matched.value = page.number_matched;
    cursor.value = page.next_cursor;
  }

  const nameLayers = createTask(async (signal, regionCode: string) => {
    const found = await api.layerVersions(regionCode, signal);
    layers.value = new Map(found.map((layer) => [layer.layer_id, layer]));
  });

  return { rows, summary, matched, layers, first, next, nameLayers, hasMore: computed(() => cursor.value !== null) };
}
