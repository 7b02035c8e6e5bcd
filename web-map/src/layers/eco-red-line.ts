/** 生态保护红线: crimson and dashed, so that it is never taken for the red of a parcel, which is filled. */
import { areaLook } from './area-look.ts';

export const ecoRedLine = areaLook({
  type: 'eco-red-line',
  height: 50,
  shownAtFirst: true,
  line: '#a3156b',
  width: 1.6,
  dash: [4, 2],
  fill: '#d6479b',
  fillOpacity: 0.12,
  namesFromZoom: 9,
});
