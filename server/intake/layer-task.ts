/** What both kinds of layer, polygons and rasters, are received by. */
import type { Kysely } from 'kysely';
import { layerContent } from '../database/content.ts';
import type { Schema } from '../database/schema.ts';
import type { CodeSystem } from '../domain/land-codes.ts';
import type { LayerType } from '../layers/index.ts';
import type { IncrementAsked } from './increment-base.ts';
import { abandon, type Claim, claim, finish, layers, underClaim } from './loading.ts';
import { partOf } from './progress.ts';
import type { RegionDecision } from './region.ts';
import type { Warning } from './source-types.ts';
import type { ReceiveHooks } from './store-shapes.ts';

export interface ReceiveLayerInput extends IncrementAsked {
  path: string;
  /** as the uploader calls it; only shown */
  fileName: string;
  type: string;
  year?: number;
  name?: string;
  regionCode?: string;
  srid?: number;
  encoding?: string;
  sublayer?: string;
  codeSystem?: CodeSystem;
  /** where the data comes from; only shown */
  source?: string;
  /** what layerId gave at the request, if it was asked then */
  layerId?: string;
}

export interface ReceivedLayer {
  layer_id: string;
  region_code: string;
  /** the same bytes with the same labels were here already; nothing was stored */
  existing: boolean;
  /** polygons, or slope tiles */
  feature_count: number;
  warnings: Warning[];
  decisions: Record<string, unknown>;
}

export interface LayerTask {
  input: ReceiveLayerInput;
  type: LayerType;
  id: string;
  sha256: string;
  /** region given, else configured */
  asked: string;
}

/** What filling a layer gives; raster is its grid, of a raster. */
export interface FilledLayer {
  feature_count: number;
  warnings: Warning[];
  decisions: Record<string, unknown>;
  raster?: Record<string, unknown>;
}

/** Claims the layer, lets `fill` store its parts, makes it ready; takes all of it out again where anything goes wrong. */
export async function fillLayer(
  db: Kysely<Schema>,
  { input, type, id, sha256 }: LayerTask,
  region: RegionDecision,
  codeSystem: CodeSystem | null,
  fill: (held: Claim) => Promise<FilledLayer>,
  hooks: ReceiveHooks,
): Promise<ReceivedLayer | 'ready'> {
  const held = await claim(
    db,
    layers,
    region.region_code,
    id,
    {
      type: type.id,
      year: input.year ?? null,
      name: input.name ?? input.fileName,
      file_name: input.fileName,
      sha256,
      source: input.source ?? null,
      code_system: codeSystem,
    },
    hooks.signal,
  );
  if (held === 'ready') return 'ready';
  try {
    const { raster, ...filled } = await fill(held);
    const decisions = { ...filled.decisions, region };
    const content = await layerContent(
      (work) => {
        hooks.signal?.throwIfAborted();
        return underClaim(db, held, work);
      },
      {
        key: { region_code: held.region, layer_id: held.id },
        code_system: codeSystem,
        raster: raster ?? null,
        feature_count: filled.feature_count,
      },
      { lanes: hooks.lanes, progress: partOf(hooks.progress, 0.9, 0.1) },
    );
    hooks.signal?.throwIfAborted();
    await finish(db, held, {
      content_sha256: content,
      feature_count: filled.feature_count,
      warnings: JSON.stringify(filled.warnings),
      decisions: JSON.stringify(decisions),
      ...(raster === undefined ? {} : { raster: JSON.stringify(raster) }),
    });
    return { layer_id: id, region_code: region.region_code, existing: false, ...filled, decisions };
  } catch (error) {
    await abandon(db, held, hooks);
    throw error;
  }
}
