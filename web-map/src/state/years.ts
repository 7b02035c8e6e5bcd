/** What lay under a parcel in each land-use year of its run: the patches of each year's layer in the window around it. */
import { shallowRef } from 'vue';
import type { ApiClient } from '../api/client.ts';
import type { FeatureShape } from '../api/run-types.ts';
import type { LayerItem } from '../api/types.ts';
import { frameOf, type Shape } from '../figures/parcel-drawing.ts';
import { createTask } from './task.ts';

export interface YearUnder {
  year: number;
  layer: LayerItem;
  patches: FeatureShape[];
  /** more of them than were fetched: the drawing has gaps */
  cut: boolean;
}

/** finer than a line on paper: 5 cm */
const toleranceDeg = 5e-7;

export type Years = ReturnType<typeof createYears>;

export function createYears(api: ApiClient) {
  const years = shallowRef<YearUnder[]>([]);

  /** @param layers of land use, those of the run */
  const task = createTask(async (signal, parcel: Shape, layers: readonly LayerItem[]) => {
    years.value = [];
    const window = frameOf(parcel, { width: 1, height: 1 });
    if (window === null) return;
    const found = await Promise.all(
      layers.map(async (layer) => {
        const { features, next_cursor } = await api.featuresIn(layer.layer_id, window.box, toleranceDeg, signal);
        return {
          year: layer.year ?? 0,
          layer,
          patches: features.filter((one) => one.geometry !== null),
          cut: next_cursor !== null,
        };
      }),
    );
    years.value = found.sort((a, b) => a.year - b.year);
  });

  return { years, task };
}
