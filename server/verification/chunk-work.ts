/**
 * One chunk done, whatever happens to it: a lost connection is waited for, a trap of the engine tried once more, and a parcel that brings
 * the engine down every time is found out by trying its chunk parcel by parcel. It gets its findings, `undetermined` with the reason, and
 * does not take the others with it. Faults that are not a parcel's (a full disk, a fault of the program) end the run for all to see.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { Ground } from '../checks/ground.ts';
import { isConnectionLost, isEngineTrap } from '../database/connect.ts';
import { plainPlot } from './evidence.ts';
import { judge, judgeChunk } from './judge.ts';
import { byIndex, type Chunk, type Deps, type RunFacts, type TileReader } from './run-context.ts';
import { storeChunk } from './store-chunk.ts';

/** A server that is started again is back within some seconds; the embedded engine within three. */
const longestWaitMs = 60_000;
/** More parcels than this in one run are no poison: something is wrong with the engine or the data as a whole. */
const mostPoisoned = 20;

export class ChunkWork {
  readonly #deps: Deps;
  readonly #facts: RunFacts;
  readonly #readTile: TileReader;
  #poisoned = 0;

  constructor(deps: Deps, facts: RunFacts, readTile: TileReader) {
    this.#deps = deps;
    this.#facts = facts;
    this.#readTile = readTile;
  }

  async do(chunk: Chunk): Promise<void> {
    try {
      await this.#patiently(() => this.#once(chunk));
    } catch (error) {
      if (!isPoison(error)) throw error;
      if (chunk.first === chunk.last) return this.#giveUpOn(chunk, error);
      for (let ordinal = chunk.first; ordinal <= chunk.last; ordinal++)
        await this.do({ ...chunk, first: ordinal, last: ordinal });
    }
  }

  async #once(chunk: Chunk): Promise<void> {
    const judged = await judgeChunk(this.#deps, this.#facts, chunk, this.#readTile);
    await byIndex(this.#deps.database.db, (tx) => storeChunk(tx, this.#facts, chunk, judged));
  }

  /** A chunk is one transaction and its results have the ids of their evidence: done twice it is done once. */
  async #patiently(work: () => Promise<void>): Promise<void> {
    const since = Date.now();
    for (let traps = 0; ; ) {
      try {
        return await work();
      } catch (error) {
        if (isPoison(error)) {
          if (++traps > 1) throw error;
        } else if (!isPassing(error) || Date.now() - since > longestWaitMs) throw error;
        await this.#untilAnswering(since);
      }
    }
  }

  async #untilAnswering(since: number): Promise<void> {
    for (;;) {
      try {
        await sql`select 1`.execute(this.#deps.database.db);
        return;
      } catch (error) {
        if (!isPassing(error) || Date.now() - since > longestWaitMs) throw error;
        await pause(200);
      }
    }
  }

  async #giveUpOn(chunk: Chunk, error: unknown): Promise<void> {
    if (++this.#poisoned > mostPoisoned) throw error;
    const plot = await plainPlot(this.#deps.database.db, chunk);
    const failed = (error as Error).message;
    const evidence = { plot, ground: new Ground(null, plot.area_m2, []), slope: null, steepRects: [], failed };
    const judged = judge(evidence, this.#facts, () => null);
    await this.#patiently(() => byIndex(this.#deps.database.db, (tx) => storeChunk(tx, this.#facts, chunk, [judged])));
  }
}

/** What one parcel's data can do to an engine: a trap, an internal error (GEOS: TopologyException), a data or complexity exception. */
export function isPoison(error: unknown): boolean {
  const code = (error as { code?: unknown })?.code;
  return isEngineTrap(error) || (typeof code === 'string' && /^(XX000|22...|54...)$/.test(code));
}

/** What passes by itself: a connection that broke, a server that starts, a deadlock. */
function isPassing(error: unknown): boolean {
  return isConnectionLost(error) || ['40001', '40P01'].includes((error as { code?: string })?.code ?? '');
}
