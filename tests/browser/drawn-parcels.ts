/**
 * Which parcels a map has drawn, by the library's own word. The page keeps its map to itself: it is caught when it is made, by a property that
 * the library sets on every map.
 */
import type { Page } from 'playwright-core';

/** Before the page is opened. */
export async function catchMaps(page: Page): Promise<void> {
  await page.addInitScript(`
    globalThis.caughtMaps = [];
    Object.defineProperty(Object.prototype, '_requestManager', {
      configurable: true,
      set(value) {
        Object.defineProperty(this, '_requestManager', { value, writable: true, configurable: true });
        caughtMaps.push(this);
      },
    });`);
}

/** @returns ids, sorted: what the filters match, and what they leave out and is drawn faintly */
export function parcelsDrawn(page: Page): Promise<{ matching: string[]; left: string[] }> {
  return page.evaluate<{ matching: string[]; left: string[] }>(`(() => {
    const map = caughtMaps[0];
    const ids = (names) => [...new Set(map.queryRenderedFeatures({ layers: names.filter((name) => map.getLayer(name)) })
      .map(({ properties }) => properties.parcel_id))].sort();
    const matching = ids(['compliant', 'undetermined', 'non_compliant'].map((verdict) => 'parcel:' + verdict + ':fill'));
    return { matching, left: ids(['parcel:other:fill']).filter((id) => !matching.includes(id)) };
  })()`);
}
