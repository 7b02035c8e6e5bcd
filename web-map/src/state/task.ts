/** One thing being fetched: idle, running, done or failed; starting it again stops the earlier try. */
import { type Ref, ref, shallowRef } from 'vue';
import { type ApiProblem, asProblem, isAbort } from '../api/problem.ts';

export type TaskState = 'idle' | 'running' | 'done' | 'failed';

export interface Task<A extends unknown[]> {
  state: Ref<TaskState>;
  problem: Ref<ApiProblem | null>;
  start: (...args: A) => Promise<void>;
  stop: () => void;
}

export function createTask<A extends unknown[]>(work: (signal: AbortSignal, ...args: A) => Promise<void>): Task<A> {
  const state = ref<TaskState>('idle');
  const problem = shallowRef<ApiProblem | null>(null);
  let current: AbortController | null = null;

  async function start(...args: A): Promise<void> {
    current?.abort();
    const mine = new AbortController();
    current = mine;
    state.value = 'running';
    problem.value = null;
    try {
      await work(mine.signal, ...args);
      if (current === mine) state.value = 'done';
    } catch (thrown) {
      if (current !== mine || isAbort(thrown)) return;
      problem.value = asProblem(thrown);
      state.value = 'failed';
    }
  }

  function stop(): void {
    current?.abort();
    current = null;
    state.value = 'idle';
  }

  return { state, problem, start, stop };
}
