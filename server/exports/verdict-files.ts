/**
 * The files the command line writes (CONTRACT §4): verdicts.geojson, verdicts.csv, summary.json, manifest.json; and projects.json, the
 * parcels against what is certified, where the run pins a project register.
 */
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Kysely } from 'kysely';
import { checks } from '../checks/index.ts';
import type { Schema } from '../database/schema.ts';
import type { RunSummary } from '../domain/verdict-feature.ts';
import { certifiedBalance } from '../verification/certified.ts';
import type { Manifest } from '../verification/manifest.ts';
import { streamVerdicts } from '../verification/read-verdicts.ts';
import type { RunKey } from '../verification/run-context.ts';
import { exportFormats } from './index.ts';

/** Writes the files into an existing folder and returns the summary with `total_s`, taken when the tables are written. */
export async function writeVerdictFiles(
  db: Kysely<Schema>,
  key: RunKey,
  summary: RunSummary,
  manifest: Manifest,
  folder: string,
  totalSeconds: () => number,
): Promise<RunSummary> {
  const run = {
    ...key,
    created_at: new Date(manifest.created_at),
    summary,
    manifest: manifest as unknown as Record<string, unknown>,
  };
  for (const id of ['geojson', 'csv'] as const) {
    const bytes = exportFormats[id].write({
      run,
      rows: () => streamVerdicts(db, key),
      checks,
      language: 'zh',
      options: {},
    });
    await pipeline(Readable.from(bytes), createWriteStream(join(folder, `verdicts.${id}`)));
  }
  await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  if (manifest.register !== undefined) {
    const balance = await certifiedBalance(db, key, manifest);
    await writeFile(join(folder, 'projects.json'), `${JSON.stringify(balance, null, 2)}\n`);
  }
  const whole = { ...summary, total_s: totalSeconds() };
  await writeFile(join(folder, 'summary.json'), `${JSON.stringify(whole, null, 2)}\n`);
  return whole;
}
