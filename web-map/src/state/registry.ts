/** The texts of checks and layer types as the server gives them; the page never retypes a title or a clause. */
import { computed, shallowRef } from 'vue';
import type { ApiClient } from '../api/client.ts';
import type { CheckText, LayerTypeText } from '../api/types.ts';
import { createTask } from './task.ts';

export type Registry = ReturnType<typeof createRegistry>;

export function createRegistry(api: ApiClient) {
  const checks = shallowRef<CheckText[]>([]);
  const layerTypes = shallowRef<LayerTypeText[]>([]);
  const task = createTask(async (signal) => {
    [checks.value, layerTypes.value] = await Promise.all([api.checks(signal), api.layerTypes(signal)]);
  });
  const checkById = computed(() => new Map<string, CheckText>(checks.value.map((check) => [check.id, check])));
  const layerTypeById = computed(() => new Map(layerTypes.value.map((type) => [type.type, type])));
  return { checks, layerTypes, checkById, layerTypeById, task };
}
