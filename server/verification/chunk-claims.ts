/**
 * Which chunk is whose. A run's chunks are rows; whoever works takes a free one for some seconds under a claim of its own and renews that
 * while it is at it. A claim is the fencing token: what is stored for a chunk stands only where the row still names it (THREATS T24).
 */
import { randomUUID } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import { type Chunk, type Deps, keyOf, type RunKey } from './run-context.ts';

const planChunks = sqlFile('queries/plan-chunks');
const claimRow = sqlFile<ClaimRow>('queries/claim-chunk');
const holdRow = sqlFile('queries/hold-chunk');
const renewRows = sqlFile('queries/renew-chunks');
const freeRows = sqlFile('queries/free-chunks');

interface ClaimRow {
  first: number | null;
  last: number | null;
  state: string;
  /** parcels */
  done: number;
  left: number;
}

export interface Claimed extends Chunk {
  claim: string;
}

/** The chunk is another's now, or its run was ended: nothing of it was stored by us, and nothing need be. */
export class ChunkLost extends Error {}

/** Of few parcels, as a rule those that changed all over the county, each core gets some chunks: in one it would be one core's work. */
const leastChunks = 6;

/**
 * Marks the run as going on and makes its chunks where it has none; false where it has succeeded meanwhile.
 * @param parcels without a result
 */
export function beginRun(deps: Deps, key: RunKey, parcels: number): Promise<boolean> {
  const { db, kind } = deps.database;
  const most = deps.config.chunkSize[kind];
  const size = Math.min(most, Math.max(100, Math.ceil(parcels / leastChunks)));
  return db.transaction().execute(async (tx) => {
    // the row is held until the chunks stand: of two that begin at once the second finds them
    const begun = await tx
      .updateTable('run')
      .set({ state: 'running', started_at: sql<Date>`coalesce(started_at, now())`, finished_at: null })
      .where('region_code', '=', key.region_code)
      .where('run_id', '=', key.run_id)
      .where('state', '<>', 'succeeded')
      .executeTakeFirst();
    if (begun.numUpdatedRows === 0n) return false;
    await planChunks.run(tx, { ...keyOf(key), size });
    // the embedded folder has one process: whoever claimed before is dead
    if (kind === 'embedded') await freeRows.run(tx, { ...keyOf(key), claim: null });
    return true;
  });
}

export function newClaim(): string {
  return randomUUID();
}

/** Takes the first free chunk of the run. Asked again under the same claim it gives the same chunk; without one it only tells how far the run is. */
export async function claimChunk({ database, config }: Deps, key: RunKey, claim: string | null) {
  const params = { ...keyOf(key), claim, lease_s: config.chunkLeaseS };
  const { first, last, ...told } = await claimRow.one(database.db, params);
  const chunk: Claimed | undefined =
    first === null || last === null || claim === null ? undefined : { ...keyOf(key), first, last, claim };
  return { chunk, ...told };
}

/** To be asked in the transaction that stores, behind all it writes. @param done the chunk is finished by it */
export async function holdChunk(tx: Transaction<Schema>, chunk: Claimed, done: boolean): Promise<void> {
  const held = await holdRow.run(tx, { ...keyOf(chunk), first: chunk.first, claim: chunk.claim, done });
  if (held !== 1) throw new ChunkLost(`chunk ${chunk.first}–${chunk.last} is no longer ours`);
}

export async function freeChunk(db: Kysely<Schema>, chunk: Claimed): Promise<void> {
  await freeRows.run(db, { ...keyOf(chunk), claim: chunk.claim });
}

/** Keeps the claims of one worker alive while it holds them. */
export class Leases {
  readonly #claims = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  constructor(deps: Deps, key: RunKey) {
    const lease_s = deps.config.chunkLeaseS;
    const renew = () => {
      if (this.#claims.size === 0) return;
      // a database that is away for a moment is waited for by the chunk itself
      renewRows.run(deps.database.db, { ...keyOf(key), claims: [...this.#claims], lease_s }).catch(() => undefined);
    };
    this.#timer = setInterval(renew, (lease_s * 1000) / 3);
    this.#timer.unref();
  }

  async during<T>(chunk: Claimed, work: () => Promise<T>): Promise<T> {
    this.#claims.add(chunk.claim);
    try {
      return await work();
    } finally {
      this.#claims.delete(chunk.claim);
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
