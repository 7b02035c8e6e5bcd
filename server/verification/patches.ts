/** Rows of the database as patches over a parcel. */
import type { Plot, RunLayer } from '../checks/check.ts';
import type { Neighbour, Patch, Piece } from '../checks/ground.ts';
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
export interface NearPiece extends Piece {
  feature: Omit<Patch, 'pieces'> & { layer_id: string };
}

/** Pieces in the order of the run's layers and of the polygons in them. */
export function nearPieces(rows: readonly PieceRow[], layers: Map<string, RunLayer>): NearPiece[] {
  const order = new Map([...layers.keys()].map((id, place) => [id, place]));
  const sorted = [...rows].sort(
    (a, b) => order.get(a.layer_id)! - order.get(b.layer_id)! || a.feature_no - b.feature_no || a.piece_no - b.piece_no,
  );
  let feature: NearPiece['feature'] | undefined;
  return sorted.map(({ shape, piece_no, ...row }) => {
    if (feature?.layer_id !== row.layer_id || feature.feature_no !== row.feature_no) {
      const { type, year, code_system } = layers.get(row.layer_id)!;
      const class_group = row.class_code === '' ? null : groupOf(row.class_code, code_system as CodeSystem);
      feature = { ...row, kind: type, year, class_group };
    }
    return { feature, shape: parseShape(shape), piece_no };
  });
}

/** Pieces of one polygon are one patch; patches in the order of the pieces. */
export function patchesOf(pieces: readonly NearPiece[]): Patch[] {
  const patches: Patch[] = [];
  let last: NearPiece['feature'] | undefined;
  let mine: Piece[] = [];
  for (const piece of pieces) {
    if (piece.feature !== last) {
      last = piece.feature;
      mine = [];
      patches.push({ ...last, pieces: mine });
    }
    mine.push(piece);
  }
  return patches;
}

export interface NeighbourRow extends Neighbour {
  shape: Buffer;
}

/** A parcel of the run's sets that may lie over others. */
export interface NearParcel {
  neighbour: Neighbour;
  shape: Shape;
}

/** In the order of sets and of parcel ids. */
export function nearParcels(parcels: readonly NearParcel[]): NearParcel[] {
  return [...parcels].sort(
    ({ neighbour: a }, { neighbour: b }) => a.set_no - b.set_no || compareText(a.parcel_id, b.parcel_id),
  );
}

export function neighbourPatches(parcels: readonly NearParcel[], self: Plot): Patch[] {
  return parcels
    .filter(
      ({ neighbour }) =>
        neighbour.parcel_ordinal !== self.parcel_ordinal || neighbour.parcel_set_id !== self.parcel_set_id,
    )
    .map(({ neighbour, shape }) => otherPatch('parcel', [{ shape, piece_no: 0 }], { neighbour }));
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
export function otherPatch(kind: string, pieces: readonly Piece[], more: Partial<Patch> = {}): Patch {
  return { ...nothingSaid, kind, feature_no: 0, pieces, ...more };
}
