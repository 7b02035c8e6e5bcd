/** One decision on every flag that the filters select: previewed first, then made just as it was previewed or not at all. */
import { computed, reactive, ref, shallowRef, watch } from 'vue';
import type { ApiClient } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import type { BatchBody, BatchMade, BatchPreview } from '../api/review-types.ts';
import type { Measure } from '../api/types.ts';
import { type Filters, filterQuery } from './filters.ts';
import type { Who } from './person.ts';
import { createTask } from './task.ts';

export interface BatchSurroundings {
  runId: () => string | null;
  filters: () => Filters;
  who: Who;
  made: (batch: { runId: string; batchId: string }) => void;
}

export type BatchDecision = ReturnType<typeof createBatch>;

export function createBatch(api: ApiClient, { runId, filters, who, made }: BatchSurroundings) {
  const open = ref(false);
  const wanted = reactive({
    decision: 'rejected' as 'confirmed' | 'rejected',
    measure: null as Measure | null,
    reason: '',
    decided: 'skip' as 'skip' | 'replace',
  });
  const preview = shallowRef<BatchPreview | null>(null);
  const result = shallowRef<BatchMade | null>(null);
  const sendKey = ref('');

  const body = computed<BatchBody>(() => ({
    decision: wanted.decision,
    ...(wanted.decision === 'confirmed' && wanted.measure !== null ? { measure: wanted.measure } : {}),
    reason: wanted.reason.trim(),
    decided: wanted.decided,
  }));
  // what was previewed is no longer what is asked
  watch([body, filters], () => {
    look.stop();
    preview.value = null;
  });

  const look = createTask(async (signal) => {
    const run = runId();
    if (run === null) return;
    if (body.value.reason === '') throw new ApiProblem({ code: 'reason-missing' });
    preview.value = await api.previewBatch(run, filterQuery(filters()), body.value, signal);
    sendKey.value = crypto.randomUUID();
  });

  const decide = createTask(async (signal) => {
    const [run, seen] = [runId(), preview.value];
    const person = await who.known();
    if (run === null || seen === null || person === null) return;
    const asked = { ...body.value, token: seen.token };
    try {
      const answer = await api.decideBatch(run, filterQuery(filters()), asked, person.person_id, sendKey.value, signal);
      result.value = answer;
      made({ runId: run, batchId: answer.batch_id });
    } catch (thrown) {
      // what was previewed is no more: it must be looked at again
      if (thrown instanceof ApiProblem && thrown.code === 'conflict') preview.value = null;
      throw thrown;
    }
  });

  function begin(): void {
    for (const task of [look, decide]) task.stop();
    Object.assign(wanted, { decision: 'rejected', measure: null, reason: '', decided: 'skip' });
    preview.value = null;
    result.value = null;
    open.value = true;
  }

  return { open, wanted, preview, result, look, decide, begin };
}
