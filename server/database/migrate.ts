/**
 * Brings a database to what this code needs: numbered migrations once each, then functions and views whenever their text changed.
 * All in one transaction: a failed migration leaves the database as it was.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CompiledQuery, type Transaction } from 'kysely';
import { AppError } from '../errors.ts';
import type { Database } from './connect.ts';
import { backUpFolder } from './engine-folder.ts';
import type { Schema } from './schema.ts';
import { listSqlFiles, sqlFolder } from './sql-file.ts';

export interface SqlText {
  /** file name without .sql: `0001_base`, or `land-use-mask` */
  name: string;
  sql: string;
  sha256: string;
}

export interface SqlTexts {
  migrations: SqlText[];
  functions: SqlText[];
  views: SqlText[];
}

/** Any number will do as long as every version of the program takes the same: two processes then migrate one after the other. */
const migrationLock = 4_490_500_242;

export function readSqlTexts(folder = sqlFolder): SqlTexts {
  const read = (under: string) =>
    listSqlFiles(under, folder).map((name): SqlText => {
      const sql = readFileSync(join(folder, `${name}.sql`), 'utf8').replaceAll('\r\n', '\n');
      return { name: basename(name), sql, sha256: createHash('sha256').update(sql).digest('hex') };
    });
  return { migrations: read('migrations'), functions: read('functions'), views: read('views') };
}

/** Names of the migrations and of the groups (`functions`) applied now; empty where the database was up to date. */
export async function migrate(database: Database, texts = readSqlTexts()): Promise<{ applied: string[] }> {
  await backUpFirst(database, texts.migrations);
  return database.db.transaction().execute(async (trx) => {
    // On the embedded engine all clients share one session, so this lock holds nobody there; its folder lock keeps others out.
    await run(trx, `select pg_advisory_xact_lock(${migrationLock})`);
    await run(trx, 'set local check_function_bodies = off');
    await run(
      trx,
      `create table if not exists schema_migration (name text primary key, sha256 text not null, applied_at timestamptz not null default now())`,
    );
    const applied = [...(await applyMigrations(trx, texts.migrations)), ...(await applyDefinitions(trx, texts))];
    return { applied };
  });
}

/**
 * A migration that succeeds may still be wrong. The embedded folder is copied before a database in use is changed; of a server, its
 * administrator keeps the backups.
 */
async function backUpFirst(database: Database, migrations: SqlText[]): Promise<void> {
  const dataDir = database.embedded?.dataDir;
  if (dataDir === undefined) return;
  const found = await database.pool.query<{ known: boolean }>(
    `select to_regclass('schema_migration') is not null as known`,
  );
  if (found.rows[0]?.known !== true) return;
  const { rows } = await database.pool.query<{ name: string }>('select name from schema_migration');
  const done = new Set(rows.map((row) => row.name));
  const next = migrations.find((migration) => !done.has(migration.name));
  if (next === undefined) return;
  await database.pool.query('checkpoint');
  backUpFolder(dataDir, next.name);
}

async function applyMigrations(trx: Transaction<Schema>, migrations: SqlText[]): Promise<string[]> {
  const rows = await run<{ name: string; sha256: string }>(
    trx,
    'select name, sha256 from schema_migration order by name',
  );
  const done = new Map(rows.filter((row) => /^\d{4}_/.test(row.name)).map((row) => [row.name, row.sha256]));
  const known = new Set(migrations.map((m) => m.name));
  const newer = [...done.keys()].filter((name) => !known.has(name));
  if (newer.length > 0) {
    throw new AppError('conflict', {
      zh: `数据库比本程序新(其中已有本程序不认识的升级 ${newer.join('、')})。请换用建立该数据库的程序版本或更新的版本。`,
      en: `The database is newer than this program (it holds migrations this program does not know: ${newer.join(', ')}). Use the version that made it, or a later one.`,
    });
  }
  const applied: string[] = [];
  for (const migration of migrations) {
    const before = done.get(migration.name);
    if (before === migration.sha256) continue;
    if (before !== undefined) {
      throw new AppError('conflict', {
        zh: `升级脚本 ${migration.name} 在执行之后被改动过。请恢复原文件,把改动写成新的升级脚本。`,
        en: `Migration ${migration.name} was edited after it had been applied. Restore the file and write the change as a new migration.`,
      });
    }
    if (applied.length === 0 && [...done.keys()].some((name) => name > migration.name)) {
      throw new AppError('conflict', {
        zh: `升级脚本 ${migration.name} 的编号小于数据库中已执行的脚本。请给它一个更大的编号。`,
        en: `Migration ${migration.name} is numbered below one that was already applied. Give it a higher number.`,
      });
    }
    await run(trx, migration.sql);
    await record(trx, migration.name, migration.sha256);
    applied.push(migration.name);
  }
  return applied;
}

/**
 * Functions and views are dropped and made anew together, since `create or replace` cannot change a result type. The convention that
 * sql/functions/land-use-mask.sql defines land_use_mask tells what to drop, and nothing else in the schema is touched.
 */
async function applyDefinitions(trx: Transaction<Schema>, { functions, views }: SqlTexts): Promise<string[]> {
  const sha256 = createHash('sha256')
    .update([...functions, ...views].map((text) => `${text.name} ${text.sha256}\n`).join(''))
    .digest('hex');
  const before = await run<{ sha256: string }>(trx, `select sha256 from schema_migration where name = 'functions'`);
  if (before[0]?.sha256 === sha256) return [];
  for (const view of [...views].reverse()) await run(trx, `drop view if exists ${identifier(view.name)}`);
  for (const text of functions) {
    const old = await run<{ signature: string }>(
      trx,
      'select p.oid::regprocedure::text as signature from pg_proc p where p.proname = $1 and p.pronamespace = current_schema()::regnamespace',
      [identifier(text.name)],
    );
    for (const { signature } of old) await run(trx, `drop routine ${signature}`);
  }
  for (const text of [...functions, ...views]) await run(trx, text.sql);
  await record(trx, 'functions', sha256);
  return ['functions'];
}

function identifier(name: string): string {
  const words = name.replaceAll('-', '_');
  if (!/^[a-z][a-z0-9_]*$/.test(words))
    throw new Error(`sql file name ${name} is no lower-case name of a function or view`);
  return words;
}

async function record(trx: Transaction<Schema>, name: string, sha256: string): Promise<void> {
  await run(
    trx,
    'insert into schema_migration (name, sha256) values ($1, $2) on conflict (name) do update set sha256 = excluded.sha256, applied_at = now()',
    [name, sha256],
  );
}

async function run<Row>(trx: Transaction<Schema>, sql: string, values: unknown[] = []): Promise<Row[]> {
  return (await trx.executeQuery<Row>(CompiledQuery.raw(sql, values))).rows;
}
