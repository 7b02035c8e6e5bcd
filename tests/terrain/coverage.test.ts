import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cellCoverage } from '../../server/terrain/coverage.ts';
import { planarArea, type Ring } from '../../server/terrain/rings.ts';
import { describeWithSharedData, sharedData } from '../support/shared-data.ts';

interface KnownCase {
  name: string;
  extent_xmin_ymin_xmax_ymax: [number, number, number, number];
  cell: number;
  polygon: string;
  coverage_rows_top_to_bottom: number[][];
}

const ringsOf = (wkt: string): Ring[] =>
  [...wkt.matchAll(/\(([-\d., ]+)\)/g)].map(([, text]) => Float64Array.from(text!.trim().split(/[,\s]+/), Number));
const ring = (...numbers: number[]): Ring => Float64Array.from([...numbers, numbers[0]!, numbers[1]!]);
const unit = { origin_x: 0, origin_y: 10, cell_x: 1, cell_y: 1 };
const all = { row0: 0, col0: 0, rows: 10, cols: 10 };
const total = (shares: Float64Array) => shares.reduce((a, b) => a + b, 0);

/** A seeded star of jagged radius, so that every run tests the same shapes. */
function stars(seed: number): () => Ring {
  let state = seed;
  const random = () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
  return () => {
    const [x, y, radius, points] = [
      random() * 8 + 1,
      random() * 8 + 1,
      random() * 3 + 0.01,
      4 + Math.floor(random() * 40),
    ];
    const numbers: number[] = [];
    for (let i = 0; i < points; i++) {
      const r = radius * (0.3 + 0.7 * random());
      numbers.push(x + r * Math.cos((2 * Math.PI * i) / points), y + r * Math.sin((2 * Math.PI * i) / points));
    }
    return ring(...numbers);
  };
}

describeWithSharedData('known coverage matrices', () => {
  const text = readFileSync(sharedData('known-answers/pixel_coverage.json'), 'utf8');
  const { coverage_cases } = JSON.parse(text) as { coverage_cases: KnownCase[] };
  it.each(coverage_cases)(
    '$name',
    ({ extent_xmin_ymin_xmax_ymax: [x0, y0, x1, y1], cell, polygon, coverage_rows_top_to_bottom }) => {
      const grid = { origin_x: x0, origin_y: y1, cell_x: cell, cell_y: cell };
      const window = { row0: 0, col0: 0, rows: (y1 - y0) / cell, cols: (x1 - x0) / cell };
      const shares = cellCoverage(ringsOf(polygon), grid, window);
      const wanted = coverage_rows_top_to_bottom.flat();
      expect(shares.length).toBe(wanted.length);
      for (const [i, share] of wanted.entries()) expect(shares[i]).toBeCloseTo(share, 14);
    },
  );
});

describe('coverage of cells', () => {
  const { cases } = JSON.parse(readFileSync(new URL('./coverage-by-geos.json', import.meta.url), 'utf8')) as {
    cases: { name: string; grid: [number, number, number, number]; rings: number[][]; coverage: number[] }[];
  };
  it.each(cases)('agrees with GEOS: $name', ({ grid: [origin_x, origin_y, cell_x, cell_y], rings, coverage }) => {
    const grid = { origin_x, origin_y, cell_x, cell_y };
    const shares = cellCoverage(
      rings.map((r) => Float64Array.from(r)),
      grid,
      { row0: 0, col0: 0, rows: 12, cols: 12 },
    );
    // GEOS clips with coordinates of 3.6e7 m: 1e-8 m on an edge of a 30 m cell
    for (const [i, share] of coverage.entries()) expect(Math.abs(shares[i]! - share)).toBeLessThan(2e-8);
  });

  it('adds up to the planar area, to 1e-9 of it, in one window and in any parts of it', () => {
    const star = stars(7);
    for (let n = 0; n < 400; n++) {
      const rings = [star()];
      const area = planarArea(rings);
      const whole = cellCoverage(rings, unit, { row0: -5, col0: -5, rows: 20, cols: 20 });
      expect(Math.abs(total(whole) / area - 1)).toBeLessThan(1e-9);
      let parts = 0;
      for (const [row0, rows] of [
        [-5, 8],
        [3, 1],
        [4, 11],
      ] as const) {
        for (const [col0, cols] of [
          [-5, 9],
          [4, 2],
          [6, 9],
        ] as const)
          parts += total(cellCoverage(rings, unit, { row0, rows, col0, cols }));
      }
      expect(Math.abs(parts / area - 1)).toBeLessThan(1e-9);
    }
  });

  it('is exact on edges along grid lines, vertices on corners and whole cells', () => {
    const shares = cellCoverage([ring(2, 3, 6, 3, 6, 7, 2, 7)], unit, all);
    for (let i = 0; i < 100; i++) {
      const [row, col] = [Math.floor(i / 10), i % 10];
      expect(shares[i]).toBe(row >= 3 && row < 7 && col >= 2 && col < 6 ? 1 : 0);
    }
    const diamond = cellCoverage([ring(5, 2, 8, 5, 5, 8, 2, 5)], unit, all);
    for (const share of diamond) expect([0, 0.5, 1]).toContain(share);
    expect(total(diamond)).toBe(18);
  });

  it('is exact with 8-digit eastings where the coordinates are', () => {
    const grid = { origin_x: 36_532_410, origin_y: 3_214_680, cell_x: 30, cell_y: 30 };
    const [x, y] = [36_532_410 + 49 * 30, 3_214_680 - 103 * 30];
    const shares = cellCoverage([ring(x, y, x + 60, y, x + 60, y - 90, x, y - 90)], grid, {
      row0: 100,
      col0: 47,
      rows: 8,
      cols: 6,
    });
    expect(shares.filter((s) => s === 1).length).toBe(6);
    expect(shares.filter((s) => s !== 1 && s !== 0).length).toBe(0);
  });

  it('gives a polygon smaller than a cell its share of it, neither 0 nor 1', () => {
    const shares = cellCoverage([ring(4.2, 4.2, 4.3, 4.2, 4.3, 4.4, 4.2, 4.4)], unit, all);
    expect(shares[55 - 1]).toBeCloseTo(0.02, 14);
    expect(shares.filter((s) => s > 0).length).toBe(1);
  });

  it('takes holes off and keeps islands in them, whichever way the rings run and stand', () => {
    const outer = ring(1, 1, 9, 1, 9, 9, 1, 9);
    const hole = ring(3, 3, 7, 3, 7, 7, 3, 7);
    const island = ring(4.5, 4.5, 5.5, 4.5, 5.5, 5.5, 4.5, 5.5);
    const turned = (r: Ring) =>
      Float64Array.from({ length: r.length }, (_, i) => r[r.length - 2 - 2 * (i >> 1) + (i & 1)]!);
    for (const rings of [
      [outer, hole, island],
      [island, hole, outer],
      [turned(outer), hole, island],
      [outer, turned(hole), turned(island)],
    ]) {
      const shares = cellCoverage(rings, unit, all);
      expect(total(shares)).toBeCloseTo(64 - 16 + 1, 12);
      expect([shares[44], shares[54], shares[33], shares[11]]).toEqual([0.25, 0.25, 0, 1]);
    }
  });

  it('knows a hole that touches its shell in a corner, and parts that share a corner', () => {
    expect(total(cellCoverage([ring(1, 1, 9, 1, 9, 9, 1, 9), ring(1, 1, 5, 2, 2, 5)], unit, all))).toBeCloseTo(
      64 - 7.5,
      12,
    );
    expect(total(cellCoverage([ring(1, 1, 4, 1, 4, 4, 1, 4), ring(4, 4, 6, 4, 6, 6, 4, 6)], unit, all))).toBeCloseTo(
      13,
      12,
    );
  });

  it('cuts off what lies outside the window on every side', () => {
    const shares = cellCoverage([ring(-50, -50, 60, -50, 60, 60, -50, 60)], unit, all);
    expect(total(shares)).toBe(100);
    const over = cellCoverage([ring(-3, 5, 5, 13, 13, 5, 5, -3)], unit, all);
    expect(total(over)).toBeCloseTo(100 - 4 * 2, 12); // four corner triangles of legs 2
    expect(total(cellCoverage([ring(20, 2, 30, 2, 25, 8)], unit, all))).toBe(0);
    expect(total(cellCoverage([ring(-20, 2, -10, 2, -15, 8)], unit, all))).toBe(0);
  });
});
