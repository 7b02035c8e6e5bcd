/**
 * 问题地块明细 (DOMAIN §6 table 2): one row for every failing finding of a parcel. Areas of findings overlap and are not to be
 * added; the counted columns are, and sum to the books.
 */
import type ExcelJS from 'exceljs';
import { roundArea, roundDecimal } from '../../domain/rounding.ts';
import type { VerdictRow } from '../../domain/verdict-feature.ts';
import { AppError } from '../../errors.ts';
import {
  type CountedFinding,
  type CountedMeasure,
  countedFindings,
  countedMeasures,
  type Gathered,
  measureOf,
} from './gather.ts';
import type { PrintedBooks } from './printed-books.ts';
import { type CellValue, type Column, Sheet, sheetRowLimit } from './sheet.ts';
import { wordOf } from './source-words.ts';
import { adviceInWords, classesInWords, hitsInWords, plantingInWords, remarksOf, slopeInWords } from './words.ts';
import { type BookFacts, headLine } from './workbook-facts.ts';

const counted = '计入台账面积（每平方米只计一次，可相加）';

const columnsOf = ({ hasVillage }: Gathered): Column[] => [
  { head: '序号', kind: 'count', width: 6 },
  { head: '地块编号', kind: 'centred', width: 21 },
  { head: '项目备案编号', kind: 'centred', width: 17 },
  { head: '项目名称', kind: 'text', width: 20 },
  { head: '乡镇', kind: 'centred', width: 10 },
  { head: hasVillage ? '村' : '村（待补）', kind: 'centred', width: 9 },
  { head: '登记面积（m²）', kind: 'm2', width: 11 },
  { head: '图形面积（椭球，m²）', kind: 'm2', width: 11 },
  { head: '差异（%）', kind: 'percent', width: 7 },
  { head: '疑似问题类型', kind: 'centred', width: 12 },
  { head: '问题面积（m²）', kind: 'm2', width: 11 },
  { head: '问题面积（亩）', kind: 'mu', width: 9 },
  { head: '占比（%）', kind: 'percent', width: 7 },
  { head: '涉及图斑（名称、编号）', kind: 'text', width: 24 },
  { head: '坡度级、坡度（°）', kind: 'centred', width: 11 },
  { head: '地类（年份）', kind: 'text', width: 24 },
  { head: '种植属性 ZZSXDM', kind: 'text', width: 20 },
  { head: '建议处置', kind: 'centred', width: 14 },
  { head: '认定结果（待补）', kind: 'centred', width: 9 },
  { head: '核减（m²）', group: counted, kind: 'm2', width: 11 },
  { head: '核减（亩）', group: counted, kind: 'mu', width: 9 },
  { head: '整改恢复（m²）', group: counted, kind: 'm2', width: 11 },
  { head: '整改恢复（亩）', group: counted, kind: 'mu', width: 9 },
  { head: '撂荒整治（m²）', group: counted, kind: 'm2', width: 11 },
  { head: '撂荒整治（亩）', group: counted, kind: 'mu', width: 9 },
  { head: '证据：图幅、照片（待补）', kind: 'centred', width: 17 },
  { head: '备注', kind: 'text', width: 26 },
];

type Totals = Record<CountedMeasure, { m2: number; mu: number }>;

export async function writeProblemPlots(
  workbook: ExcelJS.stream.xlsx.WorkbookWriter,
  facts: BookFacts,
  rows: AsyncIterable<VerdictRow>,
  gathered: Gathered,
  books: PrintedBooks,
): Promise<void> {
  const sheet = new Sheet(workbook, {
    name: '问题地块明细',
    title: '补充耕地疑似问题地块明细表',
    ...headLine(facts),
    right: '单位：平方米、亩、个',
    columns: columnsOf(gathered),
    fixed: 2,
    runId: facts.runId,
    signal: facts.signal,
    filter: true,
  });
  const totals: Totals = { deduct: { m2: 0, mu: 0 }, restore: { m2: 0, mu: 0 }, remediate: { m2: 0, mu: 0 } };
  let number = 0;
  let parcels = 0;
  for await (const row of rows) {
    const findings = countedFindings(row);
    if (findings.length > 0) parcels++;
    for (const finding of findings)
      await sheet.add(lineOf(++number, row, finding, facts, countedCells(row, finding, books, totals)));
  }
  const sums = countedMeasures.flatMap((measure) => [
    roundDecimal(totals[measure].m2, 2),
    roundDecimal(totals[measure].mu, 2),
  ]);
  await sheet.add(
    [null, '合计', `${parcels} 个地块`, `${number} 项问题`, ...Array(15).fill(null), ...sums, null, ''],
    true,
  );
  sheet.finish([
    '说明：同一地块的各项问题面积可能互相重叠，不得相加；“计入台账面积”按首要原因每平方米只计一次，按项目合计与“按项目汇总”一致。本表均为疑似问题，经人工认定后生效。',
  ]);
}

function lineOf(
  number: number,
  row: VerdictRow,
  { check }: CountedFinding,
  facts: BookFacts,
  counts: CellValue[],
): CellValue[] {
  const finding = row.checks[check];
  const declared = row.declared_area_m2;
  return [
    number,
    row.parcel_id,
    row.project_code ?? '',
    row.project_name ?? '',
    row.township ?? '',
    wordOf('village', row.attributes),
    declared === null ? null : roundArea(declared, 'm2'),
    roundArea(row.area_m2, 'm2'),
    declared === null || row.area_m2 === 0 ? null : roundDecimal(((declared - row.area_m2) / row.area_m2) * 100, 2),
    facts.titleOf(check),
    finding.area_m2 === undefined ? null : roundArea(finding.area_m2, 'm2'),
    finding.area_m2 === undefined ? null : roundArea(finding.area_m2, 'mu'),
    finding.share === undefined ? null : roundDecimal(finding.share * 100, 2),
    hitsInWords(finding),
    slopeInWords(finding),
    classesInWords(finding, facts.systemOfYear),
    plantingInWords(check, finding),
    adviceInWords(check, row, facts.measureOf(check)),
    null,
    ...counts,
    null,
    remarksOf(check, finding),
  ];
}

/** m² and 亩 under each measure; empty where nothing counts there. Adds to the totals what it prints. */
function countedCells(row: VerdictRow, { areas }: CountedFinding, books: PrintedBooks, totals: Totals): CellValue[] {
  const cells: Record<CountedMeasure, { m2: number; mu: number } | null> = {
    deduct: null,
    restore: null,
    remediate: null,
  };
  for (const [leaf, area] of areas) {
    const measure = measureOf(leaf);
    const sum = cells[measure] ?? { m2: 0, mu: 0 };
    for (const unit of ['m2', 'mu'] as const) {
      const printed = books.finding(row.project_code, leaf, unit, area);
      sum[unit] = roundDecimal(sum[unit] + printed, 2);
      totals[measure][unit] = roundDecimal(totals[measure][unit] + printed, 2);
    }
    cells[measure] = sum;
  }
  return countedMeasures.flatMap((measure) => [cells[measure]?.m2 ?? null, cells[measure]?.mu ?? null]);
}

/** Title, header, 合计, note and signatures take eight rows of a sheet. */
export function refuseTooManyRows(count: number): void {
  if (count + 8 <= sheetRowLimit) return;
  throw new AppError('too-large', {
    zh: `${count} 行超过一张工作表的 ${sheetRowLimit} 行：请改用 csv 或 geojson 导出`,
    en: `${count} rows pass the ${sheetRowLimit} of a worksheet: export csv or geojson instead`,
  });
}
