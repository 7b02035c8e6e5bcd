/** A slope or elevation raster → a layer whose slope tiles are rows, so that servers share nothing but the database. */
import { rm } from 'node:fs/promises';
import type { Kysely } from 'kysely';
import { packedBytes } from '../database/packed-bytes.ts';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import { defaultRasterLimits, readRasterSource, readSpool } from '../terrain/read-raster.ts';
import { fillLayer, type LayerTask, type ReceivedLayer } from './layer-task.ts';
import { type Claim, underClaim } from './loading.ts';
import { partOf } from './progress.ts';
import { decideRegion } from './region.ts';
import type { ReceiveDeps } from './request.ts';
import type { ReceiveHooks } from './store-shapes.ts';

const insertTiles = sqlFile('queries/intake-insert-tiles');
const insertViews = sqlFile('queries/intake-insert-views');

/** bytes of tiles of one statement; a tile has at most 66 kB */
const bytesMost = 1_000_000;

/** slopes in full (level null), and what the screen draws */
type Tile = { level: number | null; tile_row: number; tile_col: number; data: Buffer; shade: Buffer };

/** Throws every AppError of reading a raster; then nothing is stored. */
export async function receiveRaster(
  deps: ReceiveDeps,
  task: LayerTask,
  hooks: ReceiveHooks,
): Promise<ReceivedLayer | 'ready'> {
  const { input, type } = task;
  const { db } = deps.database;
  const report = await readRasterSource(
    input.path,
    input.fileName,
    { kind: type.id === 'dem' ? 'dem' : 'slope', ...(input.srid === undefined ? {} : { srid: input.srid }) },
    defaultRasterLimits,
    {
      ...(hooks.signal === undefined ? {} : { signal: hooks.signal }),
      progress: partOf(hooks.progress, 0.02, 0.68),
    },
  );
  try {
    const none = { region_code: null, source: 'boundary' } as const;
    const region = decideRegion(input.regionCode, none, deps.config.regionCode);
    const fill = async (held: Claim) => {
      const { spool, warnings, crs, ...grid } = report;
      const feature_count = await storeTiles(db, held, spool, Math.ceil(grid.height / grid.tile_size), {
        ...hooks,
        progress: partOf(hooks.progress, 0.7, 0.2),
      });
      return { feature_count, warnings, decisions: { crs: { srid: report.srid, ...crs } }, raster: grid };
    };
    return await fillLayer(db, task, region, null, fill, hooks);
  } finally {
    await rm(report.spool, { force: true });
  }
}

async function storeTiles(
  db: Kysely<Schema>,
  held: Claim,
  spool: string,
  tileRows: number,
  { signal, progress }: ReceiveHooks,
): Promise<number> {
  let count = 0;
  let tiles: Tile[] = [];
  let bytes = 0;
  const flush = async () => {
    signal?.throwIfAborted();
    if (tiles.length === 0) return;
    const key = { region_code: held.region, layer_id: held.id };
    const places = (of: Tile[]) => ({
      tile_row: of.map((tile) => tile.tile_row),
      tile_col: of.map((tile) => tile.tile_col),
    });
    const whole = tiles.filter((tile) => tile.level === null);
    const drawn = tiles.filter((tile) => tile.level !== null);
    await underClaim(db, held, async (trx) => {
      if (whole.length > 0) {
        const { bytes, from, lengths } = packedBytes(whole.map((tile) => tile.data));
        await insertTiles.run(trx, { ...key, ...places(whole), bytes, data_from: from, data_bytes: lengths });
      }
      if (drawn.length === 0) return;
      const { bytes, from, lengths } = packedBytes([
        ...drawn.map((tile) => tile.data),
        ...drawn.map((tile) => tile.shade),
      ]);
      await insertViews.run(trx, {
        ...key,
        ...places(drawn),
        level: drawn.map((tile) => tile.level),
        bytes,
        slope_from: from.slice(0, drawn.length),
        slope_bytes: lengths.slice(0, drawn.length),
        shade_from: from.slice(drawn.length),
        shade_bytes: lengths.slice(drawn.length),
      });
    });
    count += whole.length;
    const last = whole.at(-1);
    if (last) progress?.((last.tile_row + 1) / tileRows);
    tiles = [];
    bytes = 0;
  };
  for await (const tile of readSpool(spool)) {
    const size = tile.data.length + tile.shade.length;
    if (bytes + size > bytesMost) await flush();
    tiles.push(tile);
    bytes += size;
  }
  await flush();
  return count;
}
