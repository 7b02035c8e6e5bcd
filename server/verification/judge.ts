/** Lets every check look at every parcel of a chunk. */
import type { Measured, Point, RunLayer, Sight } from '../checks/check.ts';
import type { Ground } from '../checks/ground.ts';
import { checks } from '../checks/index.ts';
import { OutlineFailed } from '../overlay/noding.ts';
import { Breath } from './breath.ts';
import { type Concluded, conclude } from './conclude.ts';
import { type Evidence, readEvidence, readPoints } from './evidence.ts';
import type { Chunk, Deps, RunFacts } from './run-context.ts';
import type { TileReader } from './slope-tiles.ts';

export interface Judged extends Evidence {
  concluded: Concluded;
  /** of the books' pieces, in their order */
  shapes: PieceShape[];
}

/** WKB of a MultiPolygon in degrees; `whole`: the parcel's own; null where nothing can be drawn. */
export type PieceShape = Uint8Array | 'whole' | null;

export async function judgeChunk(
  deps: Deps,
  facts: RunFacts,
  chunk: Chunk,
  readTile: TileReader,
  signal?: AbortSignal,
): Promise<Judged[]> {
  const evidence = await readEvidence(deps, facts, chunk, readTile);
  signal?.throwIfAborted();
  // few parcels need a point to show, and finding one costs more than all else of them
  const wanting = new Set<number>();
  const noPoint = (ordinal: number) => {
    wanting.add(ordinal);
    return null;
  };
  const breath = new Breath();
  const judged: Judged[] = [];
  for (const one of evidence) {
    judged.push(judge(one, facts, noPoint));
    await breath.take();
  }
  if (wanting.size === 0) return judged;
  const points = await readPoints(deps, facts, chunk, [...wanting]);
  const pointOf = (ordinal: number, region: string) => points.get(`${ordinal} ${region}`) ?? null;
  return judged.map((one) => (wanting.has(one.plot.ordinal) ? judge(one, facts, pointOf) : one));
}

type PointOf = (ordinal: number, region: string) => Point | null;

export function judge(evidence: Evidence, facts: RunFacts, pointOf: PointOf): Judged {
  const { plot, ground, slope, failed } = evidence;
  const layersOf = layersByType(facts.layers);
  const measured = checks.map((check): Measured => {
    if (failed !== undefined && check.id !== 'area-mismatch')
      return { outcome: 'undetermined', reason: 'check-failed', detail: { message: failed } };
    const sight: Sight = {
      plot,
      ground,
      slope,
      params: facts.params[check.id] ?? {},
      layersOf,
      pointIn: (region) => pointOf(plot.ordinal, region),
    };
    return check.look(sight);
  });
  const concluded = conclude(plot, measured, facts.params, ground.shares);
  return { ...evidence, concluded, shapes: shapesOf(concluded, ground) };
}

/** The figures stand whether or not the pieces can be drawn: one that would take longer than a second is not. */
function shapesOf({ pieces }: Concluded, ground: Ground): PieceShape[] {
  if (pieces.length === 0) return [];
  if (pieces.length === 1 && ground.isWhole(pieces[0]!.parts)) return ['whole'];
  try {
    return ground.outlines(pieces.map(({ parts }) => parts));
  } catch (error) {
    if (!(error instanceof OutlineFailed)) throw error;
    return pieces.map(() => null);
  }
}

const noLayers: RunLayer[] = [];
const sorted = new WeakMap<readonly RunLayer[], (type: string) => RunLayer[]>();

/** Every check of every parcel asks: the layers of a run are sorted once. */
function layersByType(layers: readonly RunLayer[]): (type: string) => RunLayer[] {
  const known = sorted.get(layers);
  if (known) return known;
  const byType = Map.groupBy(layers, ({ type }) => type);
  const layersOf = (type: string) => byType.get(type) ?? noLayers;
  sorted.set(layers, layersOf);
  return layersOf;
}
