/** What a finding measured, as rows of label and text. Each check has details of its own (CONTRACT §4). */
import { roundArea } from '../../../server/domain/rounding.ts';
import type { FindingDetail, Hit, RunParams } from '../api/types.ts';
import { printed, printedArea } from './area.ts';
import { slopeClasses } from './parcel-charts.ts';
import type { Translate } from './sentence.ts';

export interface Fact {
  label: string;
  text: string;
}

/** What would read 0.00 m² is the trace of a shared edge, and no patch concerned. */
export function hitsToShow(finding: FindingDetail): Hit[] {
  return (finding.hits ?? []).filter((hit) => roundArea(hit.area_m2, 'm2') !== 0);
}

export function findingFacts(finding: FindingDetail, t: Translate): Fact[] {
  const facts: Fact[] = [];
  const add = (key: string, text: string | null | undefined) => {
    if (text !== null && text !== undefined && text !== '') facts.push({ label: t(`finding.${key}`), text });
  };
  const both = (areaM2: number) =>
    `${printedArea(areaM2, 'm2')} ${t('unit.m2')}${'\u2003'}${printedArea(areaM2, 'mu')} ${t('unit.mu')}`;
  const m2 = (areaM2: number) => `${printedArea(areaM2, 'm2')} ${t('unit.m2')}`;
  const split = (areas: Record<string, number> | undefined, name: (key: string) => string) =>
    Object.entries(areas ?? {})
      .filter(([, area]) => area > 0)
      .sort(([, a], [, b]) => b - a)
      .map(([key, area]) => `${name(key)} ${m2(area)}`)
      .join(t('panel.sentence.comma'));
  /** a word of ours where there is one, else the code as it came */
  const word = (group: string, code: string) => {
    const text = t(`${group}.${code}`);
    return text === `${group}.${code}` ? code : text;
  };
  const degrees = (value: number | null | undefined) =>
    value === null || value === undefined ? null : `${printed(value, 1)}°`;

  if (finding.area_m2 !== undefined) add('area', both(finding.area_m2));
  if (finding.share !== undefined) add('share', `${printed(finding.share * 100, 2)} %`);
  if (finding.unknown_area_m2) add('unknown', both(finding.unknown_area_m2));
  add('meanSlope', degrees(finding.mean_slope_deg));
  add('maxSlope', degrees(finding.max_slope_deg));
  if (finding.class_area_m2) {
    const classes = Object.fromEntries(finding.class_area_m2.map((area, i) => [slopeClasses[i] ?? String(i), area]));
    add(
      'slopeClasses',
      split(classes, (name) => name),
    );
  }
  if (finding.source) {
    const cell = finding.cell_m ? t('finding.cell', { n: finding.cell_m }) : '';
    add('slopeSource', [word('finding.sources', finding.source), cell].filter(Boolean).join(t('panel.sentence.comma')));
  }
  if (finding.year) add('year', String(finding.year));
  if (finding.base_year) {
    const source = finding.base_year_source ? word('finding.baseYearSource', finding.base_year_source) : '';
    add('baseYear', [String(finding.base_year), source].filter(Boolean).join(t('panel.sentence.comma')));
  }
  add(
    'byGroup',
    split(finding.by_group, (key) => word('finding.group', key)),
  );
  add(
    'byClass',
    split(finding.by_class, (key) => key),
  );
  add(
    'byRecovery',
    split(finding.by_recovery, (key) => word('finding.recovery', key)),
  );
  if (finding.suggested_measure) add('suggested', word('measure', finding.suggested_measure));
  add('overlapsWith', finding.with?.join(t('panel.sentence.comma')));
  if (typeof finding.declared_area_m2 === 'number') add('declared', both(finding.declared_area_m2));
  if (typeof finding.difference_m2 === 'number') add('difference', both(finding.difference_m2));
  return facts;
}

/** degrees, strictly over which a cell is steep: as the run took it, else as the check's default is */
export function steepLimit(params: RunParams | undefined): number {
  const limit = Number(params?.['steep-slope']?.['max_slope_deg'] ?? 25);
  return Number.isFinite(limit) ? limit : 25;
}
