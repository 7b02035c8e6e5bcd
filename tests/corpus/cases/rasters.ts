/** GeoTIFF rasters: headers that lie, codecs, and what the numbers mean (T15, T16). */
import { deflateSync, zstdCompressSync } from 'node:zlib';
import { makeZip } from '../../intake/make-zip.ts';
import { type TiffOptions, writeTiff } from '../../terrain/tiff-writer.ts';
import { type Add, atOnce, cuts, group, load, refuse } from '../case.ts';
import { collection, zipped } from '../shapes.ts';

const file = '坡度.tif';
const place: [number, number, number, number] = [36_500_000, 3_192_000, 10, 10];
const base: TiffOptions = {
  width: 40,
  height: 40,
  cells: Float32Array.from({ length: 1600 }, (_, i) => (i * 7) % 61),
  srid: 4524,
  place,
  noData: '-9999',
};
const tiff = (more: TiffOptions = {}) => writeTiff({ ...base, ...more });
const good = tiff();
/** tiles of 32 cells that 40 × 40 lie in */
const tiles = 4;
const whole = load(tiles, { cells: { valid: 1600, missing: 0, steepest: 60 } });
const corrupt = refuse('raster-corrupt', { file });
const units = refuse('raster-units', { file });
const first = good.readUInt32LE(4);
const tag = (id: number, type: 3 | 4 | 12, ...values: number[]) => ({ tags: { [id]: { type, values } as const } });
const deflated = (more: TiffOptions = {}): TiffOptions => ({
  compress: deflateSync,
  ...more,
  tags: { 259: { type: 3, values: [8] }, ...more.tags },
});
const flat = (value: number, more: TiffOptions = {}) => tiff({ cells: new Float32Array(1600).fill(value), ...more });

export const rasters = group('raster', { to: 'slope', file, fields: {} }, (add) => {
  for (const at of cuts(good.length)) add(`cut after ${at} of ${good.length} bytes`, good.subarray(0, at), corrupt);
  headers(add);
  codecs(add);
  places(add);
  meanings(add);
  sound(add);
});

function headers(add: Add): void {
  const patched = (change: (b: Buffer) => void) => {
    const copy = Buffer.from(good);
    change(copy);
    return copy;
  };
  const entry = (id: number, change: (b: Buffer, at: number) => void) =>
    patched((b) => {
      for (let i = 0; i < b.readUInt16LE(first); i++)
        if (b.readUInt16LE(first + 2 + 12 * i) === id) change(b, first + 2 + 12 * i);
    });
  add('noise behind its mark', Buffer.concat([Buffer.from('II*\0'), Buffer.alloc(400, 0x5a)]), corrupt);
  add('text', '坡度', corrupt);
  add('a zip', makeZip([{ name: 'a.tif', data: good }]), refuse('format-unsupported', { file }));
  add('a zipped shapefile', zipped(), refuse('format-unsupported', { file }));
  add('GeoJSON', collection(), corrupt);
  add('directories in a loop', tiff({ next: (at) => at }), corrupt);
  add(
    'a directory beyond the end',
    patched((b) => void b.writeUInt32LE(0x7fffffff, 4)),
    corrupt,
  );
  add(
    'a directory at the last byte',
    patched((b) => void b.writeUInt32LE(b.length - 1, 4)),
    corrupt,
  );
  add(
    'no directory',
    patched((b) => void b.writeUInt32LE(0, 4)),
    corrupt,
  );
  add(
    'a directory of 65,535 entries',
    patched((b) => void b.writeUInt16LE(65_535, first)),
    corrupt,
  );
  add('20 directories one behind another', () => chain(20), refuse(['raster-corrupt', 'raster-units'], { file }));
  add('two directories that point at one another', () => chain(2, true), corrupt);
  add(
    'BigTIFF of offsets of 4 bytes',
    (() => {
      const big = Buffer.from(tiff({ big: true }));
      big.writeUInt16LE(4, 4);
      return big;
    })(),
    corrupt,
  );
  for (const [what, width, height] of [
    ['2,000,000,000 cells wide', 2e9, 40],
    ['4 thousand million cells a side', 0xffffffff, 0xffffffff],
    ['150,000 cells a side', 150_000, 150_000],
    ['no cell wide', 0, 40],
    ['no cell high', 40, 0],
    ['a row more than it has', 40, 41],
    ['200,001 cells high', 1, 200_001],
  ] as const)
    add(
      `said to be ${what}`,
      tiff({ tags: { 256: { type: 4, values: [width] }, 257: { type: 4, values: [height] } } }),
      corrupt,
    );
  add('strips of 0 rows', tiff(tag(278, 4, 0)), corrupt);
  add(
    'tiles of 65,536 cells a side',
    tiff({ tile: 16, tags: { 322: { type: 4, values: [65_536] }, 323: { type: 4, values: [65_536] } } }),
    corrupt,
  );
  add('tiles of no cell', tiff({ tile: 16, ...tag(322, 4, 0) }), corrupt);
  add('a tile fewer than its size needs', tiff({ tile: 16, tags: { 324: { type: 4, values: [8, 8, 8] } } }), corrupt);
  add(
    'four thousand million strips stated',
    entry(273, (b, at) => void b.writeUInt32LE(0xffffffff, at + 4)),
    corrupt,
  );
  add(
    'strips said to lie beyond the end',
    entry(273, (b, at) => void b.writeUInt32LE(0x7ffffff0, at + 8)),
    corrupt,
  );
  add(
    'strips said to be longer than the file',
    entry(279, (b, at) => void b.writeUInt32LE(0x7ffffff0, at + 8)),
    corrupt,
  );
  add(
    'strips said to be shorter than they are',
    entry(279, (b, at) => void b.writeUInt32LE(100, at + 8)),
    corrupt,
  );
  add(
    'strips that are the header itself',
    entry(273, (b, at) => void b.writeUInt32LE(0, at + 8)),
    corrupt,
  );
  for (const bits of [0, 1, 12, 129, 65_535])
    add(`cells of ${bits} bits`, tiff(tag(258, 3, bits)), refuse(['raster-corrupt', 'raster-units'], { file }));
  for (const samples of [0, 65_535])
    add(`${samples} bands`, tiff(tag(277, 3, samples)), refuse(['raster-corrupt', 'raster-units'], { file }));
  add('bits in reverse', tiff(tag(266, 3, 2)), corrupt);
  add('a tag of a type that does not exist', tiff({ tags: { 40000: { type: 3, values: [1, 2, 3] } } }), whole);
  add(
    'pixel sizes said to be four thousand million',
    entry(33550, (b, at) => void b.writeUInt32LE(0xffffffff, at + 4)),
    corrupt,
  );
  add(
    'keys said to be more than there are',
    tiff({ tags: { 34735: { type: 3, values: [1, 1, 0, 200, 1024, 0, 1, 1] } } }),
    corrupt,
  );
  add(
    'a key that points at no value',
    tiff({ tags: { 34735: { type: 3, values: [1, 1, 0, 2, 1024, 0, 1, 1, 2057, 34736, 1, 99] } } }),
    corrupt,
  );
}

/** Directories one behind another, each a copy of the first. */
function chain(count: number, closed = false): Buffer {
  const size = 2 + 12 * good.readUInt16LE(first) + 4;
  const directory = good.subarray(first, first + size);
  const copies = Array.from({ length: count - 1 }, (_, i) => {
    const copy = Buffer.from(directory);
    const last = i === count - 2;
    copy.writeUInt32LE(last ? (closed ? first : 0) : good.length + size * (i + 1), size - 4);
    return copy;
  });
  const all = Buffer.concat([good, ...copies]);
  all.writeUInt32LE(good.length, first + size - 4);
  return all;
}

function codecs(add: Add): void {
  for (const [name, code] of Object.entries({
    'old JPEG': 6,
    JPEG: 7,
    LERC: 34887,
    LZMA: 34925,
    WebP: 50001,
    'a code that is not': 12_345,
  }))
    add(`compressed by ${name}`, tiff(tag(259, 3, code)), refuse('format-unsupported', { file }));
  for (const [name, code] of Object.entries({
    Deflate: 8,
    LZW: 5,
    PackBits: 32773,
    Zstandard: 50000,
    'old Deflate': 32946,
  })) {
    add(
      `noise for ${name}`,
      tiff({
        compress: () => Buffer.from(Array.from({ length: 200 }, (_, i) => (i * 151 + 7) & 255)),
        ...tag(259, 3, code),
      }),
      refuse(['raster-corrupt', 'raster-units'], { file }),
    );
    add(`no byte for ${name}`, tiff({ compress: () => Buffer.from([0x80]), ...tag(259, 3, code) }), corrupt);
  }
  add(
    'a strip that inflates to 500 MB',
    () => tiff(deflated({ compress: () => deflateSync(Buffer.alloc(500_000_000), { level: 1 }) })),
    corrupt,
  );
  add(
    'a strip of Zstandard that inflates to 500 MB',
    () => tiff({ compress: () => zstdCompressSync(Buffer.alloc(500_000_000)), ...tag(259, 3, 50_000) }),
    corrupt,
  );
  add(
    'a stream of Deflate that breaks off',
    tiff(deflated({ compress: (b) => deflateSync(b).subarray(0, -200) })),
    corrupt,
  );
  for (const predictor of [0, 7, 65_535]) add(`predictor ${predictor}`, tiff(tag(317, 3, predictor)), corrupt);
  add('floating-point predictor of whole numbers', tiff({ bits: 16, format: 2, ...tag(317, 3, 3) }), corrupt);
  add(
    'floating-point predictor, big end first',
    tiff({ bigEndian: true, ...tag(317, 3, 3) }),
    refuse('format-unsupported', { file }),
  );
}

function places(add: Add): void {
  add('no place', tiff({ place: null }), refuse('raster-no-georeference', { file }));
  add('no system', tiff({ keys: [] }), refuse('raster-no-georeference', { file }));
  add('no system, and a person says it', tiff({ keys: [] }), whole, { fields: { srid: '4524' } });
  add('a person says another zone', good, refuse('crs-conflict', { file }), { fields: { srid: '4525' } });
  add('a person says a system that is not', good, atOnce('crs-unknown', { field: 'srid' }), {
    fields: { srid: '123456' },
  });
  const matrix = (...m: number[]) =>
    tiff({ matrix: [m[0]!, m[1]!, 0, m[2]!, m[3]!, m[4]!, 0, m[5]!, 0, 0, 0, 0, 0, 0, 0, 1] });
  add('turned by 30°', matrix(8.66, 5, 36_500_000, 5, -8.66, 3_192_000), refuse('raster-rotated', { file }));
  add('sheared', matrix(10, 1, 36_500_000, 0, -10, 3_192_000), refuse('raster-rotated', { file }));
  add('mirrored', matrix(-10, 0, 36_500_000, 0, -10, 3_192_000), refuse('raster-rotated', { file }));
  add('cells of no size', matrix(0, 0, 36_500_000, 0, 0, 3_192_000), refuse('raster-rotated', { file }));
  add(
    'a negative height of cells',
    tiff({ place: [36_500_000, 3_192_000, 10, -10] }),
    refuse('raster-rotated', { file }),
  );
  for (const [what, x] of [
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
  ] as const)
    add(`its corner at ${what}`, tiff({ place: [x, 3_192_000, 10, 10] }), corrupt);
  for (const [what, x, y] of [
    ['1e300', 1e300, 1e300],
    ['0, 0', 0, 0],
    ['where the axes are exchanged', 3_192_000, 36_500_000],
    ['no zone', 500_000, 3_192_000],
  ] as const)
    add(`its corner at ${what}`, tiff({ place: [x, y, 10, 10] }), refuse('coordinate-outside-crs', { file }));
  add('the south above', matrix(10, 0, 36_500_000, 0, 10, 3_192_000), whole);
  add('cells that are points', tiff({ pixelIsPoint: true }), whole);
  add('Beijing 54', tiff({ srid: 2412 }), refuse('crs-unsupported-datum', { file }));
  add('Xian 80', tiff({ srid: 2360 }), refuse('crs-unsupported-datum', { file }));
  add('a code of nowhere', tiff({ srid: 27_700 }), refuse('crs-unsupported-datum', { file }));
  add(
    'feet',
    tiff({
      keys: [
        [1024, 1],
        [1025, 1],
        [3072, 4524],
        [3076, 9002],
      ],
    }),
    units,
  );
  add(
    'longitudes from Paris',
    tiff({
      keys: [
        [1024, 2],
        [1025, 1],
        [2048, 32767],
        [2049, 'China 2000'],
        [2051, 8903],
        [2057, 6378137],
        [2059, 298.257222101],
      ],
      place: [108, 28.8, 0.001, 0.001],
    }),
    refuse(['crs-unknown', 'crs-unsupported-datum'], { file }),
  );
  add('degrees', tiff({ srid: 4490, place: [108, 28.8, 0.0001, 0.0001] }), whole);
}

function meanings(add: Add): void {
  add('two pages', () => chain(2), refuse(['raster-units', 'raster-corrupt'], { file }));
  add(
    'a mask beside it',
    () => {
      const two = chain(2);
      const size = 2 + 12 * good.readUInt16LE(first) + 4;
      void size;
      return two;
    },
    refuse(['raster-units', 'raster-corrupt'], { file }),
  );
  add(
    'three bands',
    tiff({
      width: 4,
      height: 4,
      bits: 8,
      format: 1,
      cells: new Uint8Array(16),
      tags: { 277: { type: 3, values: [3] }, 262: { type: 3, values: [2] } },
    }),
    refuse(['raster-units', 'raster-corrupt'], { file }),
  );
  add(
    'a palette',
    tiff({ bits: 8, format: 1, tags: { 262: { type: 3, values: [3] }, 320: { type: 3, values: [1, 2, 3] } } }),
    units,
  );
  add('white is zero', tiff({ ...tag(262, 3, 0) }), whole);
  add('complex numbers', tiff(tag(339, 3, 6)), units);
  add('percent', flat(95), units);
  add('negative slopes', flat(-3), units);
  add('radians', tiff({ cells: Float32Array.from({ length: 1600 }, (_, i) => (i % 150) / 100) }), units);
  add(
    'classes',
    tiff({ bits: 8, format: 1, noData: '255', cells: Uint8Array.from({ length: 1600 }, (_, i) => 1 + (i % 5)) }),
    units,
  );
  const said = (unit: string, role = 'unittype') =>
    tiff({ metadata: `<GDALMetadata><Item name="U" sample="0" role="${role}">${unit}</Item></GDALMetadata>` });
  add('said to be percent', said('percent'), units);
  add('said to be degrees', said('degree'), whole);
  add('a scale of 0', said('0', 'scale'), units);
  add('a scale in words', said('viel', 'scale'), units);
  add('a scale of infinity', said('1e999', 'scale'), units);
  add(
    'metadata of a million entities',
    tiff({ metadata: `<!DOCTYPE x [<!ENTITY a "b">]><GDALMetadata>${'&a;'.repeat(300_000)}</GDALMetadata>` }),
    whole,
  );
  add('missing cells marked in words', tiff({ noData: 'viel' }), units);
  add(
    'missing cells marked NaN',
    tiff({ noData: 'nan', cells: Float32Array.from({ length: 1600 }, (_, i) => (i < 100 ? Number.NaN : 5)) }),
    load(tiles, { cells: { valid: 1500, missing: 100, steepest: 5 } }),
  );
  add(
    'missing cells not declared',
    tiff({ noData: undefined, cells: Float32Array.from({ length: 1600 }, (_, i) => (i < 100 ? -9999 : 5)) }),
    units,
  );
  add(
    'zeros and no mark of missing cells',
    tiff({ noData: undefined, cells: Float32Array.from({ length: 1600 }, (_, i) => (i < 100 ? 0 : 5.5)) }),
    load(tiles, { told: ['nodata-undeclared'] }),
  );
  add(
    'the fill of ArcGIS with other last digits',
    tiff({
      noData: '-3.4028234663852886e+38',
      cells: Float32Array.from({ length: 1600 }, (_, i) => (i < 100 ? -3.3e38 : 5)),
    }),
    load(tiles, { cells: { valid: 1500, missing: 100 } }),
  );
  add('no cell with a value', flat(-9999), load(0, { told: ['raster-empty'], cells: { valid: 0, missing: 1600 } }));
  const dem = { to: 'dem', file: '高程.tif' } as const;
  const ramp = Float32Array.from({ length: 1600 }, (_, i) => 400 + 10 * (i % 40));
  add(
    'a plane of 45°',
    tiff({ cells: ramp }),
    load(tiles, { cells: { valid: 38 * 38, missing: 1600 - 38 * 38, steepest: 45 } }),
    dem,
  );
  add(
    'an elevation model of two rows',
    tiff({ height: 2, cells: ramp.subarray(0, 80) }),
    load(0, { told: ['raster-empty'] }),
    dem,
  );
  add('elevations of 20,000 m', flat(20_000), refuse('raster-units', { file: dem.file }), dem);
  add(
    'elevations in centimetres',
    tiff({ cells: ramp.map((z) => z * 100) }),
    refuse('raster-units', { file: dem.file }),
    dem,
  );
  add(
    'a sheet filled up with 0',
    tiff({ cells: ramp.map((z, i) => (i < 400 ? 0 : z)) }),
    refuse('raster-units', { file: dem.file }),
    dem,
  );
  add(
    'heights in feet',
    tiff({
      cells: ramp,
      keys: [
        [1024, 1],
        [1025, 1],
        [3072, 4524],
        [4099, 9002],
      ],
    }),
    refuse('raster-units', { file: dem.file }),
    dem,
  );
  add(
    'heights of NaN and infinity',
    tiff({ cells: ramp.map((z, i) => (i === 820 ? Number.POSITIVE_INFINITY : i === 900 ? Number.NaN : z)) }),
    load(tiles, { cells: { valid: 38 * 38 - 15, missing: 1600 - 38 * 38 + 15, steepest: 45 } }),
    dem,
  );
}

function sound(add: Add): void {
  add('as it should be', good, whole);
  add('BigTIFF, the big end first', tiff({ big: true, bigEndian: true }), whole);
  add('tiles of 16 cells', tiff({ tile: 16 }), whole);
  add('a strip a row', tiff({ rowsPerStrip: 1 }), whole);
  add('Deflate', tiff(deflated()), whole);
  add('Zstandard', tiff({ compress: zstdCompressSync, ...tag(259, 3, 50_000) }), whole);
  add(
    'one cell',
    tiff({ width: 1, height: 1, cells: new Float32Array([12]) }),
    load(1, { cells: { valid: 1, missing: 0, steepest: 12 } }),
  );
  add('floats of 64 bits', tiff({ bits: 64 }), whole);
  add(
    'whole numbers of 16 bits',
    tiff({ bits: 16, format: 1, cells: Float32Array.from({ length: 1600 }, (_, i) => (i * 7) % 61), noData: '65535' }),
    whole,
  );
  add(
    'a strip that was never written',
    tiff({ rowsPerStrip: 20, tags: { 279: { type: 4, values: [3200, 0] } } }),
    load(tiles / 2, { cells: { valid: 800, missing: 800 } }),
  );
  add(
    '3,000 cells a side, not one block written',
    tiff({ width: 3000, height: 3000, cells: [], tile: 256, compress: () => Buffer.alloc(0) }),
    load(0, { told: ['raster-empty'], cells: { valid: 0, missing: 9_000_000 } }),
  );
  add('side by side with text behind its end', Buffer.concat([good, Buffer.from('<!-- x -->'.repeat(1000))]), whole);
}
