import { sqlFile } from '../database/sql-file.ts';
import { type Check, chunkParams, documents, minAreaParam } from './check.ts';

const measure = sqlFile('checks/parcel-overlap');

export const parcelOverlap: Check = {
  id: 'parcel-overlap',
  version: 2,
  title: { zh: '与其他补充耕地重叠', en: 'Overlaps another parcel' },
  why: {
    zh: '同一块地重复报备为补充耕地，指标虚增；重叠面积只核减一次。',
    en: 'The same land certified twice inflates the quota; the shared area is deducted once.',
  },
  fix: {
    zh: '核对重叠地块，核减后报备一方的重叠面积。',
    en: 'Compare both parcels; the later one loses the shared area.',
  },
  basis: [
    { document: documents.mnr2367, clause: '报备入库不得重复' },
    { document: documents.mnr31, clause: '新增耕地位置、地类、面积、质量应真实' },
  ],
  params: { min_area_m2: minAreaParam },
  needs: [],
  measure: 'deduct',
  async run({ db, chunk }) {
    await measure.run(db, chunkParams(chunk));
  },
};
