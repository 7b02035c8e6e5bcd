/** Brings the rows of a spool into the database batch by batch: judged, portioned, each portion in a short transaction. */
import type { Kysely, Transaction } from 'kysely';
import { Lanes } from '../database/lanes.ts';
import type { Schema } from '../database/schema.ts';
import { type BatchSize, batchesOf, batchSizes } from './batches.ts';
import type { StoredFault } from './faults.ts';
import { type JudgedShape, judgeShapes, portionsOf } from './geometry-quality.ts';
import { type Claim, underClaim } from './loading.ts';
import { placeOf, RowPlaces } from './row-places.ts';
import type { SourceReport, SpoolRow, Warning } from './source-types.ts';
import { readSpool } from './spool.ts';
import { packedWkb } from './wkb.ts';

export interface ReceiveHooks {
  /** aborting takes out again what was stored and rejects with the signal's reason */
  signal?: AbortSignal;
  /** share of the work done, 0–1 */
  progress?: (share: number) => void;
  /** takes steps that may follow when the caller has been told; without it they are waited for */
  afterwards?: (step: () => Promise<void>) => void;
  /** portions stored side by side (`lanesOf`); default 1 */
  lanes?: number;
  /** default that of the embedded database */
  batch?: BatchSize;
}

export interface ShapeToStore extends JudgedShape {
  /** place in the set or layer, from 1 */
  number: number;
  row: SpoolRow;
}

export class ShapeTally {
  usable = 0;
  readonly repaired = new RowPlaces();
  readonly empty = new RowPlaces();
  readonly unusable = new RowPlaces();

  add(shape: ShapeToStore): void {
    const list = shape.unusable
      ? this.unusable
      : shape.wkb === null
        ? this.empty
        : shape.sound
          ? undefined
          : this.repaired;
    list?.add(placeOf(shape.row));
    if (shape.wkb !== null && !shape.unusable) this.usable++;
  }

  warnings(): Warning[] {
    const tell = (code: string, rows: RowPlaces, zh: string, en: string): Warning[] =>
      rows.count === 0
        ? []
        : [
            {
              code,
              message: { zh: `${rows.count} ${zh}${rows.among().zh}`, en: `${rows.count} ${en}${rows.among().en}` },
              where: rows.where(),
            },
          ];
    return [
      ...tell(
        'geometry-repaired',
        this.repaired,
        '个图形无效，已修复并保留原图',
        'invalid shapes were repaired; the originals are kept',
      ),
      ...tell(
        'geometry-unusable',
        this.unusable,
        '个图形无法修复，未使用',
        'shapes cannot be repaired and are not used',
      ),
      ...tell('shape-empty', this.empty, '行没有图形', 'rows have no shape'),
    ];
  }
}

/**
 * Stores every row under the claim. `look` adds faults to a shape; `prepare` is called for each portion in the order of the file, and what it
 * gives inserts it, in a transaction of its own, beside those of other portions.
 */
export async function storeShapes(
  db: Kysely<Schema>,
  held: Claim,
  report: SourceReport,
  hooks: ReceiveHooks,
  prepare: (shapes: readonly ShapeToStore[]) => (trx: Transaction<Schema>) => Promise<void>,
  look: (shape: ShapeToStore, srid: number) => StoredFault[] = () => [],
): Promise<ShapeTally> {
  const tally = new ShapeTally();
  const { srid } = report.crs;
  const lanes = new Lanes(hooks.lanes ?? 1);
  const count = Math.max(1, report.feature_count);
  // judging is one half of it, storing the other; portions of several batches are stored side by side
  let [judging, stored] = [0, 0];
  const tell = () => hooks.progress?.((judging + stored) / (2 * count));
  try {
    for await (const batch of batchesOf(readSpool(report.spool), srid, hooks.batch ?? batchSizes.embedded)) {
      hooks.signal?.throwIfAborted();
      const judged = await judgeShapes(db, batch.rows, srid, (share) => {
        judging = batch.first - 1 + share * batch.rows.length;
        tell();
      });
      judging = batch.first - 1 + batch.rows.length;
      // of sound shapes judging tells nothing itself; with three lanes four batches were judged in silence before the first was stored
      tell();
      const shapes = judged.map(
        (shape, i): ShapeToStore => ({ ...shape, number: batch.first + i, row: batch.rows[i]! }),
      );
      for (const shape of shapes) {
        shape.faults.push(...look(shape, srid));
        tally.add(shape);
      }
      for (const portion of portionsOf(shapes, (shape) => shape.crossings)) {
        hooks.signal?.throwIfAborted();
        const insert = prepare(portion);
        await lanes.begin(async () => {
          await underClaim(db, held, insert);
          stored += portion.length;
          tell();
        });
      }
    }
    await lanes.end();
  } finally {
    // what is to be taken out again must not be added to meanwhile
    await lanes.settle();
  }
  return tally;
}

/** The shape's part of the parameters of an insert statement. */
export function shapeColumns(shapes: readonly ShapeToStore[]) {
  return {
    attributes: shapes.map((shape) => JSON.stringify(shape.row.attributes)),
    faults: shapes.map((shape) => JSON.stringify(shape.faults)),
    ...packedWkb(shapes.map((shape) => shape.wkb)),
    sound: shapes.map((shape) => shape.sound),
    source_wkb: shapes.map((shape) => shape.source_wkb),
  };
}

/** One array per property, in the order of the items: what `unnest` wants. */
export function columnsOf<T extends object>(items: readonly T[]): { [K in keyof T]: T[K][] } {
  const columns = {} as { [K in keyof T]: T[K][] };
  for (const key of Object.keys(items[0] ?? {}) as (keyof T)[]) columns[key] = items.map((item) => item[key]);
  return columns;
}
