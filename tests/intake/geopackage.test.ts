import { describe, expect, it } from 'vitest';
import { blob, makeGeopackage, plotBlob, polygonWkb, square } from './make-geopackage.ts';
import { prj4524 } from './make-shapefile.ts';
import { polygonsIn, read, refusal } from './reading.ts';

const name = '地块.gpkg';
const one = (geometry: Uint8Array | string | null, values: (string | number | bigint | null | Uint8Array)[] = ['D1']) =>
  makeGeopackage({ layers: [{ rows: [{ values, geometry }] }] });
const xian = prj4524
  .replace('GCS_China_Geodetic_Coordinate_System_2000', 'GCS_Xian_1980')
  .replace('D_China_2000', 'D_Xian_1980')
  .replace('"CGCS2000",6378137.0,298.257222101', '"Xian_1980",6378140.0,298.257');

describe('a GeoPackage is read', () => {
  it('with its layer, system, fields and rows', async () => {
    const bytes = makeGeopackage({
      layers: [
        {
          columns: [
            'DKBH TEXT(20)',
            '面积 REAL',
            '标识码 INTEGER',
            '可用 BOOLEAN',
            '验收日期 DATETIME',
            '登记 DATETIME',
          ],
          rows: [
            {
              values: ['D1', 1.5, 123456789012345678n, 1, '2021-05-06T00:00:00.000Z', '2021-05-06T08:30:00.000Z'],
              geometry: plotBlob(0),
            },
            { values: [null, null, null, null, null, null], geometry: null },
          ],
        },
      ],
    });
    const { report, rows } = await read(bytes, { name });
    expect(report).toMatchObject({
      format: 'geopackage',
      layers: [{ name: '地块', feature_count: 2 }],
      crs: { srid: 4524, epsg_found: 4524, source: 'geopackage' },
      encoding: { encoding: 'UTF-8', source: 'format' },
      warnings: [],
      bbox: [36_577_000, 3_192_000, 36_577_100, 3_192_100],
    });
    expect(report.fields).toEqual([
      { name: 'DKBH', type: 'text' },
      { name: '面积', type: 'number' },
      { name: '标识码', type: 'text' },
      { name: '可用', type: 'boolean' },
      { name: '验收日期', type: 'date' },
      { name: '登记', type: 'text' },
    ]);
    expect(rows.map(({ row, source_file, attributes }) => ({ row, source_file, attributes }))).toEqual([
      {
        row: 1,
        source_file: name,
        attributes: {
          DKBH: 'D1',
          面积: 1.5,
          标识码: '123456789012345678',
          可用: true,
          验收日期: '2021-05-06',
          登记: '2021-05-06T08:30:00.000Z',
        },
      },
      {
        row: 2,
        source_file: name,
        attributes: { DKBH: null, 面积: null, 标识码: null, 可用: null, 验收日期: null, 登记: null },
      },
    ]);
    expect(polygonsIn(rows[0]!.wkb!)).toEqual([[square(36_577_000, 3_192_000)]]);
    expect(rows[1]!.wkb).toBeNull();
  });

  it.each([
    ['big-endian WKB', blob(polygonWkb([square(36_577_000, 3_192_000)], { big: true }))],
    ['a big-endian header', blob(polygonWkb([square(36_577_000, 3_192_000)]), { flags: 0 })],
    ['heights', blob(polygonWkb([square(36_577_000, 3_192_000)], { z: true }))],
    ['an envelope', blob(polygonWkb([square(36_577_000, 3_192_000)]), { flags: 3, envelope: 32 })],
  ])('with %s', async (_, geometry) => {
    const { rows } = await read(one(geometry), { name });
    expect(polygonsIn(rows[0]!.wkb!)).toEqual([[square(36_577_000, 3_192_000)]]);
  });

  it('a null or empty shape stays a row', async () => {
    const empty = blob(Buffer.from([1, 3, 0, 0, 0, 0, 0, 0, 0]), { flags: 0x11 });
    const rows = [plotBlob(), null, empty].map((geometry, i) => ({ values: [`D${i}`], geometry }));
    const read3 = await read(makeGeopackage({ layers: [{ rows }] }), { name });
    expect(read3.rows.map((row) => row.wkb !== null)).toEqual([true, false, false]);
    expect(await refusal(one(null), { name })).toMatchObject({ code: 'geometry-empty' });
  });

  it('a key of the person stays, a numbered one does not', async () => {
    const also = ['alter table 地块 rename column fid to id'];
    expect((await read(makeGeopackage({ also }), { name })).report.fields.map((f) => f.name)).toEqual(['id', 'DKBH']);
  });

  it('text keeps its letters, with NUL taken out, and hostile names are names', async () => {
    const hostile = `a"; drop table x; --`;
    const bytes = makeGeopackage({
      layers: [
        {
          name: hostile,
          columns: [`"${hostile.replaceAll('"', '""')}" TEXT`, '__proto__ TEXT', 'n TEXT'],
          rows: [{ values: ["'); drop table parcel; --", '=1+1', '甲\0乙'], geometry: plotBlob() }],
        },
      ],
    });
    const { report, rows } = await read(bytes, { name });
    expect(rows[0]!.attributes).toEqual({ [hostile]: "'); drop table parcel; --", proto__: '=1+1', n: '甲乙' });
    expect(report.warnings.map((w) => w.code).sort()).toEqual(['field-renamed', 'text-cleaned']);
  });

  it('one that was open in another program when it was sent is read with a warning', async () => {
    const { report } = await read(makeGeopackage({ also: ['pragma journal_mode = wal'] }), { name });
    expect(report.warnings).toMatchObject([{ code: 'gpkg-in-use', where: { file: name } }]);
    expect(report.feature_count).toBe(2);
  });

  it('values that are none, and a count that differs, are said', async () => {
    const bytes = makeGeopackage({
      layers: [{ rows: [{ values: [Buffer.from('x')], geometry: plotBlob() }] }],
      also: [
        'create table gpkg_ogr_contents (table_name text, feature_count integer)',
        "insert into gpkg_ogr_contents values ('地块', 7)",
      ],
    });
    const { report, rows } = await read(bytes, { name });
    expect(rows[0]!.attributes).toEqual({ DKBH: null });
    expect(report.warnings).toMatchObject([
      { code: 'value-unreadable', where: { row: 1, field: 'DKBH' } },
      { code: 'count-differs' },
    ]);
  });
});

describe('of several layers', () => {
  const two = makeGeopackage({
    layers: [
      { name: 'dk_a', identifier: '甲项目' },
      { name: 'dk_b', identifier: '乙项目' },
    ],
  });
  it('none is taken by its place', async () => {
    const problem = await refusal(two, { name });
    expect(problem).toMatchObject({
      code: 'several-shapefiles',
      where: { file: name, candidates: ['dk_a', 'dk_b'] },
    });
    expect(problem.detail.zh).toContain('dk_a（甲项目）');
  });
  it.each([['dk_b'], ['DK_B'], ['乙项目']])('one is asked for as %s', async (sublayer) => {
    expect((await read(two, { name, sublayer })).report.layers).toEqual([{ name: 'dk_b', feature_count: 2 }]);
  });
  it('a name that is not there lists those that are', async () => {
    expect(await refusal(two, { name, sublayer: 'dk' })).toMatchObject({
      code: 'no-shapefile',
      where: { candidates: ['dk_a', 'dk_b'] },
    });
  });
  it('all are joined by *, each row knowing its layer; types that differ become text', async () => {
    const bytes = makeGeopackage({
      layers: [
        { name: 'a', columns: ['DKBH TEXT', 'MJ REAL'], rows: [{ values: ['D1', 1.5], geometry: plotBlob(0) }] },
        { name: 'b', columns: ['mj TEXT', 'dkbh TEXT'], rows: [{ values: ['2亩', 'D2'], geometry: plotBlob(1) }] },
      ],
    });
    const { report, rows } = await read(bytes, { name, sublayer: '*' });
    expect(report.feature_count).toBe(2);
    expect(rows.map((row) => [row.source_file, row.attributes])).toEqual([
      ['地块.gpkg/a', { DKBH: 'D1', MJ: '1.5' }],
      ['地块.gpkg/b', { DKBH: 'D2', MJ: '2亩' }],
    ]);
  });
  it('layers of other fields or in other systems are not joined', async () => {
    const other = makeGeopackage({ layers: [{ name: 'a' }, { name: 'b', columns: ['XMMC TEXT'] }] });
    expect(await refusal(other, { name, sublayer: '*' })).toMatchObject({
      code: 'several-shapefiles',
      where: { field: 'DKBH', candidates: ['a', 'b'] },
    });
  });
  it('the one of polygons is taken beside points and lines, which are named', async () => {
    const { report } = await read(makeGeopackage({ layers: [{ name: '注记', type: 'POINT' }, {}] }), { name });
    expect(report.layers).toEqual([{ name: '地块', feature_count: 2 }]);
    expect(report.warnings).toMatchObject([{ code: 'layers-passed-over', where: { candidates: ['注记'] } }]);
    expect(await refusal(makeGeopackage({ layers: [{ type: 'POINT' }] }), { name })).toMatchObject({
      code: 'geometry-type',
      where: { candidates: ['地块'] },
    });
  });
});

describe('the system', () => {
  const inSystem = (organization: string, code: number, definition: string, id = 4524) =>
    makeGeopackage({
      srs: [{ id, organization, code, definition }],
      layers: [
        {
          srsId: id,
          rows: [{ values: ['D1'], geometry: blob(polygonWkb([square(36_577_000, 3_192_000)]), { srsId: id }) }],
        },
      ],
    });
  it('is that of the text, or of the code where there is no text', async () => {
    for (const bytes of [
      inSystem('NONE', 100_001, prj4524, 100_001),
      inSystem('EPSG', 4524, 'undefined'),
      inSystem('epsg', 4524, ''),
    ])
      expect((await read(bytes, { name })).report.crs).toMatchObject({ srid: 4524, source: 'geopackage' });
  });
  it('is asked for or inferred where none is defined', async () => {
    const bytes = inSystem('NONE', -1, 'undefined', -1);
    expect((await read(bytes, { name })).report.crs).toMatchObject({ srid: 4524, source: 'inferred' });
    expect((await read(bytes, { name, srid: 4524 })).report.crs).toMatchObject({ srid: 4524, source: 'user' });
  });
  it('on another datum is refused, whether by text or by code', async () => {
    for (const bytes of [
      inSystem('EPSG', 2360, xian, 2360),
      inSystem('EPSG', 2360, 'undefined', 2360),
      inSystem('NONE', 100_001, xian, 100_001),
    ])
      expect(await refusal(bytes, { name })).toMatchObject({ code: 'crs-unsupported-datum', where: { file: name } });
  });
  it('that code and text contradict is refused, as is one that the person contradicts', async () => {
    for (const bytes of [inSystem('EPSG', 4524, xian), inSystem('EPSG', 4525, prj4524)])
      expect(await refusal(bytes, { name })).toMatchObject({ code: 'crs-conflict', where: { file: name } });
    expect(await refusal(makeGeopackage(), { name, srid: 4525 })).toMatchObject({ code: 'crs-conflict' });
  });
  it('that a shape contradicts is refused at its row', async () => {
    const rows = [plotBlob(), blob(polygonWkb([square(36_577_000, 3_192_000)]), { srsId: 4326 })].map((geometry) => ({
      values: ['D'],
      geometry,
    }));
    expect(await refusal(makeGeopackage({ layers: [{ rows }] }), { name })).toMatchObject({
      code: 'crs-conflict',
      where: { file: name, row: 2 },
    });
  });
  it('that is not defined is refused', async () => {
    expect(await refusal(makeGeopackage({ srs: [] }), { name })).toMatchObject({ code: 'geopackage-corrupt' });
  });
});

describe('a shape that lies is refused at its row', () => {
  const huge = Buffer.from(polygonWkb([square(36_577_000, 3_192_000)]));
  huge.writeUInt32LE(0xffffffff, 9);
  const manyRings = Buffer.from(huge);
  manyRings.writeUInt32LE(0xffffffff, 5);
  const collection = (depth: number): Buffer =>
    depth === 0
      ? polygonWkb([square(36_577_000, 3_192_000)])
      : Buffer.concat([Buffer.from([1, 7, 0, 0, 0, 1, 0, 0, 0]), collection(depth - 1)]);
  const typed = (type: number) => {
    const wkb = Buffer.alloc(21);
    wkb[0] = 1;
    wkb.writeUInt32LE(type, 1);
    return blob(wkb);
  };
  const nan = polygonWkb([[[Number.NaN, 0], ...square(36_577_000, 3_192_000).slice(1)]]);
  it.each<[string, Uint8Array | string, string]>([
    ['text', 'POLYGON((0 0, 1 1, 1 0, 0 0))', 'geopackage-corrupt'],
    ['nothing', Buffer.alloc(0), 'geopackage-corrupt'],
    ['no mark', Buffer.from('XXXXXXXXXXXXXXXXX'), 'geopackage-corrupt'],
    ['an envelope that does not exist', blob(huge, { flags: 11 }), 'geopackage-corrupt'],
    ['an envelope past the end', Buffer.from('GP\0\x09\0\0\0\0', 'latin1'), 'geopackage-corrupt'],
    ['a header alone', blob(Buffer.alloc(0)), 'geopackage-corrupt'],
    ['4,294,967,295 points', blob(huge), 'geopackage-corrupt'],
    ['4,294,967,295 rings', blob(manyRings), 'geopackage-corrupt'],
    ['its end cut off', plotBlob().subarray(0, -3), 'geopackage-corrupt'],
    ['bytes after its end', Buffer.concat([plotBlob(), Buffer.from('x')]), 'geopackage-corrupt'],
    ['collections 20 deep', blob(collection(20)), 'geopackage-corrupt'],
    ['an unknown type', typed(99), 'geopackage-corrupt'],
    ['a point', typed(1), 'geometry-type'],
    ['a curve', typed(10), 'geometry-type'],
    ['NaN', blob(nan), 'coordinate-invalid'],
    ['1e300', blob(polygonWkb([square(1e300, 3_192_000)])), 'coordinate-invalid'],
    ['degrees', blob(polygonWkb([square(108.8, 28.8, 0.001)])), 'coordinate-outside-crs'],
  ])('%s', async (_, geometry, code) => {
    const rows = [
      { values: ['D1'], geometry: plotBlob() },
      { values: ['D2'], geometry },
    ];
    expect(await refusal(makeGeopackage({ layers: [{ type: 'GEOMETRY', rows }] }), { name })).toMatchObject({
      code,
      where: { file: name, row: 2 },
    });
  });
  it('a collection of polygons is read', async () => {
    expect((await read(one(blob(collection(2))), { name })).rows[0]!.wkb).not.toBeNull();
  });
});

describe('a file that lies is refused', () => {
  const good = makeGeopackage();
  const changed = (at: number, bytes: number[]) => {
    const copy = Buffer.from(good);
    copy.set(bytes, at);
    return copy;
  };
  it.each<[string, Buffer]>([
    ['cut in the middle', good.subarray(0, good.length / 2)],
    ['cut by a page', good.subarray(0, good.length - 4096)],
    ['cut by a byte', good.subarray(0, -1)],
    ['of a header alone', good.subarray(0, 100)],
    ['of a signature alone', good.subarray(0, 16)],
    ['with an impossible page size', changed(16, [0, 3])],
    [
      'with a garbled schema page',
      changed(
        100,
        Array.from({ length: 300 }, (_, i) => (i * 77) & 0xff),
      ),
    ],
    ['of a later format', changed(44, [0, 0, 0, 9])],
    ['without its systems', makeGeopackage({ also: ['drop table gpkg_spatial_ref_sys'] })],
    ['without its table', makeGeopackage({ also: ['drop table 地块'] })],
    ['without its geometry column', makeGeopackage({ also: ['alter table 地块 drop column geom'] })],
  ])('%s', async (_, bytes) => {
    expect(await refusal(bytes, { name })).toMatchObject({ code: 'geopackage-corrupt', where: { file: name } });
  });

  it('two geometry columns of one layer are asked about, not the last one taken', async () => {
    const also = [
      'alter table 地块 add column old polygon',
      'create table g as select * from gpkg_geometry_columns',
      'drop table gpkg_geometry_columns',
      'alter table g rename to gpkg_geometry_columns',
      "insert into gpkg_geometry_columns select table_name, 'old', geometry_type_name, srs_id, z, m from gpkg_geometry_columns",
    ];
    expect(await refusal(makeGeopackage({ also }), { name })).toMatchObject({
      code: 'several-shapefiles',
      where: { file: name, candidates: ['geom', 'old'] },
    });
  });
  it('a view or virtual table is not run', async () => {
    const view = ['drop table 地块', 'create view 地块 as select 1 as fid, randomblob(1000000000) as geom, 2 as DKBH'];
    const virtual = ['drop table 地块', 'create virtual table 地块 using fts5(geom, DKBH)'];
    for (const also of [view, virtual])
      expect(await refusal(makeGeopackage({ also }), { name })).toMatchObject({
        code: 'format-unsupported',
        where: { candidates: ['地块'] },
      });
  });
  it('a generated column is not run, a trigger is not either', async () => {
    const also = [
      'alter table 地块 add column bomb generated always as (hex(zeroblob(400000000))) virtual',
      'create trigger t after insert on 地块 begin delete from 地块; end',
    ];
    expect((await read(makeGeopackage({ also }), { name })).report.fields).toEqual([{ name: 'DKBH', type: 'text' }]);
  });
  it('a contents table that is a view is refused', async () => {
    const also = [
      'alter table gpkg_contents rename to c',
      "create view gpkg_contents as with recursive n(i) as (select 1 union all select i + 1 from n) select '地块' as table_name, 'features' as data_type, i as identifier from n",
    ];
    expect(await refusal(makeGeopackage({ also }), { name })).toMatchObject({ code: 'geopackage-corrupt' });
  });
  it('another SQLite database, one without features, too many rows or columns', async () => {
    expect(await refusal(makeGeopackage({ also: ['drop table gpkg_contents'] }), { name })).toMatchObject({
      code: 'format-unsupported',
    });
    expect(await refusal(makeGeopackage({ layers: [] }), { name })).toMatchObject({ code: 'no-shapefile' });
    expect(await refusal(makeGeopackage(), { name, limits: { features: 1 } })).toMatchObject({
      code: 'too-many-features',
    });
    expect(await refusal(makeGeopackage(), { name, limits: { entryBytes: 1000 } })).toMatchObject({
      code: 'too-large',
    });
    expect(await refusal(makeGeopackage(), { name, limits: { verticesPerFeature: 4 } })).toMatchObject({
      code: 'too-large',
      where: { row: 1 },
    });
    const columns = ['A TEXT', 'B TEXT'];
    const wide = makeGeopackage({ layers: [{ columns, rows: [{ values: ['', ''], geometry: plotBlob() }] }] });
    expect(await refusal(wide, { name, limits: { fields: 1 } })).toMatchObject({ code: 'too-large' });
  });
});
