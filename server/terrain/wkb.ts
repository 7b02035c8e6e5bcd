import type { Ring } from './rings.ts';

/**
 * The rings of a WKB Polygon or MultiPolygon as the database gives it (ISO or EWKB, either byte order, an SRID is
 * skipped, Z and M ordinates are dropped). An empty shape has no rings.
 * @throws Error where the bytes are anything else: they come from our own database, so it is a fault of ours
 */
export function parseWkbRings(wkb: Uint8Array): Ring[] {
  const reader = new WkbReader(wkb);
  const rings = reader.polygons();
  if (reader.at !== wkb.byteLength) throw new Error('WKB: bytes after the end of the shape');
  return rings;
}

class WkbReader {
  at = 0;
  readonly #view: DataView;
  constructor(wkb: Uint8Array) {
    this.#view = new DataView(wkb.buffer, wkb.byteOffset, wkb.byteLength);
  }

  polygons(): Ring[] {
    const little = this.#view.getUint8(this.at++) === 1;
    const type = this.#word(little);
    if (type & 0x20000000) this.at += 4; // EWKB: an SRID follows
    const iso = type & 0x0fffffff;
    const ewkbExtra = (type & 0x80000000 ? 1 : 0) + (type & 0x40000000 ? 1 : 0);
    const extra = [ewkbExtra, 1, 1, 2][Math.floor(iso / 1000)];
    const kind = iso % 1000;
    if (extra === undefined || (kind !== 3 && kind !== 6)) throw new Error(`WKB: type ${type} is no polygon`);
    const count = this.#count(little, kind === 6 ? 9 : 4);
    const rings: Ring[] = [];
    for (let i = 0; i < count; i++) {
      if (kind === 6) for (const ring of this.polygons()) rings.push(ring);
      else rings.push(this.#ring(little, 2 + extra));
    }
    return rings;
  }

  #ring(little: boolean, ordinates: number): Ring {
    const count = this.#count(little, ordinates * 8);
    const ring = new Float64Array(count * 2);
    for (let i = 0; i < count; i++) {
      ring[i * 2] = this.#view.getFloat64(this.at, little);
      ring[i * 2 + 1] = this.#view.getFloat64(this.at + 8, little);
      this.at += ordinates * 8;
    }
    return ring;
  }

  /** A count of things of at least `bytes` each, which must fit into what is left. */
  #count(little: boolean, bytes: number): number {
    const count = this.#word(little);
    if (count * bytes > this.#view.byteLength - this.at) throw new Error('WKB: cut short');
    return count;
  }

  #word(little: boolean): number {
    const value = this.#view.getUint32(this.at, little);
    this.at += 4;
    return value;
  }
}
