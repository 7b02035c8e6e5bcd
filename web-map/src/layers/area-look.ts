/** The common look of polygons behind the parcels: a pale filling, a line, perhaps the name. */
import type { Look, LookLayer } from './look.ts';

export interface AreaLook {
  type: string;
  height: number;
  shownAtFirst?: boolean;
  line: string;
  width: number;
  /** lengths of dash and gap in line widths */
  dash?: [number, number];
  fill?: string;
  fillOpacity?: number;
  /** names are drawn from this zoom on; left out: never. One that lies in several tiles is named in each, but not close by */
  namesFromZoom?: number;
}

export function areaLook(look: AreaLook): Look {
  const layers: LookLayer[] = [];
  if (look.fill) {
    layers.push({ type: 'fill', paint: { 'fill-color': look.fill, 'fill-opacity': look.fillOpacity ?? 0.1 } });
  }
  layers.push({
    type: 'line',
    layout: { 'line-join': 'round' },
    paint: {
      'line-color': look.line,
      'line-width': look.width,
      ...(look.dash ? { 'line-dasharray': look.dash } : {}),
    },
  });
  if (look.namesFromZoom !== undefined) {
    layers.push({
      type: 'symbol',
      minzoom: look.namesFromZoom,
      layout: {
        'text-field': ['coalesce', ['get', 'name'], ''],
        'text-size': 12,
        'text-max-width': 8,
        'text-padding': 48,
      },
      paint: { 'text-color': look.line, 'text-halo-color': '#ffffff', 'text-halo-width': 1.4 },
    });
  }
  return {
    type: look.type,
    height: look.height,
    shownAtFirst: look.shownAtFirst ?? false,
    layers,
    legend: {
      line: look.line,
      ...(look.dash ? { dash: look.dash.map((n) => n * look.width).join(' ') } : {}),
      ...(look.fill ? { fill: look.fill } : {}),
    },
  };
}
