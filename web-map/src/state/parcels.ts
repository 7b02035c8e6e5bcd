/** The parcels of one run that a question matches: counted by the server, fetched a page at a time, in its order. */
import { computed, ref, shallowRef } from 'vue';
import type { ApiClient } from '../api/client.ts';
import type { Facets, Parcel } from '../api/types.ts';
import { filterQuery, type Question } from './filters.ts';
import { createTask } from './task.ts';

/** m² that a plan would change, or, where nothing is decided, that wait for evidence. */
export function concernedArea({ properties: p }: Parcel): number {
  if (p.verdict === 'undetermined') return p.kept_unverified_area_m2;
  return p.deduct_area_m2 + p.restore_area_m2 + p.remediate_area_m2;
}

/** The one name of a parcel inside the page: ids may repeat over the sets of a run. */
export interface ParcelName {
  parcel_id: string;
  /** its place in the run; null where only an address named it */
  ordinal: number | null;
}

export const nameOf = (parcel: Parcel): ParcelName => ({
  parcel_id: parcel.properties.parcel_id,
  ordinal: parcel.id ?? null,
});

export function isNamed({ id, properties }: Parcel, { parcel_id, ordinal }: ParcelName): boolean {
  return properties.parcel_id === parcel_id && (ordinal === null || id === undefined || id === ordinal);
}

export type Parcels = ReturnType<typeof createParcels>;

export function createParcels(api: ApiClient) {
  const rows = shallowRef<Parcel[]>([]);
  const matched = ref<number | null>(null);
  const cursor = ref<string | null>(null);
  const facets = shallowRef<Facets | null>(null);
  let asked: { runId: string; question: Question } | null = null;

  const first = createTask(async (signal, runId: string, question: Question) => {
    asked = { runId, question };
    next.stop();
    const page = await api.verdicts(runId, queryOf(question), null, signal);
    rows.value = page.features;
    matched.value = page.number_matched ?? null;
    cursor.value = page.next_cursor;
  });

  const next = createTask(async (signal) => {
    if (asked === null || cursor.value === null) return;
    const page = await api.verdicts(asked.runId, queryOf(asked.question), cursor.value, signal);
    rows.value = [...rows.value, ...page.features];
    matched.value = page.number_matched ?? matched.value;
    cursor.value = page.next_cursor;
  });

  const count = createTask(async (signal, runId: string, question: Question) => {
    facets.value = await api.facets(runId, filterQuery(question.filters), signal);
  });

  /** The page after those that are there; one that is on its way is waited for. */
  let coming: Promise<void> = Promise.resolve();
  function more(): Promise<void> {
    if (next.state.value !== 'running') coming = next.start();
    return coming;
  }

  function ask(runId: string, question: Question): Promise<void> {
    const listed = first.start(runId, question);
    // one behind the other: what is looked at first is there first
    void listed.then(() => {
      if (asked?.runId === runId && asked.question === question) void count.start(runId, question);
    });
    return listed;
  }

  /** Counts anew, and leaves the rows as they are: after a decision nothing jumps. */
  function recount(): void {
    if (asked) void count.start(asked.runId, asked.question);
  }

  /** What is known better now of a parcel that is in the list. */
  function replace(parcel: Parcel): void {
    const name = nameOf(parcel);
    const place = rows.value.findIndex((row) => isNamed(row, name));
    if (place >= 0) rows.value = rows.value.with(place, parcel);
  }

  function clear(): void {
    for (const task of [first, next, count]) task.stop();
    rows.value = [];
    matched.value = null;
    cursor.value = null;
    facets.value = null;
    asked = null;
  }

  const hasMore = computed(() => cursor.value !== null);
  return { rows, matched, facets, hasMore, first, next, count, ask, more, recount, replace, clear };
}

function queryOf({ filters, sort }: Question): Record<string, string | number> {
  return { ...filterQuery(filters), ...(sort === 'upload' ? {} : { sort }) };
}
