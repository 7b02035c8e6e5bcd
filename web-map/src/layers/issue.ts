/** 督察、审计、卫片 problem polygons. */
import { areaLook } from './area-look.ts';

export const issue = areaLook({
  type: 'issue',
  height: 60,
  line: '#5b2a86',
  width: 1.4,
  fill: '#8e5bb5',
});
