import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { requirePart } from '../support/parts.ts';
import { describeWithSharedData, sharedData } from '../support/shared-data.ts';
import { ringAreaM2, wgs84 } from './geodesic.ts';
import { ellipsoidOfTheFormula, gaussKruegerInverse, officialRingAreaM2 } from './official_area.ts';
import { python } from './run.ts';

type Point = [number, number];
const square = (x: number, y: number, side: number): Point[] => [
  [x, y],
  [x + side, y],
  [x + side, y + side],
  [x, y + side],
  [x, y],
];
const sampleOuter: Point[] = [
  [36575144.427, 3191779.385],
  [36575172.77, 3191923.665],
  [36575280.266, 3191902.194],
  [36575261.395, 3191802.312],
];
const sampleHole: Point[] = [
  [36575200, 3191830],
  [36575220, 3191830],
  [36575220, 3191850],
  [36575200, 3191850],
];
/** name, ring in EPSG:4524, area by the official formula, area by GeographicLib: the golden vectors of the domain handbook §1.7 */
const golden: [string, Point[], number, number][] = [
  ['a hectare', square(36577000, 3192000, 100), 9998.5357, 9998.5355],
  ['a square kilometre', square(36625000, 3192000, 1000), 999611.535, 999611.5368],
  ['the outer ring of the TXT sample', sampleOuter, 13682.3, 13682.2992],
  ['the hole of the TXT sample', sampleHole, 399.944, 399.9442],
];

describe('the official ellipsoid formula', () => {
  it.each(golden)('gives the golden area of %s', (_name, ring, official) => {
    expect(officialRingAreaM2(ring, 108)).toBeCloseTo(official, 3);
  });

  it('takes the first eccentricity, not the second, into its series', () => {
    const { a, b, e2 } = ellipsoidOfTheFormula;
    expect(1 - (b / a) ** 2).toBeCloseTo(e2, 12);
  });
});

describe('geodesic areas', () => {
  it.each(golden)(
    'agree with the golden area of %s once its corners are in degrees',
    (_name, ring, _official, geodesic) => {
      const degrees = 180 / Math.PI;
      const dense = ring.flatMap(([x, y], i) => {
        const [x2, y2] = ring[(i + 1) % ring.length]!;
        return Array.from({ length: 20 }, (_, k): Point => [x + ((x2 - x) * k) / 20, y + ((y2 - y) * k) / 20]);
      });
      const lonLat = dense.map((point) =>
        gaussKruegerInverse(point, 108)
          .map((r) => r * degrees)
          .reverse(),
      );
      expect(Math.abs(ringAreaM2(lonLat) - geodesic)).toBeLessThan(geodesic > 1e5 ? 0.01 : 0.001);
    },
  );
});

interface KnownArea {
  src: string;
  ellipsoid: 'WGS84' | 'CGCS2000';
  latlon?: Point[];
  lonlat?: Point[] | string;
  area_m2: number;
  tol_m2: number;
}

describeWithSharedData('areas known from elsewhere', () => {
  const known = () => JSON.parse(readFileSync(sharedData('known-answers/geodesic_areas.json'), 'utf8')) as KnownArea[];

  it('are met by the geodesic helper, all eleven', () => {
    const cases = known();
    expect(cases).toHaveLength(11);
    for (const c of cases) {
      const ring =
        typeof c.lonlat === 'string' ? countyRing() : (c.lonlat ?? c.latlon!.map(([lat, lon]) => [lon, lat]));
      const area = ringAreaM2(ring, c.ellipsoid === 'WGS84' ? wgs84 : undefined);
      expect(Math.abs(area - c.area_m2), c.src).toBeLessThanOrEqual(c.tol_m2);
    }
  });

  requirePart('shapely', 'gdal')('Horn slope of the witness', () => {
    it('agrees with a known grid of 25 m on its inner cells within 0.001°', async () => {
      const result = await python(
        [
          'import sys, json; import numpy as np',
          'from raster import read_raster, horn',
          'found, known = horn(read_raster(sys.argv[1])).values, read_raster(sys.argv[2]).values',
          'inner = ~np.isnan(found) & ~np.isnan(known)',
          'print(json.dumps([int(inner.sum()), float(np.abs(found - known)[inner].max())]))',
        ].join('\n'),
        [sharedData('slope-known-answer/dem.tif'), sharedData('slope-known-answer/slope.tif')],
      );
      const [cells, largest] = JSON.parse(result) as [number, number];
      expect(cells).toBe(71882);
      expect(largest).toBeLessThan(0.001);
    });
  });

  function countyRing(): Point[] {
    const outline = JSON.parse(readFileSync(sharedData('boundary/youyang_gcj02.json'), 'utf8'));
    const geometry = (outline.features?.[0]?.geometry ?? outline.geometry ?? outline) as {
      type: string;
      coordinates: unknown;
    };
    return (
      geometry.type === 'Polygon'
        ? (geometry.coordinates as Point[][])[0]
        : (geometry.coordinates as Point[][][])[0]![0]
    ) as Point[];
  }
});
