/** The spool between a parser and what it is read for: whole, or said to be cut; also while it is being written. */
import { mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SpoolRow } from '../../server/intake/source-types.ts';
import { readSpool, SpoolWriter } from '../../server/intake/spool.ts';

const rowOf = (row: number): SpoolRow => ({
  row,
  source_file: row % 2 === 0 ? '乙.shp' : '甲.shp',
  attributes: { DKBH: `地块${row}`, n: row },
  // some longer than what is read at once
  wkb: row % 5 === 0 ? null : Buffer.alloc(row % 1000 === 1 ? 3_000_000 : 200, row),
  faults: [],
});
const rows = Array.from({ length: 2500 }, (_, i) => rowOf(i + 1));

async function collect(source: AsyncIterable<SpoolRow>): Promise<SpoolRow[]> {
  const got: SpoolRow[] = [];
  for await (const row of source) got.push(row);
  return got;
}

describe('a spool', () => {
  let folder: string;
  let path: string;
  let writer: SpoolWriter;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'zhanbu-spool-'));
    path = join(folder, 'spool');
    writer = new SpoolWriter(path, ['甲.shp', '乙.shp']);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('gives every row back, bytes kept after later ones were read', async () => {
    for (const row of rows) writer.write(row);
    writer.close();
    expect(await collect(readSpool(path))).toEqual(rows);
  });

  it('is read to its end while it is written in starts and stops', async () => {
    let ended = false;
    const reading = collect(readSpool(path, () => ended));
    for (const [i, row] of rows.entries()) {
      writer.write(row);
      if (i % 500 === 0) await pause(15);
    }
    writer.close();
    await pause(15);
    ended = true;
    expect(await reading).toEqual(rows);
  });

  it('that is cut is told, and one that its writer leaves unfinished is not waited for', async () => {
    for (const row of rows) writer.write(row);
    writer.close();
    truncateSync(path, statSync(path).size - 7);
    await expect(collect(readSpool(path))).rejects.toThrow('middle of a record');
    let ended = false;
    const reading = collect(readSpool(path, () => ended));
    setTimeout(() => {
      ended = true;
    }, 50);
    await expect(reading).rejects.toThrow('middle of a record');
  });
});
