/** Parcels of 100 × 100 m with evidence on a lattice of 10 m: the files that say so, and the pieces by counting squares. */
import { type CheckId, checkIds, type Measure } from '../../server/domain/outcome.ts';
import type { Plot } from '../intake-receive/receiving.ts';
import type { TiffOptions } from '../terrain/tiff-writer.ts';
import { at, box, plot } from './small-runs.ts';

/** metres from the south-western corner of the parcel; may reach beyond it */
export type Rect = readonly [x0: number, y0: number, x1: number, y1: number];
export const rect = (...sides: Rect): Rect => sides;

export interface Evidence {
  reason: CheckId;
  /** what it asks for; 'none' where it fails the parcel and owes nothing */
  measure: Measure;
  at: Rect;
}

export interface Site {
  id: string;
  x: number;
  y: number;
  evidence: Evidence[];
}

export const keptKey = 'kept';
const strength: Measure[] = ['deduct', 'restore', 'remediate'];

/** "measure: reason + reason" → m² (squares of 10 m × 100), and what is kept. */
export function countSquares(evidence: Evidence[]): Map<string, number> {
  const areas = new Map<string, number>();
  for (let x = 5; x < 100; x += 10) {
    for (let y = 5; y < 100; y += 10) {
      const here = evidence.filter(({ at: [x0, y0, x1, y1] }) => x > x0 && x < x1 && y > y0 && y < y1);
      const owed = here.filter(({ measure }) => measure !== 'none');
      const measure = strength.find((one) => owed.some((piece) => piece.measure === one));
      const reasons = checkIds.filter((id) => owed.some(({ reason }) => reason === id));
      const key = measure === undefined ? keptKey : `${measure}: ${reasons.join(' + ')}`;
      areas.set(key, (areas.get(key) ?? 0) + 100);
    }
  }
  return areas;
}

const measureOf: Partial<Record<CheckId, Measure[]>> = {
  'eco-red-line': ['deduct'],
  'steep-slope': ['deduct'],
  'prior-farmland': ['deduct'],
  'parcel-overlap': ['deduct'],
  'not-cultivated': ['restore'],
  abandoned: ['remediate'],
  occupied: ['restore', 'none'],
  'known-issue': ['deduct', 'restore', 'remediate', 'none'],
};

/** For each reason none to three rectangles, of its measures in turn. */
export function randomEvidence(random: () => number): Evidence[] {
  const side = () => {
    const from = Math.floor(random() * 11) * 10 - 10;
    return [from, from + 10 + Math.floor(random() * 6) * 10] as const;
  };
  return (Object.entries(measureOf) as [CheckId, Measure[]][]).flatMap(([reason, measures]) =>
    Array.from({ length: Math.floor(random() * 4) }, () => {
      const [[x0, x1], [y0, y1]] = [side(), side()];
      return { reason, measure: measures[Math.floor(random() * measures.length)]!, at: rect(x0, y0, x1, y1) };
    }),
  );
}

interface EvidenceFiles {
  /** the judged parcels, of four projects and three townships, accepted before all approvals */
  parcels: Plot[];
  /** parcels of a set before, on which they lie where they overlap */
  others: Plot[];
  layers: { type: string; year?: number; plots: Plot[] }[];
  /** cells of 10 m: 40° where it is steep, else 10° */
  slope: TiffOptions;
}

const issueWords: Record<Measure, string> = { deduct: '核减', restore: '恢复', remediate: '撂荒', none: '' };

export function evidenceFiles(sites: Site[]): EvidenceFiles {
  const placed = (reason: CheckId, properties: (evidence: Evidence) => Record<string, unknown>): Plot[] =>
    sites.flatMap(({ x, y, evidence }) =>
      evidence.filter((one) => one.reason === reason).map((one) => plot(shifted(one.at, x, y), properties(one))),
    );
  const everywhere = box(-100, -100, 1000, 2000);
  const height = 1700;
  const cells = new Float32Array(100 * (height / 10)).fill(10);
  for (const { x, y, evidence } of sites) {
    for (const {
      reason,
      at: [x0, y0, x1, y1],
    } of evidence) {
      if (reason !== 'steep-slope') continue;
      for (let col = Math.max(0, (x + x0) / 10); col < (x + x1) / 10; col++)
        for (let row = Math.max(0, (y + y0) / 10); row < (y + y1) / 10; row++)
          cells[(height / 10 - 1 - row) * 100 + col] = 40;
    }
  }
  return {
    parcels: sites.map(({ id, x, y }, i) =>
      plot(box(x, y, x + 100, y + 100), {
        DKBH: id,
        XMBH: `5002422020000${i % 4}`,
        XZMC: `乡${i % 3}`,
        YSRQ: '2021-06-30',
      }),
    ),
    others: [...placed('parcel-overlap', () => ({})), plot(box(900, 0, 910, 10), {})].map(({ rings }, i) => ({
      rings,
      properties: { DKBH: `before ${i}`, XMBH: '50024220190000', XZMC: '乡0' },
    })),
    slope: { width: 100, height: height / 10, cells, place: [...at(0, height), 10, 10], srid: 4524 },
    layers: [
      { type: 'eco-red-line', plots: [plot(box(900, 900, 910, 910)), ...placed('eco-red-line', () => ({}))] },
      {
        type: 'land-use',
        year: 2018,
        plots: [
          plot(everywhere, { DLBM: '0301', DLMC: '乔木林地' }),
          ...placed('prior-farmland', () => ({ DLBM: '0103', DLMC: '旱地' })),
        ],
      },
      {
        type: 'land-use',
        year: 2022,
        plots: [
          plot(everywhere, { DLBM: '0103', DLMC: '旱地', ZZSXDM: 'LS' }),
          ...placed('not-cultivated', () => ({ DLBM: '0301', DLMC: '乔木林地', ZZSXDM: 'JKHF' })),
          ...placed('abandoned', () => ({ DLBM: '0103', DLMC: '旱地', ZZSXDM: 'WG' })),
        ],
      },
      {
        type: 'occupation',
        plots: placed('occupied', ({ measure }) => ({
          PZWH: measure === 'none' ? '渝府地〔2022〕1号' : null,
          PZRQ: measure === 'none' ? '2022-05-01' : null,
        })),
      },
      { type: 'issue', plots: placed('known-issue', ({ measure }) => ({ JCBH: 'DC', ZGCS: issueWords[measure] })) },
    ],
  };
}

const shifted = ([x0, y0, x1, y1]: Rect, x: number, y: number) => box(x + x0, y + y0, x + x1, y + y1);
