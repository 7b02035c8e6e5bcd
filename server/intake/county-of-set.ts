/** In which county the parcels of a set lie, held against the one they are kept under. */
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import type { Warning } from './source-types.ts';

const meetsBoundary = sqlFile<{ known: boolean; meets: boolean }>('queries/intake-meets-boundary');
const liesIn = sqlFile<{ region_code: string; parcels: number; of_parcels: number }>('queries/intake-lies-in');

/** A wrong zone prefix or a neighbour's file puts the whole set elsewhere; the boundary knows. */
export async function outsideRegion(
  db: Kysely<Schema>,
  key: { region_code: string; parcel_set_id: string },
): Promise<Warning[]> {
  const { known, meets } = await meetsBoundary.one(db, key);
  if (known && meets) return [];
  const [other] = await liesIn.all(db, key);
  if (other !== undefined)
    return [
      {
        code: 'lies-in-other-county',
        message: {
          zh: `本批地块按行政区 ${key.region_code} 入库，${other.of_parcels} 个地块中却有 ${other.parcels} 个位于 ${other.region_code} 的县界之内，请核对项目编号、行政区代码或坐标系`,
          en: `The set is kept under county ${key.region_code}, but ${other.parcels} of ${other.of_parcels} parcels lie within the boundary of ${other.region_code}; check the project codes, the region code or the coordinate system`,
        },
        where: { candidates: [other.region_code] },
      },
    ];
  if (!known) return [];
  return [
    {
      code: 'outside-region',
      message: {
        zh: `全部地块都在行政区 ${key.region_code} 的县界之外，请检查坐标系、带号或行政区代码`,
        en: `All parcels lie outside the boundary of region ${key.region_code}; check the coordinate system, the zone or the region code`,
      },
    },
  ];
}
