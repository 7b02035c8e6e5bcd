import { endianness } from 'node:os';
import { type SpooledTile, TILE_SIZE, type TileWriter } from './tile-spool.ts';

const noShade = Buffer.alloc(0);

/** Gathers rows of slopes into tiles, counts them, and writes the tiles that hold a value. Two bands are in memory. */
export class SlopeTiler {
  valid = 0;
  missing = 0;
  max = 0;
  readonly #width: number;
  readonly #writer: TileWriter;
  readonly #band: Float32Array;
  #rows = 0;
  #tileRow = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(width: number, writer: TileWriter) {
    this.#width = width;
    this.#writer = writer;
    this.#band = new Float32Array(width * TILE_SIZE);
  }

  /** @param row slopes in degrees of the next row to the south, NaN = none; copied */
  async push(row: Float32Array): Promise<void> {
    this.#band.set(row, this.#rows * this.#width);
    for (let i = 0; i < row.length; i++) {
      const value = row[i]!;
      if (Number.isNaN(value)) this.missing++;
      else {
        this.valid++;
        if (value > this.max) this.max = value;
      }
    }
    if (++this.#rows === TILE_SIZE) await this.#flush();
  }

  async #flush(): Promise<void> {
    if (this.#rows === 0) return;
    await this.#writing;
    const tiles: SpooledTile[] = [];
    for (let col = 0; col * TILE_SIZE < this.#width; col++) {
      const cells = this.#cells(col * TILE_SIZE);
      if (cells) tiles.push(pack(this.#tileRow, col, cells));
    }
    this.#tileRow++;
    this.#rows = 0;
    // written while the next rows are read
    this.#writing = this.#writer.write(tiles);
    this.#writing.catch(() => {}); // told at the next flush or at the end
  }

  /** After the last row: writes what is left. */
  async finish(): Promise<void> {
    await this.#flush();
    await this.#writing;
  }

  /** null where no cell has a value */
  #cells(left: number): Float32Array<ArrayBuffer> | null {
    const cells = new Float32Array(TILE_SIZE * TILE_SIZE).fill(Number.NaN);
    const right = Math.min(left + TILE_SIZE, this.#width);
    for (let r = 0; r < this.#rows; r++) {
      cells.set(this.#band.subarray(r * this.#width + left, r * this.#width + right), r * TILE_SIZE);
    }
    return cells.every(Number.isNaN) ? null : cells;
  }
}

function pack(tile_row: number, tile_col: number, cells: Float32Array<ArrayBuffer>): SpooledTile {
  const data = Buffer.from(cells.buffer);
  if (endianness() === 'BE') data.swap32();
  return { level: null, tile_row, tile_col, data, shade: noShade };
}
