/** What is asked of a run's parcels: filters and order, as they stand in the address bar and in the question to the server. Pure. */
import { checkIds } from '../../../server/domain/outcome.ts';
import { reviewStates } from '../../../server/domain/review.ts';
import type { CheckId, ReviewState, Verdict } from '../api/types.ts';

export { reviewStates };

/** null: not asked */
export interface Filters {
  verdict: Verdict | null;
  check: CheckId | null;
  /** of the check; null: it failed, or, where a state is asked for, any */
  outcome: 'undetermined' | null;
  state: ReviewState | null;
  /** '' for parcels without one, as with township */
  project_code: string | null;
  township: string | null;
  /** m², both included */
  area_min: number | null;
  area_max: number | null;
  /** in the parcel's id, or its project's code or name */
  q: string | null;
}

export const sorts = [
  '-deduct_area_m2',
  '-restore_area_m2',
  '-remediate_area_m2',
  '-area_m2',
  'area_m2',
  'parcel_id',
  'project_code',
  'township',
  'upload',
] as const;
export type Sort = (typeof sorts)[number];

export const noFilters: Readonly<Filters> = {
  verdict: null,
  check: null,
  outcome: null,
  state: null,
  project_code: null,
  township: null,
  area_min: null,
  area_max: null,
  q: null,
};

export interface Question {
  filters: Filters;
  sort: Sort;
}

export const filterKeys = Object.keys(noFilters) as (keyof Filters)[];
const verdicts: readonly string[] = ['compliant', 'non_compliant', 'undetermined'];
/** in the address, where the reader asked for every verdict; without it the flagged ones are shown */
const everyVerdict = 'all';

export const isFiltered = (filters: Filters): boolean => filterKeys.some((key) => filters[key] !== null);

/** As the API takes it. */
export function filterQuery(filters: Filters): Record<string, string | number> {
  return Object.fromEntries(
    filterKeys.flatMap((key) => {
      const value = filters[key];
      return value === null ? [] : [[key, value]];
    }),
  );
}

/** What an address asks for; null where it says nothing of verdicts, so that the run may decide. What is no such value is not asked. */
export function readQuestion(search: string): Omit<Question, 'filters'> & { filters: Filters; verdictSaid: boolean } {
  const query = new URLSearchParams(search);
  const one = <T extends string>(key: string, known: readonly T[]): T | null => {
    const value = query.get(key);
    return (known as readonly (string | null)[]).includes(value) ? (value as T) : null;
  };
  const area = (key: string) => {
    const value = Number(query.get(key) || Number.NaN);
    return Number.isFinite(value) && value >= 0 ? value : null;
  };
  const check = one<CheckId>('check', checkIds);
  return {
    filters: {
      verdict: one('verdict', verdicts as readonly Verdict[]),
      check,
      outcome: check === null ? null : one('outcome', ['undetermined']),
      state: one('state', reviewStates),
      project_code: query.get('project_code'),
      township: query.get('township'),
      area_min: area('area_min'),
      area_max: area('area_max'),
      q: query.get('q') || null,
    },
    sort: one('sort', sorts) ?? sorts[0],
    verdictSaid: one('verdict', [...verdicts, everyVerdict]) !== null,
  };
}

/** The same back into an address: every filter that is asked, and that no verdict is. */
export function questionAddress({ filters, sort }: Question): Record<string, string | null> {
  const texts = filterKeys.map((key) => [key, filters[key] === null ? null : String(filters[key])] as const);
  return {
    ...Object.fromEntries(texts),
    verdict: filters.verdict ?? everyVerdict,
    sort: sort === sorts[0] ? null : sort,
  };
}
