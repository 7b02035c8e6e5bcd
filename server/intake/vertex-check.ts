/** Every vertex is looked at before anything else happens to it: no NaN, no infinity, no absurd number goes further (THREATS T11). */
import { AppError } from '../errors.ts';
import { absurd, type Extremes, type Vertex } from './place-extent.ts';

/** Collects the outermost vertices of one layer. */
export class ExtremeTally {
  readonly #file: string;
  #west: Vertex | undefined;
  #south: Vertex | undefined;
  #east: Vertex | undefined;
  #north: Vertex | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** x0, y0, x1, y1, … of one row. Throws coordinate-invalid with the row. */
  add(coordinates: Float64Array, row: number): void {
    for (let i = 0; i < coordinates.length; i += 2) {
      const x = coordinates[i]!;
      const y = coordinates[i + 1]!;
      // written so that NaN fails it
      if (!(Math.abs(x) <= absurd && Math.abs(y) <= absurd)) throw this.#invalid(x, y, row);
      if (this.#west === undefined || x < this.#west.x) this.#west = { x, y, row };
      if (this.#south === undefined || y < this.#south.y) this.#south = { x, y, row };
      if (this.#east === undefined || x > this.#east.x) this.#east = { x, y, row };
      if (this.#north === undefined || y > this.#north.y) this.#north = { x, y, row };
    }
  }

  found(): Extremes | null {
    if (!this.#west || !this.#south || !this.#east || !this.#north) return null;
    return [this.#west, this.#south, this.#east, this.#north];
  }

  #invalid(x: number, y: number, row: number): AppError {
    return new AppError(
      'coordinate-invalid',
      {
        zh: `${this.#file} 第 ${row} 行的坐标（${x}, ${y}）不是有效数字。请修复或删除该图斑后重新导出。`,
        en: `Row ${row} of ${this.#file} has the coordinate (${x}, ${y}), which is no valid number. Repair or remove that shape and export again.`,
      },
      { file: this.#file, row, ...(Number.isFinite(x) ? { x } : {}), ...(Number.isFinite(y) ? { y } : {}) },
    );
  }
}
