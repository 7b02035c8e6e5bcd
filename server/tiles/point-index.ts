/**
 * Where the many things of a run or a layer lie, as points in the square of the tiles, held in memory: enough to say from which zoom on all
 * of them fit into tiles, and to count them by cell below that. 500,000 take 19 MB.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { squareX, squareY, type TileAddress } from './tile-grid.ts';

/** Features of one tile: of parcels of 30 vertices some 100 bytes each, and no tile may pass 500 kB. */
export const mostInTile = 3000;

/** zoom at which things are first counted by tile; below it nothing is shown singly anyway */
const finest = 18;
/** cells along a tile's side: 64 pixels each on a tile of 512 */
const cellsASide = 8;

export interface PointRow {
  ordinal: number;
  lon: number;
  lat: number;
  kind: string;
  weight: number;
  /** half the longer side of its box on the map, in degrees of longitude; absent: nobody asks for some of these things alone */
  reach?: number;
}

export interface Cell {
  /** of the square, in units of 2^−(z + 3) */
  x: number;
  y: number;
  count: number;
  /** things and their summed weight, by kind */
  kinds: Map<string, { count: number; weight: number }>;
}

export class PointIndex {
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  readonly #kind: Uint16Array;
  readonly #weight: Float64Array;
  readonly #ordinal: Int32Array;
  /** of the square, from its middle */
  readonly #reach: Float32Array;
  readonly #kinds: string[];
  /** the least zoom at which no tile has more than `mostInTile` of them */
  readonly singlyFrom: number;

  private constructor(points: Points, singlyFrom: number) {
    this.#x = points.x.subarray(0, points.size);
    this.#y = points.y.subarray(0, points.size);
    this.#kind = points.kind.subarray(0, points.size);
    this.#weight = points.weight.subarray(0, points.size);
    this.#ordinal = points.ordinal.subarray(0, points.size);
    this.#reach = points.reach.subarray(0, points.size);
    this.#kinds = points.kinds;
    this.singlyFrom = singlyFrom;
  }

  /** @param page the rows behind a place, in order; none: there are no more. Others get their turn between pages. */
  static async read(page: (after: number) => Promise<PointRow[]>): Promise<PointIndex> {
    const points = new Points();
    for (let after = 0; ; ) {
      const rows = await page(after);
      const last = rows.at(-1);
      if (last === undefined) break;
      for (const row of rows) points.add(row);
      after = last.ordinal;
    }
    return new PointIndex(points, await singlyFrom(points));
  }

  /** Some of them, as if there were no others. @param ordinals rising */
  async only(ordinals: Int32Array): Promise<PointIndex> {
    const points = new Points(this.#kinds);
    let at = 0;
    for (let n = 0; n < this.size; n++) {
      while (at < ordinals.length && ordinals[at]! < this.#ordinal[n]!) at++;
      if (ordinals[at] !== this.#ordinal[n]) continue;
      const [x, y, kind] = [this.#x[n]!, this.#y[n]!, this.#kind[n]!];
      points.put({ x, y, kind, weight: this.#weight[n]!, ordinal: this.#ordinal[n]!, reach: this.#reach[n]! });
    }
    return new PointIndex(points, await singlyFrom(points));
  }

  /** The ordinals of those whose box meets a tile, rising. @param margin share of the tile's side that is added all round */
  meeting({ z, col, row }: TileAddress, margin: number): Int32Array {
    const side = 2 ** -z;
    const [west, east] = [(col - margin) * side, (col + 1 + margin) * side];
    const [north, south] = [(row - margin) * side, (row + 1 + margin) * side];
    const found: number[] = [];
    for (let n = 0; n < this.size; n++) {
      const [x, y, reach] = [this.#x[n]!, this.#y[n]!, this.#reach[n]!];
      if (x + reach >= west && x - reach <= east && y + reach >= north && y - reach <= south)
        found.push(this.#ordinal[n]!);
    }
    return Int32Array.from(found);
  }

  get size(): number {
    return this.#x.length;
  }

  /** What lies in a tile, counted by cell, in the order of the cells. */
  cells({ z, col, row }: TileAddress): Cell[] {
    const side = 2 ** z;
    const found = new Map<number, Cell>();
    for (let n = 0; n < this.#x.length; n++) {
      const x = this.#x[n]! * side - col;
      const y = this.#y[n]! * side - row;
      if (x < 0 || y < 0 || x >= 1 || y >= 1) continue;
      const [i, j] = [Math.floor(x * cellsASide), Math.floor(y * cellsASide)];
      const key = j * cellsASide + i;
      let cell = found.get(key);
      if (cell === undefined) {
        cell = { x: col * cellsASide + i, y: row * cellsASide + j, count: 0, kinds: new Map() };
        found.set(key, cell);
      }
      cell.count++;
      const kind = this.#kinds[this.#kind[n]!]!;
      const sum = cell.kinds.get(kind) ?? { count: 0, weight: 0 };
      sum.count++;
      sum.weight += this.#weight[n]!;
      cell.kinds.set(kind, sum);
    }
    return [...found].sort(([a], [b]) => a - b).map(([, cell]) => cell);
  }
}

/** The side of a cell in the tiles of a zoom, as a share of the square. */
export const cellSide = (z: number): number => 2 ** -z / cellsASide;

class Points {
  x = new Float64Array(1024);
  y = new Float64Array(1024);
  kind = new Uint16Array(1024);
  weight = new Float64Array(1024);
  ordinal = new Int32Array(1024);
  reach = new Float32Array(1024);
  readonly kinds: string[];
  readonly #places: Map<string, number>;
  size = 0;

  constructor(kinds: readonly string[] = []) {
    this.kinds = [...kinds];
    this.#places = new Map(kinds.map((kind, n) => [kind, n]));
  }

  add(row: PointRow): void {
    let kind = this.#places.get(row.kind);
    if (kind === undefined) {
      kind = this.kinds.push(row.kind) - 1;
      this.#places.set(row.kind, kind);
    }
    const { ordinal, weight, reach = 0 } = row;
    this.put({ x: squareX(row.lon), y: squareY(row.lat), kind, weight, ordinal, reach: reach / 360 });
  }

  put(point: Record<'x' | 'y' | 'kind' | 'weight' | 'ordinal' | 'reach', number>): void {
    if (this.size === this.x.length) this.#grow();
    for (const name of ['x', 'y', 'kind', 'weight', 'ordinal', 'reach'] as const) this[name][this.size] = point[name];
    this.size++;
  }

  #grow(): void {
    const longer = <A extends Float64Array | Float32Array | Uint16Array | Int32Array>(held: A): A => {
      const next = new (held.constructor as new (length: number) => A)(held.length * 2);
      next.set(held);
      return next;
    };
    this.x = longer(this.x);
    this.y = longer(this.y);
    this.kind = longer(this.kind);
    this.weight = longer(this.weight);
    this.ordinal = longer(this.ordinal);
    this.reach = longer(this.reach);
  }
}

/** Counts by tile at the finest zoom, then from zoom to zoom by fours, as long as no tile has too many. */
async function singlyFrom({ x, y, size }: Points): Promise<number> {
  if (size <= mostInTile) return 0;
  const side = 2 ** finest;
  let counts = new Map<number, number>();
  for (let n = 0; n < size; n++) {
    const key = Math.floor(y[n]! * side) * side + Math.floor(x[n]! * side);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    if (n % 20_000 === 0) await turn();
  }
  for (let z = finest; ; z--) {
    let most = 0;
    for (const count of counts.values()) most = Math.max(most, count);
    if (most > mostInTile) return z + 1;
    if (z === 0) return 0;
    counts = halved(counts, 2 ** z);
    await turn();
  }
}

function halved(counts: ReadonlyMap<number, number>, side: number): Map<number, number> {
  const next = new Map<number, number>();
  for (const [key, count] of counts) {
    const [j, i] = [Math.floor(key / side), key % side];
    const parent = Math.floor(j / 2) * (side / 2) + Math.floor(i / 2);
    next.set(parent, (next.get(parent) ?? 0) + count);
  }
  return next;
}
