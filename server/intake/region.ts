/** Under which county a set or a layer is kept (CONTRACT §3.1 Region). */
import { AppError } from '../errors.ts';

export interface RegionDecision {
  region_code: string;
  source: 'given' | 'project-codes' | 'boundary' | 'configured';
}

/** `validation` where a county code that was given is not six digits. */
export function checkRegionCode(code: string | undefined): void {
  if (code === undefined || /^\d{6}$/.test(code)) return;
  throw new AppError(
    'validation',
    {
      zh: `行政区代码“${code}”不对，应为六位数字的县级代码`,
      en: `"${code}" is no region code: six digits of the county`,
    },
    { field: 'region_code' },
  );
}

/** The six digits that all codes begin with; null where there are no codes, one has no six digits, or they name several counties. */
export function sharedCounty(codes: Iterable<string>): string | null {
  let shared: string | null = null;
  for (const code of codes) {
    const digits = /^\d{6}/.exec(code.trim())?.[0] ?? null;
    if (digits === null || (shared !== null && digits !== shared)) return null;
    shared = digits;
  }
  return shared;
}

/** given → found in the file itself → what the files beside it say → configured */
export function decideRegion(
  given: string | undefined,
  found: { region_code: string | null; source: 'project-codes' | 'boundary' },
  configured: string,
  beside?: RegionDecision,
): RegionDecision {
  if (given !== undefined) return { region_code: given, source: 'given' };
  if (found.region_code !== null) return { region_code: found.region_code, source: found.source };
  return beside ?? { region_code: configured, source: 'configured' };
}
