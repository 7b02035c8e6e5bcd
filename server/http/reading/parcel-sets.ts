/** Parcel sets as the API shows them: those that are ready, withdrawn ones included. */
import type { Kysely } from 'kysely';
import type { Schema } from '../../database/schema.ts';
import { sqlFile } from '../../database/sql-file.ts';
import type { Language } from '../language.ts';
import { localized } from '../localized.ts';
import { firstOnly, type PageOf, type PageRequest, type Placed, pageParams, toPage } from '../page.ts';
import type { ParcelSet } from '../schemas/parcel-sets.ts';
import { isUuid } from '../uuid.ts';
import { type Box, boxOf } from './layers.ts';

export interface ParcelSetRow
  extends Placed,
    Omit<ParcelSet, 'created_at' | 'withdrawn_at' | 'accepted_at' | 'warnings'> {
  warnings: unknown[];
  created_at: Date;
  withdrawn_at: Date | null;
  accepted_at: Date | null;
}

const listSets = sqlFile<ParcelSetRow>('queries/list-parcel-sets');
const countSets = sqlFile<{ matched: number }>('queries/count-parcel-sets');
const setExtent = sqlFile<Parameters<typeof boxOf>[0]>('queries/parcel-set-extent');

export async function pageOfParcelSets(
  db: Kysely<Schema>,
  query: PageRequest & { region_code?: string },
  language: Language,
): Promise<PageOf<ParcelSet>> {
  const filter = { region_code: query.region_code ?? null };
  const question = ['parcel-sets', filter];
  const rows = await listSets.all(db, { ...filter, parcel_set_id: null, ...pageParams(question, query) });
  const { matched } = await countSets.one(db, filter);
  return toPage(
    question,
    query,
    rows,
    matched,
    (row) => row.parcel_set_id,
    (row) => showParcelSet(row, language),
  );
}

export async function oneParcelSet(db: Kysely<Schema>, parcelSetId: string): Promise<ParcelSetRow | undefined> {
  if (!isUuid(parcelSetId)) return undefined;
  const [row] = await listSets.all(db, { parcel_set_id: parcelSetId, region_code: null, ...firstOnly });
  return row;
}

export function showParcelSet(
  { place: _, created_at, withdrawn_at, accepted_at, ...row }: ParcelSetRow,
  language: Language,
): ParcelSet {
  return {
    ...localized(row, language),
    withdrawn_at: withdrawn_at?.toISOString() ?? null,
    accepted_at: accepted_at?.toISOString() ?? null,
    created_at: created_at.toISOString(),
  } as ParcelSet;
}

export async function boxOfSets(db: Kysely<Schema>, regionCode: string, parcelSetIds: string[]): Promise<Box | null> {
  return boxOf(await setExtent.one(db, { region_code: regionCode, parcel_set_ids: parcelSetIds }));
}
