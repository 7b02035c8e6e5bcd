/** The selected parcel: its outline, and the pieces it is cut into, each with the measure as a word. Pure. */
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { Measure } from '../api/types.ts';
import { selectionInk } from './palette.ts';

export const selectedSource = 'selected';
export const pieceSource = 'pieces';
export const pieceFill = 'piece:fill';

/** of lines and words on the pieces; the word says what the colour does */
export const measureInk: Record<Measure, string> = {
  deduct: '#7a0f0a',
  restore: '#8a4b00',
  remediate: '#5a3d99',
  none: '#44505c',
};

const empty = () => ({ type: 'geojson' as const, data: { type: 'FeatureCollection' as const, features: [] } });
export const selectionSources: StyleSpecification['sources'] = {
  [selectedSource]: { ...empty(), tolerance: 0.1 },
  [pieceSource]: { ...empty(), tolerance: 0.1 },
};

const ink = [
  'match',
  ['get', 'measure'],
  ...Object.entries(measureInk).flat(),
  measureInk.none,
] as unknown as `#${string}`;

export function selectionLayers(marksUpToZoom: number): LayerSpecification[] {
  const round = { layout: { 'line-join': 'round' as const } };
  return [
    { id: pieceFill, type: 'fill', source: pieceSource, paint: { 'fill-color': ink, 'fill-opacity': 0.25 } },
    {
      id: 'piece:line',
      type: 'line',
      source: pieceSource,
      ...round,
      paint: { 'line-color': ink, 'line-width': 1.6, 'line-dasharray': [3, 1.5] },
    },
    {
      id: 'selected:halo',
      type: 'line',
      source: selectedSource,
      ...round,
      paint: { 'line-color': '#ffffff', 'line-width': 7, 'line-opacity': 0.9 },
    },
    {
      id: 'selected:line',
      type: 'line',
      source: selectedSource,
      ...round,
      paint: { 'line-color': selectionInk, 'line-width': 3.5 },
    },
    {
      id: 'piece:word',
      type: 'symbol',
      source: pieceSource,
      minzoom: marksUpToZoom,
      layout: { 'text-field': ['get', 'word'], 'text-size': 12, 'text-max-width': 9 },
      paint: { 'text-color': ink, 'text-halo-color': '#ffffff', 'text-halo-width': 1.8 },
    },
    {
      id: 'selected:ring',
      type: 'circle',
      source: selectedSource,
      filter: ['==', ['geometry-type'], 'Point'],
      maxzoom: marksUpToZoom,
      paint: {
        'circle-radius': 13,
        'circle-opacity': 0,
        'circle-stroke-color': selectionInk,
        'circle-stroke-width': 3,
      },
    },
  ];
}
