import { sqlFile } from '../database/sql-file.ts';
import { type Check, chunkParams, documents } from './check.ts';

const measure = sqlFile('checks/area-mismatch');

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
  measure: 'none',
  async run({ db, chunk, params }) {
    await measure.run(db, {
      ...chunkParams(chunk),
      tolerance_m2: params['tolerance_m2'],
      tolerance_share: params['tolerance_share'],
    });
  },
};
