/** What the page reads from the API (CONTRACT §5). Areas are m² on the ellipsoid, unrounded; coordinates lon/lat. */
import type { CodeSystem } from '../../../server/domain/land-codes.ts';
import type { CheckId, Measure } from '../../../server/domain/outcome.ts';
import type { ParamValue } from '../../../server/domain/param-value.ts';
import type { FindingOut, PieceOut, RunSummary, VerdictFeature } from '../../../server/domain/verdict-feature.ts';

import type { Review, Standing } from './review-types.ts';

export type { Basemap } from '../../../server/domain/basemaps.ts';
export type { CheckId, Measure, Outcome, Verdict } from '../../../server/domain/outcome.ts';
export type { Facets, ReviewState } from '../../../server/domain/review.ts';
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
  params: Record<string, { default: ParamValue; unit: string; title: BilingualText; values?: readonly string[] }>;
  /** layer types it reads */
  needs?: readonly string[];
  /** what it says of every parcel where the run has none of them; null: it says something without them */
  without?: 'undetermined' | 'not_applicable' | null;
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
  parcel_set_ids?: string[];
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
  /** of the land classes in it */
  code_system?: CodeSystem | null;
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
  /** of a request of several items: each with its place; `current`: a decision that stands in the way */
  problems?: { field: string; code: string; detail: string; current?: Standing }[];
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

/** OGC API – Tiles: what a run or a layer is drawn from. */
export interface Tileset {
  version: string;
  /** `cells` below a zoom, the things themselves (`parcels` or `features`) from it on */
  layers?: { id: string; minTileMatrix?: string; maxTileMatrix?: string }[];
  /** degrees; absent where nothing has a shape */
  boundingBox?: { lowerLeft: [number, number]; upperRight: [number, number] };
  /** of a raster one for each style */
  links: { rel: string; templated?: boolean; href: string; style?: string; minTileMatrix?: string }[];
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

/** `id` is the parcel's place in the run, from 1: parcel ids may repeat over the sets of a run. */
export type Parcel = VerdictFeature & { id?: number; properties: { geometry_hash?: string } };

export interface PieceFeature {
  type: 'Feature';
  geometry: { type: 'Polygon' | 'MultiPolygon'; coordinates: unknown[] } | null;
  properties: PieceOut;
}

/** One parcel with all that is known of it. */
export interface ParcelDetail extends Parcel {
  piece_features: PieceFeature[];
  /** every decision ever made on it, newest first */
  history?: Review[];
}
export type Piece = PieceOut;
