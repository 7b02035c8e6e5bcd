/**
 * The tiles of runs and layers: every thing singly from the zoom at which all tiles of it stay small, cells with counts below. A finished
 * run and a ready layer never change, so what was made once is kept.
 */
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import { verdicts } from '../domain/outcome.ts';
import { cellFeatures, countsByKind, heaviestKind } from './cells.ts';
import { Kept } from './kept.ts';
import { type Cell, PointIndex, type PointRow } from './point-index.ts';
import { boxOfTile, type TileAddress } from './tile-grid.ts';
import { encodeTile, type TileFeature } from './vector-tile.ts';

/** Raised when the same data gives other tiles: part of what a browser keeps them under. */
export const tileVersion = 2;

interface ShapeRow {
  ordinal: number;
  geometry: string;
}
interface ParcelRow extends ShapeRow {
  parcel_id: string;
  project_code: string | null;
  township: string | null;
  verdict: string;
  area_m2: number;
  fails: string | null;
}
interface FeatureRow extends ShapeRow {
  name: string | null;
  number: string | null;
  class_code: string | null;
  planting: string | null;
  measure: string | null;
}

const runPoints = sqlFile<PointRow>('queries/tile-run-points');
const layerPoints = sqlFile<PointRow>('queries/tile-layer-points');
const parcelRows = sqlFile<ParcelRow>('queries/tile-parcels');
const featureRows = sqlFile<FeatureRow>('queries/tile-features');

/** bytes: what a map bears to fetch and decode while it is moved */
export const mostOneTile = 500_000;
/** rows of one statement: 0.1 s on the embedded database, where nobody else is served meanwhile */
const page = 10_000;
/** bytes; a county's warm tiles are some hundred of 100 kB */
const mostTileBytes = 128 * 1024 * 1024;
/** points of all indexes together */
const mostPoints = 3_000_000;
/** points of those that filters match, of all filters asked together: 60 MB */
const mostChosen = 2_000_000;
/** tiles of one index, 100 bytes each */
const mostContents = 10_000;
/** share of a tile's side; shapes go on beyond it by 0.02 */
const margin = 0.05;

/** What has tiles: its key, how its things are found, and what is told of each and of a cell. */
interface Tiled {
  key: string;
  /** name of the tile's layer: `parcels` or `features` */
  layer: string;
  points: (after: number) => Promise<PointRow[]>;
  /** @param index of those that are drawn */
  shapes: (tile: TileAddress, index: PointIndex) => Promise<TileFeature[]>;
  ofCell: (cell: Cell) => TileFeature['properties'];
}

export interface RunOfTiles {
  region_code: string;
  run_id: string;
}
/** Parcels of a run that filters match. */
export interface Chosen {
  /** another one where others match */
  key: string;
  /** their places in the run, rising */
  ordinals: () => Promise<Int32Array>;
}
export interface LayerOfTiles {
  region_code: string;
  layer_id: string;
}

const known = new WeakMap<Kysely<Schema>, Tiles>();

/** The tiles of a database: of one process all ask the same, and have what was made for the others. */
export function tilesOf(db: Kysely<Schema>): Tiles {
  const have = known.get(db) ?? new Tiles(db);
  known.set(db, have);
  return have;
}

class Tiles {
  readonly #db: Kysely<Schema>;
  readonly #tiles = new Kept<Uint8Array>(mostTileBytes, (bytes) => bytes.length + 200);
  readonly #indexes = new Kept<PointIndex>(mostPoints, (index) => index.size + 1);
  /** of what matches, by the address of a tile: to look through 100,000 points for each answer took as long as all the rest of it */
  readonly #contents = new WeakMap<PointIndex, Map<string, string>>();
  readonly #chosen = new Kept<PointIndex>(mostChosen, (index) => index.size + 1);

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** @param chosen of these parcels alone, singly or counted */
  async ofRun(run: RunOfTiles, tile: TileAddress, chosen?: Chosen): Promise<Uint8Array> {
    const of = this.#run(run);
    if (chosen === undefined) return this.#tile(of, tile);
    const index = await this.#indexOf(of, chosen);
    return this.#tiles.get(`${of.key}/${tile.z}/${tile.row}/${tile.col}/${this.#content(index, tile)}`, () =>
      makeTile(of, index, tile),
    );
  }

  /** The same parcels give the same tile, whatever was asked: a decision makes anew only those it changes. */
  #content(index: PointIndex, tile: TileAddress): string {
    const place = `${tile.z}/${tile.row}/${tile.col}`;
    let told = this.#contents.get(index);
    if (told === undefined || told.size >= mostContents) {
      told = new Map();
      this.#contents.set(index, told);
    }
    let content = told.get(place);
    if (content === undefined) {
      const parcels = createHash('sha1').update(index.meeting(tile, margin)).digest('base64url');
      content = `${tile.z >= index.singlyFrom ? 'singly' : 'counted'}/${parcels}`;
      told.set(place, content);
    }
    return content;
  }

  ofLayer(layer: LayerOfTiles, tile: TileAddress): Promise<Uint8Array> {
    return this.#tile(this.#layer(layer), tile);
  }

  /** The least zoom at which everything is drawn singly. */
  async singlyFrom(of: RunOfTiles | LayerOfTiles, chosen?: Chosen): Promise<number> {
    const tiled = 'run_id' in of ? this.#run(of) : this.#layer(of);
    return (await (chosen === undefined ? this.#index(tiled) : this.#indexOf(tiled, chosen))).singlyFrom;
  }

  /** Reads where the parcels of the newest run lie: after a start it is the one that is looked at first (0.9 s of 100,000). */
  async indexNewestRun(): Promise<void> {
    const newest = await this.#db
      .selectFrom('run')
      .select(['region_code', 'run_id'])
      .where('state', '=', 'succeeded')
      .orderBy('finished_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (newest) await this.singlyFrom(newest);
  }

  #run({ region_code, run_id }: RunOfTiles): Tiled {
    const key = { region_code, run_id };
    return {
      key: run_id,
      layer: 'parcels',
      points: (after) => runPoints.all(this.#db, { ...key, after, limit: page }),
      shapes: async (tile, index) => {
        const ordinals = [...index.meeting(tile, margin)];
        if (ordinals.length === 0) return [];
        const rows = await parcelRows.all(this.#db, { ...key, ...boxOfTile(tile, margin), ordinals });
        return rows.map(({ ordinal, geometry, area_m2, ...row }) => ({
          id: ordinal,
          // whole m²: the databases differ behind the seventh digit
          properties: { ordinal, area_m2: Math.round(area_m2), ...withoutNulls(row) },
          geometry: JSON.parse(geometry),
        }));
      },
      ofCell: countsByKind(verdicts),
    };
  }

  #layer({ region_code, layer_id }: LayerOfTiles): Tiled {
    const key = { region_code, layer_id };
    return {
      key: layer_id,
      layer: 'features',
      points: (after) => layerPoints.all(this.#db, { ...key, after, limit: page }),
      shapes: async (tile) =>
        (await featureRows.all(this.#db, { ...key, ...boxOfTile(tile, margin) })).map(
          ({ ordinal, geometry, ...row }) => ({
            id: ordinal,
            properties: withoutNulls(row),
            geometry: JSON.parse(geometry),
          }),
        ),
      ofCell: (cell) => ({ class_code: heaviestKind(cell) }),
    };
  }

  #index(of: Tiled): Promise<PointIndex> {
    return this.#indexes.get(of.key, () => PointIndex.read(of.points));
  }

  #indexOf(of: Tiled, { key, ordinals }: Chosen): Promise<PointIndex> {
    return this.#chosen.get(`${of.key}/${key}`, async () => (await this.#index(of)).only(await ordinals()));
  }

  #tile(of: Tiled, tile: TileAddress): Promise<Uint8Array> {
    return this.#tiles.get(`${of.key}/${tile.z}/${tile.row}/${tile.col}`, async () =>
      makeTile(of, await this.#index(of), tile),
    );
  }
}

async function makeTile(of: Tiled, index: PointIndex, tile: TileAddress): Promise<Uint8Array> {
  if (tile.z >= index.singlyFrom) {
    const shapes = encodeTile(of.layer, await of.shapes(tile, index), tile);
    // some of very many vertices
    if (shapes.length <= mostOneTile) return shapes;
  }
  return encodeTile('cells', cellFeatures(index.cells(tile), tile.z, of.ofCell), tile);
}

function withoutNulls(row: Record<string, string | number | null>): TileFeature['properties'] {
  return Object.fromEntries(
    Object.entries(row).filter((entry): entry is [string, string | number] => entry[1] !== null),
  );
}
