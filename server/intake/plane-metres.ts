/** How long a unit of the plane of a file is on the ground: limits of shapes are in metres, files are not. */
import type { CoordinateSystem } from '../domain/crs.ts';
import { metresPerDegree, metresPerMercatorUnit } from '../terrain/horn.ts';

/** metres of one unit of the plane along its axes */
export interface UnitMetres {
  x: number;
  y: number;
}

/** Near a place. Gauss–Krüger is taken as true: it is to 4 in 10,000 within its zone. */
export function unitMetres(system: CoordinateSystem, y: number): UnitMetres {
  if (system.kind === 'web-mercator') return metresPerMercatorUnit(y);
  if (system.kind !== 'geographic') return { x: 1, y: 1 };
  const { lat, lon } = metresPerDegree(y);
  return { x: lon, y: lat };
}
