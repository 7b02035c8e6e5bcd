/** What this machine has of the parts that only some suites need, and how to skip a suite by name where one is missing. */
import { describe } from 'vitest';
import { type Part, parts } from './part-list.ts';

export { type Part, parts } from './part-list.ts';

const found = new Map<Part, boolean>();

export function hasPart(part: Part): boolean {
  let has = found.get(part);
  if (has === undefined) {
    has = parts[part].isHere();
    found.set(part, has);
  }
  return has;
}

/**
 * `requirePart('gdal')('exports are read back', () => …)`: describe, or a skip whose name says what is missing.
 * Under CI=true nothing may be missing: the suite runs and so fails.
 */
export function requirePart(...needed: Part[]): (name: string, suite: () => void) => void {
  const missing = needed.filter((part) => !hasPart(part));
  if (missing.length === 0 || process.env['CI'] === 'true') return (name, suite) => void describe(name, suite);
  return (name, suite) => void describe.skip(`${name} [needs ${missing.join(', ')}]`, suite);
}
