/**
 * What all test files of one run share, made when the first asks for it: a PostGIS cluster with a migrated template database, and a
 * migrated folder of the embedded database. Runs in vitest's main process; test files ask over a unix socket (support/databases.ts).
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../server/database/connect.ts';
import { migrate, readSqlTexts } from '../../server/database/migrate.ts';
import { type Cluster, startCluster } from './cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    databaseKeeper: string;
  }
}

const cache = fileURLToPath(new URL('../../node_modules/.cache/zhanbu/', import.meta.url));

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'zhanbu-test-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  let cluster: Promise<Cluster> | undefined;
  let template: Promise<string> | undefined;
  let count = 0;

  async function freshServerDatabase(): Promise<string> {
    cluster ??= startCluster().then(async (started) => {
      await onServer(started, 'create database zhanbu_template');
      const database = await openDatabase({ databaseUrl: started.url('zhanbu_template') });
      await migrate(database);
      await database.close();
      return started;
    });
    const name = `t${++count}`;
    // one at a time: PostgreSQL copies a template only while nobody else is in it
    await onServer(await cluster, `create database ${name} template zhanbu_template`);
    return (await cluster).url(name);
  }

  async function freshEmbeddedFolder(): Promise<string> {
    template ??= embeddedTemplate();
    const target = join(folder, `e${++count}`);
    cpSync(await template, target, { recursive: true });
    return target;
  }

  const socket = join(folder, 'keeper');
  const server = createServer((request, response) => {
    const work = request.url === '/postgis' ? freshServerDatabase() : freshEmbeddedFolder();
    work.then(
      (answer) => response.end(answer),
      (error: unknown) => {
        response.statusCode = 500;
        response.end(error instanceof Error ? (error.stack ?? error.message) : String(error));
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  project.provide('databaseKeeper', socket);
  return async () => {
    server.close();
    server.closeAllConnections();
    await (await cluster?.catch(() => undefined))?.stop();
    process.off('exit', removeFolder);
    removeFolder();
  };
}

async function onServer(cluster: Cluster, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: cluster.url('postgres') });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Kept from run to run under the checksum of all SQL; made in a folder of its own, so that two runs at once do not meet. */
async function embeddedTemplate(): Promise<string> {
  const { migrations, functions, views } = readSqlTexts();
  const { createHash } = await import('node:crypto');
  const key = createHash('sha256')
    .update([...migrations, ...functions, ...views].map((text) => text.sha256).join())
    .digest('hex');
  const target = join(cache, `test-${key.slice(0, 16)}`);
  if (existsSync(target)) return target;
  mkdirSync(cache, { recursive: true });
  forgetOldTemplates();
  const draft = mkdtempSync(join(cache, 'draft-'));
  const database = await openDatabase({ dataDir: draft });
  await migrate(database);
  await database.pool.query('checkpoint');
  await database.close();
  try {
    renameSync(draft, target);
  } catch {
    // another run was quicker
    rmSync(draft, { recursive: true, force: true });
  }
  return target;
}

/** 62 MB each, one for every state that the SQL was ever in: those not of the last two hours go. */
function forgetOldTemplates(): void {
  for (const name of readdirSync(cache).filter((entry) => /^(test|draft)-/.test(entry))) {
    const path = join(cache, name);
    const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - made > 2 * 3600 * 1000) rmSync(path, { recursive: true, force: true });
  }
}
