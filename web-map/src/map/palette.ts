/** The colours and signs of verdicts, on the map, in the legend and in lists: one table. */
import type { Verdict } from '../api/types.ts';

export interface VerdictLook {
  fill: string;
  /** darker: outlines, and text on white (contrast over 4.5) */
  ink: string;
  lineWidth: number;
  /** the shape that stands for the parcel where it is too small to see; never the colour alone */
  mark: 'disc' | 'triangle' | 'diamond';
}

export const verdictLooks: Record<Verdict, VerdictLook> = {
  compliant: { fill: '#4fa56b', ink: '#1b6b3a', lineWidth: 0.8, mark: 'disc' },
  non_compliant: { fill: '#d9463b', ink: '#a01c13', lineWidth: 2.2, mark: 'triangle' },
  undetermined: { fill: '#f0b429', ink: '#805500', lineWidth: 1.4, mark: 'diamond' },
};

/** From bottom to top: what needs an eye lies above what does not. */
export const drawingOrder: readonly Verdict[] = ['compliant', 'undetermined', 'non_compliant'];

export const paper = '#f4f3ee';
export const selectionInk = '#0b2f6b';

/** The books laid end to end, in charts; what is unproven is hatched besides. */
export const bookFills = {
  deduct: '#b3372e',
  restore: '#c77d1f',
  remediate: '#7a5db8',
  kept_verified: '#4fa56b',
  kept_unverified: '#f0b429',
} as const;
