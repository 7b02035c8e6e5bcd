/** 土地平整竣工范围. */
import { areaLook } from './area-look.ts';

export const levelling = areaLook({
  type: 'levelling',
  height: 30,
  line: '#2c6f8a',
  width: 1.2,
  dash: [5, 2],
  fill: '#6fb1c9',
});
