import { type Check, documents, layerCheckParams } from './check.ts';
import { classedIn, isFarmland, measureNewestYear } from './land-use-year.ts';

const suggestions: Record<string, string> = { JKHF: 'restore', GCHF: 'either', none: 'deduct' };

export const notCultivated: Check = {
  id: 'not-cultivated',
  version: 1,
  title: { zh: '现状不是耕地', en: 'Not farmland now' },
  why: {
    zh: '补充耕地在最新年度国土变更调查中已成园、成林、成草或为其他地类；能恢复的立即整改恢复，不能恢复的核减。',
    en: 'In the newest survey year the land is orchard, forest, grass or something else; what can be restored is restored, the rest deducted.',
  },
  fix: {
    zh: '清除地表物恢复耕种并纳入日常变更；不能恢复的由人认定后核减。',
    en: 'Clear and till it again and report the change; what cannot be restored is deducted once a person decides so.',
  },
  basis: [
    { document: documents.youyang, clause: '二（二）成林成园等非耕地' },
    { document: documents.mnr36, clause: '未达到国土变更调查耕地标准的地块不得认定为新增耕地' },
  ],
  params: layerCheckParams,
  needs: ['land-use'],
  without: 'undetermined',
  measure: 'restore',
  look: (sight) =>
    measureNewestYear(
      sight,
      (patch) => !isFarmland(patch),
      'restore',
      ({ year, wanted, outside_m2 }) => {
        const { ground } = sight;
        const byRecovery = ground.areasBy(wanted, ({ planting }) =>
          planting === 'JKHF' || planting === 'GCHF' ? planting : 'none',
        );
        // of equal areas the first by name, so that the suggestion does not change from run to run
        const main = Object.entries(byRecovery).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0];
        return {
          unknown_area_m2: outside_m2,
          unknown_reason: 'outside-coverage',
          detail: {
            by_class: ground.areasBy(classedIn(year), ({ class_code }) => class_code),
            by_group: ground.areasBy(wanted, ({ class_group }) => class_group!),
            by_recovery: { JKHF: 0, GCHF: 0, none: 0, ...byRecovery },
            suggested_measure: main === undefined ? null : suggestions[main],
          },
        };
      },
    ),
};
