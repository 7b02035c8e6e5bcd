/**
 * A table of boundary points, from a CSV file or one sheet of a workbook: gone through once for its heading, axes, system
 * and columns, again for its rows. Rings, axes and what a head may say of the system are those of 界址点 TXT.
 */
import type { AppError } from '../../errors.ts';
import { parcelAliases } from '../parcel-columns.ts';
import { printable } from '../printable.ts';
import type { EncodingDecision, SpoolRow, Warning } from '../source-types.ts';
import type { TableRow } from '../tables/table.ts';
import { WarningTally } from '../warnings.ts';
import { plotValue } from './corner-cells.ts';
import { type Attribute, findHead, type Head } from './corner-columns.ts';
import { labelName } from './corner-names.ts';
import { type CornerPlot, PlotParser } from './corner-plots.ts';
import { badRow, noHead } from './corner-problems.ts';
import { labelsAbove, systemOfColumns } from './corner-system.ts';
import type { Progress, ReadJob, Survey } from './format.ts';
import { AxisTally } from './txt-axes.ts';
import { headerWarnings, statementOf } from './txt-header.ts';
import { checkPoints } from './txt-point-check.ts';
import { badFile } from './txt-problems.ts';
import { shapeOfRings } from './txt-rings.ts';
import { type Cell, TypedColumns } from './typed-columns.ts';

export interface PointTable {
  /** of the sheet, or the file without its ending */
  name: string;
  /** as shown to people */
  file: string;
  rows(progress: Progress): Iterable<TableRow>;
  /** a text, which a broken transfer cuts anywhere */
  mayBeCut: boolean;
}

/** Names of the project and the township stand once over several plots, in a merged cell or only in the first row. */
const shared = new Set(
  [...parcelAliases.project_code, ...parcelAliases.project_name, ...parcelAliases.township].map((name) =>
    name.toUpperCase(),
  ),
);
/** Land classes begin with a zero, which a cell of numbers does not keep. */
const landClass = new Set(parcelAliases.target_class);
/** Points past which whole metres are no accident. */
const enoughPoints = 30;

/** Throws attribute-missing (no heading), table-invalid, coordinate-invalid, crs-conflict, too-many-features, too-large. */
export function surveyTable(
  table: PointTable,
  job: ReadJob,
  encoding: EncodingDecision | null,
  progress: Progress,
): Survey {
  const { name, file } = table;
  const found = findHead(
    table.rows(() => {}),
    file,
  );
  if (!found) throw noHead(file, headsOf(table));
  const { head } = found;
  const { labels, header } = labelsAbove(found.above, head, name);
  const warnings = new WarningTally();
  const parserOf = (tally: WarningTally) => new PlotParser(head, labels, file, job.limits.verticesPerFeature, tally);
  const parser = parserOf(warnings);
  const columns = new TypedColumns(file, job.limits.fields, warnings);
  for (const { name: field, figure } of head.attributes) columns.declare(field, figure ? 'number' : undefined);
  const axes = new AxisTally(file, head);
  const blanks = new Blanks(head.attributes);
  const system = systemOfColumns(head, header, file);
  let plots = 0;
  let rings = 0;
  let open = 0;
  for (const plot of parser.plots(system.watching(table.rows(progress)))) {
    if (++plots > job.limits.features) throw tooMany(file, job.limits.features);
    checkPoints(
      { line: plot.row, stated: statedCount(plot), points: plot.points, last: plot.last && plot.points.count > 0 },
      file,
      warnings,
      'table',
    );
    for (const ring of plot.points.rings) axes.add(ring);
    rings += plot.points.rings.length;
    open += plot.points.rings.filter(({ closed }) => !closed).length;
    if (table.mayBeCut && plot.last) checkWhole(file, plot, open === 1 && rings > 1);
    blanks.add(plot);
    for (const [{ name: field, head: shown }, { cell, row }] of plot.values) {
      if (cell.is === 'date') columns.declare(field, 'date');
      if (cell.is === 'number' && landClass.has(field) && /^[1-9]\d\d$/.test(cell.text))
        zeroLost(cell.text, { file, row, field: shown }, warnings);
    }
    columns.survey(cellsOf(plot, undefined), plot.row);
  }
  if (plots === 0)
    throw badFile(
      file,
      '表头之下没有一个界址点。请核对后重新导出',
      'has no boundary point under its heading',
      'table-invalid',
    );
  const decided = axes.decide();
  const carried = blanks.carried(parser);
  if (!head.columns.plot && labels.size === 0) oneForAll(file, head, plots, rings, warnings);
  tellLeftOut(file, head, parser, warnings);
  carried.tell(file, warnings);
  const early: Warning[] = [...decided.warnings, ...headerWarnings(header, 0, 0, file)];
  if (parser.points >= enoughPoints && parser.decimals <= (decided.degrees ? 5 : 0))
    early.push(rounded(file, parser.decimals));
  const said = statementOf(header, decided, file, 'table');
  const fields = columns.fields();
  const left = new Set(
    head.attributes.flatMap((attribute, i) => (parser.varying.has(attribute) ? [fields[i]!.name] : [])),
  );
  return {
    layers: [{ name: printable(name), file, featureCount: plots, said, extremes: decided.extremes }],
    encoding,
    fields: fields.filter((field) => !left.has(field.name)),
    *rows(report) {
      const fill = carried.filling();
      // what parsing warns of was said in the first pass
      for (const plot of parserOf(new WarningTally()).plots(table.rows(report))) {
        const attributes = columns.row(cellsOf(plot, fill));
        for (const field of left) delete attributes[field];
        yield {
          row: plot.row,
          source_file: file,
          attributes,
          ...shapeOfRings(plot.points.rings, decided.northFirst, 0),
        } satisfies SpoolRow;
      }
    },
    warnings: () => [...early, ...warnings.list()],
    close: () => {},
  };
}

type Fill = (plot: CornerPlot) => void;

function cellsOf(plot: CornerPlot, fill: Fill | undefined): Map<string, Cell> {
  fill?.(plot);
  const cells = new Map<string, Cell>();
  for (const [key, value] of plot.labels) cells.set(labelName(key), value);
  for (const [attribute, { cell }] of plot.values) cells.set(attribute.name, plotValue(cell, attribute));
  return cells;
}

function statedCount({ values }: CornerPlot): string {
  for (const [{ name }, { cell }] of values) if (name === '界址点数') return cell.text;
  return '';
}

/** What stands in the first row that has several columns, for a refusal to name. */
function headsOf(table: PointTable): string[] {
  for (const { cells } of table.rows(() => {})) {
    const texts = cells.flatMap((cell) => (cell ? [printable(cell.text, 20)] : []));
    if (texts.length > 1) return texts;
  }
  return [];
}

/** Plots without a value that the plot above has: whether that means "as above" the whole table tells. */
class Blanks {
  readonly #attributes: Attribute[];
  readonly #found = new Map<Attribute, { count: number; row: number; known: boolean }>();

  constructor(attributes: Attribute[]) {
    this.#attributes = attributes.filter(({ name }) => shared.has(name.toUpperCase()));
  }

  add(plot: CornerPlot): void {
    for (const attribute of this.#attributes) {
      const seen = this.#found.get(attribute) ?? { count: 0, row: 0, known: false };
      if (plot.values.has(attribute)) seen.known = true;
      else if (seen.known && seen.count++ === 0) seen.row = plot.row;
      this.#found.set(attribute, seen);
    }
  }

  carried({ repeated }: PlotParser) {
    const found = [...this.#found].filter(([attribute, { count }]) => count > 0 && !repeated.has(attribute));
    return {
      tell: (file: string, warnings: WarningTally) => {
        for (const [{ letter, head }, { count, row }] of found)
          warnings.add('table-values-carried', head, { file, row, field: head }, () => ({
            zh: `${file} 的 ${letter} 列（${head}）只在首行填写，其后 ${count} 个地块为空（首个在第 ${row} 行），已按与上方地块相同读取，请核对。`,
            en: `Column ${letter} (${head}) of ${file} is filled in once for several plots: ${count} plot(s) without a value (first: row ${row}) were given that of the plot above. Please check.`,
          }));
      },
      filling: (): Fill => {
        const last = new Map<Attribute, { cell: CornerPlot['values'] extends Map<infer _, infer V> ? V : never }>();
        return (plot) => {
          for (const [attribute] of found) {
            const own = plot.values.get(attribute);
            if (own) last.set(attribute, { cell: own });
            else if (last.has(attribute)) plot.values.set(attribute, last.get(attribute)!.cell);
          }
        };
      },
    };
  }
}

/**
 * A text cut short in transfer: a plot begun and nothing more of it, or (`others`: every other ring repeats its first
 * point) a ring that does not end. The plot would be smaller than it is.
 */
function checkWhole(file: string, { row, points }: CornerPlot, others: boolean): void {
  const ring = points.rings.at(-1);
  if (ring === undefined)
    throw badRow(
      { file, row },
      '最后一个地块没有界址点，文件可能不完整。请重新导出或传输，或删去该行',
      'the last plot has no points; the file may be cut short. Export or transfer it again, or delete the row',
    );
  if (others && !ring.closed)
    throw badRow(
      { file, row: ring.lines.at(-1)! },
      '其他各圈都以起点闭合，最后一圈没有，文件可能不完整。请重新导出或传输；确实完整的，请在末尾重复起点',
      'every other ring repeats its first point and the last one does not; the file may be cut short. Export or transfer it again; if it is whole, repeat the first point at its end',
    );
}

function tooMany(file: string, features: number): AppError {
  return badFile(
    file,
    `超过 ${features} 个地块，请按乡镇或项目拆分后分批上传`,
    `has more than ${features} plots; split it by township or project`,
    'too-many-features',
  );
}

function oneForAll(file: string, head: Head, plots: number, rings: number, warnings: WarningTally): void {
  warnings.add('table-plot-column-missing', file, { file, row: head.row }, () => ({
    zh: `${file} 没有地块编号列，全部界址点按 ${plots} 个地块（${rings} 圈）读取，请核对；若是多个地块，请加一列“地块编号”。`,
    en: `${file} has no column of plot numbers; its points were read as ${plots} plot(s) of ${rings} ring(s). If that is wrong, add a column 地块编号.`,
  }));
}

function tellLeftOut(file: string, head: Head, { varying }: PlotParser, warnings: WarningTally): void {
  const columns = [...head.ofPoints, ...varying];
  if (columns.length === 0) return;
  const list = columns.map(({ head: name, letter }) => `${name}（${letter}）`);
  warnings.add('table-columns-ignored', file, { file, row: head.row, field: columns[0]!.head }, () => ({
    zh: `${file} 有 ${columns.length} 列说的是界址点而不是地块，未读入：${list.slice(0, 20).join('、')}。`,
    en: `${columns.length} column(s) of ${file} are about points, not plots, and were left out: ${columns
      .slice(0, 20)
      .map(({ head: name, letter }) => `${name} (${letter})`)
      .join(', ')}.`,
  }));
}

function zeroLost(text: string, where: { file: string; row: number; field: string }, warnings: WarningTally): void {
  warnings.add('leading-zero-lost', where.field, where, (n) => ({
    zh: `${where.file} 的“${where.field}”有 ${n} 个值是数字（首个在第 ${where.row} 行：${text}），前面的 0 可能已丢失（应为 0${text}？），请把该列设为文本。`,
    en: `"${where.field}" of ${where.file} has ${n} value(s) that are numbers (first: row ${where.row}, ${text}); a leading zero may be lost (0${text}?): make the column text.`,
  }));
}

const rounded = (file: string, decimals: number): Warning => ({
  code: 'coordinates-rounded',
  message: {
    zh: `${file} 的坐标最多只有 ${decimals} 位小数，可能在表格软件中被取整：面积会有误差，请核对原始成果。`,
    en: `No coordinate of ${file} has more than ${decimals} decimals; a spreadsheet may have rounded them, and areas with them: compare the original.`,
  },
  where: { file },
});
