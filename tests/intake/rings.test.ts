import { describe, expect, it } from 'vitest';
import { cleanRing, multiPolygonWkb, polygonsByNesting, type Ring } from '../../server/intake/rings.ts';
import type { ShapeFault } from '../../server/intake/source-types.ts';
import { seeded } from '../support/seeded.ts';
import { box, type Point } from './make-shapefile.ts';
import { polygonsIn } from './reading.ts';

const ring = (points: Point[]): Ring => Float64Array.from(points.flat());
const reversed = (points: Point[]) => [...points].reverse();
/** What each ring became, by its place in the list: polygons of places. */
function nest(rings: Point[][]): { polygons: number[][]; faults: ShapeFault[] } {
  const faults: ShapeFault[] = [];
  const made = rings.map(ring);
  const polygons = polygonsByNesting(made, faults).map((polygon) => polygon.map((r) => made.indexOf(r)));
  return { polygons, faults };
}

describe('outer rings and holes are told by nesting, not by direction', () => {
  const outer = box(36_577_000, 3_192_000, 100);
  const hole = box(36_577_010, 3_192_010, 50);
  const island = box(36_577_020, 3_192_020, 20);
  const beside = box(36_577_200, 3_192_000, 100);
  it.each([
    ['in order', [outer, hole, island, beside]],
    ['all one way round', [outer, reversed(hole), island, reversed(beside)]],
  ])('%s', (_, rings) => {
    expect(nest(rings)).toEqual({ polygons: [[0, 1], [2], [3]], faults: [] });
  });
  it('a hole written before its outer ring', () => {
    expect(nest([island, beside, hole, outer]).polygons).toEqual([[0], [1], [3, 2]]);
  });
  it('a hole that touches its outer ring at a point, or along a whole edge', () => {
    expect(nest([outer, box(36_577_000, 3_192_000, 50)]).polygons).toEqual([[0, 1]]);
    const triangle: Point[] = [
      [36_577_000, 3_192_000],
      [36_577_050, 3_192_050],
      [36_577_100, 3_192_000],
      [36_577_000, 3_192_000],
    ];
    expect(nest([outer, triangle])).toEqual({ polygons: [[0, 1]], faults: [] });
    // all its corners on the outer ring
    const diamond: Point[] = [
      [36_577_050, 3_192_000],
      [36_577_000, 3_192_050],
      [36_577_050, 3_192_100],
      [36_577_100, 3_192_050],
      [36_577_050, 3_192_000],
    ];
    expect(nest([outer, diamond])).toEqual({ polygons: [[0, 1]], faults: [] });
  });
  it('rings that share an edge side by side are two polygons', () => {
    expect(nest([outer, box(36_577_100, 3_192_000, 100)]).polygons).toEqual([[0], [1]]);
  });
  it('a box inside a box is not enough: a ring in the mouth of a U is beside it', () => {
    const u: Point[] = [
      [0, 0],
      [0, 100],
      [20, 100],
      [20, 20],
      [80, 20],
      [80, 100],
      [100, 100],
      [100, 0],
      [0, 0],
    ];
    expect(nest([u, box(40, 40, 20)]).polygons).toEqual([[0], [1]]);
    expect(nest([u, box(2, 2, 10)]).polygons).toEqual([[0, 1]]);
  });
  it('the same ring twice is kept once, and said', () => {
    for (const twin of [outer, reversed(outer), [...outer.slice(2), ...outer.slice(1, 3)]]) {
      const { polygons, faults } = nest([outer, twin]);
      expect(polygons).toEqual([[0]]);
      expect(faults).toMatchObject([{ code: 'ring-repeated' }]);
    }
  });
  it('rings that cross are said', () => {
    const long: Point[] = [
      [36_577_010, 3_192_010],
      [36_577_010, 3_192_090],
      [36_577_090, 3_192_090],
      [36_577_050, 3_192_050],
      [36_577_090, 3_192_010],
      [36_577_010, 3_192_010],
    ];
    const notch: Point[] = [
      [36_577_000, 3_192_000],
      [36_577_000, 3_192_100],
      [36_577_100, 3_192_100],
      [36_577_030, 3_192_050],
      [36_577_100, 3_192_000],
      [36_577_000, 3_192_000],
    ];
    expect(nest([notch, long]).faults).toMatchObject([{ code: 'rings-cross' }]);
  });
});

describe('many rings', () => {
  it('10,000 holes in a ring of 40,000 points, each with an island, are sorted in their place', () => {
    const random = seeded(7);
    const around: Point[] = [];
    for (let i = 0; i <= 40_000; i++) {
      const angle = (2 * Math.PI * (i % 40_000)) / 40_000;
      const radius = 10_000 + 50 * random();
      around.push([36_577_000 + radius * Math.cos(angle), 3_192_000 + radius * Math.sin(angle)]);
    }
    around[40_000] = around[0]!;
    const rings: Point[][] = [];
    for (let i = 0; i < 10_000; i++) {
      const x = 36_577_000 - 5000 + (i % 100) * 100;
      const y = 3_192_000 - 5000 + Math.floor(i / 100) * 100;
      rings.push(box(x + 40, y + 40, 10), box(x, y, 90));
    }
    rings.push(around);
    const { polygons, faults } = nest(rings);
    expect(faults).toEqual([]);
    expect(polygons.length).toBe(10_001);
    expect(polygons.at(-1)!.length).toBe(10_001);
    expect(
      polygons
        .at(-1)!
        .slice(1)
        .every((place) => place % 2 === 1),
    ).toBe(true);
  });
});

describe('rings are cleaned in the open', () => {
  const clean = (points: Point[]) => {
    const faults: ShapeFault[] = [];
    const result = cleanRing(ring(points), faults);
    return { points: result && [...result], faults: faults.map(({ code, x, y }) => [code, x, y]) };
  };
  it('an open ring is closed, with its last point named', () => {
    expect(
      clean([
        [0, 0],
        [0, 1],
        [1, 1],
      ]),
    ).toEqual({ points: [0, 0, 0, 1, 1, 1, 0, 0], faults: [['ring-not-closed', 1, 1]] });
  });
  it('fewer than three different points are left out', () => {
    for (const points of [
      [[5, 6]],
      [
        [5, 6],
        [5, 6],
      ],
      [
        [5, 6],
        [7, 8],
        [5, 6],
      ],
      [
        [5, 6],
        [7, 8],
        [7, 8],
        [5, 6],
      ],
    ] as Point[][])
      expect(clean(points)).toEqual({ points: null, faults: [['ring-too-few-points', 5, 6]] });
    expect(clean([])).toEqual({ points: null, faults: [] });
  });
  it('a repeated point stays, and is noted once', () => {
    expect(
      clean([
        [0, 0],
        [0, 1],
        [0, 1],
        [1, 1],
        [1, 1],
        [0, 0],
      ]),
    ).toEqual({ points: [0, 0, 0, 1, 0, 1, 1, 1, 1, 1, 0, 0], faults: [['duplicate-vertex', 0, 1]] });
  });
  it('a bow-tie, whose area is zero, is not taken for nothing', () => {
    expect(
      clean([
        [0, 0],
        [1, 1],
        [1, 0],
        [0, 1],
        [0, 0],
      ]).faults,
    ).toEqual([]);
  });
});

it('WKB says exactly what the rings are', () => {
  const polygons: Point[][][] = [[box(0.1, 0.2, 3), box(0.5, 0.7, 1)], [box(-7, 1e-300, 2)]];
  expect(polygonsIn(multiPolygonWkb(polygons.map((p) => p.map(ring)))!)).toEqual(polygons);
  expect(multiPolygonWkb([])).toBeNull();
});
