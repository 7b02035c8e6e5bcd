/**
 * What two runs of a county say otherwise of the same parcels, and why. The rows are read stretch by stretch, so that memory is flat and
 * the embedded database is never held for long; one walk gives the page that is asked for and the sums over all.
 */
import { createHash } from 'node:crypto';
import { sqlFile } from '../database/sql-file.ts';
import type { Verdict } from '../domain/outcome.ts';
import { plainProjectCode } from '../domain/project.ts';
import type { Books } from '../domain/verdict-feature.ts';
import { AppError } from '../errors.ts';
import { type ChangeKind, kindOf } from './change-kinds.ts';
import { type Cause, type CauseWord, causesOfFinding, causesOfParcel, type FindingFigures } from './diff-causes.ts';
import { type DiffSummary, Tally } from './diff-summary.ts';
import type { Manifest } from './manifest.ts';
import { touchedProjects } from './register.ts';
import { changesBetween, type RunChanges } from './run-changes.ts';
import { byIndex, type Deps } from './run-context.ts';

interface Side extends Books {
  /** its place in its run: parcel ids may repeat over sets */
  ordinal: number;
  parcel_set_id: string;
  parcel_id: string;
  verdict: Verdict;
}

interface StretchRow {
  ordinal: number;
  parcel_id: string;
  project_code: string | null;
  own: Side;
  other: Side | null;
  shape_changed: boolean;
  attributes: string[];
  findings: {
    check: string;
    own: FindingFigures | null;
    other: FindingFigures | null;
    same_detail: boolean;
    same_with: boolean;
    hair_m2: number;
  }[];
}

const stretch = sqlFile<StretchRow>('queries/diff-stretch');

export interface DiffItem {
  change: 'changed' | 'added' | 'removed';
  parcel_id: string;
  project_code: string | null;
  before: Side | null;
  after: Side | null;
  findings: { check: string; before: Figures | null; after: Figures | null; causes: CauseWord[] }[];
  causes: Cause[];
}

type Figures = Omit<FindingFigures, 'year' | 'source'>;

export interface RunToDiff {
  region_code: string;
  run_id: string;
  parcel_count: number;
  manifest: Manifest;
}

export interface Diff {
  items: DiffItem[];
  /** the place after which the next page begins, null where there is none */
  next: number | null;
  number_matched: number;
  summary: DiffSummary;
}

/**
 * Both runs have succeeded. Parcels of the later run in its order, then those it no longer has; sums are of all, whatever kind is asked for.
 * Finished runs never change: once all was walked the sums are kept, and a later page reads on from its place until it is full. Errors: `validation`.
 */
export async function diffRuns(
  deps: Deps,
  before: RunToDiff,
  after: RunToDiff,
  page: { after_place: number; limit: number; kind?: ChangeKind },
): Promise<Diff> {
  if (before.region_code !== after.region_code)
    throw new AppError(
      'validation',
      {
        zh: `两次核查不在同一个县：${after.region_code}、${before.region_code}`,
        en: `The runs are of two counties: ${after.region_code} and ${before.region_code}`,
      },
      { field: 'against', candidates: [after.region_code, before.region_code] },
    );
  const changes = changesBetween(before.manifest, after.manifest);
  const touched = new Set(
    await touchedProjects(deps.database.db, after.region_code, before.manifest.register, after.manifest.register),
  );
  const sums = sumsOf(deps.database);
  const key = createHash('sha256')
    .update(JSON.stringify([before, after]))
    .digest('hex');
  const kept = sums.get(key);
  const tally = new Tally(before.parcel_count, after.parcel_count);
  const items: DiffItem[] = [];
  let next: number | null = null;
  let last = page.after_place;
  /** @returns whether there is nothing more to read */
  const take = (place: number, item: DiffItem): boolean => {
    if (kept === undefined) tally.add(item);
    if (place <= page.after_place || next !== null) return false;
    if (page.kind !== undefined && kindOf(item) !== page.kind) return false;
    if (items.length === page.limit) {
      next = last;
      return kept !== undefined;
    }
    items.push(item);
    last = place;
    return false;
  };
  const read = async (): Promise<void> => {
    const from = kept === undefined ? 0 : page.after_place;
    for await (const row of walk(deps, after, before, false, from + 1))
      if (take(row.ordinal, itemOf(row, changes, touched))) return;
    // whom all of the later run's parcels leave without a partner is gone from it
    const partners = after.parcel_count - (kept ?? tally.summary).added;
    if (partners >= before.parcel_count) return;
    for await (const row of walk(deps, before, after, true, Math.max(0, from - after.parcel_count) + 1))
      if (take(after.parcel_count + row.ordinal, removed(row))) return;
  };
  await read();
  if (kept === undefined) {
    const { changed, added } = tally.summary;
    tally.summary.unchanged = after.parcel_count - changed - added;
    keep(sums, key, tally.summary);
  }
  const summary = kept ?? tally.summary;
  const { changed, added, removed: gone, by_kind } = summary;
  return { items, next, number_matched: page.kind ? by_kind[page.kind] : changed + added + gone, summary };
}

/** Pairs of runs whose sums are remembered; the one looked at longest ago goes first. */
const mostKept = 40;
const keptSums = new WeakMap<Deps['database'], Map<string, DiffSummary>>();

function sumsOf(database: Deps['database']): Map<string, DiffSummary> {
  const sums = keptSums.get(database) ?? new Map<string, DiffSummary>();
  keptSums.set(database, sums);
  return sums;
}

function keep(sums: Map<string, DiffSummary>, key: string, summary: DiffSummary): void {
  sums.delete(key);
  sums.set(key, summary);
  for (const oldest of sums.keys()) {
    if (sums.size <= mostKept) return;
    sums.delete(oldest);
  }
}

/** Rows of one run that the other says otherwise, or only those it does not have. */
async function* walk(
  { config, database: { db, kind } }: Deps,
  { region_code, run_id, parcel_count }: RunToDiff,
  other: RunToDiff,
  onlyAlone: boolean,
  from: number,
): AsyncGenerator<StretchRow> {
  const size = 5 * config.chunkSize[kind];
  for (let first = from; first <= parcel_count; first += size) {
    const params = {
      region_code,
      own_run: run_id,
      other_run: other.run_id,
      first,
      last: first + size - 1,
      only_alone: onlyAlone,
    };
    yield* await byIndex(db, (tx) => stretch.all(tx, params));
  }
}

function itemOf(row: StretchRow, changes: RunChanges, touched: ReadonlySet<string>): DiffItem {
  const { own, other, parcel_id, project_code, shape_changed, attributes } = row;
  if (other === null)
    return { change: 'added', parcel_id, project_code, before: null, after: own, findings: [], causes: [] };
  const findings = row.findings.map(({ own: after, other: before, ...finding }) => ({ ...finding, before, after }));
  const parcel = {
    shape_changed,
    attributes,
    registered_anew: touched.has(plainProjectCode(project_code)),
    area_changed: own.area_m2 !== other.area_m2,
    findings,
  };
  return {
    change: 'changed',
    parcel_id,
    project_code,
    before: other,
    after: own,
    findings: findings.map((finding) => ({
      check: finding.check,
      before: figuresOf(finding.before),
      after: figuresOf(finding.after),
      causes: [...new Set(causesOfFinding(finding, parcel, changes).map(({ cause }) => cause))],
    })),
    causes: causesOfParcel(parcel, changes),
  };
}

function removed({ own, parcel_id, project_code }: StretchRow): DiffItem {
  return { change: 'removed', parcel_id, project_code, before: own, after: null, findings: [], causes: [] };
}

function figuresOf(figures: FindingFigures | null): Figures | null {
  if (figures === null) return null;
  const { year: _, source: __, ...rest } = figures;
  return rest;
}
