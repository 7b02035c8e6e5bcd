import type { LayerType } from './layer-type.ts';
import { placeCode, placeName } from './names.ts';

export const boundary: LayerType = {
  id: 'boundary',
  title: { zh: '县级行政区', en: 'County boundary' },
  kind: 'polygon',
  needs_year: false,
  fields: { name: placeName, number: placeCode },
  required: [],
  coverage: 'boundary',
  note: {
    zh: '县级行政区面；其余矢量图层在此范围内视为完整，XZQDM 前六位为行政区代码。',
    en: 'The county; within it the other vector layers count as complete. The first six digits of XZQDM are its region code.',
  },
};
