import type { LayerType } from './layer-type.ts';

export const slopeZones: LayerType = {
  id: 'slope-zones',
  title: { zh: '坡度图', en: 'Slope zones' },
  kind: 'polygon',
  needs_year: false,
  fields: { slope_class: ['PDJB', 'PDTPDJB', 'GDPDJB', '坡度级别'], number: ['BSM', '标识码', '编号'] },
  required: [['slope_class']],
  coverage: 'boundary',
  note: {
    zh: '坡度分级面（PDT），级别取 PDJB：1 ≤2°，2 ≤6°，3 ≤15°，4 ≤25°，5 >25°。',
    en: 'Polygons of slope classes (PDT) by PDJB: 1 ≤2°, 2 ≤6°, 3 ≤15°, 4 ≤25°, 5 >25°.',
  },
};
