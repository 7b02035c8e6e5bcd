/** Verdicts out of the database: a page by filters, a stream of all, one parcel with the shapes of its pieces. */
import type { Kysely } from 'kysely';
import { checks } from '../checks/index.ts';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import type { CheckId, Measure, Outcome, Verdict } from '../domain/outcome.ts';
import type { FindingOut, PieceOut, VerdictFeature, VerdictRow } from '../domain/verdict-feature.ts';
import { AppError } from '../errors.ts';
import { type Names, namesOf, withIds } from './names.ts';
import { keyOf, type RunKey } from './run-context.ts';

export interface VerdictFilter {
  verdict?: Verdict;
  check?: CheckId;
  /** of `check`, or of any check where none is named; with `check` alone: fail */
  outcome?: Outcome;
  project_code?: string;
  township?: string;
  /** west, south, east, north in degrees */
  bbox?: readonly [number, number, number, number];
  only?: 'flagged';
}

export interface VerdictQuery extends VerdictFilter {
  limit: number;
  /** as given by the page before */
  cursor?: string;
  /** how many parcels the filters match, where that is known already: counting them takes as long as reading a page */
  matched?: number;
}

interface Row extends Omit<VerdictRow, 'geometry' | 'checks' | 'pieces'> {
  geometry: string | null;
  wkb: Buffer | null;
  checks: Record<string, FindingOut>;
  pieces: PieceOut[];
  net: Record<string, number> | null;
}

const readRows = sqlFile<Row>('queries/read-verdicts');
const countRows = sqlFile<{ matched: number }>('queries/count-verdicts');
const pieceRows = sqlFile<{
  piece_no: number;
  reasons: CheckId[];
  measure: Measure;
  area_m2: number;
  geometry: string | null;
}>('queries/verdict-pieces');

/** Rows read at a time when streaming: some 5 MB with their findings. */
const pageSize = 500;

export async function readVerdicts(
  db: Kysely<Schema>,
  key: RunKey,
  query: VerdictQuery,
): Promise<{ items: VerdictRow[]; next_cursor: string | null; number_matched: number }> {
  const filter = filterParams(query);
  const rows = await readRows.all(db, {
    ...keyOf(key),
    ...filter,
    ...shapeParams({}),
    after: placeOf(query.cursor),
    limit: query.limit + 1,
  });
  const matched = query.matched ?? (await countRows.one(db, { ...keyOf(key), ...filter })).matched;
  const names = await namesOf(db, key);
  const items = rows.slice(0, query.limit).map((row) => toRow(row, names));
  const last = items.at(-1);
  return {
    items,
    next_cursor: rows.length > query.limit && last ? cursorAt(last.ordinal) : null,
    number_matched: matched,
  };
}

/** All parcels of a run in upload order; with `srid` each carries its shape as WKB in that system. */
export async function* streamVerdicts(
  db: Kysely<Schema>,
  key: RunKey,
  options: { only?: 'flagged'; srid?: number } = {},
): AsyncGenerator<VerdictRow & { wkb: Buffer | null }> {
  const names = await namesOf(db, key);
  let after = 0;
  for (;;) {
    const rows = await readRows.all(db, {
      ...keyOf(key),
      ...filterParams(options),
      ...shapeParams(options),
      after,
      limit: pageSize,
    });
    for (const row of rows) yield { ...toRow(row, names), wkb: row.wkb };
    if (rows.length < pageSize) return;
    after = (rows.at(-1) as Row).ordinal;
  }
}

/** One parcel with the shape of every piece; null where the run has no such parcel. Of equal ids in two sets the first is meant. */
export async function readVerdict(
  db: Kysely<Schema>,
  key: RunKey,
  parcelId: string,
): Promise<(VerdictRow & { piece_features: object[] }) | null> {
  const [found] = await readRows.all(db, {
    ...keyOf(key),
    ...filterParams({}),
    ...shapeParams({}),
    parcel_id: parcelId,
    after: 0,
    limit: 1,
  });
  if (!found) return null;
  const pieces = await pieceRows.all(db, { ...keyOf(key), ordinal: found.ordinal });
  return {
    ...toRow(found, await namesOf(db, key)),
    piece_features: pieces.map(({ geometry, ...properties }) => ({
      type: 'Feature',
      geometry: geometry === null ? null : JSON.parse(geometry),
      properties,
    })),
  };
}

export function toFeature(row: VerdictRow): VerdictFeature {
  const {
    ordinal: _o,
    parcel_set_id: _s,
    client_id: _c,
    accepted_on: _a,
    target_class: _t,
    grade: _g,
    capacity_kg: _k,
    declared_net_m2: _n,
    source_file: _f,
    attributes: _x,
    geometry,
    ...rest
  } = row as VerdictRow & { wkb?: unknown };
  const { wkb: _w, ...properties } = rest as typeof rest & { wkb?: unknown };
  return { type: 'Feature', geometry, properties };
}

function toRow({ wkb: _, net, geometry, checks: found, ...row }: Row, names: Names): VerdictRow {
  return {
    ...row,
    ...net,
    geometry: geometry === null ? null : JSON.parse(geometry),
    checks: Object.fromEntries(
      checks.map((check) => [check.id, withIds(found[check.id]!, names)]),
    ) as VerdictRow['checks'],
  };
}

function filterParams(filter: VerdictFilter): Record<string, unknown> {
  const [west, south, east, north] = filter.bbox ?? [null, null, null, null];
  return {
    verdict: filter.verdict ?? null,
    check_id: filter.check ?? null,
    outcome: filter.outcome ?? null,
    project_code: filter.project_code ?? null,
    township: filter.township ?? null,
    parcel_id: null,
    only_flagged: filter.only === 'flagged',
    west,
    south,
    east,
    north,
  };
}

function shapeParams({ srid }: { srid?: number }): Record<string, unknown> {
  return { with_geometry: srid === undefined, srid: srid ?? null };
}

/** Cursors are opaque to clients; inside they are the place of the last parcel seen. */
function cursorAt(ordinal: number): string {
  return Buffer.from(`v1:${ordinal}`).toString('base64url');
}

function placeOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const match = /^v1:(\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString());
  if (!match) throw new AppError('validation', { zh: 'cursor 无效', en: 'Invalid cursor' }, { field: 'cursor' });
  return Number(match[1]);
}
