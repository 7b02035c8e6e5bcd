import { describe, expect, it } from 'vitest';
import { type ClosedTable, closeTable, type TableToClose } from '../../server/domain/printed-table.ts';
import { seeded } from '../support/seeded.ts';

const perM2 = { m2: 1, mu: 0.0015, ha: 0.0001 };
const decimalsOf = { m2: 2, mu: 2, ha: 4 };
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const column = (rows: readonly (readonly number[])[], c: number) => rows.map((row) => row[c]!);

/** Every printed figure in last digits, against the unrounded table in last digits, summed here by other means. */
function inDigits(table: TableToClose, closed: ClosedTable) {
  const digits = 10 ** (table.decimals ?? decimalsOf[table.unit]);
  const printed = (value: number) => Math.round(value * digits);
  return {
    real: table.cells.map((row) => row.map((cell) => Number(cell) * perM2[table.unit] * digits)),
    cells: closed.cells.map((row) => row.map(printed)),
    subtotals: closed.subtotals.map((row) => row.map(printed)),
    rows: closed.rowTotals.map(printed),
    columns: closed.columnTotals.map(printed),
    groups: closed.groupTotals.map(printed),
    total: printed(closed.total),
  };
}

function expectToAddUp(table: TableToClose, closed: ClosedTable) {
  const { cells, subtotals, rows, columns, groups, total } = inDigits(table, closed);
  const sets = table.groups ?? [];
  for (const [r, row] of cells.entries()) {
    expect(sum(row)).toBe(rows[r]);
    for (const [g, set] of sets.entries()) expect(sum(set.map((c) => row[c]!))).toBe(subtotals[r]![g]);
  }
  for (const [c, printed] of columns.entries()) expect(sum(column(cells, c))).toBe(printed);
  for (const [g, set] of sets.entries()) {
    expect(sum(set.map((c) => columns[c]!))).toBe(groups[g]);
    expect(sum(column(subtotals, g))).toBe(groups[g]);
  }
  expect(sum(rows)).toBe(total);
  expect(sum(columns)).toBe(total);
}

/** 1e-6: the sums here are of doubles */
function expectWithinOneDigit(table: TableToClose, closed: ClosedTable, limit = 1 - 1e-6) {
  const { real, cells, subtotals, rows, columns, groups, total } = inDigits(table, closed);
  const near = (printed: number, unrounded: number) => expect(Math.abs(printed - unrounded)).toBeLessThan(limit + 2e-6);
  for (const [r, row] of real.entries()) {
    for (const [c, value] of row.entries()) {
      expect(Math.abs(cells[r]![c]! - value)).toBeLessThan(1);
      if (value === 0) expect(cells[r]![c]).toBe(0);
    }
    near(rows[r]!, sum(row));
    for (const [g, set] of (table.groups ?? []).entries()) near(subtotals[r]![g]!, sum(set.map((c) => row[c]!)));
  }
  for (const c of columns.keys()) near(columns[c]!, sum(column(real, c)));
  for (const [g, set] of (table.groups ?? []).entries()) near(groups[g]!, sum(set.map((c) => sum(column(real, c)))));
  near(total, sum(real.map(sum)));
}

function randomCells(random: () => number, rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, () =>
    Array.from({ length: columns }, () => (random() < 0.4 ? 0 : random() * 10 ** (random() * 5))),
  );
}

describe('a printed table', () => {
  it('adds up in rows, subtotals, columns and the grand total, every figure next to its unrounded value', () => {
    const random = seeded(3);
    for (let round = 0; round < 120; round++) {
      const cells = randomCells(random, 1 + Math.floor(random() * 30), 10);
      for (const unit of ['m2', 'mu', 'ha'] as const) {
        const table: TableToClose = {
          cells,
          unit,
          groups: [
            [0, 1, 2, 3, 4, 5],
            [8, 9],
          ],
        };
        const closed = closeTable(table);
        expectToAddUp(table, closed);
        expectWithinOneDigit(table, closed);
        expect(closed.differences).toEqual([]);
        const { real, total } = inDigits(table, closed);
        expect(Math.abs(total - sum(real.map(sum)))).toBeLessThan(0.5 + 1e-6);
      }
    }
  });

  it('leaves ordinary rounding alone where that adds up already', () => {
    const closed = closeTable({
      cells: [
        [0.011, 0.021, 0.031],
        [1.001, 0, 2],
      ],
      unit: 'm2',
    });
    expect(closed.cells).toEqual([
      [0.01, 0.02, 0.03],
      [1, 0, 2],
    ]);
    expect(closed.total).toBe(3.06);
  });

  it('closes the table that ordinary rounding breaks: nine thirds', () => {
    const closed = closeTable({
      cells: Array.from({ length: 3 }, () => [1 / 3, 1 / 3, 1 / 3]),
      unit: 'm2',
      decimals: 0,
    });
    expect(closed.rowTotals).toEqual([1, 1, 1]);
    expect(closed.columnTotals).toEqual([1, 1, 1]);
    expect(closed.total).toBe(3);
  });

  it('meets the column totals of another table of the same land, as far as one last digit goes', () => {
    const random = seeded(5);
    for (let round = 0; round < 120; round++) {
      const plots = randomCells(random, 60, 5);
      const gather = (groups: number) => {
        const rows = Array.from({ length: groups }, () => [0, 0, 0, 0, 0]);
        for (const [i, plot] of plots.entries())
          for (const [c, value] of plot.entries()) rows[i % groups]![c]! += value;
        return rows;
      };
      const projects = closeTable({ cells: gather(12), unit: 'mu' });
      const table: TableToClose = {
        cells: gather(7),
        unit: 'mu',
        groups: [[3, 4]],
        columnTotals: projects.columnTotals,
      };
      const townships = closeTable(table);
      expect(townships.columnTotals).toEqual(projects.columnTotals);
      expect(townships.total).toBe(projects.total);
      expectToAddUp(table, townships);
      expectWithinOneDigit(table, townships, 1);
      expect(townships.differences).toEqual([]);
    }
  });

  it('names the total that had to give way by more than one last digit', () => {
    // each row is whole, and all that is printed elsewhere falls on the columns of the first
    const table: TableToClose = {
      cells: [
        [0.5, 0.5, 0.5, 0.5, 0, 0, 0, 0],
        [0, 0, 0, 0, 0.5, 0.5, 0.5, 0.5],
      ],
      unit: 'm2',
      decimals: 0,
      columnTotals: [1, 1, 1, 1, 0, 0, 0, 0],
    };
    const closed = closeTable(table);
    expectToAddUp(table, closed);
    expect(closed.columnTotals).toEqual(table.columnTotals);
    expect(closed.differences).toEqual([
      { row: 0, column: null, group: null, difference: 2 },
      { row: 1, column: null, group: null, difference: -2 },
    ]);
  });

  it('repeats cells that are printed elsewhere', () => {
    const cells = [
      [0.126, 0.514],
      [0.126, 0.514],
    ];
    const closed = closeTable({
      cells,
      unit: 'm2',
      printedCells: [
        [0.12, null],
        [0.13, null],
      ],
    });
    expect(column(closed.cells, 0)).toEqual([0.12, 0.13]);
    expectToAddUp({ cells, unit: 'm2' }, closed);
    expectWithinOneDigit({ cells, unit: 'm2' }, closed);
  });

  it('is a total of zero when there is nothing to print', () => {
    expect(closeTable({ cells: [], unit: 'ha' })).toMatchObject({ cells: [], total: 0, differences: [] });
  });

  it('meets the totals that are wanted, and never at the price of a figure beyond its two', () => {
    const row: TableToClose = { cells: [[0.004, 0.006]], unit: 'm2' };
    expect(closeTable(row).columnTotals).toEqual([0, 0.01]);
    expect(closeTable({ ...row, wanted: { columns: [0.01, 0] } }).columnTotals).toEqual([0.01, 0]);
    const grouped: TableToClose = { ...row, groups: [[0], [1]], wanted: { groups: [0.01, null] } };
    expect(closeTable(grouped).groupTotals).toEqual([0.01, 0]);
    const random = seeded(77);
    for (let n = 0; n < 40; n++) {
      const cells = randomCells(random, 1 + Math.floor(random() * 12), 5);
      const totals = [0, 1, 2, 3, 4].map((c) => sum(column(cells, c)) * 100);
      const either = totals.map((value) => Math.floor(value) + (value % 1 > 1e-9 && random() < 0.5 ? 1 : 0));
      const wanted = { columns: either.map((digits, c) => (c % 2 === 0 ? digits / 100 : null)) };
      const closed = closeTable({ cells, unit: 'm2', groups: [[0, 1]], wanted });
      expectToAddUp({ cells, unit: 'm2', groups: [[0, 1]] }, closed);
      expectWithinOneDigit({ cells, unit: 'm2', groups: [[0, 1]] }, closed);
    }
  });

  it('refuses a wanted total that is not next to its value', () => {
    expect(() => closeTable({ cells: [[1], [2]], unit: 'm2', wanted: { columns: [3.01] } })).toThrow(RangeError);
  });
});
