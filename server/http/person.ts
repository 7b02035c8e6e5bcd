/** Who asks: the one seam at which accounts will take over from the header. */
import type { FastifyRequest } from 'fastify';
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { AppError } from '../errors.ts';
import { type Person, personWith } from '../ledger/persons.ts';
import { isUuid } from './uuid.ts';

const header = 'X-Person-Id';

/** @throws AppError `unauthorized` where the header is missing or names nobody */
export async function personOf(db: Kysely<Schema>, request: FastifyRequest): Promise<Person> {
  const id = request.headers[header.toLowerCase()];
  const person = typeof id === 'string' && isUuid(id) ? await personWith(db, id) : undefined;
  if (person !== undefined) return person;
  throw new AppError(
    'unauthorized',
    {
      zh: `请先说明您是谁：用 POST /api/v1/persons 登记姓名，把得到的 person_id 放在请求头 ${header} 中。`,
      en: `Say who you are first: POST your name to /api/v1/persons and send the person_id in the header ${header}.`,
    },
    { field: header },
  );
}
