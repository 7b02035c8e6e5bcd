import type { Measure } from '../domain/outcome.ts';
import { type Check, documents, layerCheckParams } from './check.ts';
import { measurePerPatch } from './polygon-layer.ts';

export const knownIssue: Check = {
  id: 'known-issue',
  version: 1,
  title: { zh: '督察审计卫片问题', en: 'Known issue' },
  why: {
    zh: '耕地保护督察、审计、卫片执法已指出的问题图斑须逐一核实整改，处置以图斑所载为准。',
    en: 'Patches named by inspection, audit or satellite enforcement must each be answered, by the measure the patch states.',
  },
  fix: { zh: '按问题图斑所列整改措施办理。', en: 'Carry out the measure the issue states.' },
  basis: [{ document: documents.youyang, clause: '五（三）' }],
  params: layerCheckParams,
  needs: ['issue'],
  without: 'not_applicable',
  measure: 'none',
  measurePerHit: true,
  look(sight) {
    if (sight.layersOf('issue').length === 0) return { outcome: 'not_applicable', reason: 'layer-missing' };
    return measurePerPatch(
      sight,
      'issue',
      ({ measure }) => (measure ?? 'none') as Measure,
      ({ issue_source }) => ({ source: issue_source }),
    );
  },
};
