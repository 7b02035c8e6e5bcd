/**
 * Pictures of a stored raster for the screen: slope classes, what is steeper than a limit, hillshade. A tile looks at 10,000 cells at most:
 * from far off at every 2nd, 4th, … cell (terrain/view-tiler.ts). Each pixel shows the cell it lies in; nothing is smoothed.
 */
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import { systemOf, toLonLat } from '../domain/crs.ts';
import { metresPerDegree } from '../terrain/horn.ts';
import type { Grid } from '../terrain/raster-report.ts';
import { unpackTile } from '../terrain/tile-spool.ts';
import { coarseLevels, noSlope, unpackView, VIEW_SIZE } from '../terrain/view-tiler.ts';
import { Kept } from './kept.ts';
import { boxOfPlaces, eachPixel, pixels, placesOf } from './places.ts';
import { encodePng } from './png.ts';
import { type Look, outside, shadeLook, slopeLook, steepLook, unknown, unknownStroke } from './terrain-looks.ts';
import type { TileAddress } from './tile-grid.ts';

/** Raised when the same raster gives other pictures. */
export const rasterTileVersion = 1;

const mostCells = 10_000;
/** bytes; a tile has some 5 kB */
const mostTileBytes = 32 * 1024 * 1024;

export interface RasterOfTiles extends Grid {
  region_code: string;
  layer_id: string;
  srid: number;
  width: number;
  height: number;
  tile_size: number;
}

export type RasterStyle = 'slope' | 'hillshade';
export type Box = [west: number, south: number, east: number, north: number];

interface Levels {
  coarsest: number;
  shaded: boolean;
}
interface Window {
  level: number;
  /** first and last row and column of cells of the level, both included */
  rows: [number, number];
  cols: [number, number];
}

const levelsOf = sqlFile<Levels>('queries/view-levels');
interface StoredTile {
  tile_row: number;
  tile_col: number;
  data: Buffer;
}
const slopeRows = sqlFile<StoredTile>('queries/view-slopes');
const viewRows = sqlFile<StoredTile>('queries/view-cells');

/** What a cell is drawn by: a slope in half degrees, or a shade; undefined where no tile is stored. */
type ValueAt = (row: number, col: number) => number | undefined;

export class RasterTiles {
  readonly #db: Kysely<Schema>;
  readonly #tiles = new Kept<Uint8Array>(mostTileBytes, (bytes) => bytes.length + 200);
  readonly #levels = new Kept<Levels>(10_000, () => 1);

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** What a raster can be drawn as, and from which zoom on; one that was taken in before there were coarser grids only from near. */
  async styles(raster: RasterOfTiles): Promise<{ id: RasterStyle; from: number }[]> {
    const { coarsest, shaded } = await this.#levelsOf(raster);
    const from = leastZoom(raster, coarsest);
    return [{ id: 'slope' as const, from }, ...(shaded ? [{ id: 'hillshade' as const, from }] : [])];
  }

  /**
   * @param over slope alone: only what is strictly steeper than this many degrees
   * @returns PNG of 256 × 256; null where nothing of the raster lies; undefined where the zoom is too far off for it
   */
  async png(
    raster: RasterOfTiles,
    style: RasterStyle,
    tile: TileAddress,
    over?: number,
  ): Promise<Uint8Array | null | undefined> {
    const { coarsest } = await this.#levelsOf(raster);
    if (tile.z < leastZoom(raster, coarsest)) return undefined;
    const places = placesOf(raster, tile);
    const window = windowOf(raster, places, coarsest);
    if (window === null) return null;
    if (window === undefined) return undefined;
    const name = `${raster.layer_id}/${style}/${over ?? ''}/${tile.z}/${tile.row}/${tile.col}`;
    return this.#tiles.get(name, async () => {
      const look = style === 'hillshade' ? shadeLook : over === undefined ? slopeLook : steepLook(over);
      const values = await this.#values(raster, style, window);
      return encodePng(pixels, pixels, paint(raster, places, window.level, values, look), look.palette);
    });
  }

  #levelsOf({ region_code, layer_id }: RasterOfTiles): Promise<Levels> {
    return this.#levels.get(layer_id, () => levelsOf.one(this.#db, { region_code, layer_id }));
  }

  async #values(raster: RasterOfTiles, style: RasterStyle, { level, rows, cols }: Window): Promise<ValueAt> {
    // from near the slopes are those that the checks read; else a byte each
    const inFull = style === 'slope' && level === 0;
    const side = inFull ? raster.tile_size : VIEW_SIZE;
    const tile = (cell: number) => Math.floor(cell / side);
    const stretch = {
      region_code: raster.region_code,
      layer_id: raster.layer_id,
      row_first: tile(rows[0]),
      row_last: tile(rows[1]),
      col_first: tile(cols[0]),
      col_last: tile(cols[1]),
    };
    const stored = inFull
      ? await slopeRows.all(this.#db, stretch)
      : await viewRows.all(this.#db, { ...stretch, level, shade: style === 'hillshade' });
    const inHalves = (degrees: number) => (Number.isNaN(degrees) ? noSlope : degrees * 2);
    const held = new Map(
      stored.map(({ tile_row, tile_col, data }) => [
        tile_row * 0x100000 + tile_col,
        inFull ? unpackTile(data, side).map(inHalves) : unpackView(data),
      ]),
    );
    return (row, col) => held.get(tile(row) * 0x100000 + tile(col))?.[(row % side) * side + (col % side)];
  }
}

/** The finest level of which the tile holds no more than 10,000 cells; null: none at all; undefined: even of the coarsest it holds more. */
function windowOf(raster: RasterOfTiles, places: Float64Array, coarsest: number): Window | null | undefined {
  let [west, north, east, south] = boxOfPlaces(places);
  [west, north] = [Math.max(0, Math.floor(west)), Math.max(0, Math.floor(north))];
  [east, south] = [Math.min(raster.width, Math.ceil(east)), Math.min(raster.height, Math.ceil(south))];
  if (!(east > west && south > north)) return null;
  for (let level = 0; level <= coarsest; level++) {
    const cell = 2 ** level;
    const rows: [number, number] = [Math.floor(north / cell), Math.floor((south - 1) / cell)];
    const cols: [number, number] = [Math.floor(west / cell), Math.floor((east - 1) / cell)];
    if ((rows[1] - rows[0] + 1) * (cols[1] - cols[0] + 1) <= mostCells) return { level, rows, cols };
  }
  return undefined;
}

function paint(raster: RasterOfTiles, places: Float64Array, level: number, valueAt: ValueAt, look: Look): Uint8Array {
  const { width, height } = raster;
  const out = new Uint8Array(pixels * pixels);
  const scale = 2 ** level;
  eachPixel(places, (at, x, y) => {
    if (!(x >= 0 && y >= 0 && x < width && y < height)) {
      out[at] = outside;
      return;
    }
    const [px, py] = [at % pixels, Math.floor(at / pixels)];
    const value = valueAt(Math.floor(y / scale), Math.floor(x / scale)) ?? look.none;
    // strokes of 2 pixels every 8, which go on in the next tile
    if (value === look.none) out[at] = (px - py + pixels) % 8 < 2 ? unknownStroke : unknown;
    else out[at] = look.index(value, (px + py) % 8 < 2);
  });
  return out;
}

/** The raster's box in degrees: its edges bend, so points along them are looked at. */
export function boxOfRaster(raster: RasterOfTiles): Box {
  const system = systemOf(raster.srid)!;
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  const [w, h] = [raster.width * raster.cell_x, raster.height * raster.cell_y];
  for (let i = 0; i <= 8; i++) {
    const t = i / 8;
    for (const [x, y] of [
      [t * w, 0],
      [t * w, h],
      [0, t * h],
      [w, t * h],
    ] as const) {
      const [lon, lat] = toLonLat(raster.origin_x + x, raster.origin_y - y, system);
      box[0] = Math.min(box[0], lon);
      box[1] = Math.min(box[1], lat);
      box[2] = Math.max(box[2], lon);
      box[3] = Math.max(box[3], lat);
    }
  }
  return box;
}

/** From further off a tile is 11° wide and the projection's series no longer holds over all of it. */
const furthest = 6;

/** The least zoom whose tiles hold 10,000 cells of the coarsest level at most. */
function leastZoom(raster: RasterOfTiles, coarsest: number): number {
  if (coarsest >= coarseLevels(raster.width, raster.height)) return furthest;
  const [west, south, east, north] = boxOfRaster(raster);
  const { lon } = metresPerDegree((south + north) / 2);
  const cellM = ((east - west) * lon) / raster.width;
  const tileM = 360 * lon;
  // 95 and not 100 across: the grid lies askew under the tile
  return Math.max(furthest, Math.ceil(Math.log2(tileM / (95 * cellM * 2 ** coarsest))));
}
