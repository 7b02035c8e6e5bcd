import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { describe, expect, test } from 'vitest';
import type { Review } from '../../web-map/src/api/review-types.ts';
import type { LayerItem, Tileset } from '../../web-map/src/api/types.ts';
import { photoShapes } from '../../web-map/src/map/photo-style.ts';
import { mapStyle } from '../../web-map/src/map/style.ts';
import { aroundOf, type PictureLayer } from '../../web-map/src/map/terrain-style.ts';
import { beside, pictureSources } from '../../web-map/src/map/tiles.ts';
import { rastersOf } from '../../web-map/src/state/terrain.ts';

const picture = (id: string, more: Partial<PictureLayer> = {}): PictureLayer => ({
  id,
  tiles: [`http://here/${id}/{z}/{y}/{x}`],
  zooms: [6, 18],
  frame: [108, 28, 109, 29],
  opacity: 0.5,
  sharp: true,
  ...more,
});
const run = {
  runId: 'r',
  source: { template: 'http://here/r/{z}/{y}/{x}', singlyFrom: 0, frame: null },
  matching: null,
};

describe('pictures of the ground', () => {
  const style = mapStyle({
    backdrop: [{ layerId: 'a', type: 'township', source: run.source, hits: [] }],
    run,
    verdict: null,
    ground: [picture('base', { sharp: false, frame: null, zooms: [0, 18] }), picture('slope')],
    over: [picture('steep')],
  });
  const at = (id: string) => style.layers.findIndex((layer) => layer.id === id);

  test('lie under layers and parcels, what is steep over them, and the style is one by the specification', () => {
    expect(validateStyleMin(style)).toEqual([]);
    const order = [
      'paper',
      'base',
      'slope',
      'layer:a:features:0',
      'parcel:compliant:fill',
      'steep',
      'selected:line',
    ].map(at);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
  });

  test('are asked for only where they are, and cells keep their edges', () => {
    expect(style.sources['slope']).toMatchObject({
      type: 'raster',
      bounds: [108, 28, 109, 29],
      minzoom: 6,
      maxzoom: 18,
    });
    expect(style.layers[at('slope')]).toMatchObject({
      paint: { 'raster-resampling': 'nearest', 'raster-opacity': 0.5 },
    });
    expect(style.layers[at('base')]).toMatchObject({ paint: { 'raster-resampling': 'linear' } });
  });

  test('come from the templates of a tileset, beside the page under any prefix', () => {
    const set: Tileset = {
      version: '1',
      boundingBox: { lowerLeft: [108, 28], upperRight: [109, 29] },
      links: [
        { rel: 'self', href: '/x' },
        {
          rel: 'item',
          templated: true,
          style: 'slope',
          minTileMatrix: '9',
          href: '/ogc/{tileMatrix}/{tileRow}/{tileCol}?v=1',
        },
      ],
    };
    expect(pictureSources(set, 'https://host/prefix/')).toEqual([
      { style: 'slope', template: 'https://host/prefix/ogc/{z}/{y}/{x}?v=1', from: 9, frame: [108, 28, 109, 29] },
    ]);
  });

  test('are of the rasters that the run was judged by, slopes before elevations; without a run the newest', () => {
    const raster = (layer_id: string, type: string, created_at: string): LayerItem => ({
      layer_id,
      type,
      created_at,
      year: null,
      name: '',
    });
    const layers = [
      raster('dem', 'dem', '2024-03'),
      raster('old', 'slope', '2024-01'),
      raster('new', 'slope', '2024-02'),
      raster('red', 'eco-red-line', '2024-02'),
    ];
    const ids = (used?: string[]) => rastersOf(layers, used).map((layer) => layer.layer_id);
    expect(ids()).toEqual(['new', 'dem']);
    expect(ids(['old', 'red'])).toEqual(['old']);
    expect(ids(['red'])).toEqual([]);
  });

  test('about a parcel reach as far again to every side, and 500 m at least', () => {
    const around = [107.99, 27.98, 108.02, 28.04].map((degrees) => expect.closeTo(degrees, 9));
    expect(aroundOf([108, 28, 108.01, 28.02])).toEqual(around);
    const [west, , east] = aroundOf([108, 28, 108, 28]);
    expect(east - west).toBeCloseTo(0.01, 9);
  });
});

test('photos stand where they were taken, each once, those without a position nowhere', () => {
  const photo = (attachment_id: string, lon: number | null, lat: number | null) => ({
    attachment_id,
    file_name: `${attachment_id}.jpg`,
    lon,
    lat,
  });
  const history = [
    { attachments: [photo('a', 108.8, 28.8), photo('pdf', null, null)] },
    { attachments: [photo('a', 108.8, 28.8), photo('b', 0, 0)] },
  ] as unknown as Review[];
  const { features } = photoShapes(history, (name) => `照片 ${name}`);
  expect(features.map(({ geometry, properties }) => [properties.name, geometry.coordinates])).toEqual([
    ['照片 a.jpg', [108.8, 28.8]],
    ['照片 b.jpg', [0, 0]],
  ]);
});

describe('the tiles of a basemap', () => {
  test('that is a file of the service lie beside the page, whatever it is served under', () => {
    const path = '/ogc/basemaps/1/tiles/WebMercatorQuad/{z}/{y}/{x}';
    expect(beside(path, 'http://here/zhanbu/')).toBe(
      'http://here/zhanbu/ogc/basemaps/1/tiles/WebMercatorQuad/{z}/{y}/{x}',
    );
  });
  test('of another host stay where they are', () => {
    const there = 'https://t0.tianditu.gov.cn/img_w/wmts?TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=K';
    expect(beside(there, 'http://here/zhanbu/')).toBe(there);
  });
});
