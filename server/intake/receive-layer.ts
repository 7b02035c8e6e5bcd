/**
 * An uploaded reference layer becomes one immutable version: polygons with their pieces for overlays, or slope tiles. There
 * whole or not at all; the same bytes with the same labels are the same layer.
 */
import type { Kysely } from 'kysely';
import { lanesOf } from '../database/lanes.ts';
import type { Schema } from '../database/schema.ts';
import { AppError } from '../errors.ts';
import { checkLayerYear, layerType } from '../layers/index.ts';
import { batchSizes } from './batches.ts';
import { layerId, sha256Of } from './identity.ts';
import { asksIncrement, findBase } from './increment-base.ts';
import { isIncrementTable } from './increment-tables.ts';
import { type LayerPlan, planLayer } from './layer-plan.ts';
import { fillLayer, type LayerTask, type ReceivedLayer, type ReceiveLayerInput } from './layer-task.ts';
import type { Claim } from './loading.ts';
import { partOf } from './progress.ts';
import { readPlanned } from './read-planned.ts';
import { receiveIncrement } from './receive-increment.ts';
import { receiveRaster } from './receive-raster.ts';
import { checkRegionCode, decideRegion } from './region.ts';
import { type ReceiveDeps, sourceOptions } from './request.ts';
import type { SourceReport, Warning } from './source-types.ts';
import { storeFeatures } from './store-features.ts';
import type { ReceiveHooks } from './store-shapes.ts';

export type { ReceivedLayer, ReceiveLayerInput } from './layer-task.ts';

/** Throws every AppError of reading, and `validation`, `attribute-missing`, `geometry-empty`, `too-large`; then nothing is stored. */
export async function receiveLayer(
  deps: ReceiveDeps,
  input: ReceiveLayerInput,
  given: ReceiveHooks = {},
): Promise<ReceivedLayer> {
  const hooks = { ...given, lanes: lanesOf(deps.database), batch: batchSizes[deps.database.kind] };
  const type = layerType(input.type);
  checkLayerYear(type, input.year);
  checkRegionCode(input.regionCode);
  const { db } = deps.database;
  const sha256 = await sha256Of(input.path, hooks.signal, partOf(hooks.progress, 0, 0.02));
  const asked = input.regionCode ?? deps.config.regionCode;
  const base = asksIncrement(input) ? await findBase(db, asked, input) : undefined;
  const id = input.layerId ?? layerId(sha256, { ...input, regionCode: asked, baseLayerId: base?.layer_id });
  const known = await findReady(db, id);
  if (known !== undefined) return known;

  const task = { input, type, id, sha256, asked };
  const work = type.kind === 'raster' ? receiveRaster : receivePolygons;
  const received = await (base === undefined ? work(deps, task, hooks) : receiveIncrement(deps, task, base, hooks));
  if (received === 'ready') return (await findReady(db, id))!;
  hooks.progress?.(1);
  return received;
}

async function receivePolygons(
  deps: ReceiveDeps,
  task: LayerTask,
  hooks: ReceiveHooks,
): Promise<ReceivedLayer | 'ready'> {
  const { input, type, asked } = task;
  const { db } = deps.database;
  const options = await sourceOptions(deps, asked, input);
  const reading = {
    purpose: 'layer' as const,
    ...(hooks.signal === undefined ? {} : { signal: hooks.signal }),
    progress: partOf(hooks.progress, 0.02, 0.28),
  };
  return readPlanned(
    [input.path, input.fileName, options, deps.config.limits.layers, reading],
    (fields, rows) => planLayer(type, fields, rows, input),
    async (report, planned) => {
      if (type.id === 'land-use' && input.sublayer === undefined) refuseIncrement(report);
      const plan = await planned();
      const found = { region_code: plan.county, source: 'boundary' } as const;
      const region = decideRegion(input.regionCode, found, deps.config.regionCode);
      const fill = async (held: Claim) => {
        const stored = await storeFeatures(db, held, report, task, plan, {
          ...hooks,
          progress: partOf(hooks.progress, 0.3, 0.6),
        });
        return {
          feature_count: report.feature_count,
          warnings: [...report.warnings, ...plan.warnings, ...stored],
          decisions: decisionsOf(report, plan),
        };
      };
      return fillLayer(db, task, region, plan.codeSystem?.system ?? null, fill, hooks);
    },
  );
}

function decisionsOf(report: SourceReport, plan: LayerPlan): Record<string, unknown> {
  return {
    crs: report.crs,
    encoding: report.encoding,
    fields: plan.fields,
    ...(plan.codeSystem === null ? {} : { code_system: plan.codeSystem }),
    layers: report.layers,
  };
}

/** Changes taken for a whole year would leave nearly all land of the newest year unknown. A sublayer by name says that it is meant. */
function refuseIncrement({ layers: [layer] }: SourceReport): void {
  if (layer === undefined || !isIncrementTable(layer.name)) return;
  throw new AppError(
    'validation',
    {
      zh: `${layer.name} 是增量包的图层，只有变更的图斑；请同时注明 increment=true，或用 base_layer_id、base_year 指明基期，如确要单独使用请用 sublayer 指定`,
      en: `${layer.name} is a table of an increment and has changed patches only; state increment=true, or the base by base_layer_id or base_year, or name it as sublayer if it is meant by itself`,
    },
    { file: layer.name, field: 'increment' },
  );
}

async function findReady(db: Kysely<Schema>, id: string): Promise<ReceivedLayer | undefined> {
  const row = await db
    .selectFrom('layer')
    .select(['layer_id', 'region_code', 'feature_count', 'warnings', 'decisions'])
    .where('layer_id', '=', id)
    .where('state', '=', 'ready')
    .executeTakeFirst();
  return row === undefined ? undefined : { ...row, existing: true, warnings: row.warnings as Warning[] };
}
