/** Townships: the faintest line, with their names to find one's way. */
import { areaLook } from './area-look.ts';

export const township = areaLook({
  type: 'township',
  height: 40,
  shownAtFirst: true,
  line: '#7c8794',
  width: 0.8,
  namesFromZoom: 8,
});
