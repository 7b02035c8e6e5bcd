import type { LayerType } from './layer-type.ts';

export const slope: LayerType = {
  id: 'slope',
  title: { zh: '坡度栅格', en: 'Slope raster' },
  kind: 'raster',
  needs_year: false,
  fields: {},
  required: [],
  coverage: 'cells',
  note: { zh: '单波段 GeoTIFF，单位为度（0–90）。', en: 'GeoTIFF of one band, degrees (0–90).' },
};
