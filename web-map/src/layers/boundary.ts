/** County boundary: quiet, but above the townships. */
import { areaLook } from './area-look.ts';

export const boundary = areaLook({
  type: 'boundary',
  height: 80,
  shownAtFirst: true,
  line: '#46505c',
  width: 2,
  dash: [6, 1.5],
});
