/** Works through the free chunks of a run, some at a time; other processes may be doing the same. */
import { setTimeout as pause } from 'node:timers/promises';
import { ChunkLost, type Claimed, claimChunk, freeChunk, holdChunk, Leases, newClaim } from './chunk-claims.ts';
import { ChunkWork, type Keep } from './chunk-work.ts';
import { patiently } from './patience.ts';
import { byIndex, type Chunk, type Deps, type RunFacts } from './run-context.ts';
import { tileReader } from './slope-tiles.ts';
import { storeChunk } from './store-chunk.ts';

/**
 * Chunks under way at a time: while the database reads for one, the program judges the other. A third was a twentieth slower (100,000 parcels:
 * 18.6 s, so 17.9; of 2,000 parcels each 16.7): what is alive longer is copied more often. The embedded database has one session.
 */
const atATime = 2;

/** ms between looks at what others have under way */
const lookMs = 200;

export class RunCancelled extends Error {
  constructor() {
    super('run cancelled');
    this.name = 'RunCancelled';
  }
}

export interface Others {
  /** asked before each chunk */
  readonly atWork: boolean;
  /** calls back when the next comes to its end, or at once where one has since this was asked last; who asked before is forgotten */
  onEnd(wake: () => void): void;
}

export interface ChunkHooks {
  /** what is under way when it aborts is not stored any more */
  signal?: AbortSignal | undefined;
  /** share of the run's parcels that are done, by whomever; never falling */
  progress?: ((share: number) => void) | undefined;
  /** while they are at work the caller only watches */
  others?: Others | undefined;
}

/** Does chunks until all of the run are done, waiting for those that others have. The first fault ends the rest. */
export async function doAllChunks(deps: Deps, facts: RunFacts, hooks: ChunkHooks): Promise<void> {
  for (;;) {
    if ((await doFreeChunks(deps, facts, hooks)) === 0) return;
    const woken = new AbortController();
    hooks.others?.onEnd(() => woken.abort());
    const signal = AbortSignal.any(hooks.signal ? [woken.signal, hooks.signal] : [woken.signal]);
    await pause(lookMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Does chunks while there are free ones. @returns how many parcels are left then, with others or (0) with nobody */
export async function doFreeChunks(deps: Deps, facts: RunFacts, hooks: ChunkHooks): Promise<number> {
  const { db } = deps.database;
  const work = new ChunkWork(deps, facts, tileReader(facts.key.region_code), hooks.signal);
  const leases = new Leases(deps, facts.key);
  /** A part of a chunk is one transaction, and the last part finishes the chunk. */
  const keeping =
    (chunk: Claimed): Keep =>
    (part, judged) =>
      byIndex(db, async (tx) => {
        hooks.signal?.throwIfAborted();
        await storeChunk(tx, facts, part, judged);
        await holdChunk(tx, chunk, part.last === chunk.last);
      });
  let fault: unknown;
  let most = 0;
  let left = Number.POSITIVE_INFINITY;
  const worker = async () => {
    while (fault === undefined) {
      if (hooks.signal?.aborted) throw new RunCancelled();
      const claim = hooks.others?.atWork ? null : newClaim();
      const found = await patiently(db, () => claimChunk(deps, facts.key, claim));
      left = Math.min(left, found.left);
      // another came to its end first
      if (found.state === 'succeeded') return;
      if (found.state !== 'running') throw new RunCancelled();
      most = Math.max(most, found.done / Math.max(1, found.done + found.left));
      hooks.progress?.(most);
      const { chunk } = found;
      if (chunk === undefined) return;
      try {
        await leases.during(chunk, () => work.do(partOf(chunk), keeping(chunk)));
      } catch (error) {
        if (error instanceof ChunkLost) continue;
        await freeChunk(db, chunk).catch(() => undefined);
        throw error;
      }
    }
  };
  const workers = Array.from({ length: atATime }, () =>
    worker().catch((error: unknown) => {
      fault ??= error;
    }),
  );
  await Promise.race([Promise.all(workers), ...whenAborted(hooks.signal, workers)]);
  leases.stop();
  if (hooks.signal?.aborted) throw new RunCancelled();
  if (fault !== undefined) throw fault;
  return left;
}

/** The chunk without its claim: statements refuse parameters they do not name. */
const partOf = ({ region_code, run_id, first, last }: Claimed): Chunk => ({ region_code, run_id, first, last });

/** Nobody waits for a chunk of a run that is cancelled: what it has written falls with its claim. */
function whenAborted(signal: AbortSignal | undefined, workers: Promise<void>[]): Promise<void>[] {
  if (signal === undefined) return [];
  const aborted = new Promise<void>((resolve) => {
    const listen = () => resolve();
    if (signal.aborted) resolve();
    signal.addEventListener('abort', listen, { once: true });
    void Promise.all(workers).then(() => signal.removeEventListener('abort', listen));
  });
  return [aborted];
}
