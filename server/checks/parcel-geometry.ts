import { sqlFile } from '../database/sql-file.ts';
import { type Check, chunkParams, documents, ids } from './check.ts';

const measure = sqlFile('checks/parcel-geometry');

export const parcelGeometry: Check = {
  id: 'parcel-geometry',
  version: 2,
  title: { zh: '图形不合格', en: 'Faulty shape' },
  why: {
    zh: '图形自相交、为空、重复或在县界外时，面积和位置不可信；修复后的图形参与计算，原图形保留备查。',
    en: 'A shape that crosses itself, is empty, stands twice or lies outside the county cannot be trusted; the repaired shape is measured, the original kept.',
  },
  fix: {
    zh: '按列出的坐标修改图形后重新上传。',
    en: 'Correct the shape at the listed coordinates and upload it again.',
  },
  basis: [
    { document: documents.mnr31, clause: '新增耕地位置、地类、面积、质量应真实' },
    { document: documents.mnr36, clause: '竣工后实地测量并上图' },
  ],
  params: {
    min_parcel_m2: {
      default: 0,
      unit: 'm²',
      title: { zh: '最小地块面积（0 为不检查）', en: 'Smallest parcel (0: not checked)' },
    },
  },
  needs: ['boundary'],
  measure: 'none',
  async run({ db, chunk, params, layersOf }) {
    await measure.run(db, {
      ...chunkParams(chunk),
      boundary: ids(layersOf('boundary')),
      min_parcel_m2: params['min_parcel_m2'],
    });
  },
};
