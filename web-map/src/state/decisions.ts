/** Deciding on the flags of the open parcel: one at a time, each with a reason, undone as it was done. */
import { computed, reactive, ref, shallowRef } from 'vue';
import type { ApiClient } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import type { Attachment, Decision, FlagReview, ReviewItem, Standing } from '../api/review-types.ts';
import type { CheckId, FindingOut, Measure, Parcel } from '../api/types.ts';
import type { Who } from './person.ts';
import { createTask } from './task.ts';

export const measures: readonly Measure[] = ['deduct', 'restore', 'remediate', 'none'];

export const reviewOf = (finding: FindingOut): FlagReview | null => (finding.review ?? null) as FlagReview | null;
const isOpen = (finding: FindingOut) => reviewOf(finding)?.state === 'suspected';

/** The flags of a parcel, in the order given: failing checks, and those on which a decision still stands. */
export function flagsOf({ properties: { checks } }: Parcel, order: readonly CheckId[]): CheckId[] {
  return order.filter((id) => checks[id] && reviewOf(checks[id]) !== null);
}

/** How far a parcel is reviewed, for its row in the list. */
export function progressOf({ properties: { checks } }: Parcel): { flags: number; decided: number; stale: boolean } {
  const reviews = Object.values(checks).flatMap((finding) => reviewOf(finding) ?? []);
  return {
    flags: reviews.length,
    decided: reviews.filter((review) => review.state !== 'suspected').length,
    stale: reviews.some((review) => review.stale),
  };
}

/** What was done and can be undone, the last at the end. */
type Done =
  | { kind: 'one'; runId: string; item: ReviewItem; reviewId: string }
  | { kind: 'batch'; runId: string; batchId: string };

export interface Surroundings {
  runId: () => string | null;
  parcel: () => Parcel | null;
  /** the checks in the order of the registry */
  order: () => readonly CheckId[];
  who: Who;
  /** what is on the screen may be old now */
  changed: () => void;
}

export type Decisions = ReturnType<typeof createDecisions>;

export function createDecisions(api: ApiClient, { runId, parcel, order, who, changed }: Surroundings) {
  const form = reactive({
    check: null as CheckId | null,
    decision: 'confirmed' as 'confirmed' | 'rejected',
    measure: null as Measure | null,
    reason: '',
    files: [] as Attachment[],
  });
  /** another's decision that stands in the way of ours */
  const standing = shallowRef<Standing | null>(null);
  const done = shallowRef<Done[]>([]);
  /** one key a decision, so that sending it again after a broken line decides once */
  const sendKey = ref('');

  /** The flag that the keys decide: the one whose form is open, else the first that nobody has decided, else the first. */
  const current = computed<CheckId | null>(() => {
    const open = parcel();
    if (open === null) return null;
    const flags = flagsOf(open, order());
    if (form.check !== null && flags.includes(form.check)) return form.check;
    return flags.find((id) => isOpen(open.properties.checks[id])) ?? flags[0] ?? null;
  });

  function begin(decision: 'confirmed' | 'rejected', check: CheckId | null = current.value): void {
    const open = parcel();
    // what no longer fails can be withdrawn, not decided
    if (open === null || check === null || open.properties.checks[check].outcome !== 'fail') return;
    submit.stop();
    standing.value = null;
    sendKey.value = crypto.randomUUID();
    const same = form.check === check;
    Object.assign(form, { check, decision, measure: null }, same ? {} : { reason: '', files: [] });
  }

  function leave(): void {
    for (const task of [submit, attach]) task.stop();
    standing.value = null;
    Object.assign(form, { check: null, measure: null, reason: '', files: [] });
  }

  const attach = createTask(async (signal, file: File) => {
    const person = await who.known();
    const [run, open] = [runId(), parcel()];
    if (person === null || run === null || open === null) return;
    const of = { run_id: run, parcel_id: open.properties.parcel_id };
    const stored = await api.attach(file, of, person.person_id, signal);
    if (!form.files.some((one) => one.attachment_id === stored.attachment_id)) form.files.push(stored);
  });

  /** @param over the decision of another that gives way to this one */
  const submit = createTask(async (signal, over: string | null = null) => {
    const [open, check, run] = [parcel(), form.check, runId()];
    if (open === null || check === null || run === null) return;
    const reason = form.reason.trim();
    if (reason === '') throw new ApiProblem({ code: 'reason-missing' });
    const person = await who.known();
    if (person === null) return;
    const seen = over ?? standingId(reviewOf(open.properties.checks[check]));
    const item: ReviewItem = {
      ...flagOf(open, check),
      decision: form.decision,
      ...(form.decision === 'confirmed' && form.measure !== null ? { measure: form.measure } : {}),
      reason,
      ...(seen === null ? {} : { expects: seen }),
      ...(form.files.length > 0 ? { attachments: form.files.map((file) => file.attachment_id) } : {}),
    };
    try {
      const { items } = await api.review(run, [item], person.person_id, sendKey.value, signal);
      done.value = [...done.value, { kind: 'one', runId: run, item, reviewId: items[0]!.review_id }];
    } catch (thrown) {
      const other = thrown instanceof ApiProblem ? thrown.standing : null;
      sendKey.value = crypto.randomUUID();
      if (other === null) throw thrown;
      standing.value = other;
      return;
    }
    Object.assign(form, { check: null, measure: null, reason: '', files: [] });
    standing.value = null;
    changed();
  });

  /** Takes back a decision: that too is a decision, and stays in the history. */
  const withdraw = createTask(async (signal, check: CheckId) => {
    const [open, run] = [parcel(), runId()];
    const seen = open && reviewOf(open.properties.checks[check]);
    const person = await who.known();
    if (open === null || run === null || !seen?.review_id || person === null) return;
    const item = { ...flagOf(open, check), decision: 'withdrawn' as const, expects: seen.review_id };
    await api.review(run, [item], person.person_id, crypto.randomUUID(), signal);
    done.value = done.value.filter((one) => one.kind !== 'one' || one.reviewId !== seen.review_id);
    changed();
  });

  const undo = createTask(async (signal) => {
    const last = done.value.at(-1);
    const person = await who.known();
    if (last === undefined || person === null) return;
    if (last.kind === 'one') {
      const { measure: _m, reason: _r, attachments: _a, ...flag } = last.item;
      const item = { ...flag, decision: 'withdrawn' as const, expects: last.reviewId };
      await api.review(last.runId, [item], person.person_id, crypto.randomUUID(), signal);
    } else {
      const body = { decision: 'withdrawn' as const, of_batch: last.batchId };
      const { token } = await api.previewBatch(last.runId, {}, body, signal);
      await api.decideBatch(last.runId, {}, { ...body, token }, person.person_id, crypto.randomUUID(), signal);
    }
    done.value = done.value.filter((one) => one !== last);
    changed();
  });

  function remember(batch: { runId: string; batchId: string }): void {
    done.value = [...done.value, { kind: 'batch', ...batch }];
    changed();
  }

  return { form, standing, done, current, begin, leave, attach, submit, withdraw, undo, remember };
}

function flagOf({ properties: p }: Parcel, check: CheckId): Omit<ReviewItem, 'decision'> {
  return { parcel_id: p.parcel_id, project_code: p.project_code, check, geometry_hash: p.geometry_hash ?? '' };
}

/** What a decision must name to take its place: nothing where none stands. */
function standingId(review: FlagReview | null): string | null {
  if (review === null) return null;
  return review.state === 'suspected' ? null : review.review_id;
}

export const isDecided = (decision: Decision | null): boolean => decision === 'confirmed' || decision === 'rejected';
