import { describe, expect, test } from 'vitest';
import type { PieceFeature } from '../../web-map/src/api/types.ts';
import { frameOf, framesTogether, pieceShapes, selectedShapes } from '../../web-map/src/map/shapes.ts';

const square = (west: number, south: number, size: number) => [
  [
    [west, south],
    [west + size, south],
    [west + size, south + size],
    [west, south + size],
    [west, south],
  ],
];
const multi = (...coordinates: number[][][][]) => ({ type: 'MultiPolygon' as const, coordinates });

describe('what the map is given of the selected parcel', () => {
  test('its outline, and one point in its largest part for the ring', () => {
    const shape = multi(square(1, 1, 1), square(10, 20, 4));
    const { features } = selectedShapes(shape);
    expect(features.map((feature) => feature.geometry)).toEqual([shape, { type: 'Point', coordinates: [12, 22] }]);
  });

  test('nothing of a parcel without a shape, or with an empty one', () => {
    expect(selectedShapes(null).features).toEqual([]);
    expect(selectedShapes(multi()).features).toEqual([]);
    expect(frameOf([null, { coordinates: [] }])).toBeNull();
  });

  test('its pieces, each with the word that stands on it and the reasons that are told on hover', () => {
    const piece = (geometry: PieceFeature['geometry']): PieceFeature => ({
      type: 'Feature',
      geometry,
      properties: { measure: 'deduct', reasons: ['eco-red-line'], area_m2: 12 },
    });
    const polygon = { type: 'Polygon' as const, coordinates: square(0, 0, 1) };
    const { features } = pieceShapes(
      [piece(null), piece(polygon)],
      ({ measure }) => `word ${measure}`,
      ({ reasons }) => reasons.join(),
    );
    expect(features).toEqual([
      {
        type: 'Feature',
        geometry: polygon,
        properties: { measure: 'deduct', word: 'word deduct', reasons: 'eco-red-line' },
      },
    ]);
  });
});

describe('frames', () => {
  test('hold every position of all shapes', () => {
    expect(frameOf([{ coordinates: square(108, 28, 0.5) }, null, { coordinates: [square(107, 29, 0.25)] }])).toEqual([
      107, 28, 108.5, 29.25,
    ]);
  });

  test('are put around frames, and there is none around nothing', () => {
    expect(framesTogether([[1, 2, 3, 4], null, [0, 3, 2, 9]])).toEqual([0, 2, 3, 9]);
    expect(framesTogether([null])).toBeNull();
  });
});
