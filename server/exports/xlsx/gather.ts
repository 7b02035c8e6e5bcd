/**
 * What the printed tables need of a run, gathered in one reading: sums per project and per township, kept exactly
 * (rounding.ts), and the counted area of every failing finding. Memory grows with projects and failing findings, not with
 * parcels.
 */
import { type CheckId, checkIds, type Verdict } from '../../domain/outcome.ts';
import { type ExactArea, exactArea } from '../../domain/rounding.ts';
import type { PieceOut, VerdictRow } from '../../domain/verdict-feature.ts';
import { wordOf } from './source-words.ts';

/** The columns into which a parcel's area falls, each square metre into one (CONTRACT §3.1, Books). */
export const deductLeaves = [
  'eco-red-line',
  'steep-slope',
  'prior-farmland',
  'parcel-overlap',
  'no-levelling',
  'other',
] as const;
export const leaves = [...deductLeaves, 'restore', 'remediate', 'kept', 'unverified'] as const;
export type Leaf = (typeof leaves)[number];
/** of the printed subtotals: 核减合计 and 保留面积 (verified and not) */
export const leafGroups = [
  [0, 1, 2, 3, 4, 5],
  [8, 9],
] as const;

export interface Group {
  name: string | null;
  /** townships of a project, projects of a township, in order of appearance */
  others: Set<string | null>;
  /** 验收文号 of a project's parcels */
  acceptances: Set<string>;
  parcels: number;
  verdicts: Record<Verdict, number>;
  leaves: ExactArea[];
  /** deducted for more than one reason: a memo, part of the deducted */
  severalReasons: ExactArea;
  /** deducted from parcels that were to become 水田 */
  paddy: ExactArea;
  /** deducting parcels that do not say their class to come, or their capacity */
  withoutTarget: number;
  withoutCapacity: number;
  /** kg, in proportion to the deducted part of the registered area */
  capacity: number;
  declared: ExactArea;
  declaredParcels: number;
  compliant: ExactArea;
  /** 原新增耕地面积: the net figure, else the gross, else the computed area; and how often the last */
  registered: ExactArea;
  unregistered: number;
  /** 应核减指标: what of the registered area is deducted */
  indicator: ExactArea;
  checks: { count: number; area: ExactArea }[];
}

export interface Gathered {
  projects: Map<string | null, Group>;
  townships: Map<string | null, Group>;
  /** `countedKey` → m² of each failing finding that counts there, in order of reading */
  counted: Map<string, number[]>;
  /** the same by measure, over all projects */
  countedByMeasure: Record<CountedMeasure, number[]>;
  findings: number;
  attributes: Set<string>;
  hasTarget: boolean;
  hasCapacity: boolean;
  hasAcceptance: boolean;
  hasVillage: boolean;
}

/** Books close to 1e-6 m²: what is less is the noise of a subtraction, and zero in print. */
const noise = 1e-6;
const zero: ExactArea = 0n;

export async function gather(rows: AsyncIterable<VerdictRow>): Promise<Gathered> {
  const gathered: Gathered = {
    projects: new Map(),
    townships: new Map(),
    counted: new Map(),
    countedByMeasure: { deduct: [], restore: [], remediate: [] },
    findings: 0,
    attributes: new Set(),
    hasTarget: false,
    hasCapacity: false,
    hasAcceptance: false,
    hasVillage: false,
  };
  for await (const row of rows) {
    const project = groupOf(gathered.projects, row.project_code, row.project_name);
    add(project, row, row.township);
    const acceptance = wordOf('acceptance', row.attributes);
    if (acceptance !== null) project.acceptances.add(acceptance);
    gathered.hasAcceptance ||= acceptance !== null;
    gathered.hasVillage ||= wordOf('village', row.attributes) !== null;
    add(groupOf(gathered.townships, row.township, row.township), row, row.project_code);
    for (const finding of countedFindings(row)) {
      gathered.findings++;
      for (const [leaf, area] of finding.areas) {
        const key = countedKey(row.project_code, leaf);
        const list = gathered.counted.get(key);
        if (list) list.push(area);
        else gathered.counted.set(key, [area]);
        gathered.countedByMeasure[measureOf(leaf)].push(area);
      }
    }
    for (const name in row.attributes) gathered.attributes.add(name);
    gathered.hasTarget ||= row.target_class !== null;
    gathered.hasCapacity ||= row.capacity_kg !== null;
  }
  gathered.projects = sorted(gathered.projects);
  gathered.townships = sorted(gathered.townships);
  return gathered;
}

export const countedMeasures = ['deduct', 'restore', 'remediate'] as const;
export type CountedMeasure = (typeof countedMeasures)[number];

export function measureOf(leaf: Leaf): CountedMeasure {
  return leaf === 'restore' || leaf === 'remediate' ? leaf : 'deduct';
}

export function countedKey(project: string | null, leaf: Leaf): string {
  return `${leaf}|${project ?? ''}`;
}

/** Under which column a piece is counted: its measure, and for deductions its first reason. */
export function leafOf(piece: PieceOut): Leaf | null {
  if (piece.measure === 'restore' || piece.measure === 'remediate') return piece.measure;
  if (piece.measure !== 'deduct') return null;
  const first = piece.reasons[0] as (typeof deductLeaves)[number];
  return deductLeaves.includes(first) ? first : 'other';
}

export interface CountedFinding {
  check: CheckId;
  /** m² counted here because the check is the first reason; the rest of its area is counted under an earlier one */
  areas: Map<Leaf, number>;
}

/** The failing findings of a parcel in the order of the checks. Over all of them, counted areas sum to the books. */
export function countedFindings(row: VerdictRow): CountedFinding[] {
  const found: CountedFinding[] = [];
  for (const check of checkIds) {
    if (row.checks[check]?.outcome !== 'fail') continue;
    const areas = new Map<Leaf, number>();
    for (const piece of row.pieces) {
      const leaf = piece.reasons[0] === check ? leafOf(piece) : null;
      if (leaf !== null) areas.set(leaf, (areas.get(leaf) ?? 0) + piece.area_m2);
    }
    found.push({ check, areas });
  }
  return found;
}

function groupOf(groups: Map<string | null, Group>, key: string | null, name: string | null): Group {
  let group = groups.get(key);
  if (group === undefined) {
    group = {
      name: null,
      others: new Set(),
      acceptances: new Set(),
      parcels: 0,
      verdicts: { compliant: 0, non_compliant: 0, undetermined: 0 },
      leaves: leaves.map(() => zero),
      severalReasons: zero,
      paddy: zero,
      withoutTarget: 0,
      withoutCapacity: 0,
      capacity: 0,
      declared: zero,
      declaredParcels: 0,
      compliant: zero,
      registered: zero,
      unregistered: 0,
      indicator: zero,
      checks: checkIds.map(() => ({ count: 0, area: zero })),
    };
    groups.set(key, group);
  }
  group.name ??= name;
  return group;
}

function add(group: Group, row: VerdictRow, other: string | null): void {
  group.others.add(other);
  group.parcels++;
  group.verdicts[row.verdict]++;
  let deducted = zero;
  // by finding, as the table of findings counts them, so that both sum to the same digit
  for (const { areas } of countedFindings(row)) {
    for (const [leaf, area] of areas) {
      group.leaves[leaves.indexOf(leaf)]! += exactArea(area);
      if (leaf !== 'restore' && leaf !== 'remediate') deducted += exactArea(area);
    }
  }
  for (const piece of row.pieces) {
    if (piece.measure === 'deduct' && piece.reasons.length > 1) group.severalReasons += exactArea(piece.area_m2);
  }
  const kept = exactArea(row.kept_area_m2 < noise ? 0 : row.kept_area_m2);
  const unverified = least(exactArea(row.kept_unverified_area_m2 < noise ? 0 : row.kept_unverified_area_m2), kept);
  group.leaves[leaves.indexOf('kept')]! += kept - unverified;
  group.leaves[leaves.indexOf('unverified')]! += unverified;
  if (row.verdict === 'compliant') group.compliant += exactArea(row.area_m2);
  if (row.declared_area_m2 !== null) {
    group.declared += exactArea(row.declared_area_m2);
    group.declaredParcels++;
  }
  addIndicator(group, row, deducted);
  for (const [i, check] of checkIds.entries()) {
    const finding = row.checks[check];
    if (finding?.outcome !== 'fail') continue;
    group.checks[i]!.count++;
    group.checks[i]!.area += exactArea(finding.area_m2 ?? 0);
  }
}

/** An indicator is deducted in the measure it was registered in: net where a net figure was declared, never more than it. */
function addIndicator(group: Group, row: VerdictRow, deducted: ExactArea): void {
  const figure = row.declared_net_m2 ?? row.declared_area_m2;
  const registered = exactArea(figure ?? row.area_m2);
  if (figure === null) group.unregistered++;
  const due = row.deduct_net_m2 == null ? deducted : exactArea(row.deduct_net_m2);
  const indicator = least(due, registered);
  group.registered += registered;
  group.indicator += indicator;
  if (deducted === zero) return;
  if (row.target_class === null) group.withoutTarget++;
  else if (isPaddy(row.target_class)) group.paddy += deducted;
  if (row.capacity_kg === null) group.withoutCapacity++;
  else if (registered > zero) group.capacity += (row.capacity_kg * Number(indicator)) / Number(registered);
}

/** 水田 by code (0101 in the third survey, 011 in the second) or by name. */
function isPaddy(target: string): boolean {
  return /^0101|^011(?!\d)|水田/.test(target.trim());
}

function least(a: ExactArea, b: ExactArea): ExactArea {
  return a < b ? a : b;
}

/** By code point, as the summary is; what has no code comes last. */
function sorted(groups: Map<string | null, Group>): Map<string | null, Group> {
  return new Map(
    [...groups].sort(([a], [b]) =>
      a === b ? 0 : a === null ? 1 : b === null ? -1 : Buffer.compare(Buffer.from(a), Buffer.from(b)),
    ),
  );
}
