import { describe, expect, it } from 'vitest';
import { ArrangementFailed, arrange, type Cell, type Cover } from '../../server/overlay/arrangement.ts';
import type { Shape } from '../../server/overlay/shape.ts';
import { planeWeight } from '../../server/overlay/weight.ts';
import { knownOverlays } from '../support/known-overlays.ts';
import { describeWithSharedData, hasSharedData } from '../support/shared-data.ts';
import { counted, exactly } from './overlay-ops.ts';
import { polygonsOfWkt, shapeOf, square } from './shapes.ts';

const inPlane = (parcel: Shape, covers: Cover[]) => arrange(parcel, covers, () => planeWeight).cells;
const sum = (cells: readonly Cell[], counts: (a: boolean, b: boolean) => boolean) =>
  cells.reduce((total, { labels, share }) => total + (counts(labels.includes(0), labels.includes(1)) ? share : 0), 0);
describeWithSharedData('the parts of a parcel', () => {
  if (!hasSharedData) return it('has its known answers here', () => expect(hasSharedData).toBe(true));
  const cases = knownOverlays();

  it('are those of 148 overlays of the JTS suite, within a frame around both and within the first shape', () => {
    const wrong: string[] = [];
    for (const { file, case: name, op, a, b, expected_area: published } of cases) {
      const expected_area = (op === 'intersection' ? exactly.get(name) : undefined) ?? published;
      const [first, second] = [polygonsOfWkt(a), polygonsOfWkt(b)];
      const points = [first, second].flat(3);
      if (points.length === 0) {
        expect(expected_area).toBe(0);
        continue;
      }
      const [west, south] = [Math.min(...points.map(([x]) => x)), Math.min(...points.map(([, y]) => y))];
      const extent = Math.max(...points.map(([x]) => x - west), ...points.map(([, y]) => y - south));
      const frame = square(west - 0.1 * extent, south - 0.2 * extent, 1.5 * extent);
      const cells = inPlane(shapeOf([frame]), [
        { label: 0, shape: shapeOf(first) },
        { label: 1, shape: shapeOf(second) },
      ]);
      const area = sum(cells, counted[op]) * (1.5 * extent) ** 2;
      if (!(Math.abs(area - expected_area) <= 1e-12 * extent ** 2))
        wrong.push(`${file}, ${name}, ${op}: ${area}, not ${expected_area}`);
      const whole = sum(cells, (inA) => inA) * (1.5 * extent) ** 2;
      const within = sum(inPlane(shapeOf(first), [{ label: 1, shape: shapeOf(second) }]), (_, inB) => inB) * whole;
      if (op === 'intersection' && !(Math.abs(within - expected_area) <= 1e-12 * extent ** 2))
        wrong.push(`${file}, ${name}: ${within} of the first, not ${expected_area}`);
    }
    expect(cases).toHaveLength(148);
    expect(wrong).toEqual([]);
  });
});

describe('a parcel under several polygons', () => {
  const parcel = shapeOf([square(100, 50, 10)]);
  const cover = (label: number, ...polygons: Parameters<typeof shapeOf>[0]) => ({ label, shape: shapeOf(polygons) });

  it('falls into one part for each set of labels, the bare one too', () => {
    const cells = inPlane(parcel, [
      cover(0, square(100, 50, 6)),
      cover(1, square(104, 54, 20)),
      cover(2, square(0, 0, 1000)),
    ]);
    const shares = Object.fromEntries(cells.map(({ labels, share }) => [labels.join('+'), share]));
    // 10 × 10: 6 × 6 less the 2 × 2 that both have, the 6 × 6 in the other corner likewise, the rest under the third alone
    expect(Object.keys(shares).sort()).toEqual(['0+1+2', '0+2', '1+2', '2']);
    expect(shares['0+1+2']).toBeCloseTo(0.04, 14);
    expect(shares['0+2']).toBeCloseTo(0.32, 14);
    expect(shares['1+2']).toBeCloseTo(0.32, 14);
    expect(shares['2']).toBeCloseTo(0.32, 14);
  });

  it('counts pieces of one thing that share a cut once, and gives holes to nobody', () => {
    const holed = [
      ...square(90, 40, 40),
      [
        [102, 52],
        [102, 54],
        [104, 54],
        [104, 52],
        [102, 52],
      ] as [number, number][],
    ];
    const cells = inPlane(parcel, [cover(0, square(100, 50, 5)), cover(0, square(105, 50, 5)), cover(1, holed)]);
    expect(sum(cells, (a) => a)).toBeCloseTo(0.5, 14);
    expect(sum(cells, (_, b) => b)).toBeCloseTo(0.96, 14);
  });

  it('is not touched by what only shares an edge, with other vertices along it', () => {
    const neighbour = [
      [
        [90, 50],
        [100, 50],
        [100, 52.3],
        [100, 57.7],
        [100, 60],
        [90, 60],
        [90, 50],
      ],
    ] as [number, number][][];
    const cells = inPlane(parcel, [cover(0, neighbour)]);
    expect(sum(cells, (a) => a)).toBeLessThan(1e-15);
  });

  it('is refused, not found free of everything, where its parts cannot be made out', () => {
    const line = [
      [
        [100, 50],
        [110, 50],
        [100, 50],
        [100, 50],
      ],
    ] as [number, number][][];
    expect(() => inPlane(shapeOf([line]), [cover(0, square(0, 0, 1000))])).toThrow(ArrangementFailed);
    // two rings over each other are no polygon: their parts are half of what their corners say
    expect(() => inPlane(shapeOf([square(100, 50, 10), square(100, 50, 10)]), [])).toThrow(ArrangementFailed);
  });

  it('is refused where it is a trap: a comb of 9,000 teeth across as many', () => {
    const comb = (across: boolean): [number, number][][] => {
      const teeth = Array.from({ length: 9000 }, (_, n): [number, number][] => [
        [n, 0],
        [n + 0.5, 9000],
      ]).flat();
      const ring = [...teeth, [9000, -1], [0, -1], teeth[0]!] as [number, number][];
      return [across ? ring.map(([x, y]) => [y, x]) : ring];
    };
    expect(() => inPlane(shapeOf([comb(false)]), [cover(0, comb(true))])).toThrow(ArrangementFailed);
  });

  it('has no parts where it has no shape', () => {
    expect(inPlane(shapeOf([]), [cover(0, square(0, 0, 1))])).toEqual([]);
  });
});
