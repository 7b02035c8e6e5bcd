/** Which screen of the page the address names, and the way to another: every place is a link that can be sent, and Back leads back. */
import { type InjectionKey, inject, onBeforeUnmount, onMounted, shallowRef, watch } from 'vue';
import type { ApiClient } from '../api/client.ts';
import type { ChangeKind } from '../api/run-types.ts';
import { readAddress, writeAddress } from './address.ts';
import { readView } from './view-address.ts';
import type { Workspace } from './workspace.ts';

export { type Place, searchOf, type ViewName } from './view-address.ts';

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
