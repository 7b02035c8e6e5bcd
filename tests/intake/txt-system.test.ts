import { describe, expect, it } from 'vitest';
import { box, gbk, header, makeTxt, type TxtOptions, type Xy } from './make-txt.ts';
import { polygonsIn, type ReadOptions, read as readFile, refusal as refuseFile } from './reading.ts';

const read = (text: string, options?: ReadOptions) => readFile(gbk(text), { name: '地块.txt', ...options });
const refusal = (text: string, options?: ReadOptions) => refuseFile(gbk(text), { name: '地块.txt', ...options });

const y = 3_192_000;
/** a plot of 100 m whose south-west corner has this easting, under this header */
const file = (x: number, head: Record<string, string>, more: TxtOptions = {}) =>
  makeTxt([{ rings: [box(x, y, 100)] }], { header: head, ...more });
const swapped = ([e, n]: Xy) => `${e.toFixed(3)},${n.toFixed(3)}`;
const { 几度分带: _strip, 带号: _zone, ...bare } = header;

// codes of DOMAIN §3: 3° 4488+n with the zone, 4509+n without; 6° 4478+n, 4489+n
describe('zone in the header, before the easting, in both', () => {
  it.each<[string, number, Record<string, string>, number]>([
    ['both, 3°', 36_577_000, header, 4524],
    ['both, the neighbour zone', 37_283_000, { ...header, 带号: '37' }, 4525],
    ['both, 6°', 19_283_000, { ...header, 带号: '19', 几度分带: '6' }, 4497],
    ['header alone, 3°: 去大数', 577_000, header, 4545],
    ['header alone, 6°', 283_000, { ...header, 带号: '19', 几度分带: '6' }, 4508],
    ['header alone, width not written', 577_000, { ...bare, 带号: '36' }, 4545],
    ['meridian alone', 577_000, { ...bare, 中央经线: '108' }, 4545],
    ['meridian alone, 6°', 283_000, { ...bare, 几度分带: '6', 中央经线: '111°' }, 4508],
    ['easting alone, 3°', 36_577_000, bare, 4524],
    ['easting alone, 6°', 19_283_000, bare, 4497],
    ['easting and width', 36_577_000, { ...bare, 几度分带: '3' }, 4524],
    ['WGS 84 is equal', 36_577_000, { ...header, 坐标系: 'WGS-84' }, 4524],
  ])('%s', async (_, x, head, srid) => {
    const { report, rows } = await read(file(x, head));
    expect(report).toMatchObject({ crs: { srid, epsg_found: srid, source: 'txt' } });
    expect(report.warnings.filter(({ code }) => code !== 'crs-neighbour-zone')).toEqual([]);
    expect(polygonsIn(rows[0]!.wkb!)[0]![0]![0]).toEqual([x, y]);
  });
  it('in neither: asked, or told by where the county lies', async () => {
    const problem = await refusal(file(577_000, bare));
    expect(problem).toMatchObject({ code: 'crs-unknown', where: { file: '地块.txt' } });
    expect(problem.where!.candidates).toContain('EPSG:4545');
    expect(problem.where!.candidates!.some((c) => c.startsWith('EPSG:32'))).toBe(false);
    expect(problem.detail.zh).toMatch(/没有写明带号/);
    const near: ReadOptions = { near: [108.3, 28.3, 109.3, 29.4] };
    expect((await read(file(577_000, { ...bare, 几度分带: '3' }), near)).report).toMatchObject({
      crs: { srid: 4545, source: 'inferred' },
      warnings: [{ code: 'crs-inferred' }],
    });
    expect((await read(file(577_000, bare), { srid: 4545 })).report.crs).toMatchObject({ srid: 4545, source: 'user' });
  });
});

describe('contradictions are refused with the line of the header', () => {
  const lineOf = (key: string, head: Record<string, string>) => Object.keys(head).indexOf(key) + 2;
  it.each<[string, number, Record<string, string>, string, string[]]>([
    ['zone 36 over eastings of zone 37', 37_283_000, header, '带号', ['EPSG:4524', 'EPSG:4525']],
    ['zone 36 over eastings of a 6° zone', 19_283_000, { ...header, 几度分带: '' }, '带号', ['EPSG:4524', 'EPSG:4497']],
    ['6° over eastings of a 3° zone', 36_577_000, { ...bare, 几度分带: '6' }, '几度分带', ['EPSG:4524']],
    ['degrees over metres', 36_577_000, { ...header, 计量单位: '度' }, '计量单位', []],
    ['zone 36 of 6°', 36_577_000, { ...header, 几度分带: '6' }, '带号', []],
    ['zone 36 and the meridian of 37', 36_577_000, { ...header, 中央经线: '111' }, '中央经线', []],
  ])('%s', async (_, x, head, key, candidates) => {
    expect(await refusal(file(x, head))).toMatchObject({
      code: 'crs-conflict',
      where: { file: '地块.txt', row: lineOf(key, head), candidates },
    });
  });
  it('an srid against the header, or against the zone of a header without datum', async () => {
    expect(await refusal(file(36_577_000, header), { srid: 4525 })).toMatchObject({ code: 'crs-conflict' });
    const { 坐标系: _, ...datumless } = header;
    expect(await refusal(file(36_577_000, datumless), { srid: 4525 })).toMatchObject({ code: 'crs-conflict' });
    expect((await read(file(36_577_000, datumless), { srid: 4524 })).report.warnings).toEqual([]);
    expect((await read(file(36_577_000, datumless))).report).toMatchObject({
      crs: { srid: 4524, source: 'inferred' },
      warnings: [{ code: 'crs-inferred' }],
    });
  });
  it('two headers of different systems in one file', async () => {
    const both = file(36_577_000, header) + file(37_283_000, { ...header, 带号: '37' });
    // the second header begins at line 19
    expect(await refusal(both)).toMatchObject({ code: 'crs-conflict', where: { row: 27 } });
    expect((await read(file(36_577_000, header) + file(36_578_000, header))).rows.length).toBe(2);
  });
});

describe('what is not on CGCS2000 in metres or degrees', () => {
  it.each([
    ['1980西安坐标系', /西安/],
    ['80国家大地坐标系', /西安/],
    ['1980西安国家大地坐标系', /西安/],
    ['西安80', /西安/],
    ['1954北京坐标系', /北京/],
    ['北京54', /北京/],
  ])('坐标系=%s is refused', async (name, says) => {
    const problem = await refusal(file(36_577_000, { ...header, 坐标系: name }));
    expect(problem.code).toBe('crs-unsupported-datum');
    expect(problem.detail.zh).toMatch(says);
  });
  it.each([
    makeTxt([{ rings: [box(36_577_000, y, 100)] }], {
      header: { 带号: '36' },
      before: ['[项目信息]', '坐标系=1980西安坐标系'],
    }),
    makeTxt([{ rings: [box(36_577_000, y, 100)] }], { header: { 带号: '36' }, before: ['坐标系：1980西安坐标系'] }),
    makeTxt([{ rings: [box(36_577_000, y, 100)] }], { header: { 带号: '36' }, between: ['坐标系统: 西安80'] }),
  ])('a datum is heard wherever it stands (%#)', async (text) => {
    expect(await refusal(text)).toMatchObject({ code: 'crs-unsupported-datum' });
  });
  it.each([
    { 坐标系: '重庆市独立坐标系' },
    { 坐标系: '西安80转2000' },
    { 投影类型: '兰伯特' },
    { 计量单位: '千米' },
    { 计量单位: '英尺' },
  ])('%o is refused', async (wrong) => {
    const problem = await refusal(file(36_577_000, { ...header, ...wrong }));
    expect(problem.code).toBe('crs-unknown');
    expect(problem.detail.zh).toContain(Object.values(wrong)[0]);
  });
});

describe('axes', () => {
  const same = async (options: TxtOptions) => {
    const { report, rows } = await read(makeTxt([{ rings: [box(36_577_000, y, 100)] }], options));
    expect(polygonsIn(rows[0]!.wkb!)[0]![0]![0]).toEqual([36_577_000, y]);
    return report;
  };
  it('the easting first: read the other way round, with a warning and its line', async () => {
    expect((await same({})).warnings).toEqual([]);
    const report = await same({ pair: swapped });
    expect(report).toMatchObject({
      crs: { srid: 4524, source: 'txt' },
      warnings: [{ code: 'axes-swapped', where: { file: '地块.txt', row: 14 } }],
    });
    expect(report.crs.reason.zh).toMatch(/先东坐标/);
    expect((await read(file(577_000, header, { pair: swapped }))).report).toMatchObject({
      crs: { srid: 4545 },
      warnings: [{ code: 'axes-swapped' }],
    });
  });
  it('a plot the other way round than the rest is refused with its line', async () => {
    const plots = [0, 1, 2].map((i) => ({ rings: [box(36_577_000 + 200 * i, y, 100)] }));
    let n = 0;
    const pair = (point: Xy) => (++n > 10 ? swapped(point) : `${point[1]},${point[0]}`);
    expect(await refusal(makeTxt(plots, { pair }))).toMatchObject({
      code: 'coordinate-outside-crs',
      where: { file: '地块.txt', row: 26 },
    });
  });
  it('the easting twice, as a faulty program writes it, is refused', async () => {
    expect(
      await refusal(makeTxt([{ rings: [box(36_577_000, y, 100)] }], { pair: ([e]) => `${e},${e}` })),
    ).toMatchObject({
      code: 'coordinate-outside-crs',
      where: { row: 14 },
    });
  });
  it('degrees in either order, with no header or one that says so; never under a header in metres', async () => {
    const rings = [box(108.78, 28.83, 0.001)];
    const lonLat = { pair: ([e, n]: Xy) => `${e.toFixed(6)},${n.toFixed(6)}` };
    const latLon = { pair: ([e, n]: Xy) => `${n.toFixed(6)},${e.toFixed(6)}` };
    for (const order of [lonLat, latLon]) {
      const heads: TxtOptions['header'][] = [null, { ...header, 计量单位: '度' }, { 坐标系: 'CGCS2000' }];
      for (const head of heads) {
        const { report, rows } = await read(makeTxt([{ rings }], { ...order, header: head ?? null }));
        expect(report.crs).toMatchObject({ srid: 4490, source: head ? 'txt' : 'inferred' });
        expect(report.warnings.map(({ code }) => code)).toEqual(head ? [] : ['crs-inferred']);
        expect(polygonsIn(rows[0]!.wkb!)[0]![0]![0]).toEqual([108.78, 28.83]);
      }
      expect(await refusal(makeTxt([{ rings }], order))).toMatchObject({
        code: 'coordinate-outside-crs',
        where: { row: 14 },
      });
    }
  });
});

it('one point with another zone, or without it, is refused with its line', async () => {
  for (const [from, to] of [
    ['36577100.000', '37577100.000'],
    ['36577100.000', '577100.000'],
  ] as const) {
    const text = file(36_577_000, header).replace(from, to);
    const problem = await refusal(text);
    expect(['coordinate-outside-crs', 'crs-conflict']).toContain(problem.code);
    expect(problem.where?.row).toBeGreaterThan(0);
  }
});
