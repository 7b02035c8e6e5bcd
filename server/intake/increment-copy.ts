/**
 * The base's part of the next year: copied set by set inside the database, features and pieces to the letter, or cut where new
 * patches cover it. Each short transaction holds the base, so that nobody deletes it half copied.
 */
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { type Db, sqlFile } from '../database/sql-file.ts';
import { AppError } from '../errors.ts';
import type { IncrementBase } from './increment-base.ts';
import { type Claim, underClaim } from './loading.ts';
import type { ReceiveHooks } from './store-shapes.ts';

const holdBase = sqlFile('queries/increment-hold-base');
const covered = sqlFile<{ feature_no: number; area_m2: number }>('queries/increment-covered');
const areas = sqlFile<{ feature_no: number; area_m2: number }>('queries/increment-areas');
const copyFeatures = sqlFile('queries/increment-copy-features');
const copyPieces = sqlFile('queries/increment-copy-pieces');
const insertPieces = sqlFile('queries/intake-insert-pieces');
const erase = sqlFile<{ stored: number; slivers: number; sliver_m2: number }>('queries/increment-erase');

/** Pieces of a change of at most so many m² are no land: survey software merges or drops them (DOMAIN §1.6). */
export const sliverM2 = 0.1;

/** ms a statement should take; on the embedded database a transaction may last half a second (HOUSE §2) */
const wanted = { least: 60, most: 200 };

/** Goes from 1 to `last` in stretches that grow while they are quick. */
async function byStretches(
  last: number,
  size: number,
  most: number,
  hooks: ReceiveHooks,
  work: (from: number, to: number) => Promise<void>,
): Promise<void> {
  for (let from = 1; from <= last; ) {
    hooks.signal?.throwIfAborted();
    const started = performance.now();
    const to = Math.min(from + size - 1, last);
    await work(from, to);
    from = to + 1;
    hooks.progress?.(to / last);
    const took = performance.now() - started;
    if (took < wanted.least) size = Math.min(2 * size, most);
    else if (took > wanted.most) size = Math.max(1, Math.floor(size / 2));
  }
}

/** What the first `patches` polygons of the new layer cover of the base: number of the base's polygon → m². */
export async function coveredByPatches(
  db: Kysely<Schema>,
  held: Claim,
  base: IncrementBase,
  patches: number,
  hooks: ReceiveHooks,
): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  const key = { region_code: held.region, layer_id: held.id, base_id: base.layer_id };
  await byStretches(patches, 50, 1000, hooks, async (first, last) => {
    for (const { feature_no, area_m2 } of await underClaim(db, held, (trx) =>
      covered.all(trx, { ...key, first, last }),
    ))
      found.set(feature_no, (found.get(feature_no) ?? 0) + area_m2);
  });
  return found;
}

/** Copies the base's polygons but those left out; the new layer's numbers go on from `before`. Gives the last number. */
export async function copyKept(
  db: Kysely<Schema>,
  held: Claim,
  base: IncrementBase,
  leftOut: readonly number[],
  before: number,
  hooks: ReceiveHooks,
): Promise<number> {
  const sorted = leftOut.toSorted((a, b) => a - b);
  let next = 0;
  let total = before;
  await byStretches(base.feature_count, 200, 5000, hooks, async (first, last) => {
    const from = next;
    while (next < sorted.length && sorted[next]! <= last) next++;
    const stretch = { region_code: held.region, layer_id: held.id, base_id: base.layer_id, first, last };
    const params = { ...stretch, before: total, left_out: sorted.slice(from, next) };
    total += await underBase(db, held, base, async (trx) => {
      const copied = await copyFeatures.run(trx, params);
      await copyPieces.run(trx, params);
      return copied;
    });
  });
  return total;
}

export interface Erased {
  /** the last number of the new layer */
  total: number;
  slivers: number;
  sliver_m2: number;
}

/** Stores what the new patches leave of the polygons named. */
export async function copyCut(
  db: Kysely<Schema>,
  held: Claim,
  base: IncrementBase,
  cut: readonly number[],
  patches: number,
  before: number,
  hooks: ReceiveHooks,
): Promise<Erased> {
  const done: Erased = { total: before, slivers: 0, sliver_m2: 0 };
  const key = { region_code: held.region, layer_id: held.id };
  const sorted = cut.toSorted((a, b) => a - b);
  await byStretches(sorted.length, 5, 500, hooks, async (from, to) => {
    const first = done.total + 1;
    const found = await underBase(db, held, base, async (trx) => {
      const counts = await erase.one(trx, {
        ...key,
        base_id: base.layer_id,
        feature_no: sorted.slice(from - 1, to),
        patches,
        before: done.total,
        sliver: sliverM2,
        mark: JSON.stringify([cutMark]),
      });
      if (counts.stored > 0) await insertPieces.run(trx, { ...key, first, last: done.total + counts.stored });
      return counts;
    });
    done.total += found.stored;
    done.slivers += found.slivers;
    done.sliver_m2 += found.sliver_m2;
  });
  return done;
}

/** Ellipsoidal areas of the polygons asked for: number → m²; one without a shape has none. */
export async function areasOf(
  db: Db,
  region: string,
  layerId: string,
  numbers: readonly number[],
): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  for (let from = 0; from < numbers.length; from += 500) {
    const params = { region_code: region, layer_id: layerId, feature_no: numbers.slice(from, from + 500) };
    for (const { feature_no, area_m2 } of await areas.all(db, params)) found.set(feature_no, area_m2);
  }
  return found;
}

const cutMark = {
  code: 'cut-by-increment',
  message: '被增量包的新图斑覆盖的部分已切除，属性中的面积仍是原图斑的',
  message_en:
    'What new patches of the increment cover was cut off; the area among its attributes is still that of the whole',
  lon: null,
  lat: null,
};

async function underBase<T>(
  db: Kysely<Schema>,
  held: Claim,
  base: IncrementBase,
  work: (trx: Db) => Promise<T>,
): Promise<T> {
  return await underClaim(db, held, async (trx) => {
    const there = await holdBase.all(trx, { region_code: base.region_code, base_id: base.layer_id });
    if (there.length === 0) throw baseGone(base);
    return await work(trx);
  });
}

function baseGone(base: IncrementBase): AppError {
  return new AppError(
    'not-found',
    {
      zh: `基期图层 ${base.layer_id} 在处理过程中被删除，增量包没有保存；请换一个基期重新上传`,
      en: `The base ${base.layer_id} was deleted meanwhile; nothing of the increment was stored. Upload it again with another base`,
    },
    { field: 'base_layer_id' },
  );
}
