/** Brings the rows of a spool into the database batch by batch: judged, portioned, each portion in a short transaction. */
import type { Kysely, Transaction } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { batchesOf } from './batches.ts';
import type { StoredFault } from './faults.ts';
import { type JudgedShape, judgeShapes, portionsOf } from './geometry-quality.ts';
import { type Claim, underClaim } from './loading.ts';
import type { SourceReport, SpoolRow, Warning } from './source-types.ts';
import { readSpool } from './spool.ts';

export interface ReceiveHooks {
  /** aborting takes out again what was stored and rejects with the signal's reason */
  signal?: AbortSignal;
  /** share of the work done, 0–1 */
  progress?: (share: number) => void;
  /** takes steps that may follow when the caller has been told; without it they are waited for */
  afterwards?: (step: () => Promise<void>) => void;
}

export interface ShapeToStore extends JudgedShape {
  /** place in the set or layer, from 1 */
  number: number;
  row: SpoolRow;
}

/** rows named in a warning; its sentence gives the whole count */
const rowsNamed = 100;

export class ShapeTally {
  usable = 0;
  readonly repaired: number[] = [];
  readonly empty: number[] = [];
  readonly unusable: number[] = [];

  add(shape: ShapeToStore): void {
    const list = shape.unusable
      ? this.unusable
      : shape.wkb === null
        ? this.empty
        : shape.sound
          ? undefined
          : this.repaired;
    list?.push(shape.row.row);
    if (shape.wkb !== null && !shape.unusable) this.usable++;
  }

  warnings(): Warning[] {
    const tell = (code: string, rows: number[], zh: string, en: string): Warning[] =>
      rows.length === 0
        ? []
        : [
            {
              code,
              message: { zh: `${rows.length} ${zh}`, en: `${rows.length} ${en}` },
              where: { rows: rows.slice(0, rowsNamed) },
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

/** Stores every row under the claim by `insert`, which is called inside a transaction; `look` adds faults to a shape before that. */
export async function storeShapes(
  db: Kysely<Schema>,
  held: Claim,
  report: SourceReport,
  hooks: ReceiveHooks,
  insert: (trx: Transaction<Schema>, shapes: readonly ShapeToStore[]) => Promise<void>,
  look: (shape: ShapeToStore, srid: number) => StoredFault[] = () => [],
): Promise<ShapeTally> {
  const tally = new ShapeTally();
  const { srid } = report.crs;
  for await (const batch of batchesOf(readSpool(report.spool), srid)) {
    hooks.signal?.throwIfAborted();
    const progress = (share: number) =>
      hooks.progress?.((batch.first - 1 + share * batch.rows.length) / Math.max(1, report.feature_count));
    const judged = await judgeShapes(db, batch.rows, srid, (share) => progress(share / 2));
    const shapes = judged.map((shape, i): ShapeToStore => ({ ...shape, number: batch.first + i, row: batch.rows[i]! }));
    for (const shape of shapes) {
      shape.faults.push(...look(shape, srid));
      tally.add(shape);
    }
    for (const portion of portionsOf(shapes, (shape) => shape.crossings)) {
      hooks.signal?.throwIfAborted();
      await underClaim(db, held, (trx) => insert(trx, portion));
      progress((1 + (portion.at(-1)!.number - batch.first + 1) / batch.rows.length) / 2);
    }
  }
  return tally;
}

/** The shape's part of the parameters of an insert statement. */
export function shapeColumns(shapes: readonly ShapeToStore[]) {
  return {
    attributes: shapes.map((shape) => JSON.stringify(shape.row.attributes)),
    faults: shapes.map((shape) => JSON.stringify(shape.faults)),
    wkb: shapes.map((shape) => shape.wkb),
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
