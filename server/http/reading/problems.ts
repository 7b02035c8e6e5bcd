/** Problems of shapes as points for a GIS: every feature has the same columns, so that they become one table. */
import type { LocatedProblem } from '../../intake/set-problems.ts';
import type { Language } from '../language.ts';
import type { ProblemFeature } from '../schemas/parcel-sets.ts';

/** What has no place (an empty shape) is a feature without geometry, not left out. */
export function problemFeature(problem: LocatedProblem, language: Language): ProblemFeature {
  const { lon, lat } = problem;
  return {
    type: 'Feature',
    geometry: lon === null || lat === null ? null : { type: 'Point', coordinates: [lon, lat] },
    properties: {
      parcel_id: problem.parcel_id,
      source_file: problem.source_file,
      source_row: problem.source_row,
      code: problem.code,
      warning: problem.warning === true,
      message: language === 'en' ? problem.message_en : problem.message,
      length_m: problem.length_m ?? null,
      width_m: problem.width_m ?? null,
      area_m2: problem.area_m2 ?? null,
      angle_deg: problem.angle_deg ?? null,
      with: problem.with ?? null,
      with_parcel_set_id: problem.with_parcel_set_id ?? null,
    },
  };
}

export async function* asPortions<Row>(portions: AsyncIterable<Row[]>): AsyncGenerator<{ items: Row[] }> {
  let none = true;
  for await (const items of portions) {
    none = false;
    yield { items };
  }
  if (none) yield { items: [] };
}
