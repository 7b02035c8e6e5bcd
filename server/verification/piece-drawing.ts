/** How the pieces of a chunk are drawn from stored shapes, as the parameters of sql/queries/insert-pieces. */
import type { Patch } from '../checks/ground.ts';
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
  readonly mask = new Rows('mask', ...place, 'no', 'rest', 'ways');
  readonly book = new Rows('book', ...place, 'result_id', 'piece_no', 'reasons', 'measure', 'area_m2', 'all_of_it');

  params(): Record<string, unknown[]> {
    const { layer, other, rect, mask, book } = this;
    return Object.assign({}, ...[layer, other, rect, mask, book].map((rows) => rows.params()));
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
  const partial = masks.flatMap(({ region }, at) => (region.whole ? [] : [at]));
  const all_of_it = partial.length === 0;
  pieces.forEach(({ reasons, measure, area_m2 }, at) => {
    const piece_no = at + 1;
    drawing.book.add({ ...own, result_id, piece_no, reasons: JSON.stringify(reasons), measure, area_m2, all_of_it });
  });
  partial.forEach((at, place) => {
    const { drawn } = masks[at]!;
    const no = place + 1;
    drawing.mask.add({ ...own, no, rest: drawn.rest ?? false, ways: no === 1 ? waysOf(one, partial) : null });
    for (const patch of one.ground.patches) {
      if (drawn.of(patch)) drawPatch(drawing, one, { ...own, mask_no: no }, patch, false);
      else if (drawn.rest && hasBoundary && patch.kind === 'boundary')
        drawPatch(drawing, one, { ...own, mask_no: no }, patch, true);
    }
  });
}

/** How each piece is had from the masks that are only partly there: under which (`plus`), without which that have part in those (`minus`). */
function waysOf({ concluded: { masks, pieces }, ground }: Fresh, partial: readonly number[]): string {
  const parts = ground.shares.map((_, part) => partial.filter((at) => masks[at]!.region.has[part]));
  const numbers = (of: readonly number[]) => of.map((at) => partial.indexOf(at) + 1);
  return JSON.stringify(
    pieces.flatMap(({ ways }, at) =>
      ways.map((way) => {
        const plus = partial.filter((mask) => way.includes(mask));
        const minus = partial.filter(
          (mask) =>
            !way.includes(mask) && parts.some((over) => over.includes(mask) && plus.every((one) => over.includes(one))),
        );
        return { piece_no: at + 1, plus: numbers(plus), minus: numbers(minus) };
      }),
    ),
  );
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
