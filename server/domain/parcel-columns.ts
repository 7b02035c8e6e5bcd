/** What a parcel's columns are called to people, on the page and in what the server says of a file. */
export const parcelColumnTitle = {
  parcel_id: { zh: '地块编号', en: 'Parcel number' },
  project_code: { zh: '项目编号', en: 'Project code' },
  project_name: { zh: '项目名称', en: 'Project name' },
  township: { zh: '乡镇', en: 'Township' },
  declared_area_m2: { zh: '申报面积', en: 'Declared area' },
  declared_net_m2: { zh: '新增耕地净面积', en: 'Declared net area' },
  plot_type: { zh: '地块类型', en: 'Plot type' },
  accepted_on: { zh: '验收日期', en: 'Accepted on' },
  start_year: { zh: '立项年度', en: 'Start year' },
  target_class: { zh: '地类编码', en: 'Land class' },
  grade: { zh: '质量等别', en: 'Grade' },
  capacity_kg: { zh: '产能', en: 'Capacity' },
};
export type ParcelColumn = keyof typeof parcelColumnTitle;

export function parcelColumnTitles(language: 'zh' | 'en'): Record<ParcelColumn, string> {
  const titles = Object.entries(parcelColumnTitle).map(([column, title]) => [column, title[language]]);
  return Object.fromEntries(titles);
}
