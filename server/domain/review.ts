/** Words of decisions. A flag (a failing check of a parcel) is suspected until a person confirms or rejects it; undoing is a decision too. */
import type { Measure } from './outcome.ts';

export const decisions = ['confirmed', 'rejected', 'withdrawn'] as const;
export type Decision = (typeof decisions)[number];

/** What a flag can be asked for: suspected has no standing decision; stale has one whose shape, layers or figure are others now. */
export const reviewStates = ['suspected', 'confirmed', 'rejected', 'stale'] as const;
export type ReviewState = (typeof reviewStates)[number];

/** What differs between what was decided on and what a run says. */
export type StaleCause = 'geometry' | 'layer' | 'figure';

/** What a run's finding carries of the decision on it. */
export interface FlagReview {
  state: Exclude<ReviewState, 'stale'>;
  stale: boolean;
  stale_because?: StaleCause[];
  decision: Decision | null;
  /** of a confirmed flag: what is to be done; measure_chosen: a person said so, else it is the check's own */
  measure: Measure | null;
  measure_chosen: boolean;
  reason: string | null;
  person: { person_id: string; name: string } | null;
  decided_at: string | null;
  review_id: string | null;
  attachment_count: number;
}
