/** What the small charts of a parcel show, as numbers: books as a bar, slope by class, land use by year. Pure; areas in m². */

import { groupOf, type LandGroup } from '../../../server/domain/land-class.ts';
import { type CodeSystem, codeSystems } from '../../../server/domain/land-codes.ts';
import type { Books, FindingDetail } from '../api/types.ts';

export interface Part<K extends string> {
  key: K;
  area_m2: number;
  /** 0–1 of the whole */
  share: number;
}

export type BookPart = 'deduct' | 'restore' | 'remediate' | 'kept_verified' | 'kept_unverified';

/** The books of a parcel laid end to end; parts of nothing are left out. */
export function bookParts(books: Books): Part<BookPart>[] {
  const unverified = Math.min(books.kept_unverified_area_m2, books.kept_area_m2);
  const areas: Record<BookPart, number> = {
    deduct: books.deduct_area_m2,
    restore: books.restore_area_m2,
    remediate: books.remediate_area_m2,
    kept_verified: books.kept_area_m2 - unverified,
    kept_unverified: unverified,
  };
  return partsOf(areas, books.area_m2);
}

/** Edges of `class_area_m2`: always 2, 6, 15 and 25 degrees, the upper edge included. */
export const slopeClasses = ['≤2°', '2°–6°', '6°–15°', '15°–25°', '>25°'] as const;
export type SlopeClass = (typeof slopeClasses)[number];

/** All five classes, empty ones too; null where the slope was not measured by class. */
export function slopeParts({ class_area_m2: areas }: FindingDetail): Part<SlopeClass>[] | null {
  const whole = areas?.reduce((sum, area) => sum + area, 0) ?? 0;
  if (!areas || whole <= 0) return null;
  return slopeClasses.map((key, i) => ({ key, area_m2: areas[i] ?? 0, share: (areas[i] ?? 0) / whole }));
}

export interface YearOfUse {
  year: number;
  parts: Part<LandGroup>[];
}

/**
 * Land use of a parcel in each year that a finding tells of all its classes, the oldest first. What no patch covers is missing from a year.
 * @param parcelM2 the parcel's area, of which the shares are
 * @param systemOf which system the codes of a year's layer are of, where that is known
 */
export function usesByYear(
  findings: readonly FindingDetail[],
  parcelM2: number,
  systemOf: (year: number) => CodeSystem | undefined,
): YearOfUse[] {
  const years = new Map<number, YearOfUse>();
  for (const { year, by_class } of findings) {
    if (!year || !by_class || years.has(year)) continue;
    const groups: Partial<Record<LandGroup, number>> = {};
    for (const [code, area] of Object.entries(by_class)) {
      const group = groupIn(code, systemOf(year));
      groups[group] = (groups[group] ?? 0) + area;
    }
    const parts = partsOf(groups as Record<LandGroup, number>, parcelM2).sort((a, b) => b.area_m2 - a.area_m2);
    if (parts.length > 0) years.set(year, { year, parts });
  }
  return [...years.values()].sort((a, b) => a.year - b.year);
}

/** Where the system is not known and the code means different groups in them, none is told. */
export function groupIn(code: string, system: CodeSystem | undefined): LandGroup {
  const groups = new Set((system ? [system] : codeSystems).map((one) => groupOf(code, one)));
  const [only] = groups;
  return groups.size === 1 && only ? only : 'other';
}

function partsOf<K extends string>(areas: Record<K, number>, whole: number): Part<K>[] {
  return (Object.entries(areas) as [K, number][])
    .filter(([, area]) => area > 0)
    .map(([key, area_m2]) => ({ key, area_m2, share: whole > 0 ? Math.min(area_m2 / whole, 1) : 0 }));
}
