/** Under which county a set or a layer is kept (CONTRACT §3.1 Region). */
import { AppError } from '../errors.ts';
import { type RowPlace, RowPlaces } from './row-places.ts';
import type { Warning } from './source-types.ts';

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

/** The county that each code begins with → the parcels that have it; codes without six digits name none. */
export function countiesOf(sources: Iterable<RowPlace & { projectCode: string | null }>): Map<string, RowPlaces> {
  const counties = new Map<string, RowPlaces>();
  for (const { projectCode, ...place } of sources) {
    const county = /^\d{6}/.exec(projectCode?.trim() ?? '')?.[0];
    if (county === undefined) continue;
    const places = counties.get(county) ?? new RowPlaces();
    places.add(place);
    counties.set(county, places);
  }
  return counties;
}

/** Codes of another county than the set is kept and judged under: a slip in a number, or another county's parcels. */
export function tellOtherCounties(
  counties: ReadonlyMap<string, RowPlaces>,
  { region_code: region }: RegionDecision,
  field: string | null,
): Warning[] {
  return [...counties]
    .filter(([county]) => county !== region)
    .slice(0, countiesTold)
    .map(([county, places]): Warning => {
      const among = places.among();
      return {
        code: 'project-county-differs',
        message: {
          zh: `${places.count} 个地块的项目编号属于行政区 ${county}，本批地块按 ${region} 入库和核查，请核对项目编号或行政区代码${among.zh}`,
          en: `${places.count} parcels have project codes of county ${county}, while the set is kept and judged under ${region}; check the codes or the region code${among.en}`,
        },
        where: { ...(field === null ? {} : { field }), ...places.where() },
      };
    });
}

const countiesTold = 5;

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
