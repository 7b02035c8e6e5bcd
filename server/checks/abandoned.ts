import { type Check, documents, layerCheckParams } from './check.ts';
import { measurePlanting } from './land-use-year.ts';

export const abandoned: Check = {
  id: 'abandoned',
  version: 1,
  title: { zh: '撂荒', en: 'Abandoned' },
  why: {
    zh: '最新年度调查为耕地但未耕种（ZZSXDM=WG），须会同乡镇组织复耕。',
    en: 'Farmland by the newest survey that lies untilled (ZZSXDM = WG) must go back under the plough.',
  },
  fix: {
    zh: '会同乡镇开展撂荒地整治，落实种植。',
    en: 'Have the township bring it back under cultivation.',
  },
  basis: [{ document: documents.youyang, clause: '二（三）闲置撂荒' }],
  params: layerCheckParams,
  needs: ['land-use'],
  without: 'undetermined',
  measure: 'remediate',
  look: (sight) => measurePlanting(sight, 'WG', 'remediate'),
};
