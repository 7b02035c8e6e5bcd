import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { receiveParcels } from '../../server/intake/receive-parcels.ts';
import { zippedLayer } from '../intake/make-shapefile.ts';
import { eachDatabase } from '../support/databases.ts';
import { hasSharedData, sharedData } from '../support/shared-data.ts';
import { bowTie, depsOf, east, fileOf, geojson, north, plotAt, removeFiles, square } from './receiving.ts';

removeFiles();

/**
 * Ellipsoidal areas of DOMAIN §1.7, by the official formula with edges densified to 70 m; the third is the sample of
 * DOMAIN §4.1. Rings in EPSG:4524.
 */
const golden = {
  hundred: { rings: [square(36_577_000, 3_192_000, 100)], area: 9998.5357 },
  thousand: { rings: [square(36_625_000, 3_192_000, 1000)], area: 999_611.535 },
  sample: {
    rings: [
      [
        [36575144.427, 3191779.385],
        [36575172.77, 3191923.665],
        [36575280.266, 3191902.194],
        [36575261.395, 3191802.312],
        [36575144.427, 3191779.385],
      ],
      square(36575200, 3191830, 20),
    ] as [number, number][][],
    area: 13_682.3 - 399.944,
  },
  // pyproj Geod with the edges densified to 70 m in the plane; without densifying it is 4,498,601.533
  longEdges: {
    rings: [
      [
        [36_610_000, 3_190_000],
        [36_613_000, 3_190_000],
        [36_613_000, 3_193_000],
        [36_610_000, 3_190_000],
      ],
    ] as [number, number][][],
    area: 4_498_607.6375,
  },
};

eachDatabase('receiving parcels', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  const receive = (file: { path: string; fileName: string }, more: object = {}) =>
    receiveParcels(depsOf(database), { ...file, ...more });
  const parcels = (id: string) =>
    database.db.selectFrom('parcel').selectAll('parcel').where('parcel_set_id', '=', id).orderBy('ordinal').execute();

  describe('areas', () => {
    it('are those of the official formula for the golden shapes, as GeoJSON and as shapefile', async () => {
      const shapes = Object.values(golden);
      const fromJson = await receive(fileOf(geojson(shapes.map(({ rings }) => ({ rings }))), 'golden.geojson'));
      const zip = zippedLayer({ shapes: shapes.map(({ rings }) => rings), rows: shapes.map((_, i) => [`G${i}`]) });
      const fromShp = await receive(fileOf(zip, 'golden.zip'));
      for (const { parcel_set_id } of [fromJson, fromShp]) {
        const rows = await parcels(parcel_set_id);
        // formula and geodesic differ by up to 0.002 m² here (DOMAIN §1.7)
        for (const [i, row] of rows.entries()) expect(Math.abs(row.area_m2 - shapes[i]!.area)).toBeLessThan(0.003);
      }
      expect(fromShp.area_m2).toBe(fromJson.area_m2);
    });

    it('of a plot of a few square metres are right to a millionth of it, where a geodesic series is not', async () => {
      // on the central meridian the plane has the scale of the ellipsoid: 4 m × 3.5 m, 1 m × 1 m, a triangle of 3 m × 4 m, 30 m × 30 m
      const corner = ([dx, dy]: readonly [number, number], n: number): [number, number] => [
        36_500_000 + 50 * n + dx,
        3_200_000 + dy,
      ];
      const plots: [number, (readonly [number, number])[]][] = [
        [
          14,
          [
            [0, 0],
            [4, 0],
            [4, 3.5],
            [0, 3.5],
            [0, 0],
          ],
        ],
        [
          1,
          [
            [0, 0],
            [1, 0],
            [1, 1],
            [0, 1],
            [0, 0],
          ],
        ],
        [
          6,
          [
            [0, 0],
            [3, 0],
            [0, 4],
            [0, 0],
          ],
        ],
        [
          900,
          [
            [0, 0],
            [30, 0],
            [30, 30],
            [0, 30],
            [0, 0],
          ],
        ],
      ];
      const shapes = plots.map(([, ring], n) => ({ rings: [ring.map((point) => corner(point, n))] }));
      const { parcel_set_id } = await receive(fileOf(geojson(shapes), 'small.geojson'));
      const rows = await parcels(parcel_set_id);
      // 0.1 µm is the grid that shapes are stored on: 1e-7 of a side of 1 m
      for (const [n, [areaM2]] of plots.entries()) expect(Math.abs(rows[n]!.area_m2 / areaM2 - 1)).toBeLessThan(1e-6);
    });

    it('are the same for one shape whatever its first point, direction and plane', async () => {
      const [a, b, c, d] = square(36_577_000, 3_192_000, 300) as [number, number][];
      const turned = [c!, b!, a!, d!, c!];
      const { parcel_set_id } = await receive(
        fileOf(geojson([{ rings: [[a!, b!, c!, d!, a!]] }, { rings: [turned] }]), 't.geojson'),
      );
      const rows = await parcels(parcel_set_id);
      expect(rows[0]!.geometry_hash).toBe(rows[1]!.geometry_hash);
      const bare = turned.map(([x, y]) => [x - 36_000_000, y] as [number, number]);
      const other = await receive(fileOf(geojson([{ rings: [bare] }], 4545), 'bare.geojson'));
      expect(Math.abs(other.area_m2 - rows[0]!.area_m2)).toBeLessThan(1e-4);
    });

    it('are of edges straight in degrees where the file is in degrees', async () => {
      // 0.01° square: geodesic edges of the four corners alone against the parallel a GIS draws; GeographicLib over 0.0001° steps
      const { area_m2 } = await receive(
        fileOf(geojson([{ rings: [square(108.78, 28.84, 0.01)] }], 4490), 'deg.geojson'),
      );
      expect(Math.abs(area_m2 - parallelStrip(28.84, 28.85, 0.01))).toBeLessThan(0.01);
    });
  });

  describe('attributes', () => {
    it('are read by alias from a GBK shapefile with names cut to ten bytes, ids kept to the letter', async () => {
      const zip = zippedLayer({
        columns: [
          { name: '地块编号', width: 30 },
          { name: '项目备案编', width: 20 },
          { name: '项目名称', width: 40 },
          { name: '新增耕地面', type: 'N', width: 18, decimals: 4 },
          { name: '图斑面积', type: 'N', width: 18, decimals: 4 },
          { name: '验收日期', width: 20 },
          { name: 'DLBM', width: 5 },
          { name: 'LXNF', width: 10 },
          { name: '质量等别', width: 4 },
          { name: '产能', type: 'N', width: 12, decimals: 2 },
          { name: '图斑类型', width: 10 },
          { name: '乡镇', width: 20 },
        ],
        rows: [
          [
            '甲－０１',
            '50024220210003',
            '黑水镇项目',
            0.9,
            1.0,
            '2022年3月5日',
            '0103',
            '2021年',
            '11.2',
            500,
            '新增',
            '黑水镇',
          ],
          ['甲－０2', '50024220210003', '黑水镇项目', 0.95, 1.0, '三月', '0101k', '', '', null, '提质改造', ''],
        ],
        dbf: { encoding: 'gbk', ldid: 77 },
      });
      const received = await receive(fileOf(zip, '甲.zip'));
      expect(received.region_code).toBe('500242');
      expect(received.decisions).toMatchObject({
        region: { region_code: '500242', source: 'project-codes' },
        encoding: { encoding: 'GB18030' },
        fields: {
          parcel_id: '地块编号',
          project_code: '项目备案编',
          declared_net_m2: '新增耕地面',
          declared_area_m2: '图斑面积',
          township: '乡镇',
        },
        unit: { gross: { unit: 'ha', title: '公顷' }, net: { unit: 'ha' } },
      });
      expect(received.warnings.map((w) => w.code)).toEqual(['value-unreadable']);
      const rows = await parcels(received.parcel_set_id);
      expect(rows[0]).toMatchObject({
        ordinal: 1,
        parcel_id: '甲－０１',
        client_id: '甲－０１',
        project_code: '50024220210003',
        project_name: '黑水镇项目',
        township: '黑水镇',
        declared_area_m2: 10_000,
        declared_net_m2: 9000,
        plot_type: '新增',
        start_year: 2021,
        target_class: '0103',
        grade: '11.2',
        capacity_kg: 500,
        pending: false,
        source_row: 1,
      });
      expect(rows[1]).toMatchObject({
        target_class: '0101K',
        accepted_on: null,
        start_year: null,
        township: null,
        plot_type: '提质改造',
      });
      expect(rows[0]!.attributes).toMatchObject({ 地块编号: '甲－０１', LXNF: '2021年' });
      const { rows: dates } = await database.pool.query(
        'select accepted_on::text as d from parcel where parcel_set_id = $1 order by ordinal',
        [received.parcel_set_id],
      );
      expect(dates).toEqual([{ d: '2022-03-05' }, { d: null }]);
    });

    it('pass over a column that nobody filled in', async () => {
      const plots = [0, 1].map((n) => ({
        rings: plotAt(n),
        properties: { DKBH: '', BSM: `B${n}`, XZMJ: 0, TBMJ: 10_000 },
      }));
      const { decisions } = await receive(fileOf(geojson(plots), 'blank.geojson'));
      expect(decisions.fields).toMatchObject({ parcel_id: 'BSM', declared_area_m2: 'TBMJ' });
    });

    it('say nothing where a column of figures holds zeros alone, unless the field map names it', async () => {
      const plots = [0, 1].map((n) => ({
        rings: plotAt(n),
        properties: { DKBH: `${n}`, XZMJ: 0, XZGDMJ: '0.0000', CN: null },
      }));
      const file = () => fileOf(geojson(plots), 'zeros.geojson');
      const { decisions, parcel_set_id, warnings } = await receive(file());
      expect(decisions.fields).toMatchObject({ declared_area_m2: null, declared_net_m2: null });
      expect((await parcels(parcel_set_id)).map((p) => [p.declared_area_m2, p.declared_net_m2])).toEqual([
        [null, null],
        [null, null],
      ]);
      expect(warnings.map(({ code, where }) => [code, where?.field])).toEqual([
        ['figures-all-zero', 'XZMJ'],
        ['figures-all-zero', 'XZGDMJ'],
      ]);
      const named = await receive(file(), { fieldMap: { declared_area_m2: 'XZMJ' } });
      expect((await parcels(named.parcel_set_id)).map((p) => p.declared_area_m2)).toEqual([0, 0]);
    });

    it('follow the field map, constants included', async () => {
      const plots = [0, 1].map((n) => ({ rings: plotAt(n), properties: { DKBH: '1', 编: `Z${n}` } }));
      const { decisions, parcel_set_id } = await receive(fileOf(geojson(plots), 'map.geojson'), {
        fieldMap: { parcel_id: '编', project_code: '=51152920220001' },
      });
      expect(decisions.fields).toMatchObject({ parcel_id: '编', project_code: '=51152920220001' });
      expect(decisions.region).toEqual({ region_code: '511529', source: 'project-codes' });
      expect((await parcels(parcel_set_id)).map((p) => [p.parcel_id, p.project_code])).toEqual([
        ['Z0', '51152920220001'],
        ['Z1', '51152920220001'],
      ]);
    });

    it('keep eighteen-digit ids, and names that look like SQL or script, to the letter', async () => {
      const names = [
        '500242202300010001',
        '500242202300010002',
        "'; drop table parcel; --",
        '<script>alert(1)</script>',
        '=1+1',
      ];
      const plots = names.map((id, n) => ({
        rings: plotAt(n),
        properties: { DKBH: id, '"; drop table parcel; --': id },
      }));
      const { parcel_set_id } = await receive(fileOf(geojson(plots), 'odd.geojson'));
      expect((await parcels(parcel_set_id)).map((p) => p.parcel_id)).toEqual(names);
    });
  });

  describe('units of the declared areas', () => {
    it.each([
      ['mu', 15, 10_000],
      ['ha', 1, 10_000],
      ['m2', 10_000, 10_000],
    ])('are %s where that is nearest, and the figures become m²', async (unit, declared, squareMetres) => {
      const plots = [0, 1, 2].map((n) => ({
        rings: plotAt(n),
        properties: { DKBH: `${n}`, DKMJ: declared, XZGDMJ: declared * 0.95 },
      }));
      const { decisions, parcel_set_id, area_m2 } = await receive(fileOf(geojson(plots), `${unit}.geojson`));
      expect(decisions.unit.gross).toMatchObject({ unit, declared_sum: 3 * declared, computed_sum_m2: area_m2 });
      expect(decisions.unit.net?.unit).toBe(unit);
      const rows = await parcels(parcel_set_id);
      expect(rows.map((p) => p.declared_area_m2)).toEqual([squareMetres, squareMetres, squareMetres]);
      for (const row of rows) expect(row.declared_net_m2).toBeCloseTo(9500, 6);
    });

    it('warn where a unit written behind a figure is not the one the sum decides', async () => {
      // 100 m squares are 0.99985 公顷, 14.998 亩: one row in another unit than the rest
      const written = ['15亩', '15', '14.99 亩', '1公顷'];
      const plots = written.map((DKMJ, n) => ({ rings: plotAt(n), properties: { DKBH: `${n}`, DKMJ } }));
      const { warnings, decisions } = await receive(fileOf(geojson(plots), 'units.geojson'));
      expect(decisions.unit.gross?.unit).toBe('mu');
      expect(warnings).toEqual([
        expect.objectContaining({
          code: 'area-unit-contradicted',
          message: expect.objectContaining({ zh: expect.stringContaining('1公顷') }),
          where: { field: 'declared_area_m2', file: 'units.geojson', rows: [4] },
        }),
      ]);
    });

    it('warn where net and gross do not go together', async () => {
      const plots = [0.5, 0.97].map((net, n) => ({
        rings: plotAt(n),
        properties: { DKBH: `${n}`, DKMJ: 1, XZGDMJ: net },
      }));
      const { warnings } = await receive(fileOf(geojson(plots), 'net.geojson'));
      expect(warnings).toEqual([
        expect.objectContaining({ code: 'net-ratio-implausible', where: { file: 'net.geojson', rows: [1] } }),
      ]);
    });
  });

  describe('shapes that are wrong', () => {
    it('are repaired, located, kept as delivered and told with their areas', async () => {
      const plots = [{ rings: plotAt(0) }, { rings: bowTie(east + 500, north) }].map((p, n) => ({
        ...p,
        properties: { DKBH: `${n}` },
      }));
      const { parcel_set_id, warnings } = await receive(fileOf(geojson(plots), 'bow.geojson'));
      expect(warnings).toEqual([
        expect.objectContaining({ code: 'geometry-repaired', where: { file: 'bow.geojson', rows: [2] } }),
      ]);
      const [sound, repaired] = await parcels(parcel_set_id);
      expect(sound).toMatchObject({ faults: [], source_wkb: null, source_srid: null });
      // two triangles of a 100 m square: half of it. Signed, they cancel.
      expect(Math.abs(repaired!.area_m2 - sound!.area_m2 / 2)).toBeLessThan(0.01);
      expect(repaired!.source_srid).toBe(4524);
      expect(repaired!.source_wkb!.length).toBe(9 + 9 + 4 + 5 * 16);
      const [fault] = repaired!.faults as {
        code: string;
        lon: number;
        lat: number;
        area_before_m2: number;
        area_after_m2: number;
      }[];
      expect(fault).toMatchObject({ code: 'self-intersection', message: expect.stringContaining('已修复') });
      expect(Math.abs(fault!.area_before_m2)).toBeLessThan(0.01);
      expect(fault!.area_after_m2).toBe(repaired!.area_m2);
      const { rows } = await database.pool.query<{ d: number }>(
        'select st_distance(st_setsrid(st_point($1, $2), 4490)::geography, st_transform(st_setsrid(st_point($3, $4), 4524), 4490)::geography) as d',
        [fault!.lon, fault!.lat, east + 550, north + 50],
      );
      expect(rows[0]!.d).toBeLessThan(0.001);
    });

    it('leave the other parcels as they would be without them, to the bit', async () => {
      const sound = Array.from({ length: 12 }, (_, n) => ({
        rings: plotAt(n, 50 + 7 * n),
        properties: { DKBH: `${n}` },
      }));
      const bad = { rings: bowTie(east - 900, north), properties: { DKBH: 'bad' } };
      const without = await receive(fileOf(geojson(sound), 'without.geojson'));
      const withBad = await receive(fileOf(geojson([...sound.slice(0, 5), bad, ...sound.slice(5)]), 'with.geojson'));
      const figures = async (id: string) =>
        (await parcels(id)).filter((p) => p.parcel_id !== 'bad').map((p) => [p.parcel_id, p.area_m2, p.geometry_hash]);
      expect(await figures(withBad.parcel_set_id)).toEqual(await figures(without.parcel_set_id));
    });

    it('stay parcels of area 0 where they are empty', async () => {
      const plots = [{ rings: plotAt(0) }, { rings: null }].map((p, n) => ({ ...p, properties: { DKBH: `${n}` } }));
      const { parcel_set_id, feature_count, warnings } = await receive(fileOf(geojson(plots), 'null.geojson'));
      expect(feature_count).toBe(2);
      expect(warnings.map((w) => w.code)).toEqual(['shape-empty']);
      expect((await parcels(parcel_set_id))[1]).toMatchObject({
        parcel_id: '1',
        area_m2: 0,
        geometry_hash: 'empty',
        faults: [expect.objectContaining({ code: 'empty-shape', lon: null })],
      });
    });

    it('refuse the file where nothing of it is usable', async () => {
      const flat: [number, number][] = [
        [east, north],
        [east + 10, north],
        [east + 20, north],
        [east, north],
      ];
      await expect(receive(fileOf(geojson([{ rings: [flat] }]), 'flat.geojson'))).rejects.toMatchObject({
        code: 'geometry-empty',
      });
    });

    it('are given up where they cross themselves thousands of times, without harm to the rest', async () => {
      const ring = Array.from({ length: 800 }, (_, i): [number, number] => [
        east + ((i * 7919) % 997),
        north + ((i * 104_729) % 991),
      ]);
      const plots = [{ rings: plotAt(20) }, { rings: [[...ring, ring[0]!]] }].map((p, n) => ({
        ...p,
        properties: { DKBH: `${n}` },
      }));
      const { parcel_set_id, warnings } = await receive(fileOf(geojson(plots), 'tangle.geojson'));
      expect(warnings.map((w) => w.code)).toEqual(['geometry-unusable']);
      const rows = await parcels(parcel_set_id);
      expect(rows[1]).toMatchObject({ area_m2: 0, faults: [expect.objectContaining({ code: 'geometry-unusable' })] });
      expect(rows[0]!.area_m2).toBeGreaterThan(9998);
    });
  });

  describe.skipIf(!hasSharedData && process.env['CI'] !== 'true')(
    'the demonstration county [needs shared data]',
    () => {
      it('has 655 parcels whose areas sum to what GeographicLib gives', async () => {
        const received = await receive({
          path: sharedData('youyang-demo/bcgd_parcels.zip'),
          fileName: 'bcgd_parcels.zip',
        });
        expect(received).toMatchObject({ existing: false, feature_count: 655, region_code: '500242', warnings: [] });
        // pyproj 3.4 Geod over the same rings, edges densified to 70 m in EPSG:4524, transformed point by point
        expect(Math.abs(received.area_m2 - 3_715_217.640824)).toBeLessThan(0.01);
        expect(received.decisions).toMatchObject({
          crs: { srid: 4524, source: 'prj' },
          encoding: { encoding: 'GB18030', source: 'ldid' },
          region: { source: 'configured' },
          unit: { gross: { unit: 'ha' }, net: null },
        });
        const [first] = await parcels(received.parcel_set_id);
        expect(first).toMatchObject({ parcel_id: 'BG00001', declared_area_m2: 4564, target_class: '0403' });
        expect(first!.attributes).toMatchObject({ DKMC: '补充耕地1号' });
        expect(Math.abs(first!.area_m2 - 4564.108713908)).toBeLessThan(1e-3);
      });
    },
  );

  it('takes a shapefile whose null shape stands among others at its own row', async () => {
    const zip = zippedLayer({ shapes: [plotAt(0), null, plotAt(1)], rows: [['a'], ['b'], ['c']] });
    const { parcel_set_id } = await receive(fileOf(zip, 'null.zip'));
    expect((await parcels(parcel_set_id)).map((p) => [p.parcel_id, p.source_row, p.area_m2 > 0])).toEqual([
      ['a', 1, true],
      ['b', 2, false],
      ['c', 3, true],
    ]);
  });
});

/** m² between two parallels over `width` degrees: the closed form of the ellipsoid's zone area. */
function parallelStrip(south: number, northern: number, width: number): number {
  const [a, f] = [6_378_137, 1 / 298.257222101];
  const e = Math.sqrt(f * (2 - f));
  const q = (lat: number) => {
    const s = Math.sin((lat * Math.PI) / 180);
    return (1 - e * e) * (s / (1 - e * e * s * s) + Math.atanh(e * s) / e);
  };
  return ((a * a) / 2) * ((width * Math.PI) / 180) * (q(northern) - q(south));
}
