/** What starting and comparing runs asks and answers (CONTRACT §5). Areas are m². */
import type { Books, CheckId, LayerItem, Outcome, RunParams, Verdict } from './types.ts';

/** as server/verification/change-kinds.ts; a test compares them */
export const changeKinds = ['flagged', 'unproven', 'cleared', 'figures', 'added', 'removed'] as const;
export type ChangeKind = (typeof changeKinds)[number];

export interface RunBody {
  parcel_set_ids: string[];
  layer_ids: string[];
  params: RunParams;
}

export interface LayerVersion extends LayerItem {
  region_code: string;
  file_name: string;
  source: string | null;
}

export interface DiffSide extends Books {
  ordinal: number;
  parcel_set_id: string;
  parcel_id: string;
  verdict: Verdict;
}

export interface DiffFigures {
  outcome: Outcome;
  reason: string | null;
  area_m2: number | null;
}

/** One reason for a change; which fields it has depends on `cause`. */
export interface DiffCause {
  cause: string;
  type?: string;
  year?: number | null;
  check?: CheckId;
  key?: string;
  before?: unknown;
  after?: unknown;
  attributes?: string[];
  engines?: Record<string, { before: string | null; after: string | null }>;
}

export interface DiffItem {
  change: 'changed' | 'added' | 'removed';
  parcel_id: string;
  project_code: string | null;
  before: DiffSide | null;
  after: DiffSide | null;
  findings: { check: CheckId; before: DiffFigures | null; after: DiffFigures | null; causes: string[] }[];
  causes: DiffCause[];
}

export interface DiffSummary {
  parcel_count: { before: number; after: number };
  changed: number;
  unchanged: number;
  by_kind: Record<ChangeKind, number>;
  by_cause: Record<string, { parcels: number; deduct_area_m2: number; kept_area_m2: number }>;
}

export interface DiffPage {
  items: DiffItem[];
  next_cursor: string | null;
  number_matched: number;
  summary: DiffSummary;
}

export interface FeatureShape {
  type: 'Feature';
  geometry: { type: 'Polygon' | 'MultiPolygon'; coordinates: unknown[] } | null;
  properties: { name: string | null; number: string | null; class_code: string | null };
}
