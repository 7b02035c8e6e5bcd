/** 核减项目清单 (DOMAIN §6 table 1, after the official 附表8): one row a project, areas in 公顷, each square metre under its first reason. */
import type ExcelJS from 'exceljs';
import { roundDecimal } from '../../domain/rounding.ts';
import type { Gathered, Group } from './gather.ts';
import type { PrintedBooks } from './printed-books.ts';
import { printedCheck } from './self-check.ts';
import { type CellValue, type Column, Sheet } from './sheet.ts';
import { type BookFacts, headLine } from './workbook-facts.ts';

const deduct = '应核减面积（一处多因只计首要原因，公顷）';
const outside = '不计入核减（公顷）';
const register = '登记口径（公顷）';

function columnsOf(facts: BookFacts, { hasTarget, hasCapacity, hasAcceptance }: Gathered): Column[] {
  const ha = (head: string, group?: string): Column => ({ head, kind: 'ha', width: 9.5, ...(group ? { group } : {}) });
  return [
    { head: '序号', kind: 'count', width: 5 },
    { head: '项目备案编号', kind: 'centred', width: 17 },
    { head: '项目名称', kind: 'text', width: 24 },
    { head: '乡镇', kind: 'centred', width: 11 },
    { head: hasAcceptance ? '验收文号' : '验收文号（待补）', kind: 'centred', width: hasAcceptance ? 14 : 9 },
    { head: '地块个数（个）', kind: 'count', width: 7 },
    ha('图形面积（公顷）'),
    ha('红线内', deduct),
    ha(`${facts.slopeLimit}°以上（不含红线）`, deduct),
    ha('原为耕地', deduct),
    ha('地块重叠', deduct),
    ha('未平整', deduct),
    ha('其他', deduct),
    ha('核减合计', deduct),
    { head: '核减合计（亩）', kind: 'mu', width: 10 },
    ha(hasTarget ? '其中水田（公顷）' : '其中水田（待补）'),
    ha('其中多因叠加（备查）'),
    ha('整改恢复', outside),
    ha('撂荒整治', outside),
    ha('保留面积', outside),
    ha('其中待核', outside),
    { ...ha('原新增耕地面积', register), width: 11 },
    { ...ha('应核减占补平衡指标', register), width: 11 },
    ha('核减后面积', register),
    { head: '核减比例（%）', kind: 'percent', width: 8 },
    { head: hasCapacity ? '核减产能（公斤）' : '核减产能（待补）', kind: 'kg', width: 10 },
    { head: '已使用面积（待补）', kind: 'centred', width: 9 },
    { head: '备注', kind: 'text', width: 26 },
  ];
}

export async function writeDeductionList(
  workbook: ExcelJS.stream.xlsx.WorkbookWriter,
  facts: BookFacts,
  gathered: Gathered,
  books: PrintedBooks,
): Promise<void> {
  const sheet = new Sheet(workbook, {
    name: '核减项目清单',
    title: '补充耕地占补平衡指标核减项目清单',
    ...headLine(facts),
    columns: columnsOf(facts, gathered),
    fixed: 3,
    runId: facts.runId,
    signal: facts.signal,
  });
  const { table, registered, indicator, remaining, paddy, severalReasons, capacityKg } = books.list;
  const groups = [...gathered.projects];
  for (const [r, [code, group]] of groups.entries()) {
    const cells = table.cells[r]!;
    await sheet.add([
      r + 1,
      code ?? '',
      group.name ?? (code === null ? '（未注明项目）' : ''),
      namesOf(group.others),
      namesOf(group.acceptances),
      group.parcels,
      table.rowTotals[r]!,
      ...cells.slice(0, 6),
      table.subtotals[r]![0]!,
      books.projects.deduct.rows[r]!,
      gathered.hasTarget ? paddy.rows[r]! : null,
      severalReasons.rows[r]!,
      cells[6]!,
      cells[7]!,
      table.subtotals[r]![1]!,
      cells[9]!,
      registered.rows[r]!,
      indicator.rows[r]!,
      remaining.rows[r]!,
      percent(group.indicator, group.registered),
      gathered.hasCapacity && (group.capacity > 0 || group.withoutCapacity === 0) ? capacityKg.rows[r]! : null,
      null,
      remarksOf(group, gathered),
    ]);
  }
  await sheet.add(totals(), true);
  const check = printedCheck('公顷', 4, [
    [
      '图形面积',
      table.total,
      [
        ['核减合计', table.groupTotals[0]!],
        ['整改恢复', table.columnTotals[6]!],
        ['撂荒整治', table.columnTotals[7]!],
        ['保留面积', table.groupTotals[1]!],
      ],
    ],
    [
      '原新增耕地面积',
      registered.total,
      [
        ['应核减指标', indicator.total],
        ['核减后面积', remaining.total],
      ],
    ],
  ]);
  sheet.finish([check, '说明：本表为系统核查的疑似数，经人工认定后生效。口径、自检与调平差见“填表说明”。']);

  function totals(): CellValue[] {
    const all = groups.map(([, group]) => group);
    const sum = (pick: (group: Group) => bigint) => all.reduce((total, group) => total + pick(group), 0n);
    return [
      null,
      '合计',
      `${groups.length} 个项目`,
      '',
      null,
      all.reduce((total, group) => total + group.parcels, 0),
      table.total,
      ...table.columnTotals.slice(0, 6),
      table.groupTotals[0]!,
      books.projects.deduct.total,
      gathered.hasTarget ? paddy.total : null,
      severalReasons.total,
      table.columnTotals[6]!,
      table.columnTotals[7]!,
      table.groupTotals[1]!,
      table.columnTotals[9]!,
      registered.total,
      indicator.total,
      remaining.total,
      percent(
        sum((group) => group.indicator),
        sum((group) => group.registered),
      ),
      gathered.hasCapacity ? capacityKg.total : null,
      null,
      '',
    ];
  }
}

/** per cent of exact areas, two digits; nothing where there is no whole */
export function percent(part: bigint, whole: bigint): number | null {
  return whole === 0n ? null : roundDecimal((Number(part) / Number(whole)) * 100, 2);
}

/** '龙潭镇、泔溪镇 等 5 个' */
export function namesOf(names: ReadonlySet<string | null>): string {
  const known = [...names].filter((name) => name !== null);
  return known.length > 3 ? `${known.slice(0, 3).join('、')} 等 ${known.length} 个` : known.join('、');
}

function remarksOf(group: Group, { hasTarget, hasCapacity }: Gathered): string {
  const remarks: string[] = [];
  if (group.verdicts.undetermined > 0) remarks.push(`${group.verdicts.undetermined} 个地块待核`);
  if (group.unregistered > 0) remarks.push(`${group.unregistered} 个地块无登记面积，按图形面积计`);
  if (hasTarget && group.withoutTarget > 0) remarks.push(`${group.withoutTarget} 个核减地块未注明地类`);
  if (hasCapacity && group.withoutCapacity > 0) remarks.push(`${group.withoutCapacity} 个核减地块无产能`);
  return remarks.join('\n');
}
