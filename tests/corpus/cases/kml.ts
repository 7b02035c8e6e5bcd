/** KML and KMZ: entities, links, depth, numbers, the GCJ-02 question (T1, T11, T13, T14, T21). */
import iconv from 'iconv-lite';
import type { Point } from '../../intake/make-shapefile.ts';
import { makeZip } from '../../intake/make-zip.ts';
import { type Add, cuts, type Expected, group, load, refuse } from '../case.ts';
import { degrees, degreesM2, swapped, twoM2 } from '../shapes.ts';

const file = '地块.kml';
const bad = (row?: number) => refuse('kml-invalid', row === undefined ? { file } : { file, row });
const two = load(2, { m2: twoM2 });
const one = load(1, { m2: degreesM2(degrees(0)) });
const words = (ring: Point[]) => ring.map((p) => p.join(',')).join(' ');
const boundary = (text: string, kind = 'outer') =>
  `<${kind}BoundaryIs><LinearRing><coordinates>${text}</coordinates></LinearRing></${kind}BoundaryIs>`;
const polygon = (text: string) => `<Polygon>${boundary(text)}</Polygon>`;
const placemark = (n: number, inside = polygon(words(degrees(n))), data = '') =>
  `<Placemark><name>K${n + 1}</name><ExtendedData><Data name="DKBH"><value>K${n + 1}</value></Data>${data}</ExtendedData>${inside}</Placemark>`;
const document = (inside: string, head = '<?xml version="1.0" encoding="UTF-8"?>') =>
  `${head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>${inside}</Document></kml>`;
const good = document(placemark(0) + placemark(1));
const second = (inside: string) => document(placemark(0) + placemark(1, inside));
const data = (text: string) => document(placemark(0, undefined, text) + placemark(1));

export const kmls = group('kml', { to: 'parcel-set', file, fields: { srid: '4490' } }, (add) => {
  for (const at of cuts(good.length))
    add(
      `cut after ${at} of ${good.length} letters`,
      good.slice(0, at),
      at < 60 ? refuse(['not-a-zip', 'format-unsupported', 'kml-invalid'], { file }) : bad(),
    );
  xml(add);
  content(add);
  numbers(add);
});

function xml(add: Add): void {
  const doctype = (inside: string, use = '') =>
    document(placemark(0) + placemark(1).replace('K2', `K2${use}`), `<?xml version="1.0"?><!DOCTYPE kml ${inside}>`);
  add(
    'a billion laughs',
    doctype(
      `[<!ENTITY a "ha">${'bcdefghij'
        .split('')
        .map((n, i) => `<!ENTITY ${n} "${`&${'abcdefghi'[i]};`.repeat(10)}">`)
        .join('')}]`,
      '&j;',
    ),
    bad(),
  );
  add('an entity of a file', doctype('[<!ENTITY x SYSTEM "file:///etc/passwd">]', '&x;'), bad());
  add('an entity of a server', doctype('[<!ENTITY x SYSTEM "http://169.254.169.254/latest">]', '&x;'), bad());
  add('entities of parameters', doctype('[<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd"> %p;]'), bad());
  add('an entity that nobody declared', doctype('', '&nbsp;'), bad());
  add('an entity named as every object has it', good.replace('K1', '&constructor;'), bad());
  add('a doctype of a server, and nothing more', doctype('SYSTEM "http://127.0.0.1/kml.dtd"'), two);
  add('an inclusion', data('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'), two);
  add('a style sheet', good.replace('?>', '?><?xml-stylesheet href="http://127.0.0.1/x.xsl"?>'), two);
  add('100,000 elements deep', document('<Folder>'.repeat(100_000)), bad());
  add('70 elements deep', document(`${'<Folder>'.repeat(70)}${'</Folder>'.repeat(70)}`), bad());
  add('30 folders deep', document('<Folder>'.repeat(30) + placemark(0) + '</Folder>'.repeat(30)), one);
  add('elements that cross', good.replace('</ExtendedData>', '</Placemark>'), bad());
  add('an attribute twice', good.replace('<Data name="DKBH">', '<Data name="DKBH" name="X">'), bad());
  add(
    'an attribute of two million letters',
    good.replace('<Data name="DKBH">', `<Data name="${'x'.repeat(2_000_000)}">`),
    load(2),
  );
  add('a bare ampersand', good.replace('K1', 'K&1'), bad());
  add('a raw control character', good.replace('K1', 'K\x01'), bad());
  add('a reference to NUL', good.replace('K1', 'K&#0;'), bad());
  add('a reference beyond Unicode', good.replace('K1', 'K&#x7fffffff;'), bad());
  add(
    'a name with a prefix',
    good.replaceAll(/<(\/?)(kml|Document|Placemark|Polygon)/g, '<$1k:$2').replace('xmlns=', 'xmlns:k='),
    two,
  );
  add('no declaration', good.replace(/^<\?xml.*?\?>/, ''), two);
  add('a mark of UTF-8', `\uFEFF${good}`, two);
  add('UTF-16 with its mark', Buffer.from(`\uFEFF${good.replace('UTF-8', 'UTF-16')}`, 'utf16le'), two);
  add('GBK, declared', iconv.encode(good.replace('UTF-8', 'GBK').replaceAll('K1', '一号'), 'gbk'), two);
  add(
    'GBK, declared UTF-8',
    iconv.encode(good.replaceAll('K1', '一号'), 'gbk'),
    refuse('encoding-undetermined', { file }),
  );
  add('an encoding that is not', good.replace('UTF-8', 'KLINGON'), bad());
  add(
    'an Ovital file',
    good.replace('<Document>', '<Document><!-- ovital -->').replaceAll('kml', 'ovkml'),
    refuse(['format-unsupported', 'kml-invalid'], { file }),
  );
}

function content(add: Add): void {
  add('nobody vouches for its offset', good, refuse('crs-unknown', { file, candidates: ['EPSG:4490'] }), {
    fields: { srid: '' },
  });
  add('vouched for in a plane', good, refuse(['crs-conflict', 'coordinate-outside-crs'], { file }), {
    fields: { srid: '4524' },
  });
  add('no placemark', document(''), refuse('geometry-empty', { file }));
  add(
    'placemarks of points alone',
    document(placemark(0, '<Point><coordinates>108,28.8</coordinates></Point>')),
    refuse('geometry-empty', { file }),
  );
  add(
    'a point beside polygons',
    second('<Point><coordinates>108,28.8</coordinates></Point>'),
    load(1, { told: ['points-left-out'] }),
  );
  add(
    'a line',
    second('<LineString><coordinates>108,28.8 108.1,28.8</coordinates></LineString>'),
    refuse('geometry-type', { file, row: 2 }),
  );
  add(
    'a track',
    second('<gx:Track><gx:coord>108 28.8 0</gx:coord></gx:Track>'),
    refuse('geometry-type', { file, row: 2 }),
  );
  add('a placemark without a shape', second(''), load(2, { told: ['shape-empty'] }));
  add(
    'links to servers alone',
    document('<NetworkLink><Link><href>http://127.0.0.1/x.kml</href></Link></NetworkLink>'),
    bad(),
  );
  add(
    'a link beside polygons',
    document(`<NetworkLink><Link><href>file:///etc/passwd</href></Link></NetworkLink>${placemark(0)}`),
    load(1, { told: ['links-not-followed'] }),
  );
  add('a placemark in a placemark', document(`<Placemark>${placemark(0)}</Placemark>`), bad(1));
  add('a polygon without an outer ring', second(`<Polygon>${boundary(words(degrees(1)), 'inner')}</Polygon>`), bad(2));
  add(
    'a polygon of two outer rings',
    second(`<Polygon>${boundary(words(degrees(1)))}${boundary(words(degrees(2)))}</Polygon>`),
    bad(2),
  );
  add('a polygon of no coordinates', second(polygon('')), load(2, { told: ['shape-empty'] }));
  add(
    'many polygons in one',
    second(
      `<MultiGeometry>${polygon(words(degrees(1)))}<MultiGeometry>${polygon(words(degrees(2)))}</MultiGeometry></MultiGeometry>`,
    ),
    load(2, { m2: degreesM2(degrees(0), degrees(1), degrees(2)) }),
  );
  add(
    'HTML in its descriptions',
    good.replace(
      '<name>K1</name>',
      '<name>K1</name><description><![CDATA[<script>alert(1)</script><table><tr><td>]]></description>',
    ),
    two,
  );
  add(
    'data named of every object',
    data('<Data name="__proto__"><value>x</value></Data><Data name="constructor"><value>y</value></Data>'),
    load(2, { told: ['field-renamed'] }),
  );
  add(
    'data named in SQL',
    data(`<Data name="&quot;; drop table parcel; --"><value>'; delete from job; --</value></Data>`),
    two,
  );
  add('data without a name', data('<Data><value>x</value></Data>'), two);
  add(
    '2,100 data',
    data(Array.from({ length: 2100 }, (_, i) => `<Data name="d${i}"><value>${i}</value></Data>`).join('')),
    refuse('too-large', { file }),
  );
  const kmz = (members: Parameters<typeof makeZip>[0]) => makeZip(members);
  add(
    'a KMZ',
    kmz([
      { name: 'doc.kml', data: Buffer.from(good) },
      { name: 'files/a.png', data: Buffer.from('x') },
    ]),
    two,
    { file: '地块.kmz' },
  );
  add(
    'a KMZ of two documents',
    kmz(['a', 'b'].map((n) => ({ name: `${n}.kml`, data: Buffer.from(good) }))),
    refuse('several-shapefiles', { file: '地块.kmz' }),
    { file: '地块.kmz' },
  );
  add(
    'a KMZ of noise',
    kmz([{ name: 'doc.kml', data: Buffer.alloc(100, 7) }]),
    refuse(['kml-invalid', 'not-a-zip', 'format-unsupported']),
    { file: '地块.kmz' },
  );
}

function numbers(add: Add): void {
  const vertex = (what: string, text: string, expected: Expected) =>
    add(`a coordinate ${what}`, second(polygon(swapped(words(degrees(1)), '108.003,28.801', text))), expected);
  const invalid = refuse('coordinate-invalid', { file, row: 2 });
  const outside = refuse('coordinate-outside-crs', { file, row: 2 });
  vertex('NaN', 'NaN,28.801', invalid);
  vertex('-1.#IND', '-1.#IND,28.801', invalid);
  vertex('1e999', '1e999,28.801', invalid);
  vertex('1e300', '1e300,1e300', invalid);
  vertex('in words', '东经108度,28.801', bad(2));
  vertex('in degrees and minutes', '108°0′11″,28°48′4″', bad(2));
  vertex('without its second', '108.003', bad(2));
  vertex('of hexadecimal', '0x6c,0x1c', bad(2));
  vertex('0, 0', '0,0', outside);
  vertex('of other axes', '28.801,108.003', outside);
  vertex('with a height', '108.003,28.801,812.55', two);
  vertex('with a blank behind its comma', '108.003, 28.801', two);
  vertex('as a power', '1.08003e2,2.8801E1', two);
  add('line ends and tabs between coordinates', good.replaceAll(' 108', '\r\n\t108'), two);
}
