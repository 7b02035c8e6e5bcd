/** The list of runs, the chosen one, and its progress while it is not finished. */
import { computed, shallowRef } from 'vue';
import type { ApiClient } from '../api/client.ts';
import { isAbort } from '../api/problem.ts';
import type { RunDetail, RunItem } from '../api/types.ts';
import { createTask } from './task.ts';

const pollEveryMs = 1_500;
/** a job that has ended is followed for no time at all */
const leastMs = 300;
const lookAgainEveryMs = 3_000;

/** The run to show when none was asked for: the newest that succeeded, else the newest. `runs` newest first. */
export function firstRun(runs: readonly RunItem[], asked: string | null): RunItem | undefined {
  return runs.find((run) => run.run_id === asked) ?? runs.find((run) => run.state === 'succeeded') ?? runs[0];
}

/** As it comes in the list; one that was only just begun here is less. */
const isWhole = (run: RunItem): run is RunDetail => 'params' in run;

export function isUnfinished(run: Pick<RunItem, 'state'> | null): boolean {
  return run?.state === 'queued' || run?.state === 'running';
}

export type Runs = ReturnType<typeof createRuns>;

export function createRuns(api: ApiClient) {
  const items = shallowRef<RunItem[]>([]);
  const chosenId = shallowRef<string | null>(null);
  const chosen = shallowRef<RunDetail | null>(null);
  /** the run that an address named and that is not there */
  const missing = shallowRef<string | null>(null);

  const list = createTask(async (signal, asked: string | null) => {
    take(await api.runs(signal), asked);
  });

  function take(found: readonly RunItem[], asked: string | null): void {
    items.value = found.toSorted((a, b) => b.created_at.localeCompare(a.created_at));
    chosenId.value = firstRun(items.value, asked)?.run_id ?? null;
    if (asked !== null && items.value.length > 0 && chosenId.value !== asked) missing.value = asked;
  }

  /** Looks again while there is no run: at the first start the page is open before the sample county is loaded. */
  const awaitFirst = createTask(async (signal) => {
    while (items.value.length === 0) {
      await pause(lookAgainEveryMs, signal);
      try {
        take(await api.runs(signal), null);
      } catch (thrown) {
        if (isAbort(thrown)) throw thrown;
        // a server that is being started again is asked again; who presses Reload is told
      }
    }
  });

  /** Reads the run; until it is finished its job tells how far it is, and the run is read again when the job or the line has ended. */
  const follow = createTask(async (signal, runId: string) => {
    chosenId.value = runId;
    if (chosen.value?.run_id !== runId) chosen.value = null;
    // a finished run never changes, and the list has said all of it
    const known = items.value.find((run) => run.run_id === runId);
    if (known && isWhole(known) && !isUnfinished(known)) {
      chosen.value = known;
      return;
    }
    for (;;) {
      const detail = await api.run(runId, signal);
      chosen.value = detail;
      items.value = items.value.map((run) =>
        run.run_id === runId ? { ...run, state: detail.state, parcel_count: detail.parcel_count } : run,
      );
      if (!isUnfinished(detail)) return;
      const told = detail.job_id
        ? api.followJob(detail.job_id, signal, (progress) => {
            if (progress > 0 && chosen.value) chosen.value = { ...chosen.value, state: 'running', progress };
          })
        : null;
      await Promise.all([told, pause(told ? leastMs : pollEveryMs, signal)]);
    }
  });

  const isEmpty = computed(() => list.state.value === 'done' && items.value.length === 0);
  return { items, chosenId, chosen, missing, list, awaitFirst, follow, isEmpty };
}

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
