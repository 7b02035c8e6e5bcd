/**
 * One driver for two databases: `pg` and kysely's Postgres dialect always, against a PostGIS server (DATABASE_URL) or against the
 * embedded one, which speaks the same protocol. No code path forks on the kind except where HOUSE says the embedded one lacks something.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { AppError } from '../errors.ts';
import { clientOf } from './embedded-client.ts';
import { type EmbeddedEngine, type EngineLog, startEmbedded } from './embedded-postgis.ts';
import type { Schema } from './schema.ts';

export { asAppError, isConnectionLost, isEngineTrap, isWorthRetry } from './engine-errors.ts';

export interface DatabaseOptions {
  /** a PostgreSQL URL; undefined: the embedded database */
  databaseUrl?: string;
  /** folder of the embedded database; undefined: a temporary one, removed on close */
  dataDir?: string;
  log?: EngineLog;
  poolSize?: number;
  /** ms that connections stay open without work (10,000) */
  idleMs?: number;
  embedded?: { maxStatementMs?: number; maxMemoryBytes?: number; maxIdleInTransactionMs?: number };
}

export interface EngineVersions {
  postgresql: string;
  postgis: string;
  geos: string;
  proj: string;
}

export interface Database {
  db: Kysely<Schema>;
  pool: pg.Pool;
  kind: 'postgis' | 'embedded';
  /** of a server, for threads that open connections of their own; it holds the password */
  url?: string;
  engine: EngineVersions;
  /** the child process of the embedded one; dataDir is its folder of database files, undefined for a temporary one */
  embedded?: Pick<EmbeddedEngine, 'pid' | 'starts' | 'whenReady'> & { dataDir: string | undefined };
  close(): Promise<void>;
}

/**
 * Session settings, sent with the connection. jit off: it costs up to a second on overlay plans and gains nothing there.
 * extra_float_digits 1 gives every digit of a float8; the rest fixes what a server's own configuration might bend.
 */
const sessionOptions = [
  'jit=off',
  'work_mem=64MB',
  'extra_float_digits=1',
  'TimeZone=UTC',
  'DateStyle=ISO',
  'bytea_output=hex',
];

/** Opens and looks at the database; migrating it is `migrate`'s. Errors: `conflict` (folder in use), `validation` (too old, no PostGIS). */
export async function openDatabase(options: DatabaseOptions = {}): Promise<Database> {
  return options.databaseUrl === undefined ? openEmbedded(options) : openServer(options.databaseUrl, options);
}

async function openServer(databaseUrl: string, options: DatabaseOptions): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: options.poolSize ?? 10,
    idleTimeoutMillis: options.idleMs ?? 10_000,
    options: sessionOptions.map((one) => `-c ${one}`).join(' '),
    application_name: 'zhanbu',
  });
  return { ...(await finish(pool, 'postgis', options, async () => {})), url: databaseUrl };
}

async function openEmbedded(options: DatabaseOptions): Promise<Database> {
  const temporary = options.dataDir === undefined ? mkdtempSync(join(tmpdir(), 'zhanbu-data-')) : undefined;
  const removeTemporary = () => {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
  };
  const dataDir = join(temporary ?? options.dataDir ?? '', 'postgis');
  let engine: EmbeddedEngine;
  try {
    engine = await startEmbedded({
      dataDir,
      ...(temporary === undefined ? {} : { temporary }),
      ...(options.log ? { log: options.log } : {}),
      ...options.embedded,
    });
  } catch (error) {
    removeTemporary();
    throw error;
  }
  const pool = new pg.Pool({
    host: engine.host,
    port: engine.port(),
    user: 'postgres',
    database: 'postgres',
    password: engine.password,
    // one engine works for all, so more connections bring nothing
    max: options.poolSize ?? 8,
    Client: clientOf(engine),
  });
  const database = await finish(pool, 'embedded', options, async () => {
    await engine.stop();
    removeTemporary();
  });
  return { ...database, embedded: { ...engine, dataDir: temporary === undefined ? dataDir : undefined } };
}

async function finish(
  pool: pg.Pool,
  kind: Database['kind'],
  options: DatabaseOptions,
  closeEngine: () => Promise<void>,
): Promise<Database> {
  // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
  pool.on('error', (error) => options.log?.warn(`database connection lost: ${error.message}`));
  // A lent connection that breaks between two statements of a transaction tells only itself; the next statement then fails.
  pool.on('connect', (client) =>
    client.on('error', (error) => options.log?.warn(`database connection lost: ${error.message}`)),
  );
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= db.destroy().then(closeEngine);
    return closed;
  };
  try {
    return { db, pool, kind, engine: await readVersions(pool), close };
  } catch (error) {
    await close();
    if (kind === 'postgis' && !(error instanceof AppError)) throw unreachable(pool, error);
    throw error;
  }
}

/** Why a server could not be used, with its place but never its password. */
function unreachable(pool: pg.Pool, error: unknown): Error {
  const { host = '', port = '', database = '' } = new pg.Client(pool.options);
  const why = error instanceof Error ? error.message || (error as { code?: string }).code : String(error);
  const place = `${host}:${port}/${database}`;
  return new Error(
    `连不上 PostGIS 数据库 ${place},请检查 DATABASE_URL 和数据库服务。Cannot use the PostGIS server at ${place}: ${why}`,
    {
      cause: error,
    },
  );
}

async function readVersions(pool: pg.Pool): Promise<EngineVersions> {
  const { rows } = await pool.query<{ number: string; version: string }>(
    `select current_setting('server_version_num') as number, current_setting('server_version') as version`,
  );
  const { number = '0', version = '' } = rows[0] ?? {};
  refuseOldPostgres(Number(number), version);
  await ensurePostgis(pool);
  const found = await pool.query<{ postgis: string; geos: string; proj: string }>(
    'select postgis_lib_version() as postgis, postgis_geos_version() as geos, postgis_proj_version() as proj',
  );
  const { postgis = '0', geos = '', proj = '' } = found.rows[0] ?? {};
  refuseOldPostgis(postgis);
  return { postgresql: version, postgis, geos: geos.split(' ')[0] ?? '', proj: proj.split(' ')[0] ?? '' };
}

/** Below 15 nobody has tried it; `number` is server_version_num. */
export function refuseOldPostgres(number: number, version: string): void {
  if (number >= 150000) return;
  throw new AppError('validation', {
    zh: `数据库 PostgreSQL 版本为 ${version},需要 15 或更高版本,请升级。`,
    en: `PostgreSQL ${version} is too old: 15 or newer is needed. Upgrade the server.`,
  });
}

/** Below 3.3 nobody has tried it. */
export function refuseOldPostgis(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 3 || (major === 3 && minor >= 3)) return;
  throw new AppError('validation', {
    zh: `数据库 PostGIS 版本为 ${version},需要 3.3 或更高版本,请升级后执行 ALTER EXTENSION postgis UPDATE。`,
    en: `PostGIS ${version} is too old: 3.3 or newer is needed. Upgrade it and run ALTER EXTENSION postgis UPDATE.`,
  });
}

/** Makes the extension where the role may; two processes that start at once may both try, and one of them meets the other's. */
async function ensurePostgis(pool: pg.Pool): Promise<void> {
  const installed = `select from pg_extension where extname = 'postgis'`;
  if ((await pool.query(installed)).rowCount === 1) return;
  try {
    await pool.query('create extension if not exists postgis');
  } catch (error) {
    if ((await pool.query(installed)).rowCount === 1) return;
    throw new AppError(
      'validation',
      {
        zh: '数据库中没有 PostGIS 扩展,当前用户也无权安装。请由管理员在该数据库中执行 CREATE EXTENSION postgis。',
        en: 'The database has no PostGIS and this role may not install it. Have an administrator run CREATE EXTENSION postgis in it.',
      },
      undefined,
      { cause: error },
    );
  }
}
