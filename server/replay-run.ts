/** `replay`: a finished run of the database given, or of the one in DATA_DIR, computed again and compared. */
import { resolve } from 'node:path';
import type { Config } from './config.ts';
import { openDatabase } from './database/connect.ts';
import { migrate } from './database/migrate.ts';
import { AppError } from './errors.ts';
import { type Replay, replayRun } from './verification/replay.ts';

export async function replayRunOf(config: Config, runId: string): Promise<Replay> {
  const unknown = new AppError('not-found', { zh: `没有核查 ${runId}`, en: `No run ${runId}` }, { field: '--run' });
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(runId)) throw unknown;
  const database = await openDatabase({
    databaseUrl: config.databaseUrl,
    dataDir: resolve(config.dataDir, 'database'),
  });
  try {
    await migrate(database);
    const run = await database.db
      .selectFrom('run')
      .select(['region_code', 'run_id'])
      .where('run_id', '=', runId)
      .executeTakeFirst();
    if (!run) throw unknown;
    return await replayRun({ database, config }, run);
  } finally {
    await database.close();
  }
}
