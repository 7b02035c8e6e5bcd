/**
 * One chunk done, whatever happens to it: a lost connection is waited for, a trap of the engine tried once more, and a parcel that brings
 * the engine down every time is found out by trying its chunk parcel by parcel. It gets its findings, `undetermined` with the reason, and
 * does not take the others with it. Faults that are not a parcel's (a full disk, a fault of the program) end the run for all to see.
 */
import { Ground } from '../checks/ground.ts';
import { isEngineTrap } from '../database/connect.ts';
import { ChunkLost, type Claimed, holdChunk } from './chunk-claims.ts';
import { plainPlot } from './evidence.ts';
import { type Judged, judge, judgeChunk } from './judge.ts';
import { patiently } from './patience.ts';
import { byIndex, type Deps, type RunFacts, type TileReader } from './run-context.ts';
import { storeChunk } from './store-chunk.ts';

/** More parcels than this in one run are no poison: something is wrong with the engine or the data as a whole. */
const mostPoisoned = 20;

export class ChunkWork {
  readonly #deps: Deps;
  readonly #facts: RunFacts;
  readonly #readTile: TileReader;
  readonly #signal: AbortSignal | undefined;
  #poisoned = 0;

  constructor(deps: Deps, facts: RunFacts, readTile: TileReader, signal?: AbortSignal) {
    this.#deps = deps;
    this.#facts = facts;
    this.#readTile = readTile;
    this.#signal = signal;
  }

  /** Throws ChunkLost where another has the chunk now, or the run was ended. */
  async do(chunk: Claimed): Promise<void> {
    try {
      await this.#patiently(() => this.#once(chunk, chunk));
    } catch (error) {
      if (!isPoison(error)) throw error;
      for (let ordinal = chunk.first; ordinal <= chunk.last; ordinal++) await this.#alone(chunk, ordinal);
    }
  }

  async #alone(chunk: Claimed, ordinal: number): Promise<void> {
    try {
      await this.#patiently(() => this.#once(chunk, { first: ordinal, last: ordinal }));
    } catch (error) {
      if (!isPoison(error)) throw error;
      await this.#giveUpOn(chunk, ordinal, error);
    }
  }

  async #once(chunk: Claimed, part: { first: number; last: number }): Promise<void> {
    const { region_code, run_id } = chunk;
    const { first, last } = part;
    const judged = await judgeChunk(
      this.#deps,
      this.#facts,
      { region_code, run_id, first, last },
      this.#readTile,
      this.#signal,
    );
    await this.#store(chunk, part, judged);
  }

  /** A part of a chunk is one transaction, and the last part finishes the chunk. */
  #store(chunk: Claimed, { first, last }: { first: number; last: number }, judged: Judged[]): Promise<void> {
    const { region_code, run_id } = chunk;
    return byIndex(this.#deps.database.db, async (tx) => {
      this.#signal?.throwIfAborted();
      await storeChunk(tx, this.#facts, { region_code, run_id, first, last }, judged);
      await holdChunk(tx, chunk, last === chunk.last);
    });
  }

  /** Results have the ids of their evidence, and the claim is looked at behind them: done twice is done once. */
  #patiently(work: () => Promise<void>): Promise<void> {
    let traps = 0;
    return patiently(this.#deps.database.db, work, (error) => isPoison(error) && ++traps === 1);
  }

  async #giveUpOn(chunk: Claimed, ordinal: number, error: unknown): Promise<void> {
    if (++this.#poisoned > mostPoisoned) throw error;
    const { region_code, run_id } = chunk;
    const part = { first: ordinal, last: ordinal };
    const failed = (error as Error).message;
    await this.#patiently(async () => {
      const plot = await plainPlot(this.#deps.database.db, { region_code, run_id, ...part });
      const evidence = { plot, ground: new Ground(null, plot.area_m2, []), slope: null, steepRects: [], failed };
      await this.#store(chunk, part, [judge(evidence, this.#facts, () => null)]);
    });
  }
}

/** What one parcel's data can do to an engine: a trap, an internal error (GEOS: TopologyException), a data or complexity exception. */
function isPoison(error: unknown): boolean {
  if (error instanceof ChunkLost) return false;
  const code = (error as { code?: unknown })?.code;
  return isEngineTrap(error) || (typeof code === 'string' && /^(XX000|22...|54...)$/.test(code));
}
