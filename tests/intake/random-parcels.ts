/**
 * Parcels at random for fast-check: multi-polygons with holes from half a metre to kilometres, and values with the
 * letters that break readers. Knows nothing of the readers. Systems are built after DOMAIN §3, not taken from the code.
 */
import fc from 'fast-check';
import type { Point } from './make-shapefile.ts';

export type Polygon = Point[][];
export type Value = string | number | null;
export interface Field {
  name: string;
  kind: 'text' | 'number';
}
export interface Parcel {
  /** rings closed */
  polygons: Polygon[];
  values: Value[];
}

/** A system of CGCS2000 by its EPSG number: how to write its .prj, and where its numbers lie. */
export interface System {
  epsg: number;
  prj: string;
  degrees: boolean;
  zone: number;
  prefixed: boolean;
  width: 3 | 6;
  /** metres, or degrees, of the middle of where parcels are put */
  x: number;
  y: number;
}

const geographic =
  'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]';

/** 3°: zones 25–45, 4488+n with the zone before the easting, 4509+n without; 6°: 13–23, 4478+n and 4489+n; 4490 degrees. */
export function systemOf(width: 0 | 3 | 6, zone: number, prefixed: boolean): System {
  if (width === 0)
    return { epsg: 4490, prj: geographic, degrees: true, zone: 0, prefixed: false, width: 3, x: 108.5, y: 29 };
  const meridian = width === 3 ? zone * 3 : zone * 6 - 3;
  const epsg = zone + (width === 3 ? (prefixed ? 4488 : 4509) : prefixed ? 4478 : 4489);
  const east = 500_000 + (prefixed ? zone * 1e6 : 0);
  const degree = width === 3 ? '3_Degree_' : '';
  const name = `CGCS2000_${degree}GK_${prefixed ? `Zone_${zone}` : `CM_${meridian}E`}`;
  const prj = `PROJCS["${name}",${geographic},PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",${east}.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",${meridian}.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`;
  return { epsg, prj, degrees: false, zone, prefixed, width, x: east, y: 3_200_000 };
}

export const systems: fc.Arbitrary<System> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.integer({ min: 25, max: 45 }), fc.boolean()).map(([n, p]) => systemOf(3, n, p)) },
  { weight: 1, arbitrary: fc.tuple(fc.integer({ min: 13, max: 23 }), fc.boolean()).map(([n, p]) => systemOf(6, n, p)) },
  { weight: 2, arbitrary: fc.constant(systemOf(0, 0, false)) },
);
export const planes = systems.filter(({ degrees }) => !degrees);

/** Rounding of a format: digits kept behind the point, in metres and in degrees; undefined: the double to the last bit. */
export interface Grid {
  metres: number | undefined;
  degrees: number | undefined;
}

const share = fc.double({ min: 0, max: 1, noNaN: true });

/** A ring about a centre, star-shaped and so simple whatever its radii; either way round, closed. */
const star = fc
  .record({
    radii: fc.array(share, { minLength: 3, maxLength: 14 }),
    start: share,
    clockwise: fc.boolean(),
  })
  .map(
    ({ radii, start, clockwise }) =>
      (cx: number, cy: number, radius: number, snap: (v: number) => number): Point[] => {
        const ring = radii.map((r, i): Point => {
          const angle = 2 * Math.PI * (start + ((clockwise ? -1 : 1) * i) / radii.length);
          const length = radius * (0.7 + 0.3 * r);
          return [snap(cx + length * Math.cos(angle)), snap(cy + length * Math.sin(angle))];
        });
        return [...ring, ring[0]!];
      },
  );

/** Up to three parts side by side, each with up to two holes that keep within 0.15 of the radius about points at 0.17 of it. */
const shape = fc.record({
  at: fc.tuple(share, share),
  radius: fc.oneof(
    fc.double({ min: 0.5, max: 3, noNaN: true }),
    fc.double({ min: 3, max: 200, noNaN: true }),
    fc.double({ min: 200, max: 3000, noNaN: true }),
  ),
  parts: fc.array(fc.record({ outer: star, holes: fc.array(star, { maxLength: 2 }) }), { minLength: 1, maxLength: 3 }),
});

function polygonsOf(
  { at, radius, parts }: typeof shape extends fc.Arbitrary<infer T> ? T : never,
  system: System,
  grid: Grid,
): Polygon[] {
  const digits = system.degrees ? grid.degrees : grid.metres;
  const snap = digits === undefined ? (v: number) => v : (v: number) => Number(v.toFixed(digits));
  const scale = system.degrees ? 1e-5 : 1;
  const [x, y] = [system.x + 60_000 * scale * (2 * at[0] - 1), system.y + 100_000 * scale * (2 * at[1] - 1)];
  const r = radius * scale;
  return parts.map(({ outer, holes }, p) => {
    const centre = x + 3 * r * p;
    return [
      outer(centre, y, r, snap),
      ...holes.map((hole, h) => hole(centre + (h === 0 ? -0.17 : 0.17) * r, y, 0.15 * r, snap)),
    ];
  });
}

/** Common characters, so that no encoding is in doubt; those of GBK alone, or with the odd ones of Unicode among them. */
const common = fc.constantFrom(...'酉阳土家族苗自治县补充耕地块水田旱坡度村组镇乡河新增一二三甲乙丙');
const ascii = fc.constantFrom(...'abcXYZ0189 .-_()[]{}#%&*+/\\|~^$!?;:');
const hostile = fc.constantFrom(...'\'"<>=@`');
const odd = fc.constantFrom(...'𠮷𡃁龘㐂éñйऄ한かﾃ①㎡°″（）【】，；：　🙂👨\u200d\u00a0');
const letters = (...some: fc.Arbitrary<string>[]) =>
  fc
    .tuple(
      fc.string({ unit: common, minLength: 2, maxLength: 6 }),
      fc.string({ unit: fc.oneof(...some), maxLength: 12 }),
    )
    .map(([sure, more]) => `${sure}${more}`.trim());

export const texts = {
  /** of GBK, without what separates values in any text format */
  tame: letters(
    common,
    ascii.filter((c) => !':;#='.includes(c)),
  ),
  gbk: letters(common, ascii, hostile),
  unicode: letters(common, ascii, hostile, odd, fc.constant(',')),
  lines: letters(common, hostile, fc.constantFrom(',', '\t', '\n')),
};
export const numbers = {
  figures: fc.integer({ min: -1e9, max: 1e9 }).map((n) => n / 1000),
  doubles: fc.double({ min: -1e12, max: 1e12, noNaN: true }).map((v) => v || 0),
};

export interface Letters {
  text: fc.Arbitrary<string>;
  number: fc.Arbitrary<number>;
}

/** A layer: its fields, and 1 to `most` parcels in one system. */
export function layers(
  system: fc.Arbitrary<System>,
  fields: readonly Field[],
  { text, number }: Letters,
  grid: Grid,
  most = 5,
) {
  const value = (kind: Field['kind']) => fc.option<Value>(kind === 'text' ? text : number, { freq: 6 });
  const parcel = fc.record({ shape, values: fc.tuple(...fields.map(({ kind }) => value(kind))) });
  return fc.tuple(system, fc.array(parcel, { minLength: 1, maxLength: most })).map(([chosen, some]) => ({
    system: chosen,
    parcels: some.map(({ shape: one, values }): Parcel => ({ polygons: polygonsOf(one, chosen, grid), values })),
  }));
}
export interface Layer {
  system: System;
  parcels: Parcel[];
}

/** One way of writing what is the same: rings from their smallest point, counter-clockwise, holes and parts in order. */
export function normal(polygons: readonly Polygon[], digits?: number): string[][] {
  const write = (v: number) => (digits === undefined ? String(v) : v.toFixed(digits));
  const ringOf = (ring: Point[]): string => {
    let open = ring.slice(0, -1);
    const [ox, oy] = open[0]!;
    const area = open.reduce((sum, [x, y], i) => {
      const [nx, ny] = open[(i + 1) % open.length]!;
      return sum + (x - ox) * (ny - oy) - (nx - ox) * (y - oy);
    }, 0);
    if (area < 0) open = open.reverse();
    const points = open.map(([x, y]) => `${write(x)} ${write(y)}`);
    const least = points.indexOf([...points].sort()[0]!);
    return [...points.slice(least), ...points.slice(0, least)].join(', ');
  };
  return polygons
    .map(([outer, ...holes]) => [ringOf(outer!), ...holes.map(ringOf).sort()])
    .sort((a, b) => (a[0]! < b[0]! ? -1 : 1));
}
