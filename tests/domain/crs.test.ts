import { describe, expect, it } from 'vitest';
import {
  type Box,
  candidatesFor,
  extentOf,
  nameOf,
  nearestStandard,
  planesWith,
  refusedDatumOf,
  sameSystem,
  systemOf,
  toLonLat,
} from '../../server/domain/crs.ts';
import { toPlane } from '../../server/domain/gauss-kruger.ts';

describe('EPSG codes of CGCS2000 follow the zones', () => {
  // EPSG registry: first and last code of each series, with its central meridian and false easting
  it.each([
    [4513, 75, 25_500_000],
    [4524, 108, 36_500_000],
    [4533, 135, 45_500_000],
    [4534, 75, 500_000],
    [4545, 108, 500_000],
    [4554, 135, 500_000],
    [4491, 75, 13_500_000],
    [4497, 111, 19_500_000],
    [4501, 135, 23_500_000],
    [4502, 75, 500_000],
    [4508, 111, 500_000],
    [4512, 135, 500_000],
  ])('EPSG:%i has central meridian %d° and false easting %d', (epsg, centralMeridian, falseEasting) => {
    expect(systemOf(epsg)).toMatchObject({ epsg, centralMeridian, falseEasting, scale: 1 });
  });
  it('UTM 43N–53N have a scale of 0.9996, other zones are not in China', () => {
    expect(systemOf(32649)).toMatchObject({ centralMeridian: 111, falseEasting: 500_000, scale: 0.9996 });
    expect([32642, 32654, 4490.5, 2000].map(systemOf)).toEqual([undefined, undefined, undefined, undefined]);
  });
  it('4326 is 4490; Xian 80, Beijing 54 and New Beijing are known only to be refused', () => {
    expect(systemOf(4326)).toBe(systemOf(4490));
    for (const epsg of [4610, 2327, 2360, 2390, 4214, 2401, 2412, 2442, 21418, 21478, 4555]) {
      expect(systemOf(epsg)).toBeUndefined();
      expect(refusedDatumOf(epsg)).toBeDefined();
    }
    expect(refusedDatumOf(4524)).toBeUndefined();
  });
  it('4508 and 4546 give every point the same coordinates, 4545 and 4524 do not', () => {
    expect(sameSystem(systemOf(4508)!, systemOf(4546)!)).toBe(true);
    expect(sameSystem(systemOf(4545)!, systemOf(4524)!)).toBe(false);
    expect(planesWith({ centralMeridian: 111, falseEasting: 500_000, scale: 1 }).map((s) => s.epsg)).toEqual([
      4546, 4508,
    ]);
  });
  it('a local meridian has a nearest standard zone, with its prefix kept', () => {
    expect(nearestStandard({ centralMeridian: 108.75, falseEasting: 500_000, scale: 1 })?.epsg).toBe(4545);
    expect(nearestStandard({ centralMeridian: 110, falseEasting: 36_500_000, scale: 1 })?.epsg).toBe(4525);
  });
});

describe('Gauss–Krüger both ways', () => {
  // PROJ 9 (pyproj, always_xy) for lon 108.3, lat 28.3
  it.each([
    [4524, 36529426.508, 3131724.8331],
    [4525, 37235107.7455, 3134648.6859],
    [4497, 19235107.7455, 3134648.6859],
    [32649, 235213.7024, 3133394.8265],
  ])('EPSG:%i agrees with PROJ to 0.1 mm', (epsg, x, y) => {
    const system = systemOf(epsg) as Parameters<typeof toPlane>[2];
    const [east, north] = toPlane(108.3, 28.3, system);
    expect(Math.abs(east - x)).toBeLessThan(1e-4);
    expect(Math.abs(north - y)).toBeLessThan(1e-4);
  });
  it('comes back to the same degree, 4.5° from the meridian and at the ends of China', () => {
    const system = systemOf(4497) as Parameters<typeof toPlane>[2];
    for (const lon of [106.5, 108.3, 111, 115.5]) {
      for (const lat of [3, 18, 28.8, 45, 54]) {
        const [backLon, backLat] = toLonLat(...toPlane(lon, lat, system), systemOf(4497)!);
        expect(Math.abs(backLon - lon)).toBeLessThan(1e-9);
        expect(Math.abs(backLat - lat)).toBeLessThan(1e-9);
      }
    }
  });
});

describe('numbers without a .prj', () => {
  const county: Box = [108.3, 28.3, 109.3, 29.4];
  const codes = (box: Box, near?: Box) => candidatesFor(box, near).map((s) => s.epsg);
  // the ranges of the county in each system
  it.each<[string, Box, number[]]>([
    ['degrees', [108.3, 28.3, 109.3, 29.4], [4490]],
    ['3° zone 36', [36_529_118, 3_131_725, 36_627_521, 3_254_308], [4524]],
    ['the neighbour zone 37', [37_235_108, 3_132_861, 37_334_983, 3_256_638], [4525]],
    ['6° zone 19', [19_235_108, 3_132_861, 19_334_983, 3_256_638], [4497]],
    ['6° zone 18', [18_820_395, 3_136_112, 18_921_998, 3_261_306], [4496]],
    ['Web Mercator', [12_055_901, 3_286_850, 12_167_220, 3_426_656], [3857]],
  ])('%s leave one answer anywhere in China', (_, box, expected) => {
    expect(codes(box)).toEqual(expected);
  });
  it('six digits leave one answer only where the county is known, and two by 111°: Gauss–Krüger or UTM', () => {
    const cm108: Box = [529_118, 3_131_725, 627_521, 3_254_308];
    expect(codes(cm108).length).toBeGreaterThan(20);
    expect(codes(cm108, county)).toEqual([4545]);
    expect(codes([235_108, 3_132_861, 334_983, 3_256_638], county)).toEqual([4546, 32649]);
  });
  it('swapped axes, other continents and two zones at once leave none', () => {
    expect(codes([3_131_725, 36_529_118, 3_254_308, 36_627_521])).toEqual([]);
    expect(codes([1.4, 42.4, 1.8, 42.7])).toEqual([]);
    expect(codes([36_529_118, 3_131_725, 37_334_983, 3_254_308])).toEqual([]);
  });
  it('13.5 million east is 6° zone 13 in the west or Web Mercator in the east: two answers', () => {
    expect(codes([13_500_000, 3_930_000, 13_510_000, 4_000_000])).toEqual([4491, 3857]);
  });
});

it('every system has a name in both languages and an extent around its false easting', () => {
  for (const epsg of [4490, 3857, 4524, 4545, 4497, 4508, 32649]) {
    const system = systemOf(epsg)!;
    expect(nameOf(system).zh).toContain(String(epsg));
    expect(nameOf(system).en).toContain(String(epsg));
    const [x0, y0, x1, y1] = extentOf(system);
    expect(x0 < x1 && y0 < y1).toBe(true);
  }
});
