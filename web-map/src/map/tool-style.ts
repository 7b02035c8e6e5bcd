/** What is drawn with the map's tools: a measured line or ring with its corners, and the place that was jumped to. Pure. */
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { LonLat } from './geodesy.ts';

export const toolSource = 'tools';

/** on white paper and on dark imagery alike: dark line, white halo */
const ink = '#0a3d91';

export const toolSources: StyleSpecification['sources'] = {
  [toolSource]: { type: 'geojson', data: { type: 'FeatureCollection', features: [] }, tolerance: 0.1 },
};

export function toolLayers(): LayerSpecification[] {
  const common = { source: toolSource };
  const round = { 'line-join': 'round' as const, 'line-cap': 'round' as const };
  const dot = (part: string): ExpressionSpecification => ['==', ['get', 'part'], part];
  return [
    {
      id: 'tool:fill',
      type: 'fill',
      ...common,
      filter: dot('area'),
      paint: { 'fill-color': ink, 'fill-opacity': 0.12 },
    },
    {
      id: 'tool:halo',
      type: 'line',
      ...common,
      filter: dot('line'),
      layout: round,
      paint: { 'line-color': '#ffffff', 'line-width': 5 },
    },
    {
      id: 'tool:line',
      type: 'line',
      ...common,
      filter: dot('line'),
      layout: round,
      paint: { 'line-color': ink, 'line-width': 2 },
    },
    {
      id: 'tool:corner',
      type: 'circle',
      ...common,
      filter: dot('corner'),
      paint: { 'circle-radius': 4, 'circle-color': '#ffffff', 'circle-stroke-color': ink, 'circle-stroke-width': 2 },
    },
    {
      id: 'tool:place',
      type: 'circle',
      ...common,
      filter: dot('place'),
      paint: {
        'circle-radius': 9,
        'circle-color': ink,
        'circle-opacity': 0.25,
        'circle-stroke-color': ink,
        'circle-stroke-width': 2.5,
      },
    },
  ];
}

export type Measuring = 'distance' | 'area';

/** @param place where somebody asked to be taken */
export function toolShapes(points: readonly LonLat[], measuring: Measuring | null, place: LonLat | null) {
  const feature = (part: string, type: string, coordinates: unknown) => ({
    type: 'Feature' as const,
    geometry: { type, coordinates },
    properties: { part },
  });
  const ring = [...points, ...points.slice(0, 1)];
  return {
    type: 'FeatureCollection' as const,
    features: [
      ...(measuring === 'area' && points.length > 2 ? [feature('area', 'Polygon', [ring])] : []),
      ...(points.length > 1 ? [feature('line', 'LineString', measuring === 'area' ? ring : points)] : []),
      ...points.map((point) => feature('corner', 'Point', point)),
      ...(place ? [feature('place', 'Point', place)] : []),
    ],
  };
}
