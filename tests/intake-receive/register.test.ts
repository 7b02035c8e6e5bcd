/** A project register received whole or not at all, every fault told by row and column; figures by hand: 1 公顷 = 10,000 m² = 15 亩. */
import ExcelJS from 'exceljs';
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { registerProjects } from '../../server/database/register-content.ts';
import type { AppError } from '../../server/errors.ts';
import { csvTemplate, xlsxTemplate } from '../../server/exports/register-template.ts';
import { type ReceiveRegisterInput, receiveRegister } from '../../server/intake/register/receive-register.ts';
import { eachDatabase } from '../support/databases.ts';
import { depsOf, fileOf, removeFiles } from './receiving.ts';
import { csv, heads, project, type Row, xlsx } from './register-files.ts';

removeFiles();

eachDatabase('receiving a project register', (open) => {
  let database: Database;
  let counties = 991000;
  let region = '';
  const code = (n: number) => `${region}2021${String(n).padStart(4, '0')}`;
  const county = () => {
    region = String(++counties);
  };
  beforeAll(async () => {
    database = await open();
  });

  const receive = (bytes: Buffer, name: string, asked: Partial<ReceiveRegisterInput> = {}) =>
    receiveRegister(depsOf(database), { ...fileOf(bytes, name), ...asked });
  const refusal = async (bytes: Buffer, name: string, asked: Partial<ReceiveRegisterInput> = {}): Promise<AppError> =>
    receive(bytes, name, asked).then(
      (got) => expect.fail(`taken: ${JSON.stringify(got)}`),
      (error: AppError) => error,
    );
  const registers = async () =>
    database.db
      .selectFrom('project_register')
      .select(['version_no', 'register_id', 'sha256'])
      .where('region_code', '=', region)
      .orderBy('version_no')
      .execute();

  it.each([
    ['csv in UTF-8', async (rows: Row[]) => csv(rows), 'a.csv', 'UTF-8'],
    [
      'csv in UTF-8 with a mark',
      async (rows: Row[]) => Buffer.concat([Buffer.from('\uFEFF'), csv(rows)]),
      'a.csv',
      'UTF-8',
    ],
    ['csv in GBK', async (rows: Row[]) => csv(rows, 'gbk'), 'a.csv', 'GB18030'],
    ['xlsx', (rows: Row[]) => xlsx(rows), 'a.xlsx', undefined],
  ])('takes %s', async (_, bytesOf, name, encoding) => {
    county();
    const rows = [
      project(code(1)),
      project(code(2), { 状态: '待核定', 合格证编号: null, 验收日期: null, 验收文号: null, '产能（公斤）': null }),
    ];
    const got = await receive(await bytesOf(rows), name);
    expect(got).toMatchObject({
      region_code: region,
      version_no: 1,
      current: true,
      existing: false,
      project_count: 2,
      certified_count: 1,
      pending_count: 1,
      warnings: [],
      decisions: { unit: { unit: 'ha', source: 'heading' }, capacity: { kg: 1, source: 'heading' } },
    });
    expect(got.decisions.encoding?.encoding).toBe(encoding);
    const [first, second] = await registerProjects(database.db, got);
    expect(first).toEqual({
      project_code: code(1),
      project_name: '项目0001',
      township: '钟多街道',
      started_on: '2019-05-01',
      start_document: '酉规资〔2019〕12号',
      accepted_on: '2020-11-30',
      acceptance_document: '酉规资验〔2020〕8号',
      certificate_no: '合0001',
      certified_area_m2: 125_000,
      certified_paddy_m2: 25_000,
      certified_capacity_kg: 93_750,
      status: 'certified',
      row_no: 2,
    });
    expect(second).toMatchObject({
      status: 'pending',
      certificate_no: null,
      accepted_on: null,
      certified_capacity_kg: null,
    });
  });

  it('reads dates, numbers, formulas and rich text as a workbook stores them', async () => {
    county();
    const row = project(code(1), {
      项目名称: { richText: [{ text: '项' }, { text: '目' }] },
      立项日期: new Date(Date.UTC(2019, 4, 1)),
      验收日期: 2020,
      '数量（公顷）': { formula: 'A1', result: 12.5 },
      '产能（公斤）': 93750,
    });
    row[0] = Number(code(1));
    const got = await receive(await xlsx([row]), 'a.xlsx');
    expect((await registerProjects(database.db, got))[0]).toMatchObject({
      project_code: code(1),
      project_name: '项目',
      started_on: '2019-05-01',
      accepted_on: '2020-12-31',
      certified_area_m2: 125_000,
    });
    expect(got.warnings.map(({ code }) => code)).toEqual(['date-incomplete']);
  });

  it('reads 亩 and 万公斤 by the heading, a line of the unit, or as asked; without any it asks', async () => {
    county();
    const renamed = (area: string, paddy: string, capacity: string) =>
      heads.map((head, i) => [area, paddy, capacity][i - 8] ?? head);
    const mu = [project(code(1), { '数量（公顷）': '150', '其中水田（公顷）': '30', '产能（公斤）': '12' })];
    const byHeading = await receive(csv(mu, 'utf8', renamed('数量（亩）', '水田(亩)', '产能（万公斤）')), 'mu.csv');
    // 150 亩 = 10 公顷
    const stored = { certified_area_m2: 100_000, certified_paddy_m2: 20_000, certified_capacity_kg: 120_000 };
    expect((await registerProjects(database.db, byHeading))[0]).toMatchObject(stored);
    const bare = renamed('数量', '水田', '产能（万公斤）');
    const asked = await receive(csv(mu, 'utf8', bare), 'bare.csv', { unit: 'mu' });
    expect((await registerProjects(database.db, asked))[0]).toMatchObject(stored);
    expect(asked.decisions.unit).toEqual({ unit: 'mu', source: 'user' });
    const lined = Buffer.concat([
      Buffer.from('补充耕地项目台账,,\r\n填报单位：某局,单位：亩\r\n'),
      csv(mu, 'utf8', bare),
    ]);
    const byLine = await receive(lined, 'line.csv');
    expect((await registerProjects(database.db, byLine))[0]).toMatchObject({ ...stored, row_no: 4 });
    expect(byLine.decisions.unit.source).toBe('line');
    expect(await refusal(csv(mu, 'utf8', bare), 'bare.csv')).toMatchObject({
      code: 'validation',
      where: { row: 1, field: '数量', candidates: ['ha', 'mu', 'm2'] },
    });
    expect(await refusal(csv(mu), 'ha.csv', { unit: 'mu' })).toMatchObject({
      code: 'validation',
      where: { field: '数量（公顷）' },
    });
  });

  it('tells every fault by row and column, and stores nothing', async () => {
    county();
    const rows = [
      project(code(1)),
      project(code(1)),
      project(code(2), { 立项日期: '2021-13-01', '数量（公顷）': '-3' }),
      project(code(3), { 状态: '差不多', '产能（公斤）': '很多' }),
      project(code(4), { 合格证编号: null, '其中水田（公顷）': '99' }),
      project(code(5), { 验收日期: '2018-01-01' }),
      project('', { 项目名称: '没有编号' }),
      project('5.00242E+13'),
      project(code(6), { '数量（公顷）': '15亩' }),
      project(code(7), { '数量（公顷）': '0', '其中水田（公顷）': null, '产能（公斤）': null }),
      project(code(8), { '产能（公斤）': '99999999' }),
    ];
    for (const bytes of [csv(rows), await xlsx(rows)]) {
      const error = await refusal(bytes, 'register');
      expect(error.code).toBe('validation');
      const places = error.where!.faults!.map(({ row, column, field }) => `${row} ${column} ${field}`);
      expect(places).toEqual([
        '3 A 备案编号',
        '4 D 立项日期',
        '4 I 数量（公顷）',
        '5 L 状态',
        '5 K 产能（公斤）',
        '6 H 合格证编号',
        '6 J 其中水田（公顷）',
        '7 F 验收日期',
        '8 A 备案编号',
        '9 A 备案编号',
        '10 I 数量（公顷）',
        '11 I 数量（公顷）',
        '12 K 产能（公斤）',
      ]);
      expect(error.where!.faults![0]!.message.zh).toBe(`第 3 行 A 列“备案编号”：与第 2 行重复（${code(1)}）`);
      expect(error.where).toMatchObject({
        file: 'register',
        row: 3,
        field: '备案编号',
        rows: [3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
      });
      expect(error.detail.zh).toContain('13 处问题，没有导入任何一行');
      expect(error.detail.zh).toContain('第 7 行 F 列“验收日期”：验收（2018-01-01）早于立项（2019-05-01）');
    }
    expect(await registers()).toEqual([]);
    const { rows: left } = await sql`select 1 from project where region_code = ${region}`.execute(database.db);
    expect(left).toEqual([]);
  });

  it('calls it attribute-missing where values are missing and nothing is wrong', async () => {
    county();
    expect(await refusal(csv([project(code(1), { 合格证编号: null })]), 'a.csv')).toMatchObject({
      code: 'attribute-missing',
      where: { row: 2, field: '合格证编号' },
    });
    expect(await refusal(csv([['x', 'y']], 'utf8', ['备案编号', '项目名称']), 'a.csv')).toMatchObject({
      code: 'attribute-missing',
      where: { row: 1, candidates: ['数量', '状态'] },
    });
    expect(await refusal(csv([['x', 'y']], 'utf8', ['地块', '面积']), 'a.csv')).toMatchObject({
      code: 'attribute-missing',
    });
    expect(await refusal(csv([]), 'a.csv')).toMatchObject({ code: 'attribute-missing' });
    const twice = [...heads.slice(0, 11), '状态', '状态'];
    expect(await refusal(csv([], 'utf8', twice), 'a.csv')).toMatchObject({
      code: 'validation',
      where: { row: 1, field: '状态' },
    });
  });

  it('gives the same answer to the same bytes, and makes another file the next version', async () => {
    county();
    const first = await receive(csv([project(code(1))]), 'first.csv');
    const again = await receive(csv([project(code(1))]), 'renamed.csv');
    expect(again).toEqual({ ...first, existing: true });
    const second = await receive(csv([project(code(1)), project(code(2))]), 'second.csv');
    expect(second).toMatchObject({ version_no: 2, current: true, project_count: 2 });
    expect(await receive(csv([project(code(1))]), 'first.csv')).toEqual({ ...first, existing: true, current: false });
    expect((await registers()).map(({ version_no }) => version_no)).toEqual([1, 2]);
    expect(await registerProjects(database.db, first)).toHaveLength(1);
  });

  it('numbers versions that come at the same moment one after the other, and stores a file that comes twice once', async () => {
    county();
    const files = [1, 2, 3, 4, 4, 4].map((n) => csv([project(code(n))]));
    await Promise.all(files.map((bytes, i) => receive(bytes, `${i}.csv`)));
    expect((await registers()).map(({ version_no }) => version_no)).toEqual([1, 2, 3, 4]);
  });

  it('stores nothing on a dry run, and shows what it would', async () => {
    county();
    const got = await receive(csv([project(code(1))]), 'a.csv', { dryRun: true });
    expect(got).toMatchObject({
      version_no: null,
      project_count: 1,
      preview: [{ project_code: code(1), certified_area_m2: 125_000 }],
    });
    expect(await registers()).toEqual([]);
  });

  it('warns of lines of totals, unusual codes, codes of another county and projects without a start', async () => {
    county();
    const rows = [
      project(code(1)),
      project('旧-17', { 立项日期: null }),
      ['合计', ...Array(7).fill(null), '26', null, null, null],
    ];
    const got = await receive(csv(rows), 'a.csv', { regionCode: '991999' });
    expect(got.warnings.map(({ code, where }) => [code, where?.row ?? where?.rows])).toEqual([
      ['project-code-unusual', 3],
      ['start-missing', 3],
      ['total-differs', 4],
      ['project-code-elsewhere', [2]],
    ]);
    // 12.5 + 12.5 = 25
    expect(got.warnings[2]!.message.zh).toContain('合计 26，其上各行之和为 25.0000');
    region = '991999';
  });

  it('joins a heading of two rows, and reads its column letters', async () => {
    county();
    const upper = ['备案编号', '核定指标', null, null, '合格证号', '核定状态'];
    const lower = [null, '数量（公顷）', '水田（公顷）', '产能（公斤）', null, null];
    const bytes = await xlsx([lower, [code(1), 1, 0.5, 7500, 'H1', '已归库']], upper);
    const got = await receive(bytes, 'a.xlsx');
    expect((await registerProjects(database.db, got))[0]).toMatchObject({
      certified_area_m2: 10_000,
      certified_paddy_m2: 5000,
      row_no: 3,
    });
  });

  it('takes back its own template when it is filled in', async () => {
    county();
    const workbook = new ExcelJS.Workbook();
    await workbook.xlsx.load((await xlsxTemplate('mu')) as never);
    const sheet = workbook.getWorksheet('项目登记')!;
    for (const [i, value] of project(code(1), { '数量（公顷）': 150 }).entries())
      sheet.getCell(2, i + 1).value = value as never;
    const got = await receive(Buffer.from(await workbook.xlsx.writeBuffer()), 'template.xlsx');
    expect(got).toMatchObject({ project_count: 1, decisions: { unit: { unit: 'mu' }, sheet: '项目登记' } });
    expect((await registerProjects(database.db, got))[0]).toMatchObject({ certified_area_m2: 100_000 });
    const filled = Buffer.concat([csvTemplate('ha'), csv([project(code(2))], 'utf8').subarray(csv([]).length)]);
    expect(await receive(filled, 'template.csv')).toMatchObject({ project_count: 1, version_no: 2 });
  });
});
