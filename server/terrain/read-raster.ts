/**
 * The door of the terrain folder for files: a GeoTIFF of slope or elevation becomes a report and a spool of slope tiles,
 * read in a child process that is killed when it stalls or grows (THREATS T15).
 */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import type { RasterJob } from './convert-raster.ts';
import { defaultRasterLimits, type RasterLimits } from './raster-limits.ts';
import type { RasterKind } from './raster-meaning.ts';
import type { RasterReport } from './raster-report.ts';
import { rasterCorrupt } from './refusals.ts';
import { ChildFailure, runWatchedChild } from './watched-child.ts';

export { readRasterTiles, readSpool, TILE_SIZE, unpackTile } from './tile-spool.ts';
export type { RasterLimits, RasterReport };
export { defaultRasterLimits };

export interface RasterOptions {
  kind: RasterKind;
  /** EPSG code a person gave; decides, and must not contradict the file */
  srid?: number;
}

export interface RasterHooks {
  /** aborting kills the parser; the promise rejects with the signal's reason */
  signal?: AbortSignal;
  /** share of the file read so far, 0–1 */
  progress?: (share: number) => void;
  /** where the spool goes; the system's folder for temporary files if absent */
  tempDir?: string;
}

/**
 * @param path the file; @param fileName its name as shown to people
 * @returns the report; its `spool` is read by readRasterTiles and deleted by the caller
 * @throws AppError raster-corrupt, raster-no-georeference, raster-rotated, raster-units, format-unsupported,
 *   crs-unsupported-datum, crs-unknown, crs-conflict, coordinate-outside-crs, storage-full; nothing is left behind then
 */
export async function readRasterSource(
  path: string,
  fileName: string,
  { kind, srid }: RasterOptions,
  limits: RasterLimits = defaultRasterLimits,
  hooks: RasterHooks = {},
): Promise<RasterReport> {
  const spool = join(hooks.tempDir ?? tmpdir(), `slope-${randomUUID()}.tiles`);
  const job: RasterJob = { path, kind, srid, spool, limits };
  try {
    return await runWatchedChild<RasterJob, RasterReport>(new URL('./read-raster.child.ts', import.meta.url), job, {
      stallSeconds: limits.stallSeconds,
      memoryBytes: limits.memoryBytes,
      signal: hooks.signal,
      progress: hooks.progress,
    });
  } catch (error) {
    await rm(spool, { force: true });
    const problem = error instanceof ChildFailure ? brokenBy(error, limits) : error;
    if (!(problem instanceof AppError)) throw problem;
    throw new AppError(problem.code, problem.detail, { ...problem.where, file: fileName }, { cause: problem.cause });
  }
}

function brokenBy(failure: ChildFailure, limits: RasterLimits): AppError {
  if (failure.reason === 'stalled') {
    return rasterCorrupt(
      `读取 ${limits.stallSeconds} 秒没有进展`,
      `reading made no progress for ${limits.stallSeconds} s`,
      failure,
    );
  }
  if (failure.reason === 'memory') {
    const mb = Math.floor(limits.memoryBytes / 2 ** 20);
    return rasterCorrupt(`读取所需内存超过 ${mb} MB`, `reading it takes more than ${mb} MB of memory`, failure);
  }
  return rasterCorrupt('读取程序异常退出', 'the reader stopped on it', failure);
}
