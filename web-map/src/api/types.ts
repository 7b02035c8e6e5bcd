/** What the page reads from the API (CONTRACT §5). Areas are m² on the ellipsoid, unrounded; coordinates lon/lat. */
import type { CheckId, Measure } from '../../../server/domain/outcome.ts';
import type { FindingOut, PieceOut, RunSummary, VerdictFeature } from '../../../server/domain/verdict-feature.ts';

export type { CheckId, Measure, Outcome, Verdict } from '../../../server/domain/outcome.ts';
export type {
  Books,
  FindingOut,
  PieceOut,
  RunSummary,
  VerdictFeature,
  VerdictProperties,
} from '../../../server/domain/verdict-feature.ts';

export interface BilingualText {
  zh: string;
  en: string;
}

export interface CheckText {
  id: CheckId;
  version: string | number;
  title: BilingualText;
  why: BilingualText;
  fix: BilingualText;
  basis: { document: string | BilingualText; clause: string | BilingualText }[];
  params: Record<string, { default: unknown; unit: string; title: BilingualText }>;
  measure: Measure;
}

export interface LayerTypeText {
  /** its name, as in the `type` of a layer */
  type: string;
  title: BilingualText;
  kind: string;
}

export type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export type RunParams = Record<string, Record<string, unknown>>;

export interface RunItem {
  run_id: string;
  region_code: string;
  state: JobState;
  created_at: string;
  parcel_count: number;
  summary: RunSummary | null;
}

export interface RunDetail extends RunItem {
  progress?: number;
  job_id?: string | null;
  layer_ids?: string[];
  /** every parameter of every check, as this run used it */
  params?: RunParams;
  problem?: ProblemBody | null;
}

export interface LayerItem {
  layer_id: string;
  type: string;
  year: number | null;
  name: string;
  state?: string;
  created_at: string;
}

/** Where a fault lies: whatever of it is known. Rows count from 1 in file order; x, y are in the plane of the file. */
export interface Where {
  file?: string;
  row?: number;
  rows?: number[];
  field?: string;
  lon?: number;
  lat?: number;
  x?: number;
  y?: number;
  candidates?: string[];
}

/** RFC 9457, CONTRACT §6. */
export interface ProblemBody {
  type?: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  request_id: string | null;
  where?: Where;
}

export interface ItemsPage<T> {
  items: T[];
  next_cursor: string | null;
  number_matched?: number;
}

export interface FeaturesPage<F> {
  type: 'FeatureCollection';
  features: F[];
  next_cursor: string | null;
  number_matched?: number;
}

export interface LayerFeature {
  type: 'Feature';
  geometry: { type: 'Polygon' | 'MultiPolygon'; coordinates: unknown[] } | null;
  properties: { name: string | null; number: string | null; class_code: string | null };
}

/** A polygon a parcel meets, or another parcel (then without a layer). */
export interface Hit {
  name: string | null;
  number: string | null;
  layer_id: string | null;
  area_m2: number;
  class_code?: string | null;
  source?: string | null;
  approval?: string | null;
  dated?: string | null;
  measure?: string | null;
}

export interface ShapeProblem {
  code: string;
  message: string;
  message_en?: string;
  /** told, but no reason to fail */
  warning?: boolean;
  lon?: number | null;
  lat?: number | null;
}

/** Details of a finding by check (CONTRACT §4); each may be absent. */
export interface FindingDetail extends FindingOut {
  hits?: Hit[];
  mean_slope_deg?: number | null;
  max_slope_deg?: number | null;
  class_area_m2?: number[];
  year?: number | null;
  base_year?: number | null;
  base_year_source?: string;
  by_class?: Record<string, number>;
  by_group?: Record<string, number>;
  by_recovery?: Record<string, number>;
  suggested_measure?: string | null;
  with?: string[];
  declared_area_m2?: number | null;
  difference_m2?: number | null;
  problems?: ShapeProblem[];
  source?: string;
  cell_m?: number | null;
}

export type Parcel = VerdictFeature;
export type Piece = PieceOut;
