import { sqlFile } from '../database/sql-file.ts';
import { type Check, chunkParams, documents, ids, layerCheckParams } from './check.ts';

const measure = sqlFile('checks/occupied');

export const occupied: Check = {
  id: 'occupied',
  version: 2,
  title: { zh: '被建设占用', en: 'Built on' },
  why: {
    zh: '补充耕地被建设占用（非农化）后不再是耕地；能恢复的立即整改恢复。验收后依法批准占用的不需整改。',
    en: 'Supplementary farmland that has been built on is no farmland; what can be restored is restored. Land lawfully taken after acceptance needs no measure.',
  },
  fix: {
    zh: '拆除复耕；或补充批准文号与日期后重新核查。',
    en: 'Clear and restore, or supply the approval number and date and check again.',
  },
  basis: [
    { document: documents.youyang, clause: '二（三）非农化' },
    { document: documents.land, clause: '第三十条' },
  ],
  params: layerCheckParams,
  needs: ['occupation'],
  measure: 'restore',
  measurePerHit: true,
  async run({ db, chunk, layersOf, say }) {
    const layers = layersOf('occupation');
    if (layers.length === 0) return say('not_applicable', 'layer-missing');
    await measure.run(db, { ...chunkParams(chunk), layers: ids(layers), boundary: ids(layersOf('boundary')) });
  },
};
