/**
 * All shapes of a chosen file at once, read in the browser while the server still looks at it. For the eye alone: what is
 * right about the file the server says. Zipped shapefiles (by shpjs) and GeoJSON; of anything else nothing is drawn.
 */
import { type Box, candidatesFor, systemOf, toLonLat } from '../../../server/domain/crs.ts';
import { type Frame, frameOf } from './shapes.ts';

export interface InstantGeometry {
  type: 'Polygon' | 'MultiPolygon';
  coordinates: unknown[];
}

export interface InstantShapes {
  geometries: InstantGeometry[];
  /** in the units of the file; lon/lat where `planar` is false */
  frame: Frame;
  planar: boolean;
}

/** null where the browser does not read the file */
export type InstantReader = (file: File, signal: AbortSignal) => Promise<InstantShapes | null>;

/**
 * In lon/lat: as they are, or from the plane of `srid`; without one only where a single system of China fits them, as the
 * server would infer. Shapes that fall outside the globe are not drawn at all.
 */
export function placed(shapes: InstantShapes | null, srid: number | undefined): InstantGeometry[] {
  if (shapes === null) return [];
  if (!shapes.planar) return shapes.frame[1] < -90 || shapes.frame[3] > 90 ? [] : shapes.geometries;
  const candidates = srid === undefined ? candidatesFor(shapes.frame as Box) : [];
  const system = srid === undefined ? (candidates.length === 1 ? candidates[0] : undefined) : systemOf(srid);
  if (system === undefined || system.kind === 'geographic') return [];
  const move = (coordinates: unknown): unknown => {
    if (!Array.isArray(coordinates)) return coordinates;
    if (typeof coordinates[0] !== 'number') return coordinates.map(move);
    return toLonLat(coordinates[0], coordinates[1] as number, system);
  };
  const moved = shapes.geometries.map(({ type, coordinates }) => ({ type, coordinates: coordinates.map(move) }));
  const frame = frameOf(moved);
  return frame === null || frame.some((value) => Math.abs(value) > 180) ? [] : moved;
}
