/** One parcel of a replay: what was computed anew beside what stands. Pure. */

import { inShort } from '../domain/outcome.ts';
import type { Difference, LargestDifference, Leaf } from './differences.ts';
import { leavesThatDiffer } from './differences.ts';
import type { JudgedAgain } from './replay-judge.ts';

export interface StoredResult {
  ordinal: number;
  township: string | null;
  verdict: string | null;
  area_m2: number | null;
  deduct_area_m2: number | null;
  restore_area_m2: number | null;
  remediate_area_m2: number | null;
  kept_area_m2: number | null;
  kept_unverified_area_m2: number | null;
  net: unknown;
  outcomes: string | null;
  failed_m2: (number | null)[] | null;
}

export interface StoredFinding {
  ordinal: number;
  check_id: string;
  outcome: string;
  reason: string | null;
  measure: string;
  area_m2: number | null;
  share: number | null;
  unknown_area_m2: number | null;
  detail: unknown;
}

export interface StoredPiece {
  ordinal: number;
  piece_no: number;
  reasons: unknown;
  measure: string;
  area_m2: number;
  drawn_m2: number | null;
  shape_sha256: string | null;
}

export interface Stored {
  result: StoredResult;
  findings: StoredFinding[];
  pieces: StoredPiece[];
}

/**
 * m² by which figures of one parcel may differ between engines: PROJ moves areas by 1e-4, and what one takes for a hair (0.01 m²,
 * checks/ground.ts) another may take for land. More than that is no rounding, whatever the engines.
 */
export const allowanceM2 = (parcelM2: number): number => 0.01 + 1e-6 * parcelM2;

/**
 * @param exact the same engines: every digit counts. Else what rounding explains is no difference.
 * @param within hears of every two figures for one area that are not the same
 */
export function compareParcel(
  { plot, concluded, digests }: JudgedAgain,
  township: string | null,
  stored: Stored,
  exact: boolean,
  within: (largest: LargestDifference) => void,
): Difference[] {
  const { parcel_id, parcel_set_id, area_m2 } = plot;
  const allowance = allowanceM2(area_m2);
  const found: Difference[] = [];
  const told = (check: string | null, leaves: readonly Leaf[]) => {
    for (const leaf of leaves) {
      const m2 = roundingM2(leaf, area_m2);
      if (exact || m2 === null || m2 > allowance) found.push({ parcel_id, check, ...leaf, parcel_set_id });
      if (m2 !== null) within({ parcel_id, check, field: leaf.field, difference_m2: m2 });
    }
  };
  const shown = exact ? (value: unknown) => value : (value: unknown) => withoutHairs(value, allowance);

  const { verdict, net, deduct_area_m2, restore_area_m2, remediate_area_m2, kept_area_m2, kept_unverified_area_m2 } =
    concluded;
  const books = { deduct_area_m2, restore_area_m2, remediate_area_m2, kept_area_m2, kept_unverified_area_m2 };
  const { ordinal: _, outcomes, failed_m2, ...result } = stored.result;
  told(null, leavesThatDiffer('', result, { township, area_m2, verdict, ...books, net }));
  // other engines may round a finding otherwise, but what stands of it in short is said of the one that stands
  const short = inShort(exact ? concluded.findings : stored.findings);
  for (const leaf of leavesThatDiffer('', { outcomes, failed_m2 }, short))
    found.push({ parcel_id, check: null, ...leaf, parcel_set_id });

  const now = new Map(concluded.findings.map(({ check_id, ...finding }) => [check_id as string, finding]));
  for (const { ordinal: __, check_id, ...finding } of stored.findings) {
    const again = now.get(check_id);
    now.delete(check_id);
    // as the database gives it back
    const plain = again === undefined ? undefined : JSON.parse(JSON.stringify(again));
    told(check_id, leavesThatDiffer('', shown(finding), shown(plain)));
  }
  for (const [check_id, finding] of now) told(check_id, [{ field: 'finding', stored: null, recomputed: finding }]);

  const plainPieces = concluded.pieces.map(({ reasons, measure, area_m2 }) => ({ reasons, measure, area_m2 }));
  const standing = stored.pieces.map(({ reasons, measure, area_m2 }) => ({ reasons, measure, area_m2 }));
  told(null, leavesThatDiffer('pieces', shown(standing), shown(plainPieces)));
  for (const [place, piece] of stored.pieces.entries()) {
    const field = `pieces[${place}].geometry`;
    if (digests) told(null, leavesThatDiffer(field, piece.shape_sha256, digests[place] ?? null));
    // not drawn again: its area may be off by the hairs that the books gave to the largest piece
    else if (Math.abs((piece.drawn_m2 ?? 0) - piece.area_m2) > allowance)
      told(null, [{ field, stored: piece.drawn_m2 === null ? null : 'drawn', recomputed: null }]);
  }
  return found;
}

/** The difference of two figures in m², 0 where it has no unit of area and does not matter; null where it is no rounding. */
function roundingM2({ field, stored, recomputed }: Leaf, parcelM2: number): number | null {
  if (typeof stored !== 'number' || typeof recomputed !== 'number') return null;
  const off = Math.abs(stored - recomputed);
  const key = /(\w+)(?:\[\d+\])?$/.exec(field)?.[1] ?? '';
  // a point to show lies wherever the engine's GEOS finds one
  if (key === 'lon' || key === 'lat') return 0;
  if (key.endsWith('_deg')) return off <= 1e-6 ? 0 : null;
  if (key === 'share') return off * parcelM2;
  return /_m2$/.test(key) || /\.by_\w+\./.test(field) ? off : null;
}

/** Without the hits, classes and pieces of no more than a hair, which one engine has and another has not. */
function withoutHairs(value: unknown, least: number): unknown {
  if (Array.isArray(value)) {
    const kept = value.filter((item) => !(typeof item?.area_m2 === 'number' && item.area_m2 <= least));
    return kept.map((item) => withoutHairs(item, least));
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => {
    if (!key.startsWith('by_') || typeof item !== 'object' || item === null) return [key, withoutHairs(item, least)];
    return [key, Object.fromEntries(Object.entries(item).filter(([, area]) => !(Number(area) <= least)))];
  });
  return Object.fromEntries(entries);
}
