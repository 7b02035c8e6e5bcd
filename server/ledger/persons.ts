/** Who decides, until there are accounts: a name and an office, chosen at first use. Nothing but `personWith` need change then. */
import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';

export interface Person {
  person_id: string;
  name: string;
  /** '' where none was said */
  office: string;
  created_at: Date;
}

const findRows = sqlFile<Person>('queries/find-persons');

/** The same name and office again is the same person. Blanks around either, and their Unicode form, make no difference. */
export async function addPerson(
  db: Kysely<Schema>,
  said: { name: string; office?: string | undefined },
): Promise<{ person: Person; existing: boolean }> {
  const [name, office] = [plain(said.name), plain(said.office ?? '')];
  const added = await db
    .insertInto('person')
    .values({ person_id: randomUUID(), name, office })
    .onConflict((on) => on.columns(['name', 'office']).doNothing())
    .returningAll()
    .executeTakeFirst();
  if (added !== undefined) return { person: added, existing: false };
  const person = await db
    .selectFrom('person')
    .selectAll()
    .where('name', '=', name)
    .where('office', '=', office)
    .executeTakeFirstOrThrow();
  return { person, existing: true };
}

const plain = (text: string) => text.normalize('NFC').trim();

/** By name; at most `limit`, from after a person on. */
export function findPersons(
  db: Kysely<Schema>,
  { limit, after }: { limit: number; after?: { name: string; person_id: string } | undefined },
): Promise<Person[]> {
  return findRows.all(db, { limit, after_name: after?.name ?? null, after_id: after?.person_id ?? null });
}

export async function countPersons(db: Kysely<Schema>): Promise<number> {
  const { n } = await db
    .selectFrom('person')
    .select((of) => of.fn.countAll<string>().as('n'))
    .executeTakeFirstOrThrow();
  return Number(n);
}

export function personWith(db: Kysely<Schema>, personId: string): Promise<Person | undefined> {
  return db.selectFrom('person').selectAll().where('person_id', '=', personId).executeTakeFirst();
}
