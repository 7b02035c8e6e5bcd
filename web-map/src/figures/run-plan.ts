/** What a run would be made of: which version of each layer, what each check then lacks, which parameters are not the usual ones. Pure. */
import { readParam } from '../../../server/domain/param-value.ts';
import type { LayerVersion } from '../api/run-types.ts';
import type { CheckText, RunItem, RunParams } from '../api/types.ts';

/** One kind of evidence: a layer type, of land use one of its years. Its versions, the one a run takes by itself first. */
export interface LayerSlot {
  key: string;
  type: string;
  /** of land use; other types have one slot whatever their year */
  year: number | null;
  versions: LayerVersion[];
}

/** Newest first as a run takes them (sql/queries/default-layers.sql): by year, then by when they came. */
function newestFirst(a: LayerVersion, b: LayerVersion): number {
  return (
    (b.year ?? -1) - (a.year ?? -1) || b.created_at.localeCompare(a.created_at) || (a.layer_id < b.layer_id ? -1 : 1)
  );
}

/** In the order of the types, land use by year. @param types ids, in the order of the registry */
export function slotsOf(layers: readonly LayerVersion[], types: readonly string[]): LayerSlot[] {
  const slots = new Map<string, LayerSlot>();
  for (const layer of layers) {
    const year = layer.type === 'land-use' ? layer.year : null;
    const key = year === null ? layer.type : `${layer.type}@${year}`;
    const slot = slots.get(key) ?? { key, type: layer.type, year, versions: [] };
    slots.set(key, slot);
    slot.versions.push(layer);
  }
  const place = (type: string) => (types.indexOf(type) + types.length + 1) % (types.length + 1);
  for (const slot of slots.values()) slot.versions.sort(newestFirst);
  return [...slots.values()].sort((a, b) => place(a.type) - place(b.type) || (a.year ?? 0) - (b.year ?? 0));
}

export interface Lack {
  check: CheckText;
  /** types of which one would do */
  types: readonly string[];
  outcome: 'undetermined' | 'not_applicable';
}

/** Checks whose every layer is missing, in the order of the registry, and what they will say of each parcel for want of it. */
export function lacksOf(checks: readonly CheckText[], types: ReadonlySet<string>): Lack[] {
  return checks.flatMap((check) => {
    const { needs = [], without } = check;
    if (!without || needs.some((type) => types.has(type))) return [];
    return [{ check, types: needs, outcome: without }];
  });
}

export type ParamTexts = Record<string, Record<string, string>>;

/** A parameter as it stands in its field; empty for none. */
export const paramText = (value: unknown): string => (value === null || value === undefined ? '' : String(value));

/** A value as it is read: shares have no unit, degrees no space before theirs. */
export function withUnit(value: string, unit: string): string {
  return unit === '' || unit === '1' ? value : unit === '°' ? `${value}°` : `${value} ${unit}`;
}

export interface ParamsRead {
  /** those that are not the usual ones */
  params: RunParams;
  /** by `check.key`, in both languages */
  faults: Map<string, { zh: string; en: string }>;
}

/** @param texts what was typed, by check and key; what was not touched is as usual */
export function readParams(checks: readonly CheckText[], texts: ParamTexts): ParamsRead {
  const params: RunParams = {};
  const faults: ParamsRead['faults'] = new Map();
  for (const check of checks)
    for (const [key, text] of Object.entries(texts[check.id] ?? {})) {
      const param = check.params[key];
      if (!param) continue;
      const read = readParam(param, key, text.trim() === '' ? null : text.trim());
      if ('fault' in read) faults.set(`${check.id}.${key}`, read.fault);
      else if (read.value !== param.default) params[check.id] = { ...params[check.id], [key]: read.value };
    }
  return { params, faults };
}

const setsOf = (run: RunItem) => [...(run.parcel_set_ids ?? [])].sort().join();

/** The run before it over the same sets that has succeeded; null where there is none. @param runs newest first */
export function runBefore(runs: readonly RunItem[], run: RunItem): RunItem | null {
  const earlier = runs.filter((one) => one.created_at < run.created_at && one.run_id !== run.run_id);
  return earlier.find((one) => one.state === 'succeeded' && setsOf(one) === setsOf(run)) ?? null;
}

/** Runs that it can be compared with: of its county, finished, newest first. */
export function comparable(runs: readonly RunItem[], run: RunItem): RunItem[] {
  return runs.filter(
    (one) => one.region_code === run.region_code && one.state === 'succeeded' && one.run_id !== run.run_id,
  );
}
