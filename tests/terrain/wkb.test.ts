import { describe, expect, it } from 'vitest';
import { parseWkbRings } from '../../server/terrain/wkb.ts';

/** from PostGIS: st_asbinary / st_asewkb of the shape named */
const hex = {
  polygon:
    '01030000000200000004000000000000000000000000000000000000000000000000002440000000000000000000000000000024400000000000002440000000000000000000000000000000000400000000000000000014400000000000000040000000000000184000000000000000400000000000001840000000000000084000000000000014400000000000000040',
  empty: '010600000000000000',
  point: '0101000000000000000000f03f0000000000000040',
};
const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

/** the same shape written by hand in either byte order, with SRID and Z as asked */
function write(parts: number[][][], little: boolean, srid: number | undefined, dims: 2 | 3): Uint8Array {
  const out: Buffer[] = [];
  const u8 = (v: number) => out.push(Buffer.from([v]));
  const u32 = (v: number) => {
    const b = Buffer.alloc(4);
    little ? b.writeUInt32LE(v) : b.writeUInt32BE(v);
    out.push(b);
  };
  const f64 = (v: number) => {
    const b = Buffer.alloc(8);
    little ? b.writeDoubleLE(v) : b.writeDoubleBE(v);
    out.push(b);
  };
  const head = (kind: number, withSrid: boolean) => {
    u8(little ? 1 : 0);
    u32((kind | (withSrid ? 0x20000000 : 0) | (dims === 3 ? 0x80000000 : 0)) >>> 0);
    if (withSrid) u32(srid!);
  };
  head(6, srid !== undefined);
  u32(parts.length);
  for (const part of parts) {
    head(3, false);
    u32(part.length);
    for (const ring of part) {
      u32(ring.length / 2);
      for (let i = 0; i < ring.length; i += 2) {
        f64(ring[i]!);
        f64(ring[i + 1]!);
        if (dims === 3) f64(777);
      }
    }
  }
  return Uint8Array.from(Buffer.concat(out));
}

describe('WKB of a polygon', () => {
  it('gives all rings of all parts, in both byte orders, with SRID and height', () => {
    expect(parseWkbRings(bytes(hex.polygon)).map((r) => [...r])).toEqual([
      [0, 0, 10, 0, 10, 10, 0, 0],
      [5, 2, 6, 2, 6, 3, 5, 2],
    ]);
    const parts = [
      [
        [0, 0, 5, 0, 5, 5, 0, 0],
        [1, 1, 2, 1, 2, 2, 1, 1],
      ],
      [[36_532_410.25, 8, 9, 8, 9, 9, 36_532_410.25, 8]],
    ];
    for (const little of [true, false]) {
      for (const srid of [undefined, 4524]) {
        for (const dims of [2, 3] as const) {
          expect(parseWkbRings(write(parts, little, srid, dims)).map((r) => [...r])).toEqual(parts.flat());
        }
      }
    }
    expect(parseWkbRings(bytes(hex.empty))).toEqual([]);
  });

  it('reads bytes that lie inside a larger buffer', () => {
    const padded = Buffer.concat([Buffer.alloc(3), bytes(hex.polygon), Buffer.alloc(5)]);
    expect(parseWkbRings(padded.subarray(3, padded.length - 5)).length).toBe(2);
  });

  it('is an error where it is no polygon, is cut short, or promises more points than bytes', () => {
    expect(() => parseWkbRings(bytes(hex.point))).toThrow('no polygon');
    expect(() => parseWkbRings(bytes(hex.polygon).subarray(0, 60))).toThrow();
    expect(() => parseWkbRings(bytes('0103000000ffffffff'))).toThrow('cut short');
    expect(() => parseWkbRings(bytes(`${hex.polygon}00`))).toThrow('after the end');
  });
});
