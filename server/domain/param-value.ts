/** What a parameter of a check may be set to: one rule for the server, which refuses, and for the page, which says so before. Pure. */
import type { Sentence } from '../errors.ts';

export type ParamValue = number | boolean | string | null;

export interface ParamRule {
  default: ParamValue;
  /** allowed values, where not any number ≥ 0 */
  values?: readonly string[];
}

/** Numbers and truth may come as text, as from a command line or a field. @returns the value, or what is wrong with it, to be put after its name */
export function readParam(
  { default: usual, values }: ParamRule,
  key: string,
  value: unknown,
): { value: ParamValue } | { fault: Sentence } {
  if (values) {
    if (typeof value === 'string' && values.includes(value)) return { value };
    return wrong(`只能是 ${values.join('、')}`, `must be one of ${values.join(', ')}`);
  }
  if (typeof usual === 'boolean') {
    if (typeof value === 'boolean') return { value };
    if (value === 'true' || value === 'false') return { value: value === 'true' };
    return wrong('只能是 true 或 false', 'must be true or false');
  }
  if (value === null && usual === null) return { value };
  const number = typeof value === 'string' && decimal.test(value.trim()) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0)
    return wrong('必须是不小于 0 的数', 'must be a number of 0 or more');
  if (key.endsWith('_share') && number > 1) return wrong('是比例，不能大于 1', 'is a share and cannot exceed 1');
  if (key.endsWith('_deg') && number > 90)
    return wrong('是坡度，不能大于 90', 'is a slope in degrees and cannot exceed 90');
  if (key === 'base_year' && (!Number.isInteger(number) || number < 1900 || number > 2200))
    return wrong('必须是年份', 'must be a year');
  return { value: number };
}

/** 0x10 and 0b1 are numbers to JavaScript alone */
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const wrong = (zh: string, en: string) => ({ fault: { zh, en } });
