import { describe, expect, test } from 'vitest';
import { verdicts } from '../../server/domain/outcome.ts';
import { verdictLooks } from '../../web-map/src/map/palette.ts';
import { hatch, hatchId, mark, markId, type Picture } from '../../web-map/src/map/raster-marks.ts';
import { type MapState, mapStyle, marksUpToZoom, pickableLayers } from '../../web-map/src/map/style.ts';
import { styleChanges } from '../../web-map/src/map/style-changes.ts';

const state: MapState = {
  backdrop: [
    { layerId: 'a', type: 'township' },
    { layerId: 'b', type: 'eco-red-line' },
  ],
  verdicts,
  selected: null,
};
const idsOf = (given: MapState) => mapStyle(given).layers.map((layer) => layer.id);
const at = (ids: string[], id: string) => {
  const place = ids.indexOf(id);
  expect(place, id).toBeGreaterThanOrEqual(0);
  return place;
};

describe('the style of the map', () => {
  test('draws red lines below parcels, and what is flagged above what is not', () => {
    const ids = idsOf(state);
    expect(at(ids, 'layer:b:0')).toBeLessThan(at(ids, 'parcel:compliant:fill'));
    expect(at(ids, 'parcel:compliant:line')).toBeLessThan(at(ids, 'parcel:undetermined:fill'));
    expect(at(ids, 'parcel:undetermined:line')).toBeLessThan(at(ids, 'parcel:non_compliant:fill'));
    expect(ids.indexOf('selected:line')).toBe(ids.length - 2);
  });

  test('hatches undetermined parcels and only those: colour is never the only sign', () => {
    const patterns = mapStyle(state).layers.filter((layer) => layer.type === 'fill' && layer.paint?.['fill-pattern']);
    expect(patterns.map((layer) => layer.id)).toEqual(['parcel:undetermined:hatch']);
    expect(patterns[0]).toMatchObject({
      paint: { 'fill-pattern': hatchId },
      filter: ['==', ['get', 'verdict'], 'undetermined'],
    });
    expect(new Set(verdicts.map((verdict) => verdictLooks[verdict].mark)).size).toBe(3);
    expect(new Set(verdicts.map((verdict) => verdictLooks[verdict].lineWidth)).size).toBe(3);
  });

  test('asks no other host for anything: no glyphs, no sprite, no tiles', () => {
    const style = mapStyle(state);
    expect(style.glyphs).toBeUndefined();
    expect(style.sprite).toBeUndefined();
    expect(JSON.stringify(style)).not.toMatch(/https?:/);
    expect(Object.values(style.sources).every((source) => source.type === 'geojson')).toBe(true);
  });

  test('names each source it draws from, and each layer once', () => {
    const style = mapStyle({ ...state, selected: 4 });
    const ids = style.layers.map((layer) => layer.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const layer of style.layers) {
      if ('source' in layer) expect(Object.keys(style.sources), layer.id).toContain(layer.source);
    }
  });

  test('leaves out a layer type it has no look for, and verdicts that are switched off', () => {
    const ids = idsOf({ backdrop: [{ layerId: 'dem', type: 'dem' }], verdicts: ['non_compliant'], selected: null });
    expect(ids.filter((id) => id.startsWith('layer:'))).toEqual([]);
    expect(ids.filter((id) => id.startsWith('parcel:'))).toEqual([
      'parcel:non_compliant:fill',
      'parcel:non_compliant:line',
    ]);
  });

  test('lets a click hit the worst verdict first, and only layers that exist', () => {
    const pickable = pickableLayers(verdicts);
    expect(pickable[0]).toBe('mark:non_compliant');
    const ids = idsOf(state);
    for (const id of pickable) at(ids, id);
  });

  test('shows marks only while parcels are too small to see', () => {
    for (const layer of mapStyle(state).layers) {
      if (layer.id.startsWith('mark:')) expect(layer).toMatchObject({ maxzoom: marksUpToZoom, type: 'symbol' });
    }
  });
});

describe('from one style to the next', () => {
  test('selecting a parcel changes filters and nothing else, so that shapes stay in their sources', () => {
    const changes = styleChanges(mapStyle(state), mapStyle({ ...state, selected: 7 }));
    expect(changes.map((change) => change.do)).toEqual(['filter', 'filter', 'filter']);
    expect(changes[0]).toEqual({ do: 'filter', id: 'selected:halo', filter: ['==', ['get', 'index'], 7] });
  });

  test('nothing changes between equal states', () => {
    expect(styleChanges(mapStyle(state), mapStyle({ ...state }))).toEqual([]);
  });

  test('applied to the old style it gives the new one, whatever layers come and go', () => {
    const states: MapState[] = [
      state,
      { ...state, backdrop: [] },
      {
        ...state,
        backdrop: [
          { layerId: 'b', type: 'eco-red-line' },
          { layerId: 'c', type: 'boundary' },
        ],
        selected: 3,
      },
      { ...state, verdicts: ['undetermined'] },
    ];
    for (const from of states) {
      for (const to of states) expect(applied(mapStyle(from), mapStyle(to))).toEqual(summary(mapStyle(to)));
    }
  });
});

type Style = ReturnType<typeof mapStyle>;
const summary = (style: Style) => ({
  sources: Object.keys(style.sources).sort(),
  layers: style.layers.map((layer) => [layer.id, 'filter' in layer ? layer.filter : undefined]),
});

/** A map that only keeps lists: it refuses what the real one would refuse. */
function applied(from: Style, to: Style) {
  const sources = new Set(Object.keys(from.sources));
  let layers = [...from.layers];
  for (const change of styleChanges(from, to)) {
    if (change.do === 'add-source') sources.add(change.id);
    else if (change.do === 'remove-source') {
      expect(layers.some((layer) => 'source' in layer && layer.source === change.id)).toBe(false);
      sources.delete(change.id);
    } else if (change.do === 'remove-layer') layers = layers.filter((layer) => layer.id !== change.id);
    else if (change.do === 'add-layer') {
      const place =
        change.before === undefined ? layers.length : layers.findIndex((layer) => layer.id === change.before);
      expect(place).toBeGreaterThanOrEqual(0);
      if ('source' in change.layer) expect(sources.has(change.layer.source as string)).toBe(true);
      layers.splice(place, 0, change.layer);
    } else {
      layers = layers.map((layer) =>
        layer.id === change.id ? ({ ...layer, filter: change.filter } as typeof layer) : layer,
      );
    }
  }
  return summary({ ...to, sources: Object.fromEntries([...sources].map((id) => [id, to.sources[id]!])), layers });
}

describe('the pictures of the map', () => {
  const alpha = (picture: Picture, x: number, y: number) => picture.data[(y * picture.width + x) * 4 + 3]!;

  test('the hatching repeats without a seam: diagonals leave the tile where they enter the next', () => {
    const picture = hatch();
    const last = picture.width - 1;
    for (let i = 1; i < picture.width; i++) {
      expect(alpha(picture, 0, i)).toBe(alpha(picture, i, 0));
      expect(alpha(picture, last, i)).toBe(alpha(picture, 0, i - 1));
    }
    const covered = picture.data.filter((_, i) => i % 4 === 3).reduce((sum, a) => sum + a, 0) / (255 * 256);
    expect(covered).toBeGreaterThan(0.1);
    expect(covered).toBeLessThan(0.35);
  });

  test('each verdict has a mark of its own shape, filled in the middle and clear at the corners', () => {
    const outlines = verdicts.map((verdict) => {
      const picture = mark(verdict);
      expect(alpha(picture, 16, 17)).toBe(255);
      expect(alpha(picture, 0, 0)).toBe(0);
      return picture.data
        .filter((_, i) => i % 4 === 3)
        .map((a) => (a > 128 ? 1 : 0))
        .join('');
    });
    expect(new Set(outlines).size).toBe(3);
    expect(new Set(verdicts.map(markId)).size).toBe(3);
  });
});
