import type { LayerType } from './layer-type.ts';

export const issue: LayerType = {
  id: 'issue',
  title: { zh: '督察、审计、卫片问题图斑', en: 'Known issues of inspection, audit and satellite review' },
  kind: 'polygon',
  needs_year: false,
  fields: {
    name: ['WTMC', '问题名称', 'XMMC', '项目名称', 'MC', '名称', 'TBLX', '图斑类型'],
    number: ['JCBH', 'WTBH', '问题编号', 'TBBH', '图斑编号', 'BSM', '编号'],
    measure: ['ZGCS', '整改措施', '建议处置', 'JYCZ'],
    issue_source: ['WTLY', '问题来源'],
    dated: ['FXRQ', '发现日期', 'XFRQ', '下发日期'],
  },
  required: [],
  coverage: 'boundary',
  note: {
    zh: '问题图斑；来源取 WTLY，编号取 JCBH 或 WTBH，整改措施取 ZGCS：核减、恢复（整改）、撂荒整治，其他不计入账本。',
    en: 'Polygons of known issues; source from WTLY, number from JCBH or WTBH, measure from ZGCS: 核减 deduct, 恢复 or 整改 restore, 撂荒 remediate, any other none.',
  },
};
