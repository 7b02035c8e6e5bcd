/**
 * The soundness of delivered shapes: what the database finds invalid is explained fault by fault, judged repairable or not,
 * and told with its area before and after. The repair itself is done where the shape is stored (sql/functions/intake-sound.sql).
 */
import { type Db, sqlFile } from '../database/sql-file.ts';
import { longestEdge } from './batches.ts';
import { emptyShape, explainInvalid, fromReading, type StoredFault, tellRepair } from './faults.ts';
import type { SpoolRow } from './source-types.ts';
import { packedWkb } from './wkb.ts';

const invalidShapes = sqlFile<{ place: number; reason: string; x: number | null; y: number | null }>(
  'queries/intake-invalid',
);
const repairAreas = sqlFile<{ place: number; before_m2: number; after_m2: number }>('queries/intake-repair-areas');

export interface JudgedShape {
  /** what to store from; null: nothing to store */
  wkb: Buffer | null;
  /** false: to be repaired when it is stored */
  sound: boolean;
  /** as delivered, where what is stored differs from it */
  source_wkb: Buffer | null;
  faults: StoredFault[];
  /** a shape was there and cannot be used */
  unusable: boolean;
  /** places where its edges meet: what its repair costs */
  crossings: number;
}

/** crossings that one statement repairs: about 0.1 s */
const crossingsAStatement = 5000;

/** Consecutive portions of a batch that one statement can repair. */
export function* portionsOf<T>(items: readonly T[], crossings: (item: T) => number): Generator<T[], void, undefined> {
  let portion: T[] = [];
  let sum = 0;
  for (const item of items) {
    if (portion.length > 0 && sum + crossings(item) > crossingsAStatement) {
      yield portion;
      portion = [];
      sum = 0;
    }
    portion.push(item);
    sum += crossings(item);
  }
  if (portion.length > 0) yield portion;
}

/**
 * One verdict a row, in their order. Rows are of one file, in the CRS `srid`. `progress` gets the share of the repairs weighed: forty
 * scribbles of 200 vertices, 270,000 crossings, take seconds.
 */
export async function judgeShapes(
  db: Db,
  rows: readonly SpoolRow[],
  srid: number,
  progress: (share: number) => void = () => {},
): Promise<JudgedShape[]> {
  const judged = rows.map(
    (row): JudgedShape => ({
      wkb: row.wkb,
      sound: true,
      source_wkb: null,
      faults: [...fromReading(row.faults, srid), ...(row.wkb === null ? [emptyShape] : [])],
      unusable: false,
      crossings: 0,
    }),
  );
  const found = await invalidShapes.all(db, { ...packedWkb(rows.map((row) => row.wkb)), srid });
  const repairable: { shape: JudgedShape; before: StoredFault[]; explained: StoredFault[] }[] = [];
  for (const { place, ...invalidity } of found) {
    const shape = judged[place - 1]!;
    const wkb = shape.wkb!;
    const { faults, usable, crossings } = explainInvalid(wkb, invalidity, srid);
    shape.sound = false;
    shape.source_wkb = wkb;
    if (usable) {
      shape.crossings = crossings;
      repairable.push({ shape, before: shape.faults, explained: faults });
    } else {
      shape.wkb = null;
      shape.unusable = true;
      shape.faults.push(...faults);
    }
  }
  let weighed = 0;
  for (const portion of portionsOf(repairable, ({ shape }) => shape.crossings)) {
    const shapes = packedWkb(portion.map(({ shape }) => shape.wkb));
    for (const { place, before_m2, after_m2 } of await repairAreas.all(db, {
      ...shapes,
      srid,
      edge: longestEdge(srid),
    })) {
      const { shape, before, explained } = portion[place - 1]!;
      shape.faults = [...before, ...tellRepair(explained, before_m2, after_m2)];
      shape.unusable = after_m2 === 0;
    }
    weighed += portion.length;
    progress(weighed / repairable.length);
  }
  return judged;
}
