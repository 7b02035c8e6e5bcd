/** What a replay found other than it stands: every difference counted, the first of them named. */

export interface Difference {
  /** null: of an input or of the run as a whole */
  parcel_id: string | null;
  check: string | null;
  /** where it stands: `area_m2`, `detail.hits[0].area_m2`, `pieces[1].measure`, `content_sha256` … */
  field: string;
  stored: unknown;
  recomputed: unknown;
  parcel_set_id?: string;
  layer_id?: string;
  register_id?: string;
  /** of an input, as people call it */
  name?: string;
}

export interface LargestDifference {
  parcel_id: string;
  check: string | null;
  field: string;
  difference_m2: number;
}

/** named one by one; `count` is of all */
export const mostNamed = 1000;

export class Differences {
  count = 0;
  /** of two figures for one area */
  largest: LargestDifference | null = null;
  #named: { place: number; difference: Difference }[] = [];

  /** @param place what comes first is named first: inputs 0, parcels by their ordinal. Chunks may come in any order. */
  add(place: number, found: readonly Difference[]): void {
    this.count += found.length;
    this.#named.push(...found.slice(0, mostNamed).map((difference) => ({ place, difference })));
    if (this.#named.length > 2 * mostNamed) this.#named = this.#first();
  }

  within(one: LargestDifference): void {
    if (one.difference_m2 > (this.largest?.difference_m2 ?? 0)) this.largest = one;
  }

  named(): Difference[] {
    return this.#first().map(({ difference }) => difference);
  }

  #first() {
    return this.#named.sort((a, b) => a.place - b.place).slice(0, mostNamed);
  }
}

export interface Leaf {
  field: string;
  stored: unknown;
  recomputed: unknown;
}

/** Every place at which two JSON values differ, to the digit. */
export function leavesThatDiffer(field: string, stored: unknown, recomputed: unknown): Leaf[] {
  if (Array.isArray(stored) && Array.isArray(recomputed)) {
    const length = Math.max(stored.length, recomputed.length);
    return Array.from({ length }, (_, n) => leavesThatDiffer(`${field}[${n}]`, stored[n], recomputed[n])).flat();
  }
  if (isObject(stored) && isObject(recomputed)) {
    const keys = [...new Set([...Object.keys(stored), ...Object.keys(recomputed)])].sort();
    return keys.flatMap((key) =>
      leavesThatDiffer(field === '' ? key : `${field}.${key}`, stored[key], recomputed[key]),
    );
  }
  return stored === recomputed ? [] : [{ field, stored: stored ?? null, recomputed: recomputed ?? null }];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
