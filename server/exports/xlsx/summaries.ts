/** 按项目汇总 and 按乡镇汇总 (DOMAIN §6 table 5): areas in 亩, counts of parcels. */
import type ExcelJS from 'exceljs';
import { checkIds } from '../../domain/outcome.ts';
import { namesOf } from './deduction-list.ts';
import type { Gathered, Group } from './gather.ts';
import type { PrintedSummary } from './printed-books.ts';
import { printedCheck } from './self-check.ts';
import { type CellValue, type Column, Sheet } from './sheet.ts';
import { type BookFacts, headLine } from './workbook-facts.ts';

/** Checks whose findings have no area of their own: only counted. */
const withoutArea = new Set(['parcel-geometry', 'area-mismatch']);

const mu = (head: string, group?: string): Column => ({ head, kind: 'mu', width: 9, ...(group ? { group } : {}) });
const count = (head: string, group?: string): Column => ({
  head,
  kind: 'count',
  width: 6,
  ...(group ? { group } : {}),
});

function commonColumns(facts: BookFacts): Column[] {
  return [
    count('地块个数（个）'),
    mu('登记面积（亩）'),
    mu('图形面积（亩）'),
    count('个数', '合规'),
    mu('面积（亩）', '合规'),
    count('不合规（个）'),
    count('待核（个）'),
    ...checkIds.flatMap((id) => {
      const title = facts.titleOf(id);
      return withoutArea.has(id) ? [count(`${title}（个）`)] : [count('个数', title), mu('面积（亩）', title)];
    }),
    mu('核减（亩）', '处置（每平方米只计一次）'),
    mu('整改恢复（亩）', '处置（每平方米只计一次）'),
    mu('撂荒整治（亩）', '处置（每平方米只计一次）'),
    mu('保留（亩）', '处置（每平方米只计一次）'),
    mu('其中待核（亩）', '处置（每平方米只计一次）'),
    { head: '整改完成率（待补）', kind: 'centred', width: 8 },
  ];
}

function commonCells(group: Group, printed: PrintedSummary, r: number): CellValue[] {
  return [
    group.parcels,
    group.declaredParcels === 0 ? null : printed.declared.rows[r]!,
    printed.area.rows[r]!,
    group.verdicts.compliant,
    printed.compliant.rows[r]!,
    group.verdicts.non_compliant,
    group.verdicts.undetermined,
    ...checkIds.flatMap((id, i) => {
      const found = group.checks[i]!;
      return withoutArea.has(id) ? [found.count] : [found.count, printed.checks[i]!.rows[r]!];
    }),
    ...[printed.deduct, printed.restore, printed.remediate, printed.kept, printed.unverified].map(
      (column) => column.rows[r]!,
    ),
    null,
  ];
}

function totalCells(groups: Group[], printed: PrintedSummary): CellValue[] {
  const sum = (pick: (group: Group) => number) => groups.reduce((total, group) => total + pick(group), 0);
  return [
    sum((group) => group.parcels),
    sum((group) => group.declaredParcels) === 0 ? null : printed.declared.total,
    printed.area.total,
    sum((group) => group.verdicts.compliant),
    printed.compliant.total,
    sum((group) => group.verdicts.non_compliant),
    sum((group) => group.verdicts.undetermined),
    ...checkIds.flatMap((id, i) => {
      const found = sum((group) => group.checks[i]!.count);
      return withoutArea.has(id) ? [found] : [found, printed.checks[i]!.total];
    }),
    ...[printed.deduct, printed.restore, printed.remediate, printed.kept, printed.unverified].map(
      (column) => column.total,
    ),
    null,
  ];
}

function checkLine(printed: PrintedSummary): string {
  return printedCheck('亩', 2, [
    [
      '图形面积',
      printed.area.total,
      [
        ['核减', printed.deduct.total],
        ['整改恢复', printed.restore.total],
        ['撂荒整治', printed.remediate.total],
        ['保留', printed.kept.total],
      ],
    ],
  ]);
}

const note = '说明：各问题类型的面积可能互相重叠，不得相加；“处置”各栏每平方米只计一次。均为疑似数，经人工认定后生效。';

export async function writeProjectSummary(
  workbook: ExcelJS.stream.xlsx.WorkbookWriter,
  facts: BookFacts,
  { projects }: Gathered,
  printed: PrintedSummary,
): Promise<void> {
  const sheet = new Sheet(workbook, {
    name: '按项目汇总',
    title: '补充耕地核查情况汇总表（按项目）',
    ...headLine(facts),
    right: '单位：亩、个',
    columns: [
      { head: '序号', kind: 'count', width: 5 },
      { head: '项目备案编号', kind: 'centred', width: 17 },
      { head: '项目名称', kind: 'text', width: 22 },
      { head: '乡镇', kind: 'centred', width: 12 },
      ...commonColumns(facts),
    ],
    fixed: 3,
    runId: facts.runId,
    signal: facts.signal,
  });
  for (const [r, [code, group]] of [...projects].entries()) {
    const name = group.name ?? (code === null ? '（未注明项目）' : '');
    await sheet.add([r + 1, code ?? '', name, namesOf(group.others), ...commonCells(group, printed, r)]);
  }
  await sheet.add([null, '合计', `${projects.size} 个项目`, '', ...totalCells([...projects.values()], printed)], true);
  sheet.finish([checkLine(printed), note]);
}

export async function writeTownshipSummary(
  workbook: ExcelJS.stream.xlsx.WorkbookWriter,
  facts: BookFacts,
  { townships, projects }: Gathered,
  printed: PrintedSummary,
): Promise<void> {
  const sheet = new Sheet(workbook, {
    name: '按乡镇汇总',
    title: '补充耕地核查情况汇总表（按乡镇）',
    ...headLine(facts),
    right: '单位：亩、个',
    columns: [
      { head: '序号', kind: 'count', width: 5 },
      { head: '乡镇', kind: 'centred', width: 14 },
      { head: '项目个数（个）', kind: 'count', width: 7 },
      ...commonColumns(facts),
    ],
    fixed: 2,
    runId: facts.runId,
    signal: facts.signal,
  });
  for (const [r, [township, group]] of [...townships].entries()) {
    await sheet.add([r + 1, township ?? '（未注明乡镇）', group.others.size, ...commonCells(group, printed, r)]);
  }
  await sheet.add([null, '合计', projects.size, ...totalCells([...townships.values()], printed)], true);
  sheet.finish([checkLine(printed), `${note}一个地块只归一个乡镇；跨乡镇的项目在各乡镇分别计数，合计栏按项目计。`]);
}
