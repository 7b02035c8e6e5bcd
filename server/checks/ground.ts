/**
 * The ground of one parcel: what lies over it, and the parts that this cuts it into. Whatever a check wants to know, how much of the
 * parcel some patches cover, leave free or have in common, is a sum over parts; so areas cannot contradict each other.
 */
import { type Arrangement, arrange, type Cover } from '../overlay/arrangement.ts';
import type { Shape } from '../overlay/shape.ts';

/** One thing over the parcel: a polygon of a layer, another parcel, or the cells of a raster that are alike. */
export interface Patch {
  /** the layer's type, or `parcel`, `steep-cells`, `unknown-cells` */
  kind: string;
  /** the layer's place in the run (verification/names.ts) */
  layer_id: string | null;
  year: number | null;
  feature_no: number;
  name: string | null;
  number: string | null;
  class_code: string;
  class_group: string | null;
  planting: string;
  slope_class: number | null;
  measure: string | null;
  approval: string | null;
  dated: string | null;
  issue_source: string | null;
  /** another parcel: its place in the order of sets, and what it is */
  neighbour?: Neighbour;
  /** it covers the whole parcel, and has no shape of its own */
  everywhere?: boolean;
}

export interface Neighbour {
  set_no: number;
  parcel_set_id: string;
  parcel_ordinal: number;
  parcel_id: string;
  project_name: string | null;
}

/** Some of the parts of a parcel. */
export interface Region {
  /** by part */
  readonly has: readonly boolean[];
  /** m²; exactly the parcel's where it is all of it, and 0 where it is a hair */
  readonly area_m2: number;
  readonly whole: boolean;
}

export interface Hit {
  name: string | null;
  number: string | null;
  layer_id: string | null;
  area_m2: number;
  [more: string]: unknown;
}

/** A region that lacks less than this share of the parcel is all of it: 4 mm² of a hectare. */
const least = 1e-9;

/**
 * m² under which a part of a parcel is rounding, not land. Two lines that are one in the plane of delivery get their points of the 70 m
 * rule at other places and bend apart by 0.05 mm in degrees: some 0.0015 m² on 100 m of a common edge. Of a parcel under 100 m² a
 * ten-thousandth, so that nothing of a small one goes unsaid; never under 1e-4 m².
 */
export function hairM2(parcelM2: number): number {
  return Math.max(1e-4, Math.min(0.01, 1e-4 * parcelM2));
}

/** A patch and the polygons it is made of, in degrees; they do not overlap. */
export interface Laid {
  patch: Patch;
  shapes: readonly Shape[];
}

export class Ground {
  readonly area_m2: number;
  readonly patches: readonly Patch[];
  /** share of the parcel, by part */
  readonly shares: readonly number[];
  /** by part: places in `patches` of what lies over it */
  readonly #over: readonly (readonly number[])[];
  readonly #arrangement: Arrangement | null;

  /** @param laid in a fixed order, so that the same evidence gives the same digits */
  constructor(shape: Shape | null, areaM2: number, laid: readonly Laid[]) {
    this.area_m2 = areaM2;
    this.patches = laid.map(({ patch }) => patch);
    const covers: Cover[] = [];
    for (const [label, { shapes }] of laid.entries()) for (const over of shapes) covers.push({ label, shape: over });
    const everywhere = [...laid.keys()].filter((label) => laid[label]!.patch.everywhere);
    this.#arrangement = shape === null ? null : arrange(shape, covers);
    const cells = this.#arrangement?.cells ?? [];
    this.shares = cells.map(({ share }) => share);
    this.#over = cells.map(({ labels }) => (everywhere.length > 0 ? [...labels, ...everywhere] : labels));
  }

  /**
   * The shapes of groups of parts, as WKB of MultiPolygons in degrees; null where nothing of one can be drawn.
   * @param groups of places in `shares`, none in two of them
   */
  outlines(groups: readonly (readonly number[])[]): (Uint8Array | null)[] {
    return this.#arrangement?.outlines(groups) ?? groups.map(() => null);
  }

  /** Whether these are all parts but for what is no land: they have the shape of the parcel itself. */
  isWhole(parts: readonly number[]): boolean {
    return parts.reduce((sum, part) => sum + this.shares[part]!, 0) > 1 - least;
  }

  /** The parts that some patch of the kind asked for covers. */
  under(wanted: (patch: Patch) => boolean): Region {
    const chosen = this.patches.map(wanted);
    return this.region(this.#over.map((labels) => labels.some((label) => chosen[label])));
  }

  region(has: readonly boolean[]): Region {
    const share = this.#shareOf((part) => has[part]!);
    return { has, whole: share > 1 - least, area_m2: this.#areaOf(share) };
  }

  #shareOf(has: (part: number) => boolean): number {
    let share = 0;
    for (let part = 0; part < this.shares.length; part++) if (has(part)) share += this.shares[part]!;
    return share;
  }

  #areaOf(share: number): number {
    if (share > 1 - least) return this.area_m2;
    const area = share * this.area_m2;
    return area < hairM2(this.area_m2) ? 0 : area;
  }

  /** What of one region is not in the other. */
  less(region: Region, other: Region): Region {
    return this.region(region.has.map((yes, part) => yes && !other.has[part]));
  }

  all(): Region {
    return this.region(this.shares.map(() => true));
  }

  none(): Region {
    return this.region(this.shares.map(() => false));
  }

  /** Area (m²) by key of what patches with that key cover; a key of no area is left out. */
  areasBy(wanted: (patch: Patch) => boolean, keyOf: (patch: Patch) => string): Record<string, number> {
    const keys = this.patches.map((patch) => (wanted(patch) ? keyOf(patch) : undefined));
    const distinct: string[] = [];
    for (const key of keys) if (key !== undefined && !distinct.includes(key)) distinct.push(key);
    const areas: [string, number][] = [];
    for (const key of distinct.sort()) {
      const area = this.#areaOf(this.#shareOf((part) => this.#over[part]!.some((label) => keys[label] === key)));
      if (area > 0) areas.push([key, area]);
    }
    return Object.fromEntries(areas);
  }

  /** Every patch of the kind that has land of the parcel, with how much. */
  hits(wanted: (patch: Patch) => boolean, more: (patch: Patch) => Record<string, unknown> = () => ({})): Hit[] {
    const hits: Hit[] = [];
    for (const [place, patch] of this.patches.entries()) {
      if (!wanted(patch)) continue;
      const area_m2 = this.#areaOf(this.#shareOf((part) => this.#over[part]!.includes(place)));
      if (area_m2 === 0) continue;
      const { name, number, layer_id } = patch;
      hits.push({ name, number, layer_id, area_m2, ...more(patch) });
    }
    return hits;
  }
}
