/** The filters of a run's parcels as a query says them. */
import type { CheckId, Outcome, Verdict } from '../domain/outcome.ts';
import type { ReviewState } from '../domain/review.ts';
import type { ParcelFilter } from '../verification/find-verdicts.ts';
import { readBox } from './bbox.ts';
import type { ParcelFilterQuery } from './schemas/runs.ts';

export function filterAsked(query: ParcelFilterQuery): ParcelFilter {
  const { verdict, check, outcome, state, project_code, township, area_min, area_max, q } = query;
  const bbox = readBox(query.bbox);
  return {
    ...(verdict === undefined ? {} : { verdict: verdict as Verdict }),
    ...(check === undefined ? {} : { check: check as CheckId }),
    ...(outcome === undefined ? {} : { outcome: outcome as Outcome }),
    ...(state === undefined ? {} : { state: state as ReviewState }),
    ...(project_code === undefined ? {} : { project_code }),
    ...(township === undefined ? {} : { township }),
    ...(area_min === undefined ? {} : { area_min }),
    ...(area_max === undefined ? {} : { area_max }),
    ...(q === undefined ? {} : { q }),
    ...(bbox === undefined ? {} : { bbox }),
  };
}
