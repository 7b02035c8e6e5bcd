/** Where the tiles of the parcels are that the question matches, and that they are asked for again when something was decided. */
import { computed, type Ref, ref } from 'vue';
import { matchingTiles } from '../map/parcel-filter.ts';
import type { TileSource } from '../map/tiles.ts';
import type { Question } from './filters.ts';

export function createMatchingTiles(all: Ref<TileSource | null>, question: Ref<Question>) {
  const decided = ref(0);
  const template = computed(() =>
    all.value === null ? null : matchingTiles(all.value.template, question.value.filters, decided.value),
  );
  return {
    /** null: those of all */
    template,
    again(): void {
      decided.value++;
    },
  };
}
