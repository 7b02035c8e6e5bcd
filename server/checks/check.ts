/** What a check is: its texts, its parameters, the evidence it needs, and how it measures one parcel. */
import type { CheckId, Measure, Outcome, Reason } from '../domain/outcome.ts';
import type { Sentence } from '../errors.ts';
import type { ParcelSlope } from '../terrain/zonal.ts';
import type { Ground, Region } from './ground.ts';

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

export type ParamValues = Record<string, number | boolean | string | null>;

/** One parcel of a run, with what stands in its row. Areas are m². */
export interface Plot {
  ordinal: number;
  parcel_set_id: string;
  parcel_ordinal: number;
  /** place of its set in the order of acceptance */
  set_no: number;
  parcel_id: string;
  project_code: string | null;
  plot_type: string | null;
  /** of the parcel, else of its project in the register */
  accepted_on: string | null;
  /** its project is not certified yet */
  pending: boolean;
  /** 立项 of its project by the register that the run pins; null where that says none */
  registered_start_year: number | null;
  /** a later set of the run files the same parcel again: then this one takes no part in overlaps (CONTRACT §3.1) */
  filed_anew: boolean;
  declared_area_m2: number | null;
  declared_net_m2: number | null;
  /** problems of the shape that intake found */
  faults: Record<string, unknown>[];
  /** an earlier parcel of the run with the same shape */
  twin: string | null;
  area_m2: number;
}

/** What a check has before it: the parcel, the ground under it, what the slope raster says, and a point to show. */
export interface Sight {
  plot: Plot;
  ground: Ground;
  /** null where the run has no raster of slope, or the parcel no shape */
  slope: ParcelSlope | null;
  params: ParamValues;
  layersOf(type: string): RunLayer[];
  /** a point within the parcel, or within a region of it that is not all */
  pointIn(region: 'parcel' | 'outside-boundary'): Point | null;
}

export interface Point {
  lon: number;
  lat: number;
}

/** What a check puts into the books where it fails. */
export interface Claim {
  measure: Measure;
  region: Region;
}

/** Either what the check can only say (`outcome`), or what it measured, on which the thresholds decide. */
export interface Measured {
  outcome?: Outcome;
  reason?: Reason | null;
  area_m2?: number;
  unknown_area_m2?: number;
  /** the reason, where too much is unknown */
  unknown_reason?: Reason;
  detail?: Record<string, unknown>;
  claims?: Claim[];
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
  /** what it says of every parcel where the run has none of them, for want of evidence; null: it says something without them */
  without: 'undetermined' | 'not_applicable' | null;
  measure: Measure;
  /** the measure of a failing parcel is that of its hits, not one for all */
  measurePerHit?: boolean;
  look(sight: Sight): Measured;
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
