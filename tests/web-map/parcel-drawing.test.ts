/** Drawings of a parcel: metres by another program's measure, holes left open, labels inside what they name. */
import { Geodesic } from 'geographiclib-geodesic';
import { describe, expect, test } from 'vitest';
import { checks } from '../../server/checks/index.ts';
import type { LayerVersion } from '../../web-map/src/api/run-types.ts';
import type { CheckText, FindingDetail } from '../../web-map/src/api/types.ts';
import { evidenceOf } from '../../web-map/src/figures/evidence.ts';
import { frameOf, isIn, labelPlaces, metresPerDegree, scaleBar } from '../../web-map/src/figures/parcel-drawing.ts';

const box = (west: number, south: number, east: number, north: number) => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];
const square = { type: 'Polygon', coordinates: [box(108.8, 28.8, 108.801, 28.801)] };
const ring = { type: 'MultiPolygon', coordinates: [[box(0, 0, 3, 3), box(1, 1, 2, 2)]] };

describe('degrees as metres', () => {
  test.each([0, 28.8, 44.5, 53.5])('at %f° agree with the geodesic', (lat) => {
    const [east, north] = [
      Geodesic.WGS84.Inverse(lat, 100, lat, 100.001).s12!,
      Geodesic.WGS84.Inverse(lat - 0.0005, 100, lat + 0.0005, 100).s12!,
    ];
    const degree = metresPerDegree(lat);
    expect(degree.lon / 1000).toBeCloseTo(east, 4);
    expect(degree.lat / 1000).toBeCloseTo(north, 4);
  });
});

describe('a drawing', () => {
  const frame = frameOf(square, { width: 320, height: 240 })!;

  test('shows the whole parcel in the middle, undistorted, with room around it', () => {
    const [left, top] = frame.at([108.8, 28.801]);
    const [right, bottom] = frame.at([108.801, 28.8]);
    expect((left + right) / 2).toBeCloseTo(160, 6);
    expect((top + bottom) / 2).toBeCloseTo(120, 6);
    expect(top).toBeCloseTo(240 * 0.12, 6); // the higher side fills what the margins leave
    const [across, up] = [
      Geodesic.WGS84.Inverse(28.8005, 108.8, 28.8005, 108.801).s12!,
      Geodesic.WGS84.Inverse(28.8, 108.8, 28.801, 108.8).s12!,
    ];
    expect((right - left) / (bottom - top)).toBeCloseTo(across / up, 5);
    expect((right - left) * frame.metres).toBeCloseTo(across, 2);
  });
  test('asks for what lies in its window', () => {
    const [west, south, east, north] = frame.box;
    const [left, bottom] = frame.at([west, south]);
    const [right, top] = frame.at([east, north]);
    for (const [is, wanted] of [
      [left, 0],
      [bottom, 240],
      [right, 320],
      [top, 0],
    ])
      expect(is).toBeCloseTo(wanted!, 6);
  });
  test('has a path with a hole, each ring closed once', () => {
    const path = frameOf(ring, { width: 100, height: 100 })!.path(ring);
    expect(path.match(/M/g)).toHaveLength(2);
    expect(path.match(/Z/g)).toHaveLength(2);
    expect(path.match(/L/g)).toHaveLength(6);
  });
  test('of what has no extent is none', () => {
    expect(
      frameOf(
        {
          type: 'Polygon',
          coordinates: [
            [
              [1, 1],
              [1, 1],
              [1, 1],
            ],
          ],
        },
        { width: 10, height: 10 },
      ),
    ).toBeNull();
    expect(frameOf({ type: 'MultiPolygon', coordinates: [] }, { width: 10, height: 10 })).toBeNull();
  });
  test('has a scale of a round length within its share', () => {
    const { m, length } = scaleBar(frame);
    // a window of 145.8 m by 320/240 of it: 194 m; a third of it holds 50 m
    expect(m).toBe(50);
    expect(length * frame.metres).toBeCloseTo(50, 9);
    expect(length).toBeLessThanOrEqual(320 * 0.3);
  });
});

describe('labels', () => {
  test('lie within their patch and the parcel; what is hardly seen has none', () => {
    const parcel = { type: 'Polygon', coordinates: [box(0, 0, 10, 10)] };
    const patches = [
      { type: 'Polygon', coordinates: [box(-5, -5, 5, 15)] },
      { type: 'Polygon', coordinates: [box(5, -5, 15, 9.9)] },
      { type: 'Polygon', coordinates: [box(9.8, 9.8, 15, 15)] },
      { type: 'Polygon', coordinates: [box(20, 20, 30, 30)] },
    ];
    const [left, right, sliver, away] = labelPlaces(parcel, patches);
    expect(isIn(left!, patches[0]!) && isIn(left!, parcel)).toBe(true);
    expect(left![0]).toBeCloseTo(2.5, 0); // the middle of what is seen of it
    expect(isIn(right!, patches[1]!) && isIn(right!, parcel)).toBe(true);
    expect([sliver, away]).toEqual([null, null]);
  });
  test('never stand in a hole', () => {
    const [at] = labelPlaces(ring, [{ type: 'Polygon', coordinates: [box(-1, -1, 4, 4)] }]);
    expect(isIn(at!, ring)).toBe(true);
    expect(isIn([1.5, 1.5], ring)).toBe(false);
  });
});

describe('the layers behind a finding', () => {
  const layer = (type: string, year: number | null = null) => ({ type, year }) as LayerVersion;
  const layers = [
    layer('eco-red-line'),
    layer('land-use', 2018),
    layer('land-use', 2023),
    layer('slope'),
    layer('dem'),
    layer('steep-ban'),
    layer('township'),
  ];
  const named = (id: string, finding: Partial<FindingDetail>) => {
    const check = checks.find((one) => one.id === id) as unknown as CheckText;
    return evidenceOf(check, finding as FindingDetail, layers).map(({ type, year }) =>
      year ? `${type}@${year}` : type,
    );
  };
  test('are those it read: of land use its year, of slope its source', () => {
    expect(named('eco-red-line', {})).toEqual(['eco-red-line']);
    expect(named('prior-farmland', { year: 2018 })).toEqual(['land-use@2018']);
    expect(named('not-cultivated', { year: 2023 })).toEqual(['land-use@2023']);
    expect(named('steep-slope', { source: 'slope' })).toEqual(['slope', 'steep-ban']);
    expect(named('area-mismatch', {})).toEqual([]);
    // without a year nothing was read
    expect(named('abandoned', {})).toEqual([]);
  });
});
