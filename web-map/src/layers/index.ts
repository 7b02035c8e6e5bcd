/** The looks of all layer types that have shapes. Rasters (slope, dem) have none here. */
import { boundary } from './boundary.ts';
import { ecoRedLine } from './eco-red-line.ts';
import { issue } from './issue.ts';
import { landUse } from './land-use.ts';
import { levelling } from './levelling.ts';
import type { Look } from './look.ts';
import { occupation } from './occupation.ts';
import { slopeZones } from './slope-zones.ts';
import { steepBan } from './steep-ban.ts';
import { township } from './township.ts';

export const looks: readonly Look[] = [
  landUse,
  slopeZones,
  levelling,
  township,
  steepBan,
  ecoRedLine,
  occupation,
  issue,
  boundary,
];

const byType = new Map(looks.map((look) => [look.type, look]));

export function lookOf(layerType: string): Look | undefined {
  return byType.get(layerType);
}
