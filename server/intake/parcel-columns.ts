/** The columns a parcel is read into, and by which attribute names (CONTRACT §3.1; behind those, names met in DOMAIN §5). */
import { type ParcelColumn, parcelColumnTitle } from '../domain/parcel-columns.ts';

export const parcelAliases: Record<ParcelColumn, readonly string[]> = {
  parcel_id: ['DKBH', 'TBBH', 'BSM', '地块编号', '图斑编号', 'PARCEL_ID', 'ID'],
  project_code: ['XMBH', '备案编号', '项目备案编号', '项目编号', 'PROJECT_CODE'],
  project_name: ['XMMC', '项目名称'],
  township: ['XZMC', 'XZQMC', '乡镇名称', '乡镇'],
  declared_area_m2: ['XZMJ', 'DKMJ', 'TBMJ', '图斑面积', '地块面积', '面积'],
  declared_net_m2: ['XZGDMJ', 'BCGDMJ', '新增耕地面积'],
  plot_type: ['DKLX', '图斑类型', '地块类型'],
  accepted_on: ['YSRQ', '验收日期', '验收时间'],
  start_year: ['LXNF', '立项年度', '立项年份', 'XMND', '项目年度'],
  target_class: ['DLBM', '地类编码', '地类代码'],
  grade: ['ZLDB', '质量等别', '耕地质量等别', 'GDDB', '耕地等别'],
  capacity_kg: ['CN', '产能', '粮食产能', '新增产能'],
};

export const parcelColumns = Object.keys(parcelColumnTitle) as ParcelColumn[];
