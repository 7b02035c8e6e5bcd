/**
 * How many m² a square degree is, as the latitude changes over one parcel. The area element of the ellipsoid is
 * a²(1 − e²)·cos φ / (1 − e² sin² φ)² per rad² (any text on the ellipsoid, e.g. Rapp, Geometric Geodesy I, eq. 3.131); it is taken
 * to the second order around the parcel's southern edge, which for 20 km of latitude is exact to 1e-8.
 */

/** first eccentricity squared of CGCS2000: f (2 − f), f = 1 / 298.257222101 */
const e2 = (2 - 1 / 298.257222101) / 298.257222101;
const radian = Math.PI / 180;

/** The element at `y` degrees north of the origin, as a share of that at the origin: 1 + first·y + second·y². */
export interface AreaWeight {
  first: number;
  second: number;
}

export const planeWeight: AreaWeight = { first: 0, second: 0 };

/** @param latitude of the origin, degrees */
export function areaWeight(latitude: number): AreaWeight {
  const sin = Math.sin(latitude * radian);
  const cos = Math.cos(latitude * radian);
  const w = 1 - e2 * sin * sin;
  // logarithmic derivative of the element, and its own derivative
  const slope = -sin / cos + (4 * e2 * sin * cos) / w;
  const bend =
    -1 / (cos * cos) + (4 * e2 * (cos * cos - sin * sin)) / w + (8 * e2 * e2 * sin * sin * cos * cos) / (w * w);
  return { first: slope * radian, second: ((slope * slope + bend) / 2) * radian * radian };
}
