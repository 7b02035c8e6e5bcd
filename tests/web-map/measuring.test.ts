/** Measured figures against GeographicLib's own planimeter and the golden vectors of DOMAIN §1.7; coordinates against PROJ (gdaltransform). */
import { describe, expect, test } from 'vitest';
import { gaussKruger, readWanted, zoneOf } from '../../web-map/src/figures/coordinates.ts';
import { areaM2, crossesItself, type LonLat, lengthM } from '../../web-map/src/map/geodesy.ts';
import { toolShapes } from '../../web-map/src/map/tool-style.ts';

/** Planimeter of GeographicLib 2.1.2 on CGCS2000: a minute of arc near the county's seat, and a field at 109.2° */
const planimeter: { ring: LonLat[]; area: number; around: number }[] = [
  {
    ring: [
      [108.75, 28.83333333333],
      [108.76666666667, 28.83333333333],
      [108.76666666667, 28.85],
      [108.75, 28.85],
    ],
    area: 3004410.63897,
    around: 6947.3394382366,
  },
  {
    ring: [
      [109.2, 28.5],
      [109.21, 28.5],
      [109.21, 28.509],
      [109.2, 28.509],
    ],
    area: 976501.88689,
    around: 3952.8966113479,
  },
];
/** corners of EPSG:4524 squares of 100 m and 1 km as PROJ gives them in 4490, with their geodesic areas (DOMAIN §1.7) */
const squares: { ring: LonLat[]; area: number }[] = [
  {
    ring: [
      [108.789027484139, 28.8418804618318],
      [108.790052114893, 28.841874464335],
      [108.790058931059, 28.842776635207],
      [108.789034291466, 28.8427826329263],
    ],
    area: 9998.5355,
  },
  {
    ring: [
      [109.280806904728, 28.8381072667183],
      [109.291051223946, 28.8380096018771],
      [109.291162608633, 28.8470298717451],
      [109.280917406183, 28.8471275728058],
    ],
    area: 999611.5368,
  },
];

describe('a measured figure', () => {
  test('has the area and the perimeter that GeographicLib gives it, whichever way round', () => {
    for (const { ring, area, around } of planimeter) {
      expect(Math.abs(areaM2(ring) - area)).toBeLessThan(0.001);
      expect(areaM2(ring.toReversed())).toBeCloseTo(areaM2(ring), 4);
      expect(Math.abs(lengthM([...ring, ring[0]!]) - around)).toBeLessThan(1e-4);
    }
  });

  test('has the area of a verdict: the golden squares, to a thousandth of a square metre', () => {
    for (const { ring, area } of squares) expect(Math.abs(areaM2(ring) - area)).toBeLessThan(0.001);
  });

  test('has no area of fewer than three points, and none where its edges cross', () => {
    const [a, b, c, d] = squares[0]!.ring as [LonLat, LonLat, LonLat, LonLat];
    expect(areaM2([a, b])).toBe(0);
    expect(lengthM([a])).toBe(0);
    expect(crossesItself([a, b, c, d])).toBe(false);
    expect(crossesItself([a, c, b, d])).toBe(true);
    expect(crossesItself([a, b, c])).toBe(false);
  });

  test('is drawn as a line, or as a ring that closes, with its corners', () => {
    const parts = (measuring: 'distance' | 'area') =>
      toolShapes(squares[0]!.ring, measuring, null).features.map(({ properties }) => properties.part);
    expect(parts('distance')).toEqual(['line', 'corner', 'corner', 'corner', 'corner']);
    expect(parts('area')[0]).toBe('area');
    expect(toolShapes([], null, [108, 28]).features.map(({ properties }) => properties.part)).toEqual(['place']);
  });
});

describe('coordinates', () => {
  // gdaltransform -s_srs EPSG:4490 -t_srs EPSG:4524 (PROJ 9)
  test.each([
    [108.8, 28.8, 36578102.07574, 3187365.19007391],
    [109.2, 28.5, 36617489.6488627, 3154440.62314196],
    [108.3, 28.3, 36529426.5079824, 3131724.83308232],
  ])('of %f, %f are those of PROJ to the millimetre, X the northing, Y with the zone', (lon, lat, east, north) => {
    const { x, y } = gaussKruger({ lon, lat }, zoneOf(lon)!);
    expect(Math.abs(x - north)).toBeLessThan(0.001);
    expect(Math.abs(y - east)).toBeLessThan(0.001);
  });

  test('the zone is that of the nearest meridian, and there is none abroad', () => {
    expect(zoneOf(108.8)).toMatchObject({ epsg: 4524, zone: 36, centralMeridian: 108 });
    expect(zoneOf(109.6)).toMatchObject({ epsg: 4525, zone: 37 });
    expect(zoneOf(2)).toBeNull();
  });

  const zone36 = zoneOf(108)!;
  const near = (typed: string, lon: number, lat: number, zone = zone36 as typeof zone36 | null) => {
    const wanted = readWanted(typed, zone);
    expect(wanted, typed).toHaveProperty('place');
    const { place } = wanted as { place: { lon: number; lat: number } };
    expect(Math.abs(place.lon - lon), typed).toBeLessThan(1e-8);
    expect(Math.abs(place.lat - lat), typed).toBeLessThan(1e-8);
  };

  test.each([
    '108.8 28.8',
    '28.8, 108.8',
    '108.8°E，28.8°N',
    '经度108.8 纬度28.8',
    `108°48'0" 28°48'0"`,
    '东经108°48′00.0″ 北纬28°48′00″',
    'E108度48分0秒 N28度48分',
  ])('are read from %s', (typed) => near(typed, 108.8, 28.8));

  test.each([
    '3187365.19007391 36578102.07574',
    'X=3187365.19007391 Y=36578102.07574',
    '36578102.07574, 3187365.19007391',
    '3187365.19007391 578102.07574',
    // the same point in the 6° zone 19, of 111°: gdaltransform -t_srs EPSG:4497
    '3189089.86322221 19285194.5710866',
  ])('are read from metres %s', (typed) => near(typed, 108.8, 28.8));

  test('in metres without a zone need the county; what lies nowhere in China is refused', () => {
    expect(readWanted('3187365.19 578102.08', null)).toEqual({ fault: 'zone' });
    expect(readWanted('3187365.19 99578102.08', zone36)).toEqual({ fault: 'zone' });
    expect(readWanted('12.5 11.5', zone36)).toEqual({ fault: 'range' });
    expect(readWanted('3187365 36999999', zone36)).toEqual({ fault: 'range' });
  });

  test('are not: a parcel id, nothing', () => {
    for (const id of ['500242001', 'D-0031', 'P3 补', '5002422023001/7'])
      expect(readWanted(id, zone36)).toEqual({ parcel: id });
    expect(readWanted('  ', zone36)).toBeNull();
  });
});
