import { describe, expect, it } from 'vitest';
import { box, gbk, makeTxt } from './make-txt.ts';
import { type ReadOptions, read as readFile, refusal as refuseFile } from './reading.ts';

const read = (bytes: Buffer | string, options?: ReadOptions) => readFile(bytes, { name: '地块.txt', ...options });
const refusal = (bytes: Buffer | string, options?: ReadOptions) => refuseFile(bytes, { name: '地块.txt', ...options });

const x = 36_577_000;
const y = 3_192_000;
/** header of 12 lines, then three plots of 1 + 5 lines: 13, 19, 25 */
const plots = [0, 1, 2].map((i) => ({
  rings: [box(x + 200 * i, y, 100)],
  values: ['1.0', `${i}`, `地块${i}`, '面', '', '旱地', '0103'],
}));
const good = makeTxt(plots);
const lines = good.split('\r\n');
/** the file with this line instead of line n */
const withLine = (n: number, line: string) => [...lines.slice(0, n - 1), line, ...lines.slice(n)].join('\r\n');
const cutAfter = (n: number, characters = 1e6) =>
  [...lines.slice(0, n - 1), lines[n - 1]!.slice(0, characters)].join('\r\n');

describe('a faulty line is refused with its number', () => {
  it.each<[string, string, string, number]>([
    ['a coordinate that is no number', withLine(21, 'J2,1,三一九,36577300.000'), 'txt-invalid', 21],
    ['letters in a coordinate', withLine(21, 'J2,1,3192000.0x,36577300.000'), 'txt-invalid', 21],
    ['two points in a coordinate', withLine(21, 'J2,1,3192000.000.1,36577300.000'), 'txt-invalid', 21],
    ['degrees, minutes, seconds', withLine(21, 'J2,1,28°49′12″,108°46′12″'), 'txt-invalid', 21],
    ['an empty coordinate', withLine(21, 'J2,1,,36577300.000'), 'txt-invalid', 21],
    ['a missing coordinate', withLine(21, 'J2,1,3192000.000'), 'txt-invalid', 21],
    ['a point without commas', withLine(21, 'J2 1 3192000.000 36577300.000'), 'txt-invalid', 21],
    ['a number alone', withLine(21, '36577300'), 'txt-invalid', 21],
    ['hexadecimal', withLine(21, 'J2,1,0x30b500,36577300'), 'txt-invalid', 21],
    ['digits lost to an exponent', withLine(21, 'J2,1,3192000.000,3.65773E+07'), 'txt-invalid', 21],
    ['NaN', withLine(21, 'J2,1,NaN,36577300.000'), 'coordinate-invalid', 21],
    ['1.#QNAN', withLine(21, 'J2,1,3192000.000,1.#QNAN'), 'coordinate-invalid', 21],
    ['-1.#IND', withLine(20, 'J1,1,-1.#IND,36577300.000'), 'coordinate-invalid', 20],
    ['infinity', withLine(21, 'J2,1,Infinity,36577300.000'), 'coordinate-invalid', 21],
    ['1e300', withLine(21, 'J2,1,1e300,36577300.000'), 'coordinate-invalid', 21],
    ['1e999', withLine(21, 'J2,1,1e999,36577300.000'), 'coordinate-invalid', 21],
    ['a digit too many', withLine(21, 'J2,1,3192000.000,365773000.000'), 'coordinate-invalid', 21],
    ['a digit too few', withLine(21, 'J2,1,319200.000,36577300.000'), 'coordinate-outside-crs', 21],
    ['a sign', withLine(21, 'J2,1,-3192000.000,36577300.000'), 'coordinate-outside-crs', 21],
    ['a plot line of 5 values', withLine(19, '5,1.0,1,甲,面,@'), 'txt-invalid', 19],
    ['a plot line of 2 values', withLine(19, '5,@'), 'txt-invalid', 19],
    ['an @ alone', withLine(19, '@'), 'txt-invalid', 19],
    ['a plot line of 100 values', withLine(19, `5,1.0,1,甲,面${',x'.repeat(95)},@`), 'txt-invalid', 19],
    ['a comma in the name', withLine(19, '5,1.0,1,甲地,东侧,面,,旱地,0103,@'), 'txt-invalid', 19],
    ['a value missing', withLine(19, '5,1.0,甲地,面,,旱地,0103,@'), 'txt-invalid', 19],
    ['a line', withLine(19, '5,1.0,1,甲地,线,,旱地,0103,@'), 'geometry-type', 19],
    ['points', withLine(19, '5,1.0,1,甲地,点,,旱地,0103,@'), 'geometry-type', 19],
    ['binary content', withLine(21, 'J2,1,\x00\x01\x02\x1b,1'), 'txt-invalid', 21],
    ['a line of 100,000 letters', withLine(21, `J2,1,${'3'.repeat(100_000)},1`), 'txt-invalid', 21],
  ])('%s', async (_, text, code, row) => {
    const problem = await refusal(gbk(text));
    expect(problem).toMatchObject({ code, where: { file: '地块.txt', row } });
    expect(problem.detail.zh).toMatch(/第 \d+ 行.*。$/);
  });
});

describe('a file cut short', () => {
  it.each<[string, string, number]>([
    ['after the section', cutAfter(12), 12],
    ['in the header', cutAfter(6), 6],
    ['after a plot line', cutAfter(25), 25],
    ['after a point', cutAfter(27), 25],
    ['after the third point', cutAfter(28), 25],
    ['inside a point, before its coordinates', cutAfter(28, 5), 28],
    ['inside a point, behind the northing', cutAfter(28, 17), 28],
  ])('%s', async (_, text, row) => {
    expect(await refusal(gbk(text))).toMatchObject({ code: 'txt-invalid', where: { file: '地块.txt', row } });
  });
  it('inside an easting: its digits do not make a place in the zone', async () => {
    expect(await refusal(gbk(cutAfter(28, 23)))).toMatchObject({ where: { file: '地块.txt' } });
  });
  it('only the closing point is gone: nothing is lost', async () => {
    const { report, rows } = await read(gbk(cutAfter(29)));
    expect(rows.length).toBe(3);
    expect(report.warnings.map(({ code }) => code)).toEqual(['ring-closed']);
  });
  it('points lost in the middle are told', async () => {
    const { report } = await read(gbk([...lines.slice(0, 20), ...lines.slice(21)].join('\r\n')));
    expect(report.warnings).toMatchObject([{ code: 'txt-point-count', where: { row: 19 } }]);
  });
});

describe('limits', () => {
  it('lines, plots, points of a plot, bytes, columns', async () => {
    const bytes = gbk(good);
    expect(await refusal(bytes, { limits: { lines: 20 } })).toMatchObject({
      code: 'too-large',
      where: { file: '地块.txt' },
    });
    expect(await refusal(bytes, { limits: { features: 2 } })).toMatchObject({ code: 'too-many-features' });
    expect(await refusal(bytes, { limits: { verticesPerFeature: 4 } })).toMatchObject({
      code: 'too-large',
      where: { row: 13 },
    });
    expect(await refusal(bytes, { limits: { entryBytes: 100 } })).toMatchObject({ code: 'too-large' });
    expect(await refusal(bytes, { limits: { fields: 5 } })).toMatchObject({ code: 'txt-invalid', where: { row: 13 } });
    expect(
      (await read(bytes, { limits: { lines: 30, features: 3, verticesPerFeature: 5, fields: 8 } })).rows.length,
    ).toBe(3);
  });
  it('ten million lines and one are refused, and are gone through in seconds', async () => {
    const many = Buffer.concat([gbk(good), Buffer.alloc(10_000_000, '\n')]);
    expect(await refusal(many)).toMatchObject({ code: 'too-large', where: { file: '地块.txt' } });
  }, 30_000);
  it('100,000 points of one plot and 20,000 plots', async () => {
    const circle = Array.from({ length: 100_000 }, (_, i): [number, number] => {
      const angle = (2 * Math.PI * i) / 100_000;
      return [x + 5000 * Math.cos(angle), y + 5000 * Math.sin(angle)];
    });
    expect((await read(gbk(makeTxt([{ rings: [circle] }])))).rows[0]!.wkb!.length).toBeGreaterThan(1_600_000);
    const squares = Array.from({ length: 20_000 }, (_, i) => ({
      rings: [box(x + (i % 200) * 10, y + Math.floor(i / 200) * 10, 9)],
    }));
    const { rows } = await read(gbk(makeTxt(squares)));
    expect(rows.map(({ row }) => row)).toEqual(squares.map((_, i) => 13 + 6 * i));
  }, 30_000);
});

describe('what is no boundary-point text', () => {
  it('is named by what it is, or refused as txt-invalid where it is called .txt', async () => {
    const garbage = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 2654435761) >>> 24));
    for (const bytes of [
      Buffer.alloc(0),
      garbage,
      Buffer.from('会议纪要\n下周三前报送。\n'),
      Buffer.from('a,b,c\n1,2,3\n'),
    ])
      expect(await refusal(bytes)).toMatchObject({ code: 'txt-invalid', where: { file: '地块.txt' } });
    expect(await refusal(Buffer.from('%PDF-1.7 [地块坐标]'))).toMatchObject({ code: 'format-unsupported' });
  });
  it('JSON whose text looks like one stays JSON', async () => {
    const collection = { type: 'FeatureCollection', features: [], note: '\n[地块坐标]\n5,1,1,甲,面,,,,@\n' };
    expect(await refusal(JSON.stringify(collection, null, 1))).toMatchObject({ code: 'geometry-empty' });
    expect(await refusal('["属性描述"]')).toMatchObject({ code: 'geojson-invalid' });
  });
  it('a first line gone wrong does not make it JSON', async () => {
    for (const line of ['[0属性描述]', '["属性描述']) expect((await read(gbk(withLine(1, line)))).rows.length).toBe(3);
    expect(await refusal(gbk(withLine(1, '[')))).toMatchObject({ code: 'txt-invalid', where: { row: 1 } });
  });
  it('a damaged letter is refused with its line', async () => {
    const bytes = gbk(good);
    const at = bytes.indexOf(gbk('测试单位'));
    bytes[at] = 0xff;
    expect(await refusal(bytes)).toMatchObject({ code: 'encoding-undetermined', where: { file: '地块.txt' } });
  });
});
