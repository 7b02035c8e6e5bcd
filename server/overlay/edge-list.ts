/**
 * Edges of polygons over the box of one parcel, each from left to right with the change of depth that crossing it upward means:
 * +1 into the polygon, −1 out of it. Coordinates are relative to the south-west corner of the box. Whatever lies above the box, or
 * beside it, is left out; a run of edges below it is kept as one edge along its south, since only its ends tell what covers the box.
 */
import type { Box, Shape, ShapeRing } from './shape.ts';

export class EdgeList {
  count = 0;
  /** all labels are less */
  labels = 0;
  x0 = new Float64Array(256);
  y0 = new Float64Array(256);
  x1 = new Float64Array(256);
  y1 = new Float64Array(256);
  /** height gained per breadth */
  slope = new Float64Array(256);
  /** lower and higher of y0 and y1 */
  low = new Float64Array(256);
  high = new Float64Array(256);
  /** change of depth, going up */
  turn = new Int8Array(256);
  label = new Int32Array(256);
  /** 1 for the edges that stand for a run below the box: they cross nothing */
  below = new Uint8Array(256);
  #originX = 0;
  #originY = 0;
  #width = 0;
  #height = 0;

  /** Empties the list and sets the box. */
  open(box: Box): void {
    this.count = 0;
    this.labels = 0;
    this.#originX = box.west;
    this.#originY = box.south;
    this.#width = box.east - box.west;
    this.#height = box.north - box.south;
  }

  /** @returns its area by its corners, square degrees */
  add({ coords, rings, area }: Shape, label: number): number {
    if (label >= this.labels) this.labels = label + 1;
    for (const ring of rings) this.#ring(coords, ring, label);
    return area;
  }

  #ring(coords: Float64Array, { start, end, right, box }: ShapeRing, label: number): void {
    const width = this.#width;
    const height = this.#height;
    const originX = this.#originX;
    const originY = this.#originY;
    if (box.west - originX >= width || box.east - originX <= 0) return;
    if (box.south - originY > height || box.north <= originY) return;
    let x = coords[start]! - originX;
    let y = coords[start + 1]! - originY;
    let runFrom = Number.NaN;
    for (let n = start + 2; n < end; n += 2) {
      const nextX = coords[n]! - originX;
      const nextY = coords[n + 1]! - originY;
      if (y <= 0 && nextY <= 0) {
        if (Number.isNaN(runFrom)) runFrom = x;
      } else {
        if (!Number.isNaN(runFrom)) {
          this.#push(runFrom, 0, x, 0, right, label);
          runFrom = Number.NaN;
        }
        const beside = (x <= 0 && nextX <= 0) || (x >= width && nextX >= width);
        if (!beside && !(y > height && nextY > height)) this.#push(x, y, nextX, nextY, right, label);
      }
      x = nextX;
      y = nextY;
    }
    if (!Number.isNaN(runFrom)) this.#push(runFrom, 0, x, 0, right, label);
  }

  /** Turned to go right, cut to the breadth of the box. */
  #push(fromX: number, fromY: number, toX: number, toY: number, right: number, label: number): void {
    if (fromX < toX) this.#add(fromX, fromY, toX, toY, right, label);
    else if (fromX > toX) this.#add(toX, toY, fromX, fromY, -right, label);
  }

  #add(fromX: number, fromY: number, toX: number, toY: number, turn: number, label: number): void {
    const width = this.#width;
    if (toX <= 0 || fromX >= width) return;
    const slope = (toY - fromY) / (toX - fromX);
    const x0 = fromX < 0 ? 0 : fromX;
    const x1 = toX > width ? width : toX;
    if (x1 <= x0) return;
    const y0 = fromX < 0 ? fromY - fromX * slope : fromY;
    const y1 = toX > width ? toY - (toX - width) * slope : toY;
    if (this.count === this.x0.length) this.#grow();
    const n = this.count++;
    this.x0[n] = x0;
    this.y0[n] = y0;
    this.x1[n] = x1;
    this.y1[n] = y1;
    this.slope[n] = slope;
    this.low[n] = y0 < y1 ? y0 : y1;
    this.high[n] = y0 < y1 ? y1 : y0;
    this.turn[n] = turn;
    this.label[n] = label;
    // the parcel's own southern edge is an edge like any other
    this.below[n] = label > 0 && y0 <= 0 && y1 <= 0 ? 1 : 0;
  }

  #grow(): void {
    const size = this.count * 2;
    const wider = <T extends Float64Array | Int8Array | Int32Array | Uint8Array>(old: T, made: T): T => {
      made.set(old as never);
      return made;
    };
    this.x0 = wider(this.x0, new Float64Array(size));
    this.y0 = wider(this.y0, new Float64Array(size));
    this.x1 = wider(this.x1, new Float64Array(size));
    this.y1 = wider(this.y1, new Float64Array(size));
    this.slope = wider(this.slope, new Float64Array(size));
    this.low = wider(this.low, new Float64Array(size));
    this.high = wider(this.high, new Float64Array(size));
    this.turn = wider(this.turn, new Int8Array(size));
    this.label = wider(this.label, new Int32Array(size));
    this.below = wider(this.below, new Uint8Array(size));
  }
}
