/** What the county is made of before it is written to files. Rings are in local metres, not closed. */
import type { Block } from './block.ts';
import type { Chance } from './random.ts';
import type { Point } from './terrain.ts';
import type { LandKind, Rect, Tiling } from './tiling.ts';

export type Ring = Point[];
/** shell, then holes */
export type Polygon = Ring[];
export type Value = string | number | null;
export type Attributes = Record<string, Value>;

export interface Feature {
  /** null: a row without a shape */
  polygons: Polygon[] | null;
  attributes: Attributes;
}

export interface Plot {
  row: number;
  /** its place on the block; the shape may differ where a site made it so */
  rect: Rect;
  polygons: Polygon[] | null;
  project: Project;
  /** beside what the project gives: DKLX, XZMJ, YSRQ … */
  own: Attributes;
  /** declared ÷ true area; null: nothing declared */
  declares: number | null;
}

export interface Project {
  code: string;
  name: string;
  township: string;
  village: string;
  /** whether the township stands in the parcel file or must be found on the map */
  tellsTownship: boolean;
  accepted: string;
  acceptanceNumber: string;
  targetCode: '0101' | '0103';
  grade: number;
}

/** Layers drawn beside land use. */
export interface Masks {
  redLine: Feature[];
  steepBan: Feature[];
  levelling: Feature[];
  occupation: Feature[];
  issue: Feature[];
  /** boxes in local metres whose slope cells lose their value, or get a given one */
  slopeEdits: { box: [number, number, number, number]; value: number }[];
}

export const surveyYears = [2018, 2020, 2023] as const;
export type SurveyYear = (typeof surveyYears)[number];

/** One block with everything on it while it is being made. */
export interface Site {
  block: Block;
  host: [number, number][];
  project: Project;
  plots: Plot[];
  land: Record<SurveyYear, Tiling>;
  wild: LandKind;
  chance: Chance;
  masks: Masks;
  /** draws a levelling extent of its own */
  ownLevelling: boolean;
}
