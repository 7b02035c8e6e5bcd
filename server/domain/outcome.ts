/** Words of CONTRACT §1 and the folds between them. Silence is never a pass: a missing finding is a fault of the run. */
export type Outcome = 'pass' | 'fail' | 'undetermined' | 'not_applicable';
export type Verdict = 'compliant' | 'non_compliant' | 'undetermined';
export type Measure = 'deduct' | 'restore' | 'remediate' | 'none';

export const outcomes: readonly Outcome[] = ['pass', 'fail', 'undetermined', 'not_applicable'];
export const verdicts: readonly Verdict[] = ['compliant', 'non_compliant', 'undetermined'];

/** Where reasons overlap the area is counted once, under the strongest measure. */
export const measureStrength: readonly Measure[] = ['deduct', 'restore', 'remediate', 'none'];

/** Why evidence was not enough (CONTRACT §3.1), or why a check does not apply. */
export type Reason =
  | 'layer-missing'
  | 'outside-coverage'
  | 'no-data'
  | 'layer-too-old'
  | 'plot-type'
  | 'start-year-unknown'
  | 'attribute-missing'
  | 'geometry-unusable'
  | 'check-failed';

export const checkIds = [
  'parcel-geometry',
  'area-mismatch',
  'eco-red-line',
  'steep-slope',
  'prior-farmland',
  'parcel-overlap',
  'no-levelling',
  'not-cultivated',
  'abandoned',
  'non-grain',
  'occupied',
  'known-issue',
] as const;
export type CheckId = (typeof checkIds)[number];

interface Told {
  check_id: string;
  outcome: string;
  area_m2: number | null;
}

/**
 * Findings of one parcel in short, in the order of check ids: `outcomes`, a letter each (p pass, f fail, u undetermined, n not
 * applicable), and the areas (m²) of those that fail.
 */
export function inShort(findings: readonly Told[]): { outcomes: string; failed_m2: (number | null)[] } {
  const sorted = findings.toSorted((a, b) => (a.check_id < b.check_id ? -1 : 1));
  return {
    outcomes: sorted.map(({ outcome }) => outcome[0]).join(''),
    failed_m2: sorted.filter(({ outcome }) => outcome === 'fail').map(({ area_m2 }) => area_m2),
  };
}

/** fail beats undetermined beats pass; nothing applicable is compliant. */
export function foldVerdict(outcomesThatCount: Iterable<Outcome>): Verdict {
  let undetermined = false;
  for (const outcome of outcomesThatCount) {
    if (outcome === 'fail') return 'non_compliant';
    if (outcome === 'undetermined') undetermined = true;
  }
  return undetermined ? 'undetermined' : 'compliant';
}
