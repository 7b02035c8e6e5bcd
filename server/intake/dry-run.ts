/** What an upload would look like once stored: told by a dry run before it takes everything out again. */
import type { Step } from '../database/content.ts';
import { sqlFile } from '../database/sql-file.ts';
import { type LocatedProblem, type SetKey, setProblems } from './set-problems.ts';

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

export interface DryRunReport {
  /** the first ten parcels */
  preview: PreviewRow[];
  /** the first thousand, in upload order; `problem_count` is of all */
  problems: LocatedProblem[];
  problem_count: number;
}

const previewRows = sqlFile<PreviewRow>('queries/intake-preview');
const mostProblems = 1000;

/** `step` does one short statement under the claim of the set, so that it is not taken for deserted meanwhile. */
export async function dryRunReport(
  step: Step,
  key: SetKey,
  parcels: number,
  progress?: (share: number) => void,
): Promise<DryRunReport> {
  const problems: LocatedProblem[] = [];
  let problem_count = 0;
  for await (const portion of setProblems(step, key, parcels, progress)) {
    problem_count += portion.length;
    problems.push(...portion.slice(0, mostProblems - problems.length));
  }
  return { preview: await step((db) => previewRows.all(db, { ...key })), problems, problem_count };
}
