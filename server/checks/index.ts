/** The registry: one line a check, in the row order of CONTRACT §3, which is also the order of reasons in the books. */
import { AppError } from '../errors.ts';
import { abandoned } from './abandoned.ts';
import { areaMismatch } from './area-mismatch.ts';
import type { Check, ParamValues } from './check.ts';
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
  }
  return resolved;
}

function paramValue(check: Check, key: string, value: unknown): number | boolean | string | null {
  const param = check.params[key];
  const wrong = (zh: string, en: string) =>
    new AppError(
      'validation',
      { zh: `参数 ${check.id}.${key} ${zh}`, en: `Parameter ${check.id}.${key} ${en}` },
      { field: `${check.id}.${key}` },
    );
  if (param?.values) {
    if (typeof value === 'string' && param.values.includes(value)) return value;
    throw wrong(`只能是 ${param.values.join('、')}`, `must be one of ${param.values.join(', ')}`);
  }
  if (typeof param?.default === 'boolean') {
    if (typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    throw wrong('只能是 true 或 false', 'must be true or false');
  }
  if (value === null && param?.default === null) return null;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0)
    throw wrong('必须是不小于 0 的数', 'must be a number of 0 or more');
  if (key.endsWith('_share') && number > 1) throw wrong('是比例，不能大于 1', 'is a share and cannot exceed 1');
  if (key === 'base_year' && (!Number.isInteger(number) || number < 1900 || number > 2200))
    throw wrong('必须是年份', 'must be a year');
  return number;
}
