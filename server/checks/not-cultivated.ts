import { sqlFile } from '../database/sql-file.ts';
import { type Check, documents, layerCheckParams } from './check.ts';
import { measureNewestYear } from './land-use-year.ts';

const measure = sqlFile('checks/not-cultivated');

export const notCultivated: Check = {
  id: 'not-cultivated',
  version: 2,
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
  measure: 'restore',
  run: (context) => measureNewestYear(context, measure, { min_area_m2: context.params['min_area_m2'] }),
};
