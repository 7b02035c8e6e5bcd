import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { checkIds } from '../../server/domain/outcome.ts';
import type { VerdictRow } from '../../server/domain/verdict-feature.ts';
import { xlsx } from '../../server/exports/xlsx.ts';
import { requirePart } from '../support/parts.ts';
import { bytesOf, checkTexts, exportInput, longText, makeRows, nasty } from './fixtures.ts';
import { entryOf, ownFolder, throughLibreOffice } from './readers.ts';

const rows = makeRows();
const folder = ownFolder();
/** Title, unit line and two lines of heads come before the rows; 合计 after them. */
const headLines = 4;

interface Table {
  heads: string[];
  body: string[][];
  total: string[];
  notes: string[];
}
function tableOf(sheet: string[][]): Table {
  const heads = sheet[3]!.map((head, i) => (head || sheet[2]![i]!).replaceAll('\n', ''));
  const end = sheet.findIndex((line, i) => i >= headLines && line.includes('合计'));
  const last = end === -1 ? sheet.findIndex((line, i) => i >= headLines && line[0]!.startsWith('填报单位')) : end;
  return {
    heads,
    body: sheet.slice(headLines, last),
    total: end === -1 ? [] : sheet[end]!,
    notes: sheet.slice(last + 1).map((line) => line[0]!),
  };
}
const columnOf = ({ heads, body }: Table, head: string, nth = 0): string[] => {
  const at = heads.flatMap((name, i) => (name === head ? [i] : []))[nth]!;
  return body.map((line) => line[at]!);
};
const totalOf = ({ heads, total }: Table, head: string, nth = 0) =>
  total[heads.flatMap((name, i) => (name === head ? [i] : []))[nth]!]!;
/** A stored figure in units of 0.0001, so that sums are exact. (LibreOffice leaves trailing zeros out.) */
const digits = (text: string) => {
  const scaled = Number(text) * 10_000;
  expect(Math.abs(scaled - Math.round(scaled))).toBeLessThan(1e-6);
  return Math.round(scaled);
};
const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
const byProject = (code: string | null) => rows.filter((row) => row.project_code === code);
const failing = rows.flatMap((row) =>
  checkIds.filter((id) => row.checks[id].outcome === 'fail').map((check) => ({ row, check })),
);

requirePart('libreoffice')('the xlsx export read by LibreOffice', () => {
  let sheets: Map<string, string[][]>;
  let list: Table;
  let plots: Table;
  let projects: Table;
  let townships: Table;
  let parcels: Table;

  beforeAll(async () => {
    sheets = await throughLibreOffice(await bytesOf(xlsx.write(exportInput(rows))), await folder());
    [list, plots, projects, townships, parcels] = [
      '核减项目清单',
      '问题地块明细',
      '按项目汇总',
      '按乡镇汇总',
      '地块核查结果',
    ].map((name) => tableOf(sheets.get(name)!)) as [Table, Table, Table, Table, Table];
  });

  it('has the six sheets', () => {
    expect([...sheets.keys()].sort()).toEqual(
      ['核减项目清单', '问题地块明细', '按项目汇总', '按乡镇汇总', '地块核查结果', '填表说明'].sort(),
    );
  });

  it('lists one row a project, in the order of their codes, with units and places to sign', () => {
    expect(columnOf(list, '项目备案编号')).toEqual([
      '50024220200001',
      '50024220210002',
      '50024220210003',
      '50024220220004',
      '',
    ]);
    expect(sheets.get('核减项目清单')![1]!.join('')).toContain('单位：公顷、亩、个');
    for (const name of ['按项目汇总', '按乡镇汇总']) expect(sheets.get(name)![1]!.join('')).toMatch(/单位：亩、个$/);
    expect(list.notes.at(-1)).toContain('填报单位');
    const signs = sheets.get('核减项目清单')!.at(-1)!.join('');
    for (const word of ['填报单位', '审核人', '负责人', '分管领导', '日期']) expect(signs).toContain(word);
  });

  it('prints 公顷 with four decimals, every figure within one last digit of the unrounded sum', () => {
    const reasons = {
      红线内: 'eco-red-line',
      '25°以上（不含红线）': 'steep-slope',
      原为耕地: 'prior-farmland',
      地块重叠: 'parcel-overlap',
      未平整: 'no-levelling',
    };
    for (const [i, code] of columnOf(list, '项目备案编号').entries()) {
      const own = byProject(code === '' ? null : code);
      const near = (head: string, squareMetres: number) => {
        const shown = digits(columnOf(list, head)[i]!);
        expect(Math.abs(shown - squareMetres)).toBeLessThan(1 + 1e-6); // 0.0001 公顷 is 1 m²
      };
      const pieces = own.flatMap((row) => row.pieces);
      for (const [head, check] of Object.entries(reasons)) {
        near(
          head,
          sum(
            pieces
              .filter((piece) => piece.measure === 'deduct' && piece.reasons[0] === check)
              .map((piece) => piece.area_m2),
          ),
        );
      }
      near('核减合计', sum(own.map((row) => row.deduct_area_m2)));
      near('整改恢复', sum(own.map((row) => row.restore_area_m2)));
      near('撂荒整治', sum(own.map((row) => row.remediate_area_m2)));
      near('保留面积', sum(own.map((row) => row.kept_area_m2)));
      near('其中待核', sum(own.map((row) => row.kept_unverified_area_m2)));
      near('图形面积（公顷）', sum(own.map((row) => row.area_m2)));
      near('原新增耕地面积', sum(own.map((row) => row.declared_net_m2 ?? row.declared_area_m2 ?? row.area_m2)));
      near('应核减占补平衡指标', sum(own.map((row) => row.deduct_net_m2 ?? row.deduct_area_m2)));
      near('其中水田（公顷）', sum(own.filter((row) => row.target_class === '0101').map((row) => row.deduct_area_m2)));
      expect(columnOf(list, '地块个数（个）')[i]).toBe(String(own.length));
    }
  });

  it('adds up as printed: across each row and down each column', () => {
    const lines = [...list.body, list.total];
    for (const line of lines) {
      const at = (head: string) => digits(line[list.heads.indexOf(head)]!);
      expect(sum(['红线内', '25°以上（不含红线）', '原为耕地', '地块重叠', '未平整', '其他'].map(at))).toBe(
        at('核减合计'),
      );
      expect(sum(['核减合计', '整改恢复', '撂荒整治', '保留面积'].map(at))).toBe(at('图形面积（公顷）'));
      expect(at('应核减占补平衡指标') + at('核减后面积')).toBe(at('原新增耕地面积'));
      expect(at('其中待核')).toBeLessThanOrEqual(at('保留面积'));
      expect(at('其中水田（公顷）')).toBeLessThanOrEqual(at('核减合计'));
    }
    for (const head of list.heads.filter(
      (name) =>
        /公顷|亩|红线|耕地|重叠|未平整|其他|核减|恢复|整治|保留|待核|公斤/.test(name) && !/比例|待补/.test(name),
    )) {
      expect(sum(columnOf(list, head).map(digits)), head).toBe(digits(totalOf(list, head)));
    }
    for (const table of [projects, townships]) {
      for (const [i, head] of table.heads.entries()) {
        if (!/个数|面积|（亩）|（个）/.test(head) || head.startsWith('项目个数')) continue;
        expect(sum(table.body.map((line) => digits(line[i]!))), head).toBe(digits(table.total[i]!));
      }
      for (const line of [...table.body, table.total]) {
        const at = (head: string) => digits(line[table.heads.indexOf(head)]!);
        expect(sum(['核减（亩）', '整改恢复（亩）', '撂荒整治（亩）', '保留（亩）'].map(at))).toBe(
          at('图形面积（亩）'),
        );
      }
    }
  });

  it('prints the same totals in all tables', () => {
    for (const head of projects.heads.filter((name) => /亩/.test(name))) {
      const times = projects.heads.filter((name) => name === head).length;
      for (let n = 0; n < times; n++) expect(totalOf(townships, head, n)).toBe(totalOf(projects, head, n));
    }
    expect(totalOf(list, '核减合计（亩）')).toBe(totalOf(projects, '核减（亩）'));
    expect(columnOf(list, '核减合计（亩）')).toEqual(columnOf(projects, '核减（亩）'));
    expect(totalOf(plots, '核减（亩）')).toBe(totalOf(projects, '核减（亩）'));
    expect(totalOf(plots, '整改恢复（亩）')).toBe(totalOf(projects, '整改恢复（亩）'));
    expect(totalOf(plots, '撂荒整治（亩）')).toBe(totalOf(projects, '撂荒整治（亩）'));
    for (const code of ['50024220200001', '']) {
      const mine = plots.body.filter((line) => line[2] === code);
      const at = plots.heads.indexOf('核减（亩）');
      const printed = columnOf(projects, '核减（亩）')[columnOf(projects, '项目备案编号').indexOf(code)]!;
      expect(sum(mine.map((line) => (line[at] === '' ? 0 : digits(line[at]!))))).toBe(digits(printed));
    }
  });

  it('lists every failing finding of every parcel, with its area in m² and 亩', () => {
    expect(plots.body).toHaveLength(failing.length);
    for (const [i, { row, check }] of failing.entries()) {
      const line = plots.body[i]!;
      const cell = (head: string) => line[plots.heads.indexOf(head)]!;
      expect(cell('地块编号').trim()).toBe(row.parcel_id.trim());
      expect(cell('疑似问题类型')).toBe(checkTexts.find(({ id }) => id === check)!.title.zh);
      const area = row.checks[check].area_m2;
      expect(cell('问题面积（m²）')).toBe(area === undefined ? '' : String(Number(area.toFixed(2))));
      if (area !== undefined)
        expect(Math.abs(Number(cell('问题面积（亩）')) - area * 0.0015)).toBeLessThan(0.005 + 1e-9);
      if (check === 'eco-red-line')
        expect(cell('涉及图斑（名称、编号）')).toContain('武陵山生物多样性维护生态保护红线');
      if (check === 'steep-slope') expect(cell('坡度级、坡度（°）')).toContain('36.2');
      else expect(cell('坡度级、坡度（°）')).toBe('');
      if (check === 'not-cultivated') expect(cell('地类（年份）')).toContain('0301 乔木林地');
      if (check === 'abandoned') expect(cell('种植属性 ZZSXDM')).toBe('WG 未耕种');
    }
    expect(columnOf(plots, '备注').join('')).toContain('（108.789123，28.841235）');
  });

  it('keeps ids and names as text, to the letter, and runs none of them', () => {
    const ids = columnOf(parcels, '地块编号');
    expect(ids.map((id) => id.trim())).toEqual(rows.map((row) => row.parcel_id.trim()));
    expect(ids).toContain('5002422021000100007');
    expect(ids).toEqual(
      expect.arrayContaining([
        '=1+1',
        nasty.plus,
        nasty.at,
        nasty.minus,
        nasty.rare,
        nasty.quotes,
        nasty.newline,
        nasty.script,
        nasty.apostrophe,
      ]),
    );
    expect(columnOf(list, '项目名称')).toContain('=1+1');
  });

  it('brings every source attribute back, numbers as numbers', () => {
    for (const [i, row] of rows.entries()) {
      const cell = (head: string) => parcels.body[i]![parcels.heads.lastIndexOf(head)]!;
      expect(cell('ZJRKBH')).toBe('5002421980010112345');
      expect(cell('TBS')).toBe(String(row.attributes['TBS']));
      expect(cell('混合')).toBe(String(row.attributes['混合']));
      expect(cell('EXTRA')).toBe('{"nested":[1,2]}');
    }
    expect(parcels.body[8]![parcels.heads.lastIndexOf('备注')]).toBe(longText);
    expect(columnOf(parcels, '核查结论')).toContain('待核');
    expect(columnOf(parcels, '待核的检查项及原因').join('')).toContain('撂荒：缺少图层');
  });

  it('says what is still to be filled in, and leaves it empty', () => {
    for (const [table, head] of [
      [list, '验收文号（待补）'],
      [list, '已使用面积（待补）'],
      [plots, '村（待补）'],
      [plots, '认定结果（待补）'],
      [plots, '证据：图幅、照片（待补）'],
      [projects, '整改完成率（待补）'],
    ] as const) {
      expect(new Set(columnOf(table, head)), head).toEqual(new Set(['']));
    }
  });

  it('explains itself: run, layers, assumptions, self-check', () => {
    const notes = sheets
      .get('填表说明')!
      .map((line) => line.join(' '))
      .join('\n');
    for (const text of [
      '0b9f1c2e-7a51-4f0e-9d56-3f6a4f8f2a10',
      '生态保护红线（2022）',
      'dltb2023.zip',
      '没有县界图层',
      'max_slope_deg = 25',
      '图形面积 = 核减 + 整改恢复 + 撂荒整治 + 保留',
      '待补栏目',
    ])
      expect(notes).toContain(text);
    expect(notes).not.toContain('不平');
    expect(list.notes[0]).toMatch(/^自检（公顷）：图形面积 38\.\d{4} = 核减合计 10\.\d{4} \+ /);
    expect(list.notes[0]).not.toContain('调平差');
  });
});

describe('the xlsx export', () => {
  const parts = async (input = exportInput(rows)) => {
    const path = join(await folder(), `raw-${Math.random()}.xlsx`);
    await writeFile(path, await bytesOf(xlsx.write(input)));
    return (n: number) => entryOf(path, `xl/worksheets/sheet${n}.xml`).then(String);
  };

  it('holds no formula, freezes the heads, prints on A3 across with the heads on each page', async () => {
    const path = join(await folder(), 'plain.xlsx');
    await writeFile(path, await bytesOf(xlsx.write(exportInput(rows))));
    for (let n = 1; n <= 6; n++)
      expect(await entryOf(path, `xl/worksheets/sheet${n}.xml`).then(String)).not.toMatch(/<f[ >]/);
    const first = String(await entryOf(path, 'xl/worksheets/sheet1.xml'));
    const looks = String(await entryOf(path, 'xl/styles.xml'));
    for (const format of ['0.0000', '0.00', '0', '@'])
      expect(looks).toMatch(
        new RegExp(`(formatCode="${format.replace('.', '\\.')}"|numFmtId="${{ '0.00': 2, '0': 1, '@': 49 }[format]}")`),
      );
    expect(first).toMatch(/<pane xSplit="3" ySplit="4"[^>]*state="frozen"/);
    expect(first).toMatch(/<pageSetup [^>]*paperSize="8"[^>]*orientation="landscape"/);
    const workbook = String(await entryOf(path, 'xl/workbook.xml'));
    expect(workbook).toContain('&apos;核减项目清单&apos;!$3:$4');
    // the sheet with every source attribute goes over two pages, with the parcel id on both
    expect(first).toMatch(/<pageSetup [^>]*fitToWidth="1"/);
    expect(String(await entryOf(path, 'xl/worksheets/sheet5.xml'))).toMatch(/<pageSetup [^>]*fitToWidth="2"/);
    expect(workbook).toContain('&apos;地块核查结果&apos;!$A:$B');
    expect(String(await entryOf(path, 'xl/worksheets/sheet6.xml'))).toMatch(/<pageSetup [^>]*paperSize="9"/);
  });

  it('marks a column that has no source yet in its head', async () => {
    const bare = rows.map((row): VerdictRow => ({ ...row, target_class: null, capacity_kg: null }));
    const first = await (await parts(exportInput(bare)))(1);
    expect(first).toContain('其中水田\n（待补）');
    expect(first).toContain('核减产能\n（待补）');
  });

  it('fills in 验收文号 and 村 where the source brought them along', async () => {
    const known = rows.map(
      (row): VerdictRow => ({
        ...row,
        attributes: { ...row.attributes, YSWH: '云自然资验〔2020〕99号', cun: '白果村' },
      }),
    );
    const sheet = await parts(exportInput(known));
    expect(await sheet(1)).toContain('<v>云自然资验〔2020〕99号</v>');
    expect(await sheet(1)).not.toContain('验收文号\n（待补）');
    expect(await sheet(2)).toContain('<v>白果村</v>');
    expect(await sheet(6)).not.toContain('验收文号、');
  });

  it('names the slope limit the run used', async () => {
    const input = exportInput(rows);
    input.run.manifest = { checks: [{ id: 'steep-slope', params: { max_slope_deg: 15 } }] };
    expect(await (await parts(input))(1)).toContain('15°以上');
  });

  it('leaves compliant parcels out of the parcel sheet only, when flagged ones are asked for', async () => {
    const sheet = await parts(exportInput(rows, { only: 'flagged' }));
    const flagged = rows.filter((row) => row.verdict !== 'compliant').length;
    // four lines before the rows, the line for signatures after
    expect((await sheet(5)).match(/<row /g)).toHaveLength(flagged + 5);
    expect(await sheet(1)).toContain('<v>40</v>');
  });

  it('refuses to print books that do not close', async () => {
    const input = exportInput(rows);
    input.run.summary = { ...input.run.summary, deduct_area_m2: input.run.summary.deduct_area_m2 + 0.02 };
    await expect(bytesOf(xlsx.write(input))).rejects.toThrow('the books do not close');
  });

  it('fails where its rows fail, instead of ending as a short workbook', async () => {
    let reading = 0;
    const input = exportInput(rows);
    input.rows = async function* () {
      yield* rows.slice(0, 20);
      if (++reading > 1) throw new Error('the connection is gone');
      yield* rows.slice(20);
    };
    await expect(bytesOf(xlsx.write(input))).rejects.toThrow('the connection is gone');
  });

  it('lets go of its rows when the reader leaves', async () => {
    const many = makeRows(3000);
    const input = exportInput(many);
    let open = 0;
    input.rows = async function* () {
      open++;
      try {
        yield* many;
      } finally {
        open--;
      }
    };
    for await (const _ of xlsx.write(input)) break;
    await vi.waitFor(() => expect(open).toBe(0), { timeout: 30_000 });
  });

  it('takes a parcel whose texts no workbook can hold', async () => {
    const odd = rows.map((row, i) =>
      i === 0 ? { ...row, project_name: `a\u0000\u0008b\ud800_x0041_${'长'.repeat(40_000)}` } : row,
    );
    const first = await (await parts(exportInput(odd)))(1);
    expect(first).toContain('ab\ufffd_x005F_x0041_长');
    expect(first).toContain('…（截短）');
  });
});
