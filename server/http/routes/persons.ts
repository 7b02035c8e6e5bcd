import { addPerson, countPersons, findPersons, type Person } from '../../ledger/persons.ts';
import type { App, AppDeps } from '../context.ts';
import { badCursor, decodeCursor, encodeCursor } from '../cursor.ts';
import { idempotent } from '../idempotent.ts';
import { invalidField } from '../problem.ts';
import { defaultLimit, problemResponse } from '../schemas/common.ts';
import * as schemas from '../schemas/reviews.ts';
import { isUuid } from '../uuid.ts';

const tags = ['reviews'];

export function personRoutes(app: App, { database: { db } }: AppDeps): void {
  app.post(
    '/persons',
    {
      schema: {
        tags,
        summary: '登记操作人；同名同单位的即为同一人',
        body: schemas.PersonBody,
        response: { 200: schemas.Person, 201: schemas.Person, ...problemResponse },
      },
    },
    async (request, reply) => {
      const said = request.body;
      if (said.name.trim() === '') throw noName();
      return idempotent(db, request, reply, said, async () => {
        const { person, existing } = await addPerson(db, said);
        return { status: existing ? 200 : 201, body: show(person) };
      });
    },
  );

  app.get(
    '/persons',
    {
      schema: {
        tags,
        summary: '操作人，按姓名',
        querystring: schemas.PersonQuery,
        response: { 200: schemas.PersonPage, ...problemResponse },
      },
    },
    async (request) => {
      const { limit = defaultLimit, cursor } = request.query;
      const position = decodeCursor('persons', cursor);
      const rows = await findPersons(db, {
        limit: limit + 1,
        after: position === undefined ? undefined : placeIn(position),
      });
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      return {
        items: rows.slice(0, limit).map(show),
        next_cursor: last ? encodeCursor('persons', JSON.stringify([last.name, last.person_id])) : null,
        number_matched: await countPersons(db),
      };
    },
  );
}

const show = ({ person_id, name, office, created_at }: Person): schemas.Person => ({
  person_id,
  name,
  office: office || null,
  created_at: created_at.toISOString(),
});

function placeIn(position: string): { name: string; person_id: string } {
  const found = /^\["((?:[^"\\\u0000]|\\["\\/])*)","([^"]+)"\]$/.exec(position);
  if (found === null || !isUuid(found[2] ?? '')) throw badCursor();
  const [name, person_id] = JSON.parse(position) as [string, string];
  return { name, person_id };
}

const noName = () => invalidField('name', { zh: '请填写姓名。', en: 'Give a name.' });
