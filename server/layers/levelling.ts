import type { LayerType } from './layer-type.ts';
import { projectName } from './names.ts';

export const levelling: LayerType = {
  id: 'levelling',
  title: { zh: '土地平整竣工范围', en: 'As-built extent of land levelling' },
  kind: 'polygon',
  needs_year: false,
  fields: {
    name: projectName,
    number: ['XMBH', '备案编号', '项目备案编号', '项目编号', 'BSM', '编号'],
    dated: ['JGRQ', '竣工日期', 'YSRQ', '验收日期', '建设日期'],
  },
  required: [],
  coverage: 'boundary',
  note: {
    zh: '土地平整工程竣工范围；地块在此范围之外的部分视为未实施平整。',
    en: 'Where levelling was built; the part of a parcel outside it counts as not levelled.',
  },
};
