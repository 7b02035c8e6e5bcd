/** The process: settings from the environment, the database, the jobs, a port, and an orderly end. */
import { mkdir } from 'node:fs/promises';
import { enableCompileCache } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buildApp, jobKinds, runHelper } from './app.ts';
import { type Config, readConfig } from './config.ts';
import { type Database, openDatabase } from './database/connect.ts';
import { migrate } from './database/migrate.ts';
import { AppError } from './errors.ts';
import { sweepUploads } from './http/sweep-uploads.ts';
import { openUploads } from './http/uploads/uploads.ts';
import { sweepUnfinished } from './intake/loading.ts';
import { startJobs } from './jobs/queue.ts';
import { tilesOf } from './tiles/tiles.ts';
import { IdleThreads } from './verification/compute-threads.ts';

export interface Serving {
  /** where to open the page */
  address: string;
  database: Database;
  /** stops taking requests, puts jobs back, closes the database */
  close(): Promise<void>;
}

const hour = 3600 * 1000;

/** Starts the whole service. AppError `conflict` where another process holds the data folder. */
export async function startService(config: Config): Promise<Serving> {
  await mkdir(config.dataDir, { recursive: true });
  const undo: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const log = consoleLog(config.logLevel);
    const database = await openDatabase({
      dataDir: join(config.dataDir, 'database'),
      log,
      ...(config.databaseUrl === undefined ? {} : { databaseUrl: config.databaseUrl }),
    });
    undo.push(() => database.close());
    await migrate(database);
    const alone = database.kind === 'embedded';
    await sweepUnfinished(database);
    const uploads = openUploads({ database, config });
    const sweep = async (minAgeMs: number) => {
      await uploads.sweep();
      await sweepUploads(database.db, config.dataDir, minAgeMs);
    };
    await sweep(alone ? 0 : hour);
    const helper = runHelper({ database, config, log });
    undo.push(() => helper.stop());
    const idleThreads = new IdleThreads(config);
    undo.push(() => idleThreads.close());
    const jobs = await startJobs({ database, kinds: jobKinds({ database, config, idleThreads }, helper), log });
    undo.push(() => jobs.stop());
    const app = await buildApp({ database, config, jobs, logger: { level: config.logLevel } });
    undo.push(() => app.close());
    const sweeping = setInterval(() => {
      sweep(hour).catch((error: unknown) => app.log.warn({ err: error }, 'could not sweep uploads'));
    }, hour);
    undo.push(async () => clearInterval(sweeping));
    await app.listen({ host: config.host, port: config.port });
    // where that fails, or the service ends before, whoever looks reads it
    tilesOf(database.db)
      .indexNewestRun()
      .catch(() => undefined);
    const { port } = app.server.address() as AddressInfo;
    return { address: `http://${shownHost(config.host)}:${port}/`, database, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** 0.0.0.0 and :: listen everywhere, but no browser opens them. */
function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** Runs until it is told to stop (SIGTERM, SIGINT); a start that fails ends the process, with the reason in words. */
export async function serve(config = readConfig(process.env)): Promise<Serving> {
  // for the parsers, each a process of its own; in the data folder, where nobody else can put code
  enableCompileCache(join(config.dataDir, 'compiled'));
  const serving = await startService(config).catch((error: unknown) => {
    process.stderr.write(`${inWords(error, config)}\n`);
    process.exit(1);
  });
  process.stdout.write(`占补核查 ${serving.address}\n`);
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(1);
    stopping = true;
    // a request that will not end does not keep the process for ever
    setTimeout(() => process.exit(1), 120_000).unref();
    serving.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${inWords(error, config)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  return serving;
}

function inWords(error: unknown, config: Config): string {
  if (error instanceof AppError) return `${error.detail.zh}\n${error.detail.en}`;
  if ((error as { code?: unknown }).code === 'EADDRINUSE') {
    return `端口 ${config.port} 已被占用，请用环境变量 PORT 换一个端口。\nPort ${config.port} is taken; set PORT to another one.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function consoleLog(level: string) {
  const quiet = level === 'silent';
  const write = (name: string) => (first: object | string, message?: string) => {
    if (quiet) return;
    const detail = typeof first === 'string' ? { msg: first } : { ...plain(first), msg: message };
    process.stderr.write(`${JSON.stringify({ level: name, time: Date.now(), ...detail })}\n`);
  };
  return { info: write('info'), warn: write('warn'), error: write('error') };
}

/** Errors whole: JSON.stringify alone would write {}. */
function plain(detail: object): object {
  return Object.fromEntries(
    Object.entries(detail).map(([key, value]) => [
      key,
      value instanceof Error ? { ...value, message: value.message, stack: value.stack } : value,
    ]),
  );
}

if (import.meta.main) await serve();
