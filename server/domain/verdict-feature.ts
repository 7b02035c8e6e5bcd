/** What leaves the system about one parcel: the GeoJSON feature of CONTRACT §4. Areas are m² on the CGCS2000 ellipsoid, unrounded. */
import type { CheckId, Measure, Outcome, Reason, Verdict } from './outcome.ts';

export interface FindingOut {
  outcome: Outcome;
  reason?: Reason;
  area_m2?: number;
  share?: number;
  unknown_area_m2?: number;
  [detail: string]: unknown;
}

export interface PieceOut {
  reasons: CheckId[];
  measure: Measure;
  area_m2: number;
}

export interface VerdictProperties {
  parcel_id: string;
  project_code: string | null;
  project_name: string | null;
  township: string | null;
  declared_area_m2: number | null;
  area_m2: number;
  verdict: Verdict;
  deduct_area_m2: number;
  restore_area_m2: number;
  remediate_area_m2: number;
  kept_area_m2: number;
  kept_unverified_area_m2: number;
  /** each book × net ÷ area where a net figure below the area was declared (CONTRACT §3.1) */
  deduct_net_m2?: number;
  restore_net_m2?: number;
  remediate_net_m2?: number;
  kept_net_m2?: number;
  pieces: PieceOut[];
  checks: Record<CheckId, FindingOut>;
}

/** A feature as streamed from the database; geometry is GeoJSON in lon/lat with at least 9 decimals, null for an empty shape. */
export interface VerdictFeature {
  type: 'Feature';
  geometry: { type: 'MultiPolygon'; coordinates: number[][][][] } | null;
  properties: VerdictProperties;
}

/** The same with what exports and the page need beyond the contract's columns. */
export interface VerdictRow extends VerdictProperties {
  ordinal: number;
  parcel_set_id: string;
  client_id: string;
  accepted_on: string | null;
  target_class: string | null;
  grade: string | null;
  capacity_kg: number | null;
  declared_net_m2: number | null;
  source_file: string;
  attributes: Record<string, unknown>;
  /** of its shape: decisions hold for it */
  geometry_hash: string;
  geometry: VerdictFeature['geometry'];
}

export interface Books {
  area_m2: number;
  deduct_area_m2: number;
  restore_area_m2: number;
  remediate_area_m2: number;
  kept_area_m2: number;
  kept_unverified_area_m2: number;
}

export interface GroupSummary extends Books {
  parcel_count: number;
  declared_area_m2: number | null;
  by_verdict: Record<Verdict, number>;
}

export interface CheckSummary {
  pass: number;
  fail: number;
  undetermined: number;
  not_applicable: number;
  /** of the failing findings */
  area_m2: number;
}

export interface RunSummary extends Books {
  parcel_count: number;
  /** parcels whose result is that of an earlier run on the same evidence */
  reused_count: number;
  by_verdict: Record<Verdict, number>;
  by_check: Record<CheckId, CheckSummary>;
  by_project: (GroupSummary & { project_code: string | null; project_name: string | null })[];
  by_township: (GroupSummary & { township: string | null })[];
  elapsed_s: number;
  total_s?: number;
}
