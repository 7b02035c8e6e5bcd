import { type Check, documents, layerCheckParams } from './check.ts';
import { measurePlanting } from './land-use-year.ts';

export const nonGrain: Check = {
  id: 'non-grain',
  version: 1,
  title: { zh: '种植非粮食作物', en: 'Under other crops than grain' },
  why: {
    zh: '最新年度调查为耕地但种植非粮食作物（ZZSXDM=FLS）。仍属耕地，只提示；需按不通过处理时打开参数。',
    en: 'Farmland under other crops than grain (ZZSXDM = FLS). It is still farmland: reported only, unless the parameter makes it fail.',
  },
  fix: { zh: '引导恢复粮食种植。', en: 'Encourage a return to grain.' },
  basis: [{ document: documents.youyang, clause: '二（三）非粮化' }],
  params: {
    ...layerCheckParams,
    treat_as_fail: { default: false, unit: '', title: { zh: '按不通过处理', en: 'Treat as a fail' } },
  },
  needs: ['land-use'],
  without: 'undetermined',
  measure: 'none',
  look: (sight) => measurePlanting(sight, 'FLS', 'none'),
};
