import type { LayerType } from './layer-type.ts';
import { placeCode, placeName } from './names.ts';

export const township: LayerType = {
  id: 'township',
  title: { zh: '乡镇级行政区', en: 'Townships' },
  kind: 'polygon',
  needs_year: false,
  fields: { name: ['XZQMC', 'XZMC', '乡镇名称', '乡镇', ...placeName.slice(2)], number: placeCode },
  required: [['name']],
  coverage: 'boundary',
  note: {
    zh: '乡镇级行政区面，名称取 XZQMC；地块未写乡镇时按内点归属。',
    en: 'Polygons of townships, name from XZQMC; a parcel that states none belongs to the one that holds its inner point.',
  },
};
