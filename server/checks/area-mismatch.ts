import { type Check, documents } from './check.ts';

/** A net figure (net of 田坎) under this share of the shape is worth a warning (CONTRACT §3.1). */
const lowNetRatio = 0.85;

export const areaMismatch: Check = {
  id: 'area-mismatch',
  version: 1,
  title: { zh: '登记面积不符', en: 'Declared area differs' },
  why: {
    zh: '登记面积与图形椭球面积之差超过允许值，说明登记或图形有误。',
    en: 'The declared area differs from the ellipsoidal area of the shape by more than is allowed: one of them is wrong.',
  },
  fix: {
    zh: '核对登记面积与图形，更正后重新上传。',
    en: 'Compare the register with the shape and correct one of them.',
  },
  basis: [
    { document: documents.mnr31, clause: '新增耕地位置、地类、面积、质量应真实' },
    { document: '国土调查办发〔2008〕32号', clause: '图斑椭球面积计算公式' },
  ],
  params: {
    tolerance_m2: { default: 1, unit: 'm²', title: { zh: '允许差值', en: 'Tolerance' } },
    tolerance_share: {
      default: 0.01,
      unit: '1',
      title: { zh: '允许差值占计算面积的比例', en: 'Tolerance as a share of the computed area' },
    },
  },
  needs: [],
  without: null,
  measure: 'none',
  look({ plot, params }) {
    const { declared_area_m2: gross, declared_net_m2: net, area_m2 } = plot;
    if (gross === null && net === null)
      return { outcome: 'not_applicable', detail: { declared_area_m2: null, difference_m2: null } };
    const tolerance = Math.max(Number(params['tolerance_m2']), Number(params['tolerance_share']) * area_m2);
    // a net figure alone can only be too large
    const off = gross === null ? net! - area_m2 : Math.abs(gross - area_m2);
    const ratio = net !== null && area_m2 > 0 ? net / area_m2 : null;
    return {
      outcome: off > tolerance ? 'fail' : 'pass',
      detail: {
        declared_area_m2: gross,
        difference_m2: gross === null ? null : gross - area_m2,
        ...(net === null
          ? {}
          : { declared_net_m2: net, net_ratio: ratio, net_ratio_low: ratio !== null && ratio < lowNetRatio }),
      },
    };
  },
};
