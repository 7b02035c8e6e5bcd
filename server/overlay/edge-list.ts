/**
 * Edges of polygons over the box of one parcel, each from left to right with the change of depth that crossing it upward means:
 * +1 into the polygon, −1 out of it. Coordinates are relative to the south-west corner of the box. Whatever lies above the box, or
 * beside it, is left out; a run of edges below it is kept as one edge along its south, since only its ends tell what covers the box.
 */
const shapeTypes = { polygon: 3, multiPolygon: 6 } as const;

export class EdgeList {
  count = 0;
  x0 = new Float64Array(256);
  y0 = new Float64Array(256);
  x1 = new Float64Array(256);
  y1 = new Float64Array(256);
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
    this.#originX = box.west;
    this.#originY = box.south;
    this.#width = box.east - box.west;
    this.#height = box.north - box.south;
  }

  /**
   * @param wkb Polygon or MultiPolygon, little-endian, two ordinates, as `st_asbinary(…, 'NDR')` gives it
   * @returns its area by its corners, holes taken off
   */
  add(wkb: Uint8Array, label: number): number {
    let area = 0;
    eachRing(wkb, (view, at, points, hole) => {
      const turned = signedArea(view, at, points);
      area += ((hole ? -1 : 1) * Math.abs(turned)) / 2;
      this.#ring(view, at, points, turned > 0 !== hole ? 1 : -1, label);
    });
    return area;
  }

  /** @param right 1 where the interior lies above an edge that goes right: anticlockwise shells, clockwise holes; else −1 */
  #ring(view: DataView, at: number, points: number, right: number, label: number): void {
    const width = this.#width;
    const height = this.#height;
    let x = view.getFloat64(at, true) - this.#originX;
    let y = view.getFloat64(at + 8, true) - this.#originY;
    let runFrom = Number.NaN;
    for (let n = 1; n < points; n++) {
      const nextX = view.getFloat64(at + 16 * n, true) - this.#originX;
      const nextY = view.getFloat64(at + 16 * n + 8, true) - this.#originY;
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
    if (fromX === toX) return;
    let [x0, y0, x1, y1] = fromX < toX ? [fromX, fromY, toX, toY] : [toX, toY, fromX, fromY];
    if (x1 <= 0 || x0 >= this.#width) return;
    const slope = (y1 - y0) / (x1 - x0);
    if (x0 < 0) {
      y0 -= x0 * slope;
      x0 = 0;
    }
    if (x1 > this.#width) {
      y1 -= (x1 - this.#width) * slope;
      x1 = this.#width;
    }
    if (x1 <= x0) return;
    if (this.count === this.x0.length) this.#grow();
    const n = this.count++;
    this.x0[n] = x0;
    this.y0[n] = y0;
    this.x1[n] = x1;
    this.y1[n] = y1;
    this.turn[n] = fromX < toX ? right : -right;
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
    this.turn = wider(this.turn, new Int8Array(size));
    this.label = wider(this.label, new Int32Array(size));
    this.below = wider(this.below, new Uint8Array(size));
  }
}

export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** The box around a shape; undefined where it has no vertex. */
export function boxOf(wkb: Uint8Array): Box | undefined {
  const box = { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity };
  eachRing(wkb, (view, at, points) => {
    for (let n = 0; n < points; n++) {
      const x = view.getFloat64(at + 16 * n, true);
      const y = view.getFloat64(at + 16 * n + 8, true);
      if (x < box.west) box.west = x;
      if (x > box.east) box.east = x;
      if (y < box.south) box.south = y;
      if (y > box.north) box.north = y;
    }
  });
  return box.west <= box.east ? box : undefined;
}

type SeeRing = (view: DataView, at: number, points: number, hole: boolean) => void;

function eachRing(wkb: Uint8Array, see: SeeRing): void {
  const view = new DataView(wkb.buffer, wkb.byteOffset, wkb.byteLength);
  const type = view.getUint32(1, true);
  if (type === shapeTypes.polygon) polygonRings(view, 0, see);
  else if (type === shapeTypes.multiPolygon) {
    let at = 9;
    for (let left = view.getUint32(5, true); left > 0; left--) at = polygonRings(view, at, see);
  } else throw new Error(`WKB: type ${type} is no polygon`);
}

function polygonRings(view: DataView, start: number, see: SeeRing): number {
  const rings = view.getUint32(start + 5, true);
  let at = start + 9;
  for (let n = 0; n < rings; n++) {
    const points = view.getUint32(at, true);
    see(view, at + 4, points, n > 0);
    at += 4 + 16 * points;
  }
  return at;
}

/** Twice the area, > 0 anticlockwise; from the first vertex, so that digits are not lost */
function signedArea(view: DataView, at: number, points: number): number {
  const x0 = view.getFloat64(at, true);
  const y0 = view.getFloat64(at + 8, true);
  let twice = 0;
  let dx = 0;
  let dy = 0;
  for (let n = 1; n < points; n++) {
    const x = view.getFloat64(at + 16 * n, true) - x0;
    const y = view.getFloat64(at + 16 * n + 8, true) - y0;
    twice += dx * y - x * dy;
    dx = x;
    dy = y;
  }
  return twice;
}
