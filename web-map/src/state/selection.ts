/** The one selected parcel: shown at once as the list knows it, then with its pieces and history as the server tells them. */
import { computed, shallowRef } from 'vue';
import type { ApiClient } from '../api/client.ts';
import type { Parcel, ParcelDetail } from '../api/types.ts';
import { isNamed, nameOf, type ParcelName } from './parcels.ts';
import { createTask } from './task.ts';

export type Selection = ReturnType<typeof createSelection>;

export function createSelection(api: ApiClient) {
  const name = shallowRef<ParcelName | null>(null);
  const known = shallowRef<Parcel | null>(null);
  const detail = shallowRef<ParcelDetail | null>(null);

  const task = createTask(async (signal, runId: string, wanted: ParcelName) => {
    const found = await api.verdict(runId, wanted.parcel_id, wanted.ordinal, signal);
    detail.value = found;
    known.value = found;
    name.value = { ...nameOf(found), ordinal: found.id ?? wanted.ordinal };
  });

  /** @param parcel what is known of it already */
  function open(runId: string, wanted: ParcelName, parcel: Parcel | null = null): Promise<void> {
    const same = detail.value !== null && isNamed(detail.value, wanted);
    name.value = wanted;
    if (!same) detail.value = null;
    known.value = parcel ?? (same ? detail.value : null);
    return task.start(runId, wanted);
  }

  function close(): void {
    task.stop();
    name.value = null;
    known.value = null;
    detail.value = null;
  }

  return { name, parcel: computed(() => known.value), detail, task, open, close };
}
