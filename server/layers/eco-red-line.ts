import type { LayerType } from './layer-type.ts';

export const ecoRedLine: LayerType = {
  id: 'eco-red-line',
  title: { zh: '生态保护红线', en: 'Ecological red line' },
  kind: 'polygon',
  needs_year: false,
  fields: {
    name: ['HXMC', '红线名称', 'MC', '名称', 'ZRBHDMC', 'NAME'],
    number: ['HXBM', '红线编码', 'BSM', '标识码', '编号'],
  },
  required: [],
  coverage: 'boundary',
  note: {
    zh: '生态保护红线面（STBHHX），名称取 HXMC，编码取 HXBM。',
    en: 'Polygons of the red line (STBHHX); name from HXMC, number from HXBM.',
  },
};
