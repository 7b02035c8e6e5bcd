/** The one file that owns a map. It takes styles and shapes, gives picks; nothing else touches maplibre-gl. */
import 'maplibre-gl/dist/maplibre-gl.css';
import {
  type FilterSpecification,
  type GeoJSONSource,
  Map as GlMap,
  ScaleControl,
  type StyleSpecification,
  setWorkerUrl,
  type VectorTileSource,
} from 'maplibre-gl';
// maplibre-gl 6 finds its worker beside itself, where no bundler puts it: it is bundled on its own and named here
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { cellFills } from './cell-style.ts';
import { isDrawnByProcessor, wantsNoMotion } from './drawing-means.ts';
import type { LonLat } from './geodesy.ts';
import { drawingOrder } from './palette.ts';
import { hatch, hatchId, mark, markId, type Picture } from './raster-marks.ts';
import { pieceFill } from './selection-style.ts';
import { type Frame, paddingOf } from './shapes.ts';
import { pickableLayers } from './style.ts';
import { styleChanges } from './style-changes.ts';

setWorkerUrl(workerUrl);

/** A parcel as a tile names it: its place in the run, and its id. */
export interface Pick {
  ordinal: number;
  parcel_id: string;
}

/** Where the pointer rests on a piece, pixels from the map's corner, and what is told there. */
export interface Hint {
  x: number;
  y: number;
  text: string;
}

/** What part of the world is seen; maps that lie on each other have the same. */
export interface View {
  centre: LonLat;
  zoom: number;
}

export interface MapEvents {
  /** a click, before it picks: true where it was meant for something else */
  click?: (at: LonLat) => boolean;
  pick?: (parcel: Pick) => void;
  hint?: (hint: Hint | null) => void;
  /** where the pointer is; null: not on the map */
  point?: (at: LonLat | null) => void;
  view?: (view: View) => void;
  /** everything asked for is drawn */
  idle: () => void;
}

type GeoJson = Parameters<GeoJSONSource['setData']>[0];

export type MapOwner = ReturnType<typeof createMapOwner>;

/**
 * @param follows it lies over another map and is moved by `look` alone: no keys, no pointer, no scale
 * @throws where the browser gives no WebGL 2; the caller says so and lives without the map
 */
export function createMapOwner(
  container: HTMLElement,
  first: StyleSpecification,
  events: MapEvents,
  { follows = false } = {},
) {
  const calm = wantsNoMotion();
  const map = new GlMap({
    container,
    style: calm ? { ...first, transition: { duration: 0, delay: 0 } } : first,
    center: [108.8, 28.8],
    zoom: 7,
    attributionControl: false, // there is no basemap; one that is configured brings its own
    interactive: !follows,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    localIdeographFontFamily: '"Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif',
    canvasContextAttributes: { antialias: !isDrawnByProcessor() },
    ...(calm ? { fadeDuration: 0 } : {}),
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  if (!follows) map.addControl(new ScaleControl({ maxWidth: 120, unit: 'metric' }), 'bottom-right');

  let style = first;
  let gone = false;
  const data = new globalThis.Map<string, GeoJson>();
  const ready = new Promise<void>((resolve) => map.once('style.load', () => resolve()));
  void ready.then(() => {
    addPicture(hatchId, hatch());
    for (const verdict of drawingOrder) addPicture(markId(verdict), mark(verdict));
  });

  function addPicture(id: string, picture: Picture): void {
    map.addImage(id, picture, { pixelRatio: picture.pixelRatio });
  }

  /** What lies within a few pixels of a point in some style layers, topmost first. */
  function near(point: { x: number; y: number }, layers: readonly string[]) {
    const reach = 4;
    const there = layers.filter((id) => map.getLayer(id));
    if (there.length === 0) return [];
    const [x, y] = [point.x, point.y];
    return map.queryRenderedFeatures(
      [
        [x - reach, y - reach],
        [x + reach, y + reach],
      ],
      { layers: there },
    );
  }

  let aiming = false;
  const viewNow = (): View => ({ centre: map.getCenter().toArray(), zoom: map.getZoom() });
  map.on('move', () => events.view?.(viewNow()));
  map.on('click', (event) => {
    if (events.click?.(event.lngLat.toArray())) return;
    const [parcel] = near(event.point, pickableLayers);
    if (parcel) events.pick?.(parcel.properties as Pick);
    else if (near(event.point, cellFills).length > 0)
      map.easeTo({ center: event.lngLat, zoom: map.getZoom() + 2, duration: 400 });
  });
  let lastMove = 0;
  map.on('mousemove', ({ point, lngLat }) => {
    // once a frame is enough
    cancelAnimationFrame(lastMove);
    lastMove = requestAnimationFrame(() => {
      if (gone) return;
      events.point?.(lngLat.toArray());
      const picks = !aiming && near(point, [...pickableLayers, ...cellFills]).length > 0;
      map.getCanvas().style.cursor = aiming ? 'crosshair' : picks ? 'pointer' : '';
      const [piece] = near(point, [pieceFill]);
      events.hint?.(piece ? { x: point.x, y: point.y, text: String(piece.properties['reasons']) } : null);
    });
  });
  map.on('mouseout', () => {
    events.hint?.(null);
    events.point?.(null);
  });
  map.on('idle', events.idle);

  function source(id: string): GeoJSONSource | undefined {
    return map.getSource<GeoJSONSource>(id);
  }

  return {
    async show(next: StyleSpecification): Promise<void> {
      await ready;
      if (gone) return;
      for (const change of styleChanges(style, next)) {
        if (change.do === 'add-source') {
          map.addSource(change.id, change.source);
          const held = data.get(change.id);
          if (held) source(change.id)?.setData(held);
        } else if (change.do === 'remove-source') map.removeSource(change.id);
        else if (change.do === 'tiles') map.getSource<VectorTileSource>(change.id)?.setTiles(change.tiles);
        else if (change.do === 'add-layer') map.addLayer(change.layer, change.before);
        else if (change.do === 'remove-layer') map.removeLayer(change.id);
        else if (change.do === 'paint')
          map.setPaintProperty(change.id, change.name as 'fill-color', change.value as string);
        else map.setFilter(change.id, change.filter as FilterSpecification);
      }
      style = next;
      // whoever waits for it to be drawn hears so, even where nothing changed
      map.triggerRepaint();
    },
    async setData(sourceId: string, shapes: GeoJson): Promise<void> {
      data.set(sourceId, shapes);
      await ready;
      if (!gone) source(sourceId)?.setData(shapes);
    },
    /** `closest`: zoom that a small frame does not go beyond */
    fit(frame: Frame, closest = 17.5): void {
      map.resize(); // the panel may have taken its place only now
      map.fitBounds(frame, { padding: paddingOf(container.clientWidth), maxZoom: closest, duration: 400 });
    },
    view: viewNow,
    /** at once, as a map that follows another */
    look({ centre: [lng, lat], zoom }: View): void {
      map.jumpTo({ center: { lng, lat }, zoom });
    },
    goTo([lng, lat]: LonLat, zoom: number): void {
      map.easeTo({ center: { lng, lat }, zoom: Math.max(zoom, map.getZoom()), duration: 400 });
    },
    /** clicks set points: a cross for a pointer, and a second click does not zoom */
    aim(on: boolean): void {
      aiming = on;
      map.getCanvas().style.cursor = on ? 'crosshair' : '';
      if (on) map.doubleClickZoom.disable();
      else map.doubleClickZoom.enable();
    },
    zoomBy(steps: number): void {
      map.zoomTo(map.getZoom() + steps);
    },
    /** what a screen reader says of the map */
    name(text: string): void {
      map.getCanvas().setAttribute('aria-label', text);
    },
    focus: () => map.getCanvas().focus({ preventScroll: true }),
    resize: () => map.resize(),
    destroy(): void {
      gone = true;
      map.remove();
    },
  };
}
