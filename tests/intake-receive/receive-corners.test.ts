import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { receiveParcels } from '../../server/intake/receive-parcels.ts';
import {
  basicHeads,
  type CornerPlot,
  cornerRows,
  csvOf,
  officeSaves,
  type Row,
  xlsxOf,
} from '../intake/make-corners.ts';
import { box, gbk, type Xy } from '../intake/make-txt.ts';
import { eachDatabase } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';
import { hasSharedData, sharedData } from '../support/shared-data.ts';
import { depsOf, fileOf, removeFiles, rowCounts } from './receiving.ts';

removeFiles();

/** Rings of DOMAIN §1.7 and §4.1 with their ellipsoidal areas by the official formula; declared in 公顷. */
const golden: (CornerPlot & { area: number })[] = [
  { id: 'G1', rings: [box(36_577_000, 3_192_000, 100)], values: [1, '0103'], area: 9998.5357 },
  { id: 'G2', rings: [box(36_625_000, 3_192_000, 1000)], values: [99.9, '0103'], area: 999_611.535 },
  {
    id: 'G3',
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
    values: [1.3282, '0103'],
    area: 13_682.3 - 399.944,
  },
];
const heads = [...basicHeads, '地块面积（公顷）', '地类编码'];
const table: Row[] = [heads, ...cornerRows(golden)];

eachDatabase('receiving tables of boundary points', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  const receive = (bytes: Buffer | string, name: string, more: object = {}) =>
    receiveParcels(depsOf(database), { ...fileOf(bytes, name), ...more });
  const parcels = (id: string) =>
    database.db.selectFrom('parcel').selectAll('parcel').where('parcel_set_id', '=', id).orderBy('ordinal').execute();
  const isGolden = async (bytes: Buffer | string, name: string, warned: string[], more: object = {}) => {
    const set = await receive(bytes, name, more);
    expect(set.decisions).toMatchObject({
      fields: { parcel_id: '地块编号', declared_area_m2: '地块面积', target_class: '地类编码' },
      unit: { gross: { unit: 'ha' } },
    });
    expect(set.warnings.map(({ code }) => code)).toEqual(warned);
    const rows = await parcels(set.parcel_set_id);
    for (const [n, row] of rows.entries()) {
      // formula and geodesic differ by up to 0.002 m² here (DOMAIN §1.7)
      expect(Math.abs(row.area_m2 - golden[n]!.area)).toBeLessThan(0.003);
      expect(row).toMatchObject({ client_id: golden[n]!.id, target_class: '0103', source_file: name });
    }
    expect(rows.map(({ declared_area_m2: area }) => area)).toEqual([10_000, 999_000, 13_282]);
    expect(rows.map((row) => row.source_row)).toEqual([2, 7, 12]);
    return set;
  };

  it('areas are those of the official formula, declared 公顷 are m², every parcel has its file and row', async () => {
    const swapped = [heads, ...cornerRows(golden, ([x, y]: Xy) => [x, y])];
    const short = [heads, ...cornerRows(golden, ([x, y]: Xy) => [y, Number((x - 36e6).toFixed(3))])];
    await isGolden(gbk(csvOf(table)), 'golden.csv', ['crs-inferred']);
    await isGolden(await xlsxOf({ 界址点: table }), 'golden.xlsx', ['crs-inferred']);
    await isGolden(csvOf(swapped, ';'), 'swapped.csv', ['crs-inferred', 'axes-swapped']);
    const set = await isGolden(await xlsxOf({ 界址点: short }), 'short.xlsx', [], { srid: 4545 });
    expect(set.decisions.crs).toMatchObject({ srid: 4545, source: 'user' });
  });

  requirePart('libreoffice')('saved by LibreOffice', () => {
    it('the same areas', async () => {
      // the seventh column as text: as a number it loses the zero of 0103
      await isGolden(officeSaves(csvOf(table), '', 'xlsx', '44,34,76,1,7/2'), 'office.xlsx', ['crs-inferred']);
    }, 120_000);
  });

  it('a unit in the heading that the sum contradicts is told', async () => {
    const mu = [[...basicHeads, '地块面积（亩）', '地类编码'], ...cornerRows(golden)];
    const set = await receive(csvOf(mu), 'mu.csv');
    expect(set.decisions.unit.gross!.unit).toBe('ha');
    expect(set.warnings.map(({ code }) => code)).toContain('area-unit-contradicted');
  });

  it('53 sheets are one set', async () => {
    const sheets = Object.fromEntries(
      Array.from({ length: 53 }, (_, n) => [
        `第${n + 1}个`,
        [
          ['项目编号', ...basicHeads],
          ...cornerRows([{ id: '1', rings: [box(36_577_000 + 120 * n, 3_192_000, 100)] }]).map(
            (row): Row => [`5002422019${String(n + 1).padStart(4, '0')}`, ...row],
          ),
        ],
      ]),
    );
    const set = await receive(await xlsxOf(sheets), '53.xlsx', { sublayer: '*' });
    expect(set).toMatchObject({ feature_count: 53, region_code: '500242' });
    const rows = await parcels(set.parcel_set_id);
    expect(rows[52]).toMatchObject({ parcel_id: '50024220190053/1', source_file: '53.xlsx/第53个', source_row: 2 });
  });

  it('a refused table leaves no row behind', async () => {
    const before = await rowCounts(database);
    const bad = csvOf(table).replace('3191923.665', '1.#QNAN');
    await expect(receive(bad, 'bad.csv')).rejects.toMatchObject({
      code: 'coordinate-invalid',
      where: { file: 'bad.csv', row: 13, field: 'X' },
    });
    const twice = [...table, ...cornerRows([golden[0]!])];
    await expect(receive(await xlsxOf({ a: twice }), 'twice.xlsx')).rejects.toMatchObject({
      code: 'duplicate-parcel-id',
      where: { file: 'twice.xlsx', rows: [2, 22] },
    });
    expect(await rowCounts(database)).toEqual(before);
  });

  (hasSharedData || process.env['CI'] === 'true' ? it : it.skip)(
    'the 40 demonstration parcels, their points put in a workbook, have the areas of the TXT [shared/data/youyang-demo]',
    async () => {
      const name = 'bcgd_first40_gb18030.txt';
      const path = sharedData(`youyang-demo/${name}`);
      const text = await receiveParcels(depsOf(database), { path, fileName: name });
      const { readFileSync } = await import('node:fs');
      let plot: string[] = [];
      const rows = new TextDecoder('gb18030')
        .decode(readFileSync(path))
        .split(/\r?\n/)
        .flatMap((line): Row[] => {
          const parts = line.split(',');
          if (line.endsWith('@')) plot = parts;
          if (!/^J\d/.test(line) || plot.length === 0) return [];
          return [[plot[2]!, parts[0]!, parts[1]!, Number(parts[2]), Number(parts[3]), Number(plot[1])]];
        });
      const book = await xlsxOf({ 界址点: [[...basicHeads, '地块面积'], ...rows] });
      const set = await receive(book, 'forty.xlsx');
      const columns = (some: Awaited<ReturnType<typeof parcels>>) =>
        some.map(({ parcel_id, area_m2, declared_area_m2 }) => ({ parcel_id, area_m2, declared_area_m2 }));
      expect(columns(await parcels(set.parcel_set_id))).toEqual(columns(await parcels(text.parcel_set_id)));
      expect(set.feature_count).toBe(40);
    },
  );
});
