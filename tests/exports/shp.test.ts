import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkIds } from '../../server/domain/outcome.ts';
import { AppError } from '../../server/errors.ts';
import { esriPrj } from '../../server/exports/shp/esri-prj.ts';
import { checkStems } from '../../server/exports/shp/verdict-fields.ts';
import { shp, writeShapefile } from '../../server/exports/shp.ts';
import { requirePart } from '../support/parts.ts';
import { describeWithSharedData, sharedData } from '../support/shared-data.ts';
import { bytesOf, exportInput, longText, makeRows, nasty } from './fixtures.ts';
import { entryOf, ogrinfo, ownFolder, parseCsv, throughGdal } from './readers.ts';

const rows = makeRows();
const problem = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => null,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
};

describeWithSharedData('the .prj of the shp export', () => {
  it.each([4490, 4523, 4524, 4525, 4544, 4545, 4546])(
    'is what PROJ writes for EPSG:%i in ESRI’s form',
    async (srid) => {
      expect(esriPrj(srid)).toBe((await readFile(sharedData(`prj/EPSG_${srid}.prj`), 'utf8')).trim());
    },
  );
});

requirePart('gdal')('the shp export read by GDAL', () => {
  const folder = ownFolder();
  const save = async (name: string, options: Parameters<typeof exportInput>[1]) => {
    const path = `${await folder()}/${name}.zip`;
    await writeFile(path, await bytesOf(shp.write(exportInput(rows, options))));
    return `/vsizip/${path}/verdicts.shp`;
  };
  type Feature = { properties: Record<string, unknown>; geometry: { type: string; coordinates: number[][][] } | null };
  const read = async (path: string): Promise<Feature[]> =>
    // RFC7946=NO and no -t_srs: coordinates as they stand in the file
    JSON.parse(
      await throughGdal(path, 'GeoJSON', [
        '-lco',
        'RFC7946=NO',
        '-lco',
        'COORDINATE_PRECISION=9',
        '-a_srs',
        'EPSG:4490',
      ]),
    ).features;

  it.each([
    [4490, 'UTF-8'],
    [4524, 'GB18030'],
    [4545, 'UTF-8'],
    [4497, 'UTF-8'],
    [4508, 'GB18030'],
  ] as const)('is recognised as EPSG:%i in %s', async (srid, encoding) => {
    const path = await save(`crs-${srid}`, { srid, encoding });
    const info = await ogrinfo('-ro', '-so', path, 'verdicts', '-wkt_format', 'WKT1');
    expect(info).toContain('Feature Count: 40');
    // 4508 is 4546 in all but name; GDAL says which it takes by the name
    expect(info).toMatch(new RegExp(`AUTHORITY\\["EPSG","${srid}"\\]\\]\\n`));
  });

  it('carries all parcels in upload order, Chinese text and 19-digit ids to the letter', async () => {
    for (const encoding of ['UTF-8', 'GB18030']) {
      const features = await read(await save(`text-${encoding}`, { srid: 4524, encoding }));
      expect(features).toHaveLength(40);
      for (const [i, { properties }] of features.entries()) {
        const row = rows[i]!;
        expect(properties['PARCEL_ID']).toBe(row.parcel_id);
        expect(properties['PROJ_NAME']).toBe(row.project_name);
        expect(properties['TOWNSHIP']).toBe(row.township);
        expect(properties['DKBH']).toBe(row.attributes['DKBH']);
        expect(properties['ZJRKBH']).toBe('5002421980010112345');
        expect(properties['VERDICT']).toBe(row.verdict);
        expect(properties['DECL_M2'] ?? null).toEqual(
          row.declared_area_m2 === null ? null : expect.closeTo(row.declared_area_m2, 6),
        );
        for (const name of ['deduct', 'restore', 'kept'] as const) {
          expect(properties[`${name.toUpperCase()}_M2`]).toBeCloseTo(row[`${name}_area_m2`], 6);
        }
        expect(properties['KEPT_NET'] ?? undefined).toEqual(
          row.kept_net_m2 === undefined ? undefined : expect.closeTo(row.kept_net_m2, 6),
        );
        for (const id of checkIds) expect(properties[`${checkStems[id]}_RES`]).toBe(row.checks[id].outcome);
      }
      expect(features.some(({ properties }) => properties['PROJ_NAME'] === `麻旺镇土地整治项目（${nasty.rare}）`)).toBe(
        true,
      );
    }
  });

  it('keeps every source attribute: numbers as numbers, clashing and long names told apart', async () => {
    const features = await read(await save('attributes', { srid: 4524, encoding: 'GB18030' }));
    for (const [i, { properties }] of features.entries()) {
      const from = rows[i]!.attributes;
      expect(properties['DKMJ']).toEqual(from['DKMJ']);
      expect(properties['TBS']).toBe(from['TBS']);
      expect(properties['SFYN']).toBe(String(from['SFYN']));
      expect(properties['EXTRA']).toEqual({ nested: [1, 2] });
      expect(properties['混合']).toBe(String(from['混合']));
      expect(properties['项目名称字']).toBe('甲');
      expect(properties['项目名称_1']).toBe('乙');
      expect([properties['PARCEL_I_1'], properties['parcel_i_2']]).toEqual(['theirs', 'theirs, too']);
    }
  });

  it('cuts a text of more than 254 bytes between two characters and says so in fields.html', async () => {
    const utf8 = await read(await save('long-utf8', {}));
    const cut = utf8[8]!.properties['备注'] as string;
    expect(longText.startsWith(cut)).toBe(true);
    expect(Buffer.byteLength(cut)).toBe(252);
    const gb = await read(await save('long-gb', { encoding: 'GB18030' }));
    expect(gb[8]!.properties['备注']).toBe(longText);
    const notes = (await entryOf(`${await folder()}/long-utf8.zip`, 'fields.html')).toString();
    expect(notes).toContain('1 个值超过 254 字节，已截短');
    expect(notes).not.toContain('<script>');
  });

  it('has the shapes in the plane asked for: 10,000 m² each, 9,600 with a hole, none where there is none', async () => {
    const path = await save('area', { srid: 4524 });
    const csv = await throughGdal(path, 'CSV', [
      '-dialect',
      'SQLite',
      '-sql',
      'select ST_Area(geometry) as a, ST_IsValid(geometry) as v from verdicts',
    ]);
    const areas = parseCsv(csv)
      .slice(1)
      .map((line) => line.map(Number));
    expect(areas).toHaveLength(40);
    for (const [i, [area, valid]] of areas.entries()) {
      if (i === 37) continue;
      expect(valid).toBe(1);
      expect(area).toBeCloseTo(i % 13 === 5 ? 9600 : 10_000, 6);
    }
    const features = await read(path);
    expect(features[37]!.geometry).toBeNull();
    expect(features[0]!.geometry!.coordinates[0]![0]).toEqual([36_577_000, 3_192_000]);
    expect(features[5]!.geometry!.coordinates).toHaveLength(2);
    // the index is right: a record read on its own is the same one
    expect(await ogrinfo('-ro', '-q', path, 'verdicts', '-fid', '39')).toContain(
      `PARCEL_ID (String) = ${rows[39]!.parcel_id}`,
    );
  });

  it('leaves out compliant parcels when only flagged ones are asked for', async () => {
    const features = await read(await save('flagged', { only: 'flagged' }));
    expect(features.map((f) => f.properties['PARCEL_ID'])).toEqual(
      rows.filter((r) => r.verdict !== 'compliant').map((r) => r.parcel_id),
    );
  });

  it('reads GBK by the code page byte alone, as old software does', async () => {
    const plain = rows.slice(0, 1);
    const zip = `${await folder()}/gbk.zip`;
    await writeFile(zip, await bytesOf(shp.write(exportInput(plain, { encoding: 'GBK' }))));
    const dbf = await entryOf(zip, 'verdicts.dbf');
    expect(dbf[29]).toBe(0x4d);
    await writeFile(`${await folder()}/bare.dbf`, dbf);
    expect(await ogrinfo('-ro', '-al', `${await folder()}/bare.dbf`)).toContain(
      'PROJ_NAME (String) = 酉阳县龙潭镇补充耕地项目',
    );
    expect((await entryOf(zip, 'verdicts.cpg')).toString()).toBe('GBK');
  });
});

describe('the shp export', () => {
  it('gives the same bytes for the same run', async () => {
    const once = await bytesOf(shp.write(exportInput(rows)));
    expect((await bytesOf(shp.write(exportInput(rows)))).equals(once)).toBe(true);
  });

  it('refuses a character GBK does not have, naming it, instead of writing a question mark', async () => {
    const error = await problem(bytesOf(shp.write(exportInput(rows, { encoding: 'GBK' }))));
    expect(error.code).toBe('validation');
    expect(error.detail.zh).toContain('“𠮷”');
    expect(error.where).toEqual({ field: 'project_name', row: 2 });
  });

  it.each([3857, 32649, 2360, 4326, 1])('refuses srid %i', async (srid) => {
    expect((await problem(bytesOf(shp.write(exportInput(rows, { srid }))))).where).toEqual({ field: 'srid' });
  });

  it('refuses an encoding it does not know', async () => {
    expect((await problem(bytesOf(shp.write(exportInput(rows, { encoding: 'latin1' }))))).where).toEqual({
      field: 'encoding',
    });
  });

  it('refuses more fields than a .dbf holds', async () => {
    const wide = [{ ...rows[0]!, attributes: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`A${i}`, i])) }];
    expect((await problem(bytesOf(shp.write(exportInput(wide))))).code).toBe('validation');
  });

  it('is too-large past the limit of a file, before any byte and with no temporary file left', async () => {
    const tempDir = await mkdtemp(join(tmpdir(), 'zhanbu-exports-limit-'));
    // all rows' attributes need some 28 kB, all shapes 5 kB
    for (const limit of [1000, 20_000]) {
      const input = { ...exportInput(rows), tempDir };
      expect((await problem(bytesOf(writeShapefile(input, limit)))).code).toBe('too-large');
    }
    const shapesOnly = { ...exportInput(rows.slice(0, 3).map((row) => ({ ...row, attributes: {} }))), tempDir };
    expect((await problem(bytesOf(writeShapefile(shapesOnly, 400)))).code).toBe('too-large');
    expect(await readdir(tempDir)).toEqual([]);
    await rm(tempDir, { recursive: true });
  });

  it('leaves no temporary file when the reader stops early', async () => {
    const tempDir = await mkdtemp(join(tmpdir(), 'zhanbu-exports-early-'));
    for await (const _ of shp.write({ ...exportInput(rows), tempDir })) break;
    expect(await readdir(tempDir)).toEqual([]);
    await rm(tempDir, { recursive: true });
  });
});
