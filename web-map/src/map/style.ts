/** What the map shows, as a style: a pure function of state. Tiles bring parcels and layers; the one selected parcel comes by `setData`. */
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { Verdict } from '../api/types.ts';
import { lookOf } from '../layers/index.ts';
import { cellLayers } from './cell-style.ts';
import { fainter } from './opacity.ts';
import { drawingOrder, paper, verdictLooks } from './palette.ts';
import { photoLayers, photoNames, photoSources } from './photo-style.ts';
import { hatchId, markId } from './raster-marks.ts';
import { selectionLayers, selectionSources } from './selection-style.ts';
import { type PictureLayer, pictureLayer, pictureSources } from './terrain-style.ts';
import type { TileSource } from './tiles.ts';
import { toolLayers, toolSources } from './tool-style.ts';

export interface BackdropLayer {
  layerId: string;
  type: string;
  source: TileSource;
  /** numbers of its polygons that the selected parcel meets */
  hits: readonly string[];
  /** 0–1, of the whole layer; absent: as its look has it */
  opacity?: number;
}

export interface MapState {
  /** the layers behind the parcels, lowest first */
  backdrop: readonly BackdropLayer[];
  /** matching: the template of the tiles of what the filters match beside the verdict; null: of all */
  run: { runId: string; source: TileSource; matching: string | null } | null;
  /** filtered by */
  verdict: Verdict | null;
  /** under the layers, lowest first: a basemap, slope, hillshade */
  ground?: readonly PictureLayer[];
  /** over the parcels: steep cells */
  over?: readonly PictureLayer[];
}

export const runSource = (runId: string): string => `run:${runId}`;
export const matchingSource = (runId: string): string => `run:${runId}:matching`;
export const backdropSource = (layerId: string): string => `layer:${layerId}`;

/** Below this zoom a parcel of 2,000 m² is under 6 pixels wide and its mark stands for it. */
export const marksUpToZoom = 13;
/** Tiles of this zoom are drawn larger beyond it: they are exact to 0.15 m on the ground. */
const finestTiles = 16;

/** Style layers a click may hit, topmost first. */
export const pickableLayers: readonly string[] = [
  ...drawingOrder.map((verdict) => `mark:${verdict}`).reverse(),
  ...drawingOrder.map((verdict) => `parcel:${verdict}:fill`).reverse(),
  'parcel:other:fill',
];

const vector = ({ template, singlyFrom, frame }: TileSource): StyleSpecification['sources'][string] => ({
  type: 'vector',
  tiles: [template],
  maxzoom: Math.max(finestTiles, singlyFrom),
  ...(frame ? { bounds: frame } : {}),
});

export function mapStyle({ backdrop, run, verdict, ground = [], over = [] }: MapState): StyleSpecification {
  const all = run ? runSource(run.runId) : '';
  const source = run?.matching ? matchingSource(run.runId) : all;
  return {
    version: 8,
    sources: {
      ...Object.fromEntries(backdrop.map((layer) => [backdropSource(layer.layerId), vector(layer.source)])),
      ...(run ? { [all]: vector(run.source) } : {}),
      ...(run?.matching ? { [source]: vector({ ...run.source, template: run.matching }) } : {}),
      ...pictureSources([...ground, ...over]),
      ...selectionSources,
      ...photoSources,
      ...toolSources,
    },
    layers: [
      { id: 'paper', type: 'background', paint: { 'background-color': paper } },
      ...ground.map(pictureLayer),
      ...backdrop.flatMap(backdropLayers('areas')),
      ...(run ? [...otherParcels(all, run, verdict), ...drawingOrder.flatMap(parcelLayers(source, verdict))] : []),
      ...over.map(pictureLayer),
      ...backdrop.flatMap(hitLayer),
      ...backdrop.flatMap(backdropLayers('names')),
      ...(run ? [...cellLayers(source, verdict), ...drawingOrder.map(markLayer(source, verdict))] : []),
      photoNames,
      ...selectionLayers(marksUpToZoom),
      ...photoLayers(),
      ...toolLayers(),
    ],
  };
}

/** Names lie above the parcels, everything else of a layer below; where a tile has cells, they wear the colours of the layer. */
function backdropLayers(part: 'areas' | 'names') {
  return ({ layerId, type, opacity = 1 }: BackdropLayer): LayerSpecification[] => {
    const source = backdropSource(layerId);
    return (lookOf(type)?.layers ?? []).flatMap((layer, i) => {
      if ((layer.type === 'symbol') !== (part === 'names')) return [];
      const drawn = (of: string) =>
        ({ ...fainter(layer, opacity), id: `${source}:${of}:${i}`, source, 'source-layer': of }) as LayerSpecification;
      return part === 'names' ? [drawn('features')] : [drawn('cells'), drawn('features')];
    });
  };
}

function hitLayer({ layerId, type, hits }: BackdropLayer): LayerSpecification[] {
  if (hits.length === 0) return [];
  return [
    {
      id: `hit:${layerId}`,
      type: 'line',
      source: backdropSource(layerId),
      'source-layer': 'features',
      filter: ['in', ['get', 'number'], ['literal', [...hits]]],
      layout: { 'line-join': 'round' },
      paint: { 'line-color': lookOf(type)?.legend.line ?? '#333333', 'line-width': 4, 'line-opacity': 0.75 },
    },
  ];
}

const withVerdict = (verdict: Verdict): ExpressionSpecification => ['==', ['get', 'verdict'], verdict];

function matching(verdict: Verdict, asked: Verdict | null): ExpressionSpecification {
  return asked === null || asked === verdict ? withVerdict(verdict) : ['literal', false];
}

/**
 * What the filters leave out stays in sight, faintly: a parcel is judged among its neighbours. Where those that match have tiles of their own,
 * all lie faintly under them.
 */
function otherParcels(source: string, run: NonNullable<MapState['run']>, asked: Verdict | null): LayerSpecification[] {
  const others: ExpressionSpecification = asked ? ['!=', ['get', 'verdict'], asked] : ['literal', false];
  const common = {
    source,
    'source-layer': 'parcels',
    ...(run.matching ? { minzoom: run.source.singlyFrom } : { filter: others }),
  };
  return [
    { id: 'parcel:other:fill', type: 'fill', ...common, paint: { 'fill-color': '#8a949e', 'fill-opacity': 0.12 } },
    { id: 'parcel:other:line', type: 'line', ...common, paint: { 'line-color': '#8a949e', 'line-width': 0.6 } },
  ];
}

function parcelLayers(source: string, asked: Verdict | null) {
  return (verdict: Verdict): LayerSpecification[] => {
    const look = verdictLooks[verdict];
    const common = { source, 'source-layer': 'parcels', filter: matching(verdict, asked) };
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
  };
}

function markLayer(source: string, asked: Verdict | null) {
  return (verdict: Verdict): LayerSpecification => ({
    id: `mark:${verdict}`,
    type: 'symbol',
    source,
    'source-layer': 'parcels',
    filter: matching(verdict, asked),
    maxzoom: marksUpToZoom,
    layout: {
      'icon-image': markId(verdict),
      'icon-size': ['interpolate', ['linear'], ['zoom'], 7, 0.5, 12, 1],
      'icon-allow-overlap': true,
      'icon-ignore-placement': true,
    },
  });
}
