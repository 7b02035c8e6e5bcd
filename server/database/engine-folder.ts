/**
 * The files of the embedded database before the engine opens them. A first start (initdb, create extension) takes 8 s, so the fresh
 * folder is kept as a template under node_modules/.cache and later first starts copy it: 2 s. A first start that was interrupted
 * leaves a marker beside the folder and is begun again, since half a database looks like a whole one.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** pglite 0.5 is PostgreSQL 18; another major cannot read its files */
export const engineMajor = '18';

export interface FolderState {
  fresh: boolean;
  /** the major version that wrote it, where it is not ours */
  foreignMajor?: string;
}

const markerOf = (dataDir: string) => `${dataDir}.initialising`;

/** Leaves the folder holding a database, or empty and marked for initdb. The caller holds the folder's lock. */
export function prepareFolder(dataDir: string, template: string | undefined): FolderState {
  const marker = markerOf(dataDir);
  const versionFile = join(dataDir, 'PG_VERSION');
  if (existsSync(versionFile) && !existsSync(marker)) {
    const major = readFileSync(versionFile, 'utf8').trim();
    return major === engineMajor ? { fresh: false } : { fresh: false, foreignMajor: major };
  }
  writeFileSync(marker, '');
  for (const entry of readdirSync(dataDir)) rmSync(join(dataDir, entry), { recursive: true, force: true });
  if (template !== undefined && existsSync(join(template, 'PG_VERSION')))
    cpSync(template, dataDir, { recursive: true });
  return { fresh: true };
}

/** After initdb and a checkpoint, while the engine is idle: the folder is a database from now on, and the template of the next. */
export function settleFolder(dataDir: string, template: string | undefined): void {
  rmSync(markerOf(dataDir), { force: true });
  if (template === undefined || existsSync(template)) return;
  // A cache that cannot be written costs the next first start 6 s, nothing else.
  const draft = `${template}.${Date.now()}`;
  try {
    mkdirSync(dirname(template), { recursive: true });
    cpSync(dataDir, draft, { recursive: true });
    renameSync(draft, template);
  } catch {
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * A copy beside the folder, as it was before a migration: `postgis.before-0007_words`. The engine must be idle behind a checkpoint.
 * One is kept, since each is as large as the database. To go back, stop the program and put the copy in the folder's place.
 */
export function backUpFolder(dataDir: string, label: string): string {
  const target = `${dataDir}.before-${label}`;
  const older = readdirSync(dirname(dataDir)).filter((name) => name.startsWith(`${basename(dataDir)}.before-`));
  rmSync(`${target}.part`, { recursive: true, force: true });
  cpSync(dataDir, `${target}.part`, { recursive: true });
  for (const name of older) rmSync(join(dirname(dataDir), name), { recursive: true, force: true });
  renameSync(`${target}.part`, target);
  return target;
}

/** node_modules/.cache/zhanbu/<versions>: a fresh database of just these engine versions. Without a node_modules of our own there is no template. */
export function templateFolder(): string | undefined {
  const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url));
  try {
    const version = (name: string) =>
      (JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')) as { version: string }).version;
    const name = `embedded-${version('@electric-sql/pglite')}-${version('@electric-sql/pglite-postgis')}`;
    return join(modules, '.cache', 'zhanbu', name);
  } catch {
    return undefined;
  }
}
