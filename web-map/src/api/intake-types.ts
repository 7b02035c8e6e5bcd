/** What an upload of parcels and its dry run answer (CONTRACT §5), sentences in the language that was asked for. */
import type { AreaUnit } from '../../../server/domain/area-units.ts';
import type { JobState, ProblemBody, ShapeProblem, Where } from './types.ts';

/** How the person wants the file read; what is absent the server decides. */
export interface Reading {
  srid?: number;
  encoding?: string;
  sublayer?: string;
  region_code?: string;
  area_unit?: AreaUnit;
  /** column → attribute of the file, or `=value` for a constant */
  field_map?: Record<string, string>;
}

export interface Job<R> {
  job_id: string;
  state: JobState;
  progress: number;
  result?: R;
  problem?: ProblemBody;
}

export interface IntakeWarning {
  code: string;
  message: string;
  where?: Where;
}

export interface UnitDecision {
  unit: AreaUnit;
  source: 'sums' | 'user';
  /** as written, without a unit */
  declared_sum: number;
  computed_sum_m2: number;
  /** declared ÷ computed under each unit */
  ratios: Record<AreaUnit, number>;
}

export interface IntakeDecisions {
  crs: { srid: number; epsg_found: number; source: string; reason: string };
  encoding: { encoding: string; declared: string | null; source: string; reason: string } | null;
  fields: Record<string, string | null>;
  unit: { gross: UnitDecision | null; net: UnitDecision | null };
  region: { region_code: string; source: string };
  layers: { name: string; feature_count: number }[];
}

export interface PreviewRow {
  ordinal: number;
  source_file: string;
  source_row: number;
  parcel_id: string;
  project_code: string | null;
  project_name: string | null;
  township: string | null;
  declared_area_m2: number | null;
  declared_net_m2: number | null;
  area_m2: number;
  attributes: Record<string, unknown>;
  geometry: { type: 'Polygon' | 'MultiPolygon'; coordinates: unknown[] } | null;
}

export interface LocatedProblem extends ShapeProblem {
  source_file: string;
  source_row: number;
  parcel_id: string;
}

/** `result` of a finished dry run. */
export interface DryRun {
  parcel_set_id: string;
  region_code: string;
  /** the same file, read the same way, is stored already */
  existing: boolean;
  feature_count: number;
  area_m2: number;
  warnings: IntakeWarning[];
  decisions: IntakeDecisions;
  report: { preview: PreviewRow[]; problems: LocatedProblem[]; problem_count: number };
}

export interface ParcelSet {
  parcel_set_id: string;
  region_code: string;
  name: string;
  file_name: string;
  feature_count: number;
  area_m2: number;
  withdrawn_at: string | null;
  created_at: string;
}

/** 202, or 200 with the set that is there already. */
export type UploadAnswer =
  | { job_id: string; parcel_set_id: string; created_at?: undefined }
  | (ParcelSet & { job_id: string | null });
