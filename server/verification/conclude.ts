/**
 * From what the checks measured to findings, verdict and books: the one place where thresholds decide. A fail stays a fail; too much
 * unknown land turns a would-be pass into undetermined; no check can forget that missing evidence is not a pass. Pure.
 */
import type { Check, Claim, Measured, ParamValues, Plot } from '../checks/check.ts';
import { hairM2 } from '../checks/ground.ts';
import { checks } from '../checks/index.ts';
import type { CheckId, Measure, Outcome, Reason, Verdict } from '../domain/outcome.ts';
import { foldVerdict, measureStrength } from '../domain/outcome.ts';

export interface Finding {
  check_id: CheckId;
  outcome: Outcome;
  reason: Reason | null;
  measure: Measure;
  area_m2: number | null;
  share: number | null;
  unknown_area_m2: number | null;
  detail: Record<string, unknown>;
}

/** What of the parcel is under one set of reasons. */
export interface BookPiece {
  reasons: CheckId[];
  measure: Measure;
  area_m2: number;
  /** places in the ground's shares, ascending */
  parts: number[];
}

export interface Concluded {
  verdict: Verdict;
  findings: Finding[];
  pieces: BookPiece[];
  deduct_area_m2: number;
  restore_area_m2: number;
  remediate_area_m2: number;
  kept_area_m2: number;
  kept_unverified_area_m2: number;
  net: Record<string, number> | null;
}

export type Params = Record<string, ParamValues>;

const strongest = (measures: readonly Measure[]): Measure =>
  measureStrength.find((measure) => measures.includes(measure)) ?? 'none';

/** @param measured one of every check, in the order of the registry. @param shares of the parcel, by part of its ground */
export function conclude(
  plot: Plot,
  measured: readonly Measured[],
  params: Params,
  shares: readonly number[],
): Concluded {
  const findings = checks.map((check, n) => findingOf(check, measured[n]!, plot, params[check.id] ?? {}));
  const folded = findings.filter(({ check_id }) => params[check_id]?.['treat_as_fail'] !== false);
  const verdict = foldVerdict(folded.map(({ outcome }) => outcome));
  const open = folded.some(({ outcome }) => outcome === 'undetermined');
  const failing = findings.flatMap((finding, n) =>
    finding.outcome === 'fail'
      ? (measured[n]!.claims ?? [])
          .filter(({ measure, region }) => measure !== 'none' && region.area_m2 > 0)
          .map((claim) => ({ ...claim, check_id: finding.check_id }))
      : [],
  );
  const pieces = piecesOf(failing, shares, plot.area_m2);
  const booked = (wanted: Measure) =>
    pieces.reduce((sum, { measure, area_m2 }) => sum + (measure === wanted ? area_m2 : 0), 0);
  const [deduct, restore, remediate] = [booked('deduct'), booked('restore'), booked('remediate')];
  const rest = plot.area_m2 - deduct - restore - remediate;
  // under 1e-6 m² is rounding, not land
  const kept = rest < 1e-6 ? 0 : rest;
  const { declared_net_m2: net, area_m2 } = plot;
  const netShare = net !== null && net < area_m2 ? net / area_m2 : null;
  return {
    verdict,
    findings,
    pieces,
    deduct_area_m2: deduct,
    restore_area_m2: restore,
    remediate_area_m2: remediate,
    kept_area_m2: kept,
    kept_unverified_area_m2: open ? kept : 0,
    net:
      netShare === null
        ? null
        : {
            deduct_net_m2: deduct * netShare,
            restore_net_m2: restore * netShare,
            remediate_net_m2: remediate * netShare,
            kept_net_m2: kept * netShare,
          },
  };
}

function findingOf(check: Check, said: Measured, plot: Plot, params: ParamValues): Finding {
  const { area_m2 = null, unknown_area_m2: unknown = null, detail = {} } = said;
  // no land at all: only its shape can be judged
  const unusable = plot.area_m2 === 0 && check.id !== 'parcel-geometry';
  const outcome = unusable
    ? 'undetermined'
    : (said.outcome ?? decided(check, area_m2 ?? 0, unknown ?? 0, plot, params));
  const claims = said.claims ?? [];
  const due = check.measurePerHit ? strongest(claims.map(({ measure }) => measure)) : check.measure;
  return {
    check_id: check.id,
    outcome,
    reason: unusable
      ? 'geometry-unusable'
      : said.outcome !== undefined
        ? (said.reason ?? null)
        : outcome === 'undetermined'
          ? (said.unknown_reason ?? null)
          : null,
    measure: outcome === 'fail' ? due : 'none',
    area_m2: unusable ? null : area_m2,
    share: unusable || area_m2 === null ? null : area_m2 / plot.area_m2,
    unknown_area_m2: unusable ? null : unknown,
    detail,
  };
}

function decided(check: Check, area: number, unknown: number, plot: Plot, params: ParamValues): Outcome {
  // `non-grain` is only reported unless asked to fail: no area is above its threshold then
  const reported = Object.hasOwn(check.params, 'treat_as_fail') && params['treat_as_fail'] !== true;
  if (!reported && area > Number(params['min_area_m2'] ?? 0)) return 'fail';
  return unknown > Number(params['max_unknown_share'] ?? 0) * plot.area_m2 ? 'undetermined' : 'pass';
}

/** Each part of the ground once, under all its reasons and the strongest of their measures (CONTRACT §3.1, Books). */
function piecesOf(
  failing: readonly (Claim & { check_id: CheckId })[],
  shares: readonly number[],
  areaM2: number,
): BookPiece[] {
  const pieces = new Map<string, BookPiece>();
  const free: number[] = [];
  for (const [part, share] of shares.entries()) {
    const over = failing.filter(({ region }) => region.whole || region.has[part]);
    if (over.length === 0) {
      free.push(part);
      continue;
    }
    const reasons = [...new Set(over.map(({ check_id }) => check_id))];
    const measure = strongest(over.map((claim) => claim.measure));
    const name = `${measure} ${reasons.join()}`;
    const piece = pieces.get(name) ?? { reasons, measure, area_m2: 0, parts: [] };
    pieces.set(name, piece);
    piece.area_m2 += share * areaM2;
    piece.parts.push(part);
  }
  const found = withoutHairs([...pieces.values()], areaM2);
  // nothing is kept of a parcel that is masked whole but for a hair, and the books close to the digit
  const freeShare = free.reduce((sum, part) => sum + shares[part]!, 0);
  if (freeShare * areaM2 < hairM2(areaM2) && found.length > 0) {
    const largest = found.reduce((a, b) => (b.area_m2 > a.area_m2 ? b : a));
    largest.parts.push(...free);
    largest.area_m2 = areaM2 - found.reduce((sum, piece) => sum + (piece === largest ? 0 : piece.area_m2), 0);
  }
  for (const piece of found) piece.parts.sort((a, b) => a - b);
  return found.sort(inOrder);
}

/**
 * Where two masks share an edge a hair of both lies between them. No land has that set of reasons: its area goes to the largest piece, of
 * the same measure if there is one, as long as no reason is lost by it.
 */
function withoutHairs(pieces: BookPiece[], areaM2: number): BookPiece[] {
  const hair = hairM2(areaM2);
  const land = pieces.filter(({ area_m2 }) => area_m2 >= hair).sort((a, b) => b.area_m2 - a.area_m2 || inOrder(a, b));
  const named = new Set(land.flatMap(({ reasons }) => reasons));
  const kept = [...land];
  for (const piece of pieces.filter(({ area_m2 }) => area_m2 < hair)) {
    const heir = land.find(({ measure }) => measure === piece.measure) ?? land[0];
    if (heir && piece.reasons.every((reason) => named.has(reason))) {
      heir.area_m2 += piece.area_m2;
      heir.parts.push(...piece.parts);
    } else if (piece.area_m2 > 0) kept.push(piece);
  }
  return kept;
}

function inOrder(a: BookPiece, b: BookPiece): number {
  const strength = measureStrength.indexOf(a.measure) - measureStrength.indexOf(b.measure);
  return strength || (a.reasons.join() < b.reasons.join() ? -1 : 1);
}
