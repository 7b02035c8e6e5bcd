/** The sums of a diff: how many parcels changed, from which verdict to which, by which cause, and what it does to the books. */
import type { Verdict } from '../domain/outcome.ts';
import type { Books } from '../domain/verdict-feature.ts';
import { type ChangeKind, kindOf } from './change-kinds.ts';
import type { DiffItem } from './diff.ts';
import type { CauseWord } from './diff-causes.ts';

type BookChanges = Pick<Books, 'deduct_area_m2' | 'restore_area_m2' | 'remediate_area_m2' | 'kept_area_m2'>;

export interface DiffSummary {
  parcel_count: { before: number; after: number };
  changed: number;
  added: number;
  removed: number;
  unchanged: number;
  /** of every parcel that is listed; together changed + added + removed */
  by_kind: Record<ChangeKind, number>;
  /** of changed parcels: from which verdict to which, with their area now */
  by_verdict: { before: Verdict; after: Verdict; parcels: number; area_m2: number }[];
  /** a parcel with several causes counts under each; area_m2 is that of the parcels now, the books are after less before */
  by_cause: Partial<Record<CauseWord, { parcels: number; area_m2: number } & BookChanges>>;
}

const booksOf = ['deduct_area_m2', 'restore_area_m2', 'remediate_area_m2', 'kept_area_m2'] as const;

const noBooks = { deduct_area_m2: 0, restore_area_m2: 0, remediate_area_m2: 0, kept_area_m2: 0 };

/** Adds up a diff, parcel by parcel. */
export class Tally {
  readonly summary: DiffSummary;

  constructor(before: number, after: number) {
    this.summary = {
      parcel_count: { before, after },
      changed: 0,
      added: 0,
      removed: 0,
      unchanged: 0,
      by_kind: { flagged: 0, unproven: 0, cleared: 0, figures: 0, added: 0, removed: 0 },
      by_verdict: [],
      by_cause: {},
    };
  }

  add({ change, before, after, causes }: DiffItem): void {
    this.summary[change]++;
    this.summary.by_kind[kindOf({ before, after })]++;
    if (!before || !after) return;
    const { by_verdict, by_cause } = this.summary;
    let verdicts = by_verdict.find((one) => one.before === before.verdict && one.after === after.verdict);
    if (!verdicts) {
      verdicts = { before: before.verdict, after: after.verdict, parcels: 0, area_m2: 0 };
      by_verdict.push(verdicts);
    }
    verdicts.parcels++;
    verdicts.area_m2 += after.area_m2;
    for (const word of new Set(causes.map(({ cause }) => cause))) {
      const sums = by_cause[word] ?? { parcels: 0, area_m2: 0, ...noBooks };
      by_cause[word] = sums;
      sums.parcels++;
      sums.area_m2 += after.area_m2;
      for (const book of booksOf) sums[book] += after[book] - before[book];
    }
  }
}
