/**
 * One chunk done, whatever happens to it: a lost connection is waited for, a trap of the engine tried once more, and a parcel that brings
 * the engine down every time is found out by trying its chunk parcel by parcel. It gets its findings, `undetermined` with the reason, and
 * does not take the others with it. Faults that are not a parcel's (a full disk, a fault of the program) end the run for all to see.
 */
import { Ground } from '../checks/ground.ts';
import { isEngineTrap } from '../database/connect.ts';
import { plainPlot } from './evidence.ts';
import { type Judged, judge, judgeChunk } from './judge.ts';
import { patiently } from './patience.ts';
import type { Chunk, Deps, RunFacts } from './run-context.ts';
import type { TileReader } from './slope-tiles.ts';

/** More parcels than this in one run are no poison: something is wrong with the engine or the data as a whole. */
const mostPoisoned = 20;

/**
 * What becomes of a chunk that is judged, or of one parcel of it after the other; the last part ends where the chunk does. It may be called
 * again with the same part, and throws where the chunk is no longer the caller's.
 */
export type Keep = (part: Chunk, judged: Judged[]) => Promise<void>;

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

  async do(chunk: Chunk, keep: Keep): Promise<void> {
    try {
      await this.#patiently(() => this.#once(chunk, keep));
    } catch (error) {
      if (!isPoison(error)) throw error;
      for (let ordinal = chunk.first; ordinal <= chunk.last; ordinal++)
        await this.#alone({ ...chunk, first: ordinal, last: ordinal }, keep);
    }
  }

  async #alone(one: Chunk, keep: Keep): Promise<void> {
    try {
      await this.#patiently(() => this.#once(one, keep));
    } catch (error) {
      if (!isPoison(error)) throw error;
      await this.#giveUpOn(one, error, keep);
    }
  }

  async #once(part: Chunk, keep: Keep): Promise<void> {
    const judged = await judgeChunk(this.#deps, this.#facts, part, this.#readTile, this.#signal);
    await keep(part, judged);
  }

  /** Results have the ids of their evidence, and a claim is looked at behind them: done twice is done once. */
  #patiently(work: () => Promise<void>): Promise<void> {
    let traps = 0;
    return patiently(this.#deps.database.db, work, (error) => isPoison(error) && ++traps === 1);
  }

  async #giveUpOn(one: Chunk, error: unknown, keep: Keep): Promise<void> {
    if (++this.#poisoned > mostPoisoned) throw error;
    const failed = (error as Error).message;
    await this.#patiently(async () => {
      const plot = await plainPlot(this.#deps.database.db, one);
      const evidence = { plot, wkb: null, ground: new Ground(null, plot.area_m2, []), slope: null, failed };
      await keep(one, [judge(evidence, this.#facts, () => null)]);
    });
  }
}

/** What one parcel's data can do to an engine: a trap, an internal error (GEOS: TopologyException), a data or complexity exception. */
export function isPoison(error: unknown): boolean {
  const code = (error as { code?: unknown })?.code;
  return isEngineTrap(error) || (typeof code === 'string' && /^(XX000|22...|54...)$/.test(code));
}
