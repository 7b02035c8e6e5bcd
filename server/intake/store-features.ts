/** Polygons of a layer's file into the layer: their columns by the plan, their shapes sound and in pieces. */
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import { AppError } from '../errors.ts';
import type { LayerType } from '../layers/index.ts';
import { longestEdge } from './batches.ts';
import type { LayerPlan } from './layer-plan.ts';
import { FeatureTally, readFeature } from './layer-row.ts';
import type { LayerTask } from './layer-task.ts';
import type { Claim } from './loading.ts';
import { nothingUsable } from './parcel-plan.ts';
import { printable } from './printable.ts';
import type { SourceReport, Warning } from './source-types.ts';
import { columnsOf, type ReceiveHooks, shapeColumns, storeShapes } from './store-shapes.ts';

const insertFeatures = sqlFile('queries/intake-insert-features');
const insertPieces = sqlFile('queries/intake-insert-pieces');

/** `demandAll`: a shape that cannot be used refuses the file; else only where the type's layers say something everywhere. */
export async function storeFeatures(
  db: Kysely<Schema>,
  held: Claim,
  report: SourceReport,
  { type, input }: LayerTask,
  plan: LayerPlan,
  hooks: ReceiveHooks,
  demandAll = type.coverage !== 'own-classes',
): Promise<Warning[]> {
  const features = new FeatureTally();
  const key = { region_code: held.region, layer_id: held.id };
  const constants = { ...key, srid: report.crs.srid, edge: longestEdge(report.crs.srid) };
  const tally = await storeShapes(db, held, report, hooks, (shapes) => {
    const lost = shapes.find((shape) => shape.unusable);
    if (lost !== undefined && demandAll) throw unusable(type, lost.row.source_file, lost.row.row);
    const rows = {
      ...constants,
      feature_no: shapes.map((shape) => shape.number),
      ...columnsOf(shapes.map((shape) => readFeature(shape.row, type, plan.fields, features))),
      ...shapeColumns(shapes),
    };
    return async (trx) => {
      await insertFeatures.run(trx, rows);
      await insertPieces.run(trx, { ...key, first: shapes[0]!.number, last: shapes.at(-1)!.number });
    };
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
