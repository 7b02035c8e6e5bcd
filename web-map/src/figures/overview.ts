/** The county at a glance, from the summary of a run: tables that close in rows and columns as printed, and what the charts draw. Pure. */
import { closeBooks } from '../../../server/domain/closed-books.ts';
import { closeTable } from '../../../server/domain/printed-table.ts';
import { exactArea, printedDecimals } from '../../../server/domain/rounding.ts';
import type { Books, CheckId, RunItem, RunSummary, Verdict } from '../api/types.ts';
import { type AreaUnit, printed } from './area.ts';

export const bookColumns = ['deduct', 'restore', 'remediate', 'kept_verified', 'kept_unverified'] as const;
export type BookColumn = (typeof bookColumns)[number];

export interface GroupRow {
  /** code of the project or name of the township; null where parcels have none */
  key: string | null;
  name: string | null;
  parcels: number;
  verdicts: Record<Verdict, number>;
  /** as printed in the unit: area = deduct + restore + remediate + kept */
  area: string;
  kept: string;
  books: Record<BookColumn, string>;
  /** m², for the chart */
  m2: Record<BookColumn, number>;
}

type Group = Books & { parcel_count: number; by_verdict: Record<Verdict, number> };

function columnsOf(books: Books): Record<BookColumn, number> {
  const unverified = Math.min(books.kept_unverified_area_m2, books.kept_area_m2);
  return {
    deduct: books.deduct_area_m2,
    restore: books.restore_area_m2,
    remediate: books.remediate_area_m2,
    kept_verified: books.kept_area_m2 - unverified,
    kept_unverified: unverified,
  };
}

/** The columns of the whole as they are printed above the tables. */
function printedWhole(whole: Books, unit: AreaUnit): number[] {
  const inDoubt = exactArea(Math.min(whole.kept_unverified_area_m2, whole.kept_area_m2));
  const closed = closeBooks(
    {
      deduct: exactArea(whole.deduct_area_m2),
      restore: exactArea(whole.restore_area_m2),
      remediate: exactArea(whole.remediate_area_m2),
      verified: exactArea(whole.kept_area_m2) - inDoubt,
      unverified: inDoubt,
    },
    whole.area_m2,
    unit,
  );
  return [closed.deduct, closed.restore, closed.remediate, closed.verified, closed.unverified];
}

/** @param groups each parcel in one of them; their columns add up to the whole as it is printed */
function closedRows<G extends Group>(
  groups: readonly G[],
  whole: Books,
  unit: AreaUnit,
  naming: (group: G) => Pick<GroupRow, 'key' | 'name'>,
): GroupRow[] {
  if (groups.length === 0) return [];
  const m2 = groups.map(columnsOf);
  const table = closeTable({
    cells: m2.map((row) => bookColumns.map((column) => row[column])),
    unit,
    groups: [[3, 4]],
    columnTotals: printedWhole(whole, unit),
  });
  const text = (value: number) => printed(value, printedDecimals[unit]);
  return groups.map((group, i) => ({
    ...naming(group),
    parcels: group.parcel_count,
    verdicts: group.by_verdict,
    area: text(table.rowTotals[i]!),
    kept: text(table.subtotals[i]![0]!),
    books: Object.fromEntries(bookColumns.map((column, c) => [column, text(table.cells[i]![c]!)])) as GroupRow['books'],
    m2: m2[i]!,
  }));
}

/** What has to go or to be mended first: the largest first. */
const concerned = ({ m2 }: GroupRow) => m2.deduct + m2.restore + m2.remediate;
const worstFirst = (rows: GroupRow[]) =>
  rows.sort((a, b) => concerned(b) - concerned(a) || b.m2.kept_unverified - a.m2.kept_unverified);

export const projectRows = (summary: RunSummary, unit: AreaUnit): GroupRow[] =>
  worstFirst(
    closedRows(summary.by_project, summary, unit, ({ project_code, project_name }) => ({
      key: project_code,
      name: project_name,
    })),
  );

export const townshipRows = (summary: RunSummary, unit: AreaUnit): GroupRow[] =>
  worstFirst(closedRows(summary.by_township, summary, unit, ({ township }) => ({ key: township, name: township })));

export interface CheckRow {
  check: CheckId;
  fail: number;
  undetermined: number;
  pass: number;
  not_applicable: number;
  /** m² of the failing; areas of two checks may be of the same land, and are not added up */
  area_m2: number;
}

/** In the order given. A check that the run does not tell of is left out. */
export function checkRows({ by_check }: RunSummary, order: readonly CheckId[]): CheckRow[] {
  return order.flatMap((check) => (by_check[check] ? [{ check, ...by_check[check] }] : []));
}

/** The finished runs over the same sets, oldest first, this one among them. @param most of the latest */
export function trendOf(runs: readonly RunItem[], run: RunItem, most = 24): (RunItem & { summary: RunSummary })[] {
  const sets = (one: RunItem) => [...(one.parcel_set_ids ?? [])].sort().join();
  return runs
    .filter((one): one is RunItem & { summary: RunSummary } => one.state === 'succeeded' && one.summary !== null)
    .filter((one) => one.region_code === run.region_code && sets(one) === sets(run))
    .sort((a, b) => a.created_at.localeCompare(b.created_at))
    .slice(-most);
}
