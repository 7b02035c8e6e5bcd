/** A map in a place on the page, from mounting to leaving. The map code is loaded only here; without WebGL the page goes on without it. */
import { onBeforeUnmount, onMounted, type Ref, ref, shallowRef } from 'vue';
import type { MapEvents, MapOwner } from './map-owner.ts';

type Style = Parameters<typeof import('./map-owner.ts').createMapOwner>[1];

const mapCode = () => import('./map-owner.ts');

/** Fetches and compiles the map code, 1 MB, while it is still being asked what there is to be shown. Where it fails, the map itself says so. */
export function expectMap(): void {
  mapCode().catch(() => {});
}

/**
 * @param place the element it goes into
 * @param style asked for once, when the map code is there
 * @returns the map, null until it is there; whether it could not be had; whether it has drawn all it was given (the caller says when not)
 */
export function useMap(
  place: Ref<HTMLElement | null>,
  style: () => Style,
  events: Omit<MapEvents, 'idle'> = {},
  options: { follows?: boolean } = {},
) {
  const owner = shallowRef<MapOwner | null>(null);
  const failed = ref(false);
  const idle = ref(false);
  let gone = false;
  let stopWatching: (() => void) | undefined;
  onMounted(async () => {
    try {
      const { createMapOwner } = await mapCode();
      if (gone || !place.value) return;
      const idles = () => {
        idle.value = true;
      };
      owner.value = createMapOwner(place.value, style(), { ...events, idle: idles }, options);
    } catch (thrown) {
      console.error(thrown);
      failed.value = true;
      return;
    }
    const size = new ResizeObserver(() => owner.value?.resize());
    size.observe(place.value);
    stopWatching = () => size.disconnect();
  });
  onBeforeUnmount(() => {
    gone = true;
    stopWatching?.();
    owner.value?.destroy();
  });
  return { owner, failed, idle };
}
