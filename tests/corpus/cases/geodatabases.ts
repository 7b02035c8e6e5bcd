/** File geodatabases in a zip (T1, T4, T5). Whole ones are made by GDAL; what is none needs nobody. */
import { type Feature, gdalMakes, membersOf } from '../../intake/gdal-files.ts';
import { makeZip, type ZipMember } from '../../intake/make-zip.ts';
import { hasPart } from '../../support/parts.ts';
import { type Add, group, load, refuse } from '../case.ts';
import { degrees, twoM2 } from '../shapes.ts';

const file = '库.zip';
const corrupt = refuse('gdb-corrupt');

export const geodatabases = group('geodatabase', { to: 'parcel-set', file, fields: {} }, (add) => {
  const garbage = (...names: string[]) =>
    makeZip(names.map((name) => ({ name: `x.gdb/${name}`, data: Buffer.from('x') })));
  add('one table of noise', garbage('a00000001.gdbtable'), corrupt);
  add(
    'tables of noise',
    garbage('a00000001.gdbtable', 'a00000001.gdbtablx', 'a00000004.gdbtable', 'a00000004.gdbtablx'),
    corrupt,
  );
  add('a table without its index', garbage('a00000001.gdbtable', 'a00000004.gdbtable', 'a00000004.gdbtablx'), corrupt);
  add('compressed tables', garbage('a00000001.gdbtable', 'a00000009.cdf'), refuse('format-unsupported'));
  add(
    'a folder that is called one',
    makeZip([{ name: 'x.gdb/readme.txt', data: Buffer.from('x') }]),
    refuse('no-shapefile', { file }),
  );
  add(
    'two of them',
    makeZip(['甲', '乙'].map((name) => ({ name: `${name}.gdb/a00000001.gdbtable`, data: Buffer.from('x') }))),
    refuse('several-shapefiles', { file }),
  );
  if (hasPart('gdal') || process.env['CI'] === 'true') whole(add);
});

function whole(add: Add): void {
  const features = [0, 1].map(
    (n): Feature => ({
      type: 'Feature',
      properties: { DKBH: `D${n}` },
      geometry: { type: 'MultiPolygon', coordinates: [[degrees(n)]] },
    }),
  );
  const members = membersOf(
    gdalMakes(features, 4490, 'db.gdb', '-f', 'OpenFileGDB', '-nln', 'BCGD', '-lco', 'LAYER_ALIAS=补充耕地'),
  );
  const table = '/a00000009.gdbtable';
  const without = (end: string) => makeZip(members.filter(({ name }) => !String(name).endsWith(end)));
  const changed = (end: string, change: (data: Buffer) => Buffer) =>
    makeZip(
      members.map((m): ZipMember => (String(m.name).endsWith(end) ? { ...m, data: change(Buffer.from(m.data)) } : m)),
    );
  const two = load(2, { m2: twoM2 });
  add('as it should be', makeZip(members), two);
  add('asked for by its alias', makeZip(members), two, { fields: { sublayer: '补充耕地' } });
  add(
    'in a folder of a Chinese name, in capitals',
    makeZip(members.map((m) => ({ ...m, name: `成果数据/${String(m.name).replace('a00000009', 'A00000009')}` }))),
    two,
  );
  add('a layer asked for that is not there', makeZip(members), refuse('no-shapefile', { candidates: ['BCGD'] }), {
    fields: { sublayer: `x' or 1=1` },
  });
  add('without its catalogue', without('/a00000001.gdbtable'), corrupt);
  add('without the table of its layer', without(table), corrupt);
  add('without the list of its items', without('/a00000004.gdbtable'), corrupt);
  add(
    'every byte of it changed',
    makeZip(members.map((m) => ({ ...m, data: Buffer.from(m.data.map((b, i) => b ^ (i * 77))) }))),
    corrupt,
  );
  add(
    'half a table',
    changed(table, (b) => b.subarray(0, b.length / 2)),
    corrupt,
  );
  add(
    'a table of no bytes',
    changed(table, () => Buffer.alloc(0)),
    corrupt,
  );
  add(
    'half an index',
    changed('/a00000009.gdbtablx', (b) => b.subarray(0, b.length / 2)),
    corrupt,
  );
  // the index counts them, and every row of it is read
  add(
    'a table that states a thousand million rows',
    changed(table, (b) => {
      b.writeUInt32LE(1_000_000_000, 4);
      return b;
    }),
    two,
  );
  add(
    'a slip beside its tables',
    makeZip([...members, { name: 'db.gdb/../../evil.gdbtable', data: Buffer.from('x') }]),
    refuse('zip-unsafe', { file }),
  );
}
