/** The verdict of a parcel in one sentence: what is suspected, by which checks, and what the plan would be. */
import type { CheckText, Outcome, RunParams, VerdictProperties } from '../api/types.ts';
import { printedBooks } from './books.ts';

export type Translate = (key: string, values?: Record<string, unknown>) => string;

/** A check told not to fail a parcel is reported and counts in no verdict (CONTRACT §3.1: `non-grain` by default). */
export function isOnlyReported(checkId: string, params: RunParams | undefined): boolean {
  const asked = params?.[checkId]?.['treat_as_fail'];
  return asked === undefined ? checkId === 'non-grain' : asked !== true;
}

export function verdictSentence(
  properties: VerdictProperties,
  titleOf: (checkId: string) => string,
  order: readonly CheckText['id'][],
  params: RunParams | undefined,
  t: Translate,
): string {
  const comma = t('panel.sentence.comma');
  const known = order.length > 0 ? order : (Object.keys(properties.checks) as CheckText['id'][]);
  const having = (outcome: Outcome) =>
    known.filter((id) => properties.checks[id]?.outcome === outcome && !isOnlyReported(id, params));
  const books = new Map(printedBooks(properties).map((row) => [row.book, row.mu]));

  if (properties.verdict === 'non_compliant') {
    const failing = having('fail');
    const plan = (['deduct', 'restore', 'remediate'] as const)
      .filter((measure) => properties[`${measure}_area_m2`] > 0)
      .map((measure) => t('panel.sentence.part', { measure: t(`measure.${measure}`), area: books.get(measure) }));
    return t('panel.sentence.non_compliant', {
      checks: failing.map(titleOf).join(comma),
      n: failing.length,
      measures: plan.length > 0 ? t('panel.sentence.plan', { list: plan.join(comma) }) : t('panel.sentence.noPlan'),
    });
  }
  if (properties.verdict === 'undetermined') {
    const lacking = having('undetermined');
    return t('panel.sentence.undetermined', {
      checks: lacking.map(titleOf).join(comma),
      n: lacking.length,
      area: books.get('kept_unverified'),
    });
  }
  const passed = having('pass');
  return passed.length > 0
    ? t('panel.sentence.compliant', { n: passed.length })
    : t('panel.sentence.nothingApplicable');
}
