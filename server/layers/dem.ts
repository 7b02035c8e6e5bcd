import type { LayerType } from './layer-type.ts';

export const dem: LayerType = {
  id: 'dem',
  title: { zh: '数字高程模型', en: 'Digital elevation model' },
  kind: 'raster',
  needs_year: false,
  fields: {},
  required: [],
  coverage: 'cells',
  note: {
    zh: '单波段 GeoTIFF，高程单位为米；入库时按 Horn 法（3×3）算出坡度。',
    en: 'GeoTIFF of one band, metres; slope is computed once, when it is received, by Horn on 3×3.',
  },
};
