/** Both databases for a suite, each open() giving a fresh one with all migrations applied, closed when the file is done. */
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, inject } from 'vitest';
import { type Database, type DatabaseOptions, openDatabase } from '../../server/database/connect.ts';
import { requirePart } from './parts.ts';

export type DatabaseKind = Database['kind'];
export type OpenDatabase = (options?: Pick<DatabaseOptions, 'embedded' | 'log' | 'poolSize'>) => Promise<Database>;

/** `eachDatabase('receiving parcels', (open) => { … })`: the suite once per database; PostGIS is skipped by name where it is not installed. */
export function eachDatabase(name: string, suite: (open: OpenDatabase, kind: DatabaseKind) => void): void {
  onDatabase('embedded', name, suite);
  onDatabase('postgis', name, suite);
}

/** The same on one of them alone. */
export function onDatabase(
  kind: DatabaseKind,
  name: string,
  suite: (open: OpenDatabase, kind: DatabaseKind) => void,
): void {
  const describeIt = kind === 'postgis' ? requirePart('postgis') : requirePart();
  describeIt(`${name} (${kind})`, () => {
    const opened: Database[] = [];
    const folders: string[] = [];
    afterAll(async () => {
      for (const database of opened) await database.close();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    });
    suite(async (options = {}) => {
      const place = await askKeeper(kind);
      if (kind === 'embedded') folders.push(place);
      const database = await openDatabase({
        ...(kind === 'postgis' ? { databaseUrl: place } : { dataDir: place }),
        ...options,
      });
      opened.push(database);
      return database;
    }, kind);
  });
}

/** A fresh database's URL (postgis) or folder (embedded) that nothing has open yet: for the command line and for processes. */
export async function freshPlace(kind: DatabaseKind): Promise<string> {
  return askKeeper(kind);
}

/** A data folder as the service takes it, with such a fresh embedded database in it. Whoever asks removes it. */
export async function freshDataDir(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'zhanbu-data-'));
  renameSync(await freshPlace('embedded'), join(dataDir, 'database'));
  return dataDir;
}

function askKeeper(kind: DatabaseKind): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: inject('databaseKeeper'), path: `/${kind}` }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => (response.statusCode === 200 ? resolve(text) : reject(new Error(text))));
    });
    asked.on('error', reject);
    asked.end();
  });
}
