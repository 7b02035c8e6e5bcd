/** Where too many parcels lie for a screen: squares that say how many, in the colour of the worst verdict in them. Pure. */
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import type { Verdict } from '../api/types.ts';
import { verdictLooks } from './palette.ts';
import { hatchId } from './raster-marks.ts';

const worstFirst: readonly Verdict[] = ['non_compliant', 'undetermined', 'compliant'];
/** the shapes of the marks as characters */
const signs: Record<Verdict, string> = { non_compliant: '▲', undetermined: '◆', compliant: '●' };

const has = (verdict: Verdict): ExpressionSpecification => ['>', ['get', verdict], 0];

/** @param asked the verdict filtered by: then only it is counted */
export function cellLayers(source: string, asked: Verdict | null): LayerSpecification[] {
  const common = { source, 'source-layer': 'cells' };
  return worstFirst.flatMap((verdict, i): LayerSpecification[] => {
    const look = verdictLooks[verdict];
    const worse = worstFirst.slice(0, i).map((one): ExpressionSpecification => ['!', has(one)]);
    const inIt: ExpressionSpecification =
      asked === null ? ['all', has(verdict), ...worse] : asked === verdict ? has(verdict) : ['literal', false];
    const fill: LayerSpecification = {
      id: `cell:${verdict}:fill`,
      type: 'fill',
      ...common,
      filter: inIt,
      paint: {
        'fill-color': look.fill,
        'fill-opacity': ['interpolate', ['linear'], ['/', ['get', verdict], ['get', 'count']], 0, 0.18, 1, 0.75],
      },
    };
    const hatch: LayerSpecification = {
      id: `cell:${verdict}:hatch`,
      type: 'fill',
      ...common,
      filter: inIt,
      paint: { 'fill-pattern': hatchId, 'fill-opacity': 0.6 },
    };
    const line: LayerSpecification = {
      id: `cell:${verdict}:line`,
      type: 'line',
      ...common,
      filter: inIt,
      paint: { 'line-color': look.ink, 'line-width': look.lineWidth },
    };
    const count: LayerSpecification = {
      id: `cell:${verdict}:count`,
      type: 'symbol',
      ...common,
      filter: inIt,
      layout: {
        'text-field': textOf(verdict, asked),
        'text-size': 12,
        'text-line-height': 1.15,
        'text-allow-overlap': true,
        'text-ignore-placement': true,
      },
      paint: { 'text-color': '#1c2733', 'text-halo-color': '#ffffff', 'text-halo-width': 1.6 },
    };
    return verdict === 'undetermined' ? [fill, hatch, line, count] : [fill, line, count];
  });
}

/** All parcels of the cell, and below how many of them have the verdict that colours it. */
function textOf(verdict: Verdict, asked: Verdict | null): ExpressionSpecification {
  const flagged: ExpressionSpecification = ['concat', signs[verdict], ' ', ['to-string', ['get', verdict]]];
  const total: ExpressionSpecification = ['to-string', ['get', 'count']];
  if (asked !== null) return flagged;
  return verdict === 'compliant' ? total : ['concat', total, '\n', flagged];
}

/** Style layers of cells: a click there looks closer. */
export const cellFills: readonly string[] = worstFirst.map((verdict) => `cell:${verdict}:fill`);
