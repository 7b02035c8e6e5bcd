/** 地块核查结果: every parcel (or every flagged one) with its verdict and all attributes it came with. Areas are not rounded. */
import type ExcelJS from 'exceljs';
import { checkIds } from '../../domain/outcome.ts';
import type { VerdictRow } from '../../domain/verdict-feature.ts';
import { AppError } from '../../errors.ts';
import { type CellValue, type Column, Sheet } from './sheet.ts';
import { outcomeWord, undeterminedInWords, verdictWord } from './words.ts';
import { type BookFacts, headLine } from './workbook-facts.ts';

/** Excel's own limit. */
const columnLimit = 16_384;

export async function writeParcels(
  workbook: ExcelJS.stream.xlsx.WorkbookWriter,
  facts: BookFacts,
  rows: AsyncIterable<VerdictRow>,
  attributes: readonly string[],
  flaggedOnly: boolean,
): Promise<void> {
  const raw = (head: string, group?: string): Column => ({ head, kind: 'raw', width: 14, ...(group ? { group } : {}) });
  const books = '处置（m²，每平方米只计一次）';
  const sheet = new Sheet(workbook, {
    name: '地块核查结果',
    title: `补充耕地地块核查结果${flaggedOnly ? '（不含合规地块）' : ''}`,
    ...headLine(facts),
    right: '单位：平方米（未舍入，供计算；印出数以前四表为准）',
    columns: [
      { head: '序号', kind: 'count', width: 6 },
      { head: '地块编号', kind: 'centred', width: 21 },
      { head: '项目备案编号', kind: 'centred', width: 17 },
      { head: '项目名称', kind: 'text', width: 22 },
      { head: '乡镇', kind: 'centred', width: 10 },
      raw('登记面积（m²）'),
      raw('登记净面积（m²）'),
      raw('图形面积（m²）'),
      { head: '核查结论', kind: 'centred', width: 13 },
      raw('核减', books),
      raw('整改恢复', books),
      raw('撂荒整治', books),
      raw('保留', books),
      raw('其中待核', books),
      { head: '待核的检查项及原因', kind: 'text', width: 26 },
      ...checkIds.map((id): Column => ({ head: facts.titleOf(id), group: '检查结果', kind: 'centred', width: 9 })),
      ...attributes.map((name): Column => ({ head: name, group: '原始属性', kind: 'text', width: 20 })),
    ],
    fixed: 2,
    runId: facts.runId,
    signal: facts.signal,
    filter: true,
    mostLines: 4,
  });
  let number = 0;
  for await (const row of rows) {
    await sheet.add([
      ++number,
      row.parcel_id,
      row.project_code ?? '',
      row.project_name ?? '',
      row.township ?? '',
      row.declared_area_m2,
      row.declared_net_m2,
      row.area_m2,
      verdictWord[row.verdict],
      row.deduct_area_m2,
      row.restore_area_m2,
      row.remediate_area_m2,
      row.kept_area_m2,
      row.kept_unverified_area_m2,
      undeterminedInWords(row, facts.titleOf),
      ...checkIds.map((id) => (row.checks[id] ? outcomeWord[row.checks[id].outcome] : '')),
      ...attributes.map((name) => attributeCell(row.attributes[name])),
    ]);
  }
  sheet.finish([]);
}

function attributeCell(value: unknown): CellValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return JSON.stringify(value);
}

export function refuseTooManyColumns(attributes: number): void {
  if (attributes + 40 <= columnLimit) return;
  throw new AppError('too-large', {
    zh: `原始属性有 ${attributes} 个字段，一张工作表最多 ${columnLimit} 列：请改用 csv 或 geojson 导出`,
    en: `${attributes} source attributes pass the ${columnLimit} columns of a worksheet: export csv or geojson instead`,
  });
}
