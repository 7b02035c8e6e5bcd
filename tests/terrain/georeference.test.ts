import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { prj4524 } from '../intake/make-shapefile.ts';
import { describeWithGdal, gdal, gdalCells } from './gdal.ts';
import { differing, inFolder, readSlopes, readTiff, refusalOf } from './reading.ts';
import { type TiffOptions, writeTiff } from './tiff-writer.ts';

const cells = Float32Array.from({ length: 64 }, (_, i) => i + 5);
const code = async (tiff: TiffOptions, srid?: number) =>
  (await refusalOf({ cells, ...tiff }, { kind: 'slope', srid })).code;
const taken = async (tiff: TiffOptions, srid?: number) => readTiff({ cells, ...tiff }, { kind: 'slope', srid });

describe('where the cells lie', () => {
  it('is the corner as stated for PixelIsArea, half a cell further out for PixelIsPoint', async () => {
    const area = await taken({ place: [500_000, 3_200_000, 30, 20] });
    expect([area.origin_x, area.origin_y, area.cell_x, area.cell_y]).toEqual([500_000, 3_200_000, 30, 20]);
    const point = await taken({ place: [500_000, 3_200_000, 30, 20], pixelIsPoint: true });
    expect([point.origin_x, point.origin_y]).toEqual([499_985, 3_200_010]);
  });

  it('follows a tie point that is not the first cell', async () => {
    const read = await taken({ tags: { 33922: { type: 12, values: [2, 3, 0, 500_020, 3_199_970, 0] } } });
    expect([read.origin_x, read.origin_y]).toEqual([500_000, 3_200_000]);
  });

  it('turns a south-up raster over, whatever its blocks', async () => {
    const matrix = [10, 0, 0, 500_000, 0, 10, 0, 3_199_920, 0, 0, 0, 0, 0, 0, 0, 1];
    for (const shape of [{}, { rowsPerStrip: 3 }, { tile: 16 }]) {
      const read = await taken({ matrix, ...shape });
      expect([read.origin_x, read.origin_y, read.cell_y]).toEqual([500_000, 3_200_000, 10]);
      expect([...read.slopes.subarray(0, 8)]).toEqual([61, 62, 63, 64, 65, 66, 67, 68]);
      expect(read.slopes[56]).toBe(5);
    }
    const point = await taken({ matrix, pixelIsPoint: true });
    expect([point.origin_x, point.origin_y]).toEqual([499_995, 3_199_995]);
  });

  it('must be stated, and parallel to the axes', async () => {
    expect(await code({ place: null })).toBe('raster-no-georeference');
    expect(await code({ place: null }, 4545)).toBe('raster-no-georeference');
    const turned = [9.9, 1, 0, 500_000, 1, -9.9, 0, 3_200_000, 0, 0, 0, 0, 0, 0, 0, 1];
    expect(await code({ matrix: turned })).toBe('raster-rotated');
    expect(await code({ matrix: [10, 0.01, 0, 500_000, 0, -10, 0, 3_200_000, 0, 0, 0, 0, 0, 0, 0, 1] })).toBe(
      'raster-rotated',
    );
    expect(await code({ matrix: [-10, 0, 0, 500_000, 0, -10, 0, 3_200_000, 0, 0, 0, 0, 0, 0, 0, 1] })).toBe(
      'raster-rotated',
    );
    expect(await code({ matrix: [Number.NaN, 0, 0, 0, 0, -10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] })).toBe('raster-corrupt');
    expect(await code({ place: [500_000, 3_200_000, 10, -10] })).toBe('raster-rotated');
  });

  it('must be where its system is used: degrees or a missing zone under a plane system are refused', async () => {
    expect(await code({ srid: 4524, place: [532_410, 3_214_680, 30, 30] })).toBe('coordinate-outside-crs');
    expect(await code({ srid: 4545, place: [108.5, 28.9, 0.001, 0.001] })).toBe('coordinate-outside-crs');
    expect(await code({ srid: 4490, place: [28.9, 108.5, 0.001, 0.001] })).toBe('coordinate-outside-crs');
  });
});

describe('the coordinate system', () => {
  const gk = (...more: [number, number | string][]): [number, number | string][] => [
    [1024, 1], [1025, 1], [3072, 32767], [3074, 32767], [3075, 1], [3076, 9001],
    [3080, 108], [3081, 0], [3082, 36_500_000], [3083, 0], [3092, 1], ...more,
  ]; // biome-ignore format: pairs
  const cgcs: [number, number | string][] = [
    [2048, 32767],
    [2050, 32767],
    [2057, 6378137],
    [2059, 298.257222101],
  ];
  const place: TiffOptions['place'] = [36_532_410, 3_200_000, 30, 30];

  it('is known by its code: CGCS2000 with and without zone, WGS84, longitude and latitude', async () => {
    const of = async (srid: number, at: TiffOptions['place']) => (await taken({ srid, place: at })).srid;
    expect(await of(4524, place)).toBe(4524);
    expect(await of(4508, [250_000, 3_200_000, 30, 30])).toBe(4508);
    expect(await of(32649, [250_000, 3_200_000, 30, 30])).toBe(32649);
    expect(await of(4326, [108.5, 28.9, 0.001, 0.001])).toBe(4490);
  });

  it('is known by its parameters where it is user-defined', async () => {
    const read = await taken({ keys: gk(...cgcs, [2049, 'GCS_China_Geodetic_Coordinate_System_2000']), place });
    expect([read.srid, read.crs.source, read.crs.epsg_found]).toEqual([4524, 'parameters', 4524]);
    expect((await taken({ keys: gk([2048, 4490]), place })).srid).toBe(4524);
    expect((await taken({ keys: gk(...cgcs, [2049, 'unknown']), place })).srid).toBe(4524);
    expect((await taken({ keys: gk([2048, 32767], [2050, 1043]), place })).srid).toBe(4524);
  });

  it("is known by ArcGIS's own description", async () => {
    const pe =
      'ESRI PE String = PROJCS["CGCS2000_3_Degree_GK_CM_108E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",108.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]';
    const keys: [number, number | string][] = [
      [1024, 1],
      [1025, 1],
      [1026, pe],
      [3072, 32767],
    ];
    const read = await taken({ keys, place: [532_410, 3_200_000, 30, 30] });
    expect([read.srid, read.crs.source]).toEqual([4545, 'pe-string']);
    const xian = pe
      .replaceAll('China_2000', 'Xian_1980')
      .replace('"CGCS2000",6378137.0,298.257222101', '"Xian_1980",6378140.0,298.257');
    expect(
      await code({
        keys: [
          [1024, 1],
          [1026, xian],
          [3072, 32767],
        ],
        place: [532_410, 3_200_000, 30, 30],
      }),
    ).toBe('crs-unsupported-datum');
  });

  it('is refused on another datum, by code, by name and by ellipsoid', async () => {
    for (const srid of [2360, 2412, 4610, 3035]) {
      expect(
        await code({
          keys:
            srid === 4610
              ? [
                  [1024, 2],
                  [2048, srid],
                ]
              : [
                  [1024, 1],
                  [3072, srid],
                ],
        }),
      ).toBe('crs-unsupported-datum');
    }
    expect((await refusalOf({ srid: 2360 })).detail.zh).toContain('西安');
    expect(await code({ keys: gk([2048, 4610]), place })).toBe('crs-unsupported-datum');
    expect(
      await code({
        keys: gk([2048, 32767], [2050, 32767], [2049, 'Xian 1980'], [2057, 6378137], [2059, 298.257222101]),
        place,
      }),
    ).toBe('crs-unsupported-datum');
    expect(await code({ keys: gk([2048, 32767], [2057, 6378140], [2059, 298.257]), place })).toBe(
      'crs-unsupported-datum',
    );
    expect(await code({ keys: gk([2048, 32767], [2049, 'CGCS2000'], [2057, 6378245], [2059, 298.3]), place })).toBe(
      'crs-unsupported-datum',
    );
    expect(await code({ keys: gk([2048, 32767]), place })).toBe('crs-unsupported-datum');
  });

  it('is asked for where there is none, or none that is standard', async () => {
    expect(await code({ keys: [] })).toBe('raster-no-georeference');
    expect(
      await code({
        keys: [
          [1024, 1],
          [1025, 1],
        ],
      }),
    ).toBe('raster-no-georeference');
    const local = gk(...cgcs, [2049, 'CGCS2000']).map(([k, v]): [number, number | string] => [
      k,
      k === 3080 ? 108.5 : v,
    ]);
    expect(await code({ keys: local, place })).toBe('crs-unknown');
  });

  it('is refused where longitudes are not counted from Greenwich: it would lie two degrees away', async () => {
    // 8903 is Paris, 2.337° east of Greenwich; 8901 Greenwich
    expect(await code({ keys: gk(...cgcs, [2049, 'CGCS2000'], [2051, 8903]), place })).toBe('crs-unknown');
    expect(await code({ keys: gk(...cgcs, [2049, 'CGCS2000'], [2051, 32767], [2061, 2.337229]), place })).toBe(
      'crs-unknown',
    );
    expect(await code({ keys: gk(...cgcs, [2049, 'CGCS2000'], [2051, 8903]), place }, 4524)).toBe('crs-unknown');
    expect((await taken({ keys: gk(...cgcs, [2049, 'CGCS2000'], [2051, 8901]), place })).srid).toBe(4524);
    expect((await taken({ keys: gk(...cgcs, [2049, 'CGCS2000'], [2051, 32767], [2061, 0]), place })).srid).toBe(4524);
  });

  it('is refused where its own description has another meridian, other units or a shift', async () => {
    const pe = (change: (text: string) => string): TiffOptions => ({
      keys: [
        [1024, 1],
        [1026, `ESRI PE String = ${change(prj4524)}`],
        [3072, 32767],
      ],
      place,
    });
    expect((await taken(pe((text) => text))).srid).toBe(4524);
    expect(await code(pe((text) => text.replace('"Greenwich",0.0', '"Paris",2.33722917')))).toBe('crs-unknown');
    expect(await code(pe((text) => text.replace('UNIT["Meter",1.0]', 'UNIT["Foot_US",0.3048006096]')))).toBe(
      'raster-units',
    );
    const shift = (text: string, parts: string) => text.replace('298.257222101]]', `298.257222101],TOWGS84[${parts}]]`);
    expect(await code(pe((text) => shift(text, '20,-30,50,0,0,0,0')))).toBe('crs-unsupported-datum');
    expect((await taken(pe((text) => shift(text, '0,0,0,0,0,0,0')))).srid).toBe(4524);
  });

  it('given by srid is a conflict with a plane in the file that is no standard one', async () => {
    const local = gk(...cgcs, [2049, 'CGCS2000']).map(([id, value]): [number, number | string] =>
      id === 3080 ? [id, 108.5] : [id, value],
    );
    expect(await code({ keys: local, place })).toBe('crs-unknown');
    expect(await code({ keys: local, place }, 4524)).toBe('crs-conflict');
    // a plane without a word of its projection contradicts nothing
    const mute = local.filter(([id]) => id !== 3075);
    expect(await code({ keys: mute, place })).toBe('crs-unknown');
    expect((await taken({ keys: mute, place }, 4524)).crs.source).toBe('user');
  });

  it('is decided by the srid given, which must not contradict the file', async () => {
    const given = await taken({ keys: [], place }, 4524);
    expect([given.srid, given.crs.source]).toEqual([4524, 'user']);
    expect((await taken({ srid: 4524, place }, 4524)).crs.source).toBe('user');
    expect((await taken({ srid: 4508, place: [250_000, 3_200_000, 30, 30] }, 4546)).srid).toBe(4546); // the same plane
    expect((await taken({ srid: 4326, place: [108.5, 28.9, 0.001, 0.001] }, 4490)).srid).toBe(4490);
    expect(await code({ srid: 4524, place }, 4525)).toBe('crs-conflict');
    expect(await code({ srid: 2360, place }, 4524)).toBe('crs-unsupported-datum');
    expect(await code({ srid: 4524, place }, 2360)).toBe('crs-unsupported-datum');
    expect(await code({ srid: 4524, place }, 123456)).toBe('crs-unsupported-datum');
  });
});

describeWithGdal('GDAL reads the same place and the same numbers', () => {
  it('from files of every codec it writes', async () => {
    await inFolder(async (folder) => {
      const source = join(folder, 'source.tif');
      const many = Float32Array.from({ length: 300 * 270 }, (_, i) => (i % 97 === 0 ? -9999 : ((i * 37) % 8900) / 100));
      await writeFile(
        source,
        writeTiff({
          width: 300,
          height: 270,
          cells: many,
          noData: '-9999',
          pixelIsPoint: true,
          srid: 4524,
          place: [36_532_410, 3_200_000, 30, 30],
        }),
      );
      const wanted = Float32Array.from(await gdalCells(source), (v) => (v === -9999 ? Number.NaN : v));
      expect(
        differing(
          wanted,
          Float32Array.from(many, (v) => (v === -9999 ? Number.NaN : v)),
        ),
      ).toBe(0);
      const variants = [
        'COMPRESS=LZW', 'COMPRESS=LZW PREDICTOR=2', 'COMPRESS=LZW PREDICTOR=3 TILED=YES', 'COMPRESS=DEFLATE PREDICTOR=3',
        'COMPRESS=DEFLATE PREDICTOR=2 TILED=YES BIGTIFF=YES', 'COMPRESS=ZSTD TILED=YES', 'COMPRESS=PACKBITS', 'ENDIANNESS=BIG COMPRESS=LZW',
        'ENDIANNESS=BIG COMPRESS=DEFLATE PREDICTOR=2', 'ENDIANNESS=BIG TILED=YES BLOCKXSIZE=64 BLOCKYSIZE=32', 'SPARSE_OK=YES TILED=YES',
      ]; // biome-ignore format: one a variant
      for (const variant of variants) {
        const path = join(folder, `${variants.indexOf(variant)}.tif`);
        gdal('gdal_translate', '-q', ...variant.split(' ').flatMap((o) => ['-co', o]), source, path);
        const read = await readSlopes(path, { kind: 'slope' });
        expect(differing(read.slopes, wanted), variant).toBe(0);
        const { geoTransform } = JSON.parse(gdal('gdalinfo', '-json', path)) as { geoTransform: number[] };
        expect([read.origin_x, read.cell_x, read.origin_y, -read.cell_y], variant).toEqual(
          [0, 1, 3, 5].map((i) => geoTransform[i]),
        );
        expect(read.srid, variant).toBe(4524);
      }
      const refused = join(folder, 'lerc.tif');
      gdal('gdal_translate', '-q', '-co', 'COMPRESS=LERC', '-co', 'TILED=YES', source, refused);
      await expect(readSlopes(refused, { kind: 'slope' })).rejects.toThrow('format-unsupported');
    });
  });

  it('from whole numbers of 8, 16 and 32 bits and from float64, with a scale', async () => {
    await inFolder(async (folder) => {
      const source = join(folder, 'source.tif');
      const whole = Float32Array.from({ length: 50 * 40 }, (_, i) => (i * 7) % 89);
      await writeFile(source, writeTiff({ width: 50, height: 40, cells: whole }));
      for (const type of ['Byte', 'UInt16', 'Int16', 'UInt32', 'Int32', 'Float64']) {
        const path = join(folder, `${type}.tif`);
        gdal(
          'gdal_translate',
          '-q',
          '-ot',
          type,
          '-a_nodata',
          '88',
          '-a_scale',
          '0.5',
          '-a_offset',
          '1',
          '-co',
          'COMPRESS=LZW',
          '-co',
          'PREDICTOR=2',
          source,
          path,
        );
        const read = await readSlopes(path, { kind: 'slope' });
        const wanted = whole.map((v) => (v === 88 ? Number.NaN : v * 0.5 + 1));
        expect(differing(read.slopes, wanted), type).toBe(0);
      }
    });
  });

  it('knows a Gauss–Krüger plane that GDAL writes without a code', async () => {
    await inFolder(async (folder) => {
      const source = join(folder, 'source.tif');
      await writeFile(source, writeTiff({ cells, place: [36_532_410, 3_200_000, 30, 30] }));
      const path = join(folder, 'user.tif');
      gdal(
        'gdal_translate',
        '-q',
        '-a_srs',
        '+proj=tmerc +lat_0=0 +lon_0=108 +k=1 +x_0=36500000 +y_0=0 +ellps=GRS80 +units=m +no_defs',
        source,
        path,
      );
      const read = await readSlopes(path, { kind: 'slope' });
      expect([read.srid, read.crs.source]).toEqual([4524, 'parameters']);
    });
  });
});
