/**
 * How long a client waits while a run goes on: `node tests/bench/answers.ts [embedded|postgis] [parcels] [chunk]`. A seeded county is
 * received and verified once; then, while it is verified again with another parameter, the calls of the page are made one after the other.
 * A benchmark, no test: it prints milliseconds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readConfig } from '../../server/config.ts';
import { openDatabase } from '../../server/database/connect.ts';
import { migrate } from '../../server/database/migrate.ts';
import { refreshStatistics } from '../../server/database/statistics.ts';
import { receiveLayer } from '../../server/intake/receive-layer.ts';
import { receiveParcels } from '../../server/intake/receive-parcels.ts';
import { createRun } from '../../server/verification/create-run.ts';
import { executeRun } from '../../server/verification/run.ts';
import { indexRun } from '../../server/verification/run-index.ts';
import { startCluster } from '../support/cluster.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { fullCounty, writeCounty } from './county.ts';

const [kind = 'embedded', parcels = '5000', chunk] = process.argv.slice(2);
const config = readConfig({});
const folder = mkdtempSync(join(tmpdir(), 'zhanbu-answers-'));
const cluster = kind === 'postgis' ? await startCluster() : undefined;
const databaseUrl = cluster?.url('postgres');

/** Files to a finished run, in this process. */
async function prepare() {
  const share = Number(parcels) / fullCounty.parcels;
  const files = await writeCounty(
    {
      ...fullCounty,
      parcels: Number(parcels),
      redLines: 100,
      redLineVertices: 2000,
      landUse: Math.round(fullCounty.landUse * Math.max(share, 0.1)),
      demSide: 1500,
    },
    join(folder, 'files'),
  );
  const database = await openDatabase(
    databaseUrl === undefined ? { dataDir: join(folder, 'database') } : { databaseUrl },
  );
  await migrate(database);
  const deps = { database, config };
  const file = (path: string) => ({ path, fileName: path.split('/').at(-1)! });
  const set = await receiveParcels(deps, file(files.parcels));
  const layers = [
    await receiveLayer(deps, { ...file(files.redLine), type: 'eco-red-line' }),
    await receiveLayer(deps, { ...file(files.dem), type: 'dem' }),
  ];
  for (const { year, path } of files.landUse)
    layers.push(await receiveLayer(deps, { ...file(path), type: 'land-use', year }));
  await refreshStatistics(database, 'parcels');
  await refreshStatistics(database, 'layers');
  const run = await createRun(deps, {
    parcelSetIds: [set.parcel_set_id],
    layerIds: layers.map((layer) => layer.layer_id),
  });
  const began = performance.now();
  const { parcel_count } = await executeRun(deps, run);
  console.log(`${kind}: ${parcels} parcels in ${((performance.now() - began) / 1000).toFixed(1)} s, nobody asking`);
  // as the job of a run ends
  await indexRun(database, { ...run, parcel_count });
  await refreshStatistics(database, 'runs');
  await database.close();
  return { run_id: run.run_id, set: set.parcel_set_id };
}

/** Each call in turn, round by round, and how long until they began to be answered. */
async function ask(calls: Record<string, string>, going: () => Promise<boolean>) {
  const took = new Map<string, number[]>(Object.keys(calls).map((name) => [name, []]));
  do {
    for (const [name, path] of Object.entries(calls)) {
      const from = performance.now();
      const answer = await fetch(service.url + path);
      const reader = answer.body!.getReader();
      await reader.read();
      // a page is drawn as it comes: what counts is when it begins
      took.get(name)!.push(performance.now() - from);
      await reader.cancel();
      await pause(20);
    }
  } while (await going());
  for (const [name, ms] of took) {
    ms.sort((a, b) => a - b);
    const at = (share: number) => ms[Math.min(ms.length - 1, Math.floor(share * ms.length))]?.toFixed(0);
    console.log(`${name}: ${ms.length} answers, half within ${at(0.5)} ms, 95 % ${at(0.95)}, all ${at(1)}`);
  }
}

const { run_id, set } = await prepare();
const size = Number(chunk ?? config.chunkSize[kind as 'embedded' | 'postgis']);
const service = await ServiceProcess.start({
  dataDir: folder,
  chunk: size,
  ...(databaseUrl === undefined ? {} : { databaseUrl }),
});
try {
  const asked = await service.json<{ job_id: string }>('/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      parcel_set_ids: [set],
      params: { 'eco-red-line': { min_area_m2: 11 } },
      earlier_set_ids: [],
    }),
  });
  const calls = {
    job: `/api/v1/jobs/${asked.job_id}`,
    verdicts: `/api/v1/runs/${run_id}/verdicts?limit=100`,
    // the middle of the county, some thousand parcels
    'a tile of the map': `/ogc/collections/${run_id}/tiles/WebMercatorQuad/12/1704/3285`,
    'a page of 10,000': `/api/v1/runs/${run_id}/verdicts?limit=10000`,
    layers: '/api/v1/layers',
    runs: '/api/v1/runs?limit=20',
  };
  console.log(`with chunks of ${size}:`);
  const began = performance.now();
  const going = async () =>
    ['queued', 'running'].includes((await service.json<{ state: string }>(`/jobs/${asked.job_id}`)).state);
  await ask(calls, going);
  console.log(`the run took ${((performance.now() - began) / 1000).toFixed(1)} s meanwhile; and with no run:`);
  let rounds = 20;
  await ask(calls, async () => --rounds > 0);
} finally {
  await service.stop();
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
}
