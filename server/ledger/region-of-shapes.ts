/** Which county the items of a request are of, where it says none. */
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import { AppError } from '../errors.ts';

const regionRows = sqlFile<{ region_code: string }>('queries/regions-of-shapes');

/** undefined where no county has such a shape. AppError `validation` where several have. */
export async function regionOfShapes(
  db: Kysely<Schema>,
  items: readonly { geometry_hash: string }[],
): Promise<string | undefined> {
  const hashes = [...new Set(items.map((item) => item.geometry_hash))];
  const found = await regionRows.all(db, { geometry_hashes: hashes });
  if (found.length < 2) return found[0]?.region_code;
  const candidates = found.map((row) => row.region_code);
  throw new AppError(
    'validation',
    {
      zh: `几个县都有这样的地块（${candidates.join('、')} 等），请给出 region_code 或 run_id。`,
      en: `Several counties have such parcels (${candidates.join(', ')} …); give region_code or run_id.`,
    },
    { field: 'region_code', candidates },
  );
}
