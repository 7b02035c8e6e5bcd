/** What a run's findings carry of the decisions on them. */
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import type { Measure } from '../domain/outcome.ts';
import type { Decision, FlagReview, StaleCause } from '../domain/review.ts';
import type { VerdictProperties } from '../domain/verdict-feature.ts';

export interface StaleMarks {
  stale_geometry: boolean;
  stale_layer: boolean;
  stale_figure: boolean;
}

interface StateRow extends StaleMarks {
  ordinal: number;
  check_id: string;
  review_id: string;
  decision: Decision;
  measure: Measure | null;
  measure_chosen: boolean;
  reason: string;
  person_id: string;
  person_name: string;
  decided_at: Date;
  attachment_count: number;
}

const stateRows = sqlFile<StateRow>('queries/review-states');

export type StatesByCheck = ReadonlyMap<string, FlagReview>;

/** By ordinal, then check: of parcels that were ever decided on. */
export async function statesOf(
  db: Kysely<Schema>,
  { region_code, run_id }: { region_code: string; run_id: string },
  ordinals: readonly number[],
): Promise<ReadonlyMap<number, StatesByCheck>> {
  if (ordinals.length === 0) return new Map();
  const byParcel = new Map<number, Map<string, FlagReview>>();
  for (const row of await stateRows.all(db, { region_code, run_id, ordinals: [...ordinals] })) {
    const states = byParcel.get(row.ordinal) ?? new Map<string, FlagReview>();
    byParcel.set(row.ordinal, states.set(row.check_id, toState(row)));
  }
  return byParcel;
}

function toState(row: StateRow): FlagReview {
  return {
    state: row.decision === 'withdrawn' ? 'suspected' : row.decision,
    ...staleness(row),
    decision: row.decision,
    measure: row.measure,
    measure_chosen: row.measure_chosen,
    reason: row.reason,
    person: { person_id: row.person_id, name: row.person_name },
    decided_at: row.decided_at.toISOString(),
    review_id: row.review_id,
    attachment_count: row.attachment_count,
  };
}

export function staleness(marks: StaleMarks): { stale: boolean; stale_because?: StaleCause[] } {
  const because = (['geometry', 'layer', 'figure'] as const).filter((cause) => marks[`stale_${cause}`]);
  return because.length === 0 ? { stale: false } : { stale: true, stale_because: because };
}

const undecided: FlagReview = {
  state: 'suspected',
  stale: false,
  decision: null,
  measure: null,
  measure_chosen: false,
  reason: null,
  person: null,
  decided_at: null,
  review_id: null,
  attachment_count: 0,
};

/** `review` on every failing check, and where a decision stands on one that no longer fails. */
export function withReviews(properties: VerdictProperties, states: StatesByCheck | undefined): VerdictProperties {
  const checks = Object.fromEntries(
    Object.entries(properties.checks).map(([check, finding]) => {
      const state = states?.get(check);
      const shown =
        finding.outcome === 'fail' ? (state ?? undecided) : state?.state === 'suspected' ? undefined : state;
      return [check, shown === undefined ? finding : { ...finding, review: shown }];
    }),
  ) as VerdictProperties['checks'];
  return { ...properties, checks };
}
