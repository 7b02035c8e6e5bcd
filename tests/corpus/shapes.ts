/**
 * Plots whose area is known by how they are made. On the central meridian of a Gauss–Krüger zone a square metre of the plane is one of
 * the ellipsoid to 2e-8 within 1 km (DOMAIN §1.7); of squares in degrees GeographicLib says the area.
 */

import { box, type LayerParts, layerMembers, type Point } from '../intake/make-shapefile.ts';
import { makeZip, type ZipMember, type ZipOptions } from '../intake/make-zip.ts';
import { ringAreaM2 } from '../witness/geodesic.ts';

export const [east, north] = [36_500_000, 3_192_000];
/** the n-th plot of 100 m, 10,000 m², beside the central meridian 108° in EPSG:4524 */
export const near = (n = 0, size = 100): Point[][] => [box(east + n * 150, north, size)];
export const plotM2 = 10_000;

export const layer = (parts: LayerParts = {}): ZipMember[] => layerMembers({ shapes: [near(0), near(1)], ...parts });
export const zipped = (parts: LayerParts = {}, options?: ZipOptions): Buffer => makeZip(layer(parts), options);

/** closed, lon/lat; 0.001° is about 98 m by 111 m there */
export const degrees = (n = 0, size = 0.001): Point[] =>
  box(108 + n * 0.002, 28.8, size).map(([x, y]): Point => [Number(x.toFixed(6)), Number(y.toFixed(6))]);
/** `text` with `to` for `from`, which must be in it. */
export function swapped(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`${from} is not in the file`);
  return text.replace(from, () => to);
}
export const degreesM2 = (...rings: Point[][]): number => rings.reduce((sum, ring) => sum + ringAreaM2(ring), 0);

export interface Geo {
  geometry?: unknown;
  properties?: unknown;
  more?: object;
}
/** A FeatureCollection; two squares in degrees unless features are given. */
export const collection = (features: Geo[] = [{}, {}], more: object = {}): string =>
  JSON.stringify({
    type: 'FeatureCollection',
    ...more,
    features: features.map(({ geometry, properties, more: own }, n) => ({
      type: 'Feature',
      ...own,
      properties: properties === undefined ? { DKBH: `G${n + 1}` } : properties,
      geometry: geometry === undefined ? { type: 'Polygon', coordinates: [degrees(n)] } : geometry,
    })),
  });
export const twoM2 = degreesM2(degrees(0), degrees(1));
