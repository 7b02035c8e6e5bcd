/**
 * Reads bytes as a file of a name. Most tests read in the test's own process (`read`), because what is refused and why
 * does not depend on it; parser-process.test.ts is about the process.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type IntakeLimits, parcelLimits } from '../../server/domain/limits.ts';
import { AppError } from '../../server/errors.ts';
import { readVector } from '../../server/intake/read-vector.ts';
import type { SourceOptions, SourceReport, SpoolRow } from '../../server/intake/source-types.ts';
import { readSpool } from '../../server/intake/spool.ts';

export interface ReadOptions extends SourceOptions {
  name?: string;
  limits?: Partial<IntakeLimits>;
}
export interface Read {
  report: SourceReport;
  rows: SpoolRow[];
}

export async function read(
  bytes: Buffer | string,
  { name = 'parcels.zip', limits, ...options }: ReadOptions = {},
): Promise<Read> {
  const tempDir = mkdtempSync(join(tmpdir(), 'zhanbu-test-'));
  try {
    const path = join(tempDir, 'upload');
    writeFileSync(path, bytes);
    const job = { path, fileName: name, options, limits: { ...parcelLimits, ...limits }, tempDir };
    const report = await readVector(job, join(tempDir, 'spool'), () => {});
    const rows: SpoolRow[] = [];
    for await (const row of readSpool(report.spool)) rows.push(row);
    return { report, rows };
  } finally {
    rmSync(tempDir, { recursive: true, force: true });
  }
}

/** The problem a file is refused with; a file that is read fails the test. */
export async function refusal(bytes: Buffer | string, options?: ReadOptions): Promise<AppError> {
  try {
    await read(bytes, options);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('the file was read, but should have been refused');
}

/** Rings of a MultiPolygon WKB: polygons of rings of points. Written from the OGC specification, not from the writer. */
export function polygonsIn(wkb: Buffer): [number, number][][][] {
  let at = 0;
  const uint = () => {
    at += 4;
    return wkb.readUInt32LE(at - 4);
  };
  const head = (type: number) => {
    if (wkb[at] !== 1) throw new Error('not little endian');
    at++;
    if (uint() !== type) throw new Error(`expected type ${type}`);
  };
  head(6);
  const polygons = Array.from({ length: uint() }, () => {
    head(3);
    return Array.from({ length: uint() }, () =>
      Array.from({ length: uint() }, (): [number, number] => {
        at += 16;
        return [wkb.readDoubleLE(at - 16), wkb.readDoubleLE(at - 8)];
      }),
    );
  });
  if (at !== wkb.length) throw new Error(`${wkb.length - at} bytes follow the geometry`);
  return polygons;
}
