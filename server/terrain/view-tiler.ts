/**
 * Coarser grids of a raster for the screen alone: of level n every 2^n-th cell of every 2^n-th row, a byte a slope, so that a map of the
 * whole county reads some thousand cells and not the hundred million of a 5 m grid. Cells are left out, not averaged: a mean would make
 * terraces of a cliff, while of every 2^n-th the shares of the classes stay what they are.
 */
import { promisify } from 'node:util';
import { deflate, inflateSync, type ZlibOptions } from 'node:zlib';
import { type SpooledTile, TILE_SIZE, type TileWriter } from './tile-spool.ts';

/** a tile is 4 kB: a window of 32 kB would take longer to lay out than to use */
const small: ZlibOptions = { level: 1, windowBits: 12, memLevel: 5 };
const deflateBytes = promisify<Buffer, ZlibOptions, Buffer>(deflate);

/** in place of a slope where there is none */
export const noSlope = 255;

/** Half degrees, rounded up: at most 2e exactly where the slope is at most e, for every limit e of whole or half degrees. */
export const slopeByte = (degrees: number): number => (Number.isNaN(degrees) ? noSlope : Math.ceil(degrees * 2));

/** Levels above 0 that a raster has: the last fits one tile. */
export function coarseLevels(width: number, height: number): number {
  let level = 0;
  while (Math.max(width, height) / 2 ** level > TILE_SIZE) level++;
  return level;
}

/** Which cell stands for a cell of a level: the one at its middle. */
export const sampleOf = (cell: number, level: number): number =>
  cell * 2 ** level + (level === 0 ? 0 : 2 ** (level - 1));

const allUnknown = Buffer.alloc(TILE_SIZE * TILE_SIZE, noSlope);
const allDark = Buffer.alloc(TILE_SIZE * TILE_SIZE);

class Level {
  readonly #level: number;
  readonly #width: number;
  readonly #slopes: Uint8Array;
  readonly #shades: Uint8Array;
  #rows = 0;
  #tileRow = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(level: number, width: number) {
    this.#level = level;
    this.#width = width;
    this.#slopes = new Uint8Array(width * TILE_SIZE);
    this.#shades = new Uint8Array(width * TILE_SIZE);
  }

  /** @returns whether a row of tiles is full */
  push(slopes: Float32Array, shades: Uint8Array | undefined): boolean {
    const at = this.#rows * this.#width;
    for (let col = 0; col < this.#width; col++) {
      const from = sampleOf(col, this.#level);
      this.#slopes[at + col] = slopeByte(slopes[from]!);
      this.#shades[at + col] = shades?.[from] ?? 0;
    }
    return ++this.#rows === TILE_SIZE;
  }

  async flush(writer: TileWriter): Promise<void> {
    if (this.#rows === 0) return;
    const tiles: Promise<SpooledTile | null>[] = [];
    for (let col = 0; col * TILE_SIZE < this.#width; col++) tiles.push(this.#pack(col));
    this.#rows = 0;
    this.#tileRow++;
    // packed and written by other threads while the next rows are read
    await this.#writing;
    this.#writing = Promise.all(tiles).then((row) => writer.write(row.filter((tile) => tile !== null)));
    this.#writing.catch(() => {}); // told at the next flush or at the end
  }

  async finish(writer: TileWriter): Promise<void> {
    await this.flush(writer);
    await this.#writing;
  }

  async #pack(tile_col: number): Promise<SpooledTile | null> {
    const slopes = this.#cut(this.#slopes, tile_col, noSlope);
    if (allUnknown.equals(slopes)) return null;
    const shades = this.#cut(this.#shades, tile_col, 0);
    const place = { level: this.#level, tile_row: this.#tileRow, tile_col };
    const [data, shade] = await Promise.all([packBytes(slopes), packShades(shades)]);
    return { ...place, data, shade };
  }

  #cut(from: Uint8Array, tileCol: number, none: number): Uint8Array {
    const left = tileCol * TILE_SIZE;
    const right = Math.min(left + TILE_SIZE, this.#width);
    const cells = new Uint8Array(TILE_SIZE * TILE_SIZE).fill(none);
    for (let r = 0; r < this.#rows; r++)
      cells.set(from.subarray(r * this.#width + left, r * this.#width + right), r * TILE_SIZE);
    return cells;
  }
}

/** Gathers the rows of all levels into tiles. */
export class ViewTiler {
  readonly #levels: Level[];
  readonly #writer: TileWriter;
  #row = 0;

  constructor(width: number, height: number, writer: TileWriter) {
    this.#writer = writer;
    // a level whose first sample lies beyond the raster has nothing
    this.#levels = Array.from({ length: coarseLevels(width, height) }, (_, i) => {
      const step = 2 ** (i + 1);
      return new Level(i + 1, Math.ceil((width - step / 2) / step));
    });
  }

  /** The next row to the south, as SlopeTiler.push takes it. */
  async push(slopes: Float32Array, shades?: Uint8Array): Promise<void> {
    const row = this.#row++;
    for (const [i, level] of this.#levels.entries()) {
      const step = 2 ** (i + 1);
      if (row % step === step / 2 && level.push(slopes, shades)) await level.flush(this.#writer);
    }
  }

  async finish(): Promise<void> {
    for (const level of this.#levels) await level.finish(this.#writer);
  }
}

/** A tile of shades; empty where no cell has one. */
export async function packShades(bytes: Uint8Array): Promise<Buffer> {
  return allDark.equals(bytes) ? Buffer.alloc(0) : packBytes(bytes);
}

async function packBytes(bytes: Uint8Array): Promise<Buffer> {
  return deflateBytes(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), small);
}

/** @throws Error where that is not side² bytes */
export function unpackBytes(data: Uint8Array, side: number): Uint8Array {
  const bytes = inflateSync(data, { maxOutputLength: side * side });
  if (bytes.length !== side * side) throw new Error(`a raster tile of ${bytes.length} cells, not ${side * side}`);
  return bytes;
}
