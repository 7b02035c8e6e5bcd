import { describe, expect, it } from 'vitest';
import { readSlopes, readTiff, refusalOf, withFile } from './reading.ts';
import { type TiffOptions, writeTiff } from './tiff-writer.ts';

const with64 = (first: number[], rest = 10) => Float32Array.from({ length: 64 }, (_, i) => first[i] ?? rest);
const dem = { kind: 'dem' as const };
const item = (role: string, value: string) =>
  `<GDALMetadata><Item name="${role}" sample="0" role="${role}">${value}</Item></GDALMetadata>`;
const units = async (tiff: TiffOptions, options?: { kind: 'dem' | 'slope' }) => {
  const problem = await refusalOf(tiff, options);
  expect(problem.code).toBe('raster-units');
  return problem.detail.zh;
};

describe('NoData', () => {
  it('is missing and never slope 0, whichever way it is written', async () => {
    for (const [noData, stored] of [
      ['-9999', -9999],
      ['-3.4028235e+38', -3.4028234663852886e38],
      ['-3.40282306073709653e+38', -3.4028234663852886e38], // ArcGIS: other last digits than the cells hold
      ['nan', Number.NaN],
      ['-1.#IND', Number.NaN],
      [undefined, Number.NaN],
      [undefined, Number.POSITIVE_INFINITY],
      ['255', 255],
      ['0', 0],
      ['1.7e308', -3.4028234663852886e38],
    ] as const) {
      const read = await readTiff({ cells: with64([stored, stored]), noData });
      expect(read.nodata_cells).toBe(2);
      expect(read.slopes[0]).toBeNaN();
      expect(read.slopes[2]).toBe(10);
      expect(read.warnings).toEqual([]);
    }
  });

  it('is compared with whole numbers as stored, before scale and offset', async () => {
    const cells = Float32Array.from({ length: 64 }, (_, i) => (i === 0 ? 255 : i));
    const read = await readTiff({ cells, bits: 8, format: 1, noData: '255', metadata: item('scale', '0.5') });
    expect(read.slopes[0]).toBeNaN();
    expect(read.slopes[63]).toBe(31.5);
  });

  it('undeclared is refused where -9999 stands for it, with what to do', async () => {
    expect(await units({ cells: with64([-9999]) })).toMatch(/-9999.*NoData/);
    expect(await units({ cells: with64([-32768], 500) }, dem)).toMatch(/-32768.*NoData/);
    expect(await units({ cells: with64([-9999]), noData: '-32768' })).toMatch(/NoData/);
  });

  it('that is no number is refused', async () => {
    expect(await units({ noData: 'none' })).toContain('none');
  });

  it('filled with 0 in an elevation model is refused where the land lies high, asked about elsewhere', async () => {
    expect(await units({ cells: with64([0, 0, 0], 700) }, dem)).toMatch(/3 个像元恰为 0.*700/);
    const low = await readTiff({ cells: with64([0, 3], 20) }, dem);
    expect(low.warnings.map((w) => w.code)).toEqual(['nodata-undeclared']);
    const slope = await readTiff({ cells: with64([0, 0]) });
    expect(slope.warnings.map((w) => w.code)).toEqual(['nodata-undeclared']);
  });

  it('everywhere is taken with a warning and stores no tile', async () => {
    const read = await readTiff({ cells: with64([], -1), noData: '-1' });
    expect([read.valid_cells, read.tiles, read.max_slope_deg]).toEqual([0, 0, 0]);
    expect(read.warnings.map((w) => w.code)).toEqual(['raster-empty']);
  });
});

describe('units', () => {
  it('refuse a slope over 90 anywhere (percent) and a negative one', async () => {
    expect(await units({ cells: with64([100.5]) })).toContain('百分比');
    expect(await units({ cells: Float32Array.from({ length: 64 }, (_, i) => (i === 63 ? 91 : 30)) })).toContain(
      '(8, 8)',
    );
    expect(await units({ cells: with64([-0.5]) })).toContain('-0.5');
    expect((await readTiff({ cells: with64([90, 0, 45], 30), noData: '-1' })).max_slope_deg).toBe(90);
  });

  it('refuse slopes that look like radians or like classes 1–5, unless the file says degrees', async () => {
    const radians = Float32Array.from({ length: 64 }, (_, i) => i / 60);
    expect(await units({ cells: radians })).toContain('弧度');
    expect((await readTiff({ cells: radians, metadata: item('unittype', 'degree') })).max_slope_deg).toBeCloseTo(
      1.05,
      6,
    );
    const classes = Float32Array.from({ length: 64 }, (_, i) => (i % 5) + 1);
    expect(await units({ cells: classes, bits: 8, format: 1 })).toContain('坡度分级');
    expect((await readTiff({ cells: with64([], 3) })).max_slope_deg).toBe(3);
  });

  it('stated in the file must be degrees for slope and metres for elevation', async () => {
    expect(await units({ metadata: item('unittype', '%') })).toContain('%');
    expect(await units({ metadata: item('unittype', 'm') })).toContain('dem');
    expect(await units({ metadata: item('unittype', 'ft') }, dem)).toContain('ft');
    expect((await readTiff({ metadata: item('unittype', 'metre'), cells: with64([], 300) }, dem)).kind).toBe('dem');
    const keys: [number, number][] = [
      [1024, 1],
      [1025, 1],
      [3072, 4545],
    ];
    expect(await units({ keys: [...keys, [3076, 9003]] })).toContain('英尺');
    expect(await units({ keys: [...keys, [4099, 9002]], cells: with64([], 300) }, dem)).toContain('英尺');
    expect(
      await units({
        srid: 4490,
        place: [108, 29, 0.001, 0.001],
        keys: [
          [1024, 2],
          [2048, 4490],
          [2054, 9101],
        ],
      }),
    ).toContain('弧度');
  });

  it('refuse elevations that no land has', async () => {
    expect(await units({ cells: with64([], 85_000) }, dem)).toContain('85000');
    expect(await units({ cells: with64([-600], 300) }, dem)).toContain('-600');
  });
});

describe('what is no raster of values', () => {
  it('is refused: colour, several bands, palette, bits, pages, an internal mask', async () => {
    const picture = (tags: TiffOptions['tags']) => units({ bits: 8, format: 1, tags });
    const three = { 258: { type: 3 as const, values: [8, 8, 8] }, 277: { type: 3 as const, values: [3] } };
    expect(
      await units({
        width: 24,
        bits: 8,
        format: 1,
        tags: { ...three, 256: { type: 4, values: [8] }, 262: { type: 3, values: [2] } },
      }),
    ).toContain('单波段');
    expect(await units({ width: 24, bits: 8, format: 1, tags: { ...three, 256: { type: 4, values: [8] } } })).toContain(
      '单波段',
    );
    expect(await picture({ 262: { type: 3, values: [3] } })).toContain('调色板');
    expect(await picture({ 320: { type: 3, values: new Array(768).fill(0) } })).toContain('调色板');
    expect(await units({ bits: 64, format: 1, cells: new Float32Array(64).fill(3) })).toContain('Float32');
    expect(await units({ tags: { 339: { type: 3, values: [6] } } })).toContain('Float32');
    const twice = (subfile: number | undefined) => twoPages(subfile);
    expect((await refusalOf(twice(undefined))).detail.zh).toContain('2 页');
    expect((await refusalOf(twice(4))).detail.zh).toContain('掩膜');
  });

  it('does not mind overviews', async () => {
    const read = await withFile(twoPages(1), (path) => readSlopes(path, { kind: 'slope' }));
    expect(read.valid_cells).toBe(64);
  });

  it('is refused by the name of its compression where missing cells would be lost', async () => {
    for (const [compression, name] of [
      [7, 'JPEG'],
      [34887, 'LERC'],
      [50001, 'WebP'],
    ] as const) {
      const problem = await refusalOf({ tags: { 259: { type: 3, values: [compression] } } });
      expect(problem.code).toBe('format-unsupported');
      expect(problem.detail.zh).toContain(name);
    }
  });
});

/** The same image twice in one file: the second directory is the first, with a subfile type. */
function twoPages(subfile: number | undefined): Buffer {
  const first = writeTiff({});
  const at = first.readUInt32LE(4);
  const count = first.readUInt16LE(at);
  const entries = first.subarray(at + 2, at + 2 + count * 12);
  const extra = Buffer.alloc(subfile === undefined ? 0 : 12);
  if (subfile !== undefined) {
    extra.writeUInt16LE(254, 0);
    extra.writeUInt16LE(4, 2);
    extra.writeUInt32LE(1, 4);
    extra.writeUInt32LE(subfile, 8);
  }
  const second = Buffer.alloc(2);
  second.writeUInt16LE(count + extra.length / 12);
  const out = Buffer.concat([first, second, extra, entries, Buffer.alloc(4)]);
  out.writeUInt32LE(first.length, at + 2 + count * 12);
  return out;
}
