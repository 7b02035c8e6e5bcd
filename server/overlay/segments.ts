/**
 * The polygons around one parcel as segments for its outlines, each from its western to its eastern end (a vertical one upward), with
 * the change of depth from its right to its left. Vertices within the box of the parcel are those that came in, bit for bit. Covers are
 * cut a little outside that box, and what lies below is drawn together to one line: only its ends tell what covers the box.
 */
import { stepAt } from './exact.ts';
import type { Box, Shape, ShapeRing } from './shape.ts';

export class Segments {
  readonly x0: number[] = [];
  readonly y0: number[] = [];
  readonly x1: number[] = [];
  readonly y1: number[] = [];
  /** +1 where its left lies in the polygon, −1 where its right does */
  readonly turn: number[] = [];
  /** 0: the parcel; else the cover's label + 1 */
  readonly label: number[] = [];
  readonly #west: number;
  readonly #east: number;
  readonly #floor: number;
  readonly #ceiling: number;
  /** where everything under the floor is put */
  readonly #ground: number;

  /** of the grid that all vertices are on, a power of 2; 0: doubles as they came */
  readonly step: number;

  /** @param parcel not empty; @param covers those that meet its box, and others; @param onGrid rounds to the coarsest step of doubles here */
  constructor(parcel: Shape, covers: readonly { label: number; shape: Shape }[], onGrid = false) {
    const { west, south, east, north } = parcel.box!;
    // keeps edges that run along the box apart from where covers are cut; any breadth does that is not lost in rounding
    const margin = (east - west + (north - south)) / 64 + hairOf(parcel.box!);
    this.step = onGrid ? stepAt(Math.max(...[west, south, east, north].map(Math.abs))) : 0;
    this.#west = west - margin;
    this.#east = east + margin;
    this.#floor = south - margin;
    this.#ceiling = north + margin;
    this.#ground = south - 2 * margin;
    for (const ring of parcel.rings) this.#whole(parcel.coords, ring);
    for (const { label, shape } of covers) {
      for (const ring of shape.rings) {
        const { box } = ring;
        if (box.west < east && box.east > west && box.south < north && box.north > south)
          this.#cut(shape.coords, ring, label + 1);
      }
    }
  }

  get count(): number {
    return this.x0.length;
  }

  #whole(coords: Float64Array, { start, end, right }: ShapeRing): void {
    for (let n = start + 2; n < end; n += 2)
      this.#push(coords[n - 2]!, coords[n - 1]!, coords[n]!, coords[n + 1]!, right, 0);
  }

  #cut(coords: Float64Array, { start, end, right }: ShapeRing, label: number): void {
    const floor = this.#floor;
    const ground = this.#ground;
    let x = coords[start]!;
    let y = coords[start + 1]!;
    /** where the ring went below the floor */
    let left = x;
    for (let n = start + 2; n < end; n += 2) {
      const nextX = coords[n]!;
      const nextY = coords[n + 1]!;
      if (y > floor && nextY > floor) this.#clipped(x, y, nextX, nextY, right, label);
      else if (y > floor) {
        left = at(floor, y, x, nextY, nextX);
        this.#clipped(x, y, left, floor, right, label);
      } else if (nextY > floor) {
        const back = at(floor, y, x, nextY, nextX);
        this.#clipped(left, ground, back, ground, right, label);
        this.#clipped(back, floor, nextX, nextY, right, label);
      }
      x = nextX;
      y = nextY;
    }
    if (y <= floor) this.#clipped(left, ground, x, ground, right, label);
  }

  #clipped(fromX: number, fromY: number, toX: number, toY: number, right: number, label: number): void {
    const west = this.#west;
    const east = this.#east;
    if ((fromX <= west && toX <= west) || (fromX >= east && toX >= east)) return;
    if (fromY > this.#ceiling && toY > this.#ceiling) return;
    const fromWithin = Math.min(Math.max(fromX, west), east);
    const toWithin = Math.min(Math.max(toX, west), east);
    this.#push(
      fromWithin,
      fromWithin === fromX ? fromY : at(fromWithin, fromX, fromY, toX, toY),
      toWithin,
      toWithin === toX ? toY : at(toWithin, fromX, fromY, toX, toY),
      right,
      label,
    );
  }

  #push(ax: number, ay: number, bx: number, by: number, right: number, label: number): void {
    const fromX = this.#rounded(ax);
    const fromY = this.#rounded(ay);
    const toX = this.#rounded(bx);
    const toY = this.#rounded(by);
    if (fromX === toX && fromY === toY) return;
    const forward = fromX < toX || (fromX === toX && fromY < toY);
    this.x0.push(forward ? fromX : toX);
    this.y0.push(forward ? fromY : toY);
    this.x1.push(forward ? toX : fromX);
    this.y1.push(forward ? toY : fromY);
    this.turn.push(forward ? right : -right);
    this.label.push(label);
  }

  #rounded(value: number): number {
    return this.step === 0 ? value : Math.round(value / this.step) * this.step;
  }
}

/** Degrees; what is thinner is rounding: 50 steps of a double at that longitude, 0.1 µm. */
export const hairOf = ({ west, south, east, north }: Box): number =>
  Math.max(Math.abs(west), Math.abs(south), Math.abs(east), Math.abs(north)) * 2 ** -47;

/** The other ordinate of a segment where one of them is `level`; the same digits whichever way it is given, as neighbours give it both. */
function at(level: number, from: number, otherFrom: number, to: number, otherTo: number): number {
  if (from > to) return at(level, to, otherTo, from, otherFrom);
  const found = otherFrom + ((level - from) / (to - from)) * (otherTo - otherFrom);
  return Math.min(Math.max(found, Math.min(otherFrom, otherTo)), Math.max(otherFrom, otherTo));
}
