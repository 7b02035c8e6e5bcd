/**
 * Reading rasters in tests: a file from bytes, the whole slope grid from a spool, the problem a file is refused with.
 * In this process, because starting a child takes 0.2 s; the child itself is tested in read-raster.test.ts.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { AppError } from '../../server/errors.ts';
import { convertRaster } from '../../server/terrain/convert-raster.ts';
import {
  defaultRasterLimits,
  type RasterLimits,
  type RasterOptions,
  type RasterReport,
  readRasterTiles,
  unpackTile,
} from '../../server/terrain/read-raster.ts';
import { type TiffOptions, writeTiff } from './tiff-writer.ts';

// the machine may be busy with other suites; no test here is about time
vi.setConfig({ testTimeout: 120_000 });

export interface SlopeRaster extends RasterReport {
  /** all slopes, NaN = none; tiles that were not stored are NaN */
  slopes: Float32Array;
  tiles: number;
}

/** The whole grid of a report. */
export async function slopesOf(report: RasterReport): Promise<SlopeRaster> {
  const slopes = new Float32Array(report.width * report.height).fill(Number.NaN);
  let tiles = 0;
  for await (const { tile_row, tile_col, data } of readRasterTiles(report.spool)) {
    tiles++;
    const cells = unpackTile(data, report.tile_size);
    for (let i = 0; i < cells.length; i++) {
      const row = tile_row * report.tile_size + Math.floor(i / report.tile_size);
      const col = tile_col * report.tile_size + (i % report.tile_size);
      if (row < report.height && col < report.width) slopes[row * report.width + col] = cells[i]!;
      else if (!Number.isNaN(cells[i]!)) throw new Error('a value beyond the raster');
    }
  }
  return { ...report, slopes, tiles };
}

export async function readSlopes(
  path: string,
  options: RasterOptions,
  limits = defaultRasterLimits,
): Promise<SlopeRaster> {
  return inFolder(async (folder) => {
    const job = { ...options, path, spool: join(folder, 'spool'), limits };
    return slopesOf(await convertRaster(job, () => {}));
  });
}

export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'terrain-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export function withFile<T>(bytes: Buffer, use: (path: string, folder: string) => Promise<T>): Promise<T> {
  return inFolder(async (folder) => {
    const path = join(folder, 'test.tif');
    await writeFile(path, bytes);
    return use(path, folder);
  });
}

export function readTiff(tiff: TiffOptions, options: RasterOptions = { kind: 'slope' }): Promise<SlopeRaster> {
  return withFile(writeTiff(tiff), (path) => readSlopes(path, options));
}

/** The problem a file is refused with, sentences in both languages. */
export async function refusalOf(
  tiff: TiffOptions | Buffer,
  options: RasterOptions = { kind: 'slope' },
  limits?: RasterLimits,
): Promise<AppError> {
  return withFile(Buffer.isBuffer(tiff) ? tiff : writeTiff(tiff), async (path) => {
    try {
      await readSlopes(path, options, limits);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (!error.detail.zh || !error.detail.en) throw new Error('a sentence is missing');
      return error;
    }
    throw new Error('the file was taken');
  });
}

/** In how many cells two rasters differ (NaN equals NaN); expect().toEqual takes seconds on a million numbers. */
export function differing(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Math.max(a.length, b.length);
  let count = 0;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) count++;
  return count;
}
