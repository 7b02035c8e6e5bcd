import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { receiveParcels } from '../../server/intake/receive-parcels.ts';
import { box, gbk, header, makeTxt, type TxtPlot, type Xy } from '../intake/make-txt.ts';
import { makeZip } from '../intake/make-zip.ts';
import { eachDatabase } from '../support/databases.ts';
import { hasSharedData, sharedData } from '../support/shared-data.ts';
import { depsOf, fileOf, removeFiles, rowCounts } from './receiving.ts';

removeFiles();

/** Rings of DOMAIN §1.7 and §4.1 with their ellipsoidal areas by the official formula; declared in 公顷. */
const golden: (TxtPlot & { area: number })[] = [
  {
    rings: [box(36_577_000, 3_192_000, 100)],
    values: ['1.0000', 'G1', '百米', '面', '', '旱地', '0103'],
    area: 9998.5357,
  },
  {
    rings: [box(36_625_000, 3_192_000, 1000)],
    values: ['99.9', 'G2', '千米', '面', '', '旱地', '0103'],
    area: 999_611.535,
  },
  {
    rings: [
      [
        [36575144.427, 3191779.385],
        [36575172.77, 3191923.665],
        [36575280.266, 3191902.194],
        [36575261.395, 3191802.312],
        [36575144.427, 3191779.385],
      ],
      box(36575200, 3191830, 20),
    ],
    values: ['1.3282', 'G3', '样例', '面', '', '旱地', '0103'],
    area: 13_682.3 - 399.944,
  },
];

eachDatabase('receiving 界址点 TXT', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  const receive = (bytes: Buffer | string, name: string, more: object = {}) =>
    receiveParcels(depsOf(database), { ...fileOf(bytes, name), ...more });
  const parcels = (id: string) =>
    database.db.selectFrom('parcel').selectAll('parcel').where('parcel_set_id', '=', id).orderBy('ordinal').execute();

  it('areas are those of the official formula, declared 公顷 are m², every parcel has its file and line', async () => {
    const swapped = ([x, y]: Xy) => `${x.toFixed(3)},${y.toFixed(3)}`;
    const short = ([x, y]: Xy) => `${y.toFixed(3)},${(x - 36e6).toFixed(3)}`;
    const texts = [
      makeTxt(golden),
      makeTxt(golden, { pair: swapped }),
      makeTxt(golden, { pair: short, brackets: '【】' }),
    ];
    for (const [i, text] of texts.entries()) {
      const set = await receive(gbk(text), `golden-${i}.txt`);
      expect(set.decisions).toMatchObject({
        crs: { srid: i === 2 ? 4545 : 4524, source: 'txt' },
        encoding: { encoding: 'GB18030', source: 'content' },
        fields: { parcel_id: '地块编号', declared_area_m2: '地块面积', target_class: '地类编码' },
        unit: { gross: { unit: 'ha' } },
      });
      expect(set.warnings.map(({ code }) => code)).toEqual(i === 1 ? ['axes-swapped'] : []);
      const rows = await parcels(set.parcel_set_id);
      for (const [n, row] of rows.entries()) {
        // formula and geodesic differ by up to 0.002 m² here (DOMAIN §1.7)
        expect(Math.abs(row.area_m2 - golden[n]!.area)).toBeLessThan(0.003);
        expect(row).toMatchObject({
          client_id: golden[n]!.values![1],
          target_class: '0103',
          source_file: `golden-${i}.txt`,
        });
      }
      expect(rows.map((row) => row.source_row)).toEqual([13, 19, 25]);
      expect(rows.map((row) => row.declared_area_m2)).toEqual([10_000, 999_000, 13_282]);
    }
  });

  it('a zip of 53 files is one set; numbers that repeat between files need a column that tells them apart', async () => {
    const files = Array.from({ length: 53 }, (_, n) => ({
      name: gbk(`项目/${String(n + 1).padStart(2, '0')}号/界址点.${n % 2 ? 'TXT' : 'txt'}`),
      data: gbk(
        makeTxt([{ rings: [box(36_577_000 + 120 * n, 3_192_000, 100)] }], {
          before: ['[项目信息]', `项目编号=5002422019${String(n + 1).padStart(4, '0')}`, `项目名称=第${n + 1}个`],
        }),
      ),
    }));
    const set = await receive(makeZip(files), '53.zip', { sublayer: '*' });
    expect(set).toMatchObject({ feature_count: 53, region_code: '500242', decisions: { crs: { srid: 4524 } } });
    // all are called ZD001
    expect(set.warnings.map(({ code }) => code)).toEqual(['parcel-id-composed']);
    const rows = await parcels(set.parcel_set_id);
    expect(rows[52]).toMatchObject({
      parcel_id: '50024220190053/ZD001',
      project_name: '第53个',
      source_file: '项目/53号/界址点.txt',
      source_row: 16,
    });
    const nameless = files.map(({ name }, n) => ({
      name,
      data: gbk(makeTxt([{ rings: [box(36_577_000 + 120 * n, 3_192_000, 100)] }])),
    }));
    await expect(receive(makeZip(nameless), '53.zip', { sublayer: '*' })).rejects.toMatchObject({
      code: 'duplicate-parcel-id',
    });
    const mapped = { sublayer: '*', fieldMap: { project_code: '来源文件' } };
    expect((await receive(makeZip(nameless), '53.zip', mapped)).feature_count).toBe(53);
  });

  it('a refused file leaves no row behind', async () => {
    const before = await rowCounts(database);
    const bad = makeTxt(golden).replace('3191923.665', '1.#QNAN');
    await expect(receive(gbk(bad), 'bad.txt')).rejects.toMatchObject({
      code: 'coordinate-invalid',
      where: { file: 'bad.txt', row: 27 },
    });
    const xian = makeTxt(golden, { header: { ...header, 坐标系: '1980西安坐标系' } });
    await expect(receive(gbk(xian), 'xian.txt')).rejects.toMatchObject({ code: 'crs-unsupported-datum' });
    expect(await rowCounts(database)).toEqual(before);
  });

  (hasSharedData || process.env['CI'] === 'true' ? it : it.skip)(
    'the 40 demonstration parcels as TXT have the areas of the shapefile [shared/data/youyang-demo]',
    async () => {
      const shared = (name: string) => ({ path: sharedData(`youyang-demo/${name}`), fileName: name });
      const text = await receiveParcels(depsOf(database), shared('bcgd_first40_gb18030.txt'));
      const shape = await receiveParcels(depsOf(database), shared('bcgd_parcels.zip'));
      expect(text.feature_count).toBe(40);
      const fromShape = new Map((await parcels(shape.parcel_set_id)).map((row) => [row.parcel_id, row]));
      for (const row of await parcels(text.parcel_set_id)) {
        const other = fromShape.get(row.parcel_id)!;
        // coordinates rounded to a millimetre, along the whole boundary
        expect(Math.abs(row.area_m2 - other.area_m2)).toBeLessThan(1);
        expect(row.declared_area_m2).toBe(other.declared_area_m2);
      }
    },
  );
});
