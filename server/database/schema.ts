/**
 * Table types for kysely, in the shape of sql/migrations. Geometry columns stand here as `never` so that no select can
 * carry one by accident: shapes leave the database as GeoJSON text, WKB (bytea) or not at all.
 */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { ReviewSchema } from './schema-reviews.ts';

type Time = ColumnType<Date, Date | string | undefined, Date | string>;
type MaybeTime = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type Json<T> = ColumnType<T, string | undefined, string>;
type Geometry = ColumnType<never, never, never>;

export interface LayerTable {
  region_code: string;
  layer_id: string;
  type: string;
  year: number | null;
  name: string;
  file_name: string;
  sha256: string;
  content_sha256: string | null;
  source: string | null;
  code_system: string | null;
  state: Generated<'loading' | 'ready' | 'failed'>;
  feature_count: Generated<number>;
  raster: Json<Record<string, unknown> | null>;
  decisions: Json<Record<string, unknown>>;
  warnings: Json<unknown[]>;
  claim: string | null;
  touched_at: Time;
  created_at: Time;
}

export interface LayerFeatureTable {
  region_code: string;
  layer_id: string;
  feature_no: number;
  name: string | null;
  number: string | null;
  class_code: string | null;
  planting: string | null;
  slope_class: number | null;
  measure: string | null;
  approval: string | null;
  dated: string | null;
  issue_source: string | null;
  attributes: Json<Record<string, unknown>>;
  faults: Json<unknown[]>;
  source_wkb: Buffer | null;
  source_srid: number | null;
  geom: Geometry;
}

export interface LayerPieceTable {
  region_code: string;
  layer_id: string;
  feature_no: number;
  piece_no: number;
  geom: Geometry;
}

export interface RasterTileTable {
  region_code: string;
  layer_id: string;
  tile_row: number;
  tile_col: number;
  data: Buffer;
}

export interface RasterViewTable {
  region_code: string;
  layer_id: string;
  level: number;
  tile_row: number;
  tile_col: number;
  slope: Buffer | null;
  shade: Buffer | null;
}

export interface ParcelSetTable {
  region_code: string;
  parcel_set_id: string;
  name: string;
  file_name: string;
  sha256: string;
  content_sha256: string | null;
  state: Generated<'loading' | 'ready' | 'failed'>;
  feature_count: Generated<number>;
  area_m2: Generated<number>;
  replaces: Json<string[]>;
  withdrawn_at: MaybeTime;
  accepted_at: MaybeTime;
  decisions: Json<Record<string, unknown>>;
  warnings: Json<unknown[]>;
  claim: string | null;
  touched_at: Time;
  created_at: Time;
}

export interface ParcelTable {
  region_code: string;
  parcel_set_id: string;
  ordinal: number;
  parcel_id: string;
  client_id: string;
  project_code: string | null;
  project_name: string | null;
  township: string | null;
  declared_area_m2: number | null;
  declared_net_m2: number | null;
  plot_type: string | null;
  accepted_on: string | null;
  pending: Generated<boolean>;
  start_year: number | null;
  target_class: string | null;
  grade: string | null;
  capacity_kg: number | null;
  source_file: string;
  source_row: number;
  attributes: Json<Record<string, unknown>>;
  faults: Json<unknown[]>;
  source_wkb: Buffer | null;
  source_srid: number | null;
  geom: Geometry;
  geometry_hash: string;
  area_m2: number;
  facts: GeneratedAlways<Buffer>;
}

export interface ProjectRegisterTable {
  region_code: string;
  register_id: string;
  version_no: number;
  file_name: string;
  sha256: string;
  content_sha256: string;
  project_count: number;
  certified_count: number;
  pending_count: number;
  decisions: Json<Record<string, unknown>>;
  warnings: Json<unknown[]>;
  created_at: Time;
}

export interface ProjectTable {
  region_code: string;
  register_id: string;
  project_code: string;
  project_name: string | null;
  township: string | null;
  started_on: string | null;
  start_document: string | null;
  accepted_on: string | null;
  acceptance_document: string | null;
  certificate_no: string | null;
  certified_area_m2: number | null;
  certified_paddy_m2: number | null;
  certified_capacity_kg: number | null;
  status: 'certified' | 'pending';
  row_no: number;
}

export interface UploadTable {
  upload_id: string;
  file_name: string;
  purpose: string;
  /** bytes; bigint, which the driver gives as text */
  length: ColumnType<string, number, never>;
  received: ColumnType<string, number | undefined, never>;
  sha256: string | null;
  created_at: Time;
  expires_at: ColumnType<Date, Date, Date>;
}

export interface UploadPartTable {
  upload_id: string;
  position: ColumnType<string, number, never>;
  bytes: Buffer;
}

export interface RunTable {
  region_code: string;
  run_id: string;
  state: Generated<'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'>;
  params: Json<Record<string, Record<string, unknown>>>;
  manifest: Json<Record<string, unknown>>;
  summary: Json<Record<string, unknown> | null>;
  problem: Json<Record<string, unknown> | null>;
  parcel_count: Generated<number>;
  reused_count: number | null;
  created_at: Time;
  started_at: MaybeTime;
  finished_at: MaybeTime;
}

export interface RunSetTable {
  region_code: string;
  run_id: string;
  ordinal: number;
  parcel_set_id: string;
  role: 'judged' | 'earlier';
  first_ordinal: Generated<number>;
}

export interface RunLayerTable {
  region_code: string;
  run_id: string;
  layer_id: string;
}

export interface ResultTable {
  region_code: string;
  result_id: string;
  area_m2: number;
  verdict: 'compliant' | 'non_compliant' | 'undetermined';
  deduct_area_m2: number;
  restore_area_m2: number;
  remediate_area_m2: number;
  kept_area_m2: number;
  kept_unverified_area_m2: number;
  net: Json<Record<string, number> | null>;
  /** of its findings in the order of check ids: p pass, f fail, u undetermined, n not applicable */
  outcomes: string;
  /** m² of those that fail, in the same order */
  failed_m2: (number | null)[];
}

export interface FindingTable {
  region_code: string;
  result_id: string;
  check_id: string;
  outcome: 'pass' | 'fail' | 'undetermined' | 'not_applicable';
  reason: string | null;
  measure: Generated<string>;
  area_m2: number | null;
  share: number | null;
  unknown_area_m2: number | null;
  detail: Json<Record<string, unknown>>;
}

export interface PieceTable {
  region_code: string;
  result_id: string;
  piece_no: number;
  reasons: Json<string[]>;
  measure: string;
  area_m2: number;
  geom: Geometry;
}

export interface RunResultTable {
  region_code: string;
  run_id: string;
  ordinal: number;
  parcel_set_id: string;
  parcel_ordinal: number;
  result_id: string | null;
  township: string | null;
}

export interface RunChunkTable {
  region_code: string;
  run_id: string;
  first_ordinal: number;
  last_ordinal: number;
  claim: string | null;
  leased_until: MaybeTime;
  done_at: MaybeTime;
}

export interface Schema extends ReviewSchema {
  region: { region_code: string; name: Generated<string> };
  layer: LayerTable;
  layer_feature: LayerFeatureTable;
  layer_piece: LayerPieceTable;
  raster_tile: RasterTileTable;
  raster_view: RasterViewTable;
  parcel_set: ParcelSetTable;
  parcel: ParcelTable;
  project_register: ProjectRegisterTable;
  project: ProjectTable;
  upload: UploadTable;
  upload_part: UploadPartTable;
  run: RunTable;
  run_set: RunSetTable;
  run_layer: RunLayerTable;
  result: ResultTable;
  finding: FindingTable;
  piece: PieceTable;
  run_result: RunResultTable;
  run_chunk: RunChunkTable;
}
