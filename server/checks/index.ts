/** The registry: one line a check, in the row order of CONTRACT §3, which is also the order of reasons in the books. */
import { readParam } from '../domain/param-value.ts';
import { AppError } from '../errors.ts';
import { abandoned } from './abandoned.ts';
import { areaMismatch } from './area-mismatch.ts';
import type { Check, Param, ParamValues } from './check.ts';
import { ecoRedLine } from './eco-red-line.ts';
import { knownIssue } from './known-issue.ts';
import { noLevelling } from './no-levelling.ts';
import { nonGrain } from './non-grain.ts';
import { notCultivated } from './not-cultivated.ts';
import { occupied } from './occupied.ts';
import { parcelGeometry } from './parcel-geometry.ts';
import { parcelOverlap } from './parcel-overlap.ts';
import { priorFarmland } from './prior-farmland.ts';
import { steepSlope } from './steep-slope.ts';

export const checks: readonly Check[] = [
  parcelGeometry,
  areaMismatch,
  ecoRedLine,
  steepSlope,
  priorFarmland,
  parcelOverlap,
  noLevelling,
  notCultivated,
  abandoned,
  nonGrain,
  occupied,
  knownIssue,
];

/**
 * The parameters of every check: defaults, with what the client asks for laid over them. `'*'` speaks to every check that has the key.
 * An unknown check, key or a value of the wrong kind is `validation`.
 */
export function resolveParams(asked: Record<string, Record<string, unknown>> = {}): Record<string, ParamValues> {
  const resolved: Record<string, ParamValues> = {};
  for (const check of checks) {
    resolved[check.id] = Object.fromEntries(Object.entries(check.params).map(([key, param]) => [key, param.default]));
  }
  const everyone = Object.entries(asked).filter(([id]) => id === '*');
  const particular = Object.entries(asked).filter(([id]) => id !== '*');
  for (const [id, values] of [...everyone, ...particular]) {
    for (const [key, value] of Object.entries(values)) {
      const having = checks.filter((check) => (id === '*' || check.id === id) && Object.hasOwn(check.params, key));
      if (having.length === 0) {
        throw new AppError(
          'validation',
          { zh: `没有参数 ${id}.${key}`, en: `No parameter ${id}.${key}` },
          { field: `${id}.${key}` },
        );
      }
      for (const check of having) (resolved[check.id] as ParamValues)[key] = paramValue(check, key, value);
    }
    // though it sets nothing: whoever misspells a check would believe that it was heard
    if (id !== '*' && !checks.some((check) => check.id === id))
      throw new AppError('validation', { zh: `没有检查 ${id}`, en: `No check ${id}` }, { field: id });
  }
  return resolved;
}

function paramValue(check: Check, key: string, value: unknown): ParamValues[string] {
  const read = readParam(check.params[key] as Param, key, value);
  if ('value' in read) return read.value;
  const { zh, en } = read.fault;
  throw new AppError(
    'validation',
    { zh: `参数 ${check.id}.${key} ${zh}`, en: `Parameter ${check.id}.${key} ${en}` },
    { field: `${check.id}.${key}` },
  );
}
