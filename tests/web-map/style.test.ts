import {
  createExpression,
  type FillLayerSpecification,
  type FilterSpecification,
  featureFilter,
  type SymbolLayerSpecification,
  validateStyleMin,
} from '@maplibre/maplibre-gl-style-spec';
import { describe, expect, test } from 'vitest';
import { verdicts } from '../../server/domain/outcome.ts';
import { looks } from '../../web-map/src/layers/index.ts';
import { cellFills, cellLayers } from '../../web-map/src/map/cell-style.ts';
import { verdictLooks } from '../../web-map/src/map/palette.ts';
import { matchingTiles } from '../../web-map/src/map/parcel-filter.ts';
import { hatch, hatchId, mark, markId, type Picture } from '../../web-map/src/map/raster-marks.ts';
import {
  type BackdropLayer,
  type MapState,
  mapStyle,
  marksUpToZoom,
  pickableLayers,
} from '../../web-map/src/map/style.ts';
import { styleChanges } from '../../web-map/src/map/style-changes.ts';
import type { TileSource } from '../../web-map/src/map/tiles.ts';
import { type Filters, noFilters } from '../../web-map/src/state/filters.ts';

const source = (id: string, singlyFrom = 0): TileSource => ({
  template: `http://here/${id}/{z}/{y}/{x}`,
  singlyFrom,
  frame: [108, 28, 109, 29],
});
const behind = (layerId: string, type: string, hits: string[] = []): BackdropLayer => ({
  layerId,
  type,
  source: source(layerId),
  hits,
});
const state: MapState = {
  backdrop: [behind('a', 'township'), behind('b', 'eco-red-line')],
  run: { runId: 'r', source: source('r'), matching: null },
  verdict: null,
};
const asking = (filters: Partial<Filters>, singlyFrom = 0, decided = 0): MapState => {
  const all = source('r', singlyFrom);
  const matching = matchingTiles(all.template, { ...noFilters, ...filters }, decided);
  return { ...state, run: { runId: 'r', source: all, matching }, verdict: filters.verdict ?? null };
};
const idsOf = (given: MapState) => mapStyle(given).layers.map((layer) => layer.id);
const at = (ids: string[], id: string) => {
  const place = ids.indexOf(id);
  expect(place, id).toBeGreaterThanOrEqual(0);
  return place;
};

describe('the style of the map', () => {
  test('draws red lines below parcels, what is flagged above what is not, and the selected one on top', () => {
    const ids = idsOf(state);
    expect(at(ids, 'layer:b:features:0')).toBeLessThan(at(ids, 'parcel:compliant:fill'));
    expect(at(ids, 'parcel:compliant:line')).toBeLessThan(at(ids, 'parcel:undetermined:fill'));
    expect(at(ids, 'parcel:undetermined:line')).toBeLessThan(at(ids, 'parcel:non_compliant:fill'));
    expect(at(ids, 'parcel:non_compliant:line')).toBeLessThan(at(ids, 'piece:fill'));
    expect(at(ids, 'cell:compliant:count')).toBeLessThan(at(ids, 'selected:line'));
  });

  test('hatches what is undetermined and only that, singly and in cells: colour is never the only sign', () => {
    const patterns = mapStyle(state).layers.filter((layer) => layer.type === 'fill' && layer.paint?.['fill-pattern']);
    expect(patterns.map((layer) => layer.id)).toEqual(['parcel:undetermined:hatch', 'cell:undetermined:hatch']);
    expect(patterns[0]).toMatchObject({
      paint: { 'fill-pattern': hatchId },
      filter: ['==', ['get', 'verdict'], 'undetermined'],
    });
    expect(new Set(verdicts.map((verdict) => verdictLooks[verdict].mark)).size).toBe(3);
    expect(new Set(verdicts.map((verdict) => verdictLooks[verdict].lineWidth)).size).toBe(3);
  });

  test('asks no other host for anything: no glyphs, no sprite, tiles where it was told they are', () => {
    const style = mapStyle(state);
    expect(style.glyphs).toBeUndefined();
    expect(style.sprite).toBeUndefined();
    expect(JSON.stringify(style).match(/https?:\/\/\w+/g)).toEqual(['http://here', 'http://here', 'http://here']);
  });

  test('is a style by the specification, whatever is filtered by', () => {
    for (const filters of [noFilters, { verdict: 'undetermined', township: '', area_min: 3 } as const])
      expect(
        validateStyleMin(
          mapStyle({ ...asking(filters), backdrop: looks.map(({ type }, i) => behind(String(i), type, ['1'])) }),
        ),
      ).toEqual([]);
  });

  test('names each source it draws from, and each layer once', () => {
    const style = mapStyle({ ...state, backdrop: [behind('a', 'township', ['3'])] });
    const ids = style.layers.map((layer) => layer.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const layer of style.layers) {
      if (!('source' in layer)) continue;
      const from = style.sources[layer.source as string];
      expect(from, layer.id).toBeDefined();
      expect('source-layer' in layer, layer.id).toBe(from?.type === 'vector');
    }
  });

  test('leaves out a layer type it has no look for, and everything of a run that is not there', () => {
    const ids = idsOf({ backdrop: [behind('dem', 'dem')], run: null, verdict: null });
    expect(ids.filter((id) => /^(layer|parcel|mark|cell):/.test(id))).toEqual([]);
  });

  test('reads tiles deep enough to draw singly, and never deeper than they tell anything new', () => {
    const maxzoom = (singlyFrom: number) => mapStyle(asking({}, singlyFrom)).sources['run:r'];
    expect(maxzoom(9)).toMatchObject({ type: 'vector', maxzoom: 16, bounds: [108, 28, 109, 29] });
    expect(maxzoom(18)).toMatchObject({ maxzoom: 18 });
  });

  test('lets a click hit the worst verdict first, and only layers that exist', () => {
    expect(pickableLayers[0]).toBe('mark:non_compliant');
    const ids = idsOf(state);
    for (const id of [...pickableLayers, ...cellFills]) at(ids, id);
  });

  test('shows marks only while parcels are too small to see', () => {
    for (const layer of mapStyle(state).layers) {
      if (layer.id.startsWith('mark:')) expect(layer).toMatchObject({ maxzoom: marksUpToZoom, type: 'symbol' });
    }
  });

  test('marks the polygons of a layer that the selected parcel meets', () => {
    const ids = idsOf({ ...state, backdrop: [behind('b', 'eco-red-line', ['HX-1'])] });
    expect(at(ids, 'hit:b')).toBeGreaterThan(at(ids, 'parcel:non_compliant:line'));
    expect(idsOf(state).filter((id) => id.startsWith('hit:'))).toEqual([]);
  });
});

describe('filters on the map', () => {
  const parcel = { verdict: 'non_compliant', township: '金坪镇', area_m2: 667 };
  /** which layers draw a parcel that is in the tiles of all, and, where there are others, in those of what matches */
  function drawn(filters: Partial<Filters>, matches: boolean): string[] {
    const style = mapStyle(asking(filters));
    return style.layers
      .filter((layer) => /^parcel:.*:line$/.test(layer.id))
      .filter((layer) => {
        const { source, filter } = layer as { source: string; filter?: FilterSpecification };
        if (source === 'run:r:matching' && !matches) return false;
        return featureFilter(filter, 'filter').filter({ zoom: 14 }, {
          type: 3,
          properties: parcel,
          geometry: [],
        } as never);
      })
      .map((layer) => layer.id.split(':')[1]!);
  }

  test('without any, a parcel is drawn by its verdict alone', () => expect(drawn({}, true)).toEqual(['non_compliant']));

  test('of a verdict the tiles of all tell: one that has it is drawn, another faintly', () => {
    expect(drawn({ verdict: 'non_compliant' }, true)).toEqual(['non_compliant']);
    expect(drawn({ verdict: 'undetermined' }, false)).toEqual(['other']);
    expect(Object.keys(mapStyle(asking({ verdict: 'undetermined' })).sources)).not.toContain('run:r:matching');
  });

  test.each<[Partial<Filters>]>([
    [{ check: 'eco-red-line' }],
    [{ check: 'eco-red-line', outcome: 'undetermined' }],
    [{ state: 'suspected' }],
    [{ q: 'x' }],
    [{ township: '' }],
    [{ area_min: 667 }],
  ])('%j is asked of the server: what matches has tiles of its own, all lie faintly beneath', (filters) => {
    expect(drawn(filters, true)).toEqual(['other', 'non_compliant']);
    expect(drawn(filters, false)).toEqual(['other']);
    expect(drawn({ ...filters, verdict: 'compliant' }, true)).toEqual(['other']);
    const { layers, sources } = mapStyle(asking({ ...filters, verdict: 'compliant' }));
    const [[key, value]] = Object.entries(filters) as [[string, unknown]];
    const address = new URL((sources['run:r:matching'] as { tiles: string[] }).tiles[0]!);
    expect(address.searchParams.get(key)).toBe(String(value));
    expect(address.searchParams.get('verdict')).toBeNull();
    const from = (start: string) =>
      new Set(layers.filter(({ id }) => id.startsWith(start)).map((layer) => (layer as { source: string }).source));
    for (const start of ['cell:', 'mark:', 'parcel:compliant'])
      expect(from(start)).toEqual(new Set(['run:r:matching']));
    expect(from('parcel:other')).toEqual(new Set(['run:r']));
  });

  test('those left out are read only from where they are drawn', () => {
    const others = mapStyle(asking({ q: 'x' }, 11)).layers.filter(({ id }) => id.startsWith('parcel:other'));
    expect(others.map(({ minzoom }) => minzoom)).toEqual([11, 11]);
  });
});

describe('cells', () => {
  const cell = { count: 100, compliant: 60, non_compliant: 25, undetermined: 15 };
  const shown = (properties: Record<string, number>, asked: Filters['verdict'] = null) =>
    cellLayers('s', asked).filter((layer) => {
      const { filter } = featureFilter((layer as { filter: FilterSpecification }).filter, 'filter');
      return filter({ zoom: 9 }, { type: 3, properties, geometry: [] } as never);
    });
  const text = (properties: Record<string, number>, asked: Filters['verdict'] = null) => {
    const layer = shown(properties, asked).find((one) => one.type === 'symbol') as SymbolLayerSpecification;
    const compiled = createExpression(layer.layout!['text-field'], 'text-field');
    if (compiled.result === 'error') throw new Error(String(compiled.value));
    return compiled.value.evaluate({ zoom: 9 }, { type: 3, properties } as never);
  };

  test('wear the colour of the worst verdict in them, the fuller the more have it', () => {
    expect(shown(cell).map((layer) => layer.id)).toEqual([
      'cell:non_compliant:fill',
      'cell:non_compliant:line',
      'cell:non_compliant:count',
    ]);
    expect(shown({ ...cell, non_compliant: 0 })[0]?.id).toBe('cell:undetermined:fill');
    expect(shown({ ...cell, non_compliant: 0, undetermined: 0 })[0]?.id).toBe('cell:compliant:fill');
    const { paint } = shown(cell)[0] as FillLayerSpecification;
    const opacity = createExpression(paint!['fill-opacity'], 'fill-opacity');
    if (opacity.result === 'error') throw new Error(String(opacity.value));
    // 0.18 + 0.57 × 25 %
    expect(opacity.value.evaluate({ zoom: 9 }, { type: 3, properties: cell } as never)).toBeCloseTo(0.3225);
  });

  test('say how many there are, and how many of the worst kind, with its sign', () => {
    expect(text(cell)).toBe('100\n▲ 25');
    expect(text({ ...cell, non_compliant: 0 })).toBe('100\n◆ 15');
    expect(text({ count: 60, compliant: 60, non_compliant: 0, undetermined: 0 })).toBe('60');
  });

  test('count one verdict alone where that is asked for, and are gone where there is none of it', () => {
    expect(text(cell, 'undetermined')).toBe('◆ 15');
    expect(shown({ ...cell, undetermined: 0 }, 'undetermined')).toEqual([]);
  });
});

describe('from one style to the next', () => {
  test('another verdict changes what is drawn of the tiles that are there, so that none is fetched again', () => {
    for (const others of [{}, { township: '金坪镇' }]) {
      const changes = styleChanges(mapStyle(asking(others)), mapStyle(asking({ ...others, verdict: 'compliant' })));
      expect(changes.length).toBeGreaterThan(9);
      for (const change of changes) expect(['filter', 'remove-layer', 'add-layer']).toContain(change.do);
    }
  });

  test('another text, and a decision while a state is asked, change where tiles come from and nothing else', () => {
    expect(styleChanges(mapStyle(asking({ q: 'a' })), mapStyle(asking({ q: 'a b&v=3' })))).toEqual([
      { do: 'tiles', id: 'run:r:matching', tiles: ['http://here/r/{z}/{y}/{x}?q=a+b%26v%3D3'] },
    ]);
    const decided = [0, 1].map((n) => mapStyle(asking({ state: 'suspected', q: '{z}' }, 0, n))) as [Style, Style];
    expect(styleChanges(...decided)).toEqual([
      { do: 'tiles', id: 'run:r:matching', tiles: ['http://here/r/{z}/{y}/{x}?state=suspected&q=%7Bz%7D#1'] },
    ]);
    const unasked = [0, 1].map((n) => mapStyle(asking({ q: 'a' }, 0, n))) as [Style, Style];
    expect(styleChanges(...unasked)).toEqual([]);
  });

  test('another opacity repaints and nothing else, so that a slider moves without a flicker', () => {
    const faint = { ...state, backdrop: [state.backdrop[0]!, { ...state.backdrop[1]!, opacity: 0.5 }] };
    const changes = styleChanges(mapStyle(state), mapStyle(faint));
    expect(changes.length).toBeGreaterThan(2);
    expect(new Set(changes.map((change) => change.do))).toEqual(new Set(['paint']));
    // its filling is 0.12 by its look
    expect(changes).toContainEqual({ do: 'paint', id: 'layer:b:features:0', name: 'fill-opacity', value: 0.06 });
    expect(changes).toContainEqual({ do: 'paint', id: 'layer:b:features:1', name: 'line-opacity', value: 0.5 });
    expect(validateStyleMin(mapStyle(faint))).toEqual([]);
  });

  test('nothing changes between equal states', () => {
    expect(styleChanges(mapStyle(state), mapStyle({ ...state }))).toEqual([]);
  });

  test('applied to the old style it gives the new one, whatever layers and runs come and go', () => {
    const states: MapState[] = [
      state,
      { ...state, backdrop: [] },
      { ...state, backdrop: [behind('b', 'eco-red-line', ['7']), behind('c', 'boundary')] },
      { ...state, backdrop: [{ ...behind('b', 'eco-red-line'), opacity: 0.4 }] },
      { ...state, run: null },
      { ...state, run: { runId: 'other', source: source('other'), matching: null } },
      asking({ verdict: 'undetermined' }),
      asking({ q: 'x' }),
      asking({ q: 'y', verdict: 'compliant' }, 9),
    ];
    for (const from of states) {
      for (const to of states) expect(applied(mapStyle(from), mapStyle(to))).toEqual(summary(mapStyle(to)));
    }
  });
});

type Style = ReturnType<typeof mapStyle>;
const summary = (style: Style) => ({
  sources: Object.keys(style.sources).sort(),
  layers: style.layers.map((layer) => [layer.id, 'filter' in layer ? layer.filter : undefined, layer.paint]),
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
    } else if (change.do === 'tiles') expect(sources.has(change.id)).toBe(true);
    else if (change.do === 'remove-layer') layers = layers.filter((layer) => layer.id !== change.id);
    else if (change.do === 'add-layer') {
      const place =
        change.before === undefined ? layers.length : layers.findIndex((layer) => layer.id === change.before);
      expect(place).toBeGreaterThanOrEqual(0);
      if ('source' in change.layer) expect(sources.has(change.layer.source as string)).toBe(true);
      layers.splice(place, 0, change.layer);
    } else if (change.do === 'paint') {
      const { id, name, value } = change;
      layers = layers.map((layer) => {
        const { [name]: _, ...rest } = (layer.paint ?? {}) as Record<string, unknown>;
        const paint = value === undefined ? rest : { ...rest, [name]: value };
        return layer.id === id ? ({ ...layer, paint } as typeof layer) : layer;
      });
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
