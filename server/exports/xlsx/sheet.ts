/** One sheet of the workbook as a bureau expects it: title, unit line, frozen header, rows, total, signatures. */
import { setTimeout as pause } from 'node:timers/promises';
import type ExcelJS from 'exceljs';

/** Excel's own limit. */
export const sheetRowLimit = 1_048_576;

export type CellKind =
  | 'text'
  | 'centred'
  | 'count'
  | 'ha'
  | 'mu'
  | 'm2'
  | 'percent'
  | 'degrees'
  | 'kg'
  | 'raw'
  | 'plain';

export interface Column {
  head: string;
  /** heads of neighbours with the same group stand under one cell */
  group?: string;
  kind: CellKind;
  /** in Latin letters; a Chinese one takes two */
  width: number;
}

export type CellValue = string | number | null;

/** Every number has a format; text is stored as text, so that 19-digit ids keep their digits and "=1+1" stays what it is. */
const numberFormat: Record<CellKind, string> = {
  text: '@',
  centred: '@',
  count: '0',
  ha: '0.0000',
  mu: '0.00',
  m2: '0.00',
  percent: '0.00',
  degrees: '0.0',
  kg: '0',
  raw: '0.00####',
  plain: 'General',
};

/**
 * Width, in Latin letters, that one A3 sheet across still prints in 6 points and more. Tables that are wider go on a second
 * sheet with the fixed columns again; on A4 the narrowest of ours would come out in 5 points.
 */
const pageWidth = 360;

const thin = { style: 'thin', color: { argb: 'FF808080' } } as const;
const border = { top: thin, left: thin, bottom: thin, right: thin };
const font = (size: number, bold = false) => ({ name: '宋体', family: 3, charset: 134, size, bold });
const middle = (horizontal: 'left' | 'center' | 'right', wrapText = true) => ({
  horizontal,
  vertical: 'middle' as const,
  wrapText,
});
const grey = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFEDEDED' } } as const;

function cellStyle(kind: CellKind, bold: boolean): Partial<ExcelJS.Style> {
  const horizontal = kind === 'text' ? 'left' : kind === 'centred' ? 'center' : 'right';
  return {
    font: font(10, bold),
    alignment: middle(horizontal, kind === 'text' || kind === 'centred'),
    border,
    numFmt: numberFormat[kind],
  };
}

export const styles = {
  // one object a style: the writer looks styles up by identity
  body: Object.fromEntries(
    Object.keys(numberFormat).map((kind) => [kind, cellStyle(kind as CellKind, false)]),
  ) as Record<CellKind, Partial<ExcelJS.Style>>,
  total: Object.fromEntries(
    Object.keys(numberFormat).map((kind) => [kind, { ...cellStyle(kind as CellKind, true), fill: grey }]),
  ) as Record<CellKind, Partial<ExcelJS.Style>>,
  title: { font: { ...font(18, true), name: '黑体' }, alignment: middle('center', false) } as Partial<ExcelJS.Style>,
  // in the middle of several pages a title would be cut in two
  titleLeft: { font: { ...font(18, true), name: '黑体' }, alignment: middle('left', false) } as Partial<ExcelJS.Style>,
  line: { font: font(10), alignment: middle('left', false), numFmt: '@' } as Partial<ExcelJS.Style>,
  lineRight: { font: font(10), alignment: middle('right', false), numFmt: '@' } as Partial<ExcelJS.Style>,
  head: {
    font: font(10, true),
    alignment: middle('center'),
    border,
    fill: grey,
    numFmt: '@',
  } as Partial<ExcelJS.Style>,
  section: { font: font(12, true), alignment: middle('left', false), numFmt: '@' } as Partial<ExcelJS.Style>,
};

export interface SheetOptions {
  name: string;
  title: string;
  /** under the title, left and right */
  left: string;
  right: string;
  columns: readonly Column[];
  /** columns that stay in sight when scrolling to the right */
  fixed: number;
  runId: string;
  /** aborted when nobody reads the workbook any more */
  signal: AbortSignal;
  filter?: boolean;
  /** lines of text a row may grow to */
  mostLines?: number;
}

export const signatures = ['填报单位（盖章）：', '审核人：', '负责人：', '分管领导：', '日期：      年    月    日'];

export class Sheet {
  readonly #sheet: ExcelJS.Worksheet;
  readonly #columns: readonly Column[];
  readonly #mostLines: number;
  readonly #signal: AbortSignal;
  #rows = 0;

  constructor(workbook: ExcelJS.stream.xlsx.WorkbookWriter, options: SheetOptions) {
    const { columns } = options;
    this.#columns = columns;
    this.#mostLines = options.mostLines ?? 30;
    this.#signal = options.signal;
    const pages = Math.ceil(columns.reduce((sum, { width }) => sum + width, 0) / pageWidth);
    this.#sheet = workbook.addWorksheet(options.name, {
      views: [{ state: 'frozen', xSplit: options.fixed, ySplit: 4, showGridLines: false, zoomScale: 90 }],
      pageSetup: {
        paperSize: 8 as ExcelJS.PaperSize, // A3
        orientation: 'landscape',
        fitToPage: true,
        fitToWidth: pages,
        fitToHeight: 0,
        horizontalCentered: true,
        printTitlesRow: '3:4',
        ...(pages > 1 ? { printTitlesColumn: `A:${letterOf(options.fixed)}` } : {}),
        margins: { left: 0.4, right: 0.4, top: 0.5, bottom: 0.6, header: 0.3, footer: 0.3 },
      },
      headerFooter: { oddFooter: `&L&8运行编号 ${options.runId}&C&9第 &P 页 共 &N 页&R&8&A` },
    });
    this.#sheet.columns = columns.map(({ width }) => ({ width }));
    const last = columns.length;
    this.#merged([options.title], pages > 1 ? styles.titleLeft : styles.title, 34, [[1, last]]);
    const split = Math.max(1, last - 5);
    this.#merged([options.left, ...Array(split - 1).fill(null), options.right], styles.line, 20, [
      [1, split],
      [split + 1, last],
    ]);
    this.#head();
    if (options.filter) this.#sheet.autoFilter = { from: { row: 4, column: 1 }, to: { row: 4, column: last } };
  }

  /** A row of values in the order of the columns. */
  async add(values: readonly CellValue[], bold = false): Promise<void> {
    const look = bold ? styles.total : styles.body;
    const row = this.#sheet.addRow(values.map(toCell));
    for (const [i, { kind }] of this.#columns.entries()) {
      const number = typeof values[i] === 'number' && (kind === 'text' || kind === 'centred');
      row.getCell(i + 1).style = look[number ? 'plain' : kind];
    }
    row.height = heightOf(this.#columns, values, this.#mostLines);
    row.commit();
    this.#rows++;
    if (this.#rows % 200 === 0) await keepPace(this.#sheet, this.#signal);
  }

  /** 合计, notes and the line for signatures, then no more rows. */
  finish(notes: readonly string[]): void {
    const last = this.#columns.length;
    for (const text of notes) this.#merged([text], styles.line, 18, [[1, last]]);
    this.#signatures();
    this.#sheet.commit();
  }

  #merged(
    values: readonly CellValue[],
    style: Partial<ExcelJS.Style>,
    height: number,
    spans: [number, number][],
  ): void {
    const row = this.#sheet.addRow(values.map(toCell));
    row.height = height;
    for (const [i, [from, to]] of spans.entries()) {
      row.getCell(from).style = i > 0 && spans.length === 2 ? styles.lineRight : style;
      if (to > from) this.#sheet.mergeCells(row.number, from, row.number, to);
    }
    row.commit();
  }

  /** Five places to sign, each on about a fifth of the width. */
  #signatures(): void {
    const whole = this.#columns.reduce((sum, { width }) => sum + width, 0);
    const values: CellValue[] = Array(this.#columns.length).fill(null);
    const spans: [number, number][] = [];
    let done = 0;
    for (const [i, { width }] of this.#columns.entries()) {
      if (done >= (spans.length * whole) / signatures.length && spans.length < signatures.length) {
        values[i] = signatures[spans.length]!;
        spans.push([i + 1, i + 1]);
      } else if (spans.length > 0) spans.at(-1)![1] = i + 1;
      done += width;
    }
    this.#merged(values, styles.line, 36, spans);
  }

  /** Two rows: groups over heads; a column without a group has one cell over both. */
  #head(): void {
    const columns = this.#columns;
    const heads = columns.map(({ head, width }) => toCell(unitsOf(head) > width ? head.replace('（', '\n（') : head));
    const top = this.#sheet.addRow(columns.map(({ group }, i) => (group === undefined ? heads[i] : toCell(group))));
    const bottom = this.#sheet.addRow(heads);
    top.height = 22;
    bottom.height = 44;
    for (const [i, column] of columns.entries()) {
      top.getCell(i + 1).style = styles.head;
      bottom.getCell(i + 1).style = styles.head;
      if (column.group === undefined) this.#sheet.mergeCells(top.number, i + 1, bottom.number, i + 1);
      else if (columns[i - 1]?.group !== column.group) {
        let end = i;
        while (columns[end + 1]?.group === column.group) end++;
        if (end > i) this.#sheet.mergeCells(top.number, i + 1, top.number, end + 1);
      }
    }
    top.commit();
    bottom.commit();
  }
}

/** Of the first 26 columns, which is where the fixed ones are. */
const letterOf = (column: number) => String.fromCharCode(64 + column);

/** Width of a text in Latin letters. */
function unitsOf(text: string): number {
  let units = 0;
  for (const character of text) units += character.codePointAt(0)! < 0x2e80 && character !== '°' ? 1 : 2;
  return units;
}

/** Programs that convert without showing keep the height a file gives: it has to fit the wrapped text. Points. */
export function heightOf(
  columns: readonly { width: number; kind?: CellKind }[],
  values: readonly CellValue[],
  most = 30,
): number {
  let lines = 1;
  for (const [i, value] of values.entries()) {
    if (typeof value !== 'string' || value === '') continue;
    // a blank of one letter is left at either side
    const room = Math.max(2, (columns[i]?.width ?? 10) - 1);
    const needed = value.split('\n').reduce((sum, part) => sum + Math.max(1, Math.ceil(unitsOf(part) / room)), 0);
    lines = Math.max(lines, needed);
  }
  return 9 + 13 * Math.min(lines, most);
}

export function toCell(value: CellValue): CellValue {
  return typeof value === 'string' ? plainText(value) : value;
}

const cellLimit = 32_767;

/**
 * Text as XML can carry it: no control characters, no half of a surrogate pair, `_x000D_` for a carriage return; a literal
 * `_x0041_` would be read as A and gets its own escape. A cell holds 32,767 characters.
 */
export function plainText(text: string): string {
  const kept =
    text.length > cellLimit ? `${text.slice(0, cellLimit - 10).replace(/[\uD800-\uDBFF]$/, '')}…（截短）` : text;
  return kept
    .toWellFormed()
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replaceAll('\r\n', '\n')
    .replaceAll('\r', '_x000D_')
    .replace(/[\0-\x08\x0B\x0C\x0E-\x1F\x7F\uFFFE\uFFFF]/g, '');
}

/**
 * The writer takes rows as fast as they come, and what the zip has not taken yet waits in memory: a megabyte of it is
 * enough. Looks at the stream between them, an old one (readable-stream 2) that has only its state to tell by.
 */
async function keepPace(sheet: ExcelJS.Worksheet, signal: AbortSignal): Promise<void> {
  type Zip = { _writableState?: { length: number } };
  const { stream } = sheet as unknown as { stream: { pipes: Zip[] } };
  const waiting = () => stream.pipes[0]?._writableState?.length ?? 0;
  await pause(0);
  signal.throwIfAborted();
  while (waiting() > 1_048_576) {
    await pause(2);
    signal.throwIfAborted();
  }
}
