/** Versions of project registers as the API shows them. */
import type { Kysely } from 'kysely';
import type { Schema } from '../../database/schema.ts';
import { sqlFile } from '../../database/sql-file.ts';
import type { Language } from '../language.ts';
import { localized } from '../localized.ts';
import { firstOnly, type PageOf, type PageRequest, type Placed, pageParams, toPage } from '../page.ts';
import type { Register } from '../schemas/project-registers.ts';
import { isUuid } from '../uuid.ts';

export interface RegisterRow extends Placed, Omit<Register, 'created_at' | 'warnings'> {
  warnings: unknown[];
  created_at: Date;
}

const listRegisters = sqlFile<RegisterRow>('queries/list-project-registers');
const countRegisters = sqlFile<{ matched: number }>('queries/count-project-registers');

export async function pageOfRegisters(
  db: Kysely<Schema>,
  query: PageRequest & { region_code?: string },
  language: Language,
): Promise<PageOf<Register>> {
  const filter = { region_code: query.region_code ?? null };
  const question = ['project-registers', filter];
  const rows = await listRegisters.all(db, { ...filter, register_id: null, ...pageParams(question, query) });
  const { matched } = await countRegisters.one(db, filter);
  return toPage(
    question,
    query,
    rows,
    matched,
    (row) => row.register_id,
    (row) => showRegister(row, language),
  );
}

export async function oneRegister(db: Kysely<Schema>, registerId: string): Promise<RegisterRow | undefined> {
  if (!isUuid(registerId)) return undefined;
  const [row] = await listRegisters.all(db, { register_id: registerId, region_code: null, ...firstOnly });
  return row;
}

export function showRegister({ place: _, created_at, ...row }: RegisterRow, language: Language): Register {
  return { ...localized(row, language), created_at: created_at.toISOString() } as Register;
}
