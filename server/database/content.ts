/**
 * The digest of what the database holds of a layer or a parcel set: every row with its shape, in order. It is taken when the rows are
 * all in and pinned by runs, so that a byte changed in the database years later is found out; the sha256 of the file cannot tell.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../domain/canonical-json.ts';
import { Lanes } from './lanes.ts';
import { type Db, type SqlFile, sqlFile } from './sql-file.ts';

interface Stretch {
  row_count: number;
  /** 32 bytes a row */
  digests: Buffer;
}

const features = sqlFile<Stretch>('queries/content-features');
const pieces = sqlFile<Stretch>('queries/content-pieces');
const tiles = sqlFile<Stretch>('queries/content-tiles');
const parcels = sqlFile<Stretch>('queries/content-parcels');

export interface LayerContent {
  key: { region_code: string; layer_id: string };
  code_system: string | null;
  /** its grid, of a raster */
  raster: Record<string, unknown> | null;
  /** polygons; of a raster its tiles */
  feature_count: number;
}

export interface ParcelSetContent {
  key: { region_code: string; parcel_set_id: string };
  replaces: readonly string[];
  feature_count: number;
}

/** How one short statement is done: bare, or under the claim of the writer who has just stored the rows. */
export type Step = <T>(work: (db: Db) => Promise<T>) => Promise<T>;

/** Statements side by side (`lanesOf`, default 1), and who hears the share done. */
export interface ContentHooks {
  lanes?: number | undefined;
  progress?: ((share: number) => void) | undefined;
}

/** sha256, hex. Of 200,000 polygons of 8.2 M vertices 4 s on PostGIS, 6 s embedded. */
export async function layerContent(step: Step, layer: LayerContent, hooks: ContentHooks = {}): Promise<string> {
  const { key, code_system, raster, feature_count } = layer;
  const hash = createHash('sha256').update(canonicalJson({ code_system, raster }));
  const last = feature_count;
  const parts = raster === null ? ([features, pieces] as const) : ([tiles] as const);
  const bounds = raster === null ? ([1, last] as const) : ([0, tileRows(raster)] as const);
  for (const [n, part] of parts.entries())
    await addRows(hash, step, part, key, bounds, {
      ...hooks,
      progress: (share) => hooks.progress?.((n + share) / parts.length),
    });
  return hash.digest('hex');
}

export async function parcelSetContent(step: Step, set: ParcelSetContent, hooks: ContentHooks = {}): Promise<string> {
  const hash = createHash('sha256').update(canonicalJson({ replaces: set.replaces }));
  await addRows(hash, step, parcels, set.key, [1, set.feature_count], hooks);
  return hash.digest('hex');
}

const tileRows = (raster: Record<string, unknown>) =>
  Math.ceil(Number(raster['height']) / Number(raster['tile_size'])) - 1;

/** ms a statement should take: on the embedded database nobody else is served meanwhile */
const wanted = { least: 60, most: 200 };

/** Adds the digests of all rows; how they are portioned makes no difference to the sum. A row outside the bounds is found by its number. */
async function addRows(
  hash: ReturnType<typeof createHash>,
  step: Step,
  part: SqlFile<Stretch>,
  key: Record<string, string>,
  [first, last]: readonly [number, number],
  { lanes = 1, progress }: ContentHooks,
): Promise<void> {
  let size = part === tiles ? 1 : 100;
  let rows = 0;
  const side = new Lanes(lanes);
  /** answers that came before their turn: the sum is of the rows in order */
  const early = new Map<number, Stretch & { to: number }>();
  let turn = 0;
  const add = (nth: number, from: number, to: number) =>
    side.begin(async () => {
      const started = performance.now();
      early.set(nth, { ...(await step((db) => part.one(db, { ...key, first: from, last: to }))), to });
      const took = performance.now() - started;
      if (took < wanted.least) size = Math.min(2 * size, 5000);
      else if (took > wanted.most) size = Math.max(1, Math.floor(size / 2));
      for (let next = early.get(turn); next !== undefined; next = early.get(turn)) {
        early.delete(turn++);
        hash.update(next.digests);
        rows += next.row_count;
        if (next.to >= first && next.to <= last) progress?.((next.to - first + 1) / (last - first + 1));
      }
    });
  try {
    let nth = 0;
    await add(nth++, -0x7fffffff, first - 1);
    for (let from = first; from <= last; ) {
      const to = Math.min(from + size - 1, last);
      await add(nth++, from, to);
      from = to + 1;
    }
    await add(nth, last + 1, 0x7fffffff);
    await side.end();
  } finally {
    await side.settle();
  }
  hash.update(`${part.name} ${rows}\n`);
}
