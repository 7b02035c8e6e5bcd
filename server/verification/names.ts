/**
 * What findings name. They are stored with layers and sets by their place in the run (`land-use@2023#0`, `set#1`), so that a result says the
 * same in every run whose evidence it fits: a new version of a layer that changed elsewhere, or of the set, has another id, and 100,000
 * findings would have to be written anew for it. Whoever reads gets the ids that the places have in the run asked for.
 */
import type { Kysely } from 'kysely';
import { layerPlaces, setPlace } from '../checks/places.ts';
import type { Schema } from '../database/schema.ts';
import type { FindingOut } from '../domain/verdict-feature.ts';
import { type RunKey, runLayers } from './run-context.ts';

/** Ids by place, of one run. */
export type Names = ReadonlyMap<string, string>;

export async function namesOf(db: Kysely<Schema>, key: RunKey): Promise<Names> {
  const sets = await db
    .selectFrom('run_set')
    .select(['ordinal', 'parcel_set_id'])
    .where('region_code', '=', key.region_code)
    .where('run_id', '=', key.run_id)
    .execute();
  const layers = layerPlaces(await runLayers(db, key));
  return new Map([
    ...sets.map(({ ordinal, parcel_set_id }) => [setPlace(ordinal), parcel_set_id] as const),
    ...[...layers].map(([id, place]) => [place, id] as const),
  ]);
}

/** The finding with ids for places. */
export function withIds(finding: FindingOut, names: Names): FindingOut {
  const hits = finding['hits'];
  if (!Array.isArray(hits) || hits.length === 0) return finding;
  return { ...finding, hits: hits.map((hit: Record<string, unknown>) => ({ ...hit, ...idsOf(hit, names) })) };
}

function idsOf(hit: Record<string, unknown>, names: Names): Record<string, unknown> {
  const ids: Record<string, unknown> = {};
  for (const field of ['layer_id', 'parcel_set_id']) {
    const place = hit[field];
    if (typeof place !== 'string' || !place.includes('#')) continue;
    const id = names.get(place);
    if (id === undefined) throw new Error(`a finding names ${place}, which is not in the run`);
    ids[field] = id;
  }
  return ids;
}
