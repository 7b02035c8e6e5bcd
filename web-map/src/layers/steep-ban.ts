/** 禁止开垦陡坡地范围. */
import { areaLook } from './area-look.ts';

export const steepBan = areaLook({
  type: 'steep-ban',
  height: 45,
  line: '#7a4a1e',
  width: 1.2,
  dash: [2, 2],
  fill: '#b07a4a',
});
