/** Which parcels of an indexed run (run-index.ts) match filters, in what order, and how many there are of each kind. */
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import { type CheckId, checkIds, type Outcome, outcomes, type Verdict, verdicts } from '../domain/outcome.ts';
import type { Facets, ReviewState } from '../domain/review.ts';
import { AppError } from '../errors.ts';
import { keyOf, type RunKey } from './run-context.ts';
import { bitOf, everyCheck } from './run-index.ts';

export interface ParcelFilter {
  verdict?: Verdict;
  check?: CheckId;
  /** of `check`, or of any check where none is named; with `check` alone: fail, with `check` and `state`: any */
  outcome?: Outcome;
  /** of the decision on `check`, or on any check; a stale one is confirmed or rejected too */
  state?: ReviewState;
  /** '' for parcels without one, as with township */
  project_code?: string;
  township?: string;
  area_min?: number;
  area_max?: number;
  /** in the parcel's id, or its project's code or name; case does not matter */
  q?: string;
  /** west, south, east, north in degrees */
  bbox?: readonly [number, number, number, number];
}

export const sorts = [
  'upload',
  ...[
    'area_m2',
    'deduct_area_m2',
    'restore_area_m2',
    'remediate_area_m2',
    'parcel_id',
    'project_code',
    'township',
  ].flatMap((key) => [key, `-${key}`]),
] as readonly string[];

export interface Found {
  ordinals: number[];
  /** opaque; null at the end */
  next_cursor: string | null;
  number_matched: number;
}

interface Row {
  ordinal: number | null;
  number_key: number | null;
  text_key: string | null;
  matched: number;
}

const findRows = sqlFile<Row>('queries/find-verdicts');
const matchingOrdinals = sqlFile<{ ordinals: Buffer }>('queries/matching-ordinals');
const facetRows = sqlFile<{ facet: string; value: string; name: string | null; parcels: number }>(
  'queries/verdict-facets',
);

/**
 * @param sort one of `sorts`; '-' the greatest first. Equal ones stand in upload order.
 * @param limit at most so many ordinals
 * @throws AppError `validation` for a cursor that is none
 */
export async function findVerdicts(
  db: Kysely<Schema>,
  run: RunKey & { parcel_count: number },
  filter: ParcelFilter,
  { sort = 'upload', limit, cursor }: { sort?: string; limit: number; cursor?: string | undefined },
): Promise<Found> {
  const after = cursor === undefined ? firstPlace : placeIn(cursor);
  if (sort === 'upload' && Object.keys(filter).length === 0) return stretchOf(run.parcel_count, after.after, limit);
  const rows = await findRows.all(db, {
    ...keyOf(run),
    ...params(filter),
    ...after,
    sort: sort.replace(/^-/, ''),
    descending: sort.startsWith('-'),
    limit: limit + 1,
  });
  const found = rows.filter((row) => row.ordinal !== null);
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    ordinals: shown.map((row) => row.ordinal as number),
    next_cursor: found.length > limit && last ? cursorAt(last) : null,
    number_matched: rows[0]?.matched ?? 0,
  };
}

/** All parcels in upload order: their ordinals have no gaps. */
function stretchOf(count: number, after: number, limit: number): Found {
  const size = Math.max(Math.min(limit, count - after), 0);
  return {
    ordinals: Array.from({ length: size }, (_, i) => after + 1 + i),
    next_cursor: after + size < count ? cursorAt({ ordinal: after + size, number_key: null, text_key: null }) : null,
    number_matched: count,
  };
}

/** The ordinals of all that match, in upload order, in one piece: 100,000 are 400 kB. */
export async function everyMatching(db: Kysely<Schema>, run: RunKey, filter: ParcelFilter): Promise<Int32Array> {
  const { ordinals } = await matchingOrdinals.one(db, { ...keyOf(run), ...params(filter) });
  return Int32Array.from({ length: ordinals.length / 4 }, (_, n) => ordinals.readInt32BE(n * 4));
}

/** How many parcels would match with each value of each filter in place of what is asked of that filter, the others as they are. */
export async function facetsOf(db: Kysely<Schema>, run: RunKey, filter: ParcelFilter): Promise<Facets> {
  const { check_ids, check_mask, outcome, ...rest } = params(filter);
  const rows = await facetRows.all(db, {
    ...keyOf(run),
    ...rest,
    check_ids,
    check_mask,
    outcome,
    said_outcome: filter.outcome ?? null,
  });
  const of = (facet: string) => rows.filter((row) => row.facet === facet);
  const count = (facet: string, value: string) => of(facet).find((row) => row.value === value)?.parcels ?? 0;
  const groups = (facet: string) =>
    of(facet).sort((a, b) => Number(a.value === '') - Number(b.value === '') || (a.value < b.value ? -1 : 1));
  const byCheck = new Map(of('check').map((row) => [row.value, row.parcels]));
  return {
    number_matched: count('all', ''),
    verdict: record(verdicts, (verdict) => count('verdict', verdict)),
    check: record(checkIds, (check) => record(outcomes, (outcome) => byCheck.get(`${check}:${outcome}`) ?? 0)),
    project_code: groups('project_code').map(({ value, name, parcels }) => ({
      project_code: value || null,
      project_name: name,
      count: parcels,
    })),
    township: groups('township').map(({ value, parcels }) => ({ township: value || null, count: parcels })),
    state: record(['suspected', 'confirmed', 'rejected', 'stale'] as const, (state) => count('state', state)),
  };
}

const record = <K extends string, V>(keys: readonly K[], value: (key: K) => V) =>
  Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, V>;

function params(filter: ParcelFilter): Record<string, unknown> {
  const { check, outcome, state } = filter;
  const [west, south, east, north] = filter.bbox ?? [null, null, null, null];
  return {
    check_ids: [...checkIds],
    check_mask: check === undefined ? everyCheck : bitOf(check),
    outcome: outcome ?? (check !== undefined && state === undefined ? 'fail' : null),
    state: state ?? null,
    verdict: filter.verdict ?? null,
    project_code: filter.project_code ?? null,
    township: filter.township ?? null,
    area_min: filter.area_min ?? null,
    area_max: filter.area_max ?? null,
    q: filter.q?.toLowerCase() ?? null,
    west,
    south,
    east,
    north,
  };
}

interface Place {
  after: number;
  after_number: number | null;
  after_text: string | null;
}

const firstPlace: Place = { after: 0, after_number: null, after_text: null };

/** The place of the last parcel seen, and what it is sorted by: a page goes on where it ended, whatever was decided meanwhile. */
function cursorAt({ ordinal, number_key, text_key }: Omit<Row, 'matched'>): string {
  return Buffer.from(JSON.stringify([ordinal, number_key, text_key])).toString('base64url');
}

function placeIn(cursor: string): Place {
  try {
    const [after, number, text] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    const sound =
      Number.isInteger(after) &&
      (after as number) > 0 &&
      (after as number) < 2 ** 31 &&
      (number === null || Number.isFinite(number)) &&
      (text === null || (typeof text === 'string' && !text.includes('\0')));
    if (sound)
      return { after: after as number, after_number: number as number | null, after_text: text as string | null };
  } catch {
    // no JSON: told below
  }
  throw new AppError('validation', { zh: 'cursor 无效', en: 'Invalid cursor' }, { field: 'cursor' });
}
