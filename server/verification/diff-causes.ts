/** Why a parcel is judged otherwise than before: what changed between the runs that the checks which changed could see. Pure. */
import { checks } from '../checks/index.ts';
import type { Changed, LayerChange, ParameterChange, RunChanges } from './run-changes.ts';

export const causeWords = [
  'parcel-geometry',
  'parcel-attributes',
  'project-register',
  'layer-version',
  'parameter',
  'check-version',
  'neighbour',
  'engine',
  'unexplained',
] as const;
export type CauseWord = (typeof causeWords)[number];

export type Cause =
  | { cause: 'parcel-geometry' | 'neighbour' | 'unexplained' }
  | { cause: 'parcel-attributes'; attributes: string[] }
  | ({ cause: 'project-register' } & Changed<string>)
  | ({ cause: 'layer-version' } & LayerChange)
  | ({ cause: 'parameter' } & ParameterChange)
  | ({ cause: 'check-version'; check: string } & Changed<number>)
  | { cause: 'engine'; engines: Record<string, Changed<string>> };

export interface FindingFigures {
  outcome: string;
  reason: string | null;
  measure: string;
  area_m2: number | null;
  unknown_area_m2: number | null;
  year: number | null;
  source: string | null;
}

export interface FindingChange {
  check: string;
  before: FindingFigures | null;
  after: FindingFigures | null;
  /** all that the check said of it is the same */
  same_detail: boolean;
  same_with: boolean;
  /** m² under which figures are the same */
  hair_m2: number;
}

export interface ParcelChange {
  shape_changed: boolean;
  /** columns of the parcel that checks read */
  attributes: string[];
  /** the registers of the two runs say another start, acceptance or state of its project */
  registered_anew: boolean;
  /** the parcel's own area is another */
  area_changed: boolean;
  findings: FindingChange[];
}

/** Parameters that decide over what was measured and do not take part in measuring it. */
const thresholds = new Set(['min_area_m2', 'max_unknown_share', 'treat_as_fail', 'tolerance_m2', 'tolerance_share']);

/** by the year of 立项, the date of 验收, or whether the project is pending */
const seeRegister = new Set(['prior-farmland', 'not-cultivated', 'abandoned', 'non-grain', 'occupied']);

const seenBy: Record<string, readonly string[]> = {
  declared_area_m2: ['area-mismatch'],
  declared_net_m2: ['area-mismatch'],
  plot_type: ['prior-farmland'],
  accepted_on: ['not-cultivated', 'abandoned', 'non-grain', 'occupied'],
  pending: ['not-cultivated', 'abandoned', 'non-grain', 'occupied'],
  faults: ['parcel-geometry'],
};

/** Causes of one finding's change; what decides before what is measured, and the engine only where nothing else explains it. */
export function causesOfFinding(finding: FindingChange, parcel: ParcelChange, run: RunChanges): Cause[] {
  const { check, before, after } = finding;
  const decidedAnew = before?.outcome !== after?.outcome || before?.reason !== after?.reason;
  const deciding: Cause[] = [
    ...run.checks.filter((one) => one.check === check).map((one) => ({ cause: 'check-version' as const, ...one })),
    ...run.parameters
      .filter((one) => one.check === check && (decidedAnew || !thresholds.has(one.key)))
      .map((one) => ({ cause: 'parameter' as const, ...one })),
    ...attributesSeenBy(check, parcel),
    ...(run.register && parcel.registered_anew && seeRegister.has(check)
      ? [{ cause: 'project-register' as const, ...run.register }]
      : []),
  ];
  if (deciding.length > 0 && !measuredAnew(finding)) return deciding;
  const measured = measuringCauses(finding, parcel, run);
  const found = [...deciding, ...measured];
  return found.length > 0 ? found : [otherwise(run)];
}

/** Of the whole parcel: those of its findings, and of books and verdict where no finding changed. */
export function causesOfParcel(parcel: ParcelChange, run: RunChanges): Cause[] {
  const found = parcel.findings.flatMap((finding) => causesOfFinding(finding, parcel, run));
  if (parcel.shape_changed && parcel.area_changed) found.push({ cause: 'parcel-geometry' });
  if (found.length === 0) {
    // whether a check counts at all is a parameter; and pieces may meet otherwise without any area being another
    const folded = run.parameters.filter(({ key }) => key === 'treat_as_fail');
    if (folded.length > 0) found.push(...folded.map((one) => ({ cause: 'parameter' as const, ...one })));
    else if (parcel.shape_changed) found.push({ cause: 'parcel-geometry' });
    else found.push(...run.layers.map((layer) => ({ cause: 'layer-version' as const, ...layer })));
    if (run.sets && found.length === 0) found.push({ cause: 'neighbour' });
  }
  if (found.length === 0) found.push(otherwise(run));
  const distinct = new Map(found.map((cause) => [JSON.stringify(cause), cause]));
  return [...distinct.values()].sort((a, b) => causeWords.indexOf(a.cause) - causeWords.indexOf(b.cause));
}

const otherwise = ({ engines }: RunChanges): Cause =>
  Object.keys(engines).length > 0 ? { cause: 'engine', engines } : { cause: 'unexplained' };

function attributesSeenBy(check: string, { attributes }: ParcelChange): Cause[] {
  const seen = attributes.filter((attribute) => seenBy[attribute]?.includes(check));
  return seen.length === 0 ? [] : [{ cause: 'parcel-attributes', attributes: seen }];
}

function measuredAnew({ before, after, same_detail, hair_m2 }: FindingChange): boolean {
  if (!before || !after) return false;
  if (before.area_m2 === null && after.area_m2 === null) return !same_detail;
  const differ = (a: number | null, b: number | null) => (a === null) !== (b === null) || Math.abs(a! - b!) > hair_m2;
  return (
    differ(before.area_m2, after.area_m2) ||
    differ(before.unknown_area_m2, after.unknown_area_m2) ||
    (before.outcome === after.outcome && before.measure !== after.measure)
  );
}

function measuringCauses(finding: FindingChange, parcel: ParcelChange, run: RunChanges): Cause[] {
  const { check, same_with } = finding;
  const found: Cause[] = parcel.shape_changed ? [{ cause: 'parcel-geometry' }] : [];
  for (const layer of run.layers) if (matters(layer, finding)) found.push({ cause: 'layer-version', ...layer });
  const ofNeighbours = check === 'parcel-overlap' || check === 'parcel-geometry';
  if (ofNeighbours && run.sets && (!parcel.shape_changed || !same_with)) found.push({ cause: 'neighbour' });
  return found;
}

/** Whether a layer is evidence of the finding: of land use the years it looked at, of slope the source it took. */
function matters({ type, year }: LayerChange, { check, before, after, hair_m2 }: FindingChange): boolean {
  const needs = checks.find(({ id }) => id === check)?.needs ?? [];
  if (type === 'boundary' && !needs.includes(type)) {
    // the coverage of vector layers
    const unknown = Math.abs((before?.unknown_area_m2 ?? 0) - (after?.unknown_area_m2 ?? 0));
    return needs.length > 0 && !needs.includes('land-use') && unknown > hair_m2;
  }
  if (!needs.includes(type)) return false;
  if (type === 'land-use') {
    const years = [before?.year ?? null, after?.year ?? null];
    return years.includes(year) || years.every((one) => one === null);
  }
  if (check === 'steep-slope' && type !== 'steep-ban') {
    const sources = [before?.source ?? null, after?.source ?? null];
    return sources.includes(type) || sources.every((one) => one === null);
  }
  return true;
}
