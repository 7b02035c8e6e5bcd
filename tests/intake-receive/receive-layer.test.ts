import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { receiveLayer } from '../../server/intake/receive-layer.ts';
import { unpackTile } from '../../server/terrain/read-raster.ts';
import { zippedLayer } from '../intake/make-shapefile.ts';
import { eachDatabase } from '../support/databases.ts';
import { hasSharedData, sharedData } from '../support/shared-data.ts';
import { bowTie, depsOf, east, fileOf, geojson, north, plotAt, removeFiles, rowCounts, square } from './receiving.ts';

removeFiles();

eachDatabase('receiving layers', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  const receive = (file: { path: string; fileName: string }, type: string, more: object = {}) =>
    receiveLayer(depsOf(database), { ...file, type, ...more });
  const polygons = (rows: Record<string, unknown>[], name = 'layer.geojson') =>
    fileOf(geojson(rows.map((properties, n) => ({ rings: plotAt(n), properties }))), name);
  const features = async (id: string) =>
    (
      await database.pool.query(
        `select feature_no, name, number, class_code, planting, slope_class, measure, approval, dated::text as dated, issue_source, attributes, faults,
                source_srid, geom is null as empty from layer_feature where layer_id = $1 order by feature_no`,
        [id],
      )
    ).rows;
  const layer = (id: string) =>
    database.db.selectFrom('layer').selectAll().where('layer_id', '=', id).executeTakeFirstOrThrow();

  describe('attributes', () => {
    it('of land use: class, planting, name and number, upper-cased codes, a patch without a class as unknown', async () => {
      const file = polygons([
        { TBBH: '1', dlbm: '0103 ', DLMC: '旱地', GDZZSXDM: 'ls' },
        { TBBH: '2', dlbm: '0201k', DLMC: '可调整果园', GDZZSXDM: 'JKHF' },
        { TBBH: '3', dlbm: '', DLMC: '', GDZZSXDM: null },
      ]);
      const received = await receive(file, 'land-use', { year: 2022, source: '变更调查' });
      expect(received.warnings).toEqual([
        expect.objectContaining({ code: 'land-class-empty', where: { file: expect.any(String), rows: [3] } }),
      ]);
      expect(received.decisions).toMatchObject({
        code_system: { system: 'td3', basis: 'codes' },
        fields: { class_code: 'dlbm', planting: 'GDZZSXDM', number: 'TBBH', name: 'DLMC' },
      });
      expect(await layer(received.layer_id)).toMatchObject({
        type: 'land-use',
        year: 2022,
        code_system: 'td3',
        state: 'ready',
        source: '变更调查',
        name: 'layer.geojson',
        raster: null,
        claim: null,
      });
      expect(await features(received.layer_id)).toMatchObject([
        { feature_no: 1, name: '旱地', number: '1', class_code: '0103', planting: 'LS' },
        { feature_no: 2, class_code: '0201K', planting: 'JKHF' },
        { feature_no: 3, class_code: null, planting: null, attributes: { TBBH: '3' } },
      ]);
    });

    it('of land use with names alone: the codes of the third survey', async () => {
      const { layer_id, decisions } = await receive(
        polygons([{ DLMC: '旱地' }, { DLMC: '设施农用地' }, { DLMC: '月球' }]),
        'land-use',
        {
          year: 2025,
        },
      );
      expect(decisions).toMatchObject({ code_system: { system: 'td3', basis: 'names' } });
      expect((await features(layer_id)).map((f) => f.class_code)).toEqual(['0103', '1202', null]);
    });

    it('of issues: source, number, measure and date', async () => {
      const { layer_id } = await receive(
        polygons([
          { WTMC: '种树', JCBH: 'JC001', ZGCS: '核减指标', WTLY: '耕地保护督察', 发现日期: '2023年6月' },
          { WTMC: '荒地', JCBH: 'JC002', ZGCS: '撂荒地整治', WTLY: '卫片执法', 发现日期: '' },
          { WTMC: '其他', JCBH: 'JC003', ZGCS: '再议', WTLY: null, 发现日期: '某日' },
        ]),
        'issue',
      );
      expect(await features(layer_id)).toMatchObject([
        { name: '种树', number: 'JC001', measure: 'deduct', issue_source: '耕地保护督察', dated: '2023-06-01' },
        { number: 'JC002', measure: 'remediate', dated: null },
        { number: 'JC003', measure: null, issue_source: null, dated: null },
      ]);
      expect((await layer(layer_id)).warnings).toMatchObject([
        { code: 'measure-unreadable' },
        { code: 'date-unreadable' },
      ]);
    });

    it('of occupation: approval number and date; of slope zones: the class', async () => {
      const occupied = await receive(
        polygons([{ XMMC: '公路', PZWH: '渝府地〔2022〕1号', PZRQ: 20220901 }]),
        'occupation',
      );
      expect(await features(occupied.layer_id)).toMatchObject([
        { name: '公路', approval: '渝府地〔2022〕1号', dated: '2022-09-01' },
      ]);
      const zones = await receive(polygons([{ PDJB: '5' }, { PDJB: '2' }, { PDJB: '9' }]), 'slope-zones');
      expect((await features(zones.layer_id)).map((f) => f.slope_class)).toEqual([5, 2, null]);
      expect(zones.warnings.map((w) => w.code)).toEqual(['slope-class-unreadable']);
    });

    it('of a boundary: its XZQDM is its region', async () => {
      const received = await receive(polygons([{ XZQDM: '511529', XZQMC: '示例县' }], 'county.geojson'), 'boundary');
      expect(received).toMatchObject({ region_code: '511529', decisions: { region: { source: 'boundary' } } });
      const given = await receive(polygons([{ XZQDM: '511529000', XZQMC: '示例县' }], 'county2.geojson'), 'boundary', {
        regionCode: '500242',
      });
      expect(given).toMatchObject({ region_code: '500242', decisions: { region: { source: 'given' } } });
    });
  });

  describe('refusals', () => {
    it.each([
      ['land-use', { year: 2022 }, { TBBH: '1' }, 'attribute-missing'],
      ['slope-zones', {}, { BSM: '1' }, 'attribute-missing'],
      ['land-use', {}, { DLBM: '0103' }, 'validation'],
      ['land-use', { year: 2024 }, { DLBM: '1202' }, 'validation'],
      ['land-use', { year: 2022 }, { DLBM: 103 }, 'validation'],
      ['land-use', { year: 2022, codeSystem: 'td2' }, { DLBM: '0305' }, 'validation'],
      ['no-such-type', {}, {}, 'validation'],
    ])('of %s %o with %o: %s, nothing stored', async (type, labels, properties, code) => {
      const before = await rowCounts(database);
      const work = receive(polygons([properties, properties]), type, labels);
      await expect(work).rejects.toMatchObject({ code });
      expect(await rowCounts(database)).toEqual(before);
    });

    it('name the aliases that were looked for', async () => {
      await expect(receive(polygons([{ TBBH: '1' }]), 'land-use', { year: 2022 })).rejects.toMatchObject({
        where: { field: 'DLBM', candidates: expect.arrayContaining(['DLBM', 'DLMC']) },
        detail: { zh: expect.stringContaining('TBBH') },
      });
    });

    it('of codes of two systems in one layer', async () => {
      await expect(
        receive(polygons([{ DLBM: '0305' }, { DLBM: '013' }]), 'land-use', { year: 2022 }),
      ).rejects.toMatchObject({
        code: 'validation',
        where: { candidates: ['td3', 'td2'] },
      });
    });

    it('of a red line that cannot be repaired, because leaving it out would read as no conflict; of land use it is unknown land', async () => {
      const tangle = Array.from({ length: 800 }, (_, i): [number, number] => [
        east + ((i * 7919) % 997),
        north + ((i * 104_729) % 991),
      ]);
      const bytes = geojson([
        { rings: plotAt(20), properties: { DLBM: '0305' } },
        { rings: [[...tangle, tangle[0]!]], properties: { DLBM: '0307' } },
      ]);
      const before = await rowCounts(database);
      await expect(receive(fileOf(bytes, 'tangle.geojson'), 'eco-red-line')).rejects.toMatchObject({
        code: 'coordinate-invalid',
        where: { row: 2 },
      });
      expect(await rowCounts(database)).toEqual(before);
      const { layer_id, warnings } = await receive(fileOf(bytes, 'tangle.geojson'), 'land-use', { year: 2022 });
      expect(warnings.map((w) => w.code)).toEqual(['geometry-unusable']);
      expect((await features(layer_id)).map((f) => f.empty)).toEqual([false, true]);
    });
  });

  describe('pieces', () => {
    const sums = async (id: string) =>
      (
        await database.pool.query(
          `select (select sum(st_area(geom::geography)) from layer_feature where layer_id = $1) as whole,
                  (select sum(st_area(geom::geography)) from layer_piece where layer_id = $1) as cut,
                  (select max(st_npoints(geom)) from layer_piece where layer_id = $1) as points,
                  (select count(*)::int from layer_piece where layer_id = $1) as pieces,
                  (select count(*)::int from layer_piece where layer_id = $1 and not st_isvalid(geom)) as invalid`,
          [id],
        )
      ).rows[0];

    it('are the polygon cut to at most 128 vertices, without loss or overlap, numbered in one order', async () => {
      const wave = Array.from({ length: 1200 }, (_, i): [number, number] => {
        const angle = (i / 1200) * 2 * Math.PI;
        const radius = 2000 + 300 * Math.sin(40 * angle);
        return [east + radius * Math.cos(angle), north + radius * Math.sin(angle)];
      });
      const hole = square(east - 300, north - 300, 600).reverse();
      const plots = [{ rings: [[...wave, wave[0]!], hole], properties: { HXMC: '波' } }];
      const first = await receive(fileOf(geojson(plots), 'wave.geojson'), 'eco-red-line');
      const { whole, cut, points, pieces, invalid } = await sums(first.layer_id);
      expect(pieces).toBeGreaterThan(9);
      expect(points).toBeLessThanOrEqual(128);
      expect(invalid).toBe(0);
      // cutting edges are straight in lon/lat, geodesics between vertices are not: 2 km chords deviate by centimetres
      expect(Math.abs(cut / whole - 1)).toBeLessThan(1e-6);
      const second = await receive(fileOf(geojson(plots), 'wave.geojson'), 'eco-red-line', { name: 'again' });
      const order = async (id: string) =>
        (
          await database.pool.query(
            'select piece_no, md5(st_asbinary(geom)) as h from layer_piece where layer_id = $1 order by piece_no',
            [id],
          )
        ).rows;
      expect(await order(second.layer_id)).toEqual(await order(first.layer_id));
    });

    it('are none for an empty shape, and are of the repaired shape for an invalid one', async () => {
      const rows = [
        { rings: bowTie(east, north), properties: { HXMC: 'a' } },
        { rings: null, properties: { HXMC: 'b' } },
        { rings: plotAt(3), properties: { HXMC: 'c' } },
      ];
      const { layer_id, warnings } = await receive(fileOf(geojson(rows), 'mixed.geojson'), 'eco-red-line');
      expect(warnings.map((w) => w.code)).toEqual(['geometry-repaired', 'shape-empty']);
      expect((await features(layer_id)).map((f) => [f.empty, f.source_srid])).toEqual([
        [false, 4524],
        [true, null],
        [false, null],
      ]);
      const { whole, cut, pieces } = await sums(layer_id);
      expect(pieces).toBe(3);
      expect(Math.abs(cut - whole)).toBeLessThan(1e-6);
    });
  });

  describe.skipIf(!hasSharedData && process.env['CI'] !== 'true')(
    'the demonstration county [needs shared data]',
    () => {
      const demo = (name: string) => ({ path: sharedData(`youyang-demo/${name}`), fileName: name });

      it('has land use of 2023 with three invalid patches, repaired and located, and areas as GeographicLib gives them', async () => {
        const received = await receive(demo('dltb_2023.zip'), 'land-use', { year: 2023 });
        expect(received).toMatchObject({
          feature_count: 2899,
          decisions: { code_system: { system: 'td3', basis: 'codes' } },
        });
        expect(received.warnings).toEqual([
          expect.objectContaining({
            code: 'geometry-repaired',
            where: { file: expect.any(String), rows: [2, 61, 73] },
          }),
          expect.objectContaining({ code: 'land-class-empty' }),
        ]);
        const { rows } = await database.pool.query(
          `select feature_no, faults, source_wkb is not null as kept, st_isvalid(geom) as sound from layer_feature where layer_id = $1 and faults <> '[]' order by 1`,
          [received.layer_id],
        );
        expect(rows.map((row) => [row.feature_no, row.kept, row.sound])).toEqual(
          [2, 61, 73].map((n) => [n, true, true]),
        );
        // Shapely names the first self-intersection of patch 73 at E 36546489.6786, N 3196367.0627
        const { rows: at } = await database.pool.query<{ d: number }>(
          `select min(st_distance(st_setsrid(st_point((f->>'lon')::float8, (f->>'lat')::float8), 4490)::geography,
                    st_transform(st_setsrid(st_point(36546489.6785717, 3196367.06269628), 4524), 4490)::geography)) as d
         from jsonb_array_elements($1::jsonb) f`,
          [JSON.stringify(rows[2].faults)],
        );
        expect(at[0]!.d).toBeLessThan(0.01);
        // pyproj Geod over the 2,896 sound patches, edges densified to 70 m in EPSG:4524
        const { rows: sums } = await database.pool.query<{ area: number; farmland: number }>(
          `select sum(st_area(geom::geography)) as area, sum(st_area(geom::geography)) filter (where class_code = '0103') as farmland
         from layer_feature where layer_id = $1 and source_wkb is null`,
          [received.layer_id],
        );
        expect(Math.abs(sums[0]!.area - 348_624_537.64)).toBeLessThan(0.5);
        expect(Math.abs(sums[0]!.farmland - 1_267_801.666)).toBeLessThan(0.01);
        const { rows: pieces } = await database.pool.query<{ bad: number; most: number; ratio: number }>(
          `select count(*) filter (where not st_isvalid(geom))::int as bad, max(st_npoints(geom)) as most,
                sum(st_area(geom::geography)) / (select sum(st_area(geom::geography)) from layer_feature where layer_id = $1) as ratio
         from layer_piece where layer_id = $1`,
          [received.layer_id],
        );
        expect(pieces[0]).toMatchObject({ bad: 0 });
        expect(pieces[0]!.most).toBeLessThanOrEqual(128);
        expect(Math.abs(pieces[0]!.ratio - 1)).toBeLessThan(1e-6);
      });

      it('has three red-line parks named by MC', async () => {
        const { layer_id } = await receive(demo('stbhhx_redline.zip'), 'eco-red-line');
        expect((await features(layer_id)).map((f) => f.name)).toEqual([
          'Parc Natural de la Vall de Sorteny',
          'Parc Natural Comunal de les Valls del Comapedrosa',
          'Vall del Madriu-Perafita-Claror',
        ]);
        const { rows } = await database.pool.query<{ area: number }>(
          'select sum(st_area(geom::geography)) as area from layer_feature where layer_id = $1',
          [layer_id],
        );
        expect(Math.abs(rows[0]!.area - 66_568_261.346)).toBeLessThan(0.1);
      });

      it('has a slope raster, kept as tiles with its grid', async () => {
        const received = await receive(demo('slope_30m.tif'), 'slope');
        const { raster, feature_count } = await layer(received.layer_id);
        // gdalinfo: size, origin and pixel of the file
        expect(raster).toMatchObject({
          srid: 4524,
          kind: 'slope',
          tile_size: 32,
          cell_m: 30,
          width: 1267,
          height: 967,
          origin_x: 36_532_410,
          origin_y: 3_214_680,
          cell_x: 30,
          cell_y: 30,
        });
        const { rows } = await database.pool.query<{ n: number; data: Buffer }>(
          'select count(*) over ()::int as n, data from raster_tile where layer_id = $1 order by tile_row, tile_col limit 1',
          [received.layer_id],
        );
        expect(rows[0]!.n).toBe(feature_count);
        const cells = unpackTile(rows[0]!.data, 32);
        expect(cells).toHaveLength(32 * 32);
        expect(await receive(demo('slope_30m.tif'), 'slope')).toMatchObject({
          existing: true,
          layer_id: received.layer_id,
        });
      });
    },
  );

  it('takes a shapefile in GBK with a cut field name', async () => {
    const zip = zippedLayer({
      columns: [{ name: '种植属性代' }, { name: 'DLBM' }],
      rows: [
        ['WG', '0103'],
        ['LS', '0305'],
      ],
      dbf: { encoding: 'gbk', ldid: 77 },
    });
    const { layer_id } = await receive(fileOf(zip, 'gbk.zip'), 'land-use', { year: 2021 });
    expect((await features(layer_id)).map((f) => [f.class_code, f.planting])).toEqual([
      ['0103', 'WG'],
      ['0305', 'LS'],
    ]);
  });
});
