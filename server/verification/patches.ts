/** Rows of the database as patches over a parcel. */
import type { Plot, RunLayer } from '../checks/check.ts';
import type { Laid, Neighbour, Patch } from '../checks/ground.ts';
import { layerPlaces } from '../checks/places.ts';
import { compareText } from '../domain/compare-text.ts';
import { groupOf } from '../domain/land-class.ts';
import type { CodeSystem } from '../domain/land-codes.ts';
import { parseShape, type Shape } from '../overlay/shape.ts';

export type PieceRow = Pick<
  Patch,
  | 'feature_no'
  | 'name'
  | 'number'
  | 'class_code'
  | 'planting'
  | 'slope_class'
  | 'measure'
  | 'approval'
  | 'dated'
  | 'issue_source'
> & { layer_id: string; piece_no: number; shape: Buffer };

/** A piece of a polygon near the parcels of a chunk; pieces of one polygon share what it says of itself. */
export interface NearPiece {
  layer_id: string;
  patch: Patch;
  shape: Shape;
}

/** Pieces in the order of the run's layers and of the polygons in them. */
export function nearPieces(rows: readonly PieceRow[], layers: Map<string, RunLayer>): NearPiece[] {
  const order = new Map([...layers.keys()].map((id, place) => [id, place]));
  const places = layerPlaces([...layers.values()]);
  const sorted = [...rows].sort(
    (a, b) => order.get(a.layer_id)! - order.get(b.layer_id)! || a.feature_no - b.feature_no || a.piece_no - b.piece_no,
  );
  let last: NearPiece | undefined;
  return sorted.map(({ layer_id, shape, piece_no: _, ...row }) => {
    let patch = last?.patch;
    if (!patch || last?.layer_id !== layer_id || patch.feature_no !== row.feature_no) {
      const { type, year, code_system } = layers.get(layer_id)!;
      const class_group = row.class_code === '' ? null : groupOf(row.class_code, code_system as CodeSystem);
      patch = { ...row, layer_id: places.get(layer_id)!, kind: type, year, class_group };
    }
    last = { layer_id, patch, shape: parseShape(shape) };
    return last;
  });
}

/** Pieces of one polygon are one patch; patches in the order of the pieces. */
export function laidPieces(pieces: readonly NearPiece[]): Laid[] {
  const laid: (Laid & { shapes: Shape[] })[] = [];
  for (const { patch, shape } of pieces) {
    const last = laid.at(-1);
    if (last?.patch === patch) last.shapes.push(shape);
    else laid.push({ patch, shapes: [shape] });
  }
  return laid;
}

export interface NeighbourRow extends Neighbour {
  shape: Buffer;
}

/** A parcel of the run's sets that may lie over others. */
export interface NearParcel extends Laid {
  neighbour: Neighbour;
}

/** In the order of sets and of parcel ids. */
export function nearParcels(parcels: readonly { neighbour: Neighbour; shape: Shape }[]): NearParcel[] {
  return parcels
    .map(({ neighbour, shape }) => ({ neighbour, patch: otherPatch('parcel', { neighbour }), shapes: [shape] }))
    .sort(({ neighbour: a }, { neighbour: b }) => a.set_no - b.set_no || compareText(a.parcel_id, b.parcel_id));
}

export function laidParcels(parcels: readonly NearParcel[], self: Plot): Laid[] {
  return parcels.filter(
    ({ neighbour }) =>
      neighbour.parcel_ordinal !== self.parcel_ordinal || neighbour.parcel_set_id !== self.parcel_set_id,
  );
}

const nothingSaid = {
  layer_id: null,
  year: null,
  name: null,
  number: null,
  class_code: '',
  class_group: null,
  planting: '',
  slope_class: null,
  measure: null,
  approval: null,
  dated: null,
  issue_source: null,
};

/** A patch that is no polygon of a layer. */
export function otherPatch(kind: string, more: Partial<Patch> = {}): Patch {
  return { ...nothingSaid, kind, feature_no: 0, ...more };
}
