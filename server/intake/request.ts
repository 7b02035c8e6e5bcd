/** What a request to receive a file can be judged by before the file is read; and what receiving needs to work. */
import type { Config } from '../config.ts';
import type { Database } from '../database/connect.ts';
import { sqlFile } from '../database/sql-file.ts';
import { AppError } from '../errors.ts';
import type { SourceOptions } from './source-types.ts';

export interface ReceiveDeps {
  database: Database;
  config: Config;
}

const regionExtent = sqlFile<{ west: number; south: number; east: number; north: number }>(
  'queries/intake-region-extent',
);

/** Options of reading as asked; where the region's boundary is stored, its extent helps to tell coordinate systems apart. */
export async function sourceOptions(
  deps: ReceiveDeps,
  region: string,
  asked: { srid?: number; encoding?: string; sublayer?: string },
): Promise<SourceOptions> {
  const [county] = await regionExtent.all(deps.database.db, { region_code: region });
  return {
    ...(asked.srid === undefined ? {} : { srid: asked.srid }),
    ...(asked.encoding === undefined ? {} : { encoding: asked.encoding }),
    ...(asked.sublayer === undefined ? {} : { sublayer: asked.sublayer }),
    ...(county === undefined ? {} : { near: [county.west, county.south, county.east, county.north] }),
  };
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `validation` where a list of set ids holds something else. */
export function checkSetIds(ids: readonly string[] | undefined): void {
  const wrong = ids?.find((id) => !uuid.test(id));
  if (wrong === undefined) return;
  throw new AppError(
    'validation',
    { zh: `replaces 中的“${wrong}”不是地块集编号`, en: `"${wrong}" in replaces is no parcel set id` },
    { field: 'replaces' },
  );
}
