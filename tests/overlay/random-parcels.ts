/** Parcels of 50 m to 2 km with polygons over them, of the kinds that overlays break on; the same from the same numbers. */
import { type Polygons, square } from './shapes.ts';

type Point = [number, number];

export interface RandomParcel {
  parcel: Polygons;
  /** by label */
  covers: Polygons[];
}

const close = (points: readonly Point[]): Point[] => [...points, points[0]!];

export function randomParcel(random: () => number): RandomParcel {
  const size = 0.0005 * 40 ** random();
  const whole = (count: number) => Math.floor(random() * count);
  const center: Point = [108.8 + 0.1 * random(), 28.9 + 0.1 * random()];
  const star = ([x, y]: Point, reach: number, count: number): Point[] =>
    Array.from({ length: count }, (_, n) => {
      const radius = (reach / 2) * (0.6 + 0.4 * random());
      const angle = (2 * Math.PI * (n + 0.8 * random())) / count;
      return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    });
  const around = (spread: number): Point => [
    center[0] + spread * size * (random() - 0.5),
    center[1] + spread * size * (random() - 0.5),
  ];
  const halfway = (points: readonly Point[]): Point[] =>
    points.flatMap((point, n) => {
      const next = points[n + 1];
      const share = random();
      return next === undefined ? [point] : [point, along(point, next, share)];
    });
  const along = (a: Point, b: Point, share: number): Point => [
    a[0] + share * (b[0] - a[0]),
    a[1] + share * (b[1] - a[1]),
  ];

  const rounded = random() < 0.7;
  const shell = rounded
    ? star(center, size, 6 + whole(30))
    : square(center[0] - size / 2, center[1] - size / 2, size)[0]!.slice(0, 4);
  const part: Point[][] = [close(shell)];
  if (random() < 0.3) part.push(close(star(center, size / 3, 3 + whole(9)).reverse()));
  const parcel = [part];
  if (random() < 0.2) parcel.push([close(star([center[0] + 1.2 * size, center[1]], size, 5 + whole(9)))]);

  const chain = () => {
    const from = whole(shell.length);
    const count = 2 + whole(shell.length - 2);
    return Array.from({ length: count }, (_, n) => shell[(from + n) % shell.length]!);
  };
  const outward = (point: Point) => along(center, point, 1.5);
  const kinds: (() => Polygons)[] = [
    () => [[close(star(around(1), size, 5 + whole(40)))]],
    // the parcel's own line, off by up to 0.1 mm
    () => {
      const off = 10 ** (-13 + 4 * random());
      return [[close(shell.map(([x, y]): Point => [x + off * (random() - 0.5), y + off * (random() - 0.5)]))]];
    },
    () => {
      const off = 10 ** (-13 + 4 * random());
      return [[close(shell.map(([x, y]): Point => [x + off, y]))]];
    },
    // a neighbour along the parcel's line, and a piece of the parcel, each with vertices of its own there
    () => {
      const shared = chain();
      return [[close([...halfway(shared), ...shared.map(outward).reverse()])]];
    },
    () => [[close([...halfway(chain()), center])]],
    // touches the parcel in a corner alone
    () => {
      const corner = shell[whole(shell.length)]!;
      const far = along(center, corner, 1.2);
      const aside: Point = [far[0] - (corner[1] - center[1]) / 8, far[1] + (corner[0] - center[0]) / 8];
      return [[close([corner, far, aside])]];
    },
    // strips 1 cm and more wide
    () => {
      const [west, south] = around(1);
      const teeth = 3 + whole(30);
      const thin = size * 10 ** (-5 + 4 * random());
      const comb: Point[] = [[west, south - size / 10]];
      comb.push([west + size, south - size / 10]);
      for (let n = teeth; n > 0; n--) {
        const x = west + (n * size) / (teeth + 1);
        comb.push([x + thin / teeth, south], [x + thin / teeth, south + size], [x, south + size], [x, south]);
      }
      return [[close(comb)]];
    },
    () => {
      const middle = around(0.5);
      return [[close(star(middle, size, 5 + whole(20))), close(star(middle, size / 2, 5 + whole(20)).reverse())]];
    },
    () => [
      [close(star([center[0] - size / 4, center[1]], size / 2, 4 + whole(20)))],
      [close(star([center[0] + size / 4 + size / 100, center[1]], size / 2, 4 + whole(20)))],
    ],
    () => [[close(star(around(3), 8 * size, 40 + whole(200)))]],
    () => [square(center[0] - size / 2, center[1] - size / 4, size / 2 + 10 ** (-13 + 4 * random()))],
  ];
  const covers = Array.from({ length: 2 + whole(5) }, () => kinds[whole(kinds.length)]!());
  return { parcel, covers };
}
