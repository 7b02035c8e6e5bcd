/** What a check is: its texts, its parameters, the evidence it needs, and how it measures one chunk of parcels. */
import type { Kysely, Transaction } from 'kysely';
import type { Schema } from '../database/schema.ts';
import type { CheckId, Measure, Outcome, Reason } from '../domain/outcome.ts';
import type { Sentence } from '../errors.ts';

export interface Param {
  default: number | boolean | string | null;
  unit: string;
  title: Sentence;
  /** allowed values, where not any number ≥ 0 */
  values?: readonly string[];
}

export interface Basis {
  document: string;
  clause: string;
}

/** A layer as a run sees it: pinned, immutable. */
export interface RunLayer {
  layer_id: string;
  type: string;
  year: number | null;
  name: string;
  sha256: string;
  code_system: string | null;
  raster: RasterGrid | null;
}

/** The grid of a slope raster: upper-left corner, cell sizes > 0, rows from the top; srid is its plane. */
export interface RasterGrid {
  srid: number;
  width: number;
  height: number;
  origin_x: number;
  origin_y: number;
  cell_x: number;
  cell_y: number;
  tile_size: number;
  cell_m: number;
}

export interface Chunk {
  region_code: string;
  run_id: string;
  /** run ordinals, both included */
  first: number;
  last: number;
}

export type ParamValues = Record<string, number | boolean | string | null>;

export interface CheckContext {
  db: Kysely<Schema> | Transaction<Schema>;
  chunk: Chunk;
  params: ParamValues;
  layersOf(type: string): RunLayer[];
  /** reads one tile of a slope layer: degrees, NaN where there is no value; null where the tile holds none at all */
  readTile(layerId: string, row: number, col: number): Promise<Float32Array | null>;
  /** says the same of all parcels of the chunk, or of the given ordinals */
  say(outcome: Outcome, reason: Reason | null, detail?: Record<string, unknown>, ordinals?: number[]): Promise<void>;
}

export interface Check {
  id: CheckId;
  /** raised whenever the same evidence could give another answer */
  version: number;
  title: Sentence;
  why: Sentence;
  fix: Sentence;
  basis: Basis[];
  params: Record<string, Param>;
  /** layer types it reads; what happens without them is the check's to say */
  needs: readonly string[];
  measure: Measure;
  /** the measure of a failing parcel is that of its hits, not one for all */
  measurePerHit?: boolean;
  /** writes one `measured` row per parcel of the chunk, and `mask` rows for what goes into the books */
  run(context: CheckContext): Promise<void>;
}

export const minAreaParam: Param = {
  default: 10,
  unit: 'm²',
  title: { zh: '面积阈值（大于此值才判不通过）', en: 'Area above which the check fails' },
};

export const maxUnknownShareParam: Param = {
  default: 0.01,
  unit: '1',
  title: { zh: '允许无数据的面积比例', en: 'Share of the parcel that may lack evidence' },
};

export const layerCheckParams = { min_area_m2: minAreaParam, max_unknown_share: maxUnknownShareParam };

/** Documents quoted by more than one check. */
export const documents = {
  youyang: '酉阳规资发〔2023〕106号',
  mnr36: '自然资办发〔2022〕36号',
  mnr31: '国土资发〔2018〕31号',
  mnr2367: '自然资办函〔2019〕2367号',
  opinion2024: '两办《关于加强耕地保护提升耕地质量完善占补平衡的意见》（2024）',
  water: '中华人民共和国水土保持法',
  land: '中华人民共和国土地管理法',
} as const;

export function chunkParams(chunk: Chunk): Record<string, unknown> {
  return { region_code: chunk.region_code, run_id: chunk.run_id, first: chunk.first, last: chunk.last };
}

export function ids(layers: RunLayer[]): string[] {
  return layers.map((layer) => layer.layer_id);
}
