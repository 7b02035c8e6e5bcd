/** How the pieces of a chunk are drawn from stored shapes, as the columns that sql/queries/insert-pieces takes. */
import type { Patch } from '../checks/ground.ts';
import type { Judged } from './judge.ts';
import type { RunFacts } from './run-context.ts';
import { segmentOf } from './slope-evidence.ts';
import type { Fresh } from './store-chunk.ts';

const columns = [
  'layer_ordinal',
  'layer_mask_no',
  'layer_bounds',
  'layer_id',
  'feature_no',
  'piece_no',
  'parcel_ordinal',
  'parcel_mask_no',
  'parcel_set_id',
  'parcel_place',
  'rect_ordinal',
  'rect_mask_no',
  'x0',
  'y0',
  'x1',
  'y1',
  'mask_ordinal',
  'mask_no',
  'mask_whole',
  'mask_rest',
  'way_ordinal',
  'way_piece_no',
  'way_covered_by',
  'ordinal',
  'result_id',
  'book_piece_no',
  'reasons',
  'measure',
  'area_m2',
] as const;
type Column = (typeof columns)[number];
type Value = string | number | boolean;
type Columns = Record<Column, Value[]>;

export function drawnPieces(fresh: readonly Fresh[], { layers }: RunFacts) {
  const made = Object.fromEntries(columns.map((column) => [column, []])) as unknown as Columns;
  const ordinals: number[] = [];
  const hasBoundary = layers.some(({ type }) => type === 'boundary');
  for (const one of fresh) {
    const { plot, concluded } = one;
    if (concluded.pieces.length === 0) continue;
    ordinals.push(plot.ordinal);
    concluded.masks.forEach((mask, at) => {
      const whole = mask.region.whole;
      push(made, {
        mask_ordinal: plot.ordinal,
        mask_no: at + 1,
        mask_whole: whole,
        mask_rest: mask.drawn.rest ?? false,
      });
      if (whole) return;
      for (const patch of one.ground.patches) {
        if (mask.drawn.of(patch)) drawPatch(made, one, at + 1, patch, false);
        else if (mask.drawn.rest && hasBoundary && patch.kind === 'boundary') drawPatch(made, one, at + 1, patch, true);
      }
    });
    concluded.pieces.forEach((piece, at) => {
      const { reasons, measure, area_m2 } = piece;
      push(made, {
        ordinal: plot.ordinal,
        result_id: one.result_id,
        book_piece_no: at + 1,
        reasons: JSON.stringify(reasons),
        measure,
        area_m2,
      });
      for (const way of piece.ways) {
        push(made, {
          way_ordinal: plot.ordinal,
          way_piece_no: at + 1,
          way_covered_by: way.map((mask) => mask + 1).join(),
        });
      }
    });
  }
  const srid = layers.find(({ raster }) => raster !== null)?.raster?.srid ?? 4490;
  return { ...made, ordinals, raster_srid: srid, segment: segmentOf(srid) };
}

function drawPatch(made: Columns, { plot, steepRects }: Judged, maskNo: number, patch: Patch, bounds: boolean): void {
  if (patch.neighbour) {
    const { parcel_set_id, parcel_ordinal } = patch.neighbour;
    push(made, { parcel_ordinal: plot.ordinal, parcel_mask_no: maskNo, parcel_set_id, parcel_place: parcel_ordinal });
  } else if (patch.kind === 'steep-cells') {
    for (const rect of steepRects) push(made, { rect_ordinal: plot.ordinal, rect_mask_no: maskNo, ...rect });
  } else if (patch.layer_id !== null) {
    for (const { piece_no } of patch.pieces) {
      push(made, {
        layer_ordinal: plot.ordinal,
        layer_mask_no: maskNo,
        layer_bounds: bounds,
        layer_id: patch.layer_id,
        feature_no: patch.feature_no,
        piece_no,
      });
    }
  }
}

function push(made: Columns, row: Partial<Record<Column, Value>>): void {
  for (const [column, value] of Object.entries(row)) made[column as Column].push(value as Value);
}
