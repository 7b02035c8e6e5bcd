import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { layerMembers, plot, zippedLayer } from './make-shapefile.ts';
import { makeZip, type ZipMember } from './make-zip.ts';
import { read, refusal } from './reading.ts';

const layer = layerMembers();
const zeros = (bytes: number) => Buffer.alloc(bytes);
const withExtra = (extra: Partial<ZipMember> & { name: string | Buffer }) =>
  makeZip([...layer, { data: Buffer.from('x'), ...extra }]);
const changed = (ext: string, change: Partial<ZipMember>) =>
  makeZip(layer.map((m) => (String(m.name).endsWith(ext) ? { ...m, ...change } : m)));

describe('an archive is taken', () => {
  it('with sizes in data descriptors', async () => {
    const { report } = await read(makeZip(layer.map((m) => ({ ...m, descriptor: true }))));
    expect(report.feature_count).toBe(2);
    expect(report.warnings).toEqual([]);
  });
  it('as ZIP64', async () => {
    expect((await read(makeZip(layer.map((m) => ({ ...m, zip64: true }))))).report.feature_count).toBe(2);
  });
  it('with stored entries, a comment, folders and what macOS adds', async () => {
    const zip = makeZip(
      [
        { name: '数据/', data: zeros(0), method: 0 },
        ...layer.map((m) => ({ ...m, name: `数据/${m.name}`, method: 0 })),
        { name: '__MACOSX/数据/._parcels.shp', data: Buffer.from('x') },
        { name: '数据/.DS_Store', data: Buffer.from('x') },
      ],
      { comment: 'made by hand' },
    );
    const { report, rows } = await read(zip);
    expect(report.layers).toEqual([{ name: '数据/parcels', feature_count: 2 }]);
    expect(rows[0]!.source_file).toBe('数据/parcels.shp');
  });
  it('with GBK names that are not marked as UTF-8, also where a second byte is a backslash', async () => {
    // 乗 is 0x81 0x5C in GBK: split at backslashes before decoding, the name would fall apart
    const zip = makeZip(layer.map((m) => ({ ...m, name: iconv.encode(`补充耕地/乗\\${m.name}`, 'gbk') })));
    const { report } = await read(zip);
    expect(report.layers[0]!.name).toBe('补充耕地/乗/parcels');
  });
  it('with upper-case extensions and other files beside the layer', async () => {
    const zip = makeZip([
      ...layer.map((m) => ({ ...m, name: String(m.name).toUpperCase() })),
      { name: '说明.docx', data: Buffer.from('x') },
      { name: 'PARCELS.SHP.XML', data: Buffer.from('<x/>') },
      { name: 'PARCELS.SBN', data: Buffer.from('x') },
    ]);
    expect((await read(zip)).report.feature_count).toBe(2);
  });
});

describe('a broken archive is refused', () => {
  it.each([
    ['without end record', makeZip(layer, { withoutEnd: true })],
    ['cut in the middle', zippedLayer().subarray(0, 400)],
    ['cut by one byte', zippedLayer().subarray(0, -1)],
    ['with bytes after its end', Buffer.concat([zippedLayer(), Buffer.from('tail')])],
    ['of a signature alone', Buffer.from('PK\x03\x04')],
    ['with more entries stated than there are', makeZip(layer, { statedEntries: 9 })],
  ])('%s', async (_, bytes) => {
    const problem = await refusal(bytes, { name: '地块.zip' });
    expect(problem).toMatchObject({ code: 'not-a-zip', where: { file: '地块.zip' } });
    expect(problem.detail.zh).toMatch(/重新打包/);
  });
  it.each([
    ['a wrong CRC', { crc: 1 }],
    ['data that does not inflate', { deflated: Buffer.from([0xff, 0xff, 0xff, 0xff]) }],
  ])('with %s, naming the entry', async (_, change) => {
    expect(await refusal(changed('.shp', change))).toMatchObject({
      code: 'shapefile-corrupt',
      where: { file: 'parcels.shp' },
    });
  });
});

describe('an unsafe archive is refused', () => {
  it.each([
    ['zip slip', '../../etc/passwd'],
    ['zip slip with backslashes', '..\\..\\etc\\passwd'],
    ['an absolute path', '/etc/passwd'],
    ['a drive', 'C:\\evil.shp'],
    ['a control character', 'a\nb.shp'],
    ['a NUL', 'parcels.shp\0.txt'],
    ['an archive inside', 'more/inner.zip'],
  ])('%s', async (_, name) => {
    expect(await refusal(withExtra({ name: Buffer.from(name) }))).toMatchObject({
      code: 'zip-unsafe',
      where: { file: 'parcels.zip' },
    });
  });
  it('a symbolic link and a device', async () => {
    for (const mode of [0o120777, 0o020666])
      expect(await refusal(withExtra({ name: 'link.shp', unixMode: mode }))).toMatchObject({ code: 'zip-unsafe' });
    expect((await read(withExtra({ name: 'readme.txt', unixMode: 0o100644 }))).report.feature_count).toBe(2);
  });
  it('overlapping entries', async () => {
    expect(await refusal(withExtra({ name: 'twin.shp', sameAs: 0 }))).toMatchObject({ code: 'zip-unsafe' });
  });
  it('more than 1,000 entries', async () => {
    const many = Array.from({ length: 1001 }, (_, i) => ({ name: `f${i}.txt`, data: Buffer.from('x') }));
    expect(await refusal(makeZip(many))).toMatchObject({ code: 'zip-unsafe' });
  });
  it('sizes that lie, small or large', async () => {
    for (const statedBytes of [100, 1_000_000])
      expect(await refusal(changed('.shp', { statedBytes }))).toMatchObject({ code: 'zip-unsafe' });
  });
});

describe('a bomb is refused by real bytes', () => {
  const limits = { entryBytes: 2_000_000, archiveBytes: 3_000_000, ratio: 200, ratioFromBytes: 500_000 };
  it('over 200:1 past the size from which it counts', async () => {
    const bomb = changed('.dbf', { data: zeros(1_000_000) });
    expect(await refusal(bomb, { limits })).toMatchObject({ code: 'zip-unsafe' });
  });
  it('but not below it: a DBF of blanks may be 329:1', async () => {
    // 2,000 rows of one blank column of 200 bytes
    const rows = Array.from({ length: 2000 }, () => ['']);
    const zip = zippedLayer({
      columns: [{ name: 'NOTE', width: 200 }],
      rows,
      shapes: rows.map((_, i) => [
        [
          [36_577_000 + i, 3_192_000],
          [36_577_000 + i, 3_192_001],
          [36_577_001 + i, 3_192_001],
          [36_577_000 + i, 3_192_000],
        ],
      ]),
    });
    expect((await read(zip, { limits })).report.feature_count).toBe(2000);
  });
  it('that states a small size: counted while inflating', async () => {
    expect(await refusal(changed('.dbf', { data: zeros(1_000_000), statedBytes: 200 }), { limits })).toMatchObject({
      code: 'zip-unsafe',
    });
  });
  it('an entry over its limit, and an archive over its', async () => {
    const noisy = (bytes: number) => Buffer.from(Array.from({ length: bytes }, (_, i) => (i * 2654435761) >>> 24));
    expect(await refusal(changed('.dbf', { data: noisy(2_100_000) }), { limits })).toMatchObject({
      code: 'too-large',
      where: { file: 'parcels.dbf' },
    });
    expect(
      await refusal(
        makeZip([...layer, { name: 'a.jpg', data: noisy(1_900_000) }, { name: 'b.jpg', data: noisy(1_900_000) }]),
        { limits },
      ),
    ).toMatchObject({ code: 'too-large', where: { file: 'parcels.zip' } });
  });
});

describe('an archive that cannot be read here says so', () => {
  it('encrypted', async () => {
    const problem = await refusal(changed('.shp', { flags: 1 }));
    expect(problem).toMatchObject({ code: 'zip-encrypted' });
    expect(problem.detail.zh).toMatch(/去掉密码/);
    expect(await refusal(changed('.shp', { flags: 0x41 }))).toMatchObject({ code: 'zip-encrypted' });
    expect(await refusal(changed('.shp', { method: 99 }))).toMatchObject({ code: 'zip-encrypted' });
  });
  it('Deflate64', async () => {
    const problem = await refusal(changed('.shp', { method: 9 }));
    expect(problem).toMatchObject({ code: 'format-unsupported' });
    expect(problem.detail.zh).toMatch(/Deflate64/);
  });
  it('split', async () => {
    expect(await refusal(makeZip(layer, { disk: 2 }))).toMatchObject({ code: 'format-unsupported' });
  });
});

describe('layers of an archive are never chosen by order', () => {
  const two = makeZip([
    ...layerMembers({ stem: '甲/parcels' }),
    ...layerMembers({
      stem: '乙/parcels',
      shapes: [
        [
          [
            [36_600_000, 3_192_000],
            [36_600_000, 3_192_100],
            [36_600_100, 3_192_100],
            [36_600_000, 3_192_000],
          ],
        ],
      ],
    }),
  ]);
  it('two layers are a question, with the list', async () => {
    expect(await refusal(two)).toMatchObject({
      code: 'several-shapefiles',
      where: { candidates: ['乙/parcels', '甲/parcels'] },
    });
  });
  it('a sublayer answers it by path, with or without .shp', async () => {
    expect((await read(two, { sublayer: '乙/parcels' })).report.feature_count).toBe(1);
    expect((await read(two, { sublayer: '甲/PARCELS.shp' })).report.feature_count).toBe(2);
  });
  it('a stem that both have is still a question, one that none has is no-shapefile', async () => {
    expect(await refusal(two, { sublayer: 'parcels' })).toMatchObject({ code: 'several-shapefiles' });
    expect(await refusal(two, { sublayer: '丙' })).toMatchObject({
      code: 'no-shapefile',
      where: { candidates: ['乙/parcels', '甲/parcels'] },
    });
  });
  it('names that differ by case only are two layers, equal names are refused', async () => {
    const upper = layerMembers({ stem: 'PARCELS' });
    expect(await refusal(makeZip([...layer, ...upper]))).toMatchObject({
      code: 'several-shapefiles',
      where: { candidates: ['PARCELS', 'parcels'] },
    });
    expect((await read(makeZip([...layer, ...upper]), { sublayer: 'PARCELS' })).report.feature_count).toBe(2);
    expect(await refusal(makeZip([...layer, ...layer]))).toMatchObject({ code: 'several-shapefiles' });
  });
  it('a .dbf of another stem is not taken for the missing one', async () => {
    const zip = makeZip(layer.map((m) => (String(m.name).endsWith('.dbf') ? { ...m, name: 'other.dbf' } : m)));
    expect(await refusal(zip)).toMatchObject({
      code: 'dbf-missing',
      where: { file: 'parcels.shp', candidates: ['other.dbf'] },
    });
  });
  it('* joins all layers, each row keeping its file and its number there', async () => {
    const { report, rows } = await read(two, { sublayer: '*' });
    expect(report.layers).toEqual([
      { name: '乙/parcels', feature_count: 1 },
      { name: '甲/parcels', feature_count: 2 },
    ]);
    expect(rows.map((r) => [r.source_file, r.row])).toEqual([
      ['乙/parcels.shp', 1],
      ['甲/parcels.shp', 1],
      ['甲/parcels.shp', 2],
    ]);
    expect(report.bbox).toEqual([36_577_000, 3_192_000, 36_600_100, 3_192_100]);
  });
  it('* joins fields in any order and case, a number column beside a text one as text', async () => {
    const a = layerMembers({
      stem: 'a',
      columns: [{ name: 'DKBH' }, { name: 'MJ', type: 'N', width: 10, decimals: 2 }],
      rows: [
        ['1', '1.50'],
        ['2', '2.00'],
      ],
    });
    const b = layerMembers({
      stem: 'b',
      columns: [{ name: 'mj' }, { name: 'dkbh' }],
      rows: [
        ['约3', '3'],
        ['4', '4'],
      ],
    });
    const { report, rows } = await read(makeZip([...a, ...b]), { sublayer: '*' });
    expect(report.fields.map((f) => [f.name, f.type])).toEqual([
      ['DKBH', 'text'],
      ['MJ', 'text'],
    ]);
    expect(rows.map((r) => r.attributes['MJ'])).toEqual(['1.50', '2.00', '约3', '4']);
  });
  it('* warns of two encodings where both have text that depends on it, not where one is plain ASCII', async () => {
    const of = (stem: string, id: string, encoding: string) =>
      layerMembers({ stem, shapes: [plot(stem.charCodeAt(0))], rows: [[id]], dbf: { encoding } });
    const plain = await read(makeZip([...of('a', 'P1', 'utf8'), ...of('b', '丁市一号', 'gbk')]), { sublayer: '*' });
    expect(plain.report).toMatchObject({ encoding: { encoding: 'GB18030' }, warnings: [] });
    expect(plain.rows.map((r) => r.attributes['DKBH'])).toEqual(['P1', '丁市一号']);
    const both = await read(makeZip([...of('a', '丁市一号', 'utf8'), ...of('b', '丁市二号', 'gbk')]), {
      sublayer: '*',
    });
    expect(both.report).toMatchObject({
      encoding: { encoding: 'UTF-8+GB18030' },
      warnings: [{ code: 'encodings-differ' }],
    });
  });
  it('* refuses unlike fields, and unlike coordinate systems', async () => {
    const b = layerMembers({ stem: 'b', columns: [{ name: 'TBBH' }] });
    expect(await refusal(makeZip([...layer, ...b]), { sublayer: '*' })).toMatchObject({
      code: 'several-shapefiles',
      where: { field: 'TBBH' },
    });
    const geographic = layerMembers({
      stem: 'b',
      prj: 'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]',
      shapes: [
        [
          [
            [108.7, 28.8],
            [108.7, 28.9],
            [108.8, 28.9],
            [108.7, 28.8],
          ],
        ],
      ],
    });
    expect(await refusal(makeZip([...geographic, ...layer]), { sublayer: '*' })).toMatchObject({
      code: 'crs-conflict',
      where: { file: 'parcels.shp' },
    });
  });
});
