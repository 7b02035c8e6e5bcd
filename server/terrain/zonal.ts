/**
 * What a slope raster says of one parcel. Cells count by the share of them that the parcel covers (coverage.ts); a cell
 * without a value, or beyond the raster, is unknown and never flat.
 */
import { type Rect, RectBuilder } from './cell-rects.ts';
import { cellCoverage } from './coverage.ts';
import type { Grid } from './raster-report.ts';
import { boundsOf, planarArea, type Ring, ringSigns } from './rings.ts';

export type { Rect };

export interface RasterGrid extends Grid {
  width: number;
  height: number;
  /** cells on a side of its tiles */
  tile_size: number;
}

/** tile_size² slopes in degrees, NaN = none; null where the tile is not stored, which is all NaN. */
export type TileReader = (tileRow: number, tileCol: number) => Float32Array | null;

/** Shares are of the parcel's planar area in the raster's CRS, 0..1. */
export interface ParcelSlope {
  /** on cells with a value */
  known_share: number;
  /** beyond the raster; the rest of what is not known lies on cells without a value */
  outside_share: number;
  /** weighted by coverage; null where nothing is known */
  mean_deg: number | null;
  /** over all cells that the parcel touches with some area */
  max_deg: number | null;
  /** ≤ 2, ≤ 6, ≤ 15, ≤ 25, > 25 degrees: the survey's classes, upper bound included (DOMAIN §1.4) */
  class_share: [number, number, number, number, number];
  /** strictly steeper than the limit */
  steep_share: number;
  /** cells steeper than the limit that the parcel touches, whole cells, not overlapping */
  steep_rects: Rect[];
  /** every touched cell is known and steep */
  all_steep: boolean;
  /** touched cells without a value, and whatever of the parcel's box lies outside the raster */
  unknown_rects: Rect[];
}

/** A parcel "touches" a cell from this share on: under it is only rounding of its coordinates (a 30 m cell: 1 mm²). */
const touch = 1e-9;
/** cells looked at in one go; a parcel of many kilometres is done in strips of rows */
const stripCells = 1 << 18;

/**
 * @param rings all closed rings of the parcel, in the raster's CRS
 * @param readTile asked for each tile at most once per strip; the caller keeps tiles between parcels
 * @param maxSlopeDeg the limit; a cell exactly at it is not steep
 */
export function slopeOfParcel(
  rings: readonly Ring[],
  grid: RasterGrid,
  readTile: TileReader,
  maxSlopeDeg: number,
): ParcelSlope {
  const box = boundsOf(rings);
  const signs = ringSigns(rings);
  const area = planarArea(rings, signs) / (grid.cell_x * grid.cell_y); // in cells
  if (!box || !(area > 0)) return nothing([]);
  const col0 = Math.floor((box[0] - grid.origin_x) / grid.cell_x);
  const col1 = Math.ceil((box[2] - grid.origin_x) / grid.cell_x);
  const row0 = Math.floor((grid.origin_y - box[3]) / grid.cell_y);
  const row1 = Math.ceil((grid.origin_y - box[1]) / grid.cell_y);
  const inside = col0 >= 0 && row0 >= 0 && col1 <= grid.width && row1 <= grid.height;
  const left = Math.max(col0, 0);
  const right = Math.min(col1, grid.width);
  const top = Math.max(row0, 0);
  const bottom = Math.min(row1, grid.height);
  const outside = inside ? [] : boxOutside(box, grid);
  if (left >= right || top >= bottom) return nothing(outside);

  const sums = new SlopeSums(grid, readTile, maxSlopeDeg);
  const cols = right - left;
  const step = Math.max(1, Math.floor(stripCells / cols));
  for (let row = top; row < bottom; row += step) {
    const window = { row0: row, col0: left, rows: Math.min(step, bottom - row), cols };
    sums.add(cellCoverage(rings, grid, window, signs), window.row0, left, window.rows, cols);
  }
  // wholly inside, the cells' own sum is the whole, so that the shares add up to 1
  return sums.result(inside ? sums.covered : Math.max(area, sums.covered), inside, outside);
}

class SlopeSums {
  covered = 0;
  #known = 0;
  /** slopes are summed as differences to the first, so that equal slopes have exactly that mean */
  #first = Number.NaN;
  #degrees = 0;
  #max = -Infinity;
  #steep = 0;
  #flatTouched = false;
  readonly #classes: [number, number, number, number, number] = [0, 0, 0, 0, 0];
  readonly #steepRects: RectBuilder;
  readonly #unknownRects: RectBuilder;
  readonly #readTile: TileReader;
  readonly #limit: number;
  readonly #side: number;

  constructor(grid: RasterGrid, readTile: TileReader, limit: number) {
    this.#side = grid.tile_size;
    this.#readTile = readTile;
    this.#limit = limit;
    this.#steepRects = new RectBuilder(grid);
    this.#unknownRects = new RectBuilder(grid);
  }

  add(shares: Float64Array, row0: number, col0: number, rows: number, cols: number): void {
    const side = this.#side;
    const tiles = new Map<number, Float32Array | null>();
    for (let r = 0; r < rows; r++) {
      const row = row0 + r;
      const tileRow = Math.floor(row / side);
      const line = (row - tileRow * side) * side;
      let tile: Float32Array | null = null;
      let tileEnd = -1;
      for (let c = 0; c < cols; c++) {
        const share = shares[r * cols + c]!;
        if (share === 0) continue;
        this.covered += share;
        const col = col0 + c;
        if (col >= tileEnd) {
          const tileCol = Math.floor(col / side);
          tileEnd = (tileCol + 1) * side;
          tile = this.#tile(tiles, tileRow, tileCol);
        }
        this.#cell(share, tile ? tile[line + col - tileEnd + side]! : Number.NaN, row, col);
      }
    }
  }

  #tile(tiles: Map<number, Float32Array | null>, tileRow: number, tileCol: number): Float32Array | null {
    const id = tileRow * 0x100000 + tileCol; // a side has at most 2e5 cells, 3,125 tiles
    let tile = tiles.get(id);
    if (tile === undefined) {
      tile = this.#readTile(tileRow, tileCol);
      tiles.set(id, tile);
    }
    return tile;
  }

  #cell(share: number, slope: number, row: number, col: number): void {
    const touched = share > touch;
    if (Number.isNaN(slope)) {
      if (touched) this.#unknownRects.run(row, col, col + 1);
      return;
    }
    this.#known += share;
    if (Number.isNaN(this.#first)) this.#first = slope;
    this.#degrees += share * (slope - this.#first);
    const index = slope <= 2 ? 0 : slope <= 6 ? 1 : slope <= 15 ? 2 : slope <= 25 ? 3 : 4;
    this.#classes[index] = this.#classes[index]! + share;
    if (slope > this.#limit) {
      this.#steep += share;
      if (touched) this.#steepRects.run(row, col, col + 1);
    } else if (touched) this.#flatTouched = true;
    if (touched && slope > this.#max) this.#max = slope;
  }

  result(whole: number, inside: boolean, outside: Rect[]): ParcelSlope {
    if (!(whole > 0)) return nothing(outside);
    const unknown = [...this.#unknownRects.finish(), ...outside];
    const steep = this.#steepRects.finish();
    const known = unknown.length === 0 && inside ? 1 : Math.min(1, this.#known / whole);
    return {
      known_share: known,
      outside_share: inside ? 0 : Math.max(0, 1 - this.covered / whole),
      mean_deg: this.#known > 0 ? this.#first + this.#degrees / this.#known : null,
      max_deg: this.#max >= 0 ? this.#max : null,
      class_share: this.#classes.map((cells) => cells / whole) as ParcelSlope['class_share'],
      steep_share: this.#steep / whole,
      steep_rects: steep,
      all_steep: steep.length > 0 && !this.#flatTouched && unknown.length === 0,
      unknown_rects: unknown,
    };
  }
}

function nothing(unknown: Rect[]): ParcelSlope {
  return {
    known_share: 0,
    outside_share: unknown.length > 0 ? 1 : 0,
    mean_deg: null,
    max_deg: null,
    class_share: [0, 0, 0, 0, 0],
    steep_share: 0,
    steep_rects: [],
    all_steep: false,
    unknown_rects: unknown,
  };
}

/** The parcel's box less the raster: at most four rectangles that do not overlap. */
function boxOutside([x0, y0, x1, y1]: [number, number, number, number], grid: RasterGrid): Rect[] {
  const west = grid.origin_x;
  const east = grid.origin_x + grid.width * grid.cell_x;
  const north = grid.origin_y;
  const south = grid.origin_y - grid.height * grid.cell_y;
  if (x1 <= west || x0 >= east || y1 <= south || y0 >= north) return [{ x0, y0, x1, y1 }];
  const rects: Rect[] = [];
  if (y1 > north) rects.push({ x0, y0: north, x1, y1 });
  if (y0 < south) rects.push({ x0, y0, x1, y1: south });
  const low = Math.max(y0, south);
  const high = Math.min(y1, north);
  if (x0 < west) rects.push({ x0, y0: low, x1: west, y1: high });
  if (x1 > east) rects.push({ x0: east, y0: low, x1, y1: high });
  return rects;
}
