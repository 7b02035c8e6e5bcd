/** The kinds of change between two runs that people ask for, by the verdict now: each changed parcel is of one kind. Pure. */
import type { Verdict } from '../domain/outcome.ts';

/** flagged, unproven, cleared: the verdict became that; figures: the same verdict by other findings or areas */
export const changeKinds = ['flagged', 'unproven', 'cleared', 'figures', 'added', 'removed'] as const;
export type ChangeKind = (typeof changeKinds)[number];

const became: Record<Verdict, ChangeKind> = {
  non_compliant: 'flagged',
  undetermined: 'unproven',
  compliant: 'cleared',
};

type Side = { verdict: Verdict } | null;

/** What lost its evidence is never among the cleared. */
export function kindOf({ before, after }: { before: Side; after: Side }): ChangeKind {
  if (before === null) return 'added';
  if (after === null) return 'removed';
  return before.verdict === after.verdict ? 'figures' : became[after.verdict];
}
