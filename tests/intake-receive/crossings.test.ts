import { describe, expect, it } from 'vitest';
import { findMeetings } from '../../server/intake/crossings.ts';
import { seeded } from '../support/seeded.ts';

const shape = (...rings: [number, number][][]) => [rings.map((ring) => Float64Array.from(ring.flat()))];
const at = (polygons: Float64Array[][]) => findMeetings(polygons).places.map(({ kind, x, y }) => [kind, x, y]);

describe('where the edges of a shape meet', () => {
  it('is nowhere in a sound shape with a hole', () => {
    expect(
      at(
        shape(
          [
            [0, 0],
            [10, 0],
            [10, 10],
            [0, 10],
            [0, 0],
          ],
          [
            [2, 2],
            [2, 4],
            [4, 4],
            [4, 2],
            [2, 2],
          ],
        ),
      ),
    ).toEqual([]);
  });

  it('is every crossing of a bow-tie chain, not the first alone', () => {
    // two crossings by hand: (5, 5) and (15, 5)
    expect(
      at(
        shape([
          [0, 0],
          [10, 10],
          [20, 0],
          [20, 10],
          [10, 0],
          [0, 10],
          [0, 0],
        ]),
      ),
    ).toEqual([
      ['cross', 5, 5],
      ['cross', 15, 5],
    ]);
  });

  it('is where a ring touches itself in a vertex, but not where two rings touch', () => {
    const eight: [number, number][] = [
      [0, 0],
      [5, 5],
      [10, 0],
      [10, 10],
      [5, 5],
      [0, 10],
      [0, 0],
    ];
    expect(at(shape(eight))).toEqual([['touch', 5, 5]]);
    const holeTouching = shape(
      [
        [0, 0],
        [10, 0],
        [10, 10],
        [0, 10],
        [0, 0],
      ],
      [
        [0, 5],
        [4, 6],
        [4, 4],
        [0, 5],
      ],
    );
    expect(at(holeTouching)).toEqual([]);
  });

  it('is both ends of what two edges share, upright ones too', () => {
    expect(
      at(
        shape([
          [0, 0],
          [10, 0],
          [10, 6],
          [10, 2],
          [20, 2],
          [20, 10],
          [0, 10],
          [0, 0],
        ]),
      ).filter(([kind]) => kind === 'overlap'),
    ).toEqual([
      ['overlap', 10, 2],
      ['overlap', 10, 6],
    ]);
  });

  it('does not lose its place far from the origin', () => {
    const [e, n] = [36_577_000, 3_192_000];
    const bow = [
      [0, 0],
      [100, 100],
      [100, 0],
      [0, 100],
      [0, 0],
    ].map(([x, y]) => [x! + e, y! + n] as [number, number]);
    expect(at(shape(bow))).toEqual([['cross', e + 50, n + 50]]);
  });

  it('gives up on a tangle, and says so', () => {
    const random = seeded(3);
    const ring = Array.from({ length: 3000 }, () => [random(), random()] as [number, number]);
    expect(findMeetings(shape([...ring, ring[0]!])).tangled).toBe(true);
  });

  it('counts beyond what it lists', () => {
    const zigzag = Array.from({ length: 200 }, (_, i) => [i, i % 2] as [number, number]);
    const meetings = findMeetings(shape([...zigzag, [199, 0.5], [0, 0.5], [0, 0]]), 10);
    expect(meetings.places).toHaveLength(10);
    expect(meetings.count).toBeGreaterThan(190);
    expect(meetings.tangled).toBe(false);
  });
});
