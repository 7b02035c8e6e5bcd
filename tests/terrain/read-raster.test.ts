import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../server/errors.ts';
import {
  defaultRasterLimits,
  type RasterHooks,
  readRasterSource,
  readRasterTiles,
} from '../../server/terrain/read-raster.ts';
import { ChildFailure, runWatchedChild } from '../../server/terrain/watched-child.ts';
import { describeWithSharedData, sharedData } from '../support/shared-data.ts';
import { slopesOf, withFile } from './reading.ts';
import { type TiffOptions, writeTiff } from './tiff-writer.ts';

const child = (name: string) => new URL(`./children/${name}.child.ts`, import.meta.url);
const watch = { stallSeconds: 20, memoryBytes: 1e9 };
const failed = async (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a raster read in its child process', () => {
  const read = <T>(tiff: TiffOptions, use: (path: string, hooks: RasterHooks & { tempDir: string }) => Promise<T>) =>
    withFile(writeTiff(tiff), (path, folder) => use(path, { tempDir: folder }));

  it('in a zip is refused with what to do, not called damaged', async () => {
    await withFile(Buffer.from('PK\x03\x04 and more of it'), async (path, folder) => {
      const problem = await failed(
        readRasterSource(path, '坡度.zip', { kind: 'slope' }, defaultRasterLimits, { tempDir: folder }),
      );
      expect(problem).toMatchObject({ code: 'format-unsupported', where: { file: '坡度.zip' } });
      expect((problem as AppError).detail.zh).toMatch(/取出/);
    });
  });

  it('becomes a report and a spool of tiles, tiles without a value left out', async () => {
    // 600 × 300: ten tiles of 64 across, five down; the sixteen in the middle above have no value
    const cells = Float32Array.from({ length: 600 * 300 }, (_, i) => {
      const [row, col] = [Math.floor(i / 600), i % 600];
      return row < 256 && col >= 256 && col < 512 ? -1 : (row + col) % 80;
    });
    await read({ width: 600, height: 300, cells, noData: '-1' }, async (path, hooks) => {
      const shares: number[] = [];
      const report = await readRasterSource(path, 'a.tif', { kind: 'slope' }, defaultRasterLimits, {
        ...hooks,
        progress: (s) => shares.push(s),
      });
      const places: string[] = [];
      for await (const tile of readRasterTiles(report.spool)) places.push(`${tile.tile_row}/${tile.tile_col}`);
      // 600 × 300 cells in tiles of 32, without those of the 256 × 256 that have no value
      const stored = [...Array(10).keys()].flatMap((row) =>
        [...Array(19).keys()].filter((col) => row > 7 || col < 8 || col > 15).map((col) => `${row}/${col}`),
      );
      expect(places).toEqual(stored);
      const whole = await slopesOf(report);
      for (let i = 0; i < cells.length; i++)
        expect(Object.is(whole.slopes[i], cells[i] === -1 ? Number.NaN : cells[i])).toBe(true);
      expect(report).toMatchObject({
        srid: 4545, width: 600, height: 300, origin_x: 500_000, origin_y: 3_200_000, cell_x: 10, cell_y: 10, cell_m: 10,
        tile_size: 32, kind: 'slope', valid_cells: 600 * 300 - 65_536, nodata_cells: 65_536, max_slope_deg: 79, warnings: [],
      }); // biome-ignore format: the whole report
      expect(report.crs).toMatchObject({ source: 'geokeys', epsg_found: 4545 });
      expect(shares.at(-1)).toBe(1);
    });
  });

  it('is refused with the same problem as in words, named after the file, and leaves nothing behind', async () => {
    await read({ cells: new Float32Array(64).fill(200) }, async (path, hooks) => {
      const error = (await failed(
        readRasterSource(path, '坡度.tif', { kind: 'slope' }, defaultRasterLimits, hooks),
      )) as AppError;
      expect(error).toBeInstanceOf(AppError);
      expect([error.code, error.where?.file]).toEqual(['raster-units', '坡度.tif']);
      expect(await readdir(hooks.tempDir)).toEqual(['test.tif']);
    });
  });

  it('can be given up', async () => {
    await read({ width: 2000, height: 2000, cells: new Float32Array(4e6) }, async (path, hooks) => {
      const gone = new AbortController();
      const run = readRasterSource(path, 'a.tif', { kind: 'slope' }, defaultRasterLimits, {
        ...hooks,
        signal: gone.signal,
      });
      setTimeout(() => gone.abort(new Error('cancelled')), 50);
      expect(await failed(run)).toMatchObject({ message: 'cancelled' });
      expect(await readdir(hooks.tempDir)).toEqual(['test.tif']);
    });
  });

  it('is refused as corrupt when it takes more memory than it may', async () => {
    await read({}, async (path, hooks) => {
      const limits = { ...defaultRasterLimits, memoryBytes: 20e6 }; // less than Node itself
      const error = (await failed(readRasterSource(path, 'a.tif', { kind: 'slope' }, limits, hooks))) as AppError;
      expect(error.code).toBe('raster-corrupt');
    });
  });
});

describe('a watched child', () => {
  it('is killed when it says nothing for too long', async () => {
    const error = await failed(runWatchedChild(child('hang'), {}, { ...watch, stallSeconds: 1 }));
    expect(error).toBeInstanceOf(ChildFailure);
    expect(error).toMatchObject({ reason: 'stalled' });
  });

  it('is killed when its resident memory passes the bound, though its heap does not', async () => {
    const error = await failed(runWatchedChild(child('grow'), {}, { ...watch, memoryBytes: 300e6 }));
    expect(error).toMatchObject({ reason: 'memory' });
  });

  it('that ends without an answer is a failure', async () => {
    expect(await failed(runWatchedChild(child('crash'), {}, watch))).toMatchObject({ reason: 'crashed' });
  });
});

describe('a tile spool', () => {
  it('that is cut short or is none is an error, never fewer tiles', async () => {
    await withFile(writeTiff({ width: 600, height: 10 }), async (path, folder) => {
      const { spool } = await readRasterSource(path, 'a.tif', { kind: 'slope' }, defaultRasterLimits, {
        tempDir: folder,
      });
      const bytes = await readFile(spool);
      const readAll = async (content: Buffer) => {
        const broken = join(folder, 'broken');
        await writeFile(broken, content);
        for await (const _ of readRasterTiles(broken));
      };
      for (const length of [0, 5, 20, bytes.length - 12, bytes.length - 1]) {
        await expect(readAll(bytes.subarray(0, length))).rejects.toThrow();
      }
      await expect(readAll(Buffer.concat([Buffer.from('XXXXXXXX'), bytes.subarray(8)]))).rejects.toThrow(
        'no tile spool',
      );
    });
  });
});

describeWithSharedData('the demonstration slope', () => {
  it('is read whole by the child', async () => {
    await withFile(Buffer.alloc(0), async (_, tempDir) => {
      const path = sharedData('youyang-demo/slope_30m.tif');
      const report = await readRasterSource(path, 'slope_30m.tif', { kind: 'slope' }, defaultRasterLimits, { tempDir });
      expect(report).toMatchObject({
        srid: 4524,
        width: 1267,
        height: 967,
        valid_cells: 1_213_877,
        nodata_cells: 11_312,
        warnings: [],
      });
    });
  });
});
