/** The overlays of the JTS suite, with their areas, as ../shared/data/known-answers has them. */
import { readFileSync } from 'node:fs';
import { sharedData } from './shared-data.ts';

export interface KnownOverlay {
  file: string;
  case: string;
  op: 'intersection' | 'union' | 'difference' | 'symdifference';
  a: string;
  b: string;
  a_valid: boolean;
  b_valid: boolean;
  expected_area: number;
}

export const knownOverlays = (): KnownOverlay[] =>
  JSON.parse(readFileSync(sharedData('known-answers/overlay_area_cases.json'), 'utf8')) as KnownOverlay[];
