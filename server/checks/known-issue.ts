import { sqlFile } from '../database/sql-file.ts';
import { type Check, chunkParams, documents, ids, layerCheckParams } from './check.ts';

const measure = sqlFile('checks/known-issue');

export const knownIssue: Check = {
  id: 'known-issue',
  version: 2,
  title: { zh: '督察审计卫片问题', en: 'Known issue' },
  why: {
    zh: '耕地保护督察、审计、卫片执法已指出的问题图斑须逐一核实整改，处置以图斑所载为准。',
    en: 'Patches named by inspection, audit or satellite enforcement must each be answered, by the measure the patch states.',
  },
  fix: { zh: '按问题图斑所列整改措施办理。', en: 'Carry out the measure the issue states.' },
  basis: [{ document: documents.youyang, clause: '五（三）' }],
  params: layerCheckParams,
  needs: ['issue'],
  measure: 'none',
  measurePerHit: true,
  async run({ db, chunk, layersOf, say }) {
    const layers = layersOf('issue');
    if (layers.length === 0) return say('not_applicable', 'layer-missing');
    await measure.run(db, { ...chunkParams(chunk), layers: ids(layers), boundary: ids(layersOf('boundary')) });
  },
};
