/** Verdicts out of the database: those of given places (find-verdicts.ts), a stream of all, one parcel with the shapes of its pieces. */
import type { Kysely } from 'kysely';
import { checks } from '../checks/index.ts';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import type { CheckId, Measure } from '../domain/outcome.ts';
import type { FindingOut, PieceOut, VerdictFeature, VerdictRow } from '../domain/verdict-feature.ts';
import { type Names, namesOf, withIds } from './names.ts';
import { keyOf, type RunKey } from './run-context.ts';

interface Row extends Omit<VerdictRow, 'geometry' | 'checks' | 'pieces'> {
  geometry: string | null;
  wkb: Buffer | null;
  checks: Record<string, FindingOut>;
  pieces: PieceOut[];
  net: Record<string, number> | null;
}

const readRows = sqlFile<Row>('queries/read-verdicts');
const pieceRows = sqlFile<{
  piece_no: number;
  reasons: CheckId[];
  measure: Measure;
  area_m2: number;
  geometry: string | null;
}>('queries/verdict-pieces');

/** Rows read at a time when streaming: some 5 MB with their findings. */
const pageSize = 500;

/** The parcels at these places of the run, in the order given. */
export async function readVerdicts(
  db: Kysely<Schema>,
  key: RunKey,
  ordinals: readonly number[],
): Promise<VerdictRow[]> {
  const names = await namesOf(db, key);
  const rows = await readRows.all(db, {
    ...keyOf(key),
    ...everything,
    ordinals: [...ordinals],
    limit: ordinals.length,
  });
  const byPlace = new Map(rows.map((row) => [row.ordinal, toRow(row, names)]));
  return ordinals.map((ordinal) => {
    const row = byPlace.get(ordinal);
    if (row === undefined) throw new Error(`no parcel at ${ordinal} of the run`);
    return row;
  });
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
      ...everything,
      ...shapeParams(options),
      only_flagged: options.only === 'flagged',
      after,
      limit: pageSize,
    });
    for (const row of rows) yield { ...toRow(row, names), wkb: row.wkb };
    if (rows.length < pageSize) return;
    after = (rows.at(-1) as Row).ordinal;
  }
}

/**
 * One parcel with the shape of every piece; null where the run has no such parcel.
 * @param ordinal its place in the run, where two sets have the id; without it the first is meant
 */
export async function readVerdict(
  db: Kysely<Schema>,
  key: RunKey,
  parcelId: string,
  ordinal?: number,
): Promise<(VerdictRow & { piece_features: object[] }) | null> {
  const [found] = await readRows.all(db, {
    ...keyOf(key),
    ...everything,
    parcel_id: parcelId,
    ordinals: ordinal === undefined ? null : [ordinal],
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
    geometry_hash: _h,
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

function shapeParams({ srid }: { srid?: number }): Record<string, unknown> {
  return { with_geometry: srid === undefined, srid: srid ?? null };
}

const everything = { ...shapeParams({}), ordinals: null, parcel_id: null, only_flagged: false, after: 0 };
