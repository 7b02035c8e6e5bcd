/**
 * verdicts.csv (CONTRACT §4): UTF-8 with BOM, RFC 4180, CRLF. Numbers with all their digits and no exponent, no value as an
 * empty field. Text always stands in quotes, so that a reader can tell the id "500242202100010001" from a number; the
 * guard against formulas is that of text-guard.ts.
 */
import { checkIds } from '../domain/outcome.ts';
import { plainNumber } from '../domain/rounding.ts';
import type { VerdictRow } from '../domain/verdict-feature.ts';
import { type ExportFormat, type ExportInput, inBlocks, wanted } from './export-format.ts';
import { guardFormula } from './text-guard.ts';

export const csv: ExportFormat = {
  id: 'csv',
  title: { zh: 'CSV（UTF-8，逐地块核查结果）', en: 'CSV (UTF-8, one line a parcel)' },
  contentType: 'text/csv; charset=utf-8',
  extension: 'csv',
  options: [],
  write: (input) => inBlocks(lines(input)),
};

const parcelColumns = [
  'parcel_id',
  'project_code',
  'project_name',
  'township',
  'declared_area_m2',
  'area_m2',
  'verdict',
  'deduct_area_m2',
  'restore_area_m2',
  'remediate_area_m2',
  'kept_area_m2',
] as const satisfies readonly (keyof VerdictRow)[];

async function* lines(input: ExportInput): AsyncGenerator<string> {
  const header = [...parcelColumns, ...checkIds.flatMap((id) => [`${id}.outcome`, `${id}.area_m2`])];
  yield `\uFEFF${header.join(',')}\r\n`;
  for await (const row of wanted(input.rows(), input.options)) yield line(row);
}

function line(row: VerdictRow): string {
  const values: unknown[] = parcelColumns.map((name) => row[name]);
  for (const id of checkIds) values.push(row.checks[id]?.outcome, row.checks[id]?.area_m2);
  return `${values.map(field).join(',')}\r\n`;
}

function field(value: unknown): string {
  if (typeof value === 'number') return Number.isFinite(value) ? plainNumber(value) : '';
  if (typeof value !== 'string') return '';
  return `"${guardFormula(value).replaceAll('"', '""')}"`;
}
