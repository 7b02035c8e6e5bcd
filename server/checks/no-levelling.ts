import { type Check, documents, layerCheckParams } from './check.ts';
import { isOf, outsideBoundary } from './polygon-layer.ts';

export const noLevelling: Check = {
  id: 'no-levelling',
  version: 1,
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
  without: 'not_applicable',
  measure: 'deduct',
  look(sight) {
    if (sight.layersOf('levelling').length === 0) return { outcome: 'not_applicable', reason: 'layer-missing' };
    const { ground } = sight;
    // land outside the county boundary is unknown, not unlevelled
    const { outside, area_m2: unknown } = outsideBoundary(sight);
    const region = ground.less(ground.less(ground.all(), ground.under(isOf('levelling'))), outside);
    return {
      area_m2: region.area_m2,
      unknown_area_m2: unknown,
      unknown_reason: 'outside-coverage',
      detail: { hits: ground.hits(isOf('levelling')) },
      claims: [{ measure: 'deduct', region }],
    };
  },
};
