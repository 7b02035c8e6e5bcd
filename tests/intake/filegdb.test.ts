/** File geodatabases, written by GDAL (whose driver OpenFileGDB writes since 3.6), zipped as offices zip them. */
import iconv from 'iconv-lite';
import { expect, it } from 'vitest';
import { requirePart } from '../support/parts.ts';
import { gdalAdds, gdalMakes, membersOf, removeGdalFiles, seededPlots } from './gdal-files.ts';
import { layerMembers } from './make-shapefile.ts';
import { makeZip, type ZipMember } from './make-zip.ts';
import { read, refusal } from './reading.ts';

removeGdalFiles();
const name = '数据库.zip';

requirePart('gdal')('a file geodatabase', () => {
  const plots = seededPlots(30, [36_577_000, 3_192_000], 40);
  const path = gdalMakes(plots, 4524, 'db.gdb', '-f', 'OpenFileGDB', '-nln', 'BCGD', '-lco', 'LAYER_ALIAS=补充耕地');
  const one = membersOf(path);
  const two = () => {
    const both = gdalMakes(
      plots,
      4524,
      'two.gdb',
      '-f',
      'OpenFileGDB',
      '-nln',
      'DLTB_A',
      '-lco',
      'LAYER_ALIAS=地类图斑甲',
    );
    gdalAdds(path, both, '-f', 'OpenFileGDB', '-update', '-nln', 'DLTB_B', '-lco', 'LAYER_ALIAS=地类图斑乙');
    return membersOf(both);
  };
  const in4524 = (more: Partial<ZipMember> & { name: string | Buffer; data: Buffer }) => [...one, more];

  it('is read in nested folders with GBK names and locks, knowing its own rows', async () => {
    const zip = makeZip([
      ...one.map((m) => ({ ...m, name: iconv.encode(`县数据库/2023\\${m.name}`, 'gbk') })),
      { name: '县数据库/2023/db.gdb/_gdb.PC-1.2.sr.lock', data: Buffer.alloc(0) },
      { name: '__MACOSX/x/._db.gdb', data: Buffer.from('x') },
    ]);
    const { report, rows } = await read(zip, { name });
    expect(report).toMatchObject({
      format: 'filegdb',
      layers: [{ name: 'BCGD', feature_count: 30 }],
      crs: { srid: 4524, source: 'filegdb' },
      encoding: { encoding: 'UTF-8' },
      warnings: [],
    });
    expect(rows[1]).toMatchObject({
      row: 2,
      source_file: '县数据库/2023/db.gdb',
      attributes: { DKBH: 'D1', 项目名称: '乗龙村高标准农田项目1', 数量: 1, YSRQ: '2021-05-02' },
    });
  });
  it('is read where its files were zipped without their folder', async () => {
    const { report, rows } = await read(makeZip(one.map((m) => ({ ...m, name: String(m.name).split('/')[1]! }))), {
      name,
    });
    expect(report.feature_count).toBe(30);
    expect(rows[0]!.source_file).toBe(name);
  });
  it('of several layers, one is asked for by name or alias, or all are joined', async () => {
    const zip = makeZip(two());
    const problem = await refusal(zip, { name });
    expect(problem).toMatchObject({
      code: 'several-shapefiles',
      where: { file: 'two.gdb', candidates: ['DLTB_A', 'DLTB_B'] },
    });
    expect(problem.detail.zh).toContain('DLTB_B（地类图斑乙）');
    for (const sublayer of ['地类图斑乙', 'two.gdb/dltb_b'])
      expect((await read(zip, { name, sublayer })).report.layers).toEqual([{ name: 'DLTB_B', feature_count: 30 }]);
    expect(await refusal(zip, { name, sublayer: 'DLTB' })).toMatchObject({ code: 'no-shapefile' });
    const all = await read(zip, { name, sublayer: '*' });
    expect(all.report.feature_count).toBe(60);
    expect([...new Set(all.rows.map((row) => row.source_file))]).toEqual(['two.gdb/DLTB_A', 'two.gdb/DLTB_B']);
  });
  it('of several in an archive, none is taken by its place', async () => {
    const zip = makeZip([...membersOf(path, '甲/'), ...membersOf(path, '乙/')]);
    expect(await refusal(zip, { name })).toMatchObject({
      code: 'several-shapefiles',
      where: { candidates: ['乙/db.gdb', '甲/db.gdb'] },
    });
    const all = await read(zip, { name, sublayer: '*' });
    expect([...new Set(all.rows.map((row) => row.source_file))]).toEqual(['乙/db.gdb', '甲/db.gdb']);
    expect((await read(zip, { name, sublayer: '甲/db.gdb' })).rows[0]!.source_file).toBe('甲/db.gdb');
  });
  it('beside a shapefile is a choice to be asked about', async () => {
    expect(await refusal(makeZip([...one, ...layerMembers()]), { name })).toMatchObject({
      code: 'several-shapefiles',
      where: { candidates: ['parcels.shp', 'db.gdb'] },
    });
    expect((await read(makeZip([...one, ...layerMembers()]), { name, sublayer: 'db.gdb' })).report.format).toBe(
      'filegdb',
    );
  });
  it('on another datum is refused, as is one of points and one that a person contradicts', async () => {
    const xian = gdalMakes(seededPlots(2, [36_577_000, 3_192_000], 40), 2360, 'x.gdb', '-f', 'OpenFileGDB');
    expect(await refusal(makeZip(membersOf(xian)), { name })).toMatchObject({
      code: 'crs-unsupported-datum',
      where: { file: 'x.gdb' },
    });
    const label = {
      type: 'Feature',
      properties: {},
      geometry: { type: 'Point', coordinates: [36_577_000, 3_192_000] },
    };
    const points = gdalMakes([label as never], 4524, 'p.gdb', '-f', 'OpenFileGDB', '-nln', '注记');
    expect(await refusal(makeZip(membersOf(points)), { name })).toMatchObject({
      code: 'geometry-type',
      where: { file: 'p.gdb', candidates: ['注记'] },
    });
    expect(await refusal(makeZip(one), { name, srid: 4525 })).toMatchObject({ code: 'crs-conflict' });
  });
  it('past a limit is refused', async () => {
    expect(await refusal(makeZip(one), { name, limits: { features: 29 } })).toMatchObject({
      code: 'too-many-features',
    });
    expect(
      await refusal(makeZip(in4524({ name: 'db.gdb/a0000000a.cdf', data: Buffer.from('x') })), { name }),
    ).toMatchObject({
      code: 'format-unsupported',
    });
  });
});
