/**
 * Where the county lies: in the East China Sea at 124.2° E, 29° N, where no county is, far enough from the meridian of
 * its zone (123°) that an area measured in the plane is 350 ppm too large and would be noticed.
 */
import { gaussKruegerInverse, officialRingAreaM2 } from '../../tests/witness/official_area.ts';
import type { Polygon } from './model.ts';
import type { Point } from './terrain.ts';

const east = 614_000;
const north = 3_205_000;
export const centralMeridian = 123;

export type PlaneId = 4529 | 4550 | 4499 | 4490;

const geographic =
  'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]';
const projected = (name: string, falseEasting: number) =>
  `PROJCS["${name}",${geographic},PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",${falseEasting}.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",123.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`;

export const prj: Record<PlaneId, string> = {
  4529: projected('CGCS2000_3_Degree_GK_Zone_41', 41_500_000),
  4550: projected('CGCS2000_3_Degree_GK_CM_123E', 500_000),
  4499: projected('CGCS2000_GK_Zone_21', 21_500_000),
  4490: geographic,
};
const prefix = { 4529: 41_000_000, 4550: 0, 4499: 21_000_000 };

/** Local metres to the plane asked for; degrees to 1e-10, a hundredth of a millimetre. */
export function toPlane([x, y]: Point, plane: PlaneId): Point {
  if (plane !== 4490)
    return [Math.round((prefix[plane] + east + x) * 1000) / 1000, Math.round((north + y) * 1000) / 1000];
  const [latitude, longitude] = gaussKruegerInverse([east + x, north + y], centralMeridian);
  const degrees = (radians: number) => Math.round((radians * 180e10) / Math.PI) / 1e10;
  return [degrees(longitude), degrees(latitude)];
}

/** What a bureau would write down: m² by the official formula, holes taken off. */
export function officialAreaM2(polygons: readonly Polygon[] | null): number {
  const ringArea = (ring: readonly Point[]) =>
    officialRingAreaM2(
      ring.map(([x, y]) => [east + x, north + y] as const),
      centralMeridian,
    );
  return (polygons ?? []).reduce(
    (sum, rings) => sum + rings.reduce((s, ring, n) => s + (n === 0 ? 1 : -1) * ringArea(ring), 0),
    0,
  );
}
