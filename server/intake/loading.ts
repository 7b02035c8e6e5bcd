/**
 * How rows get in so that an upload is there whole or not at all. The embedded database has one session for all clients, so
 * one transaction cannot hold a whole file: rows go in as `loading`, in short batches, and one last statement makes them
 * `ready`. Nobody else sees them before; whatever goes wrong, all of them are deleted again.
 *
 * A writer claims the set or layer by a token. Each batch touches the row under that token at the end of its own transaction, so a
 * writer that was taken for dead (no touch for 30 s) and wakes up again cannot add to what another one is filling; at its end, so that
 * batches side by side wait for each other's commit only.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../database/connect.ts';
import type { Schema } from '../database/schema.ts';
import { type Db, type SqlFile, sqlFile } from '../database/sql-file.ts';

export interface Kind {
  table: 'parcel_set' | 'layer';
  key: 'parcel_set_id' | 'layer_id';
  /** what hangs on it, with the column by which it is deleted in portions */
  parts: readonly (readonly [table: string, column: string])[];
  claim: SqlFile<{ state: string }>;
  sweep: SqlFile<{ region_code: string; id: string }>;
}

export const parcelSets: Kind = {
  table: 'parcel_set',
  key: 'parcel_set_id',
  parts: [['parcel', 'ordinal']],
  claim: sqlFile('queries/intake-claim-parcel-set'),
  sweep: sqlFile('queries/intake-sweep-parcel-sets'),
};
export const layers: Kind = {
  table: 'layer',
  key: 'layer_id',
  parts: [
    ['layer_piece', 'feature_no'],
    ['raster_tile', 'tile_row'],
    ['raster_view', 'tile_row'],
    ['layer_feature', 'feature_no'],
  ],
  claim: sqlFile('queries/intake-claim-layer'),
  sweep: sqlFile('queries/intake-sweep-layers'),
};

/** seconds without a touch after which a writer counts as dead; a batch takes well under one */
const deadAfterS = 30;
/** rows deleted by one statement: about 0.1 s on the embedded database */
const portion = 2000;

export interface Claim {
  kind: Kind;
  region: string;
  id: string;
  token: string;
}

/**
 * Makes the row (`columns` are the parameters of the kind's claim statement) and claims it. `ready`: somebody else finished it first. While a
 * live writer fills it, this waits for that one's end.
 */
export async function claim(
  db: Kysely<Schema>,
  kind: Kind,
  region: string,
  id: string,
  columns: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<Claim | 'ready'> {
  const token = randomUUID();
  const params = { ...columns, region_code: region, id, token, dead_after_s: deadAfterS };
  for (;;) {
    signal?.throwIfAborted();
    const rows = await kind.claim.all(db, params);
    if (rows.length > 0) {
      const mine: Claim = { kind, region, id, token };
      await deleteParts(db, mine);
      return mine;
    }
    if ((await stateOf(db, kind, region, id)) === 'ready') return 'ready';
    await wait(500, undefined, { signal });
  }
}

/** One short transaction under the claim. Throws where the claim is lost. */
export async function underClaim<T>(
  db: Kysely<Schema>,
  held: Claim,
  work: (trx: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  return await db.transaction().execute(async (trx) => {
    const done = await work(trx);
    const touched = await sql`update ${sql.table(held.kind.table)} set touched_at = now() where ${mine(held)}`.execute(
      trx,
    );
    if (touched.numAffectedRows !== 1n)
      throw new Error(`${held.kind.table} ${held.id} was taken over by another writer, or deleted`);
    return done;
  });
}

/** The last statement: from here on everybody sees it. */
export async function finish(db: Kysely<Schema>, held: Claim, columns: Record<string, unknown>): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const region = sql`insert into region (region_code) values (${held.region}) on conflict do nothing`;
    await region.execute(trx);
    const assignments = sql.join(Object.entries(columns).map(([name, value]) => sql`${sql.ref(name)} = ${value}`));
    const done = sql`update ${sql.table(held.kind.table)} set state = 'ready', claim = null, ${assignments} where ${mine(held)}`;
    const { numAffectedRows } = await done.execute(trx);
    if (numAffectedRows !== 1n) throw new Error(`${held.kind.table} ${held.id} was taken over before it was finished`);
  });
}

/** Takes everything of an unfinished set or layer out again, in portions. Does nothing where the claim is lost. */
export async function discard(db: Kysely<Schema>, held: Claim): Promise<void> {
  await deleteParts(db, held);
  await sql`delete from ${sql.table(held.kind.table)} where ${mine(held)}`.execute(db);
}

/**
 * Takes out what a receiving that failed had stored. One that was cancelled does so afterwards, where its caller provides for
 * that: nobody sees the rows, and 20,000 of them take seconds to delete. What cannot be taken out (the database is gone) is
 * swept at the next start.
 */
export async function abandon(
  db: Kysely<Schema>,
  held: Claim,
  { signal, afterwards }: { signal?: AbortSignal; afterwards?: (step: () => Promise<void>) => void },
): Promise<void> {
  const takeOut = () => discard(db, held).catch(() => {});
  if (signal?.aborted && afterwards !== undefined) afterwards(takeOut);
  else await takeOut();
}

/**
 * At start: deletes what dead writers left, sets and layers alike; gives how many. One process has the embedded database, so
 * there all of it is dead. On a server, writers of other processes that are alive have touched theirs within 30 s.
 */
export async function sweepUnfinished({ db, kind: engine }: Pick<Database, 'db' | 'kind'>): Promise<number> {
  const quiet = engine === 'embedded' ? 0 : deadAfterS;
  let swept = 0;
  for (const kind of [parcelSets, layers]) {
    const token = randomUUID();
    const dead = await kind.sweep.all(db, { token, dead_after_s: quiet });
    for (const row of dead) {
      await discard(db, { kind, region: row.region_code, id: row.id, token });
      swept++;
    }
  }
  return swept;
}

async function stateOf(db: Db, kind: Kind, region: string, id: string): Promise<string | undefined> {
  const own = sql`region_code = ${region} and ${sql.ref(kind.key)} = ${id}`;
  const { rows } = await sql<{ state: string }>`select state from ${sql.table(kind.table)} where ${own}`.execute(db);
  return rows[0]?.state;
}

async function deleteParts(db: Kysely<Schema>, held: Claim): Promise<void> {
  for (const [table, column] of held.kind.parts) {
    const own = sql`region_code = ${held.region} and ${sql.ref(held.kind.key)} = ${held.id}`;
    const first = sql`select ${sql.ref(column)} as place from ${sql.table(table)} where ${own} order by ${sql.ref(column)} limit ${portion}`;
    // up to a place, not a list of places: the planner takes rows just stored for one, and joined 2,000 with 2,000 by a loop
    const last = sql`select max(place) from (${first}) as portion`;
    const stillMine = sql`exists (select from ${sql.table(held.kind.table)} where ${mine(held)})`;
    const statement = sql`delete from ${sql.table(table)} where ${own} and ${sql.ref(column)} <= (${last}) and ${stillMine}`;
    while (((await statement.execute(db)).numAffectedRows ?? 0n) > 0n);
  }
}

function mine(held: Claim) {
  return sql`region_code = ${held.region} and ${sql.ref(held.kind.key)} = ${held.id} and claim = ${held.token} and state = 'loading'`;
}
