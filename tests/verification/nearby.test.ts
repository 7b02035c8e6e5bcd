/** What lies by what, beside the plain way: every box against every other. */
import { describe, expect, it } from 'vitest';
import type { Box } from '../../server/overlay/shape.ts';
import { groupsOf, thingsBy } from '../../server/verification/nearby.ts';
import { seeded } from '../support/seeded.ts';

const meet = (a: Box, b: Box) => a.west <= b.east && b.west <= a.east && a.south <= b.north && b.south <= a.north;

describe('things by boxes', () => {
  it.each([1, 2, 3, 4])('are those that meet them, in their order, the wide and the touching too (%i)', (seed) => {
    const random = seeded(seed);
    const boxOf = (widest: number): Box => {
      const [west, south] = [Math.floor(100 * random()), Math.floor(100 * random())];
      return { west, south, east: west + Math.floor(widest * random()), north: south + Math.floor(widest * random()) };
    };
    const boxes = Array.from({ length: 60 }, (_, n) => (n % 13 === 5 ? undefined : boxOf(5)));
    // a few reach over half of the place, so that they begin far west of what they meet; some have no box
    const things = Array.from({ length: 300 }, (_, n) => ({
      n,
      box: n % 17 === 3 ? undefined : boxOf(n % 50 === 0 ? 80 : 4),
    }));
    const found = thingsBy(boxes, groupsOf(boxes), things, ({ box }) => box);
    const plain = boxes.map((box) => (box ? things.filter((thing) => thing.box && meet(box, thing.box)) : []));
    expect(found.map((near) => near.map(({ n }) => n))).toEqual(plain.map((near) => near.map(({ n }) => n)));
    expect(plain.flat().length).toBeGreaterThan(30);
  });
});
