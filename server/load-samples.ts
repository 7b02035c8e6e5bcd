/** The sample county, loaded at the first start: the files a bureau would upload, received and verified as any other. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Config } from './config.ts';
import type { Database } from './database/connect.ts';
import { refreshStatistics } from './database/statistics.ts';
import { receiveLayer } from './intake/receive-layer.ts';
import { receiveParcels } from './intake/receive-parcels.ts';
import { createRun } from './verification/create-run.ts';
import { executeRun } from './verification/run.ts';

interface SampleFile {
  file: string;
  name: string;
  /** false: part of the samples, but not of what a first start shows */
  load?: boolean;
}

export interface SampleCounty {
  region: { code: string; name: string };
  folder: string;
  parcels: SampleFile[];
  layers: (SampleFile & { type: string; year?: number })[];
  runs: { id: string; parcels: string[]; layers: string[]; params: Record<string, Record<string, unknown>> }[];
}

const samplesFolder = new URL('../data-samples/', import.meta.url);

export function sampleCounty(): SampleCounty {
  return JSON.parse(readFileSync(new URL('county.json', samplesFolder), 'utf8')) as SampleCounty;
}

export function samplePath(county: SampleCounty, file: string): string {
  return fileURLToPath(new URL(`${county.folder}/${file}`, samplesFolder));
}

/** Loads and verifies the sample county unless it is there. Its region code is fictitious, so that it never meets real uploads. */
export async function loadSamples(
  deps: { database: Database; config: Config },
  say: (line: string) => void,
): Promise<void> {
  const county = sampleCounty();
  const regionCode = county.region.code;
  const { db } = deps.database;
  const ran = await db
    .selectFrom('run')
    .select('run_id')
    .where('region_code', '=', regionCode)
    .where('state', '=', 'succeeded')
    .executeTakeFirst();
  if (ran) return;
  await db
    .insertInto('region')
    .values({ region_code: regionCode, name: county.region.name })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  say(`正在载入示例县 ${county.region.name} …`);
  const layerIds: string[] = [];
  for (const { file, load, ...labels } of county.layers) {
    if (load === false) continue;
    const layer = await receiveLayer(deps, {
      ...labels,
      path: samplePath(county, file),
      fileName: file,
      regionCode,
      source: 'data-samples',
    });
    layerIds.push(layer.layer_id);
  }
  const parcelSetIds: string[] = [];
  for (const { file, load, name } of county.parcels) {
    if (load === false) continue;
    const set = await receiveParcels(deps, { path: samplePath(county, file), fileName: file, name, regionCode });
    parcelSetIds.push(set.parcel_set_id);
  }
  const run = await createRun(deps, { parcelSetIds, layerIds });
  const summary = await executeRun(deps, run);
  for (const tables of ['parcels', 'layers', 'runs'] as const) await refreshStatistics(deps.database, tables);
  say(`示例县已核查：${summary.parcel_count} 个地块，${summary.by_verdict.non_compliant} 个疑似问题`);
}
