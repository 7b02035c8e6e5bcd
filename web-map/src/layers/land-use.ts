/** DLTB: filled by first-level class (the first two characters of the code), paler than any verdict. */
import { areaLook } from './area-look.ts';
import type { Look } from './look.ts';

const base = areaLook({
  type: 'land-use',
  height: 10,
  line: '#a8a59a',
  width: 0.4,
  fill: '#cfcabb',
  fillOpacity: 0.45,
});

export const landUse: Look = {
  ...base,
  layers: base.layers.map((layer) =>
    layer.type === 'fill'
      ? {
          ...layer,
          paint: {
            ...layer.paint,
            // the usual tints of a land-use map, by class of the third survey: farmland, orchard, forest, grass, water
            'fill-color': [
              'match',
              ['slice', ['coalesce', ['get', 'class_code'], ''], 0, 2],
              '01',
              '#f3e7b3',
              '02',
              '#e7c9a0',
              '03',
              '#b9d3ac',
              '04',
              '#d8e6b8',
              '11',
              '#b5d5e8',
              '#d9d4cc',
            ],
          },
        }
      : layer,
  ),
};
