/** What an export is given and what it gives back. Exports read what a run has judged; they judge nothing. */
import type { CheckId, Measure } from '../domain/outcome.ts';
import type { RunSummary, VerdictRow } from '../domain/verdict-feature.ts';
import type { Sentence } from '../errors.ts';

/** The texts of a check, from the registry. */
export interface CheckText {
  id: CheckId;
  title: Sentence;
  why: Sentence;
  basis: readonly { document: string; clause: string }[];
  measure: Measure;
  /** the measure is that of what it hits, not one for all */
  measurePerHit?: boolean;
}

/** A row with its shape as WKB (polygon or multipolygon, x before y) in the plane asked for; null for an empty shape. */
export type RowInSrid = VerdictRow & { wkb: Uint8Array | null };

export interface ExportOptions {
  /** shp only: 4490 (default) or any CGCS2000 Gauss–Krüger code */
  srid?: number;
  /** shp only: UTF-8 (default), GBK or GB18030 */
  encoding?: string;
  /** rows whose verdict is not `compliant` */
  only?: 'flagged';
}

export interface ExportInput {
  run: {
    run_id: string;
    region_code: string;
    created_at: Date;
    summary: RunSummary;
    manifest: Record<string, unknown>;
  };
  /** all rows of the run in upload order, the same at every call; xlsx calls it three times, the others once or twice */
  rows: () => AsyncIterable<VerdictRow>;
  checks: readonly CheckText[];
  language: 'zh' | 'en';
  options: ExportOptions;
  /** the same rows, in the same order, with shapes transformed by the database; shp needs it */
  rowsInSrid?: (srid: number) => AsyncIterable<RowInSrid>;
  /** folder for temporary files, the system's where not given; shp only, emptied at the end */
  tempDir?: string;
}

export interface ExportFormat {
  id: 'geojson' | 'csv' | 'xlsx' | 'shp';
  title: Sentence;
  contentType: string;
  /** of the file that is saved, without the dot */
  extension: string;
  /** what of the coordinates and the text the asker may choose */
  options: readonly ('srid' | 'encoding')[];
  /**
   * Bytes as they come. What is wrong with the request (AppError) is thrown before the first of them, so that it can
   * still be answered as a problem; stopping early frees what was taken.
   */
  write(input: ExportInput): AsyncIterable<Uint8Array>;
}

export async function* wanted<Row extends VerdictRow>(
  rows: AsyncIterable<Row>,
  options: ExportOptions,
): AsyncGenerator<Row> {
  for await (const row of rows) {
    if (options.only !== 'flagged' || row.verdict !== 'compliant') yield row;
  }
}

/** Text pieces as UTF-8 in blocks of some 64 kB: one small write per row would cost more than the row. */
export async function* inBlocks(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let block = '';
  for await (const piece of pieces) {
    block += piece;
    if (block.length < 65_536) continue;
    yield Buffer.from(block, 'utf8');
    block = '';
  }
  if (block !== '') yield Buffer.from(block, 'utf8');
}
