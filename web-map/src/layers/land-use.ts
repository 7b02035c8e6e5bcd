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

/** The usual tints of a land-use map, by the first two digits of the code; a word of the legend for each. */
const tints = [
  ['01', 'farmland', '#f3e7b3'],
  ['02', 'orchard', '#e7c9a0'],
  ['03', 'forest', '#b9d3ac'],
  ['04', 'grassland', '#d8e6b8'],
  ['11', 'water', '#b5d5e8'],
] as const;
const otherTint = '#d9d4cc';
/** built-up land, where a chart tells it apart from other land */
const builtTint = '#d8a7a7';

/** The tint of a group of classes, in charts as on the map. */
export function tintOf(group: string): string {
  if (group === 'construction' || group === 'facility') return builtTint;
  return tints.find(([, name]) => name === group)?.[2] ?? otherTint;
}

export const landUse: Look = {
  ...base,
  layers: base.layers.map((layer) =>
    layer.type === 'fill'
      ? {
          ...layer,
          paint: {
            ...layer.paint,
            'fill-color': [
              'match',
              ['slice', ['coalesce', ['get', 'class_code'], ''], 0, 2],
              ...tints.flatMap(([code, , fill]) => [code, fill]),
              otherTint,
            ],
          },
        }
      : layer,
  ),
  legend: {
    ...base.legend,
    classes: [...tints.map(([, group, fill]) => ({ group, fill })), { group: 'other', fill: otherTint }],
  },
};
