import type { Grid } from './raster-report.ts';

/** A rectangle in the grid's CRS, x0 < x1, y0 < y1. */
export interface Rect {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

interface Run {
  from: number;
  to: number;
  top: number;
}

/**
 * Marked cells to few rectangles that do not overlap: runs along each row, equal runs of following rows made one.
 * Edges of neighbours are computed by the same expression, so they are the same numbers and leave no gap.
 */
export class RectBuilder {
  readonly rects: Rect[] = [];
  readonly #grid: Grid;
  #open: Run[] = [];
  #next: Run[] = [];
  #row = 0;

  constructor(grid: Grid) {
    this.#grid = grid;
  }

  /** Cells from ≤ col < to of the row; rows in falling order north to south, runs of a row from west to east. */
  run(row: number, from: number, to: number): void {
    this.#reach(row);
    const last = this.#next.at(-1);
    if (last && last.to === from) last.to = to;
    else this.#next.push({ from, to, top: row });
  }

  /** @returns the rectangles, after the last run */
  finish(): Rect[] {
    this.#close();
    for (const run of this.#open) this.#emit(run, this.#row + 1);
    this.#open = [];
    return this.rects;
  }

  #reach(row: number): void {
    if (row === this.#row) return;
    this.#close();
    if (row > this.#row + 1) {
      for (const run of this.#open) this.#emit(run, this.#row + 1);
      this.#open = [];
    }
    this.#row = row;
  }

  /** The row is complete: open runs that it repeats live on, the others become rectangles. */
  #close(): void {
    let i = 0;
    for (const run of this.#open) {
      while (i < this.#next.length && this.#next[i]!.from < run.from) i++;
      const same = this.#next[i];
      if (same && same.from === run.from && same.to === run.to) same.top = run.top;
      else this.#emit(run, this.#row);
    }
    this.#open = this.#next;
    this.#next = [];
  }

  #emit({ from, to, top }: Run, bottom: number): void {
    const { origin_x, origin_y, cell_x, cell_y } = this.#grid;
    this.rects.push({
      x0: origin_x + from * cell_x,
      y0: origin_y - bottom * cell_y,
      x1: origin_x + to * cell_x,
      y1: origin_y - top * cell_y,
    });
  }
}
