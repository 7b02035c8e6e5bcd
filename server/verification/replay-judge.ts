/**
 * The parcels of a chunk judged again and their pieces drawn again, as the run did it, but for storing anything. A parcel that brings the
 * engine down gets the findings that the run gave it then.
 */
import { Ground } from '../checks/ground.ts';
import { sqlFile } from '../database/sql-file.ts';
import { isPoison } from './chunk-work.ts';
import { plainPlot } from './evidence.ts';
import { type Judged, judge, judgeChunk } from './judge.ts';
import { patiently } from './patience.ts';
import { drawnPieces } from './piece-drawing.ts';
import { byIndex, type Chunk, type Deps, type RunFacts, type TileReader } from './run-context.ts';
import { resultId } from './store-chunk.ts';

const drawPieces = sqlFile<{ result_id: string; piece_no: number; shape_sha256: string | null }>(
  'queries/insert-pieces',
);

export interface JudgedAgain extends Judged {
  /** digests of the pieces' shapes in their order, null where one has none; undefined where they are not drawn */
  shapes?: (string | null)[];
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
      return draw ? await withShapes(deps, facts, judged) : judged;
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
  return judge({ plot, ground, slope: null, steepRects: [], failed: (error as Error).message }, facts, () => null);
}

async function withShapes(deps: Deps, facts: RunFacts, judged: Judged[]): Promise<JudgedAgain[]> {
  const named = judged.map((one) => ({
    ...one,
    result_id: resultId(facts.evidence, one.plot.parcel_set_id, one.plot.parcel_ordinal),
  }));
  const params = drawnPieces(named, facts);
  if (!params) return judged;
  const { region_code } = facts.key;
  const rows = await byIndex(deps.database.db, (tx) => drawPieces.all(tx, { region_code, keep: false, ...params }));
  const shapes = new Map(rows.map((row) => [`${row.result_id} ${row.piece_no}`, row.shape_sha256]));
  return named.map(({ result_id, ...one }) => ({
    ...one,
    shapes: one.concluded.pieces.map((_, at) => shapes.get(`${result_id} ${at + 1}`) ?? null),
  }));
}
