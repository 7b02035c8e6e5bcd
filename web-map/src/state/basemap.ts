/** The basemaps that the service offers, and which of them lies under the parcels; at first none, and no other host is asked for anything. */
import { computed, shallowRef } from 'vue';
import type { ApiClient } from '../api/client.ts';
import type { Basemap } from '../api/types.ts';
import type { LayerChoices } from './layer-choices.ts';
import { createTask } from './task.ts';

export function createBasemap(api: ApiClient, choices: LayerChoices) {
  const offered = shallowRef<Basemap[]>([]);
  // a service that cannot say offers none
  const task = createTask(async (signal) => {
    offered.value = await api.basemaps(signal);
  });
  // by name: the place in the list may change with the next start of the service
  const key = (one: Basemap) => `basemap:${one.name}`;
  const chosen = computed(() => offered.value.find((one) => choices.of(key(one)).shown) ?? null);
  function choose(id: string | null): void {
    for (const one of offered.value) choices.choose(key(one), { shown: one.id === id });
  }
  const opacity = computed(() => (chosen.value && choices.of(key(chosen.value)).opacity) ?? 1);
  function fade(to: number): void {
    if (chosen.value) choices.choose(key(chosen.value), { opacity: to });
  }
  return { offered, chosen, opacity, task, choose, fade };
}
