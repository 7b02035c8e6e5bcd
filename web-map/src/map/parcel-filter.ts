/** The filters of the view as far as a tile knows its parcels: verdict, failing checks, project, township, area. Pure. */
import type { ExpressionSpecification } from 'maplibre-gl';
import type { Filters } from '../state/filters.ts';

/** null where all parcels match. Areas on tiles are whole m²: for the screen that is near enough, the list is exact. */
export function parcelFilter(filters: Filters): ExpressionSpecification | null {
  const conditions: ExpressionSpecification[] = [];
  const { verdict, check, outcome, state, project_code, township, area_min, area_max } = filters;
  if (verdict !== null) conditions.push(['==', ['get', 'verdict'], verdict]);
  if (check !== null && outcome === null && state === null)
    conditions.push(['in', ` ${check} `, ['concat', ' ', ['coalesce', ['get', 'fails'], ''], ' ']]);
  // a tile leaves out what a parcel has not: '' is for those
  if (project_code !== null) conditions.push(['==', ['coalesce', ['get', 'project_code'], ''], project_code]);
  if (township !== null) conditions.push(['==', ['coalesce', ['get', 'township'], ''], township]);
  if (area_min !== null) conditions.push(['>=', ['get', 'area_m2'], area_min]);
  if (area_max !== null) conditions.push(['<=', ['get', 'area_m2'], area_max]);
  const [first, ...more] = conditions;
  if (first === undefined) return null;
  return more.length === 0 ? first : ['all', first, ...more];
}

/** Filters that the map cannot follow: the list obeys them, and the legend says that the map does not. */
export function notOnMap({ check, outcome, state, q }: Filters): ('state' | 'outcome' | 'check' | 'q')[] {
  return [
    ...(state === null ? [] : (['state'] as const)),
    ...(state !== null && check !== null ? (['check'] as const) : []),
    ...(outcome === null ? [] : (['outcome'] as const)),
    ...(q === null ? [] : (['q'] as const)),
  ];
}

/** Of cells only the verdicts are counted: any other filter is not in them. */
export const notInCells = (filters: Filters): boolean =>
  Object.entries(filters).some(([key, value]) => key !== 'verdict' && value !== null);
