/** Reads mutations one after another as the parsers do, in a process that may hang, grow or die over one of them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../server/config.ts';
import { AppError, problemStatus } from '../../server/errors.ts';
import { readVector } from '../../server/intake/read-vector.ts';
import { findHeading } from '../../server/intake/register/heading.ts';
import { readCsv, readXlsx } from '../../server/intake/register/table-file.ts';
import { readSpool } from '../../server/intake/spool.ts';
import { convertRaster } from '../../server/terrain/convert-raster.ts';
import { defaultRasterLimits } from '../../server/terrain/raster-limits.ts';
import type { Good } from './goods.ts';
import { type Mutation, Mutations } from './mutate.ts';

export interface ReadOutcome {
  number: number;
  format: string;
  done: string[];
  /** rows or cells, or the code */
  got: string;
  fault?: string;
}
export interface ToReader {
  goods: Good[];
  numbers: number[];
}
export type FromReader = { beat: number } | { outcome: ReadOutcome } | { end: true };

const { limits } = readConfig({});
const folder = mkdtempSync(join(tmpdir(), 'zhanbu-mutations-'));
let current = 0;
const beat = () => void process.send?.({ beat: current } satisfies FromReader);

/** `fault`: what a file that was read must not be */
async function readOne({ good, bytes, inPlace, done }: Mutation): Promise<{ got: string; fault?: string }> {
  const tempDir = join(folder, String(current));
  mkdirSync(tempDir);
  const path = join(tempDir, 'upload');
  writeFileSync(path, bytes);
  try {
    if (good.to === 'slope' || good.to === 'dem') {
      const report = await convertRaster(
        { path, kind: good.to, spool: join(tempDir, 'spool'), limits: defaultRasterLimits },
        beat,
      );
      const cells = report.valid_cells + report.nodata_cells;
      const sound = cells === report.width * report.height && report.max_slope_deg >= 0 && report.max_slope_deg <= 90;
      return { got: `${cells} cells`, ...(sound ? {} : { fault: JSON.stringify(report).slice(0, 500) }) };
    }
    if (good.to === 'register') {
      const job = { path, fileName: good.file, encoding: undefined, limits: limits.registers, tempDir };
      const table = bytes.subarray(0, 2).toString() === 'PK' ? await readXlsx(job, beat) : readCsv(job);
      return { got: `${findHeading(table.tables, good.file, {}).rows.length} rows` };
    }
    const { srid, ...fields } = good.fields as { srid?: string; sublayer?: string };
    const options = { ...fields, ...(srid === undefined ? {} : { srid: Number(srid) }) };
    const report = await readVector(
      { path, fileName: good.file, options, limits: limits.parcels, tempDir },
      join(tempDir, 'spool'),
      beat,
    );
    let rows = 0;
    for await (const row of readSpool(report.spool)) rows += row.row > 0 ? 1 : 0;
    const got = `${rows} rows`;
    if (rows !== report.feature_count)
      return { got, fault: `${report.feature_count} rows are said, ${rows} are there` };
    // a deletion mark may be hit, and is told; nothing else of a shapefile may cost a row
    if (
      rows < good.rows &&
      report.warnings.length === 0 &&
      (inPlace || (good.format === 'shapefile' && done[0]?.includes('.')))
    )
      return { got, fault: `${good.rows - rows} rows are gone without a word` };
    return { got };
  } finally {
    rmSync(tempDir, { recursive: true, force: true });
  }
}

async function outcomeOf(mutation: Mutation): Promise<{ got: string; fault?: string }> {
  try {
    return await readOne(mutation);
  } catch (error) {
    if (!(error instanceof AppError))
      return { got: 'error', fault: error instanceof Error ? (error.stack ?? String(error)) : String(error) };
    const { code, detail, where } = error;
    if (!(problemStatus[code] >= 400 && problemStatus[code] < 500))
      return { got: code, fault: `${code}: ${detail.zh}` };
    // a raster is named by whoever asked for its reading
    const named = where?.file !== undefined || mutation.good.format === 'raster';
    const said =
      /[\u4e00-\u9fff]/.test(detail.zh) && !/[\u0000-\u0008\u202e]|undefined|\[object/.test(detail.zh + detail.en);
    return { got: code, ...(named && said ? {} : { fault: `${code} ${JSON.stringify(where)}: ${detail.zh}` }) };
  }
}

process.on('disconnect', () => process.exit());
process.once('message', async ({ goods, numbers }: ToReader) => {
  const mutations = new Mutations(goods);
  for (const number of numbers) {
    current = number;
    beat();
    const mutation = mutations.make(number);
    const outcome = { number, format: mutation.good.format, done: mutation.done, ...(await outcomeOf(mutation)) };
    process.send?.({ outcome } satisfies FromReader);
  }
  rmSync(folder, { recursive: true, force: true });
  process.send?.({ end: true } satisfies FromReader);
  process.disconnect();
});
