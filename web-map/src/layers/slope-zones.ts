/** 坡度图 polygons: outlines only, since they cover the whole county. */
import { areaLook } from './area-look.ts';

export const slopeZones = areaLook({
  type: 'slope-zones',
  height: 20,
  line: '#9c8468',
  width: 0.6,
});
