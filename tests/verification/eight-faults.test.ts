/** Eight faults that programs of this kind have been found with. Each is looked for along the whole path, from file to books. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { bowTie, type Point, removeFiles } from '../intake-receive/receiving.ts';
import { eachDatabase } from '../support/databases.ts';
import { at, box, plot, SmallCounty } from './small-runs.ts';

removeFiles();

/** CGCS2000 */
const a = 6_378_137;
const flattening = 1 / 298.257222101;
const e2 = flattening * (2 - flattening);

/** m² between two meridians and two parallels, in closed form (any textbook of geodesy: the zone of an ellipsoid). */
function quadrangle(west: number, south: number, east: number, north: number): number {
  const e = Math.sqrt(e2);
  const zone = (degrees: number) => {
    const sin = Math.sin((degrees * Math.PI) / 180);
    return sin / (1 - e2 * sin * sin) + Math.log((1 + e * sin) / (1 - e * sin)) / (2 * e);
  };
  const b2 = a * a * (1 - e2);
  return (((b2 / 2) * (east - west) * Math.PI) / 180) * (zone(north) - zone(south));
}

const degrees = (west: number, south: number, east: number, north: number): Point[][] => [
  [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ],
];

eachDatabase('the eight faults', (open) => {
  let database: Database;
  let regions = 993000;
  const county = () => new SmallCounty(database, String(++regions));
  beforeAll(async () => {
    database = await open();
  });

  describe('1 and 2: cos φ squared, a constant latitude', () => {
    // from the Xisha islands to the Heilong: parcels, and the parts of them that the red line takes
    const latitudes = [16.8, 22.4, 28.9, 29.4, 36, 53.5];
    it('areas of parcels and of their parts are those of the ellipsoid at every latitude of one file', async () => {
      const here = county();
      const parcels = latitudes.map((lat) => plot(degrees(108, lat, 108.001, lat + 0.001), { DKBH: `at ${lat}` }));
      const red = latitudes.map((lat) => plot(degrees(107.999, lat - 0.001, 108.0005, lat + 0.0004)));
      const ran = await here.verify({
        sets: [await here.parcels(parcels, { epsg: 4490 })],
        layers: [await here.layer('eco-red-line', red, { epsg: 4490 })],
      });
      for (const lat of latitudes) {
        const { area_m2, deduct_area_m2, kept_area_m2, checks } = ran.of(`at ${lat}`);
        const whole = quadrangle(108, lat, 108.001, lat + 0.001);
        const inside = quadrangle(108, lat, 108.0005, lat + 0.0004);
        // 1e-7: sides of 110 m are geodesics for the database and parallels for the formula
        expect(area_m2 / whole).toBeCloseTo(1, 6);
        expect(checks['eco-red-line'].area_m2! / inside).toBeCloseTo(1, 6);
        expect(deduct_area_m2 / inside).toBeCloseTo(1, 6);
        expect(kept_area_m2 / (whole - inside)).toBeCloseTo(1, 6);
      }
    });
  });

  it('3: overlapping reasons are not added twice', async () => {
    const here = county();
    const ran = await here.verify({
      sets: [await here.parcels([plot(box(0, 0, 100, 100), { DKBH: 'p', YSRQ: '2020-01-01' })])],
      layers: [
        await here.layer('eco-red-line', [plot(box(0, 0, 50, 100))]),
        await here.layer('steep-ban', [plot(box(0, 0, 50, 100))]),
        await here.layer('levelling', [plot(box(50, 0, 100, 100))]),
        await here.layer('land-use', [plot(box(0, 0, 100, 100), { DLBM: '0301', DLMC: '乔木林地' })], { year: 2022 }),
      ],
    });
    expect(ran.of('p').deduct_area_m2).toBeCloseTo(5000, 2);
    expect(ran.of('p').restore_area_m2).toBeCloseTo(5000, 2);
    expect(ran.of('p').kept_area_m2).toBe(0);
    expect(ran.summary.deduct_area_m2 + ran.summary.restore_area_m2).toBeCloseTo(10_000, 2);
  });

  it('4: polygons of one layer are not added twice where they overlap, whole, in part or cut to pieces', async () => {
    const here = county();
    // a disc of 1,000 corners is kept as several pieces; radius 40 m round (50, 50)
    const disc = [
      Array.from({ length: 1001 }, (_, i) => {
        const turn = ((i % 1000) / 1000) * 2 * Math.PI;
        return at(50 + 40 * Math.cos(turn), 50 + 40 * Math.sin(turn));
      }),
    ];
    const discM2 = ((1000 * 40 * 40) / 2) * Math.sin((2 * Math.PI) / 1000);
    const ran = await here.verify({
      sets: [
        await here.parcels([
          plot(box(0, 0, 100, 100), { DKBH: 'disc' }),
          plot(box(0, 200, 100, 300), { DKBH: 'strips' }),
        ]),
      ],
      layers: [
        await here.layer('eco-red-line', [
          plot(disc),
          plot(disc),
          plot(box(50, 50, 60, 60)),
          ...[0, 10, 20, 30].map((x) => plot(box(x, 200, x + 30, 300))),
        ]),
      ],
    });
    expect(ran.of('disc').checks['eco-red-line'].area_m2).toBeCloseTo(discM2, 2);
    expect(ran.of('disc').deduct_area_m2).toBeCloseTo(discM2, 2);
    expect(ran.of('strips').deduct_area_m2).toBeCloseTo(6000, 2);
  });

  it('5: no list that is cut short is ever summed', async () => {
    const here = county();
    // 625 red squares of 2 × 2 m in one parcel, and a parcel that 150 others overlap by 1 m
    const squares = Array.from({ length: 625 }, (_, i) => {
      const [x, y] = [4 * (i % 25), 4 * Math.floor(i / 25)];
      return plot(box(x, y, x + 2, y + 2), { HXBM: `R${i}` });
    });
    const strips = Array.from({ length: 150 }, (_, i) =>
      plot(box(i, 299, i + 1, 310), { DKBH: `strip ${String(i).padStart(3, '0')}` }),
    );
    const ran = await here.verify({
      sets: [
        await here.parcels([
          plot(box(0, 0, 100, 100), { DKBH: 'speckled' }),
          plot(box(0, 200, 150, 300), { DKBH: 'long' }),
          ...strips,
        ]),
      ],
      layers: [await here.layer('eco-red-line', squares)],
    });
    const speckled = ran.of('speckled');
    expect(speckled.checks['eco-red-line'].area_m2).toBeCloseTo(2500, 2);
    expect(speckled.deduct_area_m2).toBeCloseTo(2500, 2);
    const hits = speckled.checks['eco-red-line']['hits'] as { area_m2: number }[];
    expect(hits).toHaveLength(625);
    expect(hits.reduce((sum, hit) => sum + hit.area_m2, 0)).toBeCloseTo(2500, 2);
    const long = ran.of('long').checks['parcel-overlap'];
    expect(long.area_m2).toBeCloseTo(150, 2);
    expect(long['with']).toHaveLength(150);
    // the summary is over all parcels, not over one page of them
    expect(ran.summary.area_m2).toBeCloseTo(10_000 + 15_000 + 150 * 11, 1);
  });

  it('6: a parcel smaller than a pixel gets its share of the pixels, not 0 or 100 %', async () => {
    const here = county();
    // 30 m cells: the north-western one 40°, its neighbours 10°
    const slope = await here.slope({
      width: 4,
      height: 4,
      cells: Float32Array.from([10, 10, 10, 10, 10, 40, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10]),
      place: [...at(0, 120), 30, 30],
      srid: 4524,
    });
    const parcels = [
      plot(box(40, 70, 50, 80), { DKBH: 'within' }),
      plot(box(57, 70, 67, 80), { DKBH: 'three tenths' }),
      plot(box(58, 56, 68, 66), { DKBH: 'across a corner' }),
      plot(box(60, 80, 70, 90), { DKBH: 'beside' }),
    ];
    const ran = await here.verify({ sets: [await here.parcels(parcels)], layers: [slope] });
    const steep = (parcel: string) => ran.of(parcel).checks['steep-slope'];
    expect(steep('within')).toMatchObject({ outcome: 'fail', share: 1 });
    expect(steep('three tenths').area_m2).toBeCloseTo(30, 3);
    expect(ran.of('three tenths').deduct_area_m2).toBeCloseTo(30, 3);
    // 2 m × 6 m of 100 m²
    expect(steep('across a corner').area_m2).toBeCloseTo(12, 3);
    expect(steep('beside')).toMatchObject({ outcome: 'pass', area_m2: 0, max_slope_deg: 10 });
  });

  it('7: no invalid polygon is measured: a bow-tie is its two triangles, in parcels and in layers', async () => {
    const here = county();
    const [x, y] = at(0, 0);
    const parcels = [
      plot(bowTie(x, y), { DKBH: 'bow-tie' }),
      plot(box(0, 200, 100, 300), { DKBH: 'under a bow-tie' }),
      // the ring goes round twice: 100 × 100 m, not 200 × 100
      plot([[...box(0, 400, 100, 500)[0]!.slice(0, 4), ...box(0, 400, 100, 500)[0]!]], { DKBH: 'round twice' }),
    ];
    const red = [plot(box(-10, -10, 50, 110)), plot(bowTie(x, y + 200)), plot(box(0, 400, 50, 500))];
    const ran = await here.verify({
      sets: [await here.parcels(parcels)],
      layers: [await here.layer('eco-red-line', red)],
    });
    const bow = ran.of('bow-tie');
    expect(bow.area_m2).toBeCloseTo(5000, 2);
    expect(bow.checks['parcel-geometry'].outcome).toBe('fail');
    // west of 50 m lies one triangle
    expect([bow.deduct_area_m2, bow.kept_area_m2].map(Math.round)).toEqual([2500, 2500]);
    expect(ran.of('under a bow-tie').deduct_area_m2).toBeCloseTo(5000, 2);
    expect(ran.of('round twice').area_m2).toBeCloseTo(10_000, 2);
    expect(ran.of('round twice').deduct_area_m2).toBeCloseTo(5000, 2);
  });

  describe('8: an edge shared by two parcels shows no overlap where one side has more vertices', () => {
    // two neighbours along 2 km, 77 km from the central meridian; the southern one has corners of its own on the common edge
    const [x0, y0] = [36_577_000, 3_192_000];
    const stops = [0.1, 0.25, 0.333, 0.5, 0.61725, 0.9];
    const neighbours = (from: Point, to: Point, aside: Point) => {
      const shift = ([x, y]: Point, times: number): Point => [x + times * aside[0], y + times * aside[1]];
      const along = (share: number): Point => [
        from[0] + share * (to[0] - from[0]),
        from[1] + share * (to[1] - from[1]),
      ];
      return [
        plot([[from, to, shift(to, 1), shift(from, 1), from]], { DKBH: 'few corners' }),
        plot(
          [[to, from, shift(from, -1), shift(to, -1), to]].map(([first, ...rest]) => [
            first!,
            ...stops.toReversed().map(along),
            ...rest,
          ]),
          { DKBH: 'many corners' },
        ),
      ];
    };
    const cases: [string, number, Point, Point, Point][] = [
      ['from west to east in metres', 4524, [x0, y0], [x0 + 2000, y0], [0, 100]],
      ['from south to north in metres', 4524, [x0, y0], [x0, y0 + 2000], [-100, 0]],
      ['aslant in metres', 4524, [x0, y0], [x0 + 1600, y0 + 1200], [-60, 80]],
      ['from west to east in degrees', 4490, [108.79, 28.85], [108.81, 28.85], [0, 0.001]],
      ['aslant in degrees', 4490, [108.79, 28.85], [108.806, 28.861], [-0.0006, 0.0008]],
    ];
    it.each(cases)('%s', async (_, epsg, from, to, aside) => {
      const here = county();
      const both = neighbours(from, to, aside);
      const ran = await here.verify({
        sets: [await here.parcels(both, { epsg })],
        // the red line lies under the one, along the same edge
        layers: [await here.layer('eco-red-line', [both[1]!], { epsg })],
      });
      for (const { properties } of ran.features) {
        const overlap = properties.checks['parcel-overlap'];
        expect(overlap.outcome).toBe('pass');
        // without points put in where the file is straight it would be some 60 m²
        expect(overlap.area_m2).toBeLessThan(0.1);
      }
      expect(ran.of('few corners').checks['eco-red-line'].area_m2).toBeLessThan(0.1);
      expect(ran.of('few corners').kept_area_m2).toBe(ran.of('few corners').area_m2);
    });
  });
});
