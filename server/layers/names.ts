/** Attribute names that several layer types share (DOMAIN §2.3, §2.5). */
export const placeName = ['XZQMC', 'XZMC', '行政区名称', '名称', 'MC', 'NAME'] as const;
export const placeCode = ['XZQDM', 'XZDM', '行政区代码', '代码', 'BSM'] as const;
export const projectName = ['XMMC', '项目名称', 'MC', '名称', 'NAME'] as const;
export const patchNumber = ['TBBH', 'TBYBH', '图斑编号', 'BSM', '标识码', '编号'] as const;
