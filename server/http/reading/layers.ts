/** Layers as the API shows them. Only those that are ready exist for anybody outside their own job. */
import type { Kysely } from 'kysely';
import type { Schema } from '../../database/schema.ts';
import { sqlFile } from '../../database/sql-file.ts';
import { badCursor, decodeCursor, encodeCursor } from '../cursor.ts';
import type { Language } from '../language.ts';
import { localized } from '../localized.ts';
import { firstOnly, type PageOf, type PageRequest, type Placed, pageParams, toPage } from '../page.ts';
import { defaultLimit } from '../schemas/common.ts';
import type { Layer } from '../schemas/layers.ts';
import { isUuid } from '../uuid.ts';

export type Box = [west: number, south: number, east: number, north: number];

export interface LayerRow extends Placed, Omit<Layer, 'created_at' | 'warnings'> {
  warnings: unknown[];
  created_at: Date;
}

interface Extent {
  west: number | null;
  south: number | null;
  east: number | null;
  north: number | null;
}

interface FeatureRow {
  feature_no: number;
  name: string | null;
  number: string | null;
  class_code: string | null;
  geometry: string | null;
}

const listLayers = sqlFile<LayerRow>('queries/list-layers');
const countLayers = sqlFile<{ matched: number }>('queries/count-layers');
const layerExtent = sqlFile<Extent>('queries/layer-extent');
const layerFeatures = sqlFile<FeatureRow>('queries/layer-features');
const countFeatures = sqlFile<{ matched: number }>('queries/count-layer-features');

export async function pageOfLayers(
  db: Kysely<Schema>,
  query: PageRequest & { type?: string; region_code?: string },
  language: Language,
): Promise<PageOf<Layer>> {
  const filter = { type: query.type ?? null, region_code: query.region_code ?? null };
  const question = ['layers', filter];
  const rows = await listLayers.all(db, { ...filter, layer_id: null, ...pageParams(question, query) });
  const { matched } = await countLayers.one(db, filter);
  return toPage(
    question,
    query,
    rows,
    matched,
    (row) => row.layer_id,
    (row) => showLayer(row, language),
  );
}

export async function oneLayer(db: Kysely<Schema>, layerId: string): Promise<LayerRow | undefined> {
  if (!isUuid(layerId)) return undefined;
  const [row] = await listLayers.all(db, { layer_id: layerId, type: null, region_code: null, ...firstOnly });
  return row;
}

export function showLayer({ place: _, created_at, ...row }: LayerRow, language: Language): Layer {
  return { ...localized(row, language), created_at: created_at.toISOString() } as Layer;
}

export async function boxOfLayer(db: Kysely<Schema>, layer: LayerRow): Promise<Box | null> {
  return boxOf(await layerExtent.one(db, { region_code: layer.region_code, layer_id: layer.layer_id }));
}

/** A page of features for the screen, 500 at a time: simplified by `tolerance` degrees, never to be measured. */
export async function* portionsOfFeatures(
  db: Kysely<Schema>,
  layer: LayerRow,
  query: PageRequest & { bbox?: Box | undefined; tolerance?: number },
): AsyncGenerator<PageOf<FeatureRow>> {
  const key = { region_code: layer.region_code, layer_id: layer.layer_id };
  const [west, south, east, north] = query.bbox ?? [null, null, null, null];
  const box = { west, south, east, north };
  const question = ['features', key, box];
  const position = decodeCursor(question, query.cursor) ?? '0';
  if (!/^\d{1,9}$/.test(position)) throw badCursor();
  let after = Number(position);
  let left = query.limit ?? defaultLimit;
  const { matched } = await countFeatures.one(db, { ...key, ...box });
  for (;;) {
    const size = Math.min(left, 500);
    const rows = await layerFeatures.all(db, {
      ...key,
      ...box,
      after,
      limit: size + 1,
      tolerance: query.tolerance ?? 0,
    });
    const items = rows.slice(0, size);
    const more = rows.length > size;
    after = items.at(-1)?.feature_no ?? after;
    left -= items.length;
    yield { items, next_cursor: more ? encodeCursor(question, String(after)) : null, number_matched: matched };
    if (!more || left <= 0) return;
  }
}

export function showFeature({ geometry, ...properties }: FeatureRow): object {
  return { type: 'Feature', geometry: geometry === null ? null : JSON.parse(geometry), properties };
}

export function boxOf({ west, south, east, north }: Extent): Box | null {
  return west === null || south === null || east === null || north === null ? null : [west, south, east, north];
}
