import { expect, it } from 'vitest';
import { arrange } from '../../server/overlay/arrangement.ts';
import { shapeOf } from './shapes.ts';

/** First eccentricity squared of CGCS2000. */
const e2 = 0.0066943800229;

/** Area of the ellipsoid between the equator and a parallel, up to a factor: closed form (any textbook of geodesy). */
function zone(latitude: number): number {
  const e = Math.sqrt(e2);
  const sin = Math.sin((latitude * Math.PI) / 180);
  return sin / (1 - e2 * sin * sin) + Math.log((1 + e * sin) / (1 - e * sin)) / (2 * e);
}

const quadrangle = (south: number, north: number): [number, number][][] => [
  [
    [108, south],
    [108.2, south],
    [108.2, north],
    [108, north],
    [108, south],
  ],
];

// 20 km of latitude, far larger than any plot: the northern half is smaller by 0.03 % on the Xisha islands and by 0.2 % on the Heilong
it.each([3.9, 16.8, 28.9, 36, 53.4])(
  'the northern part of a quadrangle at %s° has its share of the ellipsoid',
  (south) => {
    const [middle, north] = [south + 0.07, south + 0.18];
    const { cells } = arrange(shapeOf([quadrangle(south, north)]), [
      { label: 0, shape: shapeOf([quadrangle(middle, north + 1)]) },
    ]);
    const found = cells.find(({ labels }) => labels.length === 1)!.share;
    const expected = (zone(north) - zone(middle)) / (zone(north) - zone(south));
    expect(Math.abs(found / expected - 1)).toBeLessThan(1e-8);
    // a plane of degrees would give 11/18
    expect(Math.abs(found / (11 / 18) - 1)).toBeGreaterThan(1e-5);
  },
);
