import { sqlFile } from '../database/sql-file.ts';
import { type Check, chunkParams, documents, ids, layerCheckParams } from './check.ts';

const measure = sqlFile('checks/no-levelling');

export const noLevelling: Check = {
  id: 'no-levelling',
  version: 2,
  title: { zh: '未实施土地平整', en: 'Not levelled' },
  why: {
    zh: '未实施实质性土地平整的面积不得认定为新增耕地，按审计要求核减。',
    en: 'Land on which no levelling was carried out cannot count as new farmland and is deducted as the audit asks.',
  },
  fix: {
    zh: '核减平整竣工范围以外的面积，或补交竣工资料后重新核查。',
    en: 'Deduct the area outside the as-built extent, or supply the as-built record and check again.',
  },
  basis: [
    { document: documents.youyang, clause: '二（二）未实施实质性土地平整' },
    { document: documents.mnr31, clause: '新增耕地位置、地类、面积、质量应真实' },
  ],
  params: layerCheckParams,
  needs: ['levelling'],
  measure: 'deduct',
  async run({ db, chunk, layersOf, say }) {
    const layers = layersOf('levelling');
    if (layers.length === 0) return say('not_applicable', 'layer-missing');
    await measure.run(db, { ...chunkParams(chunk), layers: ids(layers), boundary: ids(layersOf('boundary')) });
  },
};
