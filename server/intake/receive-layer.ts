/**
 * An uploaded reference layer becomes one immutable version: polygons with their pieces for overlays, or slope tiles. There
 * whole or not at all; the same bytes with the same labels are the same layer.
 */
import { rm } from 'node:fs/promises';
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import { AppError } from '../errors.ts';
import { checkLayerYear, type LayerType, layerType } from '../layers/index.ts';
import { longestEdge } from './batches.ts';
import { layerId, sha256Of } from './identity.ts';
import { type LayerPlan, planLayer } from './layer-plan.ts';
import { FeatureTally, readFeature } from './layer-row.ts';
import { fillLayer, type LayerTask, type ReceivedLayer, type ReceiveLayerInput } from './layer-task.ts';
import type { Claim } from './loading.ts';
import { nothingUsable } from './parcel-plan.ts';
import { printable } from './printable.ts';
import { readVectorSource } from './read-source.ts';
import { receiveRaster } from './receive-raster.ts';
import { checkRegionCode, decideRegion } from './region.ts';
import { partOf, type ReceiveDeps, sourceOptions } from './request.ts';
import type { SourceReport, Warning } from './source-types.ts';
import { readSpool } from './spool.ts';
import { columnsOf, type ReceiveHooks, shapeColumns, storeShapes } from './store-shapes.ts';

export type { ReceivedLayer, ReceiveLayerInput } from './layer-task.ts';

const insertFeatures = sqlFile('queries/intake-insert-features');
const insertPieces = sqlFile('queries/intake-insert-pieces');

/** Throws every AppError of reading, and `validation`, `attribute-missing`, `geometry-empty`, `too-large`; then nothing is stored. */
export async function receiveLayer(
  deps: ReceiveDeps,
  input: ReceiveLayerInput,
  hooks: ReceiveHooks = {},
): Promise<ReceivedLayer> {
  const type = layerType(input.type);
  checkLayerYear(type, input.year);
  checkRegionCode(input.regionCode);
  const { db } = deps.database;
  const sha256 = await sha256Of(input.path, hooks.signal);
  const asked = input.regionCode ?? deps.config.regionCode;
  const id = input.layerId ?? layerId(sha256, { ...input, regionCode: asked });
  const known = await findReady(db, id);
  if (known !== undefined) return known;

  const work = type.kind === 'raster' ? receiveRaster : receivePolygons;
  const received = await work(deps, { input, type, id, sha256, asked }, hooks);
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
  const report = await readVectorSource(input.path, input.fileName, options, deps.config.limits.layers, {
    purpose: 'layer',
    ...(hooks.signal === undefined ? {} : { signal: hooks.signal }),
    progress: partOf(hooks.progress, 0, 0.3),
  });
  try {
    const plan = await planLayer(type, report.fields, readSpool(report.spool), input);
    const found = { region_code: plan.county, source: 'boundary' } as const;
    const region = decideRegion(input.regionCode, found, deps.config.regionCode);
    const fill = async (held: Claim) => {
      const stored = await store(db, held, report, task, plan, {
        ...hooks,
        progress: partOf(hooks.progress, 0.35, 0.6),
      });
      return {
        feature_count: report.feature_count,
        warnings: [...report.warnings, ...plan.warnings, ...stored],
        decisions: decisionsOf(report, plan),
      };
    };
    return await fillLayer(db, task, region, plan.codeSystem?.system ?? null, fill, hooks);
  } finally {
    await rm(report.spool, { force: true });
  }
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

async function store(
  db: Kysely<Schema>,
  held: Claim,
  report: SourceReport,
  { type, input }: LayerTask,
  plan: LayerPlan,
  hooks: ReceiveHooks,
): Promise<Warning[]> {
  const features = new FeatureTally();
  const key = { region_code: held.region, layer_id: held.id };
  const constants = { ...key, srid: report.crs.srid, edge: longestEdge(report.crs.srid) };
  const tally = await storeShapes(db, held, report, hooks, async (trx, shapes) => {
    const lost = shapes.find((shape) => shape.unusable);
    if (lost !== undefined && type.coverage !== 'own-classes') throw unusable(type, lost.row.source_file, lost.row.row);
    await insertFeatures.run(trx, {
      ...constants,
      feature_no: shapes.map((shape) => shape.number),
      ...columnsOf(shapes.map((shape) => readFeature(shape.row, type, plan.fields, features))),
      ...shapeColumns(shapes),
    });
    await insertPieces.run(trx, { ...key, first: shapes[0]!.number, last: shapes.at(-1)!.number });
  });
  if (tally.usable === 0) throw nothingUsable(report.feature_count, printable(input.fileName));
  return [...tally.warnings(), ...features.warnings()];
}

/**
 * A land-use patch that is left out is unknown land and told as such by every check. A red line or an issue that is left
 * out would read as "no conflict", so the file is refused.
 */
function unusable(type: LayerType, file: string, row: number): AppError {
  return new AppError(
    'coordinate-invalid',
    {
      zh: `“${type.title.zh}”第 ${row} 行的图形无法修复（边界自相交过多或没有面积），缺了它检查会漏判，请在 GIS 中修正后重新上传`,
      en: `The shape in row ${row} of "${type.title.en}" cannot be repaired (it crosses itself too often, or has no area); without it conflicts would be missed, so mend it and upload again`,
    },
    { file, row },
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
