/** What the reader chose for each layer, by type and year, so that it holds for the next run and the next day: shown or not, how opaque. */
import { reactive } from 'vue';

export interface LayerChoice {
  shown?: boolean;
  /** 0–1; absent: as the look has it */
  opacity?: number;
}

export type LayerChoices = ReturnType<typeof createLayerChoices>;

const place = 'zhanbu.layers';

export const choiceKey = ({ type, year }: { type: string; year: number | null }): string =>
  year === null ? type : `${type}@${year}`;

/** @param storage where the browser lets a page keep anything */
export function createLayerChoices(storage: Pick<Storage, 'getItem' | 'setItem'> | null = browserStorage()) {
  const held = reactive(new Map<string, LayerChoice>(Object.entries(read(storage))));
  return {
    of: (key: string): LayerChoice => held.get(key) ?? {},
    choose(key: string, change: LayerChoice): void {
      held.set(key, { ...held.get(key), ...change });
      try {
        storage?.setItem(place, JSON.stringify(Object.fromEntries(held)));
      } catch {
        // the choice holds until the page is closed
      }
    },
  };
}

function browserStorage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null; // storage may be closed to the page
  }
}

/** What is no such choice is left out: anybody can write into a browser's storage. */
function read(storage: Pick<Storage, 'getItem'> | null): Record<string, LayerChoice> {
  try {
    const kept: unknown = JSON.parse(storage?.getItem(place) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return {};
    const sound = Object.entries(kept as Record<string, LayerChoice | null>).flatMap(([key, choice]) => {
      const { shown, opacity } = choice ?? {};
      const found: LayerChoice = {
        ...(typeof shown === 'boolean' ? { shown } : {}),
        ...(typeof opacity === 'number' && opacity >= 0 && opacity <= 1 ? { opacity } : {}),
      };
      return [[key, found] as const];
    });
    return Object.fromEntries(sound);
  } catch {
    return {};
  }
}
