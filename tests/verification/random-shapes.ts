/** Shapes drawn at random in the metres of one plane: what the parcels and layers of a random county are made of. */
export type Point = [number, number];
/** shell first, then holes; not closed */
export type Polygon = Point[][];

/** Draws from one seeded stream; the order of the calls is part of what a seed means. */
export class Draw {
  readonly next: () => number;
  constructor(next: () => number) {
    this.next = next;
  }
  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }
  whole(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }
  chance(share: number): boolean {
    return this.next() < share;
  }
  of<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.next() * choices.length)] as T;
  }
}

/** One feature before it is written; null: no shape. */
export interface Row {
  polygons: Polygon[] | null;
  properties: Record<string, string | number | null>;
}

/** Where the county lies: metres east and north on the central meridian 108°, false easting 500 km. */
export const [east, north, wide, high] = [577_000, 3_192_000, 2600, 1500];

export const spot = (draw: Draw): Point => [east + draw.between(60, wide - 60), north + draw.between(60, high - 60)];

/** Corners at rising angles about a centre: never crosses itself, seldom convex. */
export function star(draw: Draw, [x, y]: Point, radius: number, corners: number): Point[] {
  return Array.from({ length: corners }, (_, i) => {
    const angle = (2 * Math.PI * (i + 0.7 * draw.next())) / corners;
    const reach = radius * draw.between(0.5, 1);
    return [x + reach * Math.cos(angle), y + reach * Math.sin(angle)] as Point;
  });
}

export function turned(points: Point[], [x, y]: Point, angle: number): Point[] {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return points.map(([px, py]) => [x + px * c - py * s, y + px * s + py * c]);
}

export function rectangle(centre: Point, width: number, height: number, angle = 0): Point[] {
  const [w, h] = [width / 2, height / 2];
  const corners: Point[] = [
    [-w, -h],
    [w, -h],
    [w, h],
    [-w, h],
  ];
  return turned(corners, centre, angle);
}

export function elbow(centre: Point, size: number, arm: number, angle: number): Point[] {
  const corners: Point[] = [
    [0, 0],
    [size, 0],
    [size, arm],
    [arm, arm],
    [arm, size],
    [0, size],
  ];
  return turned(corners, centre, angle);
}

export const shifted = (polygons: Polygon[], dx: number, dy: number): Polygon[] =>
  polygons.map((rings) => rings.map((ring) => ring.map(([x, y]) => [x + dx, y + dy])));

/** m² in the plane; holes are taken off, parts and loops of a bow-tie count as they wind. */
export function planeArea(polygons: Polygon[]): number {
  let total = 0;
  for (const rings of polygons) for (const [i, ring] of rings.entries()) total += (i ? -1 : 1) * Math.abs(signed(ring));
  return total;
}

function signed(ring: Point[]): number {
  return ring.reduce((sum, [x, y], i) => {
    const [x2, y2] = ring[(i + 1) % ring.length] as Point;
    return sum + (x * y2 - x2 * y) / 2;
  }, 0);
}

/** Two neighbours on one crooked border, which the second knows by more corners than the first, kept to the millimetre. */
export function neighbours(draw: Draw, [x, y]: Point, size: number): [Point[], Point[]] {
  const border: Point[] = Array.from({ length: 4 }, (_, i) => [x + draw.between(-6, 6), y - size / 2 + (size * i) / 3]);
  const fine = border.flatMap(([ax, ay], i): Point[] => {
    const end = border[i + 1];
    if (!end) return [[ax, ay]];
    return [0, 0.21, 0.48, 0.83].map((t) => [ax + t * (end[0] - ax), ay + t * (end[1] - ay)] as Point);
  });
  const reach = draw.between(0.4, 0.9) * size;
  const [bottom, top] = [border[0]![1], border[3]![1]];
  return [
    [[x - reach, bottom], ...border, [x - reach, top]],
    [[x + reach, top], ...fine.reverse(), [x + reach, bottom]],
  ];
}
