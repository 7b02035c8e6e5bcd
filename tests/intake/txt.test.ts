import { readFileSync } from 'node:fs';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { describeWithSharedData, sharedData } from '../support/shared-data.ts';
import { box, gbk, header, makeTxt, type TxtOptions, unclosed } from './make-txt.ts';
import { polygonsIn, type ReadOptions, read as readFile, refusal as refuseFile } from './reading.ts';

const read = (bytes: Buffer | string, options?: ReadOptions) => readFile(bytes, { name: '地块.txt', ...options });
const refusal = (bytes: Buffer | string, options?: ReadOptions) => refuseFile(bytes, { name: '地块.txt', ...options });

const x = 36_577_000;
const y = 3_192_000;
const plot = { rings: [box(x, y, 100)] };
const at = (ring: readonly (readonly [number, number])[]) => ring.map(([e, n]) => [e, n]);
const shapeOf = async (text: string | Buffer, options?: ReadOptions) => {
  const { rows } = await read(text, options);
  return rows.map(({ wkb }) => wkb && polygonsIn(wkb));
};
const codes = async (text: string | Buffer) => (await read(text)).report.warnings.map(({ code }) => code);

/** DOMAIN §4.1, to the letter, as a bureau's program writes it. */
const sample = `[属性描述]
格式版本号=1.01
数据产生单位=酉阳土家族苗族自治县规划和自然资源局
数据产生日期=2023-12-20
坐标系=2000国家大地坐标系
几度分带=3
投影类型=高斯克吕格
计量单位=米
带号=36
精度=0.001
转换参数=,,,,,,
[地块坐标]
10,1.3282,1,地块1,面,H49G001001,旱地,0103,@
J1,1,3191779.385,36575144.427
J2,1,3191923.665,36575172.770
J3,1,3191902.194,36575280.266
J4,1,3191802.312,36575261.395
J1,1,3191779.385,36575144.427
J5,2,3191830.000,36575200.000
J6,2,3191830.000,36575220.000
J7,2,3191850.000,36575220.000
J8,2,3191850.000,36575200.000
J5,2,3191830.000,36575200.000
`;

describe('the sample of the documents', () => {
  it('one parcel with a hole, its values, its line, its system and why; nothing to warn of', async () => {
    const { report, rows } = await read(gbk(sample));
    expect(report).toMatchObject({
      format: 'txt',
      feature_count: 1,
      layers: [{ name: '地块', feature_count: 1 }],
      crs: { srid: 4524, epsg_found: 4524, source: 'txt' },
      encoding: { encoding: 'GB18030', declared: null, source: 'content' },
      warnings: [],
      bbox: [36575144.427, 3191779.385, 36575280.266, 3191923.665],
    });
    expect(report.crs.reason.zh).toMatch(/2000国家大地坐标系.*带号 36.*带带号.*先北坐标（X）/);
    expect(rows[0]).toMatchObject({ row: 13, source_file: '地块.txt', faults: [] });
    expect(rows[0]!.attributes).toEqual({
      界址点数: 10,
      地块面积: 1.3282,
      地块编号: '1',
      地块名称: '地块1',
      记录图形属性: '面',
      图幅号: 'H49G001001',
      地块用途: '旱地',
      地类编码: '0103',
    });
    expect(polygonsIn(rows[0]!.wkb!)).toEqual([
      [
        [
          [36575144.427, 3191779.385],
          [36575172.77, 3191923.665],
          [36575280.266, 3191902.194],
          [36575261.395, 3191802.312],
          [36575144.427, 3191779.385],
        ],
        [
          [36575200, 3191830],
          [36575220, 3191830],
          [36575220, 3191850],
          [36575200, 3191850],
          [36575200, 3191830],
        ],
      ],
    ]);
  });
  it('reads the same in every encoding and with every line end', async () => {
    const utf16 = Buffer.from(sample, 'utf16le');
    const marked = Buffer.from(`\uFEFF${sample}`, 'utf16le');
    const files: [Buffer, string][] = [
      [gbk(sample), 'GB18030'],
      [Buffer.from(sample), 'UTF-8'],
      [Buffer.from(`\uFEFF${sample}`), 'UTF-8'],
      [marked, 'UTF-16LE'],
      [Buffer.from(marked).swap16(), 'UTF-16BE'],
      [utf16, 'UTF-16LE'],
      [Buffer.from(utf16).swap16(), 'UTF-16BE'],
    ];
    const { rows: first } = await read(gbk(sample));
    for (const [bytes, encoding] of files) {
      const { report, rows } = await read(bytes);
      expect(report).toMatchObject({ encoding: { encoding, source: 'content' }, warnings: [] });
      expect(rows).toEqual(first);
    }
    for (const end of ['\r\n', '\r', '\n\n', '   \r\n'])
      expect((await read(gbk(sample.replaceAll('\n', end)))).rows[0]!.wkb).toEqual(first[0]!.wkb);
  });
  it('in the encoding a person names; text that is not of it is refused', async () => {
    expect(await refusal(gbk(sample), { encoding: 'UTF-8' })).toMatchObject({
      code: 'encoding-undetermined',
      where: { file: '地块.txt', row: 1 },
    });
    const big5 = iconv.encode(
      makeTxt([{ ...plot, values: ['1', '1', '測試地塊', '面', '', '', ''] }], { header: null }),
      'big5',
    );
    expect((await read(big5, { encoding: 'Big5' })).rows[0]!.attributes).toMatchObject({ 地块名称: '測試地塊' });
    expect((await read(gbk(sample), { encoding: 'GBK' })).report.encoding).toMatchObject({ source: 'user' });
  });
});

describe('headers', () => {
  it.each<[string, TxtOptions]>([
    ['【…】 brackets', { brackets: '【】' }],
    ['a blank before the bracket', { before: [' '], between: ['  '] }],
    ['full-width signs', { header: { ...header, 格式版本号: '1．01版本', 带号: '３６' } }],
    [
      '分带=3度带 and no version',
      { header: { 坐标系: 'CGCS2000', 分带: '3度带', 带号: '36', 投影类型: '高斯-克吕格' } },
    ],
    ['the zone in words', { header: { ...header, 带号: '第36带' } }],
    ['an empty zone', { header: { ...header, 带号: '' } }],
    ['no zone at all', { header: { 坐标系: '2000国家大地坐标系' } }],
    ['the meridian for the zone', { header: { 坐标系: 'CGCS2000', 中央子午线: '108', 几度分带: '3' } }],
    ['no line of parameters, precision 3', { header: { ...header, 转换参数: '', 精度: '3' } }],
    ['zeros as parameters', { header: { ...header, 转换参数: '0,0,0,0,0,0,0' } }],
    ['[项目信息] before it', { before: ['[项目信息]', '项目所在县区代码='] }],
    [
      'commas behind every line, as a table program saves them',
      { header: Object.fromEntries(Object.entries(header).map(([key, value]) => [key, `${value},,,,,,`])) },
    ],
    ['another section behind', { between: ['[扩展信息]', '[地块坐标]'] }],
  ])('%s', async (_, options) => {
    const { report, rows } = await read(gbk(makeTxt([plot], options)));
    expect(report).toMatchObject({ crs: { srid: 4524, source: 'txt' }, warnings: [] });
    expect(polygonsIn(rows[0]!.wkb!)).toEqual([[at(box(x, y, 100))]]);
  });
  it('without one the zone comes from the eastings and the datum is assumed, with a warning', async () => {
    const { report } = await read(makeTxt([plot], { header: null }));
    expect(report.crs).toMatchObject({ srid: 4524, source: 'inferred' });
    expect(report.warnings).toMatchObject([{ code: 'crs-inferred', where: { file: '地块.txt' } }]);
    expect((await read(makeTxt([plot], { header: null }), { srid: 4524 })).report).toMatchObject({
      crs: { source: 'user' },
      warnings: [],
    });
    const beginsWithPlots = `[地块坐标]\n${makeTxt([plot], { header: null })}`;
    expect((await read(gbk(beginsWithPlots))).report.crs.srid).toBe(4524);
  });
  it('values of sections of their own become columns', async () => {
    const before = ['[项目信息]', '项目名称=甲村土地整治', '项目编号=50024220190001', '空的='];
    const { report, rows } = await read(gbk(makeTxt([plot], { before })));
    expect(rows[0]!.attributes).toMatchObject({ 项目名称: '甲村土地整治', 项目编号: '50024220190001' });
    expect(report.fields.map(({ name }) => name)).not.toContain('空的');
    // two files in one: the second section speaks of the plots behind it
    const second = makeTxt([plot], { before: ['[项目信息]', '项目名称=乙村'] });
    const both = await read(gbk(makeTxt([plot], { before }) + second));
    expect(both.rows.map(({ attributes }) => [attributes['项目名称'], attributes['项目编号']])).toEqual([
      ['甲村土地整治', '50024220190001'],
      ['乙村', null],
    ]);
  });
  it('names that mean something to a program are names', async () => {
    const before = ['[扩展信息]', '__proto__=x', "constructor='; drop table parcel; --"];
    const { rows } = await read(makeTxt([plot], { before }));
    expect(rows[0]!.attributes).toMatchObject({ proto__: 'x', constructor: "'; drop table parcel; --" });
    expect(Object.getPrototypeOf(rows[0]!.attributes)).toBe(Object.prototype);
  });
  it('parameters of a conversion, and a precision that the coordinates do not have, are told', async () => {
    expect(await codes(gbk(makeTxt([plot], { header: { ...header, 转换参数: '12.5,0,0,0,0,0,1' } })))).toEqual([
      'txt-conversion-parameters',
    ]);
    const coarse = { pair: ([e, n]: readonly [number, number]) => `${n},${e}` };
    const many = Array.from({ length: 8 }, (_, i) => ({ rings: [box(x + 200 * i, y, 100)], values: plainAs(`${i}`) }));
    expect(await codes(gbk(makeTxt(many, coarse)))).toEqual(['txt-precision']);
  });
});

const plainAs = (id: string) => ['1.0000', id, '测试地块', '面', '', '旱地', '0103'];

describe('plot lines', () => {
  const one = async (line: string, more: TxtOptions = {}) => {
    const text = makeTxt([plot], more).replace(/^5,.*@\r\n/m, `${line}\r\n`);
    const { report, rows } = await read(gbk(text));
    return { report, attributes: rows[0]!.attributes };
  };
  it('the common form of 9', async () => {
    const { attributes, report } = await one('5,100.0,ZD001,测试地块,面,H50,住宅,,@');
    expect(attributes).toMatchObject({
      地块面积: 100,
      地块编号: 'ZD001',
      图幅号: 'H50',
      地块用途: '住宅',
      地类编码: null,
    });
    expect(report.warnings).toEqual([]);
  });
  it('of 8 with empty values, a unit behind the area, no count', async () => {
    const { attributes } = await one('5,0.7655公顷,,地块1,面,,,,@');
    expect(attributes).toMatchObject({ 地块面积: '0.7655公顷', 地块编号: null, 地块名称: '地块1' });
    expect((await one(',0.7655公顷,,地块1,面,,,@')).attributes).toMatchObject({
      界址点数: null,
      地块面积: '0.7655公顷',
    });
  });
  it('of 13 and 12: 农用地 and 高标准农田', async () => {
    const thirteen = '5,1.0,7,甲地,面,H49,旱地,0103,提质改造,旱地,10.5,9.5,无,@';
    expect((await one(thirteen)).attributes).toMatchObject({
      地块编号: '7',
      地类编码: '0103',
      图斑类型: '提质改造',
      地类: '旱地',
      改造前等别: '10.5',
      改造后等别: '9.5',
      备注: '无',
    });
    expect((await one(thirteen.replace('无,@', '@'))).attributes).toMatchObject({
      图斑类型: '提质改造',
      改造后等别: '9.5',
    });
  });
  it('of 12: 补充耕地, 2026, with its template line and its numbered remarks', async () => {
    const template =
      '【坐标点个数,图斑面积,图斑编号,地块名称,补充耕地实施年份,耕地坡度级别,图形属性,图幅号,地块用途(占补平衡),备注,地类,耕地质量等级,@】';
    const line = '5,1.0,F13102220230001000009,甲地,2023,2,面,H49,占补平衡,,旱地,6,@';
    const expected = {
      地块编号: 'F13102220230001000009',
      地块面积: 1,
      补充耕地实施年份: '2023',
      耕地坡度级别: '2',
      地块用途: '占补平衡',
      地类: '旱地',
      耕地质量等级: '6',
    };
    const remarks = [
      '说明：',
      '1、坐标点个数应与实际点数一致',
      '（2）图斑面积以公顷为单位，保留四位小数',
      '3.地块用途填写占补平衡',
    ];
    const { attributes, report } = await one(line, { between: [template, ...remarks] });
    expect(attributes).toMatchObject(expected);
    expect(report.warnings).toEqual([]);
    expect((await one(line)).attributes).toMatchObject(expected);
  });
  it('@ at the start, a missing comma before it, commas behind it, none at all', async () => {
    for (const line of [
      '@,5,100.0,ZD001,测试地块,面,H50,住宅,',
      '@5,100.0,ZD001,测试地块,面,H50,住宅,',
      '5,100.0,ZD001,测试地块,面,H50,住宅,0103@',
      '5,100.0,ZD001,测试地块,面,H50,住宅,0103,@,,,',
      '5,100.0,ZD001,测试地块,面,H50,住宅,0103',
      '5, 100.0, ZD001, 测试地块, 面, H50, 住宅, 0103, @',
    ])
      expect((await one(line)).attributes).toMatchObject({ 地块面积: 100, 地块编号: 'ZD001', 地块用途: '住宅' });
  });
  it('full-width commas in a name belong to it, as separators they are told', async () => {
    expect((await one('5,1.0,1,甲地，东侧,面,,旱地,0103,@')).attributes).toMatchObject({ 地块名称: '甲地，东侧' });
    const { attributes, report } = await one('5，1.0，1，甲地，面，，旱地，0103，@');
    expect(attributes).toMatchObject({ 地块编号: '1', 地块名称: '甲地', 地类编码: '0103' });
    expect(report.warnings.map(({ code }) => code)).toEqual(['txt-separator']);
  });
  it('values past the named ones keep their place as name', async () => {
    expect((await one('5,1.0,1,甲地,面,,旱地,0103,多余,@')).attributes).toMatchObject({
      地类编码: '0103',
      第9项: '多余',
    });
  });
  it('ids keep their letters: 19 digits, leading zeros', async () => {
    expect((await one('5,1.0,5002421234567890123,甲,面,,,,@')).attributes['地块编号']).toBe('5002421234567890123');
    expect((await one('5,1.0,007,甲,面,,,,@')).attributes['地块编号']).toBe('007');
  });
  it('many plots: each is found by its line', async () => {
    const plots = ['甲', '乙', '丙'].map((id, i) => ({ rings: [box(x + 200 * i, y, 100)], values: plainAs(id) }));
    const { rows } = await read(gbk(makeTxt(plots)));
    // 12 lines of header, then 1 + 5 a plot
    expect(rows.map(({ row, attributes }) => [row, attributes['地块编号']])).toEqual([
      [13, '甲'],
      [19, '乙'],
      [25, '丙'],
    ]);
  });
  it('of one form and another in one file: their columns together', async () => {
    const plots = [
      { rings: [box(x, y, 100)], values: ['1', 'F1', '甲', '2023', '2', '面', '', '占补平衡', '', '旱地', '6'] },
      { rings: [box(x + 200, y, 100)], values: ['1', '2', '乙', '面', '', '水田', '0101'] },
    ];
    const { rows } = await read(gbk(makeTxt(plots)));
    expect(rows.map(({ attributes: a }) => [a['地块编号'], a['耕地质量等级'], a['地类编码']])).toEqual([
      ['F1', '6', null],
      ['2', null, '0101'],
    ]);
  });
});

describe('rings', () => {
  const outer = box(x, y, 100);
  const hole = box(x + 20, y + 20, 20);
  const second = box(x + 300, y, 50);
  const holed = [[at(outer), at(hole)]];
  it('by 圈号: hole, second part, hole of the second part, in any order', async () => {
    const island = box(x + 310, y + 10, 10);
    const rings = [outer, hole, second, island];
    expect(await shapeOf(gbk(makeTxt([{ rings }])))).toEqual([[...holed, [at(second), at(island)]]]);
    expect(await shapeOf(gbk(makeTxt([{ rings: [hole, outer] }])))).toEqual([holed]);
  });
  it.each<[string, TxtOptions]>([
    ['one 圈号 for all, told apart by closing', { ring: () => '1' }],
    ['no 圈号', { ring: () => undefined }],
    ['an empty 圈号', { ring: () => '' }],
    ['圈号 01, 02', { ring: (n) => `0${n + 1}` }],
    ['points without J', { point: (_, n) => String(n) }],
    ['points without number', { point: () => '' }],
    ['numbers that begin anew', { point: (k) => `J${k + 1}` }],
    ['blanks behind commas', { pair: ([e, n]) => ` ${n.toFixed(3)}, ${e.toFixed(3)}` }],
  ])('%s', async (_, options) => {
    expect(await shapeOf(gbk(makeTxt([{ rings: [outer, hole] }], options)))).toEqual([holed]);
    expect(await codes(gbk(makeTxt([{ rings: [outer, hole] }], options)))).toEqual([]);
  });
  it('without closing points: by 圈号, or by numbers that begin anew; closed, and told', async () => {
    const rings = [unclosed(outer), unclosed(hole)];
    const anew = { ring: () => '1', point: (k: number) => `J${k + 1}` };
    for (const options of [{}, anew, { ...anew, ring: () => undefined }]) {
      const text = gbk(makeTxt([{ rings }], options));
      expect(await shapeOf(text)).toEqual([holed]);
      expect((await read(text)).report.warnings).toMatchObject([{ code: 'ring-closed', where: { row: 17 } }]);
      expect((await read(text)).rows[0]!.faults).toEqual([]);
    }
  });
  it('rings that touch in the first point of both', async () => {
    const touching = box(x, y, -40);
    const text = gbk(makeTxt([{ rings: [outer, touching] }], { ring: () => '1' }));
    expect(await shapeOf(text)).toEqual([[[at(outer)], [at(touching)]]]);
  });
  it('a closing line that a program has garbled: the same number twice, NaN, a millimetre off', async () => {
    for (const closing of ['3192000.000,3192000.000', '1.#QNAN,1.#QNAN', '3192000.001,36577000.000']) {
      const text = makeTxt([{ rings: [outer] }]).replace(/J1,1,\S+\r\n$/, `J1,1,${closing}\r\n`);
      expect(await shapeOf(gbk(text))).toEqual([[[at(outer)]]]);
      expect((await read(gbk(text))).report.warnings).toMatchObject([
        { code: 'txt-closing-point', where: { row: 18 } },
      ]);
    }
  });
  it('a closing point written twice', async () => {
    const text = makeTxt([{ rings: [outer] }]);
    expect(await shapeOf(gbk(text + text.split('\r\n').at(-2)!))).toEqual([[[at(outer)]]]);
  });
  it('more columns behind the coordinates are left out with a warning', async () => {
    const lengths = { pair: ([e, n]: readonly [number, number]) => `${n},${e},100.00` };
    expect(await shapeOf(gbk(makeTxt([plot], lengths)))).toEqual([[[at(outer)]]]);
    expect(await codes(gbk(makeTxt([plot], lengths)))).toEqual(['txt-columns-ignored']);
    const trailing = { pair: ([e, n]: readonly [number, number]) => `${n},${e},,,` };
    expect(await codes(gbk(makeTxt([plot], trailing)))).toEqual([]);
  });
  it('the count may include closing points or not; any other is told', async () => {
    const rings = [outer, hole];
    for (const count of ['8', '9', '10', '', '10个']) expect(await codes(gbk(makeTxt([{ rings, count }])))).toEqual([]);
    for (const count of ['7', '11']) {
      const { report } = await read(gbk(makeTxt([{ rings, count }])));
      expect(report.warnings).toMatchObject([{ code: 'txt-point-count', where: { row: 13 } }]);
    }
  });
  it('a ring of two points is left out with a fault, a plot without points stays a row', async () => {
    const plots = [
      { rings: [outer, outer.slice(0, 2).map(([e, n]) => [e + 500, n] as const)], values: plainAs('1') },
      { rings: [], values: plainAs('2') },
      { rings: [second], values: plainAs('3') },
    ];
    const { rows } = await read(gbk(makeTxt(plots)));
    expect(rows.map(({ wkb, faults }) => [wkb === null, faults.map(({ code }) => code)])).toEqual([
      [false, ['ring-too-few-points']],
      [true, []],
      [false, []],
    ]);
  });
  it('points without a plot line are one plot, with a warning', async () => {
    const text = makeTxt([plot]).replace(/^5,.*@\r\n/m, '');
    expect(await shapeOf(gbk(text))).toEqual([[[at(outer)]]]);
    expect(await codes(gbk(text))).toEqual(['txt-plot-line-missing']);
  });
});

describeWithSharedData('the demonstration parcels [shared/data/youyang-demo]', () => {
  it('40 parcels as TXT are those of the shapefile, to the millimetre', async () => {
    const fromText = await read(readFileSync(sharedData('youyang-demo/bcgd_first40_gb18030.txt')));
    const fromShape = await readFile(readFileSync(sharedData('youyang-demo/bcgd_parcels.zip')));
    expect(fromText.report).toMatchObject({ feature_count: 40, warnings: [], crs: { srid: 4524 } });
    for (const [i, row] of fromText.rows.entries()) {
      const other = fromShape.rows[i]!;
      expect(row.attributes['地块编号']).toBe(other.attributes['DKBH']);
      expect(row.attributes['地块面积']).toBe(other.attributes['DKMJ']);
      expect(pointsOf(row.wkb!)).toEqual(pointsOf(other.wkb!));
    }
  });
});

/** Vertices of all rings in one order, rounded as the TXT is. */
function pointsOf(wkb: Buffer): string[] {
  return polygonsIn(wkb)
    .flatMap((rings) => rings.flatMap((ring) => ring.slice(1).map(([e, n]) => `${e.toFixed(3)} ${n.toFixed(3)}`)))
    .sort();
}
