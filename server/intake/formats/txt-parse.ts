/**
 * Lines of a 界址点 TXT → plots. Sections come as […] or 【…】, the header may be missing, remarks stand anywhere; every
 * other line is a plot line or a point, or the file is refused with the line: nothing is skipped that could be a point.
 */

import type { TextLine } from '../text-lines.ts';
import type { WarningTally } from '../warnings.ts';
import { partsOf, plotValues, readPlotLine, templateOf } from './txt-plot-line.ts';
import { badLine, type LinePlace, quoted } from './txt-problems.ts';
import { RingBuilder, type TxtPoint } from './txt-rings.ts';

export interface HeaderValue {
  value: string;
  line: number;
}

export interface TxtPlot {
  /** line of the plot line */
  line: number;
  values: Map<string, string>;
  /** key=value of other sections than [属性描述] ([项目信息] …), as they stood when the plot began */
  about: ReadonlyMap<string, string>;
  points: RingBuilder;
  /** the file ends with it */
  last: boolean;
}

/** Keys of sections of their own, per file; a header of thousands of lines is no header. */
const mostKeys = 100;
const section = /^[[【]\s*([^[\]【】,，=]{1,30}?)\s*[\]】]$/;
/** What every file has; their key=value lines say how to read the coordinates. */
const standard = /^(属性描述|地块坐标)$/;
/** Keys that say how to read the coordinates: heard in whatever section, and with a colon too. A datum must not be missed. */
export const systemKey =
  /^(坐标系(统|名称|类型)?|几度分带|几度带|度带|分带(方式|号)?|(投影)?带号|投影(类型|方式)?|(计量|坐标)单位|中央(经线|子午线)(经度)?|精度|转换参数)$/;
const han = /\p{Script=Han}/u;
export const plainNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
/** How C, C#, Java, Python and Excel write what is no number. */
export const notANumber = /^[+-]?(1\.#\w+|nan(\(.*\))?|-nan|inf(inity)?|∞|非数字|正?无穷大|null|#num!|#value!)$/i;
/** digits that a metre needs in the plane: an easting of eight before the point */
const digitsOfMetres = 8;
/** 3.65771E+07, as spreadsheets and C write 36577123.456: a metre can no longer be told. Java writes 3.6577E7, whole. */
export const isShortened = (text: string): boolean =>
  /e\+\d/i.test(text) &&
  Math.abs(Number(text)) < 1e9 &&
  text.replace(/e.*$/i, '').replaceAll(/\D/g, '').length < digitsOfMetres;
const markedRemark =
  /^([#;*※]|\/\/|--|[（(]?\d{1,2}[）)、．]|\d{1,2}\.(?=\s*\p{Script=Han})|注|说明|备注|填表|填写|示例|例[:：])/u;

/** A point as nearly all are written, for speed: nothing else of this file could take such a line otherwise. */
const simplePoint = /^J?(\d*),(\d{1,4}), ?(\d+\.?\d*), ?(\d+\.?\d*) *$/;
/** '01' and '1.0' are ring 1 */
export const ringName = (text: string) => (text.length < 2 ? text : text.replace(/\.0+$/, '').replace(/^0+(?=\d)/, ''));

export class TxtParser {
  /** header values by key, as first stated */
  readonly header = new Map<string, HeaderValue>();
  readonly #file: string;
  readonly #maxVertices: number;
  readonly #warnings: WarningTally;
  #section = '';
  #about = new Map<string, string>();
  #aboutUsed = false;
  #template: string[] | undefined;
  /** lines gone through */
  lines = 0;
  /** most decimals of any coordinate */
  decimals = 0;

  constructor(file: string, maxVertices: number, warnings: WarningTally) {
    this.#file = file;
    this.#maxVertices = maxVertices;
    this.#warnings = warnings;
  }

  *plots(lines: Iterable<TextLine>): Generator<TxtPlot, void, undefined> {
    let plot: TxtPlot | undefined;
    for (const { number, text } of lines) {
      this.lines = number;
      const simple = plot && simplePoint.exec(text);
      if (plot && simple) {
        this.#add(plot, this.#simple(simple, number));
        continue;
      }
      const line = text.trim();
      if (/^[,，\s]*$/.test(line)) continue;
      const place = { file: this.#file, row: number };
      if (this.#isHead(line, place)) continue;
      const found = plotValues(line);
      if (found) {
        if (plot) yield this.#done(plot, false);
        if (found.fullWidth) this.#fullWidth(place);
        const values = readPlotLine(found.values, this.#template, place);
        plot = this.#begin(number, values);
        continue;
      }
      if (markedRemark.test(line) && !this.#isPointLike(line)) continue;
      if (this.#isRemark(line)) {
        this.#skipped(line, place);
        continue;
      }
      const point = this.#point(line, place);
      if (!plot) {
        this.#plotLineMissing(place);
        plot = this.#begin(number, new Map());
      }
      this.#add(plot, point);
    }
    if (plot) yield this.#done(plot, true);
  }

  #begin(line: number, values: Map<string, string>): TxtPlot {
    this.#aboutUsed = true;
    return { line, values, about: this.#about, points: new RingBuilder(this.#file), last: false };
  }

  #done(plot: TxtPlot, last: boolean): TxtPlot {
    plot.points.end();
    plot.last = last;
    return plot;
  }

  #add(plot: TxtPlot, point: TxtPoint): void {
    plot.points.add(point);
    if (plot.points.count > this.#maxVertices)
      throw badLine(
        { file: this.#file, row: plot.line },
        `地块的界址点超过 ${this.#maxVertices} 个，请拆分该地块后再上传`,
        `the plot has more than ${this.#maxVertices} points; split it`,
        'too-large',
      );
  }

  #simple([, id, ring, a, b]: RegExpExecArray, line: number): TxtPoint {
    this.#countDecimals(a!);
    this.#countDecimals(b!);
    return { id: id!, ring: ringName(ring!), a: Number(a), b: Number(b), line };
  }

  #countDecimals(text: string): void {
    const point = text.indexOf('.');
    if (point >= 0) this.decimals = Math.max(this.decimals, text.length - point - 1);
  }

  /** Section lines, template lines and key=value. */
  #isHead(line: string, place: LinePlace): boolean {
    const name = /^[[【]/.test(line) ? section.exec(line)?.[1] : undefined;
    if (name !== undefined) {
      this.#section = name.replace(/\s/g, '');
      // a section of its own speaks of the plots that follow it; after plots, it speaks of others
      if (!standard.test(this.#section) && this.#aboutUsed) {
        this.#about = new Map();
        this.#aboutUsed = false;
      }
      return true;
    }
    const template = /点个?数/.test(line) ? templateOf(line) : undefined;
    if (template) {
      this.#template = template;
      return true;
    }
    if (!/[=＝:：]/.test(line)) return false;
    const [, rawKey, sign, rawValue] = /^([^=＝:：,，@]{1,40})([=＝:：])(.*)$/.exec(line) ?? [];
    if (rawKey === undefined || rawValue === undefined) return false;
    const key = rawKey.normalize('NFKC').replace(/\s/g, '');
    const aboutSystem = systemKey.test(key);
    if (/[:：]/.test(sign!) && !aboutSystem) return false;
    // a table program pads every line with commas
    const value = rawValue.replace(/[,，\s]+$/, '').trim();
    if (aboutSystem || this.#section === '' || standard.test(this.#section)) this.#state(key, value, place);
    else if (value !== '' && this.#about.size < mostKeys) this.#about.set(key, value);
    return true;
  }

  #state(key: string, value: string, place: LinePlace): void {
    const known = this.header.get(key);
    if (!known) {
      if (this.header.size < mostKeys) this.header.set(key, { value, line: place.row });
      return;
    }
    if (known.value === value || !systemKey.test(key) || /^(精度|转换参数)$/.test(key)) return;
    throw badLine(
      place,
      `${quoted(key)}是${quoted(value)}，第 ${known.line} 行却是${quoted(known.value)}。请把坐标系不同的部分分成两个文件上传`,
      `${quoted(key)} is ${quoted(value)}, in line ${known.line} it was ${quoted(known.value)}. Put what is in different systems into files of their own`,
      'crs-conflict',
    );
  }

  #isPointLike(line: string): boolean {
    const { parts } = partsOf(line);
    return parts.length >= 3 && /^(J?\d{0,9})$/i.test(parts[0]!);
  }

  /** A sentence, no point with a slip in it: Chinese text, and fewer than two numbers between its commas. */
  #isRemark(line: string): boolean {
    if (!han.test(line) || this.#isPointLike(line)) return false;
    return partsOf(line).parts.filter((part) => plainNumber.test(part)).length < 2;
  }

  #point(line: string, place: LinePlace): TxtPoint {
    let { parts, fullWidth } = partsOf(line);
    if (fullWidth) this.#fullWidth(place);
    while (parts.length > 4 && parts.at(-1) === '') parts = parts.slice(0, -1);
    const plain = /[\uFF01-\uFF5E]/.test(line) ? parts.map((part) => part.normalize('NFKC')) : parts;
    const id = plain[0]!.replace(/^J/i, '');
    const ringed = plain.length >= 4 && /^\d{0,4}(\.0+)?$/.test(plain[1]!);
    // without 圈号 the two coordinates stand behind the number; `J7,1,31969` is a line cut short, not one of those
    const bare = !ringed && plain.length >= 3 && !/^\d{0,4}$/.test(plain[1]!);
    if (!ringed && !bare)
      throw badLine(
        place,
        `${quoted(line)}不是界址点行，应为“点号,圈号,X坐标,Y坐标”，可能被截断或缺少逗号。请更正该行`,
        `${quoted(line)} is no point: "number,ring,X,Y" is expected; it may be cut short or lack a comma. Correct the line`,
      );
    const [a, b, ...more] = ringed ? plain.slice(2) : plain.slice(1);
    if (more.some((part) => part !== '')) this.#extraColumns(place);
    const ring = ringed ? ringName(plain[1]!) : '';
    return { id, ring, a: this.#number(a!, place), b: this.#number(b!, place), line: place.row };
  }

  #number(text: string, place: LinePlace): number {
    if (plainNumber.test(text)) {
      if (isShortened(text))
        throw badLine(
          place,
          `坐标${quoted(text)}是科学计数法，位数已经丢失。请在表格软件中设为 3 位小数的数值格式后重新导出`,
          `the coordinate ${quoted(text)} is in scientific notation and has lost its digits. Format it as a number with 3 decimals and export again`,
        );
      this.#countDecimals(text);
      return Number(text);
    }
    if (notANumber.test(text)) return Number.NaN;
    throw badLine(
      place,
      `坐标${quoted(text)}不是数字${/[°′″]/.test(text) ? '（度分秒请换算成度）' : ''}。请更正该界址点`,
      `the coordinate ${quoted(text)} is no number${/[°′″]/.test(text) ? ' (give degrees with decimals)' : ''}. Correct the point`,
    );
  }

  #fullWidth({ file, row }: LinePlace): void {
    this.#warnings.add('txt-separator', file, { file, row }, (n) => ({
      zh: `${file} 有 ${n} 行用全角逗号分隔（首个在第 ${row} 行），已按半角逗号读取。`,
      en: `${n} line(s) of ${file} are separated by full-width commas (first: line ${row}); they were read as commas.`,
    }));
  }

  #extraColumns({ file, row }: LinePlace): void {
    this.#warnings.add('txt-columns-ignored', file, { file, row }, (n) => ({
      zh: `${file} 有 ${n} 个界址点在坐标之后还有其他列（首个在第 ${row} 行，如边长、高程），未读入。`,
      en: `${n} point(s) of ${file} have more columns behind the coordinates (first: line ${row}; lengths, heights …); they were left out.`,
    }));
  }

  #skipped(line: string, { file, row }: LinePlace): void {
    this.#warnings.add('txt-lines-skipped', file, { file, row }, (n) => ({
      zh: `${file} 有 ${n} 行既不是地块也不是界址点，按说明文字跳过（首个在第 ${row} 行：${quoted(line)}）。`,
      en: `${n} line(s) of ${file} are neither plots nor points and were skipped as remarks (first: line ${row}, ${quoted(line)}).`,
    }));
  }

  #plotLineMissing({ file, row }: LinePlace): void {
    this.#warnings.add('txt-plot-line-missing', file, { file, row }, () => ({
      zh: `${file} 第 ${row} 行的界址点之前没有地块行（以 @ 结尾），这些点按一个没有属性的地块读取。`,
      en: `No plot line (ending in @) stands before the point in line ${row} of ${file}; these points were read as one plot without attributes.`,
    }));
  }
}
