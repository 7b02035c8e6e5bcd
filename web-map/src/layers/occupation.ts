/** 建设占用. */
import { areaLook } from './area-look.ts';

export const occupation = areaLook({
  type: 'occupation',
  height: 55,
  line: '#8a3b12',
  width: 1.2,
  fill: '#c96f3b',
});
