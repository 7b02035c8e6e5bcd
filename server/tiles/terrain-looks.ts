/**
 * How slopes and shades are painted: indexes into a palette, so that a tile can be read back. Colour is never the only sign: what is over
 * 25° (or over the limit asked for) is hatched, and so, the other way and in grey, is what has no value: no evidence is not flat land.
 */
import { noSlope } from '../terrain/view-tiler.ts';
import type { Rgba } from './png.ts';

/** of every look: beyond the raster; a cell without a value, and the strokes on it */
export const [outside, unknown, unknownStroke] = [0, 1, 2];

export interface Look {
  palette: readonly Rgba[];
  /** the value of a cell that has none */
  none: number;
  /**
   * The index of a cell with a value: its slope in half degrees (from far off rounded up), or its shade.
   * @param stroke whether the pixel lies on a stroke
   */
  index: (value: number, stroke: boolean) => number;
}

const common: Rgba[] = [
  [0, 0, 0, 0],
  [110, 110, 110, 40],
  [90, 90, 90, 190],
];

/** 第三次国土调查坡度分级 (DOMAIN §1.4), upper bound included: ≤2°, 2–6°, 6–15°, 15–25°, >25° */
const edges = [2, 6, 15, 25];
// brown at the steep end, since red is a parcel's that is flagged
const classColours: Rgba[] = [
  [150, 205, 150, 200],
  [206, 226, 140, 200],
  [250, 217, 120, 200],
  [240, 150, 80, 210],
  [150, 84, 60, 220],
];
/** the index of class 1; that of the strokes over 25° comes after the five */
export const firstClass = common.length;
const steepStroke: Rgba = [70, 25, 10, 235];

export const slopeLook: Look = {
  palette: [...common, ...classColours, steepStroke],
  none: noSlope,
  index: (half, stroke) => {
    let at = 0;
    while (at < edges.length && half > edges[at]! * 2) at++;
    return firstClass + at + (at === edges.length && stroke ? 1 : 0);
  },
};

/** Only what is steeper than a limit. @param degrees strictly over it; from far off exact for whole and half degrees */
export const steepLook = (degrees: number): Look => ({
  // violet, to be seen over a flagged parcel and over the classes
  palette: [...common, [120, 60, 170, 110], [70, 15, 110, 235]],
  none: noSlope,
  index: (half, stroke) => (half > degrees * 2 ? firstClass + (stroke ? 1 : 0) : outside),
});

/** Level ground under light at 45°: 1 + 254 sin 45°. */
const level = 181;

/** The index is the shade itself: black over what is turned from the light, white over what faces it, nothing over level ground. */
export const shadeLook: Look = {
  palette: Array.from({ length: 256 }, (_, shade): Rgba => {
    if (shade < common.length) return common[shade]!;
    return shade <= level
      ? [0, 0, 0, Math.round(((level - shade) / level) * 190)]
      : [255, 255, 255, Math.round(((shade - level) / (255 - level)) * 130)];
  }),
  none: 0,
  index: (shade) => Math.max(common.length, shade),
};
