/** The screens of the page as they stand in the address bar. Pure. */
import { type ChangeKind, changeKinds } from '../api/run-types.ts';
import { type Filters, noFilters, questionAddress, type Sort, sorts } from './filters.ts';

export const views = ['map', 'overview', 'compare', 'new'] as const;
export type ViewName = (typeof views)[number];

/** What the address says besides the run, the parcel and the question. */
export interface ViewAddress {
  view: ViewName;
  /** of `compare`: the run before; null: the page chooses */
  against: string | null;
  kind: ChangeKind | null;
  /** of `new`: the sets to begin with */
  sets: string[];
  /** the parcel alone, as it is printed */
  print: boolean;
}

export function readView(search: string): ViewAddress {
  const query = new URLSearchParams(search);
  const view = views.find((one) => one === query.get('view')) ?? 'map';
  return {
    view,
    against: query.get('against') || null,
    kind: changeKinds.find((one) => one === query.get('kind')) ?? null,
    sets: (query.get('sets') ?? '').split(',').filter(Boolean),
    print: query.get('print') === '1' && query.get('parcel') !== null,
  };
}

export interface Place extends Partial<ViewAddress> {
  run?: string | null;
  parcel?: { parcel_id: string; ordinal: number | null } | null;
  /** asked of the list; with any, verdicts that are not named are all asked */
  filters?: Partial<Filters>;
  sort?: Sort;
}

/** The search part of the address of a place. */
export function searchOf({ run, parcel, filters, sort = sorts[0], view, against, kind, sets, print }: Place): string {
  const query = new URLSearchParams();
  const set = (key: string, value: string | null | undefined) => {
    if (value !== null && value !== undefined) query.set(key, value);
  };
  set('run', run);
  set('parcel', parcel?.parcel_id);
  set('place', parcel?.ordinal?.toString());
  if (view !== 'map') set('view', view);
  set('against', against);
  set('kind', kind);
  if (sets && sets.length > 0) set('sets', sets.join(','));
  if (print) set('print', '1');
  if (filters) {
    const asked = questionAddress({ filters: { ...noFilters, ...filters }, sort });
    for (const [key, value] of Object.entries(asked)) set(key, value);
  }
  return `?${query}`;
}
