/** A register file read in a process of its own that is killed when it stalls or grows (HOUSE §2): a workbook is a zip of XML. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IntakeLimits } from '../../domain/limits.ts';
import { ChildFailure, runWatchedChild } from '../../terrain/watched-child.ts';
import { damagedWorkbook, tableTooLarge } from '../tables/refusals.ts';
import type { TableJob } from '../tables/table.ts';
import { stalledTable } from './refusals.ts';
import type { TableFile } from './table-file.ts';

const child = new URL('./read-table.child.ts', import.meta.url);

/**
 * Throws not-a-zip, zip-unsafe, zip-encrypted, too-large, too-many-features, format-unsupported, encoding-undetermined, and validation for
 * a CSV that cannot be told into columns.
 */
export async function readTableFile(
  path: string,
  fileName: string,
  asked: { encoding?: string | undefined; limits: IntakeLimits; signal?: AbortSignal | undefined },
): Promise<TableFile> {
  const { encoding, limits, signal } = asked;
  const tempDir = await mkdtemp(join(tmpdir(), 'zhanbu-register-'));
  try {
    return await runWatchedChild<TableJob, TableFile>(
      child,
      { path, fileName, encoding, limits, tempDir },
      { stallSeconds: limits.stallMs / 1000, memoryBytes: limits.parserMemoryBytes, ...(signal ? { signal } : {}) },
    );
  } catch (error) {
    if (!(error instanceof ChildFailure)) throw error;
    if (error.reason === 'memory') throw tableTooLarge(fileName, Math.floor(limits.parserMemoryBytes / 2 ** 20), error);
    if (error.reason === 'stalled') throw stalledTable(fileName, limits.stallMs / 1000, error);
    throw damagedWorkbook(fileName, error);
  } finally {
    await rm(tempDir, { recursive: true, force: true });
  }
}
