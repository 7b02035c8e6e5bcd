/** GeoPackages: cut, corrupt, hostile schemas, odd geometries and systems (T1, T9–T12, T14). */
import {
  blob,
  type GpkgLayer,
  type GpkgOptions,
  makeGeopackage,
  plotBlob,
  polygonWkb,
} from '../../intake/make-geopackage.ts';
import { type Point, prj4524 } from '../../intake/make-shapefile.ts';
import { makeZip } from '../../intake/make-zip.ts';
import { type Add, cuts, type Expected, group, load, refuse } from '../case.ts';
import { near, plotM2 } from '../shapes.ts';

const file = '地块.gpkg';
const shape = (n: number, options?: { big?: boolean; z?: boolean }) => blob(polygonWkb(near(n), options));
const rows = (...geometries: (Uint8Array | string | null)[]) =>
  geometries.map((geometry, n) => ({ values: [`D${n + 1}`], geometry }));
const base: GpkgLayer = { rows: rows(shape(0), shape(1)) };
const made = (more: GpkgLayer = {}, options: GpkgOptions = {}) =>
  makeGeopackage({ layers: [{ ...base, ...more }], ...options });
const also = (...statements: string[]) => made({}, { also: statements });
const good = made();
const two = load(2, { m2: 2 * plotM2 });
const corrupt = (row?: number) => refuse('geopackage-corrupt', row === undefined ? { file } : { file, row });
const page = good.readUInt16BE(16);
/** root pages of its tables in the order they were made, and of the indexes that SQLite makes for their keys */
const kindOfPage = ['schema', 'table', 'table', 'index', 'index', 'table', 'table'] as const;

export const geopackages = group('geopackage', { to: 'parcel-set', file, fields: {} }, (add) => {
  for (const at of cuts(good.length))
    add(
      `cut after ${at} of ${good.length} bytes`,
      good.subarray(0, at),
      at < 16 ? refuse('not-a-zip', { file }) : corrupt(),
    );
  pages(add);
  schemas(add);
  shapes(add);
  systems(add);
});

function pages(add: Add): void {
  const patched = (change: (b: Buffer) => void) => {
    const copy = Buffer.from(good);
    change(copy);
    return copy;
  };
  add(
    'its first half twice',
    Buffer.concat([good.subarray(0, good.length / 2), good.subarray(0, good.length / 2)]),
    refuse(['geopackage-corrupt', 'format-unsupported'], { file }),
  );
  add(
    'a page of 0 bytes',
    patched((b) => void b.writeUInt16BE(0, 16)),
    corrupt(),
  );
  add(
    'a page of 1,000 bytes',
    patched((b) => void b.writeUInt16BE(1000, 16)),
    corrupt(),
  );
  add(
    'a page of 65,536 bytes',
    patched((b) => void b.writeUInt16BE(1, 16)),
    corrupt(),
  );
  add(
    'a million pages stated',
    patched((b) => void b.writeUInt32BE(1_000_000, 28)),
    corrupt(),
  );
  add(
    'a schema of a version to come',
    patched((b) => void b.writeUInt32BE(99, 44)),
    corrupt(),
  );
  add(
    'a write version to come',
    patched((b) => void b.writeUInt8(9, 19)),
    refuse(['geopackage-corrupt', 'format-unsupported'], { file }),
  );
  add(
    'text in UTF-16 stated of UTF-8',
    patched((b) => void b.writeUInt32BE(2, 56)),
    refuse(['geopackage-corrupt', 'format-unsupported'], { file }),
  );
  for (const [n, kind] of kindOfPage.entries()) {
    const ones = patched((b) => void b.fill(0xff, n === 0 ? 100 : n * page, (n + 1) * page));
    // of indexes nothing is read
    if (kind === 'index') add(`page ${n + 1}, of an index, of ones`, ones, two);
    else
      add(
        `page ${n + 1} of ones`,
        ones,
        refuse(['geopackage-corrupt', 'format-unsupported', 'no-shapefile'], { file }),
      );
  }
  add(
    'an encrypted database',
    patched((b) => {
      for (let i = 0; i < b.length; i++) b[i]! ^= (i * 151) & 0xff;
    }),
    refuse('not-a-zip', { file }),
  );
  add(
    'another SQLite database',
    makeGeopackage({ layers: [], also: ['drop table gpkg_contents'] }),
    refuse('format-unsupported', { file }),
  );
  add('no layer of shapes', makeGeopackage({ layers: [] }), refuse('no-shapefile', { file }));
  add(
    'a journal that did not come with it',
    patched((b) => {
      b[18] = 2;
      b[19] = 2;
    }),
    load(2, { m2: 2 * plotM2, told: ['gpkg-in-use'] }),
  );
  add('it in a zip', makeZip([{ name: '库/地块.gpkg', data: good }]), two, { file: '地块.zip' });
  add(
    'no application id',
    patched((b) => void b.writeUInt32BE(0, 68)),
    two,
  );
}

function schemas(add: Add): void {
  add(
    'a view in place of its table',
    also('alter table 地块 rename to t', 'create view 地块 as select * from t'),
    refuse('format-unsupported', { file }),
  );
  add(
    'a view that never ends',
    also(
      'drop table 地块',
      'create view 地块 as with recursive r(fid, geom, DKBH) as (select 1, null, 1 union all select fid + 1, randomblob(1000000), 1 from r) select * from r',
    ),
    refuse('format-unsupported', { file }),
  );
  add(
    'a view of a gigabyte',
    also('drop table 地块', 'create view 地块 as select 1 as fid, zeroblob(1000000000) as geom, 2 as DKBH'),
    refuse('format-unsupported', { file }),
  );
  add(
    'a view for its list of layers',
    also('alter table gpkg_contents rename to c', 'create view gpkg_contents as select * from c'),
    corrupt(),
  );
  add(
    'a virtual table',
    also('drop table 地块', 'create virtual table 地块 using fts5(fid, geom, DKBH)'),
    refuse('format-unsupported', { file }),
  );
  add(
    'a table without row ids',
    also('drop table 地块', 'create table 地块 (fid integer primary key, geom polygon, DKBH text) without rowid'),
    refuse('format-unsupported', { file }),
  );
  add('a layer that has no table', also('drop table 地块'), corrupt());
  add('a table without its geometry column', also("update gpkg_geometry_columns set column_name = 'shape'"), corrupt());
  add(
    'two geometry columns of one layer',
    also(
      'alter table 地块 add column old polygon',
      'create table g as select * from gpkg_geometry_columns',
      'drop table gpkg_geometry_columns',
      'alter table g rename to gpkg_geometry_columns',
      "insert into gpkg_geometry_columns select table_name, 'old', geometry_type_name, srs_id, z, m from gpkg_geometry_columns",
    ),
    refuse('several-shapefiles', { file, candidates: ['geom', 'old'] }),
  );
  add('triggers that delete', also('create trigger t after insert on 地块 begin delete from 地块; end'), two);
  add('a column that is computed', also('alter table 地块 add column x as (hex(zeroblob(100000000)))'), two);
  add('a check of functions', also('alter table 地块 add column y text check (length(hex(zeroblob(10))) < 1000)'), two);
  add('an index over an expression', also('create index i on 地块 (lower(DKBH), hex(geom))'), two);
  add(
    'its count stated otherwise',
    also(
      'create table gpkg_ogr_contents (table_name text primary key, feature_count integer)',
      "insert into gpkg_ogr_contents values ('地块', 1000000)",
    ),
    load(2, { told: ['count-differs'] }),
  );
  add(
    'a million features stated, none there',
    made(
      { rows: [] },
      {
        also: [
          'create table gpkg_ogr_contents (table_name text primary key, feature_count integer)',
          "insert into gpkg_ogr_contents values ('地块', 1000000000)",
        ],
      },
    ),
    refuse('geometry-empty', { file }),
  );
  for (const name of [
    `x"; drop table gpkg_contents; --`,
    `'; select load_extension('x'); --`,
    '表 (最终)',
    'select',
    `a"b"c`,
    '../../etc',
    `${'长'.repeat(300)}`,
  ])
    add(`a layer named ${name.slice(0, 30)}`, made({ name }), two);
  const named = (what: string, columns: string[], told: string[] = []) =>
    add(
      what,
      made({
        columns: ['DKBH TEXT', ...columns],
        rows: base.rows!.map((r) => ({ ...r, values: [...r.values, ...columns.map(() => 'v')] })),
      }),
      load(2, { told }),
    );
  named('columns named in SQL', [`"'; drop table parcel; --" TEXT`, `"x"") from y" TEXT`]);
  named(
    'columns named of every object',
    ['"__proto__" TEXT', '"constructor" TEXT', '"toString" TEXT'],
    ['field-renamed'],
  );
  named('columns named as row ids', ['"rowid" TEXT', '"oid" TEXT']);
  named('columns of odd types', ['a NONSENSE(1,2)', 'b BLOB', 'c DATETIME', 'd BOOLEAN', 'e']);
  const valued = (what: string, value: string | number | bigint | null | Uint8Array, told: string[] = []) =>
    add(
      what,
      made({ columns: ['DKBH TEXT', 'x'], rows: base.rows!.map((r) => ({ ...r, values: [...r.values, value] })) }),
      load(2, { told }),
    );
  valued('values of bytes', Buffer.from([0, 1, 2]), ['value-unreadable']);
  valued('values of infinity', Number.POSITIVE_INFINITY, ['value-unreadable']);
  valued('values of 18 digits', 500242000000000001n);
  valued('values of NUL', 'a\0b', ['text-cleaned']);
  valued('values of a megabyte', 'x'.repeat(1_000_000));
  valued('values in SQL', `'); drop table parcel; --`);
  add(
    'two layers',
    makeGeopackage({ layers: [base, { ...base, name: '另一' }] }),
    refuse('several-shapefiles', { file, candidates: ['地块', '另一'] }),
  );
  add(
    'two layers, one asked for by its alias',
    makeGeopackage({ layers: [base, { ...base, name: 't2', identifier: '补充耕地' }] }),
    two,
    { fields: { sublayer: '补充耕地' } },
  );
  add(
    'a layer of points beside it',
    makeGeopackage({ layers: [base, { name: '点', type: 'POINT', rows: [] }] }),
    load(2, { told: ['layers-passed-over'] }),
  );
  add(
    'layers of points alone',
    makeGeopackage({ layers: [{ name: '点', type: 'POINT', rows: [] }] }),
    refuse('geometry-type', { file }),
  );
}

function shapes(add: Add): void {
  const second = (what: string, geometry: Uint8Array | string | null, expected: Expected) =>
    add(what, made({ rows: rows(shape(0), geometry) }), expected);
  const wkb = polygonWkb(near(1));
  const patched = (at: number, value: number) => {
    const copy = Buffer.from(wkb);
    copy.writeUInt32LE(value, at);
    return blob(copy);
  };
  const empty = load(2, { m2: plotM2, told: ['shape-empty'] });
  second('a shape of null', null, empty);
  second('a shape marked empty', blob(Buffer.alloc(0), { flags: 0x11 }), empty);
  second('a shape that is text', 'POLYGON((0 0))', corrupt(2));
  second('a shape of no bytes', Buffer.alloc(0), corrupt(2));
  second('a shape without its mark', wkb, corrupt(2));
  second('an extended shape', blob(wkb, { flags: 0x21 }), corrupt(2));
  second('an envelope that does not exist', blob(wkb, { flags: 0x0f }), corrupt(2));
  second('an envelope longer than the shape', blob(Buffer.alloc(4), { flags: 0x03 }), corrupt(2));
  for (const envelope of [32, 48, 64])
    second(
      `an envelope of ${envelope} bytes`,
      blob(wkb, { flags: 1 | ((envelope / 16 - 1 + (envelope === 64 ? 1 : 0)) << 1), envelope }),
      two,
    );
  second('the big end first', shape(1, { big: true }), two);
  second('heights', shape(1, { z: true }), two);
  for (const cut of [1, 5, 9, 13, 40, wkb.length - 1])
    second(`a shape cut after ${cut} bytes`, blob(wkb.subarray(0, cut)), corrupt(2));
  second('bytes behind a shape', blob(Buffer.concat([wkb, Buffer.alloc(8)])), corrupt(2));
  second('four thousand million rings', patched(5, 0xffffffff), corrupt(2));
  second('four thousand million points', patched(9, 0xffffffff), corrupt(2));
  second('a point fewer than there are', patched(9, 4), corrupt(2));
  second('a byte order of 7', blob(Buffer.concat([Buffer.from([7]), wkb.subarray(1)])), corrupt(2));
  for (const type of [1, 2, 8, 10, 12, 15, 17])
    second(`a shape of type ${type}`, patched(1, type), refuse('geometry-type', { file, row: 2 }));
  for (const type of [0, 99, 4003, 9003]) second(`a shape of type ${type}`, patched(1, type), corrupt(2));
  const collectionOf = (inner: Buffer) => Buffer.concat([Buffer.from([1, 7, 0, 0, 0, 1, 0, 0, 0]), inner]);
  second('collections 200 deep', blob(Array.from({ length: 200 }).reduce<Buffer>(collectionOf, wkb)), corrupt(2));
  second('collections three deep', blob(Array.from({ length: 3 }).reduce<Buffer>(collectionOf, wkb)), two);
  const vertex = (x: number, y: number) => {
    const ring = [...near(1)[0]!];
    ring[2] = [x, y];
    return blob(polygonWkb([ring as Point[]]));
  };
  second('a vertex at NaN', vertex(Number.NaN, 1), refuse('coordinate-invalid', { file, row: 2 }));
  second('a vertex at 1e300', vertex(1e300, 1e300), refuse('coordinate-invalid', { file, row: 2 }));
  second('a vertex at 0, 0', vertex(0, 0), refuse('coordinate-outside-crs', { file, row: 2 }));
  add('no shape at all', made({ rows: rows(null, null) }), refuse('geometry-empty', { file }));
  second(
    'a shape of another system than its layer',
    blob(wkb, { srsId: 4525 }),
    refuse('crs-conflict', { file, row: 2 }),
  );
  second('a shape that names no system', blob(wkb, { srsId: 0 }), two);
}

function systems(add: Add): void {
  const srs = (id: number, code: number, definition: string, organization = 'EPSG') => ({
    srs: [{ id, organization, code, definition }],
  });
  const own = (n: number, srsId: number) => blob(polygonWkb(near(n)), { srsId });
  const layer = (srsId: number) => ({ srsId, rows: rows(own(0, srsId), own(1, srsId)) });
  add('a system that is not defined', made({}, { also: ['delete from gpkg_spatial_ref_sys'] }), corrupt());
  add('the undefined system', made(layer(-1)), load(2, { told: ['crs-inferred'] }));
  add(
    'Beijing 54 by its text',
    made(
      layer(1),
      srs(
        1,
        1,
        'GEOGCS["X",DATUM["D_Beijing_1954",SPHEROID["Krasovsky_1940",6378245,298.3]],PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]]',
        'NONE',
      ),
    ),
    refuse('crs-unsupported-datum', { file }),
  );
  add(
    'Xian 80 by its code',
    made(layer(2360), srs(2360, 2360, 'undefined')),
    refuse('crs-unsupported-datum', { file }),
  );
  add(
    'a code and a text of two systems',
    made(layer(4525), srs(4525, 4525, prj4524)),
    refuse('crs-conflict', { file }),
  );
  add('a code alone', made({}, srs(4524, 4524, 'undefined')), two);
  add('a text alone', made(layer(77), srs(77, 77, prj4524, 'NONE')), two);
  add('a text of noise', made(layer(77), srs(77, 77, '\x01\x02nonsense', 'NONE')), refuse('crs-unknown', { file }));
  add(
    'a plot drawn where the axes are exchanged',
    made({ rows: rows(blob(polygonWkb(near(0).map((r) => r.map(([x, y]) => [y, x] as Point))))) }),
    refuse('coordinate-outside-crs', { file }),
  );
  add('plots of 77 km from the meridian', made({ rows: rows(plotBlob(0), plotBlob(1)) }), load(2));
}
