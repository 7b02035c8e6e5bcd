/** The parcels of one run with their verdicts, in upload order, filled page by page. */
import { computed, ref, shallowRef } from 'vue';
import type { ApiClient } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import type { Parcel, Verdict } from '../api/types.ts';
import { createTask } from './task.ts';

/** `index` is the place in upload order: the one name of a parcel inside the page (ids may repeat over sets). */
export interface IndexedParcel {
  index: number;
  parcel: Parcel;
}

/** What needs a person's eye, worst first: suspected faults by the area they take, then what could not be judged. */
export function flagged(parcels: readonly Parcel[]): IndexedParcel[] {
  const rank: Record<Verdict, number> = { non_compliant: 0, undetermined: 1, compliant: 2 };
  return parcels
    .map((parcel, index) => ({ index, parcel }))
    .filter(({ parcel }) => parcel.properties.verdict !== 'compliant')
    .sort(
      (a, b) =>
        rank[a.parcel.properties.verdict] - rank[b.parcel.properties.verdict] ||
        concernedArea(b.parcel) - concernedArea(a.parcel) ||
        a.index - b.index,
    );
}

/** m² that a plan would change, or, where nothing is decided, that wait for evidence. */
export function concernedArea({ properties: p }: Parcel): number {
  if (p.verdict === 'undetermined') return p.kept_unverified_area_m2;
  return p.deduct_area_m2 + p.restore_area_m2 + p.remediate_area_m2;
}

export type Verdicts = ReturnType<typeof createVerdicts>;

export function createVerdicts(api: ApiClient) {
  const parcels = shallowRef<Parcel[]>([]);
  const announced = ref<number | null>(null);

  const task = createTask(async (signal, runId: string) => {
    parcels.value = [];
    announced.value = null;
    let rows: Parcel[] = [];
    for await (const page of api.verdictPages(runId, signal)) {
      rows = rows.concat(page.rows);
      announced.value = page.matched ?? announced.value;
      parcels.value = rows;
    }
    if (announced.value !== null && rows.length < announced.value) throw new ApiProblem({ code: 'incomplete' });
  });

  function clear(): void {
    task.stop();
    parcels.value = [];
    announced.value = null;
  }

  return { parcels, announced, task, clear, flagged: computed(() => flagged(parcels.value)) };
}
