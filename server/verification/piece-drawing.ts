/** How the pieces of a chunk are drawn from stored shapes, as the parameters of sql/queries/insert-pieces. */
import type { Patch } from '../checks/ground.ts';
import type { BookPiece } from './conclude.ts';
import type { RunFacts } from './run-context.ts';
import { segmentOf } from './slope-evidence.ts';
import type { Fresh } from './store-chunk.ts';

/** One table of parameters: its columns are arrays named `<table>_<column>`, as `unnest` takes them. */
class Rows<Column extends string> {
  readonly #table: string;
  readonly #columns: Record<Column, unknown[]>;
  constructor(table: string, ...columns: Column[]) {
    this.#table = table;
    this.#columns = Object.fromEntries(columns.map((column) => [column, []])) as unknown as Record<Column, unknown[]>;
  }

  add(row: Record<Column, unknown>): void {
    for (const column in this.#columns) this.#columns[column].push(row[column]);
  }

  params(): Record<string, unknown[]> {
    return Object.fromEntries(
      Object.entries(this.#columns).map(([column, values]) => [`${this.#table}_${column}`, values as unknown[]]),
    );
  }
}

const place = ['ordinal', 'set_id', 'parcel_place'] as const;

class Drawing {
  /** the parcel under pieces of layers; `bounds`: what a remainder is taken of, not what is taken off */
  readonly layer = new Rows('layer', ...place, 'mask_no', 'bounds', 'id', 'feature_no', 'piece_no');
  /** the parcel under other parcels */
  readonly other = new Rows('other', ...place, 'mask_no', 'of_set_id', 'of_place');
  /** the parcel under cells of a raster */
  readonly rect = new Rows('rect', ...place, 'mask_no', 'x0', 'y0', 'x1', 'y1');
  readonly mask = new Rows('mask', ...place, 'no', 'whole', 'rest');
  /** parcels whose masks must be cut by each other */
  readonly cut = new Rows('cut', ...place);
  /** which sets of masks make which piece */
  readonly way = new Rows('way', 'ordinal', 'piece_no', 'covered_by');
  readonly book = new Rows('book', ...place, 'result_id', 'piece_no', 'reasons', 'measure', 'area_m2', 'all_of_it');

  params(): Record<string, unknown[]> {
    const { layer, other, rect, mask, cut, way, book } = this;
    return Object.assign({}, ...[layer, other, rect, mask, cut, way, book].map((rows) => rows.params()));
  }
}

/** undefined where there is nothing to draw */
export function drawnPieces(fresh: readonly Fresh[], { layers }: RunFacts): Record<string, unknown> | undefined {
  const drawing = new Drawing();
  const drawn = fresh.filter(({ concluded }) => concluded.pieces.length > 0);
  if (drawn.length === 0) return undefined;
  const hasBoundary = layers.some(({ type }) => type === 'boundary');
  for (const one of drawn) draw(drawing, one, hasBoundary);
  const srid = layers.find(({ raster }) => raster !== null)?.raster?.srid ?? 4490;
  return { ...drawing.params(), raster_srid: srid, segment: segmentOf(srid) };
}

function draw(drawing: Drawing, one: Fresh, hasBoundary: boolean): void {
  const { plot, concluded, result_id } = one;
  const { masks, pieces } = concluded;
  const own = { ordinal: plot.ordinal, set_id: plot.parcel_set_id, parcel_place: plot.parcel_ordinal };
  const allWhole = masks.every(({ region }) => region.whole);
  pieces.forEach(({ reasons, measure, area_m2, ways }: BookPiece, at) => {
    const piece_no = at + 1;
    const all_of_it = allWhole;
    drawing.book.add({ ...own, result_id, piece_no, reasons: JSON.stringify(reasons), measure, area_m2, all_of_it });
    if (allWhole) return;
    for (const way of ways)
      drawing.way.add({ ordinal: plot.ordinal, piece_no, covered_by: way.map((mask) => mask + 1).join() });
  });
  if (allWhole) return;
  if (masks.length > 1) drawing.cut.add(own);
  masks.forEach(({ region, drawn }, at) => {
    const no = at + 1;
    drawing.mask.add({ ...own, no, whole: region.whole, rest: drawn.rest ?? false });
    if (region.whole) return;
    for (const patch of one.ground.patches) {
      if (drawn.of(patch)) drawPatch(drawing, one, { ...own, mask_no: no }, patch, false);
      else if (drawn.rest && hasBoundary && patch.kind === 'boundary')
        drawPatch(drawing, one, { ...own, mask_no: no }, patch, true);
    }
  });
}

interface Place {
  ordinal: number;
  set_id: string;
  parcel_place: number;
  mask_no: number;
}

function drawPatch(drawing: Drawing, { steepRects }: Fresh, at: Place, patch: Patch, bounds: boolean): void {
  const { neighbour, layer_id: id, feature_no } = patch;
  if (neighbour) {
    drawing.other.add({ ...at, of_set_id: neighbour.parcel_set_id, of_place: neighbour.parcel_ordinal });
  } else if (patch.kind === 'steep-cells') {
    for (const rect of steepRects) drawing.rect.add({ ...at, ...rect });
  } else if (id !== null) {
    for (const { piece_no } of patch.pieces) drawing.layer.add({ ...at, bounds, id, feature_no, piece_no });
  }
}
