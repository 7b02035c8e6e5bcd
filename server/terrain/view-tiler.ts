/**
 * Coarser grids of a raster for the screen alone: of level n every 2^n-th cell of every 2^n-th row, a byte a slope, so that a map of the
 * whole county reads some thousand cells and not the hundred million of a 5 m grid. Cells are left out, not averaged: a mean would make
 * terraces of a cliff, while of every 2^n-th the shares of the classes stay what they are.
 */
import { promisify } from 'node:util';
import { deflate, inflateSync, type ZlibOptions } from 'node:zlib';
import type { SpooledTile, TileWriter } from './tile-spool.ts';

const deflateBytes = promisify<Buffer, ZlibOptions, Buffer>(deflate);

/** in place of a slope where there is none */
export const noSlope = 255;

/** Half degrees, rounded up: at most 2e exactly where the slope is at most e, for every limit e of whole or half degrees. */
export const slopeByte = (degrees: number): number => (Number.isNaN(degrees) ? noSlope : Math.ceil(degrees * 2));

/** Cells on a side of the tiles: larger than those of slopes, of which a run reads few, since each costs a turn of deflate when it is made. */
export const VIEW_SIZE = 256;

/** Levels above 0 that a raster has: of the last a tile of the map may look at all cells. */
export function coarseLevels(width: number, height: number): number {
  let level = 0;
  while (Math.max(width, height) / 2 ** level > 64) level++;
  return level;
}

/** Which cell stands for a cell of a level: the one at its middle. */
export const sampleOf = (cell: number, level: number): number =>
  cell * 2 ** level + (level === 0 ? 0 : 2 ** (level - 1));

const nothing = { slopes: Buffer.alloc(VIEW_SIZE ** 2, noSlope), shades: Buffer.alloc(VIEW_SIZE ** 2) };
const empty = Buffer.alloc(0);

/** The rows of one level on their way into tiles. Of level 0 shades alone: its slopes are stored in full. */
class Level {
  readonly #level: number;
  readonly #width: number;
  readonly #slopes: Uint8Array | null;
  readonly #shades: Uint8Array;
  #rows = 0;
  #tileRow = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(level: number, width: number) {
    this.#level = level;
    this.#width = width;
    this.#slopes = level === 0 ? null : new Uint8Array(width * VIEW_SIZE);
    this.#shades = new Uint8Array(width * VIEW_SIZE);
  }

  /** @returns whether a row of tiles is full */
  push(slopes: Float32Array, shades: Uint8Array | undefined): boolean {
    const at = this.#rows * this.#width;
    const [step, first] = [2 ** this.#level, sampleOf(0, this.#level)];
    for (let col = 0, from = first; this.#slopes && col < this.#width; col++, from += step)
      this.#slopes[at + col] = slopeByte(slopes[from]!);
    if (shades && step === 1) this.#shades.set(shades, at);
    else if (shades)
      for (let col = 0, from = first; col < this.#width; col++, from += step) this.#shades[at + col] = shades[from]!;
    return ++this.#rows === VIEW_SIZE;
  }

  async flush(writer: TileWriter): Promise<void> {
    if (this.#rows === 0) return;
    const tiles: Promise<SpooledTile>[] = [];
    for (let col = 0; col * VIEW_SIZE < this.#width; col++) tiles.push(this.#pack(col));
    this.#rows = 0;
    this.#tileRow++;
    // packed and written by other threads while the next rows are read
    await this.#writing;
    this.#writing = Promise.all(tiles).then((row) =>
      writer.write(row.filter(({ data, shade }) => data.length + shade.length > 0)),
    );
    this.#writing.catch(() => {}); // told at the next flush or at the end
  }

  async finish(writer: TileWriter): Promise<void> {
    await this.flush(writer);
    await this.#writing;
  }

  async #pack(tile_col: number): Promise<SpooledTile> {
    const place = { level: this.#level, tile_row: this.#tileRow, tile_col };
    const packed = (of: Uint8Array | null, none: Buffer) => {
      const cells = of && this.#cut(of, tile_col, none);
      return cells === null || none.equals(cells) ? empty : deflateBytes(cells, { level: 1 });
    };
    const [data, shade] = await Promise.all([
      packed(this.#slopes, nothing.slopes),
      packed(this.#shades, nothing.shades),
    ]);
    return { ...place, data, shade };
  }

  #cut(from: Uint8Array, tileCol: number, none: Buffer): Buffer {
    const left = tileCol * VIEW_SIZE;
    const right = Math.min(left + VIEW_SIZE, this.#width);
    const cells = Buffer.from(none);
    for (let r = 0; r < this.#rows; r++)
      cells.set(from.subarray(r * this.#width + left, r * this.#width + right), r * VIEW_SIZE);
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
    this.#levels = Array.from(
      { length: coarseLevels(width, height) + 1 },
      (_, level) => new Level(level, Math.ceil((width - sampleOf(0, level)) / 2 ** level)),
    );
  }

  /** The next row to the south. @param shades as hornRow gives them; absent throughout where there are none */
  async push(slopes: Float32Array, shades?: Uint8Array): Promise<void> {
    const row = this.#row++;
    for (const [n, level] of this.#levels.entries()) {
      if (n === 0 && !shades) continue;
      if (row % 2 ** n === sampleOf(0, n) && level.push(slopes, shades)) await level.flush(this.#writer);
    }
  }

  async finish(): Promise<void> {
    for (const level of this.#levels) await level.finish(this.#writer);
  }
}

/** @throws Error where that is no tile of this kind */
export function unpackView(data: Uint8Array): Uint8Array {
  const bytes = inflateSync(data, { maxOutputLength: VIEW_SIZE ** 2 });
  if (bytes.length !== VIEW_SIZE ** 2) throw new Error(`a tile of ${bytes.length} cells, not ${VIEW_SIZE ** 2}`);
  return bytes;
}
