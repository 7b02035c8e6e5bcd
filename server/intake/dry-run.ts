/** What an upload would look like once stored: told by a dry run before it takes everything out again. */
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import type { StoredFault } from './faults.ts';

export interface PreviewRow {
  ordinal: number;
  source_file: string;
  source_row: number;
  parcel_id: string;
  project_code: string | null;
  project_name: string | null;
  township: string | null;
  plot_type: string | null;
  accepted_on: string | null;
  declared_area_m2: number | null;
  declared_net_m2: number | null;
  area_m2: number;
  attributes: Record<string, unknown>;
  /** GeoJSON in degrees; null where it has none, or too many vertices to be shown */
  geometry: object | null;
}

/** A problem of a shape with its place: row of the file, and lon/lat where it has one. */
export interface LocatedProblem extends StoredFault {
  source_file: string;
  source_row: number;
  parcel_id: string;
}

export interface DryRunReport {
  /** the first ten parcels */
  preview: PreviewRow[];
  /** the first thousand, in upload order; `problem_count` is of all */
  problems: LocatedProblem[];
  problem_count: number;
}

const previewRows = sqlFile<PreviewRow>('queries/intake-preview');
const problemRows = sqlFile<Omit<LocatedProblem, keyof StoredFault> & { fault: StoredFault; problem_count: number }>(
  'queries/intake-problems',
);

const mostProblems = 1000;

export async function dryRunReport(
  db: Kysely<Schema>,
  key: { region_code: string; parcel_set_id: string },
): Promise<DryRunReport> {
  const problems = await problemRows.all(db, { ...key, limit: mostProblems });
  return {
    preview: await previewRows.all(db, { ...key }),
    problems: problems.map(({ fault, problem_count: _, ...where }) => ({ ...where, ...fault })),
    problem_count: problems[0]?.problem_count ?? 0,
  };
}
