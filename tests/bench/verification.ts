/**
 * `npm run bench [-- --parcels N --growth N,N --land-use N --red-lines N --dem N --sample N --embedded --out NAME]`: a seeded county of the
 * given size on a throw-away PostGIS cluster; ours, the same with 1 % of the parcels changed, the naive SQL and the bare limit in one go.
 * What is measured is a service that has done a run before, of 20,000 parcels elsewhere; that first one is told beside it. `--growth`
 * verifies smaller sets over the same layers; `--sample` lets the naive SQL take a random part of the parcels and scales, which it does
 * not deserve: the planner then begins at the layer, and tests each of its polygons once. Prints ratios, and writes JSON and a chart to
 * docs/benchmarks/. Ratios hold on any machine; seconds only say what this one did. The full county takes some 12 minutes on two cores.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { readConfig } from '../../server/config.ts';
import { type Database, openDatabase } from '../../server/database/connect.ts';
import { receiveParcels } from '../../server/intake/receive-parcels.ts';
import { IdleThreads } from '../../server/verification/compute-threads.ts';
import { createRun } from '../../server/verification/create-run.ts';
import { executeRun } from '../../server/verification/run.ts';
import type { RunKey } from '../../server/verification/run-context.ts';
import { startCluster } from '../support/cluster.ts';
import { doubleLayersElsewhere, settle, timeDiff, timeReplay } from './beyond.ts';
import { type CountyFiles, type CountySize, fullCounty, writeCounty, writeParcels } from './county.ts';
import { receiveCounty } from './receive-county.ts';
import { writeResult } from './results.ts';
import { prepareRivals, runBare, runInsert, runNaive, sumsOfOurs } from './rivals.ts';

const { values: asked } = parseArgs({
  options: {
    parcels: { type: 'string', default: '20000' },
    growth: { type: 'string' },
    'land-use': { type: 'string', default: '200000' },
    'red-lines': { type: 'string', default: '400' },
    dem: { type: 'string', default: '8000' },
    sample: { type: 'string' },
    embedded: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});
const size: CountySize = {
  ...fullCounty,
  parcels: Number(asked.parcels),
  landUse: Number(asked['land-use']),
  redLines: Number(asked['red-lines']),
  demSide: Number(asked.dem),
};
const sampled = Number(asked.sample ?? size.parcels);
const region = '500242';
const say = (line: string) => console.log(line);
const seconds = (since: number) => (performance.now() - since) / 1000;
/** as in a service: kept from one run to the next */
const idleThreads = new IdleThreads(readConfig({}));

const work = mkdtempSync(join(tmpdir(), 'zhanbu-bench-'));
try {
  const started = performance.now();
  const files = await writeCounty(size, join(work, 'county'));
  say(`county of ${size.parcels} parcels written: ${seconds(started).toFixed(0)} s`);
  const result = asked.embedded ? await onEmbedded(files) : await onPostgis(files);
  const name = asked.out ?? `${asked.embedded ? 'embedded' : 'postgis'}-${size.parcels}`;
  // ids of runs are of this cluster, which is gone
  const { ours, again, ...more } = result;
  const figures = ({ run: _, ...rest }: typeof ours) => rest;
  writeResult(name, { size, ...more, ours: figures(ours), again: figures(again) }, result.seconds);
  say(`written: docs/benchmarks/${name}.json and .svg`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function onPostgis(files: CountyFiles) {
  const cluster = await startCluster();
  try {
    const admin = new pg.Client({ connectionString: cluster.url('postgres') });
    await admin.connect();
    await admin.query('create database bench');
    await admin.end();
    const url = cluster.url('bench');
    const database = await openDatabase({ databaseUrl: url });
    const intake = await receiveCounty(depsOf(database), region, files);
    const { of, first } = await firstRun(database);
    const set = await countySet(database);
    const ours = await verify(database, set);
    const again = await verifyChanged(database, ours);
    const growth = await grow(database);
    say(`naive SQL on ${sampled} parcels …`);
    await prepareRivals(url, { set, run: ours.run.run_id, years: size.years, sampled });
    const naive = await runNaive(url, size.years);
    const bare = await runBare(url, size.years);
    const insert = await runInsert(url);
    const found = await sumsOfOurs(url, ours.run.run_id, size.years);
    const agreement = Math.max(...Object.entries(found).map(([layer, sum]) => Math.abs(sum / naive.sums[layer]! - 1)));
    const scaled = (naive.seconds * size.parcels) / sampled;
    const limit = bare.seconds + insert.seconds;
    const ratios = {
      naive_over_ours: scaled / ours.seconds,
      ours_over_limit: ours.seconds / limit,
      largest_difference: agreement,
    };
    say(
      `naive ${scaled.toFixed(0)} s (scaled), bare limit ${bare.seconds.toFixed(1)} s + insert ${insert.seconds.toFixed(1)} s`,
    );
    say(
      `${ratios.naive_over_ours.toFixed(1)} × faster than naive (aim 20); ${ratios.ours_over_limit.toFixed(2)} × the limit (aim 1.5)`,
    );
    say(`area sums agree within ${agreement.toExponential(1)} (must be under 2e-4)`);
    const asked = await askedAfterwards(database, ours.run, again.run);
    const layers = await layersGrown(database, of);
    await database.close();
    const times = {
      naive: scaled,
      ours: ours.seconds,
      'bare limit': bare.seconds,
      'insert findings': insert.seconds,
      'ours, 1 % changed': again.seconds,
    };
    return { ratios, intake, first, growth, layers, asked, ours, again, seconds: times };
  } finally {
    await idleThreads.close();
    await cluster.stop();
  }
}

async function onEmbedded(files: CountyFiles) {
  const database = await openDatabase({ dataDir: join(work, 'database') });
  try {
    const intake = await receiveCounty(depsOf(database), region, files);
    const { of, first } = await firstRun(database);
    const ours = await verify(database, await countySet(database));
    const again = await verifyChanged(database, ours);
    const growth = await grow(database);
    const layers = await layersGrown(database, of);
    const times = { ours: ours.seconds, 'ours, 1 % changed': again.seconds };
    return { intake, first, growth, layers, ours, again, seconds: times };
  } finally {
    await database.close();
  }
}

interface Sized {
  set: string;
  parcels: number;
}

/** A smaller set over the same layers, elsewhere: one of the same parcels would lie over the county's own. */
async function smaller(database: Database, parcels: number, seed: number): Promise<Sized> {
  const path = join(work, `parcels-${seed}.zip`);
  await writeParcels({ ...size, parcels, seed }, path);
  const options = { path, fileName: 'parcels.zip', regionCode: region };
  const { parcel_set_id } = await receiveParcels(depsOf(database), options);
  await settle(database);
  return { set: parcel_set_id, parcels };
}

/** The first run of the process: its program is not compiled yet, and the database has read nothing. */
async function firstRun(database: Database) {
  const of = await smaller(database, Math.min(20_000, size.parcels), size.seed + 10);
  const { seconds } = await verify(database, of.set, of.parcels);
  return { of, first: perParcel(of.parcels, seconds) };
}

function perParcel(parcels: number, seconds: number) {
  return { parcels, seconds, us_per_parcel: (1e6 * seconds) / parcels };
}

/** of three */
function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[1]!;
}

/** What a parcel costs should not depend on how many there are: smaller sets, the median of three runs of each. */
async function grow(database: Database) {
  const growth: ReturnType<typeof perParcel>[] = [];
  for (const parcels of (asked.growth ?? '').split(',').filter(Boolean).map(Number)) {
    const { set } = await smaller(database, parcels, size.seed + 20 + growth.length);
    const times: number[] = [];
    for (const min_area_m2 of [10.001, 10.002, 10.003])
      times.push(await timed(database, { set, parcels }, min_area_m2));
    growth.push(perParcel(parcels, median(times)));
  }
  return growth;
}

/** s, under a parameter of its own: on the same evidence its results would stand already, and need not be stored */
async function timed(database: Database, { set, parcels }: Sized, min_area_m2: number): Promise<number> {
  return (await verify(database, set, parcels, { params: { 'eco-red-line': { min_area_m2 } } })).seconds;
}

/** A set over the layers, and over those with as many polygons more, the new ones far from all parcels. */
async function layersGrown(database: Database, of: Sized) {
  const before = await timed(database, of, 10.011);
  await doubleLayersElsewhere(database);
  const after = await timed(database, of, 10.012);
  say(`over twice the layers, elsewhere: ${(after / before).toFixed(2)} ×`);
  return { parcels: of.parcels, seconds: before, with_twice_the_layers: after, ratio: after / before };
}

/** A replay of the first run, and the difference between the two: both walk every parcel. */
async function askedAfterwards(database: Database, first: RunKey, second: RunKey) {
  const deps = depsOf(database);
  const replay = await timeReplay(deps, first);
  const diff = await timeDiff(deps, first, second);
  say(
    `replay: ${replay.answer} in ${replay.seconds.toFixed(1)} s; diff: ${diff.number_matched} parcels in ${diff.seconds.toFixed(1)} s`,
  );
  return { replay, diff };
}

/** Three versions of the set, one after the other, each with another hundredth of the parcels moved by a metre; told are the medians. */
async function verifyChanged(database: Database, before: Awaited<ReturnType<typeof verify>>) {
  const runs: Awaited<ReturnType<typeof verify>>[] = [];
  let replaced = await countySet(database);
  for (const version of [1, 2, 3]) {
    replaced = await nextVersion(database, version, replaced);
    runs.push(await verify(database, replaced, size.parcels, { reuse: true }));
  }
  const again = {
    // its change to the first run is one hundredth
    ...runs[0]!,
    seconds: median(runs.map((run) => run.seconds)),
    computing_seconds: median(runs.map((run) => run.computing_seconds)),
    each: runs.map(({ seconds, computing_seconds, reused_count }) => ({ seconds, computing_seconds, reused_count })),
  };
  const ratios = {
    computing_before_over_again: before.computing_seconds / again.computing_seconds,
    whole_before_over_again: before.seconds / again.seconds,
  };
  say(
    `1 % changed: ${again.reused_count} taken over; computing ${ratios.computing_before_over_again.toFixed(1)} × (aim 30), whole run ${ratios.whole_before_over_again.toFixed(1)} × faster (aim 10)`,
  );
  return { ...again, ratios };
}

async function nextVersion(database: Database, version: number, replaced: string): Promise<string> {
  const path = join(work, `parcels-${version}-moved.zip`);
  await writeParcels(size, path, version);
  const options = { path, fileName: 'parcels.zip', regionCode: region, replaces: [replaced] };
  const { parcel_set_id } = await receiveParcels(depsOf(database), options);
  await settle(database);
  return parcel_set_id;
}

/** The county's own parcels, which came first. */
async function countySet(database: Database): Promise<string> {
  const { rows } = await database.pool.query<{ id: string }>(
    `select parcel_set_id::text as id from parcel_set where state = 'ready' order by created_at limit 1`,
  );
  return rows[0]!.id;
}

/** @param how reuse: takes results over from the run before */
async function verify(
  database: Database,
  set: string,
  parcels = size.parcels,
  how: { reuse?: boolean; params?: Record<string, Record<string, unknown>> } = {},
) {
  const deps = depsOf(database);
  const config = { ...deps.config, reuseResults: how.reuse === true };
  const run = await createRun(
    { database, config },
    { parcelSetIds: [set], earlierSetIds: [], params: how.params ?? {} },
  );
  const started = performance.now();
  const chunks = { from: 0, to: 0 };
  const progress = () => {
    chunks.to = seconds(started);
    chunks.from ||= chunks.to;
  };
  const summary = await executeRun({ database, config, idleThreads }, run, { progress });
  const took = seconds(started);
  const { by_verdict, area_m2, deduct_area_m2, restore_area_m2, remediate_area_m2, kept_area_m2, reused_count } =
    summary;
  const memory = Math.round(process.memoryUsage.rss() / 2 ** 20);
  const stages = `${chunks.from.toFixed(2)} s before the first chunk, ${(took - chunks.to).toFixed(2)} behind the last`;
  say(`ours: ${parcels} in ${took.toFixed(1)} s (${stages}), ${(parcels / took).toFixed(0)} a second, ${memory} MB`);
  return {
    run: { region_code: run.region_code, run_id: run.run_id },
    seconds: took,
    computing_seconds: chunks.to - chunks.from,
    parcels_per_second: parcels / took,
    memory_mb: memory,
    reused_count,
    by_verdict,
    area_m2,
    deduct_area_m2,
    restore_area_m2,
    remediate_area_m2,
    kept_area_m2,
  };
}

function depsOf(database: Database) {
  return { database, config: readConfig({ DATA_DIR: join(work, 'data'), LOG_LEVEL: 'silent' }) };
}
