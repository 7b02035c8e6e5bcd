/** The map of a file that is not stored yet: all its shapes as the browser reads them, the first as the server does, problems. */
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { LocatedProblem, PreviewRow } from '../api/intake-types.ts';
import type { InstantGeometry } from './instant-shapes.ts';
import { paper, selectionInk } from './palette.ts';

export const previewSources = ['instant', 'preview', 'problems', 'pointed'] as const;
/** also the keys of the legend */
export const previewLooks = {
  instant: { fill: 'none', ink: '#4b5763' },
  preview: { fill: '#3f86c6', ink: '#174f83' },
  problems: { fill: '#ffffff', ink: '#b3261e' },
};

const emptyData = { type: 'FeatureCollection' as const, features: [] };

const { instant, preview, problems } = previewLooks;
/** without a fill: a ring that crosses itself would be filled in the wrong places */
const outlines: LayerSpecification = {
  id: 'instant:line',
  type: 'line',
  source: 'instant',
  paint: { 'line-color': instant.ink, 'line-width': 1.4, 'line-dasharray': [3, 2] },
};
const areas: LayerSpecification[] = [
  {
    id: 'preview:fill',
    type: 'fill',
    source: 'preview',
    paint: { 'fill-color': preview.fill, 'fill-opacity': 0.35 },
  },
  { id: 'preview:line', type: 'line', source: 'preview', paint: { 'line-color': preview.ink, 'line-width': 1.8 } },
];

export const previewStyle: StyleSpecification = {
  version: 8,
  sources: Object.fromEntries(previewSources.map((id) => [id, { type: 'geojson', data: emptyData }])),
  layers: [
    { id: 'paper', type: 'background', paint: { 'background-color': paper } },
    outlines,
    ...areas,
    {
      id: 'problems',
      type: 'circle',
      source: 'problems',
      paint: {
        'circle-radius': 5,
        'circle-color': problems.fill,
        'circle-stroke-color': problems.ink,
        'circle-stroke-width': 3,
      },
    },
    {
      id: 'pointed',
      type: 'circle',
      source: 'pointed',
      paint: {
        'circle-radius': 14,
        'circle-opacity': 0,
        'circle-stroke-color': selectionInk,
        'circle-stroke-width': 3,
      },
    },
  ],
};

/** Rings as lines: as an area, one that crosses itself and so measures nothing would be left out by the map. */
export function ringsOf(geometries: readonly InstantGeometry[]) {
  return {
    type: 'FeatureCollection' as const,
    features: geometries.map(({ type, coordinates }) => ({
      type: 'Feature' as const,
      geometry: {
        type: 'MultiLineString' as const,
        coordinates: type === 'Polygon' ? coordinates : coordinates.flat(1),
      },
      properties: {},
    })),
  };
}

export function shapesOf(geometries: readonly PreviewRow['geometry'][]) {
  return {
    type: 'FeatureCollection' as const,
    features: geometries.flatMap((geometry) =>
      geometry === null ? [] : [{ type: 'Feature' as const, geometry, properties: {} }],
    ),
  };
}

export const hasPlace = (problem: LocatedProblem): problem is LocatedProblem & { lon: number; lat: number } =>
  typeof problem.lon === 'number' && typeof problem.lat === 'number';

export function pointsOf(problems: readonly LocatedProblem[]) {
  return {
    type: 'FeatureCollection' as const,
    features: problems.filter(hasPlace).map(({ lon, lat }) => ({
      type: 'Feature' as const,
      geometry: { type: 'Point' as const, coordinates: [lon, lat] },
      properties: {},
    })),
  };
}
