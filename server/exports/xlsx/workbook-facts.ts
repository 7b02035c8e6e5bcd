/** What all sheets need to know of the run, read from the manifest once and with care: an old manifest may lack parts. */
import { type CodeSystem, codeSystems } from '../../domain/land-codes.ts';
import type { CheckId, Measure } from '../../domain/outcome.ts';
import type { ExportInput } from '../export-format.ts';

export interface BookFacts {
  runId: string;
  regionCode: string;
  /** in Beijing time */
  runDay: string;
  /** degrees, of the check steep-slope */
  slopeLimit: number;
  titleOf(check: CheckId): string;
  measureOf(check: CheckId): Measure;
  systemOfYear(year: number): CodeSystem;
  layers: Record<string, unknown>[];
  inputs: Record<string, unknown>[];
  assumptions: string[];
  params: Map<string, Record<string, unknown>>;
  engines: Record<string, unknown>;
  /** aborted when nobody reads the workbook any more */
  signal: AbortSignal;
}

export function factsOf({ run, checks }: ExportInput, signal: AbortSignal): BookFacts {
  const { manifest } = run;
  const layers = records(manifest['layers']);
  const params = new Map(
    records(manifest['checks']).map(({ id, params }) => [String(id), (params ?? {}) as Record<string, unknown>]),
  );
  const slope = params.get('steep-slope')?.['max_slope_deg'];
  const texts = new Map(checks.map((check) => [check.id, check]));
  const systems = new Map(
    layers.filter(({ type }) => type === 'land-use').map(({ year, code_system }) => [year, code_system]),
  );
  return {
    runId: run.run_id,
    regionCode: run.region_code,
    runDay: new Intl.DateTimeFormat('zh-CN', { dateStyle: 'long', timeZone: 'Asia/Shanghai' }).format(run.created_at),
    slopeLimit: typeof slope === 'number' ? slope : 25,
    titleOf: (check) => texts.get(check)?.title.zh ?? check,
    measureOf: (check) => texts.get(check)?.measure ?? 'none',
    systemOfYear: (year) => codeSystems.find((system) => system === systems.get(year)) ?? 'td3',
    layers,
    inputs: records(manifest['inputs']),
    assumptions: records(manifest['assumptions']).map(({ message }) =>
      String((message as { zh?: string } | undefined)?.zh ?? ''),
    ),
    params,
    signal,
    engines: (manifest['engines'] ?? {}) as Record<string, unknown>,
  };
}

/** The line under the title of every table. */
export function headLine(facts: BookFacts): { left: string; right: string } {
  return { left: `行政区代码：${facts.regionCode}      核查日期：${facts.runDay}`, right: '单位：公顷、亩、个' };
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((item) => item !== null && typeof item === 'object') : [];
}
