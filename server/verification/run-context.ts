/** What every step of a run needs: the pinned layers, the resolved parameters, and slope tiles kept at hand. */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { ParamValues, RasterGrid, RunLayer } from '../checks/check.ts';
import type { Config } from '../config.ts';
import type { Database } from '../database/connect.ts';
import type { Schema } from '../database/schema.ts';
import { unpackTile } from '../terrain/read-raster.ts';
import type { RegisterFacts } from './register.ts';

export interface Deps {
  database: Database;
  config: Config;
}

export interface RunKey {
  region_code: string;
  run_id: string;
}

/** The key alone, of whatever carries one: statements refuse parameters they do not name. */
export function keyOf({ region_code, run_id }: RunKey): RunKey {
  return { region_code, run_id };
}

export interface RunFacts {
  key: RunKey;
  layers: RunLayer[];
  params: Record<string, ParamValues>;
  evidence: string;
  /** what the register that the run pins says of its projects */
  projects: RegisterFacts;
  /** sets taking part, earlier ones among them, are more than one: parcels may be filed anew */
  severalSets: boolean;
  /** sets of the run that another one of it replaces: they take no part in overlaps */
  replaced: string[];
  /** parcels that have their result are judged again, as in a replay */
  again: boolean;
}

export interface Chunk extends RunKey {
  /** run ordinals, both included */
  first: number;
  last: number;
}

export async function runLayers(db: Kysely<Schema>, key: RunKey): Promise<RunLayer[]> {
  const rows = await db
    .selectFrom('run_layer as r')
    .innerJoin('layer as l', (join) =>
      join.onRef('l.region_code', '=', 'r.region_code').onRef('l.layer_id', '=', 'r.layer_id'),
    )
    .select(['l.layer_id', 'l.type', 'l.year', 'l.name', 'l.sha256', 'l.code_system', 'l.raster'])
    .where('r.region_code', '=', key.region_code)
    .where('r.run_id', '=', key.run_id)
    .orderBy('l.type')
    .orderBy('l.year')
    .orderBy('l.layer_id')
    .execute();
  return rows.map((row) => ({ ...row, raster: row.raster as RasterGrid | null }));
}

/**
 * A transaction for statements that look things up parcel by parcel. The tables of a run are as a rule not analysed yet when it reads
 * them, and taken for empty.
 */
export function byIndex<T>(db: Kysely<Schema>, work: (tx: Transaction<Schema>) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (tx) => {
    await sql`set local enable_seqscan = off`.execute(tx);
    return await work(tx);
  });
}

/** Tiles kept: 128 of 256 × 256 cells are 32 MB, more than the windows that some chunks of neighbouring parcels touch. */
const tilesKept = 128;

export type TileReader = (
  db: Kysely<Schema>,
  layerId: string,
  row: number,
  col: number,
) => Promise<Float32Array | null>;

/**
 * Reads slope tiles of a region through a small cache; what was not asked for longest goes first. Chunks that are under way together ask for the same tiles:
 * what one of them waits for the others wait for too.
 */
export function tileReader(regionCode: string): TileReader {
  const cache = new Map<string, Promise<Float32Array | null>>();
  return (db, layerId, row, col) => {
    const name = `${layerId}/${row}/${col}`;
    const known = cache.get(name);
    if (known !== undefined) {
      cache.delete(name);
      cache.set(name, known);
      return known;
    }
    const tile = readTile(db, { region_code: regionCode, layer_id: layerId, tile_row: row, tile_col: col });
    cache.set(name, tile);
    tile.catch(() => cache.delete(name));
    if (cache.size > tilesKept) cache.delete(cache.keys().next().value as string);
    return tile;
  };
}

async function readTile(
  db: Kysely<Schema>,
  key: { region_code: string; layer_id: string; tile_row: number; tile_col: number },
): Promise<Float32Array | null> {
  const found = await db
    .selectFrom('raster_tile')
    .select('data')
    .where('region_code', '=', key.region_code)
    .where('layer_id', '=', key.layer_id)
    .where('tile_row', '=', key.tile_row)
    .where('tile_col', '=', key.tile_col)
    .executeTakeFirst();
  return found ? unpackTile(found.data) : null;
}
