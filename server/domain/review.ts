/** Words of decisions. A flag (a failing check of a parcel) is suspected until a person confirms or rejects it; undoing is a decision too. */
import type { CheckId, Measure, Outcome, Verdict } from './outcome.ts';

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

/** What one decision on a filtered selection will touch. */
export interface BatchPreview {
  /** to be sent with the decision itself */
  token: string;
  parcel_count: number;
  flag_count: number;
  by_check: Partial<Record<CheckId, number>>;
  by_project: { project_code: string | null; project_name: string | null; flag_count: number }[];
  /** flags of the selection on which a decision stands, and how many of them are touched and how many left */
  decided: { total: number; superseded: number; left: number };
}

/** How many parcels each value of each filter would leave, the other filters as they are. */
export interface Facets {
  number_matched: number;
  verdict: Record<Verdict, number>;
  check: Record<CheckId, Record<Outcome, number>>;
  project_code: { project_code: string | null; project_name: string | null; count: number }[];
  township: { township: string | null; count: number }[];
  state: Record<ReviewState, number>;
}
