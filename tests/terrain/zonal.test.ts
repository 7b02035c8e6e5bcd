import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Ring } from '../../server/terrain/rings.ts';
import { type ParcelSlope, type Rect, slopeOfParcel, type TileReader } from '../../server/terrain/zonal.ts';

const ring = (...numbers: number[]): Ring => Float64Array.from([...numbers, numbers[0]!, numbers[1]!]);
const box = (x0: number, y0: number, x1: number, y1: number): Ring => ring(x0, y0, x1, y0, x1, y1, x0, y1);
const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
const area = (rects: Rect[]) => sum(rects.map((r) => (r.x1 - r.x0) * (r.y1 - r.y0)));

/** Tiles over a slope given by row and column; NaN beyond the raster. */
function tilesOf(rows: number, cols: number, slope: (row: number, col: number) => number): TileReader {
  return (tileRow, tileCol) =>
    Float32Array.from({ length: 65_536 }, (_, i) => {
      const [row, col] = [tileRow * 256 + (i >> 8), tileCol * 256 + (i & 255)];
      return row < rows && col < cols ? slope(row, col) : Number.NaN;
    });
}
const grid = { origin_x: 0, origin_y: 10, cell_x: 1, cell_y: 1, width: 10, height: 10, tile_size: 256 };
const of = (rings: Ring[], slope: (row: number, col: number) => number, limit = 25): ParcelSlope =>
  slopeOfParcel(rings, grid, tilesOf(10, 10, slope), limit);

describe('slope of a parcel agrees with GEOS', () => {
  const { cases } = JSON.parse(readFileSync(new URL('./coverage-by-geos.json', import.meta.url), 'utf8')) as {
    cases: (ParcelSlope & {
      name: string;
      grid: [number, number, number, number];
      rings: number[][];
      steep_area: number;
    })[];
  };
  const slope = (row: number, col: number) => ((row * 3 + col) % 7 === 0 ? Number.NaN : (row * 11 + col * 5) % 46);
  it.each(cases)('$name', (wanted) => {
    const [origin_x, origin_y, cell_x, cell_y] = wanted.grid;
    const raster = { origin_x, origin_y, cell_x, cell_y, width: 12, height: 12, tile_size: 256 };
    const rings = wanted.rings.map((r) => Float64Array.from(r));
    const found = slopeOfParcel(rings, raster, tilesOf(12, 12, slope), 25);
    expect(found.known_share).toBeCloseTo(wanted.known_share, 7);
    expect(found.steep_share).toBeCloseTo(wanted.steep_share, 7);
    for (let i = 0; i < 5; i++) expect(found.class_share[i]).toBeCloseTo(wanted.class_share[i]!, 7);
    if (wanted.mean_deg === null) expect(found.mean_deg).toBeNull();
    else expect(found.mean_deg).toBeCloseTo(wanted.mean_deg, 6);
    expect(found.max_deg).toBe(wanted.max_deg);
    expect(found.class_share[4]).toBeCloseTo(found.steep_share, 12);
  });
});

describe('slope of a parcel', () => {
  it('smaller than a cell is that of its cell, not 0 or nothing', () => {
    const found = of([box(3.4, 5.4, 3.5, 5.5)], () => 31);
    expect(found).toMatchObject({
      known_share: 1,
      mean_deg: 31,
      max_deg: 31,
      steep_share: 1,
      all_steep: true,
      unknown_rects: [],
    });
    expect(found.class_share).toEqual([0, 0, 0, 0, 1]);
    const across = of([box(3.9, 5.4, 4.3, 5.5)], (_, col) => (col === 3 ? 40 : 10));
    expect(across.steep_share).toBeCloseTo(0.25, 12);
    expect(across.mean_deg).toBeCloseTo(17.5, 12);
    expect(across.all_steep).toBe(false);
  });

  it('counts class edges below: exactly 2, 6, 15 and 25 are in the class they close, and 25 is not steep', () => {
    const edges = [2, 6, 15, 25];
    for (const [i, edge] of edges.entries()) {
      const at = of([box(1, 1, 3, 3)], () => edge);
      expect(at.class_share.indexOf(1)).toBe(i);
      expect(at.steep_share).toBe(0);
      expect(of([box(1, 1, 3, 3)], () => Math.fround(edge + 1e-5)).class_share.indexOf(1)).toBe(i + 1);
    }
    expect(of([box(1, 1, 3, 3)], () => 25.00001).steep_share).toBe(1);
    expect(of([box(1, 1, 3, 3)], () => 20, 15)).toMatchObject({ steep_share: 1, all_steep: true });
  });

  it('knows nothing of cells without a value: they are neither flat nor steep', () => {
    const found = of([box(1, 1, 5, 5)], (_, col) => (col < 2 ? Number.NaN : col < 3 ? 30 : 5));
    expect(found.known_share).toBeCloseTo(0.75, 12);
    expect(found.steep_share).toBeCloseTo(0.25, 12);
    expect(sum(found.class_share)).toBeCloseTo(0.75, 12);
    expect(found.mean_deg).toBeCloseTo((30 + 5 + 5) / 3, 6);
    expect(found.unknown_rects).toEqual([{ x0: 1, y0: 1, x1: 2, y1: 5 }]);
    expect(found.steep_rects).toEqual([{ x0: 2, y0: 1, x1: 3, y1: 5 }]);
    const none = slopeOfParcel([box(1, 1, 5, 5)], grid, () => null, 25);
    expect(none).toMatchObject({ known_share: 0, mean_deg: null, max_deg: null, steep_share: 0, all_steep: false });
    expect(none.unknown_rects).toEqual([{ x0: 1, y0: 1, x1: 5, y1: 5 }]);
    const allButOne = of([box(1, 1, 3, 3)], (row, col) => (row === 7 && col === 1 ? Number.NaN : 40));
    expect(allButOne.all_steep).toBe(false);
    expect(allButOne.known_share).toBeCloseTo(0.75, 12);
    expect([found, none, allButOne].map(({ outside_share }) => outside_share)).toEqual([0, 0, 0]);
  });

  it('wholly outside the raster is unknown, partly outside by that part', () => {
    const outside = of([box(20, 1, 22, 3)], () => 5);
    expect(outside).toMatchObject({ known_share: 0, mean_deg: null, class_share: [0, 0, 0, 0, 0], all_steep: false });
    expect(outside.unknown_rects).toEqual([{ x0: 20, y0: 1, x1: 22, y1: 3 }]);
    expect(outside.outside_share).toBe(1);
    const partly = of([box(-2, -1, 4, 12)], () => 30);
    expect(partly.outside_share).toBeCloseTo(38 / 78, 12);
    expect(partly.known_share).toBeCloseTo(40 / 78, 12);
    expect(partly.steep_share).toBeCloseTo(40 / 78, 12);
    expect(partly.all_steep).toBe(false);
    expect(area(partly.unknown_rects)).toBe(78 - 40);
    for (const [side, share] of [
      [box(8, 4, 12, 6), 0.5],
      [box(-1, 4, 1, 6), 0.5],
      [box(4, 9, 6, 11), 0.5],
      [box(4, -3, 6, 1), 0.25],
    ] as const) {
      expect(of([side], () => 1).known_share).toBeCloseTo(share, 12);
    }
  });

  it('on the outermost cells, edge on the edge of the raster, is inside it', () => {
    expect(of([box(0, 0, 10, 10)], () => 3)).toMatchObject({ known_share: 1, mean_deg: 3, unknown_rects: [] });
  });

  it('does not touch a cell that it only borders on', () => {
    const found = of([box(3, 3, 5, 5)], (row, col) => (col === 2 || col === 5 || row === 4 || row === 7 ? 60 : 12));
    expect(found).toMatchObject({ max_deg: 12, steep_rects: [], steep_share: 0 });
  });

  it('merges steep cells in few rectangles that do not overlap and hold each cell once', () => {
    const steep = (row: number, col: number) => (row * 7 + col * 3 + ((row * col) % 5)) % 3 === 0;
    const found = of([box(0, 0, 10, 10)], (row, col) => (steep(row, col) ? 40 : 1));
    let cells = 0;
    for (let row = 0; row < 10; row++) {
      for (let col = 0; col < 10; col++) {
        const [x, y] = [col + 0.5, 9.5 - row];
        const hits = found.steep_rects.filter((r) => x > r.x0 && x < r.x1 && y > r.y0 && y < r.y1).length;
        expect(hits).toBe(steep(row, col) ? 1 : 0);
        cells += hits;
      }
    }
    expect(area(found.steep_rects)).toBe(cells);
    expect(of([box(0, 0, 10, 10)], (row) => (row >= 2 && row < 9 ? 40 : 1)).steep_rects).toEqual([
      { x0: 0, y0: 1, x1: 10, y1: 8 },
    ]);
    const apart = of([box(0, 0, 10, 10)], (row, col) => ((row < 2 || row > 4) && col > 2 && col < 6 ? 40 : 1));
    expect(apart.steep_rects).toEqual([
      { x0: 3, y0: 8, x1: 6, y1: 10 },
      { x0: 3, y0: 0, x1: 6, y1: 5 },
    ]);
  });

  it('across many tiles and strips of rows is the same as by counting', () => {
    const big = { origin_x: 0, origin_y: 1500, cell_x: 1, cell_y: 1, width: 1200, height: 1500, tile_size: 256 };
    const tile = tilesOf(1500, 1200, (row, col) => (row + col) % 46);
    const read: string[] = [];
    const found = slopeOfParcel(
      [box(10.5, 20, 1190, 1490.25)],
      big,
      (r, c) => {
        read.push(`${r}/${c}`);
        return tile(r, c);
      },
      25,
    );
    let [known, degrees, steep] = [0, 0, 0];
    for (let row = 9; row < 1480; row++) {
      for (let col = 10; col < 1190; col++) {
        const share = (col === 10 ? 0.5 : 1) * (row === 9 ? 0.25 : 1);
        known += share;
        degrees += share * ((row + col) % 46);
        steep += (row + col) % 46 > 25 ? share : 0;
      }
    }
    expect(found.known_share).toBe(1);
    expect(found.mean_deg).toBeCloseTo(degrees / known, 9);
    expect(found.steep_share).toBeCloseTo(steep / known, 9);
    expect(new Set(read).size).toBe(30);
  });

  it('without area has nothing to say', () => {
    expect(of([], () => 30)).toMatchObject({ known_share: 0, mean_deg: null });
    expect(of([ring(1, 1, 4, 4, 2, 2)], () => 30)).toMatchObject({ known_share: 0, steep_rects: [] });
  });
});
