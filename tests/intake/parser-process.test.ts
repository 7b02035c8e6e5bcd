import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IntakeLimits, parcelLimits } from '../../server/domain/limits.ts';
import { AppError } from '../../server/errors.ts';
import { readSpool, readVectorSource } from '../../server/intake/read-source.ts';
import type { ReadHooks, SourceReport } from '../../server/intake/source-types.ts';
import { box, type Point, plot, zippedLayer } from './make-shapefile.ts';
import { makeZip } from './make-zip.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zhanbu-process-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(
  bytes: Buffer | string,
  limits: Partial<IntakeLimits> = {},
  hooks: Partial<ReadHooks> = {},
  name = '地块.zip',
): Promise<SourceReport> {
  const path = join(folder, 'upload');
  writeFileSync(path, bytes);
  return readVectorSource(
    path,
    name,
    {},
    { ...parcelLimits, ...limits },
    { purpose: 'parcels', tempDir: folder, ...hooks },
  );
}
const problem = async (reading: Promise<unknown>): Promise<AppError> => {
  const error = await reading.then(
    () => new Error('the file was read'),
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw error;
};
/** what is left in the folder beside the upload */
const left = () => readdirSync(folder).filter((name) => name !== 'upload');

describe('reading in a process of its own', () => {
  it('gives the report, growing progress and a spool, and leaves nothing else', async () => {
    const shares: number[] = [];
    const report = await run(
      zippedLayer({ shapes: Array.from({ length: 3000 }, (_, i) => plot(i % 100)) }),
      {},
      { progress: (share) => shares.push(share) },
    );
    expect(report).toMatchObject({ format: 'shapefile', feature_count: 3000, warnings: [] });
    expect(left()).toEqual([report.spool.slice(folder.length + 1)]);
    let row = 0;
    for await (const read of readSpool(report.spool)) expect(read.row).toBe(++row);
    expect(row).toBe(3000);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
  });
  it('a refusal keeps its code, both sentences and its place, and leaves nothing', async () => {
    const shapes = [plot(0), plot(1)];
    shapes[1]![0]![1] = [Number.NaN, 3_192_000];
    const error = await problem(run(zippedLayer({ shapes })));
    expect(error).toMatchObject({
      code: 'coordinate-invalid',
      where: { file: 'parcels.shp', row: 2, y: 3_192_000 },
      status: 422,
    });
    expect(error.detail.zh).toMatch(/第 2 行/);
    expect(error.detail.en).toMatch(/Row 2/);
    expect(left()).toEqual([]);
  });
  it('a file that is not there is our trouble, not a problem of the file', async () => {
    const reading = readVectorSource(join(folder, 'nothing'), 'x.zip', {}, parcelLimits, {
      purpose: 'layer',
      tempDir: folder,
    });
    await expect(reading).rejects.toThrow(/ENOENT/);
    await expect(reading).rejects.not.toBeInstanceOf(AppError);
    expect(left()).toEqual([]);
  });
});

describe('a parser is killed', () => {
  /** One shape that takes minutes to sort: a comb whose teeth all reach its full height, and 20,000 rings among them. */
  const comb = () => {
    const teeth: Point[] = [];
    for (let i = 0; i < 50_000; i++) teeth.push([36_570_000 + i / 5, i % 2 === 0 ? 3_190_000 : 3_199_000]);
    teeth.push([36_580_000, 3_189_000], [36_570_000, 3_189_000], teeth[0]!);
    return [
      [
        teeth,
        ...Array.from({ length: 20_000 }, (_, i) =>
          box(36_570_000 + (i % 200) * 49 + 0.01, 3_191_000 + Math.floor(i / 200) * 70, 0.1),
        ),
      ],
    ];
  };
  it('after its time without progress', async () => {
    const error = await problem(run(zippedLayer({ shapes: comb() }), { stallMs: 1500 }));
    expect(error).toMatchObject({ code: 'shapefile-corrupt', where: { file: '地块.zip' } });
    expect(error.detail.zh).toMatch(/没有进展/);
    expect(left()).toEqual([]);
  });
  it('past its memory', async () => {
    // one feature of 150,000 rings: 20 MB of text, several times that as values
    const coordinates = Array.from({ length: 150_000 }, (_, i) =>
      box(36_570_000 + (i % 400), 3_192_000 + i / 400, 0.5),
    );
    const text = JSON.stringify({ type: 'Polygon', coordinates });
    const error = await problem(run(text, { parserMemoryBytes: 100 * 1024 * 1024 }, {}, '地块.geojson'));
    expect(error).toMatchObject({ code: 'too-large', where: { file: '地块.geojson' } });
    expect(error.detail.zh).toMatch(/内存/);
    expect(left()).toEqual([]);
  });
  it('when the reading is aborted, with the reason given', async () => {
    const stop = new AbortController();
    const reading = run(
      zippedLayer({ shapes: comb() }),
      {},
      { signal: stop.signal, progress: () => stop.abort(new Error('cancelled by hand')) },
    );
    await expect(reading).rejects.toThrow('cancelled by hand');
    expect(left()).toEqual([]);
    await expect(run(zippedLayer(), {}, { signal: AbortSignal.abort(new Error('before it began')) })).rejects.toThrow(
      'before it began',
    );
    expect(left()).toEqual([]);
  });
});

it('a bomb of 300 MB in 0.3 MB is refused before it is written', async () => {
  const bomb = makeZip([
    { name: 'a.shp', data: Buffer.alloc(300 * 1024 * 1024) },
    { name: 'a.dbf', data: Buffer.from('x') },
  ]);
  expect(bomb.length).toBeLessThan(400_000);
  expect(await problem(run(bomb))).toMatchObject({ code: 'zip-unsafe' });
  const lying = makeZip([
    { name: 'a.shp', data: Buffer.alloc(300 * 1024 * 1024), statedBytes: 1000 },
    { name: 'a.dbf', data: Buffer.from('x') },
  ]);
  expect(await problem(run(lying))).toMatchObject({ code: 'zip-unsafe' });
  expect(left()).toEqual([]);
});

it('garbage is refused, whatever it is called', async () => {
  for (const name of ['a.zip', 'a.geojson', 'a.shp'])
    expect(await problem(run(randomBytes(3000), {}, {}, name))).toBeInstanceOf(AppError);
});
