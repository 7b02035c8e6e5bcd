import { describe, expect, it } from 'vitest';
import { type Point, prj4524, zippedLayer } from './make-shapefile.ts';
import { read, refusal } from './reading.ts';

const square = (x: number, y: number, size: number): Point[][] => [
  [
    [x, y],
    [x, y + size],
    [x + size, y + size],
    [x + size, y],
    [x, y],
  ],
];
const at = (x: number, y: number, prj: string | null = prj4524, size = 100) =>
  zippedLayer({ shapes: [square(x, y, size)], prj });
const degrees =
  'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]';
const xian = prj4524.replace('D_China_2000', 'D_Xian_1980').replace('6378137.0,298.257222101', '6378140.0,298.257');

describe('what the file says', () => {
  it('is taken where it is CGCS2000, without a warning', async () => {
    const { report } = await read(at(36_577_000, 3_192_000));
    expect(report.crs).toMatchObject({ srid: 4524, epsg_found: 4524, source: 'prj' });
    expect(report.warnings).toEqual([]);
  });
  it.each(['CGCS2000_3_Degree_GK_CM_111E', 'CGCS2000 / 3-degree Gauss-Kruger zone 37', 'CGCS2000_GK_Zone_19'])(
    'called %s, but with the meridian 108° and no zone in its eastings: by its parameters, and told',
    async (called) => {
      const prj = prj4524.replace('CGCS2000_3_Degree_GK_Zone_36', called).replace('36500000.0', '500000.0');
      const { report } = await read(at(577_000, 3_192_000, prj));
      expect(report).toMatchObject({ crs: { srid: 4545 }, warnings: [{ code: 'crs-name-differs' }] });
    },
  );
  it.each([
    ['CGCS2000_3_Degree_GK_CM_108E', '500000.0'],
    ['CGCS2000 / 3-degree Gauss-Kruger zone 36', '500000.0'],
    ['Youyang_2023', '500000.0'],
    ['CGCS2000_3_Degree_GK_Zone_37', '36500000.0'],
  ])('called %s, eastings of %s: no doubt', async (called, easting) => {
    const prj = prj4524.replace('CGCS2000_3_Degree_GK_Zone_36', called).replace('36500000.0', easting);
    expect((await read(at(Number.parseInt(easting, 10) + 77_000, 3_192_000, prj))).report.warnings).toEqual([]);
  });
  it('WGS 84 is handed on as 4490, what was found is kept', async () => {
    const { report } = await read(
      at(
        108.78,
        28.83,
        degrees
          .replace('D_China_2000', 'D_WGS_1984')
          .replace('"CGCS2000",', '"WGS_1984",')
          .replace('222101', '223563')
          .replace('China_Geodetic_Coordinate_System_2000', 'WGS_1984'),
        0.001,
      ),
    );
    expect(report.crs).toMatchObject({ srid: 4490, epsg_found: 4326, source: 'prj' });
    expect(report.warnings).toEqual([]);
  });
  it('Xian 80 is refused with what to ask the bureau for', async () => {
    const problem = await refusal(at(36_577_000, 3_192_000, xian));
    expect(problem).toMatchObject({ code: 'crs-unsupported-datum', where: { file: 'parcels.shp' } });
    expect(problem.detail.zh).toMatch(/1980西安坐标系.*自然资源局.*国家2000/s);
  });
  it('a local meridian is refused naming the standard zone', async () => {
    const problem = await refusal(
      at(577_000, 3_192_000, prj4524.replace('36500000.0', '500000.0').replace('108.0', '108.75')),
    );
    expect(problem).toMatchObject({ code: 'crs-unknown', where: { candidates: ['EPSG:4545'] } });
    expect(problem.detail.zh).toMatch(/108\.75/);
  });
  it('an unnamed datum is a question that srid answers', async () => {
    const zip = at(
      36_577_000,
      3_192_000,
      prj4524
        .replace('D_China_2000', 'D_unknown')
        .replace('GCS_China_Geodetic_Coordinate_System_2000', 'unknown')
        .replace('"CGCS2000",', '"GRS_1980",'),
    );
    expect(await refusal(zip)).toMatchObject({ code: 'crs-unknown', where: { candidates: ['EPSG:4524'] } });
    expect((await read(zip, { srid: 4524 })).report.crs).toMatchObject({ srid: 4524, source: 'user' });
    expect(await refusal(zip, { srid: 4545 })).toMatchObject({ code: 'crs-conflict' });
  });
  it('Albers is refused as unknown', async () => {
    expect(await refusal(at(36_577_000, 3_192_000, prj4524.replace('Gauss_Kruger', 'Albers')))).toMatchObject({
      code: 'crs-unknown',
      where: { file: 'parcels.shp' },
    });
  });
});

describe('what the person says', () => {
  it('decides where the file says nothing', async () => {
    expect((await read(at(577_000, 3_192_000, null), { srid: 4545 })).report).toMatchObject({
      crs: { srid: 4545, epsg_found: 4545, source: 'user' },
      warnings: [],
    });
  });
  it('against the .prj is a conflict, naming both', async () => {
    expect(await refusal(at(36_577_000, 3_192_000), { srid: 4525 })).toMatchObject({
      code: 'crs-conflict',
      where: { file: 'parcels.shp', candidates: ['EPSG:4524', 'EPSG:4525'] },
    });
    expect(await refusal(at(36_577_000, 3_192_000, xian), { srid: 4524 })).toMatchObject({ code: 'crs-conflict' });
  });
  it.each([
    ['another projection', 'Gauss_Kruger', 'Albers', 'Albers'],
    ['other units', 'UNIT["Meter",1.0]', 'UNIT["Foot_US",0.3048006096]', 'metres'],
    ['another meridian', 'PRIMEM["Greenwich",0.0]', 'PRIMEM["Paris",2.33722917]', 'Paris'],
  ])('against a .prj of %s is a conflict that says what the .prj states', async (_, from, to, named) => {
    const zip = at(36_577_000, 3_192_000, prj4524.replace(from, to));
    expect(await refusal(zip)).toMatchObject({ code: 'crs-unknown' });
    expect(await refusal(zip, { srid: 4524 })).toMatchObject({
      code: 'crs-conflict',
      detail: { en: expect.stringContaining(named) },
      where: { file: 'parcels.shp', candidates: ['EPSG:4524'] },
    });
  });
  it('of an equal system is none', async () => {
    const cm111 = prj4524.replace('36500000.0', '500000.0').replace('108.0', '111.0');
    expect((await read(at(285_000, 3_192_000, cm111), { srid: 4508 })).report.crs).toMatchObject({
      srid: 4508,
      source: 'user',
    });
    expect((await read(at(108.78, 28.83, degrees, 0.001), { srid: 4326 })).report.crs).toMatchObject({
      srid: 4490,
      epsg_found: 4326,
      source: 'user',
    });
  });
  it('on another datum is refused, of a system nobody delivers in is unknown', async () => {
    expect(await refusal(at(36_577_000, 3_192_000, null), { srid: 2360 })).toMatchObject({
      code: 'crs-unsupported-datum',
    });
    expect(await refusal(at(36_577_000, 3_192_000, null), { srid: 27700 })).toMatchObject({ code: 'crs-unknown' });
  });
  it('over a .prj that cannot be read is followed with a warning', async () => {
    const { report } = await read(at(36_577_000, 3_192_000, 'garbage'), { srid: 4524 });
    expect(report.crs.source).toBe('user');
    expect(report.warnings).toMatchObject([{ code: 'crs-overridden', where: { file: 'parcels.shp' } }]);
  });
});

describe('nobody says anything', () => {
  it('one answer is taken with a warning to confirm', async () => {
    const { report } = await read(at(36_577_000, 3_192_000, null));
    expect(report.crs).toMatchObject({ srid: 4524, source: 'inferred' });
    expect(report.warnings).toMatchObject([{ code: 'crs-inferred', where: { file: 'parcels.shp' } }]);
    expect(report.warnings[0]!.message.zh).toMatch(/确认/);
  });
  it('an empty .prj is no .prj', async () => {
    expect((await read(at(108.78, 28.83, ' ', 0.001))).report.crs).toMatchObject({ srid: 4490, source: 'inferred' });
  });
  it('several answers are a question with the candidates', async () => {
    const problem = await refusal(at(577_000, 3_192_000, null));
    expect(problem.code).toBe('crs-unknown');
    expect(problem.where?.candidates).toEqual(expect.arrayContaining(['EPSG:4545', 'EPSG:4546', 'EPSG:32649']));
  });
  it('a known county answers it', async () => {
    const { report } = await read(at(577_000, 3_192_000, null), { near: [108.3, 28.3, 109.3, 29.4] });
    expect(report.crs).toMatchObject({ srid: 4545, source: 'inferred' });
  });
  it('a zone before the easting is believed, whatever county is known', async () => {
    const { report } = await read(at(36_577_000, 3_192_000, null), { near: [106.3, 29.1, 106.9, 29.7] });
    expect(report.crs).toMatchObject({ srid: 4524, source: 'inferred' });
  });
  it('several answers, none in the known county, are a question that says so', async () => {
    // at 28.8° N, ten degrees south of that county
    const problem = await refusal(at(577_000, 3_192_000, null), { near: [73.1, 38, 73.9, 39] });
    expect(problem).toMatchObject({
      code: 'crs-unknown',
      where: { candidates: expect.arrayContaining(['EPSG:4545', 'EPSG:4546']) },
    });
    expect(problem.detail.zh).toContain('都不在本县县界范围内');
  });
  it('swapped axes are told, in metres and in degrees', async () => {
    for (const zip of [at(3_192_000, 36_577_000, null), at(28.83, 108.78, null, 0.001)]) {
      const problem = await refusal(zip);
      expect(problem.code).toBe('coordinate-outside-crs');
      expect(problem.detail.zh).toMatch(/颠倒/);
    }
  });
  it('numbers of nowhere are unknown', async () => {
    expect(await refusal(at(500, 500, null))).toMatchObject({ code: 'crs-unknown', where: { candidates: [] } });
  });
});

describe('numbers that cannot be of the system', () => {
  it.each([
    ['swapped axes', at(3_192_000, 36_577_000), /颠倒/],
    ['degrees for metres', at(108.78, 28.83, prj4524, 0.001), /度/],
    ['no zone number', at(577_000, 3_192_000), /没有带号 36/],
    ['another zone number', at(37_285_000, 3_192_000), /第37带/],
    ['metres for degrees', at(36_577_000, 3_192_000, degrees), /第36带/],
    ['swapped degrees', at(28.83, 108.78, degrees, 0.001), /颠倒/],
    ['somewhere in Africa', at(15, 5, degrees, 0.001), /核对/],
  ])('%s: refused with the likely cause', async (_, zip, cause) => {
    const problem = await refusal(zip);
    expect(problem).toMatchObject({ code: 'coordinate-outside-crs', where: { file: 'parcels.shp', row: 1 } });
    expect(problem.detail.zh).toMatch(cause);
  });
  it('one row among good ones is named, with its coordinate', async () => {
    const zip = zippedLayer({
      shapes: [square(36_577_000, 3_192_000, 100), square(0, 0, 100), square(36_577_900, 3_192_000, 100)],
    });
    expect(await refusal(zip)).toMatchObject({
      code: 'coordinate-outside-crs',
      where: { file: 'parcels.shp', row: 2, x: 0, y: 0 },
    });
  });
  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e300, -1.7e308])(
    '%d is no coordinate: refused with the row',
    async (bad) => {
      const shapes = [square(36_577_000, 3_192_000, 100), square(36_577_900, 3_192_000, 100)];
      shapes[1]![0]![2] = [36_578_000, bad];
      expect(await refusal(zippedLayer({ shapes }))).toMatchObject({
        code: 'coordinate-invalid',
        where: { file: 'parcels.shp', row: 2, x: 36_578_000 },
      });
    },
  );
  it('a zone used far from its meridian is taken with a warning', async () => {
    // 2.7° west of 111°: zone 37 for land of zone 36
    const { report } = await read(
      at(37_237_000, 3_192_000, prj4524.replace('36500000.0', '37500000.0').replace('108.0', '111.0')),
    );
    expect(report.crs.srid).toBe(4525);
    expect(report.warnings).toMatchObject([{ code: 'crs-neighbour-zone' }]);
  });
});
