/** .shp and .shx: polygon records from WKB (ESRI Shapefile Technical Description, 1998). */
import type { FileOut } from './file-out.ts';

const headerBytes = 100;
const polygonType = 5;

type Ring = Float64Array; // x0, y0, x1, y1, …
type Box = [xMin: number, yMin: number, xMax: number, yMax: number];

export class ShapeWriter {
  readonly #shp: FileOut;
  readonly #shx: FileOut;
  readonly #box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  #records = 0;

  constructor(shp: FileOut, shx: FileOut) {
    this.#shp = shp;
    this.#shx = shx;
  }

  async begin(): Promise<void> {
    await this.#shp.write(new Uint8Array(headerBytes));
    await this.#shx.write(new Uint8Array(headerBytes));
  }

  /** One polygon or multipolygon as WKB (ISO or EWKB, either byte order, Z and M left out); null is a null shape. */
  async add(wkb: Uint8Array | null): Promise<void> {
    const rings = wkb === null ? [] : ringsOf(wkb);
    const content = rings.length === 0 ? Buffer.alloc(4) : this.#polygon(rings);
    const head = Buffer.alloc(8);
    head.writeInt32BE(++this.#records, 0);
    head.writeInt32BE(content.length / 2, 4);
    const index = Buffer.alloc(8);
    index.writeInt32BE(this.#shp.size / 2, 0);
    index.writeInt32BE(content.length / 2, 4);
    await this.#shp.write(head);
    await this.#shp.write(content);
    await this.#shx.write(index);
  }

  async end(): Promise<void> {
    await this.#shp.patch(0, this.#header(this.#shp.size));
    await this.#shx.patch(0, this.#header(this.#shx.size));
  }

  #polygon(rings: Ring[]): Buffer {
    const points = rings.reduce((sum, ring) => sum + ring.length / 2, 0);
    const record = Buffer.alloc(44 + 4 * rings.length + 16 * points);
    const box = boxOf(rings);
    record.writeInt32LE(polygonType, 0);
    for (const [i, value] of box.entries()) record.writeDoubleLE(value, 4 + 8 * i);
    record.writeInt32LE(rings.length, 36);
    record.writeInt32LE(points, 40);
    let first = 0;
    let at = 44 + 4 * rings.length;
    for (const [i, ring] of rings.entries()) {
      record.writeInt32LE(first, 44 + 4 * i);
      first += ring.length / 2;
      for (const ordinate of ring) at = record.writeDoubleLE(ordinate, at);
    }
    this.#box[0] = Math.min(this.#box[0], box[0]);
    this.#box[1] = Math.min(this.#box[1], box[1]);
    this.#box[2] = Math.max(this.#box[2], box[2]);
    this.#box[3] = Math.max(this.#box[3], box[3]);
    return record;
  }

  #header(bytes: number): Buffer {
    const header = Buffer.alloc(headerBytes);
    header.writeInt32BE(9994, 0);
    header.writeInt32BE(bytes / 2, 24);
    header.writeInt32LE(1000, 28);
    header.writeInt32LE(polygonType, 32);
    const empty = this.#box[0] > this.#box[2];
    for (const [i, value] of this.#box.entries()) header.writeDoubleLE(empty ? 0 : value, 36 + 8 * i);
    return header;
  }
}

/** Rings as a shapefile wants them: closed, outer ones clockwise, holes the other way. */
function ringsOf(wkb: Uint8Array): Ring[] {
  const view = new DataView(wkb.buffer, wkb.byteOffset, wkb.byteLength);
  let at = 0;
  const rings: Ring[] = [];
  const geometry = (): void => {
    const little = view.getUint8(at) === 1;
    const code = view.getUint32(at + 1, little);
    at += 5;
    if (code & 0x20000000) at += 4; // EWKB's SRID
    const kind = (code & 0xffff) % 1000;
    const thousands = Math.floor((code & 0xffff) / 1000);
    const dimensions = 2 + (code & 0x80000000 || thousands & 1 ? 1 : 0) + (code & 0x40000000 || thousands & 2 ? 1 : 0);
    const count = view.getUint32(at, little);
    at += 4;
    if (kind === 6) for (let i = 0; i < count; i++) geometry();
    else if (kind === 3) for (let i = 0; i < count; i++) rings.push(ring(little, dimensions, i === 0));
    else throw new TypeError(`a parcel is a polygon, not WKB type ${code}`);
  };
  const ring = (little: boolean, dimensions: number, outer: boolean): Ring => {
    const count = view.getUint32(at, little);
    at += 4;
    const points = new Float64Array(2 * count);
    for (let i = 0; i < count; i++, at += 8 * dimensions) {
      points[2 * i] = view.getFloat64(at, little);
      points[2 * i + 1] = view.getFloat64(at + 8, little);
    }
    return isClockwise(points) === outer ? points : reversed(points);
  };
  geometry();
  return rings.filter((points) => points.length >= 8);
}

/** Signed area about the first corner: 36 million metres of easting would drown a small ring. */
function isClockwise(ring: Ring): boolean {
  const [x0 = 0, y0 = 0] = ring;
  let twice = 0;
  for (let i = 0; i + 3 < ring.length; i += 2) {
    twice += (ring[i]! - x0) * (ring[i + 3]! - y0) - (ring[i + 2]! - x0) * (ring[i + 1]! - y0);
  }
  return twice < 0;
}

function reversed(ring: Ring): Ring {
  const out = new Float64Array(ring.length);
  for (let i = 0; i < ring.length; i += 2) {
    out[i] = ring[ring.length - 2 - i]!;
    out[i + 1] = ring[ring.length - 1 - i]!;
  }
  return out;
}

function boxOf(rings: Ring[]): Box {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      box[0] = Math.min(box[0], ring[i]!);
      box[1] = Math.min(box[1], ring[i + 1]!);
      box[2] = Math.max(box[2], ring[i]!);
      box[3] = Math.max(box[3], ring[i + 1]!);
    }
  }
  return box;
}
