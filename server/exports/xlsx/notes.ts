/** 填表说明: what the figures are of, how they were counted, that they add up, what is still to be filled in. */
import type ExcelJS from 'exceljs';
import { roundDecimal } from '../../domain/rounding.ts';
import { layerTypes } from '../../layers/index.ts';
import type { CheckText } from '../export-format.ts';
import type { Gathered } from './gather.ts';
import type { PrintedBooks } from './printed-books.ts';
import { type Equation, tolerance } from './self-check.ts';
import { type CellValue, heightOf, signatures, styles, toCell } from './sheet.ts';
import { measureWord } from './words.ts';
import type { BookFacts } from './workbook-facts.ts';

const widths = [46, 18, 24, 44, 18, 40];
const columns = widths.map((width) => ({ width }));

export interface NotesInput {
  facts: BookFacts;
  checks: readonly CheckText[];
  gathered: Gathered;
  books: PrintedBooks;
  equations: Equation[];
  parcelCount: number;
  flaggedOnly: boolean;
}

export function writeNotes(workbook: ExcelJS.stream.xlsx.WorkbookWriter, input: NotesInput): void {
  const { facts, books } = input;
  const sheet = workbook.addWorksheet('填表说明', {
    views: [{ showGridLines: false, zoomScale: 90 }],
    pageSetup: {
      paperSize: 9 as ExcelJS.PaperSize, // A4
      orientation: 'landscape',
      fitToPage: true,
      fitToWidth: 1,
      fitToHeight: 0,
      margins: { left: 0.4, right: 0.4, top: 0.5, bottom: 0.6, header: 0.3, footer: 0.3 },
    },
    headerFooter: { oddFooter: `&L&8运行编号 ${facts.runId}&C&9第 &P 页 共 &N 页&R&8&A` },
  });
  sheet.columns = columns;

  const line = (values: CellValue[], style: (i: number) => Partial<ExcelJS.Style>, height?: number) => {
    const row = sheet.addRow(values.map(toCell));
    for (let i = 0; i < widths.length; i++) row.getCell(i + 1).style = style(i);
    if (height !== undefined) row.height = height;
    return row;
  };
  const wide = (text: string, style: Partial<ExcelJS.Style>, height: number) => {
    const row = line([text], () => style, height);
    sheet.mergeCells(row.number, 1, row.number, widths.length);
    row.commit();
  };
  const section = (title: string) => wide(title, styles.section, 26);
  const table = (head: string[], body: CellValue[][]) => {
    const full = (cells: CellValue[]) => [...cells, ...Array(widths.length - cells.length).fill(null)];
    line(full(head), () => styles.head, 20).commit();
    for (const cells of body) {
      const height = heightOf(columns, cells);
      line(full(cells), (i) => (typeof cells[i] === 'number' ? styles.body.plain : styles.body.text), height).commit();
    }
  };
  // a merged cell does not grow with its text
  const wrapped = { ...styles.line, alignment: { ...styles.line.alignment, wrapText: true } };
  const whole = [{ width: widths.reduce((sum, width) => sum + width, 0) }];
  const paragraph = (text: string) => wide(text, wrapped, heightOf(whole, [text]));
  const fact = (name: string, content: string) => {
    const room = [{ width: widths[0]! }, { width: whole[0]!.width - widths[0]! }];
    const row = line([name, content], () => styles.body.text, heightOf(room, [name, content]));
    sheet.mergeCells(row.number, 2, row.number, widths.length);
    row.commit();
  };

  wide('填表说明', styles.title, 34);
  section('一、本次核查');
  fact('运行编号', facts.runId);
  fact('行政区代码', facts.regionCode);
  fact('核查日期', facts.runDay);
  fact('地块个数（个）', String(input.parcelCount));
  fact('地块核查结果表', input.flaggedOnly ? '只列不合规和待核的地块' : '全部地块');
  const software = Object.entries(facts.engines).map(([name, version]) => `${name} ${version}`);
  fact('软件', software.join('，'));
  section('二、所用数据');
  table(
    ['类型', '年份', '名称', '文件', '来源', 'SHA-256'],
    [
      ...facts.inputs.map((set) => [
        set['role'] === 'earlier' ? '以往地块（只参与重叠检查）' : '补充耕地地块',
        '',
        text(set['name']),
        text(set['file_name']),
        '',
        text(set['sha256']),
      ]),
      ...facts.layers.map((layer) => [
        layerTitle(layer['type']),
        text(layer['year']),
        text(layer['name']),
        text(layer['file_name']),
        text(layer['source']),
        text(layer['sha256']),
      ]),
    ],
  );
  section('三、检查项');
  table(
    ['检查项', '默认处置', '参数', '依据'],
    input.checks.map((check) => [
      check.title.zh,
      check.measurePerHit ? '依问题图斑所列' : measureWord[check.measure],
      Object.entries(facts.params.get(check.id) ?? {})
        .map(([key, value]) => `${key} = ${value === null ? '（默认）' : String(value)}`)
        .join('\n'),
      check.basis.map(({ document, clause }) => `${document} ${clause}`).join('\n'),
    ]),
  );
  section('四、假设');
  for (const assumption of facts.assumptions.length > 0 ? facts.assumptions : ['无']) paragraph(assumption);
  section('五、口径');
  for (const [i, sentence] of method(facts).entries()) paragraph(`${i + 1}. ${sentence}`);
  section('六、自检（未舍入，平方米；容许差 0.01）');
  table(
    ['等式', '左', '右', '差', '结论'],
    input.equations.map(({ text: equation, left, right, difference }) => [
      equation,
      roundDecimal(left, 6),
      roundDecimal(right, 6),
      roundDecimal(difference, 6),
      Math.abs(difference) <= tolerance ? '平' : '不平',
    ]),
  );
  section('七、调平差');
  for (const difference of books.differences.length > 0
    ? books.differences
    : ['无：各表各栏印出数均已调平，每个数与未舍入数相差不超过末位一个单位。'])
    paragraph(difference);
  section('八、待补栏目');
  paragraph(`下列栏目系统尚无来源，留空待补：${pending(input.gathered).join('、')}。`);
  wide(signatures.join('                    '), styles.line, 36);
  sheet.commit();
}

function method(facts: BookFacts): string[] {
  return [
    '面积单位：1 公顷 = 10000 平方米 = 15 亩，1 亩 = 2000/3 平方米。面积为国家2000椭球面积，以未舍入数计算，印出时四舍五入（逢五进一，远离零）：公顷 4 位、亩 2 位、平方米 2 位小数。',
    '调平：各行之和、各列之和与合计一致；为此个别数按末位一个单位调整，与未舍入数相差不超过末位一个单位。公顷与亩分别调平，换算后末位可能相差一个单位。',
    `核减不重复：同一地面有多项原因的只计一次，按 红线内、${facts.slopeLimit}°以上、原为耕地、地块重叠、未平整、其他 的次序计入首要原因；“其中多因叠加”为备查数，已含在核减合计内。`,
    '处置的轻重：核减 > 整改恢复 > 撂荒整治。重叠处按最重的处置计一次；整改恢复、撂荒整治不计入核减合计。',
    '保留面积中证据不足（缺图层、超出图层范围、无数据等）的部分列“其中待核”，不得视为合规。',
    '原新增耕地面积取登记净面积，没有的取登记面积，再没有的取图形面积（备注中注明个数）。有净面积的地块，应核减指标 = 核减面积 × 净面积 ÷ 图形面积；指标不超过该地块原新增耕地面积。',
    '其中水田按地块拟建地类（0101 水田）统计。核减产能 = 地块填报产能 × 应核减指标 ÷ 原新增耕地面积，仅供参考，以备案系统为准。',
    '本工作簿所列均为系统核查的疑似问题，经人工认定后生效。',
  ];
}

function pending({ hasTarget, hasCapacity, hasAcceptance, hasVillage }: Gathered): string[] {
  return [
    ...(hasAcceptance ? [] : ['验收文号']),
    '已使用面积',
    ...(hasTarget ? [] : ['其中水田']),
    ...(hasCapacity ? [] : ['核减产能']),
    ...(hasVillage ? [] : ['村']),
    '认定结果',
    '证据：图幅、照片',
    '整改完成率',
  ];
}

function layerTitle(type: unknown): string {
  return layerTypes.find(({ id }) => id === type)?.title.zh ?? text(type);
}

function text(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}
