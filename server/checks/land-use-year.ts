/** What checks on one year of land use have in common. */
import type { Measure } from '../domain/outcome.ts';
import type { Measured, RunLayer, Sight } from './check.ts';
import type { Ground, Patch, Region } from './ground.ts';

const yearsOf = new WeakMap<readonly RunLayer[], number[]>();

/** The years of land use in a run, newest first. Every parcel of a run asks with the same layers. */
export function landUseYears(layers: RunLayer[]): number[] {
  const known = yearsOf.get(layers);
  if (known) return known;
  const years = layers.flatMap(({ year }) => (year === null ? [] : [year]));
  const found = [...new Set(years)].sort((a, b) => b - a);
  yearsOf.set(layers, found);
  return found;
}

/** Patches of a year that have a class: an empty class is land whose use is not known (CONTRACT §3.1). */
export const classedIn =
  (year: number) =>
  (patch: Patch): boolean =>
    patch.kind === 'land-use' && patch.year === year && patch.class_code !== '';

export const isFarmland = ({ class_group }: Patch): boolean => class_group === 'farmland';

const uncoveredBy = new WeakMap<Ground, Map<number, number>>();

/** Land that no classed patch of the year covers, m². Three checks ask for the same year. */
export function uncoveredM2({ ground }: Sight, year: number): number {
  const known = uncoveredBy.get(ground)?.get(year);
  if (known !== undefined) return known;
  const { area_m2 } = ground.less(ground.all(), ground.under(classedIn(year)));
  uncoveredBy.set(ground, (uncoveredBy.get(ground) ?? new Map<number, number>()).set(year, area_m2));
  return area_m2;
}

export const hitsOf = ({ ground }: Sight, wanted: (patch: Patch) => boolean) =>
  ground.hits(wanted, ({ class_code }) => ({ class_code }));

export interface Found {
  year: number;
  /** the patches that make it fail */
  wanted: (patch: Patch) => boolean;
  region: Region;
  /** m² without evidence: not covered, or 耕地 that says nothing of its planting */
  outside_m2: number;
}

/**
 * Measures on the newest land-use year of the run; without one nothing can be said, and a survey older than the parcel's acceptance has
 * not seen the work yet (CONTRACT §3.1, age of the evidence).
 */
export function measureNewestYear(
  sight: Sight,
  failing: (patch: Patch) => boolean,
  measure: Measure,
  say: (found: Found) => Pick<Measured, 'unknown_area_m2' | 'unknown_reason' | 'detail'>,
): Measured {
  const { plot, ground, layersOf } = sight;
  const year = landUseYears(layersOf('land-use'))[0];
  if (year === undefined) return { outcome: 'undetermined', reason: 'layer-missing' };
  const ofYear = classedIn(year);
  const wanted = (patch: Patch) => ofYear(patch) && failing(patch);
  const region = ground.under(wanted);
  const { detail, ...unknown } = say({ year, wanted, region, outside_m2: uncoveredM2(sight, year) });
  const late = plot.pending || (plot.accepted_on !== null && plot.accepted_on > `${year}-12-31`);
  return {
    ...(late ? { outcome: 'undetermined' as const, reason: 'layer-too-old' as const } : {}),
    area_m2: region.area_m2,
    ...unknown,
    detail: { year, ...detail, hits: hitsOf(sight, wanted) },
    claims: measure === 'none' ? [] : [{ measure, region }],
  };
}

/** Of 耕地 with one planting (ZZSXDM): what says nothing of its planting is unknown too. */
export function measurePlanting(sight: Sight, planting: string, measure: Measure): Measured {
  return measureNewestYear(
    sight,
    (patch) => isFarmland(patch) && patch.planting === planting,
    measure,
    ({ year, outside_m2 }) => {
      const ofYear = classedIn(year);
      const silent = sight.ground.under((patch) => ofYear(patch) && isFarmland(patch) && patch.planting === '').area_m2;
      return {
        unknown_area_m2: outside_m2 + silent,
        unknown_reason: silent > outside_m2 ? 'attribute-missing' : 'outside-coverage',
      };
    },
  );
}
