import type { LayerType } from './layer-type.ts';

export const steepBan: LayerType = {
  id: 'steep-ban',
  title: { zh: '禁止开垦陡坡地范围', en: 'Steep land closed to cultivation' },
  kind: 'polygon',
  needs_year: false,
  fields: {
    name: ['MC', '名称', 'QYMC', '区域名称', 'XZQMC', 'NAME'],
    number: ['TBBH', '图斑编号', 'BH', 'BSM', '编号'],
  },
  required: [],
  coverage: 'boundary',
  note: {
    zh: '县级公布的禁止开垦陡坡地范围（水土保持法第二十条）；范围内一律按陡坡计。',
    en: 'Polygons published by the county (Soil and Water Conservation Law, art. 20); within them land counts as steep whatever the raster says.',
  },
};
