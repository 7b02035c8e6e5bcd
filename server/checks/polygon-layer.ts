/** What checks on polygon layers other than land use have in common: coverage by the county boundary, and hits with their measure. */
import type { Measure } from '../domain/outcome.ts';
import type { Claim, Measured, Sight } from './check.ts';
import type { Patch, Region } from './ground.ts';

export const isOf =
  (kind: string) =>
  (patch: Patch): boolean =>
    patch.kind === kind;

/**
 * What of the parcel lies outside the boundary layers, which are the coverage of vector layers that have none of their own
 * (CONTRACT §3.1). With no boundary layer in the run these count as complete everywhere, and the manifest says so.
 */
export function outsideBoundary({ ground, layersOf }: Sight): { outside: Region; area_m2: number; wholly: boolean } {
  const nothing = { outside: ground.none(), area_m2: 0, wholly: false };
  if (layersOf('boundary').length === 0) return nothing;
  const inside = ground.under(isOf('boundary'));
  const outside = ground.less(ground.all(), inside);
  if (outside.area_m2 === 0) return nothing;
  // a parcel that only shares the county line has a hair of it inside
  if (inside.area_m2 === 0) return { outside: ground.all(), area_m2: ground.area_m2, wholly: true };
  return { outside, area_m2: outside.area_m2, wholly: false };
}

/** Area under the patches of a layer type, all of them asking for the same measure. */
export function measureUnder(sight: Sight, kind: string, measure: Measure): Measured {
  const region = sight.ground.under(isOf(kind));
  return {
    area_m2: region.area_m2,
    unknown_area_m2: outsideBoundary(sight).area_m2,
    unknown_reason: 'outside-coverage',
    detail: { hits: sight.ground.hits(isOf(kind)) },
    claims: [{ measure, region }],
  };
}

/** Area under the patches of a layer type, each with a measure of its own. */
export function measurePerPatch(
  sight: Sight,
  kind: string,
  due: (patch: Patch) => Measure,
  more: (patch: Patch) => Record<string, unknown>,
): Measured {
  const { ground } = sight;
  const claimOf = (measure: Measure): Claim => {
    const of = (patch: Patch) => patch.kind === kind && due(patch) === measure;
    return { measure, region: ground.under(of) };
  };
  return {
    area_m2: ground.under(isOf(kind)).area_m2,
    unknown_area_m2: outsideBoundary(sight).area_m2,
    unknown_reason: 'outside-coverage',
    detail: { hits: ground.hits(isOf(kind), (patch) => ({ ...more(patch), measure: due(patch) })) },
    claims: (['deduct', 'restore', 'remediate'] as const).map(claimOf).filter(({ region }) => region.area_m2 > 0),
  };
}
