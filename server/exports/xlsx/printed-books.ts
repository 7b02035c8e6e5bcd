/**
 * The figures as they are printed. Tables of the same land share their totals, so they are closed in this order: projects in
 * 公顷 and in 亩, then townships to the totals of the projects in 亩, then the findings to the projects' figures. What is
 * equal unrounded is printed equal within a table. Where a total could not come within one last digit, `differences` says so.
 */
import { setImmediate } from 'node:timers/promises';
import type { AreaUnit } from '../../domain/area-units.ts';
import { closeBooks } from '../../domain/closed-books.ts';
import { type CheckId, checkIds } from '../../domain/outcome.ts';
import { type ClosedTable, closeTable } from '../../domain/printed-table.ts';
import { closeRows, type ExactArea, printedDecimals, roundDecimal, toLastDigits } from '../../domain/rounding.ts';
import { deductLeaves, type Gathered, type Group, type Leaf, leafGroups, leaves } from './gather.ts';
import { type FindingPrinter, findingPrinter } from './printed-findings.ts';

export interface PrintedColumn {
  rows: number[];
  total: number;
}

/** Of a table in 亩: everything that 按项目汇总 and 按乡镇汇总 print beside counts. */
export interface PrintedSummary {
  area: PrintedColumn;
  declared: PrintedColumn;
  compliant: PrintedColumn;
  deduct: PrintedColumn;
  restore: PrintedColumn;
  remediate: PrintedColumn;
  kept: PrintedColumn;
  unverified: PrintedColumn;
  checks: PrintedColumn[];
}

/** Of 核减项目清单, in 公顷 unless the name says otherwise. */
export interface PrintedList {
  table: ClosedTable;
  registered: PrintedColumn;
  indicator: PrintedColumn;
  remaining: PrintedColumn;
  paddy: PrintedColumn;
  severalReasons: PrintedColumn;
  capacityKg: PrintedColumn;
}

export interface PrintedBooks {
  list: PrintedList;
  projects: PrintedSummary;
  townships: PrintedSummary;
  finding: FindingPrinter;
  /** 调平差, in words */
  differences: string[];
}

/** m²: figures nearer than this are of the same land and are printed alike */
const same = 10n ** 14n; // 1e-6 m² in units of 1e-20 m²

export async function printBooks(gathered: Gathered, titleOf: (check: CheckId) => string): Promise<PrintedBooks> {
  const projects = [...gathered.projects.values()];
  const townships = [...gathered.townships.values()];
  const differences: string[] = [];
  const cells = projects.map((group) => group.leaves);
  const inUnit = (unit: AreaUnit) => closeTable({ cells, unit, groups: leafGroups, wanted: wholeRun(projects, unit) });
  // A thousand projects take 0.1 s each; other requests get their turn in between.
  const mu = inUnit('mu');
  await setImmediate();
  const ha = inUnit('ha');
  await setImmediate();
  const byProject = summaryOf(projects, booksOf(mu), differences, '按项目汇总', titleOf);
  const townshipTable = closeTable({
    cells: townships.map((group) => [sum(group.leaves.slice(0, 6)), ...group.leaves.slice(6)]),
    unit: 'mu',
    groups: [[3, 4]],
    columnTotals: [mu.groupTotals[0]!, ...mu.columnTotals.slice(6)],
  });
  note(townshipTable, '按乡镇汇总', '亩', [...gathered.townships.keys()], differences);
  const byTownship = summaryOf(townships, townshipBooks(townshipTable), differences, '按乡镇汇总', titleOf, byProject);
  return {
    list: listOf(projects, ha, differences),
    projects: byProject,
    townships: byTownship,
    finding: await findingPrinter(gathered, mu),
    differences,
  };
}

/** The totals of the run as the page prints them, so that screen and paper say the same. */
function wholeRun(projects: Group[], unit: AreaUnit) {
  const at = (leaf: Leaf) => sum(projects.map((group) => group.leaves[leaves.indexOf(leaf)]!));
  const books = closeBooks(
    {
      deduct: sum(deductLeaves.map(at)),
      restore: at('restore'),
      remediate: at('remediate'),
      verified: at('kept'),
      unverified: at('unverified'),
    },
    null,
    unit,
  );
  const { restore, remediate, verified, unverified } = books;
  return {
    columns: [...deductLeaves.map(() => null), restore, remediate, verified, unverified],
    groups: [books.deduct, books.kept],
  };
}

type Books = Pick<PrintedSummary, 'area' | 'deduct' | 'restore' | 'remediate' | 'kept' | 'unverified'> & {
  leaves: number[][];
};

function booksOf(table: ClosedTable): Books {
  const leaf = (i: number): PrintedColumn => ({
    rows: table.cells.map((row) => row[i]!),
    total: table.columnTotals[i]!,
  });
  const group = (i: number): PrintedColumn => ({
    rows: table.subtotals.map((row) => row[i]!),
    total: table.groupTotals[i]!,
  });
  const area = { rows: table.rowTotals, total: table.total };
  return {
    area,
    deduct: group(0),
    restore: leaf(6),
    remediate: leaf(7),
    kept: group(1),
    unverified: leaf(9),
    leaves: table.cells,
  };
}

function townshipBooks(table: ClosedTable): Books {
  const leaf = (i: number): PrintedColumn => ({
    rows: table.cells.map((row) => row[i]!),
    total: table.columnTotals[i]!,
  });
  const kept = { rows: table.subtotals.map((row) => row[0]!), total: table.groupTotals[0]! };
  const area = { rows: table.rowTotals, total: table.total };
  return { area, deduct: leaf(0), restore: leaf(1), remediate: leaf(2), kept, unverified: leaf(4), leaves: [] };
}

/** The columns beside the books, each closed by itself; `like`: a table whose totals these must be. */
function summaryOf(
  groups: Group[],
  books: Books,
  differences: string[],
  title: string,
  titleOf: (check: CheckId) => string,
  like?: PrintedSummary,
): PrintedSummary {
  const references = groups.map((group, r): [ExactArea, number][] => {
    const [deduct, kept] = leafGroups.map((set) => sum(set.map((i) => group.leaves[i]!))) as [ExactArea, ExactArea];
    return [
      ...(books.leaves[r] ?? []).map((printed, i): [ExactArea, number] => [group.leaves[i]!, printed]),
      [deduct, books.deduct.rows[r]!],
      [group.leaves[6]!, books.restore.rows[r]!],
      [group.leaves[7]!, books.remediate.rows[r]!],
      [kept, books.kept.rows[r]!],
      [sum(group.leaves), books.area.rows[r]!],
    ];
  });
  const column = (name: string, values: ExactArea[], printedTotal?: number): PrintedColumn => {
    const printed = values.map((value, r) => equalTo(value, references[r]!));
    return closed(values, 'mu', differences, `${title}“${name}”`, { printed, printedTotal });
  };
  return {
    ...books,
    declared: column(
      '登记面积',
      groups.map((group) => group.declared),
      like?.declared.total,
    ),
    compliant: column(
      '合规面积',
      groups.map((group) => group.compliant),
      like?.compliant.total,
    ),
    checks: checkIds.map((id, i) =>
      column(
        `${titleOf(id)}面积`,
        groups.map((group) => group.checks[i]!.area),
        like?.checks[i]?.total,
      ),
    ),
  };
}

function listOf(projects: Group[], table: ClosedTable, differences: string[]): PrintedList {
  const deductPrinted = table.subtotals.map((row) => row[0]!);
  const indicator = closeTable({
    cells: projects.map((group) => [group.indicator, group.registered - group.indicator]),
    unit: 'ha',
    printedCells: projects.map((group, r) => {
      const deduct = sum(group.leaves.slice(0, 6));
      return [equalTo(group.indicator, [[deduct, deductPrinted[r]!]]), null];
    }),
  });
  note(
    indicator,
    '核减项目清单（登记口径）',
    '公顷',
    projects.map((group) => group.name),
    differences,
  );
  const part = (name: string, values: ExactArea[]) => {
    const printed = values.map((value, r) =>
      equalTo(value, [[sum(projects[r]!.leaves.slice(0, 6)), deductPrinted[r]!]]),
    );
    return closed(values, 'ha', differences, `核减项目清单“${name}”`, { printed, caps: deductPrinted });
  };
  const capacity = closeRows(
    projects.map((group) => roundDecimal(group.capacity, 6)),
    null,
    0,
  );
  const columnOf = (i: number) => ({ rows: indicator.cells.map((row) => row[i]!), total: indicator.columnTotals[i]! });
  return {
    table,
    registered: { rows: indicator.rowTotals, total: indicator.total },
    indicator: columnOf(0),
    remaining: columnOf(1),
    paddy: part(
      '其中水田',
      projects.map((group) => group.paddy),
    ),
    severalReasons: part(
      '多因叠加',
      projects.map((group) => group.severalReasons),
    ),
    capacityKg: { rows: capacity.parts, total: capacity.total },
  };
}

/** The figure printed for something of the same size, null where there is none. */
function equalTo(value: ExactArea, references: readonly [ExactArea, number][]): number | null {
  for (const [exact, printed] of references) {
    if (value - exact < same && exact - value < same) return printed;
  }
  return null;
}

/** A column that always sums to its total: where figures printed elsewhere forbid the rounded one, the sum stands. */
function closed(
  values: ExactArea[],
  unit: AreaUnit,
  differences: string[],
  title: string,
  options: { printed?: (number | null)[]; caps?: number[]; printedTotal?: number | undefined },
): PrintedColumn {
  const { printedTotal, ...rest } = options;
  const decimals = printedDecimals[unit];
  const column = closeRows(values, null, decimals, {
    unit,
    ...rest,
    ...(printedTotal === undefined ? {} : { printedTotal }),
  });
  const total = roundDecimal(column.total - column.difference, decimals);
  if (toLastDigits(column.difference, decimals) !== 0n) {
    const off = roundDecimal(-column.difference, decimals);
    differences.push(
      `${title}：合计与四舍五入数相差 ${off} ${unit === 'ha' ? '公顷' : '亩'}（同一地面的数与他栏保持一致）`,
    );
  }
  return { rows: column.parts, total };
}

function note(table: ClosedTable, title: string, unit: string, names: (string | null)[], differences: string[]): void {
  for (const { row, difference } of table.differences) {
    const where = row === null ? '合计' : (names[row] ?? '未注明');
    differences.push(`${title}“${where}”：调平差 ${roundDecimal(difference, 6)} ${unit}`);
  }
}

function sum(values: readonly ExactArea[]): ExactArea {
  return values.reduce((total, value) => total + value, 0n);
}
