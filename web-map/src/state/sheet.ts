/** All that stands on the printed page of one parcel, read anew from the server: the run, the parcel, the layers and engines behind it. */
import { shallowRef } from 'vue';
import type { ApiClient } from '../api/client.ts';
import type { LayerVersion } from '../api/run-types.ts';
import type { ParcelDetail, RunDetail } from '../api/types.ts';
import { slotsOf } from '../figures/run-plan.ts';
import type { ParcelName } from './parcels.ts';
import { createTask } from './task.ts';
import { createYears } from './years.ts';

export interface Sheet {
  run: RunDetail;
  parcel: ParcelDetail;
  /** those of the run, in the order of the registry */
  layers: LayerVersion[];
  engines: Record<string, string>;
  assumptions: { zh: string; en: string }[];
}

export function createSheet(api: ApiClient) {
  const sheet = shallowRef<Sheet | null>(null);
  const under = createYears(api);

  /** @param types ids of layer types, in the order of the registry */
  const task = createTask(async (signal, runId: string, name: ParcelName, types: () => string[]) => {
    sheet.value = null;
    const [run, parcel, manifest] = await Promise.all([
      api.run(runId, signal),
      api.verdict(runId, name.parcel_id, name.ordinal, signal),
      api.manifest(runId, signal),
    ]);
    const used = new Set(run.layer_ids ?? []);
    const layers = (await api.layerVersions(run.region_code, signal)).filter((layer) => used.has(layer.layer_id));
    // a year that cannot be drawn leaves the page whole: its notice says so
    if (parcel.geometry) {
      const uses = layers.filter((layer) => layer.type === 'land-use');
      await under.task.start(parcel.geometry, uses);
    }
    const assumptions = (manifest.assumptions ?? []) as { message: { zh: string; en: string } }[];
    sheet.value = {
      ...{
        run,
        parcel,
        layers: slotsOf(layers, types()).flatMap((slot) => slot.versions),
        engines: manifest.engines ?? {},
      },
      assumptions: assumptions.map((one) => one.message),
    };
  });

  return { sheet, task, under };
}
