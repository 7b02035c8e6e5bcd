/** The patches of a base by their number (BSM): identifiers and figures, no shapes; 200,000 of them are some 30 MB. */
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import { readNumber } from '../domain/loose-values.ts';
import type { IncrementBase } from './increment-base.ts';
import { type PatchFields, patchFields } from './increment-changes.ts';

const basePatches = sqlFile<{ feature_no: number; number: string | null; area: string | null }>(
  'queries/increment-base-patches',
);

/** rows of one statement: about 0.1 s on the embedded database */
const stretch = 5000;

interface OldPatch {
  feature_no: number;
  area_m2: number | null;
}

export class OldPatches {
  readonly fields: PatchFields;
  readonly #byNumber = new Map<string, OldPatch[]>();
  readonly #names = new Map<number, string>();

  private constructor(fields: PatchFields) {
    this.fields = fields;
  }

  static async read(db: Kysely<Schema>, base: IncrementBase): Promise<OldPatches> {
    const old = new OldPatches(await fieldsOfBase(db, base));
    const key = { region_code: base.region_code, layer_id: base.layer_id };
    const fields = { number_fields: old.fields.number, area_fields: old.fields.area };
    for (let first = 1; first <= base.feature_count; first += stretch) {
      const rows = await basePatches.all(db, { ...key, ...fields, first, last: first + stretch - 1 });
      for (const { feature_no, number, area } of rows) {
        if (number === null) continue;
        old.#names.set(feature_no, number);
        const patch = { feature_no, area_m2: readNumber(area) };
        const same = old.#byNumber.get(number);
        if (same === undefined) old.#byNumber.set(number, [patch]);
        else same.push(patch);
      }
    }
    return old;
  }

  numbered(number: string): readonly OldPatch[] {
    return this.#byNumber.get(number) ?? [];
  }

  nameOf(feature: number): string {
    return this.#names.get(feature) ?? `#${feature}`;
  }

  get size(): number {
    return this.#byNumber.size;
  }
}

/** Rows of one file have the same attributes; a base that came out of an increment has those of two and says which they are. */
async function fieldsOfBase(db: Kysely<Schema>, base: IncrementBase): Promise<PatchFields> {
  const increment = base.decisions['increment'] as { patch_fields?: PatchFields } | undefined;
  if (increment?.patch_fields !== undefined) return increment.patch_fields;
  const first = await db
    .selectFrom('layer_feature')
    .select('attributes')
    .where('region_code', '=', base.region_code)
    .where('layer_id', '=', base.layer_id)
    .orderBy('feature_no')
    .limit(1)
    .executeTakeFirst();
  return patchFields(Object.keys((first?.attributes ?? {}) as object).map((name) => ({ name })));
}
