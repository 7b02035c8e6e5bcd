/** Rows of the database as patches over a parcel. */
import type { RunLayer } from '../checks/check.ts';
import type { Patch, Piece } from '../checks/ground.ts';
import { compareText } from '../domain/compare-text.ts';
import { groupOf } from '../domain/land-class.ts';
import type { CodeSystem } from '../domain/land-codes.ts';
import { parseShape } from '../overlay/shape.ts';

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
> & { ordinal: number; layer_id: string; piece_no: number; shape: Buffer };

export interface NeighbourRow {
  ordinal: number;
  set_no: number;
  parcel_set_id: string;
  parcel_ordinal: number;
  parcel_id: string;
  project_name: string | null;
  shape: Buffer;
}

/** Pieces of one polygon are one patch; patches in the order of the run's layers and of the polygons in them. */
export function patchesOf(rows: PieceRow[], layers: Map<string, RunLayer>): Patch[] {
  const order = new Map([...layers.keys()].map((id, place) => [id, place]));
  rows.sort(
    (a, b) => order.get(a.layer_id)! - order.get(b.layer_id)! || a.feature_no - b.feature_no || a.piece_no - b.piece_no,
  );
  const patches: Patch[] = [];
  for (const { ordinal: _, shape, piece_no, ...row } of rows) {
    const piece: Piece = { shape: parseShape(shape), piece_no };
    const last = patches.at(-1);
    if (last && last.layer_id === row.layer_id && last.feature_no === row.feature_no) {
      (last.pieces as Piece[]).push(piece);
      continue;
    }
    const { type, year, code_system } = layers.get(row.layer_id)!;
    const class_group = row.class_code === '' ? null : groupOf(row.class_code, code_system as CodeSystem);
    patches.push({ ...row, kind: type, year, class_group, pieces: [piece] });
  }
  return patches;
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

export function neighbourPatches(rows: NeighbourRow[]): Patch[] {
  return rows
    .sort((a, b) => a.set_no - b.set_no || compareText(a.parcel_id, b.parcel_id))
    .map(({ ordinal: _, shape, ...neighbour }) =>
      otherPatch('parcel', [{ shape: parseShape(shape), piece_no: 0 }], { neighbour }),
    );
}
