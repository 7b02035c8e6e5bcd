/** Two years of land use side by side under one map: which lies left of the line and which right of it. */
import { computed, type Ref, ref, shallowRef, watch } from 'vue';
import type { LayerItem } from '../api/types.ts';

export interface Sides {
  /** layer ids */
  left: string;
  right: string;
}

export type Swipe = ReturnType<typeof createSwipe>;

/** @param need called with each layer that is about to be drawn */
export function createSwipe(layers: Ref<LayerItem[]>, need: (layerId: string) => void) {
  const years = computed(() => layers.value.filter((layer) => layer.type === 'land-use' && layer.year !== null));
  const sides = shallowRef<Sides | null>(null);
  /** share of the map's width that the left year has */
  const share = ref(0.5);

  function set(next: Sides): void {
    sides.value = next;
    need(next.left);
    need(next.right);
  }
  /** The first year against the last. */
  function start(): void {
    const [first, last] = [years.value[0], years.value.at(-1)];
    if (!first || !last || first === last) return;
    share.value = 0.5;
    set({ left: first.layer_id, right: last.layer_id });
  }
  function choose(side: keyof Sides, layerId: string): void {
    if (sides.value) set({ ...sides.value, [side]: layerId });
  }
  function end(): void {
    sides.value = null;
  }
  // another region has other layers
  watch(years, (known) => {
    const there = (id: string) => known.some((layer) => layer.layer_id === id);
    if (sides.value && !(there(sides.value.left) && there(sides.value.right))) end();
  });
  return { years, sides, share, start, choose, end };
}
