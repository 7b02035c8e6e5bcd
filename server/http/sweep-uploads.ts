/** Uploaded files that nothing refers to, and parts of uploads that broke off, are taken away (THREATS T23, T25). */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import { temporaryPrefix, uploadsFolder } from './uploads/stored-file.ts';

const uploadsKept = sqlFile<{ sha256: string }>('queries/uploads-kept');

/**
 * Gives the number of files removed. Files younger than `minAgeMs` stay: between an upload's last byte and its job another
 * request, or another server on the same folder, may be at work.
 */
export async function sweepUploads(db: Kysely<Schema>, dataDir: string, minAgeMs: number): Promise<number> {
  const folder = uploadsFolder(dataDir);
  const names = await readdir(folder).catch((): string[] => []);
  const hashes = names.filter((name) => /^[0-9a-f]{64}$/.test(name));
  const kept = new Set((await uploadsKept.all(db, { sha256: hashes })).map((row) => row.sha256));
  let removed = 0;
  for (const name of names) {
    if (!name.startsWith(temporaryPrefix) && !(hashes.includes(name) && !kept.has(name))) continue;
    const path = join(folder, name);
    const age = await stat(path).then(
      (file) => Date.now() - file.mtimeMs,
      () => -1,
    );
    // a part that is being written is younger than its last byte
    if (age < minAgeMs) continue;
    await rm(path, { force: true });
    removed++;
  }
  return removed;
}
