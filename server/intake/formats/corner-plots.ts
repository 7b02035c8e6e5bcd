/**
 * Rows of a table of boundary points → plots. A plot begins where its number changes; an empty number means "as above",
 * as merged cells leave it. Nothing is skipped that could be a point: a row is a point, says something of a plot, or has
 * neither coordinate, and then it is named as skipped.
 */
import type { Cell, TableRow } from '../tables/table.ts';
import type { WarningTally } from '../warnings.ts';
import { checkName, coordinate } from './corner-cells.ts';
import type { Attribute, Head, HeadColumn } from './corner-columns.ts';
import { labelIs, labelsOf } from './corner-names.ts';
import { badCell, badRow, contradictory, type RowPlace } from './corner-problems.ts';
import { ringName } from './txt-parse.ts';
import { quoted } from './txt-problems.ts';
import { RingBuilder } from './txt-rings.ts';

export interface CornerPlot {
  /** first row of it */
  row: number;
  /** by place among the head's attributes: what was said first, and in which row */
  values: Map<Attribute, { cell: Cell; row: number }>;
  /** 键：值 above its points */
  labels: ReadonlyMap<string, string>;
  points: RingBuilder;
  /** the table ends with it */
  last: boolean;
}

const sum = /^(合计|小计|总计|共计|累计|面积合计)/;
const unitAlone = /^[(（]?(单位[:：]?)?(米|公尺|m|度|°)[)）]?$/i;
/** J5 or 5, and no label such as 宗地号：5 */
const isNumbered = (cell: Cell | null | undefined) => /^[^:：=]*\d[^:：=]*$/.test(text(cell));
const decimalsOf = (letters: string) => /\.(\d+)$/.exec(letters)?.[1]?.length ?? 0;
const text = (cell: Cell | null | undefined) => cell?.text ?? '';

export class PlotParser {
  /** attributes of nobody knows what that differ within a plot: they are of the points */
  readonly varying = new Set<Attribute>();
  /** attributes written again in another row of their plot; of others the first row speaks for all below it */
  readonly repeated = new Set<Attribute>();
  points = 0;
  /** most decimals of any coordinate */
  decimals = 0;
  readonly #head: Head;
  readonly #file: string;
  readonly #maxVertices: number;
  readonly #warnings: WarningTally;
  #labels: Map<string, string>;
  #plot: CornerPlot | undefined;
  #number = '';
  #project = '';
  #ring = '';
  #firstId = '';
  #serial: { first: number; last: number } | undefined;
  /** row of the last point or heading; a gap behind it is an empty row or a remark */
  #before = 0;

  constructor(
    head: Head,
    labels: ReadonlyMap<string, string>,
    file: string,
    maxVertices: number,
    warnings: WarningTally,
  ) {
    this.#head = head;
    this.#labels = new Map(labels);
    this.#file = file;
    this.#maxVertices = maxVertices;
    this.#warnings = warnings;
  }

  /** `rows`: all of the table; those down to the heading are passed over. */
  *plots(rows: Iterable<TableRow>): Generator<CornerPlot, void, undefined> {
    const head = this.#head;
    this.#before = head.row;
    for (const row of rows) {
      if (row.row <= head.row) continue;
      if (this.#repeatsHead(row)) {
        this.#before = row.row;
        continue;
      }
      const [north, east] = [row.cells[head.north.index] ?? null, row.cells[head.east.index] ?? null];
      // the line under a heading that has the units, （米） or m
      if (row.row === head.row + 1 && [north, east].every((cell) => unitAlone.test(text(cell)))) continue;
      if (this.#isRemark(row, north, east)) {
        const ended = this.#withoutPoint(row);
        if (ended) yield this.#done(ended, false);
        continue;
      }
      const ended = this.#begins(row) ? this.#begin(row) : undefined;
      if (ended) yield this.#done(ended, false);
      this.#add(row, north, east);
    }
    if (this.#plot) yield this.#done(this.#plot, true);
  }

  #done(plot: CornerPlot, last: boolean): CornerPlot {
    plot.points.end();
    plot.last = last;
    return plot;
  }

  #at(row: TableRow, column: HeadColumn | undefined): Cell | null {
    return column === undefined ? null : (row.cells[column.index] ?? null);
  }

  #repeatsHead({ cells }: TableRow): boolean {
    const { north, east, cells: heads } = this.#head;
    return [north, east].every(({ index }) => text(cells[index]) !== '' && text(cells[index]) === heads[index]);
  }

  #begins(row: TableRow): boolean {
    const { columns } = this.#head;
    const number = this.#at(row, columns.plot);
    const project = this.#at(row, columns.project);
    const place = { file: this.#file, row: row.row };
    if (number) checkName(number, columns.plot!, place);
    if (project) checkName(project, columns.project!, place);
    if (!this.#plot) return true;
    if (number && number.text !== this.#number) return true;
    if (project && this.#project !== '' && project.text !== this.#project) return true;
    // without a column of plots, rings counted anew are the next plot
    const ring = ringName(text(this.#at(row, columns.ring)));
    return !columns.plot && Number(ring) < Number(this.#ring) && this.#labels.size === 0;
  }

  /** Nothing where coordinates should be, or words that run across: no number, and no point that would lack them. */
  #isRemark({ cells }: TableRow, north: Cell | null, east: Cell | null): boolean {
    if (north === null && east === null) return true;
    const { point, ring, serial } = this.#head.columns;
    if ([point, ring, serial].some((column) => column && isNumbered(cells[column.index]))) return false;
    return [north, east].every(
      (cell) =>
        cell === null || (/\p{Script=Han}/u.test(cell.text) && (!/\d/.test(cell.text) || /[:：]/.test(cell.text))),
    );
  }

  /** The plot that ends by it, if there is one; labels that no points followed are none. */
  #begin(row: TableRow): CornerPlot | undefined {
    const before = this.#plot;
    const ended = before && (before.points.count > 0 || before.values.size > 0) ? before : undefined;
    const { columns } = this.#head;
    this.#plot = {
      row: row.row,
      values: new Map(),
      labels: this.#labels,
      points: new RingBuilder(this.#file),
      last: false,
    };
    this.#number = text(this.#at(row, columns.plot));
    this.#project = text(this.#at(row, columns.project));
    this.#ring = '';
    this.#firstId = '';
    this.#serial = undefined;
    this.#before = row.row - 1;
    return ended;
  }

  /** A row with neither coordinate: the head of a plot, labels of the next, or a remark. */
  #withoutPoint(row: TableRow): CornerPlot | undefined {
    const { columns } = this.#head;
    const place = { file: this.#file, row: row.row };
    const first = row.cells.find((cell) => cell !== null);
    if (sum.test(text(first)) || sum.test(text(this.#at(row, columns.plot)))) {
      this.#skipped(text(first), place);
      return undefined;
    }
    for (const column of [columns.point, columns.ring])
      if (column && isNumbered(this.#at(row, column)))
        throw badRow(
          place,
          `有${column.head}${quoted(text(this.#at(row, column)))}而没有坐标，可能缺了一个界址点。请补上坐标，或删去该行`,
          `it has ${column.head} ${quoted(text(this.#at(row, column)))} and no coordinates; a point may be missing. Fill them in or delete the row`,
        );
    const labels = labelsOf(row).filter(([key]) => labelIs(key) !== undefined);
    if (labels.some(([key]) => labelIs(key) === 'plot')) {
      this.#labels = new Map(labels);
      return this.#begin({ row: row.row, cells: [] });
    }
    const number = this.#at(row, columns.plot);
    if (!number || labelsOf(row).length > 0) {
      this.#skipped(text(first), place);
      return undefined;
    }
    const ended = this.#begins(row) ? this.#begin(row) : undefined;
    this.#values(row);
    this.#before = row.row;
    return ended;
  }

  #add(row: TableRow, north: Cell | null, east: Cell | null): void {
    const head = this.#head;
    const plot = this.#plot!;
    const place = { file: this.#file, row: row.row };
    for (const [cell, column] of [
      [north, head.north],
      [east, head.east],
    ] as const)
      if (cell === null)
        throw badCell(
          place,
          column,
          '缺少坐标。请补上，或删去该行',
          'the coordinate is missing. Fill it in or delete the row',
        );
    const ring = ringName(text(this.#at(row, head.columns.ring)));
    const id = text(this.#at(row, head.columns.point) ?? this.#at(row, head.columns.serial)).replace(/^J/i, '');
    const [a, b] = [
      coordinate(north!, head.north, place, head.degrees),
      coordinate(east!, head.east, place, head.degrees),
    ];
    // an empty ring number means the one above, as an empty plot number does
    const number = ring === '' ? this.#ring : ring;
    this.#checkGap(place, number, id, ring !== '');
    this.#checkOrder(row, number, place);
    if (number !== this.#ring || plot.points.count === 0 || plot.points.rings.at(-1)?.closed) this.#firstId = id;
    this.#ring = number;
    plot.points.add({ id, ring: number, a, b, line: row.row });
    this.#before = row.row;
    this.points++;
    for (const cell of [north!, east!]) this.decimals = Math.max(this.decimals, decimalsOf(cell.text));
    this.#values(row);
    if (plot.points.count > this.#maxVertices)
      throw badRow(
        { file: this.#file, row: plot.row },
        `地块的界址点超过 ${this.#maxVertices} 个，请拆分该地块后再上传`,
        `the plot has more than ${this.#maxVertices} points; split it`,
        'too-large',
      );
  }

  /** An empty row within an open ring may part two rings that nothing else tells apart. */
  #checkGap(place: RowPlace, ring: string, id: string, stated: boolean): void {
    const open = this.#plot!.points.rings.at(-1);
    const begun = open !== undefined && !open.closed && open.number === ring;
    if (place.row === this.#before + 1 || !begun || stated || (id !== '' && id === this.#firstId)) return;
    throw badRow(
      place,
      `它与上一个界址点（第 ${this.#before} 行）之间有空行，分不清是同一圈还是另一圈。请删去空行，或用“圈号”列写明各圈`,
      `an empty row stands between it and the point before (row ${this.#before}); one ring or two cannot be told. Delete the empty row, or number the rings in a column 圈号`,
    );
  }

  /** A table that was sorted by something else has its points in another order than their serial numbers. */
  #checkOrder(row: TableRow, ring: string, place: RowPlace): void {
    const column = this.#head.columns.serial;
    const written = text(this.#at(row, column));
    const serial = /^\d{1,9}$/.test(written) ? Number(written) : undefined;
    const open = this.#plot!.points.rings.at(-1);
    if (serial === undefined) return;
    if (open === undefined || open.closed || ring !== this.#ring || this.#serial === undefined) {
      this.#serial = { first: serial, last: serial };
      return;
    }
    const { first, last } = this.#serial;
    if (serial < last && serial !== first)
      throw badCell(
        place,
        column!,
        `序号从 ${last} 回到 ${serial}：界址点没有按序号排列，连成的界线会出错。请按序号排序后重新上传`,
        `the serial number goes back from ${last} to ${serial}: the points are not in order, and their boundary would be wrong. Sort by the number and upload again`,
      );
    this.#serial.last = serial;
  }

  #values(row: TableRow): void {
    const plot = this.#plot!;
    for (const attribute of this.#head.attributes) {
      const cell = this.#at(row, attribute);
      if (cell === null || this.varying.has(attribute)) continue;
      if (attribute.ofPlots && cell.is === 'fault') checkName(cell, attribute, { file: this.#file, row: row.row });
      const before = plot.values.get(attribute);
      if (before === undefined) {
        plot.values.set(attribute, { cell, row: row.row });
        continue;
      }
      this.repeated.add(attribute);
      if (before.cell.text !== cell.text) {
        if (attribute.ofPlots)
          throw contradictory(this.#file, [before.row, row.row], attribute, [before.cell.text, cell.text]);
        this.varying.add(attribute);
      }
    }
  }

  #skipped(shown: string, place: RowPlace): void {
    this.#warnings.add('table-rows-skipped', this.#file, place, (n) => ({
      zh: `${this.#file} 有 ${n} 行没有坐标，按说明或合计跳过（首个在第 ${place.row} 行：${quoted(shown)}）。`,
      en: `${n} row(s) of ${this.#file} have no coordinates and were skipped as remarks or sums (first: row ${place.row}, ${quoted(shown)}).`,
    }));
  }
}
