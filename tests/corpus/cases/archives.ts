/** Archives: broken, lying, bombs, slips, several layers, other formats (T1–T5), and odd ones that are sound. */
import { crc32, deflateRawSync } from 'node:zlib';
import { makeGeopackage } from '../../intake/make-geopackage.ts';
import { makeZip, type ZipMember } from '../../intake/make-zip.ts';
import { type Add, atOnce, cuts, group, load, refuse } from '../case.ts';
import { layer, plotM2, zipped } from '../shapes.ts';

const file = '地块.zip';
const good = zipped();
const two = load(2, { m2: 2 * plotM2 });
const note = (name: string | Buffer, more: Partial<ZipMember> = {}): ZipMember => ({
  name,
  data: Buffer.from('x'),
  ...more,
});
const withNote = (name: string | Buffer, more?: Partial<ZipMember>) => makeZip([...layer(), note(name, more)]);
const every = (more: Partial<ZipMember>) => makeZip(layer().map((member) => ({ ...member, ...more })));
const only = (end: string, more: Partial<ZipMember>) =>
  makeZip(layer().map((member) => (String(member.name).endsWith(end) ? { ...member, ...more } : member)));
const renamed = (name: (name: string) => string | Buffer, more: Partial<ZipMember> = {}) =>
  makeZip(layer().map((member) => ({ ...member, ...more, name: name(String(member.name)) })));
const gbkFolder = Buffer.from([0xb5, 0xd8, 0xbf, 0xe9, 0x2f]); // 地块/
const zeros = (mb: number) => Buffer.alloc(mb * 1024 * 1024);
/** one deflating serves for all of a size: it takes a second a piece */
const deflated = new Map<number, Pick<ZipMember, 'data' | 'deflated' | 'crc'>>();
function bomb(mb: number): Pick<ZipMember, 'data' | 'deflated' | 'crc'> {
  const known = deflated.get(mb);
  if (known) return known;
  const data = zeros(mb);
  const made = { data, deflated: deflateRawSync(data, { level: 1 }), crc: crc32(data) };
  deflated.set(mb, made);
  return made;
}

export const archives = group('archive', { to: 'parcel-set', file, fields: {} }, (add) => {
  for (const at of cuts(good.length))
    add(`cut after ${at} of ${good.length} bytes`, good.subarray(0, at), refuse('not-a-zip', { file }));
  broken(add);
  bombs(add);
  slips(add);
  closed(add);
  chosen(add);
  sound(add);
});

function broken(add: Add): void {
  const noise = Buffer.from(Array.from({ length: 5000 }, (_, i) => Math.imul(i, 2654435761) >>> 24));
  add('an empty file', Buffer.alloc(0), atOnce('validation', { field: 'file' }));
  add('noise', noise, refuse('not-a-zip', { file }));
  add(
    'noise behind the mark of a zip',
    Buffer.concat([Buffer.from('PK\x03\x04'), noise]),
    refuse('not-a-zip', { file }),
  );
  add('blanks', Buffer.alloc(4000, ' '), refuse('not-a-zip', { file }));
  add('zeros', Buffer.alloc(4000), refuse('not-a-zip', { file }));
  add('no end record', zipped({}, { withoutEnd: true }), refuse('not-a-zip', { file }));
  add('no entry at all', makeZip([]), refuse('no-shapefile', { file }));
  add('more entries stated than there are', zipped({}, { statedEntries: 40 }), refuse('not-a-zip', { file }));
  add(
    'fewer entries stated than there are',
    zipped({}, { statedEntries: 3 }),
    refuse(['not-a-zip', 'zip-unsafe'], { file }),
  );
  add(
    'the directory said to lie beyond the end',
    patched(good, (b, end) => b.writeUInt32LE(0xfffffff0, end + 16)),
    refuse('not-a-zip', { file }),
  );
  add(
    'the directory said to lie at the front',
    patched(good, (b, end) => b.writeUInt32LE(0, end + 16)),
    refuse('not-a-zip', { file }),
  );
  for (const end of ['shp', 'dbf', 'prj', 'shx'])
    add(
      `the checksum of .${end} is another`,
      only(end, { crc: 0x12345678 }),
      refuse('shapefile-corrupt', { file: `parcels.${end}` }),
    );
  add(
    'the deflated bytes of .shp are noise',
    only('shp', { deflated: noise.subarray(0, 200) }),
    refuse(['shapefile-corrupt', 'zip-unsafe']),
  );
  add(
    'the deflated bytes of .dbf break off',
    only('dbf', { deflated: Buffer.from([0xed, 0xc1]) }),
    refuse(['shapefile-corrupt', 'zip-unsafe'], { file: /parcels\.dbf|地块\.zip/ }),
  );
  add('an entry said to be longer than it is', only('dbf', { statedBytes: 5000 }), refuse('zip-unsafe', { file }));
  add('an entry said to be shorter than it is', only('shp', { statedBytes: 120 }), refuse('zip-unsafe', { file }));
  add(
    'an entry said to have 4 GB',
    only('shp', { statedBytes: 0xfffffffe }),
    refuse(['too-large', 'zip-unsafe'], { file }),
  );
  add(
    'local headers that are none',
    patched(good, (b) => b.fill(0, 0, 4)),
    refuse(['not-a-zip'], { file }),
  );
}

/** `change` gets the place of the end record. */
function patched(zip: Buffer, change: (copy: Buffer, end: number) => void): Buffer {
  const copy = Buffer.from(zip);
  change(copy, copy.lastIndexOf('PK\x05\x06', undefined, 'latin1'));
  return copy;
}

function bombs(add: Add): void {
  const big = ['too-large', 'zip-unsafe'] as const;
  add('a .shp of 210 MB of zeros, over 200 to one', () => only('shp', bomb(210)), refuse(big));
  add(
    'a .shp of 210 MB that is said to have 1 kB',
    () => only('shp', { ...bomb(210), statedBytes: 1000 }),
    refuse(big),
  );
  add(
    'a .dbf of 210 MB that is said to have 190',
    () => only('dbf', { ...bomb(210), statedBytes: 190 * 1024 * 1024 }),
    refuse(big),
  );
  add(
    'three entries of 190 MB',
    () => makeZip([...layer(), ...['a', 'b', 'c'].map((name) => note(name, bomb(190)))]),
    refuse('too-large', { file }),
  );
  add(
    '1,001 entries',
    () => makeZip([...layer(), ...Array.from({ length: 997 }, (_, i) => note(`n${i}`))]),
    refuse('zip-unsafe', { file }),
  );
  add(
    '65,000 entries stated, one kernel of 60,000 bytes under all',
    () =>
      makeZip(
        Array.from({ length: 65_000 }, (_, i) =>
          note(`n${i}`, { data: Buffer.alloc(60_000), ...(i === 0 ? {} : { sameAs: 0, deflated: Buffer.alloc(0) }) }),
        ),
      ),
    refuse('zip-unsafe', { file }),
  );
  add(
    'two entries over the same bytes',
    makeZip([...layer(), note('again.shp', { sameAs: 0, data: layer()[0]!.data })]),
    refuse('zip-unsafe', { file }),
  );
  add(
    '900 entries over one kernel',
    () =>
      makeZip([
        note('0', { data: zeros(8) }),
        ...Array.from({ length: 900 }, (_, i) => note(`k${i}`, { data: Buffer.alloc(8), sameAs: 0 })),
      ]),
    refuse(big, { file }),
  );
  add('an archive in it', withNote('inner.zip', { data: good }), refuse('zip-unsafe', { file }));
  add(
    'sixteen archives of sixteen, as 42.zip',
    () => {
      const nest = (depth: number): Buffer =>
        makeZip(
          Array.from({ length: 16 }, (_, i) => ({
            name: `lib ${i}.zip`,
            data: depth === 0 ? zeros(1) : nest(depth - 1),
          })),
        );
      return nest(1);
    },
    refuse('zip-unsafe', { file }),
  );
  for (const end of ['rar', '7z', 'tgz', 'gz', 'ZIP'])
    add(`a .${end} in it`, withNote(`data/inner.${end}`), refuse('zip-unsafe', { file }));
}

function slips(add: Add): void {
  const names: [string, string | Buffer][] = [
    ['../ before its name', '../evil.shp'],
    ['../ within its name', 'a/../../evil.txt'],
    ['nothing but ..', '..'],
    ['an absolute path', '/etc/passwd'],
    ['a drive letter', 'C:/Windows/evil.dll'],
    ['a drive letter and backslashes', 'C:\\Windows\\evil.dll'],
    ['..\\ before its name', '..\\evil.txt'],
    ['a share of a network', '\\\\server\\share\\evil.txt'],
    ['a NUL in its name', 'parcels.shp\0.txt'],
    ['a line end in its name', 'a\nb.txt'],
    ['an escape sequence in its name', '\x1b[2J.txt'],
    ['DEL in its name', 'a\x7f.txt'],
    ['a control character of the second set, in UTF-8', Buffer.from([0xc2, 0x9b, 0x41])],
  ];
  for (const [what, name] of names) add(`an entry with ${what}`, withNote(name), refuse('zip-unsafe', { file }));
  const kinds = {
    'a symbolic link': 0o120777,
    'a block device': 0o060660,
    'a character device': 0o020666,
    'a pipe': 0o010644,
    'a socket': 0o140755,
  };
  for (const [what, unixMode] of Object.entries(kinds))
    add(`an entry that is ${what}`, withNote('link', { unixMode }), refuse('zip-unsafe', { file }));
  add('its .shp is a symbolic link', only('shp', { unixMode: 0o120777 }), refuse('zip-unsafe', { file }));
}

function closed(add: Add): void {
  add('a password', every({ flags: 1 }), refuse('zip-encrypted', { file }));
  add('a password of AES', every({ method: 99, flags: 1 }), refuse('zip-encrypted', { file }));
  add('strong encryption', every({ flags: 0x41 }), refuse('zip-encrypted', { file }));
  add('a password on .dbf alone', only('dbf', { flags: 1 }), refuse('zip-encrypted', { file }));
  add('one volume of several', zipped({}, { disk: 1 }), refuse('format-unsupported', { file }));
  for (const [name, method] of Object.entries({
    Deflate64: 9,
    BZIP2: 12,
    LZMA: 14,
    Zstandard: 93,
    XZ: 95,
    'an unknown method': 77,
  }))
    add(`compressed by ${name}`, only('shp', { method }), refuse('format-unsupported', { file }));
  const heads: [string, string | Buffer][] = [
    ['RAR', 'Rar!\x1a\x07\x01\x00'], ['7z', Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c])], ['gzip', Buffer.from([0x1f, 0x8b, 8])],
    ['bzip2', 'BZh91AY&SY'], ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])], ['Zstandard', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
    ['tar', Buffer.concat([Buffer.alloc(257), Buffer.from('ustar\x0000')])], ['a program', 'MZ\x90\0'], ['a bare .shp', layer()[0]!.data],
    ['a bare .dbf', layer()[2]!.data], ['an Access database', '\0\x01\0\0Standard Jet DB\0'], ['an old workbook', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1])],
    ['PDF', '%PDF-1.7\n'], ['DWG', 'AC1032\0'], ['DXF', '  0\r\nSECTION\r\n'], ['a TIFF', 'II*\0\x08\0\0\0'], ['a PNG', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10])],
    ['a JPEG', Buffer.from([0xff, 0xd8, 0xff, 0xe0])], ['GML', '<?xml version="1.0"?><gml:FeatureCollection xmlns:gml="x"/>'], ['XML', '<?xml version="1.0"?><a/>'],
    ['a web page', '<!DOCTYPE html><html><body>登录</body></html>'], ['VCT', 'HeadBegin\r\nDatamark:LANDUSE-VCT\r\n'], ['MIF', 'Version 300\nCharset "WindowsSimpChinese"\n'], ['FlatGeobuf', 'fgb\x03fgb\0'],
  ]; // biome-ignore format: a table
  for (const [name, head] of heads)
    add(
      `not a zip but ${name}`,
      typeof head === 'string' ? Buffer.from(head, 'latin1') : head,
      refuse('format-unsupported', { file }),
    );
  for (const [what, name] of Object.entries({
    'a Word document': 'word/document.xml',
    'an Access database': '库.mdb',
    'a drawing': '图.dwg',
    'a MapInfo table': '图.TAB',
    'a raster': 'dem.tif',
  }))
    add(`a zip of ${what}`, makeZip([note(name)]), refuse('format-unsupported', { file }));
  add('a zip of pictures and texts', makeZip([note('说明.docx'), note('照片.jpg')]), refuse('no-shapefile', { file }));
  add(
    'a GeoPackage with the journal of its last writer',
    makeZip([{ name: 'a.gpkg', data: makeGeopackage() }, note('a.gpkg-wal', { data: Buffer.alloc(4096, 1) })]),
    refuse('geopackage-corrupt'),
  );
}

function chosen(add: Add): void {
  const other = layer({ stem: 'others' });
  const both = makeZip([...layer(), ...other]);
  const inFolders = makeZip([...layer({ stem: '甲/parcels' }), ...layer({ stem: '乙/parcels' })]);
  add('two layers', both, refuse('several-shapefiles', { file, candidates: ['others', 'parcels'] }));
  add(
    'one stem in two folders',
    inFolders,
    refuse('several-shapefiles', { file, candidates: ['乙/parcels', '甲/parcels'] }),
  );
  add('one stem in two folders, asked for by its bare name', inFolders, refuse('several-shapefiles', { file }), {
    fields: { sublayer: 'parcels' },
  });
  add('one name twice', makeZip([...layer(), layer()[0]!]), refuse('several-shapefiles', { file }));
  add(
    'names that differ in case alone, of one kind',
    makeZip([...layer(), { ...layer()[0]!, name: 'PARCELS.SHP' }]),
    refuse(['several-shapefiles', 'dbf-missing']),
  );
  add(
    'a shapefile beside a GeoPackage',
    makeZip([...layer(), { name: 'a.gpkg', data: makeGeopackage() }]),
    refuse('several-shapefiles', { file }),
  );
  add(
    'two layers, one asked for that is not there',
    both,
    refuse('no-shapefile', { candidates: ['others', 'parcels'] }),
    { fields: { sublayer: '没有' } },
  );
  add('two layers, asked for in SQL', both, refuse('no-shapefile', { file }), {
    fields: { sublayer: `others'; drop table parcel; --` },
  });
  add(
    'all of two layers of unlike fields',
    makeZip([...layer(), ...layer({ stem: 'others', columns: [{ name: 'XMBH' }] })]),
    refuse('several-shapefiles', { field: /^(DKBH|XMBH)$/ }),
    { fields: { sublayer: '*' } },
  );
  add('all of two layers, ids repeated', both, refuse('duplicate-parcel-id', { file: 'others.shp', rows: [1, 2] }), {
    fields: { sublayer: '*' },
  });
  add(
    'a .shp and a .dbf of different stems',
    makeZip(layer().map((m) => (m.name === 'parcels.dbf' ? { ...m, name: '属性.dbf' } : m))),
    refuse('dbf-missing', { file: 'parcels.shp', candidates: ['属性.dbf'] }),
  );
  add('two layers, one asked for', both, two, { fields: { sublayer: 'others' } });
  add('two layers, one asked for by its folder', inFolders, two, { fields: { sublayer: '甲/parcels' } });
  add('two layers, one asked for in other case, with its ending', both, two, { fields: { sublayer: 'OTHERS.SHP' } });
  add(
    'all of two layers of like fields',
    makeZip([...layer(), ...layer({ stem: 'others', rows: [['P3'], ['P4']] })]),
    load(4, { m2: 4 * plotM2 }),
    { fields: { sublayer: '*' } },
  );
}

function sound(add: Add): void {
  add('stored, not deflated', every({ method: 0 }), two);
  add('sizes behind the data', every({ descriptor: true }), two);
  add('ZIP64', every({ zip64: true }), two);
  add('a comment', zipped({}, { comment: '2023年补充耕地' }), two);
  add('a comment that holds the mark of an end record', zipped({}, { comment: 'PK\x05\x06 of the kind' }), two);
  add('called .rar', good, two, { file: '地块.rar' });
  add('called .shp', good, two, { file: '地块.shp' });
  add('called nothing', good, two, { file: '' });
  add('called by a path', good, two, { file: '../../../etc/地块.zip' });
  add('called in SQL and HTML', good, two, { file: `'; drop table job; --<img src=x onerror=alert(1)>.zip` });
  add('called by 3,000 letters', good, two, { file: `${'长'.repeat(900)}.zip` });
  add(
    'folders in folders of Chinese names',
    renamed((name) => `2023年/酉阳县/第一批（修改）/${name}`),
    two,
  );
  add(
    'names in GBK without a flag',
    renamed((name) => Buffer.concat([gbkFolder, Buffer.from(name)])),
    two,
  );
  add(
    'backslashes between folders',
    renamed((name) => `数据\\成果\\${name}`),
    two,
  );
  add(
    'entries for folders',
    makeZip([note('data/', { data: Buffer.alloc(0) }), ...layer({ stem: 'data/parcels' })]),
    two,
  );
  add(
    'what macOS adds',
    makeZip([note('__MACOSX/._parcels.shp'), note('__MACOSX/._parcels.dbf'), note('.DS_Store'), ...layer()]),
    two,
  );
  add('what Windows adds', makeZip([note('Thumbs.db'), note('desktop.ini'), ...layer()]), two);
  add(
    'upper-case endings',
    renamed((name) => name.toUpperCase()),
    two,
  );
  add(
    'endings and stems of mixed case',
    renamed((name) => (name.endsWith('dbf') ? 'Parcels.DBF' : name)),
    two,
  );
  add(
    'a stem spelt in two Unicode forms',
    makeZip(layer().map((m, i) => ({ ...m, name: `${i % 2 ? 'é' : 'e\u0301'}.${String(m.name).slice(-3)}` }))),
    two,
  );
  add(
    'dots and blanks in the stem',
    renamed((name) => `2023.v2 (最终 版).${name.slice(-3)}`),
    two,
  );
  add(
    'side files of programs',
    makeZip([...layer(), ...['sbn', 'sbx', 'shp.xml', 'qix', 'cst', 'qmd'].map((end) => note(`parcels.${end}`))]),
    two,
  );
  add('a readme and a picture beside it', makeZip([...layer(), note('说明.txt'), note('缩略图.png')]), two);
  add('a KML beside it', makeZip([...layer(), note('地块.kml')]), load(2, { told: ['archive-others'] }));
  add('a table of another name beside it', makeZip([...layer(), { name: '台账.dbf', data: layer()[2]!.data }]), two);
  add('an entry of no bytes', withNote('空.txt', { data: Buffer.alloc(0) }), two);
  add('an archive in it that is called otherwise', withNote('inner.dat', { data: good }), two);
  add('1,000 entries', () => makeZip([...layer(), ...Array.from({ length: 996 }, (_, i) => note(`n${i}`))]), two);
  add('ordinary rights of Unix', every({ unixMode: 0o100644 }), two);
  add('an entry named in HTML', withNote('<script>alert(1)</script>.txt'), two);
  add('an entry named right to left', withNote('a\u202etxt.exe'), two);
  add('an entry of a name of 60,000 letters', withNote('a'.repeat(60_000)), two);
  add(
    'a table of blanks, over 200 to one',
    () => {
      const columns = [{ name: 'DKBH' }, ...Array.from({ length: 20 }, (_, i) => ({ name: `B${i}`, width: 254 }))];
      const shapes = Array.from({ length: 300 }, (_, i) => layerShape(i));
      return zipped({ shapes, columns, rows: shapes.map((_, i) => [`P${i}`]) });
    },
    load(300, { m2: 300 * 100 }),
  );
}

const layerShape = (i: number) => [[[36_500_000 + 20 * i, 3_192_000], [36_500_000 + 20 * i, 3_192_010], [36_500_010 + 20 * i, 3_192_010], [36_500_010 + 20 * i, 3_192_000], [36_500_000 + 20 * i, 3_192_000]] as [number, number][]]; // biome-ignore format: one square
