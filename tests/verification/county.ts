/** The files of the sample county and of the test county, received once per database, and runs over them. */
import { readConfig } from '../../server/config.ts';
import type { Database } from '../../server/database/connect.ts';
import { refreshStatistics } from '../../server/database/statistics.ts';
import type { RunSummary, VerdictFeature } from '../../server/domain/verdict-feature.ts';
import { receiveLayer } from '../../server/intake/receive-layer.ts';
import { receiveParcels } from '../../server/intake/receive-parcels.ts';
import { sampleCounty, samplePath } from '../../server/load-samples.ts';
import { createRun } from '../../server/verification/create-run.ts';
import { streamVerdicts, toFeature } from '../../server/verification/read-verdicts.ts';
import { executeRun } from '../../server/verification/run.ts';
import { sharedData } from '../support/shared-data.ts';

export const config = readConfig({ LOG_LEVEL: 'silent' });

export interface Loaded {
  database: Database;
  /** parcel sets and layers by file name */
  sets: Map<string, string>;
  layers: Map<string, string>;
}

export async function loadSampleCounty(database: Database): Promise<Loaded> {
  const county = sampleCounty();
  const deps = { database, config };
  const loaded: Loaded = { database, sets: new Map(), layers: new Map() };
  for (const { file, load: _, ...labels } of county.layers) {
    const layer = await receiveLayer(deps, {
      ...labels,
      path: samplePath(county, file),
      fileName: file,
      regionCode: county.region.code,
    });
    loaded.layers.set(file, layer.layer_id);
  }
  for (const { file } of county.parcels) {
    const set = await receiveParcels(deps, {
      path: samplePath(county, file),
      fileName: file,
      regionCode: county.region.code,
    });
    loaded.sets.set(file, set.parcel_set_id);
  }
  await asBehindUploads(database);
  return loaded;
}

/** The test county of ../shared: 655 parcels, red line, two land-use years, 30 m slope. */
export async function loadYouyangDemo(database: Database): Promise<Loaded> {
  const deps = { database, config };
  const path = (file: string) => sharedData(`youyang-demo/${file}`);
  const set = await receiveParcels(deps, { path: path('bcgd_parcels.zip'), fileName: 'bcgd_parcels.zip' });
  const layers = new Map<string, string>();
  for (const [file, type, year] of [
    ['stbhhx_redline.zip', 'eco-red-line', undefined],
    ['dltb_2013.zip', 'land-use', 2013],
    ['dltb_2023.zip', 'land-use', 2023],
    ['slope_30m.tif', 'slope', undefined],
  ] as const) {
    const layer = await receiveLayer(deps, { path: path(file), fileName: file, type, year });
    layers.set(file, layer.layer_id);
  }
  await asBehindUploads(database);
  return { database, sets: new Map([['bcgd_parcels.zip', set.parcel_set_id]]), layers };
}

/** As the service does behind every upload: without statistics the summary of 655 parcels took 37 s on a server, with them 0.1. */
async function asBehindUploads(database: Database): Promise<void> {
  await refreshStatistics(database, 'parcels');
  await refreshStatistics(database, 'layers');
}

/** Runs the named files and gives back the features as the command line writes them. Earlier sets take no part. */
export async function verify(
  loaded: Loaded,
  what: { parcels: string[]; layers: string[]; params?: Record<string, Record<string, unknown>> },
): Promise<{ features: VerdictFeature[]; summary: RunSummary; run: { run_id: string; region_code: string } }> {
  const deps = { database: loaded.database, config };
  const named = (of: Map<string, string>, file: string): string => {
    const id = of.get(file);
    if (id === undefined) throw new Error(`${file} is not loaded`);
    return id;
  };
  const run = await createRun(deps, {
    parcelSetIds: what.parcels.map((file) => named(loaded.sets, file)),
    layerIds: what.layers.map((file) => named(loaded.layers, file)),
    params: what.params ?? {},
    earlierSetIds: [],
    order: 'given',
  });
  const summary = await executeRun(deps, run);
  const features: VerdictFeature[] = [];
  for await (const row of streamVerdicts(loaded.database.db, run)) features.push(toFeature(row));
  return { features, summary, run };
}
