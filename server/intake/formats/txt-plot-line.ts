/**
 * The line a plot begins with: which value is what. By a template line of the file (【坐标点个数,…,@】), else by the
 * place of the word 面: fifth in the common form (8 values, some provinces 7, farmland forms 12 or 13), seventh in the
 * supplementary-farmland form of 2026 (12 values; DOMAIN §4.1). Names are one vocabulary, so that files of both forms join.
 */
import { badLine, type LinePlace, quoted } from './txt-problems.ts';

const common = [
  '界址点数',
  '地块面积',
  '地块编号',
  '地块名称',
  '记录图形属性',
  '图幅号',
  '地块用途',
  '地类编码',
  '图斑类型',
  '地类',
  '改造前等别',
  '改造后等别',
  '备注',
] as const;
const supplementary = [
  '界址点数',
  '地块面积',
  '地块编号',
  '地块名称',
  '补充耕地实施年份',
  '耕地坡度级别',
  '记录图形属性',
  '图幅号',
  '地块用途',
  '备注',
  '地类',
  '耕地质量等级',
] as const;

/** Other words for the same column, as templates have them. */
const synonyms: Record<string, string> = {
  坐标点个数: '界址点数',
  界址点个数: '界址点数',
  坐标点数: '界址点数',
  点数: '界址点数',
  图斑面积: '地块面积',
  面积: '地块面积',
  图斑编号: '地块编号',
  图斑名称: '地块名称',
  图形属性: '记录图形属性',
  图形类型: '记录图形属性',
  地类名称: '地类',
  改造前平均质量等别: '改造前等别',
  改造后平均质量等别: '改造后等别',
};

export const pointCount = '界址点数';
const geometryKind = '记录图形属性';
/** Columns that are numbers as long as every value of them is. */
export const numeric: ReadonlySet<string> = new Set([pointCount, '地块面积']);

/** More values than this are no plot line of any form (the longest has 13). */
const mostValues = 40;
const polygon = /^(面|面状|多边形|polygon)$/i;
const otherKind = /^(点|线|点状|线状|point|line|polyline)$/i;

/** Parts of a line; full-width commas count only where half-width ones do not make a line of it. */
export function partsOf(text: string): { parts: string[]; fullWidth: boolean } {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length >= 4 || !text.includes('，')) return { parts, fullWidth: false };
  return { parts: text.split(/[,，]/).map((part) => part.trim()), fullWidth: true };
}

/** Values of a plot line without its @, which stands at its end, at times at its start, at times nowhere; undefined: none. */
export function plotValues(text: string): { values: string[]; fullWidth: boolean } | undefined {
  const whole = text.replace(/[,，\s]+$/, '');
  const ended = /[@＠]$/.test(whole);
  const begun = /^[@＠]/.test(whole);
  if (!ended && !begun) {
    // points are by far the most lines, and have neither Chinese nor a word in them
    if (/^[\x20-\x7e]*$/.test(text) && !/[a-z]{4}/i.test(text)) return undefined;
    const { parts, fullWidth } = partsOf(text);
    const named = parts.length >= 7 && parts.some((part) => polygon.test(part) || otherKind.test(part));
    return named ? { values: parts, fullWidth } : undefined;
  }
  // the comma before a closing @ belongs to it; one that is missing does no harm
  const bare = whole.replace(/^[@＠]\s*[,，]?/, '').replace(/\s*[,，]?\s*[@＠]$/, '');
  const { parts, fullWidth } = partsOf(bare);
  return { values: parts, fullWidth };
}

/** Columns a template line names, undefined where the line is none: 【界址点数,地块面积,…,@】, with or without brackets. */
export function templateOf(text: string): string[] | undefined {
  const inner = text.replace(/^[[【]\s*/, '').replace(/\s*[\]】]$/, '');
  const found = plotValues(inner) ?? { values: partsOf(inner).parts };
  if (found.values.length < 7 || !/(点数|点个数)/.test(found.values[0]!)) return undefined;
  return found.values.map((name) => {
    const plain = name.normalize('NFKC').replace(/\(.*?\)|\s/g, '');
    return synonyms[plain] ?? plain;
  });
}

/** Values by column name. Throws txt-invalid (a count that is none of the forms), geometry-type (a line or points). */
export function readPlotLine(values: string[], template: string[] | undefined, place: LinePlace): Map<string, string> {
  if (values.length > mostValues) throw wrongCount(values.length, place);
  const names = namesFor(values, template, place);
  const read = new Map<string, string>();
  for (const [i, value] of values.entries()) {
    const name = names[i] ?? `第${i + 1}项`;
    if (value !== '' || names[i] !== undefined) read.set(name, value);
  }
  return read;
}

function namesFor(values: string[], template: string[] | undefined, place: LinePlace): readonly string[] {
  const kindAt = values.findIndex((value) => polygon.test(value) || otherKind.test(value));
  if (kindAt >= 0 && otherKind.test(values[kindAt]!) && formOf(kindAt, values, template))
    throw badLine(
      place,
      `地块的图形属性是${quoted(values[kindAt]!)}，需要面。请只导出面状地块`,
      `the plot is ${quoted(values[kindAt]!)}; polygons are needed. Export polygons only`,
      'geometry-type',
    );
  const names = formOf(kindAt, values, template);
  if (!names) {
    if (values.length < 7 || kindAt < 0) throw wrongCount(values.length, place);
    throw badLine(
      place,
      `“面”在第 ${kindAt + 1} 项，应在第 5 项（补充耕地 12 项格式为第 7 项），可能少了一项，或名称里有半角逗号。请更正该地块行`,
      `"${values[kindAt]}" is value ${kindAt + 1} and should be the 5th (the 7th in the form of 12); a value is missing or a name has a comma in it. Correct the plot line`,
    );
  }
  return names;
}

function formOf(kindAt: number, values: string[], template: string[] | undefined): readonly string[] | undefined {
  if (template?.length === values.length && (kindAt < 0 || template[kindAt] === geometryKind)) return template;
  if (values.length < 7) return undefined;
  // 9 to 11 values, or more than 13, are no form with known names: what stands behind the eighth keeps its place as name
  const known = values.length === 12 || values.length === 13 ? common : common.slice(0, 8);
  if (kindAt === 4) return known;
  if (kindAt === 6 && values.length === 12) return supplementary;
  if (kindAt >= 0) return undefined;
  const year = /^(19|20)\d\d年?$/.test(values[4] ?? '');
  if (values.length === 12 && year && values[6] === '') return supplementary;
  return values[4] === '' ? known : undefined;
}

function wrongCount(count: number, place: LinePlace) {
  return badLine(
    place,
    `地块行有 ${count} 项，应为“界址点数,地块面积,地块编号,地块名称,面,图幅号,地块用途,地类编码,@”（9 项，或 8、12、13 项的格式），空项也要保留逗号。请更正该行`,
    `the plot line has ${count} values; it should be "points,area,number,name,面,sheet,use,class,@" (9, or the forms of 8, 12 and 13), with commas for empty values too. Correct the line`,
  );
}
