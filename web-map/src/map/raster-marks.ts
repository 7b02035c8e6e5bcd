/** The small pictures the map needs, computed as pixels: no sprite file, and tests can read them without a browser. */
import type { Verdict } from '../api/types.ts';
import { type VerdictLook, verdictLooks } from './palette.ts';

export interface Picture {
  width: number;
  height: number;
  /** RGBA, rows from the top, not premultiplied */
  data: Uint8ClampedArray;
  /** pixels of the picture to one of the screen */
  pixelRatio: number;
}

export const hatchId = 'hatch-undetermined';
export const markId = (verdict: Verdict): string => `mark-${verdict}`;

type Rgba = readonly [number, number, number, number];

function rgb(hex: string): [number, number, number] {
  const n = Number.parseInt(hex.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

/** Each pixel is the mean of 16 samples; `colourAt` gets 0–1 from left and top, null is transparent. */
function paint(size: number, pixelRatio: number, colourAt: (x: number, y: number) => Rgba | null): Picture {
  const data = new Uint8ClampedArray(size * size * 4);
  const samples = 4;
  for (let row = 0; row < size; row++) {
    for (let col = 0; col < size; col++) {
      let [r, g, b, a] = [0, 0, 0, 0];
      for (let s = 0; s < samples * samples; s++) {
        const x = (col + ((s % samples) + 0.5) / samples) / size;
        const y = (row + (Math.floor(s / samples) + 0.5) / samples) / size;
        const colour = colourAt(x, y);
        if (!colour) continue;
        r += colour[0] * colour[3];
        g += colour[1] * colour[3];
        b += colour[2] * colour[3];
        a += colour[3];
      }
      const at = (row * size + col) * 4;
      if (a > 0) data.set([r / a, g / a, b / a, (a / samples ** 2) * 255], at);
    }
  }
  return { width: size, height: size, data, pixelRatio };
}

/** Diagonal strokes that join at the edges, so that the tile repeats without a seam. */
export function hatch(): Picture {
  const ink = rgb(verdictLooks.undetermined.ink);
  return paint(16, 2, (x, y) => ((x + y) % 1 < 0.22 ? [ink[0], ink[1], ink[2], 0.85] : null));
}

/** How far inside the shape a point lies (0–1 from left and top): above 0 inside, distance in widths. */
const inside: Record<VerdictLook['mark'], (x: number, y: number) => number> = {
  disc: (x, y) => 0.36 - Math.hypot(x - 0.5, y - 0.5),
  triangle: (x, y) => Math.min(0.86 - y, 0.45 * (y - 0.06) - Math.abs(x - 0.5) * 0.82),
  diamond: (x, y) => (0.46 - Math.abs(x - 0.5) - Math.abs(y - 0.5)) * Math.SQRT1_2,
};

/** The sign of a verdict: filled shape, dark rim, white halo; the undetermined one hatched like its parcels. */
export function mark(verdict: Verdict): Picture {
  const look = verdictLooks[verdict];
  const [fill, ink] = [rgb(look.fill), rgb(look.ink)];
  return paint(32, 2, (x, y) => {
    const depth = inside[look.mark](x, y);
    if (depth < 0) return depth > -0.05 ? [255, 255, 255, 0.9] : null;
    const stroke = depth < 0.07 || (verdict === 'undetermined' && (x + y) % 0.25 < 0.08);
    const [r, g, b] = stroke ? ink : fill;
    return [r, g, b, 1];
  });
}
