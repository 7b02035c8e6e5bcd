import type { LayerType } from './layer-type.ts';
import { patchNumber } from './names.ts';

export const landUse: LayerType = {
  id: 'land-use',
  title: { zh: '国土变更调查地类图斑', en: 'Land-use patches of the annual survey' },
  kind: 'polygon',
  needs_year: true,
  fields: {
    class_code: ['DLBM', '地类编码', '地类代码', 'YDYHFLDM'],
    class_name: ['DLMC', '地类名称', 'YDYHFLMC'],
    planting: ['ZZSXDM', 'GDZZSXDM', '种植属性代码'],
    name: ['DLMC', '地类名称', 'YDYHFLMC'],
    number: patchNumber,
  },
  required: [['class_code', 'class_name']],
  coverage: 'own-classes',
  note: {
    zh: '地类图斑（DLTB），每年一层，年份必填；地类编码体系（三调、二调、用地用海）由编码判定，也可指定；地类为空的图斑视为未知。',
    en: 'One layer a year, the year must be given; the code system is decided from the codes or stated; a patch without a class is unknown land.',
  },
};
