import type { LayerType } from './layer-type.ts';
import { projectName } from './names.ts';

export const occupation: LayerType = {
  id: 'occupation',
  title: { zh: '建设占用', en: 'Land occupied by construction' },
  kind: 'polygon',
  needs_year: false,
  fields: {
    name: projectName,
    number: ['XMBH', '项目编号', 'TBBH', '图斑编号', 'JCBH', 'BSM', '编号'],
    approval: ['PZWH', '批准文号', 'PWH', '批文号', '批复文号', '用地批准文号', 'SPWH'],
    dated: ['PZRQ', '批准日期', 'PZSJ', '批准时间', '批复日期', '批复时间', 'PFRQ'],
  },
  required: [],
  coverage: 'boundary',
  note: {
    zh: '建设占用范围；有批准文号（PZWH）且批准日期（PZRQ）在地块验收之后的，只提示不计入整改。',
    en: 'Land under construction; where it carries an approval number (PZWH) and a date (PZRQ) after the acceptance of the parcel it is told, not counted for restoring.',
  },
};
