/** What the witness expects of a run of the sample county, read from data-samples/expected. */
import { readFile } from 'node:fs/promises';
import { unfold } from '../witness/compare.ts';

export interface ExpectedFinding {
  outcome: string;
  reason?: string;
  area_m2?: number;
  unknown_area_m2?: number;
  difference_m2?: number;
  max_slope_deg?: number;
}

export interface ExpectedParcel {
  parcel_id: string;
  /** left out where it is 0 */
  area_m2?: number;
  verdict: string;
  pieces?: { reasons: string[]; measure: string; area_m2: number }[];
  checks: Record<string, string | ExpectedFinding>;
}

export interface ExpectedRun {
  id: string;
  parcels: ExpectedParcel[];
  summary: { parcel_count: number; by_verdict: { compliant: number; non_compliant: number; undetermined: number } };
}

/** id: of county.json's runs. The answer can go to compareWithWitness as it is. */
export async function expectedRun(id: string): Promise<ExpectedRun> {
  const file = new URL(`../../data-samples/expected/${id}.json`, import.meta.url);
  return { id, ...(JSON.parse(await readFile(file, 'utf8')) as Omit<ExpectedRun, 'id'>) };
}

export function expectedFinding(parcel: ExpectedParcel, check: string): ExpectedFinding {
  const found = parcel.checks[check]!;
  return typeof found === 'string' ? (unfold(found) as unknown as ExpectedFinding) : found;
}
