/** From parcels to what the map's sources hold, and the frame around them. Pure; lon/lat in degrees. */
import type { LayerFeature, Parcel, Verdict } from '../api/types.ts';

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

export interface ParcelShapeProperties {
  index: number;
  verdict: Verdict;
}

interface Shape<G> {
  type: 'Feature';
  geometry: G;
  properties: ParcelShapeProperties;
}

export interface ParcelShapes {
  areas: { type: 'FeatureCollection'; features: Shape<NonNullable<Parcel['geometry']>>[] };
  marks: { type: 'FeatureCollection'; features: Shape<{ type: 'Point'; coordinates: Position }>[] };
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

/** One point to each shape that has a name, to carry it. */
export function namePoints(features: readonly LayerFeature[]) {
  return {
    type: 'FeatureCollection' as const,
    features: features.flatMap(({ geometry, properties: { name } }) => {
      const coordinates = name ? middleOf(geometry) : null;
      if (!coordinates) return [];
      return [{ type: 'Feature' as const, geometry: { type: 'Point' as const, coordinates }, properties: { name } }];
    }),
  };
}

/**
 * The parcels as areas and as one mark each. Only what the style asks
 * for goes to the map: place in upload order and verdict. A parcel without a shape is in the list but not on the map.
 */
export function parcelShapes(parcels: readonly Parcel[]): ParcelShapes {
  const areas: ParcelShapes['areas']['features'] = [];
  const marks: ParcelShapes['marks']['features'] = [];
  parcels.forEach((parcel, index) => {
    const geometry = parcel.geometry;
    const coordinates = middleOf(geometry);
    if (!geometry || !coordinates) return;
    const properties = { index, verdict: parcel.properties.verdict };
    areas.push({ type: 'Feature', geometry, properties });
    marks.push({ type: 'Feature', geometry: { type: 'Point', coordinates }, properties });
  });
  return {
    areas: { type: 'FeatureCollection', features: areas },
    marks: { type: 'FeatureCollection', features: marks },
  };
}

const extent = ([west, south, east, north]: Frame): number => (east - west) * (north - south);
