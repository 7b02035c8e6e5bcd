/**
 * The parcels of a chunk judged again and their pieces drawn again, as the run did it, but for storing anything. A parcel that brings the
 * engine down gets the findings that the run gave it then.
 */
import { createHash } from 'node:crypto';
import { Ground } from '../checks/ground.ts';
import { isPoison } from './chunk-work.ts';
import { plainPlot } from './evidence.ts';
import { type Judged, judge, judgeChunk } from './judge.ts';
import { patiently } from './patience.ts';
import type { Chunk, Deps, RunFacts } from './run-context.ts';
import type { TileReader } from './slope-tiles.ts';

export interface JudgedAgain extends Judged {
  /** digests of the pieces' shapes in their order, null where one has none; undefined where they are not drawn */
  digests?: (string | null)[];
}

/** @param draw other engines draw other digits, so it is not asked of them */
export async function judgeAgain(
  deps: Deps,
  facts: RunFacts,
  chunk: Chunk,
  readTile: TileReader,
  draw: boolean,
): Promise<JudgedAgain[]> {
  try {
    return await patiently(deps.database.db, async () => {
      const judged = await judgeChunk(deps, facts, chunk, readTile);
      return draw ? judged.map(withDigests) : judged;
    });
  } catch (error) {
    if (!isPoison(error)) throw error;
    if (chunk.first === chunk.last) return [await poisoned(deps, facts, chunk, error)];
    const alone: JudgedAgain[] = [];
    for (let ordinal = chunk.first; ordinal <= chunk.last; ordinal++)
      alone.push(...(await judgeAgain(deps, facts, { ...chunk, first: ordinal, last: ordinal }, readTile, draw)));
    return alone;
  }
}

async function poisoned(deps: Deps, facts: RunFacts, chunk: Chunk, error: unknown): Promise<JudgedAgain> {
  const plot = await patiently(deps.database.db, () => plainPlot(deps.database.db, chunk));
  const ground = new Ground(null, plot.area_m2, []);
  return judge({ plot, wkb: null, ground, slope: null, failed: (error as Error).message }, facts, () => null);
}

/** The digest of each piece's shape, as the database would give it of the stored one. */
const withDigests = (one: Judged): JudgedAgain => ({
  ...one,
  digests: one.shapes.map((shape) => {
    const wkb = shape === 'whole' ? one.wkb : shape;
    return wkb && createHash('sha256').update(wkb).digest('hex');
  }),
});
