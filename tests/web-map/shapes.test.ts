import { describe, expect, test } from 'vitest';
import type { Parcel } from '../../web-map/src/api/types.ts';
import { frameOf, namePoints, parcelShapes } from '../../web-map/src/map/shapes.ts';

const square = (west: number, south: number, size: number) => [
  [
    [west, south],
    [west + size, south],
    [west + size, south + size],
    [west, south + size],
    [west, south],
  ],
];
const parcel = (coordinates: number[][][][] | null): Parcel =>
  ({
    type: 'Feature',
    geometry: coordinates && { type: 'MultiPolygon', coordinates },
    properties: { verdict: 'undetermined', project_name: 'x' },
  }) as unknown as Parcel;

describe('what the map is given', () => {
  test('a parcel is its shape, one mark in its largest part, and no more than index and verdict', () => {
    const { areas, marks } = parcelShapes([parcel(null), parcel([square(1, 1, 1), square(10, 20, 4)])]);
    expect(areas.features).toHaveLength(1);
    expect(areas.features[0]?.properties).toEqual({ index: 1, verdict: 'undetermined' });
    expect(marks.features[0]?.geometry.coordinates).toEqual([12, 22]);
  });

  test('an empty shape is left out, on its own and among others', () => {
    expect(parcelShapes([parcel([])]).areas.features).toEqual([]);
    expect(frameOf([null, { coordinates: [] }])).toBeNull();
  });

  test('the frame holds every position of all shapes', () => {
    expect(frameOf([{ coordinates: square(108, 28, 0.5) }, null, { coordinates: [square(107, 29, 0.25)] }])).toEqual([
      107, 28, 108.5, 29.25,
    ]);
  });

  test('a name has one place, whatever tiles its shape crosses', () => {
    const shape = (name: string | null) => ({
      type: 'Feature' as const,
      geometry: { type: 'Polygon' as const, coordinates: square(0, 0, 2) },
      properties: { name, number: null, class_code: null },
    });
    expect(namePoints([shape('金坪镇'), shape(null), shape('')]).features).toEqual([
      { type: 'Feature', geometry: { type: 'Point', coordinates: [1, 1] }, properties: { name: '金坪镇' } },
    ]);
  });
});
