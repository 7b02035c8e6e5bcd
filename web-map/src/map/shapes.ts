/** From the selected parcel to what the map's sources hold, and frames around shapes. Pure; lon/lat in degrees. */
import type { Parcel, PieceFeature } from '../api/types.ts';

/** west, south, east, north */
export type Frame = [number, number, number, number];

/** Narrower than this (pixels), the legend would hide the map: it folds itself. */
export const narrowMap = 480;

/** Pixels to keep free about what is fitted into a map this wide: the legend lies on the left, the buttons on the right. */
export function paddingOf(width: number): { left: number; right: number; top: number; bottom: number } {
  return { left: width < narrowMap ? 24 : 276, right: Math.min(64, width * 0.2), top: 40, bottom: 48 };
}

type Position = number[];

function eachPosition(coordinates: unknown, visit: (position: Position) => void): void {
  if (!Array.isArray(coordinates)) return;
  if (typeof coordinates[0] === 'number') visit(coordinates as Position);
  else for (const inner of coordinates) eachPosition(inner, visit);
}

/** The frame around all positions of some geometries, or null where there are none. */
export function frameOf(geometries: Iterable<{ coordinates: unknown } | null>): Frame | null {
  const frame: Frame = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, -Infinity, -Infinity];
  for (const geometry of geometries) {
    eachPosition(geometry?.coordinates, ([lon = Number.NaN, lat = Number.NaN]) => {
      frame[0] = Math.min(frame[0], lon);
      frame[1] = Math.min(frame[1], lat);
      frame[2] = Math.max(frame[2], lon);
      frame[3] = Math.max(frame[3], lat);
    });
  }
  return frame.every(Number.isFinite) ? frame : null;
}

/** One frame around several, or null where there are none. */
export function framesTogether(frames: readonly (Frame | null)[]): Frame | null {
  const corners = frames.flatMap((frame) =>
    frame
      ? [
          [frame[0], frame[1]],
          [frame[2], frame[3]],
        ]
      : [],
  );
  return frameOf([{ coordinates: corners }]);
}

/** The middle of the frame of the largest part, or null for an empty shape. */
function middleOf(geometry: { type: string; coordinates: unknown[] } | null): Position | null {
  if (!geometry) return null;
  const parts = geometry.type === 'MultiPolygon' ? geometry.coordinates : [geometry.coordinates];
  let largest: Frame | null = null;
  for (const part of parts) {
    const frame = frameOf([{ coordinates: part }]);
    if (frame && (!largest || extent(frame) > extent(largest))) largest = frame;
  }
  return largest && [(largest[0] + largest[2]) / 2, (largest[1] + largest[3]) / 2];
}

/** The outline of a parcel, and one point for the ring about it where it is too small to see. */
export function selectedShapes(geometry: Parcel['geometry']) {
  const middle = middleOf(geometry);
  const shapes = geometry && middle ? [geometry, { type: 'Point' as const, coordinates: middle }] : [];
  return {
    type: 'FeatureCollection' as const,
    features: shapes.map((shape) => ({ type: 'Feature' as const, geometry: shape, properties: {} })),
  };
}

/** @param wordOf what stands on a piece; @param reasonsOf what is told when the pointer rests on it */
export function pieceShapes(
  pieces: readonly PieceFeature[],
  wordOf: (piece: PieceFeature['properties']) => string,
  reasonsOf: (piece: PieceFeature['properties']) => string,
) {
  return {
    type: 'FeatureCollection' as const,
    features: pieces.flatMap(({ geometry, properties }) => {
      if (geometry === null) return [];
      const told = { measure: properties.measure, word: wordOf(properties), reasons: reasonsOf(properties) };
      return [{ type: 'Feature' as const, geometry, properties: told }];
    }),
  };
}

const extent = ([west, south, east, north]: Frame): number => (east - west) * (north - south);
