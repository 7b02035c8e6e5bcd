import { type Check, documents, layerCheckParams } from './check.ts';
import { measurePerPatch } from './polygon-layer.ts';

export const occupied: Check = {
  id: 'occupied',
  version: 1,
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
  without: 'not_applicable',
  measure: 'restore',
  measurePerHit: true,
  look(sight) {
    if (sight.layersOf('occupation').length === 0) return { outcome: 'not_applicable', reason: 'layer-missing' };
    const { accepted_on } = sight.plot;
    return measurePerPatch(
      sight,
      'occupation',
      ({ approval, dated }) =>
        approval && dated !== null && accepted_on !== null && dated > accepted_on ? 'none' : 'restore',
      ({ approval, dated }) => ({ approval, dated }),
    );
  },
};
