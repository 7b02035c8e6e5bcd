import { describe, expect, it } from 'vitest';
import { layerMembers } from './make-shapefile.ts';
import { box, gbk, header, makeTxt } from './make-txt.ts';
import { makeZip, type ZipMember } from './make-zip.ts';
import { polygonsIn, read, refusal } from './reading.ts';

const y = 3_192_000;
const textOf = (n: number, more: object = {}) =>
  makeTxt(
    [0, 1].map((i) => ({
      rings: [box(36_577_000 + 300 * n + 120 * i, y, 100)],
      values: ['1.0', `${n}-${i}`, `地块${i}`, '面', '', '旱地', '0103'],
    })),
    more,
  );
const member = (name: string | Buffer, content: string | Buffer): ZipMember => ({
  name,
  data: typeof content === 'string' ? gbk(content) : content,
});

describe('53 TXT files in one archive', () => {
  const numbers = Array.from({ length: 53 }, (_, i) => i + 1);
  const nameOf = (n: number) =>
    `酉阳补充耕地/第${String(n).padStart(2, '0')}个项目/坐标/界址点${n % 2 ? '.txt' : '.TXT'}`;
  const members = [
    // as Chinese Windows writes them: GBK, no flag; some as UTF-8 with the flag
    ...numbers.map((n) => member(n % 3 ? gbk(nameOf(n)) : nameOf(n), textOf(n))),
    ...numbers.map((n) => member(`__MACOSX/${nameOf(n).replace('界址点', '._界址点')}`, Buffer.from([0, 5, 22, 7]))),
    member('酉阳补充耕地/照片/1.jpg', Buffer.from([0xff, 0xd8, 0xff])),
    member('酉阳补充耕地/验收报告.docx', Buffer.from('x')),
    member('酉阳补充耕地/汇总表.xlsx', Buffer.from('x')),
    member('酉阳补充耕地/地块.dwg', Buffer.from('x')),
    member('酉阳补充耕地/说明.txt', '请于周三前报送。\r\n'),
  ];
  it('are one upload, every parcel knows its file and line, what was left out is told', async () => {
    const { report, rows } = await read(makeZip(members), { sublayer: '*' });
    expect(report).toMatchObject({
      format: 'txt',
      feature_count: 106,
      crs: { srid: 4524, source: 'txt' },
      encoding: { encoding: 'GB18030' },
      warnings: [{ code: 'txt-files-skipped', where: { file: '酉阳补充耕地/说明.txt' } }],
    });
    expect(report.layers.length).toBe(53);
    expect(report.layers[0]).toEqual({ name: nameOf(1).replace(/\.txt$/i, ''), feature_count: 2 });
    expect(rows.map((row) => [row.source_file, row.row, row.attributes['地块编号']])).toEqual(
      numbers.flatMap((n) => [
        [nameOf(n), 13, `${n}-0`],
        [nameOf(n), 19, `${n}-1`],
      ]),
    );
    expect(polygonsIn(rows[105]!.wkb!)[0]![0]![0]).toEqual([36_577_000 + 300 * 53 + 120, y]);
    // so that a field map can name what tells equal numbers apart
    expect(rows[105]!.attributes['来源文件']).toBe(nameOf(53));
  });
  it('without a word which, it is asked; one is taken by path or by name', async () => {
    const problem = await refusal(makeZip(members));
    expect(problem.code).toBe('several-shapefiles');
    expect(problem.where!.candidates!.length).toBe(53);
    const one = makeZip([member('甲/地块.txt', textOf(1)), member('乙/坐标.TXT', textOf(2))]);
    for (const sublayer of ['乙/坐标.TXT', '乙/坐标', '坐标', '坐标.txt']) {
      const { report, rows } = await read(one, { sublayer });
      expect(report.layers).toEqual([{ name: '乙/坐标', feature_count: 2 }]);
      expect(rows[0]!.source_file).toBe('乙/坐标.TXT');
      expect(report.fields.map(({ name }) => name)).not.toContain('来源文件');
    }
    expect(await refusal(one, { sublayer: '丙' })).toMatchObject({ code: 'no-shapefile' });
    expect((await read(makeZip([member('甲/地块.txt', textOf(1))]))).rows.length).toBe(2);
  });
});

describe('what an archive may hold', () => {
  it('files in different encodings and forms, joined', async () => {
    const supplementary = makeTxt([
      {
        rings: [box(36_578_000, y, 50)],
        values: ['1', 'F1', '甲', '2023', '2', '面', '', '占补平衡', '', '旱地', '6'],
      },
    ]);
    const { report, rows } = await read(
      makeZip([member('a.txt', textOf(1)), member('b.txt', Buffer.from(`\uFEFF${supplementary}`, 'utf16le'))]),
      { sublayer: '*' },
    );
    expect(report.encoding!.encoding).toBe('GB18030+UTF-16LE');
    expect(report.warnings).toMatchObject([{ code: 'encodings-differ' }]);
    expect(rows.map(({ attributes: a }) => [a['地块编号'], a['耕地质量等级']])).toEqual([
      ['1-0', null],
      ['1-1', null],
      ['F1', '6'],
    ]);
  });
  it('axes are decided for each file', async () => {
    const swapped = { pair: ([e, n]: readonly [number, number]) => `${e},${n}` };
    const { report, rows } = await read(makeZip([member('a.txt', textOf(1)), member('b.txt', textOf(2, swapped))]), {
      sublayer: '*',
    });
    expect(rows.map(({ wkb }) => polygonsIn(wkb!)[0]![0]![0]![1])).toEqual([y, y, y, y]);
    expect(report.warnings).toMatchObject([{ code: 'axes-swapped', where: { file: 'b.txt' } }]);
  });
  it('files with the zone before their eastings and without it: put before all, and told', async () => {
    const short = makeTxt([{ rings: [box(577_500, y, 100)], values: ['1', 'S', '甲', '面', '', '', ''] }]);
    const zip = (second: string) => makeZip([member('a.txt', short), member('b.txt', second)]);
    const { report, rows } = await read(zip(textOf(1)), { sublayer: '*' });
    expect(report).toMatchObject({
      crs: { srid: 4524 },
      bbox: [36_577_300, y, 36_577_600, y + 100],
      warnings: [{ code: 'zone-prefix-supplied', where: { file: 'a.txt' } }],
    });
    expect(polygonsIn(rows[0]!.wkb!)[0]![0]![0]).toEqual([36_577_500, y]);
    // alone it stays as it is
    expect((await read(zip(short), { sublayer: 'a' })).report).toMatchObject({ crs: { srid: 4545 }, warnings: [] });
    const other = makeTxt([{ rings: [box(37_283_000, y, 100)] }], { header: { ...header, 带号: '37' } });
    expect(await refusal(zip(other), { sublayer: '*' })).toMatchObject({ code: 'crs-conflict' });
  });
  it('files in different systems are not joined', async () => {
    const other = makeTxt([{ rings: [box(37_283_000, y, 100)] }], { header: { ...header, 带号: '37' } });
    expect(
      await refusal(makeZip([member('a.txt', textOf(1)), member('b.txt', other)]), { sublayer: '*' }),
    ).toMatchObject({
      code: 'crs-conflict',
      where: { file: 'b.txt', candidates: ['EPSG:4524', 'EPSG:4525'] },
    });
  });
  it('a faulty, empty or binary file is refused by its name, not passed over', async () => {
    const refusedWith = (content: string | Buffer) =>
      refusal(makeZip([member('a.txt', textOf(1)), member('乙/b.txt', content)]), { sublayer: '*' });
    expect(await refusedWith(textOf(2).replace('36577700.000', '三'))).toMatchObject({
      code: 'txt-invalid',
      where: { file: '乙/b.txt', row: 15 },
    });
    expect(await refusedWith('')).toMatchObject({ code: 'txt-invalid', where: { file: '乙/b.txt' } });
    expect(await refusedWith(Buffer.from([1, 0, 2, 0, 0, 3]))).toMatchObject({
      code: 'txt-invalid',
      where: { file: '乙/b.txt' },
    });
  });
  it('an archive without one is told what it holds, as before', async () => {
    for (const content of ['', '说明'])
      expect(await refusal(makeZip([member('说明.txt', content), member('a.pdf', 'x')]))).toMatchObject({
        code: 'no-shapefile',
        where: { candidates: ['说明.txt', 'a.pdf'] },
      });
  });
  it('two entries of one name are refused, of names in different case both read', async () => {
    const twice = makeZip([member('a.txt', textOf(1)), member('a.txt', textOf(2))]);
    expect(await refusal(twice, { sublayer: '*' })).toMatchObject({ code: 'several-shapefiles' });
    const cased = makeZip([member('a.txt', textOf(1)), member('A.TXT', textOf(2))]);
    expect((await read(cased, { sublayer: '*' })).rows.length).toBe(4);
  });
  it('a shapefile with a readme, or with boundary points beside it, is a shapefile', async () => {
    for (const text of ['说明', textOf(1)]) {
      const { report } = await read(makeZip([...layerMembers(), member('坐标.txt', text)]));
      expect(report.format).toBe('shapefile');
      // a readme is no parcels; points are, and must not be lost without a word
      expect(report.warnings.map(({ code, where }) => [code, where!.candidates])).toEqual(
        text === '说明' ? [] : [['archive-others', ['坐标.txt']]],
      );
    }
    const table = Buffer.from('地块编号,X,Y\r\nD1,3192000.5,36577000.5\r\n');
    const { report } = await read(
      makeZip([...layerMembers(), { name: '点.csv', data: table }, member('台账.csv', '甲,乙\r\n')]),
    );
    expect(report.warnings).toMatchObject([{ code: 'archive-others', where: { candidates: ['点.csv'] } }]);
  });
  it('what is the same of 53 files is said once, with how many and which', async () => {
    const headless = Array.from({ length: 53 }, (_, n) =>
      member(`${String(n + 1).padStart(2, '0')}.txt`, textOf(n + 1, { header: null })),
    );
    const { report } = await read(makeZip(headless), { sublayer: '*' });
    expect(report.warnings).toMatchObject([{ code: 'crs-inferred', where: { file: '01.txt' } }]);
    expect(report.warnings[0]!.message.zh).toMatch(/^01\.txt .*另有 52 个文件同样（02\.txt、03\.txt、04\.txt…）。$/);
    expect(report.warnings[0]!.where!.candidates!.length).toBe(50);
    // three are told one by one
    const three = await read(makeZip(headless.slice(0, 3)), { sublayer: '*' });
    expect(three.report.warnings.length).toBe(3);
  });
  it('limits count over all files', async () => {
    const zip = makeZip([member('a.txt', textOf(1)), member('b.txt', textOf(2))]);
    expect(await refusal(zip, { sublayer: '*', limits: { features: 3 } })).toMatchObject({
      code: 'too-many-features',
      where: { file: 'b.txt' },
    });
    expect(await refusal(zip, { sublayer: '*', limits: { entryBytes: 200 } })).toMatchObject({ code: 'too-large' });
    expect(await refusal(makeZip([{ ...member('a.txt', textOf(1)), crc: 1 }]))).toMatchObject({
      where: { file: 'a.txt' },
    });
  });
});
