/** What the map shows, as a style: a pure function of state. Shapes come by `setData`, so no style holds any. */
import type { FilterSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { Verdict } from '../api/types.ts';
import { lookOf } from '../layers/index.ts';
import { drawingOrder, paper, selectionInk, verdictLooks } from './palette.ts';
import { hatchId, markId } from './raster-marks.ts';

export interface MapState {
  /** the layers behind the parcels, lowest first */
  backdrop: { layerId: string; type: string }[];
  /** which verdicts are drawn */
  verdicts: readonly Verdict[];
  /** index of the selected parcel in upload order */
  selected: number | null;
}

export const parcelSource = 'parcels';
export const markSource = 'parcel-marks';
export const backdropSource = (layerId: string): string => `layer:${layerId}`;
/** one point to a shape: a name set on the shape itself would be drawn once in every tile it crosses */
export const nameSource = (layerId: string): string => `names:${layerId}`;

/** Below this zoom a parcel of 2,000 m² is under 6 pixels wide and its mark stands for it. */
export const marksUpToZoom = 13;

/** Style layers a click may hit, topmost first. */
export function pickableLayers(verdicts: readonly Verdict[]): string[] {
  const shown = drawingOrder.filter((verdict) => verdicts.includes(verdict)).reverse();
  return [...shown.map((verdict) => `mark:${verdict}`), ...shown.map((verdict) => `parcel:${verdict}:fill`)];
}

const emptyData = { type: 'FeatureCollection' as const, features: [] };
const geojson = () => ({ type: 'geojson' as const, data: emptyData });

export function mapStyle(state: MapState): StyleSpecification {
  const shown = drawingOrder.filter((verdict) => state.verdicts.includes(verdict));
  return {
    version: 8,
    sources: {
      ...Object.fromEntries(state.backdrop.map(({ layerId }) => [backdropSource(layerId), geojson()])),
      ...Object.fromEntries(state.backdrop.filter(hasNames).map(({ layerId }) => [nameSource(layerId), geojson()])),
      [parcelSource]: { ...geojson(), tolerance: 0.2 },
      [markSource]: geojson(),
    },
    layers: [
      { id: 'paper', type: 'background', paint: { 'background-color': paper } },
      ...state.backdrop.flatMap(backdropLayers('areas')),
      ...shown.flatMap(parcelLayers),
      ...state.backdrop.flatMap(backdropLayers('names')),
      ...shown.map(markLayer),
      ...selectionLayers(state.selected),
    ],
  };
}

function hasNames({ type }: { type: string }): boolean {
  return lookOf(type)?.layers.some((layer) => layer.type === 'symbol') ?? false;
}

/** Names lie above the parcels, everything else of a layer below. */
function backdropLayers(part: 'areas' | 'names') {
  return ({ layerId, type }: MapState['backdrop'][number]): LayerSpecification[] =>
    (lookOf(type)?.layers ?? []).flatMap((layer, i) => {
      if ((layer.type === 'symbol') !== (part === 'names')) return [];
      const source = part === 'names' ? nameSource(layerId) : backdropSource(layerId);
      return [{ ...layer, id: `${source}:${i}`, source } as LayerSpecification];
    });
}

function withVerdict(verdict: Verdict): FilterSpecification {
  return ['==', ['get', 'verdict'], verdict];
}

function parcelLayers(verdict: Verdict): LayerSpecification[] {
  const look = verdictLooks[verdict];
  const common = { source: parcelSource, filter: withVerdict(verdict) };
  const fill: LayerSpecification = {
    id: `parcel:${verdict}:fill`,
    type: 'fill',
    ...common,
    paint: { 'fill-color': look.fill, 'fill-opacity': 0.6 },
  };
  const line: LayerSpecification = {
    id: `parcel:${verdict}:line`,
    type: 'line',
    ...common,
    paint: { 'line-color': look.ink, 'line-width': look.lineWidth },
  };
  const hatch: LayerSpecification = {
    id: `parcel:${verdict}:hatch`,
    type: 'fill',
    ...common,
    paint: { 'fill-pattern': hatchId },
  };
  return verdict === 'undetermined' ? [fill, hatch, line] : [fill, line];
}

function markLayer(verdict: Verdict): LayerSpecification {
  return {
    id: `mark:${verdict}`,
    type: 'symbol',
    source: markSource,
    filter: withVerdict(verdict),
    maxzoom: marksUpToZoom,
    layout: {
      'icon-image': markId(verdict),
      'icon-size': ['interpolate', ['linear'], ['zoom'], 7, 0.5, 12, 1],
      'icon-allow-overlap': true,
      'icon-ignore-placement': true,
    },
  };
}

function selectionLayers(selected: number | null): LayerSpecification[] {
  const filter: FilterSpecification = ['==', ['get', 'index'], selected ?? -1];
  return [
    {
      id: 'selected:halo',
      type: 'line',
      source: parcelSource,
      filter,
      layout: { 'line-join': 'round' },
      paint: { 'line-color': '#ffffff', 'line-width': 7, 'line-opacity': 0.9 },
    },
    {
      id: 'selected:line',
      type: 'line',
      source: parcelSource,
      filter,
      layout: { 'line-join': 'round' },
      paint: { 'line-color': selectionInk, 'line-width': 3.5 },
    },
    {
      id: 'selected:ring',
      type: 'circle',
      source: markSource,
      filter,
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
