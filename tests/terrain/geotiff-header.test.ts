import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { defaultRasterLimits } from '../../server/terrain/read-raster.ts';
import { differing, readSlopes, readTiff, refusalOf, withFile } from './reading.ts';
import { type TiffOptions, writeTiff } from './tiff-writer.ts';

const flat = (value: number, n = 64) => new Float32Array(n).fill(value);
const code = async (tiff: TiffOptions | Buffer) => (await refusalOf(tiff)).code;

describe('the header check', () => {
  it('takes classic and BigTIFF, both byte orders, tiles and strips, and reads the same numbers from each', async () => {
    const cells = Float32Array.from({ length: 40 * 24 }, (_, i) => (i * 7) % 61);
    for (const big of [false, true]) {
      for (const bigEndian of [false, true]) {
        for (const shape of [{ tile: 16 }, { rowsPerStrip: 5 }, {}]) {
          const read = await readTiff({ width: 40, height: 24, cells, big, bigEndian, ...shape });
          expect(differing(read.slopes, cells)).toBe(0);
        }
      }
    }
  });

  it('refuses a directory that leads back to itself', async () => {
    expect(await code({ next: (first) => first })).toBe('raster-corrupt');
    expect((await refusalOf({ next: (first) => first, big: true })).detail.zh).toContain('成环');
  });

  it('refuses more than 16 directories', async () => {
    // 17 directories one after another, each of two entries, none repeated
    const one = 2 + 2 * 12 + 4;
    const bytes = Buffer.alloc(8 + 17 * one);
    bytes.write('II', 'latin1');
    bytes.writeUInt16LE(42, 2);
    bytes.writeUInt32LE(8, 4);
    for (let i = 0; i < 17; i++) {
      const at = 8 + i * one;
      bytes.writeUInt16LE(2, at);
      for (const [n, tag] of [256, 257].entries()) {
        bytes.writeUInt16LE(tag, at + 2 + n * 12);
        bytes.writeUInt16LE(3, at + 4 + n * 12);
        bytes.writeUInt32LE(1, at + 6 + n * 12);
        bytes.writeUInt16LE(8, at + 10 + n * 12);
      }
      bytes.writeUInt32LE(i < 16 ? at + one : 0, at + 2 + 24);
    }
    const problem = await refusalOf(bytes);
    expect(problem.code).toBe('raster-corrupt');
    expect(problem.detail.zh).toContain('16');
  });

  it('refuses dimensions beyond 1e10 cells, or a side nobody can hold, before it asks for memory', async () => {
    expect(await code({ tags: { 256: { type: 4, values: [150_000] }, 257: { type: 4, values: [150_000] } } })).toBe(
      'raster-corrupt',
    );
    expect(await code({ tags: { 256: { type: 4, values: [4e9] }, 257: { type: 4, values: [1] } } })).toBe(
      'raster-corrupt',
    );
    expect(await code({ tags: { 256: { type: 4, values: [0] } } })).toBe('raster-corrupt');
  });

  it('refuses a tile that would decode to more than 64 MB, and counts that do not fit the image', async () => {
    const huge = { 322: { type: 4 as const, values: [32_768] }, 323: { type: 4 as const, values: [32_768] } };
    expect(await code({ tile: 16, tags: huge })).toBe('raster-corrupt');
    expect(await code({ rowsPerStrip: 2, tags: { 278: { type: 4, values: [4] } } })).toBe('raster-corrupt');
    expect(await code({ tile: 16, tags: { 322: { type: 4, values: [0] } } })).toBe('raster-corrupt');
    expect(await code({ tags: { 279: undefined } })).toBe('raster-corrupt');
  });

  it('refuses tables, tag values and blocks that lie outside the file', async () => {
    const whole = writeTiff({ rowsPerStrip: 2 });
    for (const keep of [9, 60, 270, whole.length - 30])
      expect(await code(whole.subarray(0, keep))).toBe('raster-corrupt');
    expect(await code({ tags: { 33550: { type: 12, values: [1, 1, 0], at: 1e9 } } })).toBe('raster-corrupt');
    expect(await code({ tags: { 270: { type: 2, values: 'x', count: 4e9, at: 8 } } })).toBe('raster-corrupt');
    expect(await code({ big: true, tags: { 270: { type: 2, values: 'x', count: 2 ** 60, at: 8 } } })).toBe(
      'raster-corrupt',
    );
    expect(await code({ tags: { 273: { type: 4, values: [1e6] } } })).toBe('raster-corrupt');
    expect(await code({ next: () => 1e9 })).toBe('raster-corrupt');
  });

  it('refuses garbage and an empty file in words', async () => {
    expect(await code(Buffer.alloc(0))).toBe('raster-corrupt');
    expect(await code(Buffer.from('PK\u0003\u0004 this is a zip'))).toBe('format-unsupported');
    expect(await code(Buffer.from('II*\0\0\0\0\0'))).toBe('raster-corrupt');
  });

  it('refuses a strip that holds less than its rows, and one that inflates to more', async () => {
    const short = (block: Buffer) => block.subarray(0, block.length - 8);
    expect(await code({ rowsPerStrip: 4, compress: short })).toBe('raster-corrupt');
    const deflate = { tags: { 259: { type: 3 as const, values: [8] } } };
    expect(await code({ ...deflate, compress: (b) => deflateSync(short(b)) })).toBe('raster-corrupt');
    expect(await code({ ...deflate, compress: () => deflateSync(Buffer.alloc(50_000_000)) })).toBe('raster-corrupt');
    expect(await code({ ...deflate, compress: (b) => short(deflateSync(b)) })).toBe('raster-corrupt');
    expect(await code({ ...deflate, compress: () => Buffer.from('garbage') })).toBe('raster-corrupt');
    expect(await code({ tags: { 259: { type: 3, values: [50000] } }, compress: () => Buffer.from('garbage') })).toBe(
      'raster-corrupt',
    );
  });

  it('reads a single uncompressed strip of any size in pieces', async () => {
    const cells = Float32Array.from({ length: 3000 * 700 }, (_, i) => i % 80);
    const limits = { ...defaultRasterLimits, maxBlockBytes: 1_000_000 };

    const bytes = writeTiff({ width: 3000, height: 700, cells });
    const read = await withFile(bytes, (path) => readSlopes(path, { kind: 'slope' }, limits));
    expect(differing(read.slopes, cells)).toBe(0);
    expect(
      (await refusalOf({ width: 3000, height: 700, cells, rowsPerStrip: 350 }, { kind: 'slope' }, limits)).code,
    ).toBe('raster-corrupt');
  });

  it('takes a block that was never written as missing, not as slope 0', async () => {
    const read = await readTiff({
      rowsPerStrip: 4,
      cells: flat(12),
      tags: { 279: { type: 4, values: [8 * 4 * 4, 0] }, 273: { type: 4, values: [8, 0] } },
    });
    expect(read.valid_cells).toBe(32);
    expect(read.nodata_cells).toBe(32);
    expect(read.slopes[63]).toBeNaN();
  });
});
