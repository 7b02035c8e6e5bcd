/** Which screen of the page the address names, and the way to another: every place is a link that can be sent, and Back leads back. */
import { type InjectionKey, inject, onBeforeUnmount, onMounted, shallowRef, watch } from 'vue';
import type { ApiClient } from '../api/client.ts';
import { type ChangeKind, changeKinds } from '../api/run-types.ts';
import { readAddress, writeAddress } from './address.ts';
import { type Filters, noFilters, questionAddress, sorts } from './filters.ts';
import type { Workspace } from './workspace.ts';

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
}

/** The search part of the address of a place. */
export function searchOf({ run, parcel, filters, view, against, kind, sets, print }: Place): string {
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
    const asked = questionAddress({ filters: { ...noFilters, ...filters }, sort: sorts[0] });
    for (const [key, value] of Object.entries(asked)) set(key, value);
  }
  return `?${query}`;
}

export type View = ReturnType<typeof createView>;

export function createView(workspace: Workspace) {
  const now = shallowRef(readView(location.search));

  function go(search: string): void {
    if (search !== location.search) history.pushState(null, '', `${location.pathname}${search}`);
    arrive();
  }

  function arrive(): void {
    now.value = readView(location.search);
    workspace.visit(readAddress(location.search));
  }

  /** The same place, told more exactly: no step back leads to what it was before. */
  function tell(more: { run?: string; against?: string | null; kind?: ChangeKind | null }): void {
    const query = new URLSearchParams(location.search);
    for (const [key, value] of Object.entries(more)) {
      if (value === null || value === undefined) query.delete(key);
      else query.set(key, value);
    }
    history.replaceState(null, '', `${location.pathname}?${query}`);
    now.value = readView(location.search);
  }

  // a run that was chosen while it still goes on, or on another screen than the map, is in the address too
  watch(
    () => workspace.runs.chosen.value?.run_id,
    (run) => {
      const { run: told, question } = readAddress(location.search);
      if (!run || told === null || told === run) return;
      const kept = writeAddress(location.search, { run, parcel: null, place: null, question });
      history.replaceState(null, '', `${location.pathname}${kept}`);
    },
  );

  return { now, go, tell, arrive };
}

export const viewKey: InjectionKey<View> = Symbol('view');
export const apiKey: InjectionKey<ApiClient> = Symbol('api');

export function useView(): View {
  return inject(viewKey)!;
}

export function useApi(): ApiClient {
  return inject(apiKey)!;
}

/** The browser's own Back and Forward lead where they say. */
export function useBack(view: View): void {
  onMounted(() => window.addEventListener('popstate', view.arrive));
  onBeforeUnmount(() => window.removeEventListener('popstate', view.arrive));
}

/** The runs and the registry, on a screen that may be the first one. */
export function useStarted(workspace: Workspace): void {
  onMounted(() => {
    if (workspace.runs.list.state.value === 'idle') void workspace.start();
  });
}
