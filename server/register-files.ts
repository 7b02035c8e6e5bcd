/** `register`, `register-template`, `projects`: the same functions as behind HTTP, on the database given or the one in DATA_DIR. */
import { writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bad, existing, unitOf } from './arguments.ts';
import type { Config } from './config.ts';
import { type Database, openDatabase } from './database/connect.ts';
import { migrate } from './database/migrate.ts';
import { AppError } from './errors.ts';
import { csvTemplate, templateHeads, xlsxTemplate } from './exports/register-template.ts';
import { localized } from './http/localized.ts';
import { receiveRegister } from './intake/register/receive-register.ts';
import { certifiedBalance } from './verification/certified.ts';
import type { Manifest } from './verification/manifest.ts';

type Command = (config: Config, args: string[]) => Promise<object>;

export const registerCommands: Record<'register' | 'register-template' | 'projects', Command> = {
  register: takeRegister,
  'register-template': writeTemplate,
  projects: projectsOfRun,
};

/** What was taken, as the job of an upload answers it. */
async function takeRegister(config: Config, args: string[]): Promise<object> {
  const values = read(args, ['file', 'region', 'unit', 'encoding', 'sheet', 'database-url'], ['dry-run']);
  if (values['file'] === undefined) throw bad('--file', '缺少登记文件 (no register file)');
  const path = existing(values['file'], '--file');
  const received = await onDatabase(config, values['database-url'], (database) =>
    receiveRegister(
      { database, config },
      {
        path,
        fileName: basename(path),
        regionCode: values['region'],
        unit: values['unit'] === undefined ? undefined : unitOf(values['unit'], '--unit'),
        encoding: values['encoding'],
        sublayer: values['sheet'],
        dryRun: values['dry-run'] !== undefined,
      },
    ),
  );
  return localized(received, 'zh');
}

async function writeTemplate(_config: Config, args: string[]): Promise<object> {
  const values = read(args, ['out', 'unit']);
  const out = values['out'];
  const unit = unitOf(values['unit'] ?? 'ha', '--unit');
  if (out === undefined || !/\.(xlsx|csv)$/i.test(out))
    throw bad('--out', '应为 .xlsx 或 .csv 文件名 (a name in .xlsx or .csv)');
  const file = resolve(out);
  writeFileSync(file, /\.csv$/i.test(out) ? csvTemplate(unit) : await xlsxTemplate(unit));
  return { file, columns: templateHeads(unit) };
}

async function projectsOfRun(config: Config, args: string[]): Promise<object> {
  const values = read(args, ['run', 'database-url']);
  const runId = values['run'];
  if (runId === undefined) throw bad('--run', '缺少核查编号 (no run)');
  const unknown = new AppError('not-found', { zh: `没有核查 ${runId}`, en: `No run ${runId}` }, { field: '--run' });
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(runId)) throw unknown;
  return onDatabase(config, values['database-url'], async ({ db }) => {
    const run = await db
      .selectFrom('run')
      .select(['region_code', 'run_id', 'state', 'manifest'])
      .where('run_id', '=', runId)
      .executeTakeFirst();
    if (!run) throw unknown;
    if (run.state !== 'succeeded')
      throw new AppError('conflict', {
        zh: `核查 ${runId} 尚无结果（${run.state}）`,
        en: `Run ${runId} has no results (${run.state})`,
      });
    return localized(await certifiedBalance(db, run, run.manifest as unknown as Manifest), 'zh');
  });
}

function read(args: string[], names: string[], flags: string[] = []): Record<string, string | undefined> {
  const options = Object.fromEntries([
    ...names.map((name) => [name, { type: 'string' as const }]),
    ...flags.map((name) => [name, { type: 'boolean' as const }]),
  ]);
  try {
    const { values } = parseArgs({ args, options });
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
  } catch (error) {
    throw bad('', error instanceof Error ? error.message : String(error));
  }
}

async function onDatabase<T>(
  config: Config,
  databaseUrl: string | undefined,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await openDatabase({
    databaseUrl: databaseUrl ?? config.databaseUrl,
    dataDir: resolve(config.dataDir, 'database'),
  });
  try {
    await migrate(database);
    return await work(database);
  } finally {
    await database.close();
  }
}
