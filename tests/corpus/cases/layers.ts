/** Layers of each type, and increments: what their attributes must say (T4, T8, T17; CONTRACT §2). */

import type { LayerTypeId } from '../../../server/layers/index.ts';
import { makeZip } from '../../intake/make-zip.ts';
import {
  increment,
  new2022,
  of2021,
  of2022,
  patch,
  patchTable,
  processTable,
  steps2022,
  wholeYear,
} from '../../intake-receive/increments.ts';
import { type Add, atOnce, type Expected, group, load, type More, refuse } from '../case.ts';
import { collection, degrees, degreesM2, twoM2, zipped } from '../shapes.ts';

const file = '图层.geojson';
const of = (...properties: object[]) => collection(properties.map((own) => ({ properties: own })));

export const layers = group('layer', { to: 'eco-red-line', file, fields: {} }, (add) => {
  types(add);
  landUse(add);
  increments(add);
});

function types(add: Add): void {
  const own: [LayerTypeId, object][] = [
    ['eco-red-line', { HXMC: '红线甲', HXBM: '01' }], ['slope-zones', { PDJB: '5' }], ['boundary', { XZQDM: '500242', XZQMC: '某县' }], ['township', { XZQMC: '钟多街道' }],
    ['occupation', { XMMC: '某路', PZWH: '渝〔2020〕1号', PZRQ: '2020-01-01' }], ['issue', { WTLY: '督察', JCBH: '1', ZGCS: '核减' }], ['steep-ban', { MC: '禁垦' }], ['levelling', { XMMC: '平整', JGRQ: '2020' }],
  ]; // biome-ignore format: a table
  for (const [to, properties] of own) {
    add(`${to} as it should be`, of(properties, { ...properties, n: 2 }), load(2, { m2: twoM2 }), { to });
    add(`${to} of nothing`, collection([]), refuse('geometry-empty', { file }), { to });
    add(
      `${to} of points`,
      collection([{ geometry: { type: 'Point', coordinates: [108, 28.8] } }]),
      refuse('geometry-type', { file, row: 1 }),
      { to },
    );
    add(`${to} of a raster`, Buffer.from('II*\0\x08\0\0\0'), refuse('format-unsupported', { file }), { to });
    add(
      `${to} with values in SQL and of every object`,
      of(
        Object.fromEntries([
          ...Object.keys(properties).map((key) => [key, `'; drop table layer; --`]),
          ['constructor', 'x'],
        ]),
      ),
      load(1),
      { to },
    );
  }
  add('slope zones without their class', of({ BSM: '1' }), refuse('attribute-missing', { field: 'PDJB' }), {
    to: 'slope-zones',
  });
  add(
    'slope zones of classes that are none',
    of({ PDJB: '九级' }, { PDJB: 17 }),
    load(2, { told: ['slope-class-unreadable'] }),
    { to: 'slope-zones' },
  );
  add('townships without a name', of({ BSM: '1' }), refuse('attribute-missing', { field: 'XZQMC' }), {
    to: 'township',
  });
  add('issues whose measure is none', of({ ZGCS: '待研究' }), load(1, { told: ['measure-unreadable'] }), {
    to: 'issue',
  });
  add(
    'an approval on a day that is none',
    of({ PZWH: 'x', PZRQ: '2020-13-77' }),
    load(1, { told: ['date-unreadable'] }),
    { to: 'occupation' },
  );
  add('a type that is not', of({}), atOnce('validation', { field: 'type' }), {
    to: `x'; drop table layer; --` as LayerTypeId,
  });
  add('a year that is none', of({ MC: 'x' }), atOnce('validation', { field: 'year' }), { fields: { year: '20x1' } });
  add('a county that is none', of({ MC: 'x' }), atOnce('validation', { field: 'region_code' }), {
    fields: { region_code: `1' or '1` },
  });
  add(
    'a shape over the whole country',
    collection([
      {
        geometry: {
          type: 'Polygon',
          coordinates: [
            [
              [74, 18],
              [134, 18],
              [134, 53],
              [74, 53],
              [74, 18],
            ],
          ],
        },
      },
    ]),
    load(1),
  );
  add(
    'a shape that crosses itself',
    collection([
      {
        geometry: {
          type: 'Polygon',
          coordinates: [
            [
              [108, 28.8],
              [108.001, 28.801],
              [108.001, 28.8],
              [108, 28.801],
              [108, 28.8],
            ],
          ],
        },
      },
    ]),
    load(1, { told: ['geometry-repaired'] }),
  );
  add(
    'the same shape fifty times',
    collection(Array.from({ length: 50 }, () => ({ geometry: { type: 'Polygon', coordinates: [degrees(0)] } }))),
    load(50, { m2: 50 * degreesM2(degrees(0)) }),
  );
  add('a shapefile of columns without a word', zipped(), load(2));
}

function landUse(add: Add): void {
  const sent = (odd: string, properties: object[], expected: Expected, fields: Record<string, string> = {}) =>
    add(odd, of(...properties), expected, { to: 'land-use', fields: { year: '2019', ...fields } });
  sent('land use as it should be', [{ DLBM: '0103', ZZSXDM: 'LS' }, { DLBM: '0301' }], load(2, { m2: twoM2 }));
  sent('land use without a year', [{ DLBM: '0103' }], atOnce('validation', { field: 'year' }), { year: '' });
  sent('land use without a class', [{ TBBH: '1' }], refuse('attribute-missing', { field: 'DLBM' }));
  sent('classes kept as numbers', [{ DLBM: 103 }, { DLBM: 301 }], refuse('validation', { field: 'DLBM' }));
  sent(
    'classes of two systems',
    [{ DLBM: '0103' }, { DLBM: '013' }, { DLBM: '201' }, { DLBM: '1202' }],
    refuse('validation', { field: 'DLBM' }),
  );
  sent('classes that are none', [{ DLBM: '旱地吧' }, { DLBM: '不知道' }], refuse('validation', { field: 'DLBM' }));
  sent(
    'classes in SQL beside one that is one',
    [{ DLBM: '0103' }, { DLBM: '0301' }, { DLBM: '0404' }, { DLBM: `0103' --` }],
    load(4, { told: ['land-class-unknown'] }),
  );
  sent('classes in small letters', [{ dlbm: '0201k' }, { dlbm: '0103' }, { dlbm: '1202' }], load(3));
  sent('an empty class', [{ DLBM: '0103' }, { DLBM: '0404' }, { DLBM: null }], load(3, { told: ['land-class-empty'] }));
  sent('names alone', [{ DLMC: '旱地' }, { DLMC: '果园' }], load(2));
  sent(
    'a system that a person says and the classes are not of',
    [{ DLBM: '0103' }, { DLBM: '0404' }],
    refuse('validation', { field: 'DLBM' }),
    { code_system: 'td2' },
  );
  sent('a system that is none', [{ DLBM: '0103' }], atOnce('validation', { field: 'code_system' }), {
    code_system: 'td9',
  });
}

/** A county of its own; its base is the first case and stands when the others are driven. */
function increments(add: Add): void {
  const more = (fields: Record<string, string>): More => ({
    to: 'land-use',
    file: '增量包.zip',
    fields: { region_code: '500241', ...fields },
  });
  const next = more({ year: '2022', increment: 'true', base_year: '2021' });
  const odd = (what: string, data: Buffer, expected: Expected) => add(`an increment ${what}`, data, expected, next);
  add('a whole year, the base of increments', wholeYear(of2021), load(of2021.length), {
    ...more({ year: '2021' }),
    first: true,
  });
  add(
    'an increment before there is a base',
    increment(new2022, steps2022),
    atOnce('layer-missing'),
    more({ year: '2022', increment: 'true', region_code: '500235' }),
  );
  add(
    'an increment of a year before its base',
    increment(new2022, steps2022),
    atOnce(['validation', 'layer-missing']),
    more({ year: '2020', increment: 'true', base_year: '2021' }),
  );
  add('an increment of another type', increment(new2022, steps2022), atOnce('validation', { field: 'type' }), {
    ...next,
    to: 'issue',
  });
  add(
    'an increment on a base that is not',
    increment(new2022, steps2022),
    atOnce('not-found'),
    more({ year: '2022', base_layer_id: '00000000-0000-4000-8000-000000000000' }),
  );
  add(
    'an increment as if it were a whole year',
    makeZip(patchTable('DLTBGX', new2022)),
    refuse('validation', { field: 'increment' }),
    more({ year: '2022' }),
  );
  odd('as it should be', increment(new2022, steps2022), load(of2022.length));
  odd('without its process', increment(new2022, null), load(13));
  odd(
    'of its process alone',
    makeZip(processTable('DLTBGXGC', steps2022)),
    refuse('attribute-missing', { candidates: ['DLTBGXGC'] }),
  );
  odd(
    'of two tables of patches',
    makeZip([...patchTable('a/DLTBGX', new2022), ...patchTable('b/DLTBGX', new2022)]),
    refuse('several-shapefiles', { candidates: ['a/DLTBGX', 'b/DLTBGX'] }),
  );
  odd(
    'whose process names nobody',
    increment(
      new2022,
      steps2022.map((step) => ({ ...step, before: patch('X1', '0103', 0, 0, 1, 1) })),
    ),
    refuse('validation', { field: 'BGQTBBSM' }),
  );
  odd(
    'whose process lacks its names',
    makeZip([
      ...patchTable('DLTBGX', new2022),
      ...processTable('DLTBGXGC', steps2022, { columns: { BGQTBBSM: null } }),
    ]),
    refuse('attribute-missing', { field: 'BGQTBBSM' }),
  );
  odd(
    'whose process is cut',
    makeZip([
      ...patchTable('DLTBGX', new2022),
      ...processTable('DLTBGXGC', steps2022).map((m) =>
        String(m.name).endsWith('dbf') ? { ...m, data: m.data.subarray(0, 500) } : m,
      ),
    ]),
    refuse('dbf-mismatch', { file: 'DLTBGXGC.dbf' }),
  );
  odd(
    'whose patches have no class',
    makeZip([
      ...patchTable('DLTBGX', new2022, { columns: { DLBM: null, DLMC: null } }),
      ...processTable('DLTBGXGC', steps2022),
    ]),
    refuse('attribute-missing', { field: 'DLBM' }),
  );
  odd('of noise', Buffer.alloc(3000, 0x5a), refuse('not-a-zip'));
}
