import { type Check, documents, layerCheckParams } from './check.ts';
import { measureUnder } from './polygon-layer.ts';

export const ecoRedLine: Check = {
  id: 'eco-red-line',
  version: 1,
  title: { zh: '生态保护红线内', en: 'Inside the ecological red line' },
  why: {
    zh: '生态保护红线内不得实施补充耕地，已报备入库的指标应予核减。',
    en: 'No supplementary farmland may be created inside the ecological red line; quota already certified there is deducted.',
  },
  fix: { zh: '核减红线内面积的占补平衡指标。', en: 'Deduct the quota of the area inside the red line.' },
  basis: [
    { document: documents.youyang, clause: '二（三）' },
    { document: documents.opinion2024, clause: '禁止在生态保护红线区域实施补充耕地' },
    { document: documents.mnr36, clause: '补充耕地应符合生态建设和空间管控要求' },
  ],
  params: layerCheckParams,
  needs: ['eco-red-line'],
  without: 'undetermined',
  measure: 'deduct',
  look(sight) {
    if (sight.layersOf('eco-red-line').length === 0) return { outcome: 'undetermined', reason: 'layer-missing' };
    return measureUnder(sight, 'eco-red-line', 'deduct');
  },
};
