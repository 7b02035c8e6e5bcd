import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { polygonsIn, type ReadOptions, read, refusal } from './reading.ts';

const name = '地块.kml';
const vouched: ReadOptions = { name, srid: 4490 };
const head = '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">';
const document = (inner: string) => `${head}<Document><name>项目</name>${inner}</Document></kml>`;
const corners = (x = 108.8, y = 28.8, size = 0.001): [number, number][] => [
  [x, y],
  [x + size, y],
  [x + size, y + size],
  [x, y + size],
  [x, y],
];
const coordinates = (points: [number, number][], tail = ',0') => points.map((p) => p.join(',') + tail).join(' ');
const ring = (points: [number, number][]) =>
  `<LinearRing><coordinates>${coordinates(points)}</coordinates></LinearRing>`;
const polygon = (outer = corners(), ...holes: [number, number][][]) =>
  `<Polygon><outerBoundaryIs>${ring(outer)}</outerBoundaryIs>${holes.map((h) => `<innerBoundaryIs>${ring(h)}</innerBoundaryIs>`).join('')}</Polygon>`;
const placemark = (geometry = polygon(), inner = '<name>D1</name>') => `<Placemark>${inner}${geometry}</Placemark>`;
const point = '<Point><coordinates>108.8,28.8</coordinates></Point>';

describe('a KML is read', () => {
  it('with its names, descriptions, data and folders', async () => {
    const hole = corners(108.8002, 28.8002, 0.0002);
    const { report, rows } = await read(
      document(`
        <Schema name="s" id="s"><SimpleField type="double" name="面积"/><SimpleField type="string" name="编号"/></Schema>
        <Folder><name>龙潭镇</name><Folder><name>一期</name>
          ${placemark(polygon(corners(), hole), '<name>甲 &amp; 乙</name><description><![CDATA[<b>旱地</b>]]></description><ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="面积">1.50</SimpleData><SimpleData name="编号">0012</SimpleData></SchemaData><Data name="备注"><displayName>x</displayName><value>好</value></Data></ExtendedData>')}
        </Folder></Folder>
        ${placemark(`<MultiGeometry>${polygon()}<MultiGeometry>${polygon(corners(108.81))}</MultiGeometry></MultiGeometry>`)}`),
      vouched,
    );
    expect(report).toMatchObject({
      format: 'kml',
      layers: [{ name: '地块', feature_count: 2 }],
      crs: { srid: 4490, source: 'user' },
      encoding: { encoding: 'UTF-8', declared: 'UTF-8' },
    });
    expect(report.fields).toEqual([
      { name: '面积', type: 'number' },
      { name: '编号', type: 'text' },
      { name: 'name', type: 'text' },
      { name: 'description', type: 'text' },
      { name: '备注', type: 'text' },
      { name: 'folder', type: 'text' },
    ]);
    expect(rows.map((row) => row.attributes)).toEqual([
      { name: '甲 & 乙', description: '<b>旱地</b>', 面积: 1.5, 编号: '0012', 备注: '好', folder: '项目/龙潭镇/一期' },
      { name: 'D1', description: null, 面积: null, 编号: null, 备注: null, folder: '项目' },
    ]);
    expect(polygonsIn(rows[0]!.wkb!)).toEqual([[corners(), hole]]);
    expect(polygonsIn(rows[1]!.wkb!)).toEqual([[corners()], [corners(108.81)]]);
  });

  it.each<[string, Buffer | string, ReadOptions?]>([
    ['with a mark of UTF-8', `\uFEFF${document(placemark())}`],
    ['in UTF-16', Buffer.from(`\uFEFF${document(placemark()).replace('UTF-8', 'UTF-16')}`, 'utf16le')],
    ['in GBK by its declaration', iconv.encode(document(placemark()).replace('UTF-8', 'GB2312'), 'gbk')],
    ['in GBK by a person', iconv.encode(document(placemark()), 'gbk'), { encoding: 'GBK' }],
    [
      'with a prefix',
      document(placemark())
        .replaceAll(/<(\/?)([A-Z]\w+|kml|name|coordinates|outerBoundaryIs)/g, '<$1k:$2')
        .replace('xmlns', 'xmlns:k'),
    ],
    ['of Google Earth 2.0', document(placemark()).replace('www.opengis.net/kml/2.2', 'earth.google.com/kml/2.0')],
    ['with spaces after commas', document(placemark()).replaceAll(',', ', ')],
    ['without altitudes', document(placemark()).replaceAll(',0 ', ' ').replaceAll(',0<', '<')],
    ['after a comment', document(placemark()).replace('<kml', '<!-- by hand --><kml')],
  ])('%s', async (_, bytes, more) => {
    const { rows } = await read(bytes, { ...vouched, ...more });
    expect(polygonsIn(rows[0]!.wkb!)).toEqual([[corners()]]);
    expect(rows[0]!.attributes).toEqual({ name: 'D1', folder: '项目' });
  });

  it('an unclosed ring is closed, an empty polygon is a row without shape', async () => {
    const { rows } = await read(document(placemark(polygon(corners().slice(0, 4))) + placemark('<Polygon/>')), vouched);
    expect(rows[0]!.faults).toMatchObject([{ code: 'ring-not-closed' }]);
    expect(rows[1]!.wkb).toBeNull();
  });

  it('points are labels and are left out with a word; links are not followed', async () => {
    const link = '<NetworkLink><Link><href>http://127.0.0.1:1/x.kml</href></Link></NetworkLink>';
    const { report, rows } = await read(
      document(`${placemark(point)}${placemark(`<MultiGeometry>${point}${polygon()}</MultiGeometry>`)}${link}`),
      vouched,
    );
    expect(rows.map((row) => row.row)).toEqual([2]);
    expect(report.warnings.map((w) => [w.code, w.where?.row])).toEqual([
      ['points-left-out', 1],
      ['geometry-parts-left-out', 2],
      ['links-not-followed', undefined],
      ['kml-offset-vouched', undefined],
    ]);
  });

  it('of one folder where one is asked for', async () => {
    const folders = ['甲', '乙'].map((f) => `<Folder><name>${f}</name>${placemark()}</Folder>`).join('');
    const { report, rows } = await read(document(folders), { ...vouched, sublayer: '乙' });
    expect(report.feature_count).toBe(1);
    expect(rows[0]).toMatchObject({ row: 2, attributes: { folder: '项目/乙' } });
    expect(await refusal(document(folders), { ...vouched, sublayer: '丙' })).toMatchObject({
      code: 'no-shapefile',
      where: { candidates: ['项目', '甲', '乙'] },
    });
  });
});

describe('the GCJ-02 offset', () => {
  it('is asked about before anything is verified', async () => {
    const problem = await refusal(document(placemark()), { name });
    expect(problem).toMatchObject({ code: 'crs-unknown', where: { file: name, candidates: ['EPSG:4490'] } });
    expect(problem.detail.zh).toMatch(/奥维.*GCJ-02.*srid=4490/);
  });
  it.each([4490, 4326])('is vouched for by the srid %i, and the report says so', async (srid) => {
    const { report } = await read(document(placemark()), { name, srid });
    expect(report.crs).toMatchObject({ srid: 4490, epsg_found: srid, source: 'user' });
    expect(report.warnings).toMatchObject([{ code: 'kml-offset-vouched' }]);
  });
  it('is not vouched for by a system that KML is never in', async () => {
    expect(await refusal(document(placemark()), { name, srid: 4524 })).toMatchObject({ code: 'crs-conflict' });
    expect(await refusal(document(placemark()), { name, srid: 2360 })).toMatchObject({ code: 'crs-unsupported-datum' });
  });
});

describe('a KML that lies is refused with its place', () => {
  const good = placemark();
  const lol = '<!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>';
  const withRing = (text: string) =>
    good +
    placemark(
      `<Polygon><outerBoundaryIs><LinearRing><coordinates>${text}</coordinates></LinearRing></outerBoundaryIs></Polygon>`,
    );
  it.each<[string, string | Buffer, string, object]>([
    ['cut short', document(good).slice(0, -30), 'kml-invalid', {}],
    ['of a root alone', head, 'kml-invalid', {}],
    ['with a tag that is not closed', document('<Placemark><name></Placemark>'), 'kml-invalid', { row: 1 }],
    ['with entities of its own', document(good).replace('<kml', `${lol}<kml`), 'kml-invalid', {}],
    [
      'with an entity that reads a file',
      document(good).replace('<kml', '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml'),
      'kml-invalid',
      {},
    ],
    ['with an unknown entity', document(good.replace('D1', '&nbsp;')), 'kml-invalid', { row: 1 }],
    ['with an entity of JavaScript', document(good.replace('D1', '&constructor;')), 'kml-invalid', { row: 1 }],
    ['65 deep', document('<Folder>'.repeat(70)), 'kml-invalid', {}],
    ['with a placemark in a placemark', document(`<Placemark>${good}</Placemark>`), 'kml-invalid', { row: 1 }],
    ['with words for coordinates', document(withRing('甲,乙 1,2')), 'kml-invalid', { row: 2 }],
    ['with one number for a point', document(withRing('108.8 28.8')), 'kml-invalid', { row: 2 }],
    ['with a hexadecimal number', document(withRing('0x10,1 2,2 3,3 0x10,1')), 'kml-invalid', { row: 2 }],
    [
      'with two outer boundaries',
      document(placemark(`<Polygon>${polygon().slice(9, -10)}${polygon().slice(9, -10)}</Polygon>`)),
      'kml-invalid',
      { row: 1 },
    ],
    ['with NaN', document(withRing('NaN,28.8 108.8,28.9 108.9,28.9 NaN,28.8')), 'coordinate-invalid', { row: 2 }],
    ['with 1e300', document(withRing('1e300,28.8 108.8,28.9 108.9,28.9 1e300,28.8')), 'coordinate-invalid', { row: 2 }],
    ['with swapped axes', document(placemark(polygon(corners(28.8, 108.8)))), 'coordinate-outside-crs', { row: 1 }],
    [
      'in metres',
      document(placemark(polygon(corners(36_577_000, 3_192_000, 100)))),
      'coordinate-outside-crs',
      { row: 1 },
    ],
    [
      'of lines',
      document(good + placemark('<LineString><coordinates>108,28 109,29</coordinates></LineString>')),
      'geometry-type',
      { row: 2 },
    ],
    ['of points', document(placemark(point)), 'geometry-empty', {}],
    [
      'of links',
      document('<NetworkLink><Link><href>http://127.0.0.1:1/x.kml</href></Link></NetworkLink>'),
      'kml-invalid',
      {},
    ],
    ['without placemarks', document(''), 'geometry-empty', {}],
    ['of text that is not UTF-8', iconv.encode(document(good), 'gbk'), 'encoding-undetermined', {}],
    ['of an encoding that does not exist', document(good).replace('UTF-8', 'KLINGON'), 'kml-invalid', {}],
  ])('%s', async (_, bytes, code, where) => {
    expect(await refusal(bytes, vouched)).toMatchObject({ code, where: { file: name, ...where } });
  });
  it('past a limit', async () => {
    const many = document(placemark() + placemark());
    expect(await refusal(many, { ...vouched, limits: { features: 1 } })).toMatchObject({ code: 'too-many-features' });
    expect(await refusal(many, { ...vouched, limits: { verticesPerFeature: 4 } })).toMatchObject({
      code: 'too-large',
      where: { row: 1 },
    });
    expect(await refusal(many, { ...vouched, limits: { entryBytes: 100 } })).toMatchObject({ code: 'too-large' });
    expect(await refusal(many, { ...vouched, limits: { fields: 1 } })).toMatchObject({ code: 'too-large' });
  });
});
