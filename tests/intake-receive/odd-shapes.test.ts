import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { receiveParcels } from '../../server/intake/receive-parcels.ts';
import { eachDatabase } from '../support/databases.ts';
import { depsOf, east, fileOf, north, type Point, removeFiles, square } from './receiving.ts';

removeFiles();

const move = (points: [number, number][]): Point[] => points.map(([x, y]) => [x + east, y + north]);
const box = (x: number, y: number, size: number) => square(x + east, y + north, size);

/** Shape, the area by hand in the plane (m²; of a repaired one: all that its ring encloses), the faults due. */
const shapes: { name: string; rings?: Point[][]; parts?: Point[][][]; area: number; faults: string[] }[] = [
  { name: 'a square', rings: [box(0, 0, 100)], area: 10_000, faults: [] },
  { name: 'a square with a square hole', rings: [box(0, 0, 100), box(20, 20, 40)], area: 8400, faults: [] },
  { name: 'two squares of one parcel', parts: [[box(0, 0, 100)], [box(200, 0, 50)]], area: 12_500, faults: [] },
  {
    name: 'an island in a hole',
    parts: [[box(0, 0, 100), box(20, 20, 60)], [box(40, 40, 20)]],
    area: 6800,
    faults: [],
  },
  {
    name: 'a hole that touches its shell in a point',
    rings: [
      box(0, 0, 100),
      move([
        [0, 50],
        [40, 60],
        [40, 40],
        [0, 50],
      ]),
    ],
    area: 9600,
    faults: [],
  },
  {
    name: 'a bow-tie',
    rings: [
      move([
        [0, 0],
        [100, 100],
        [100, 0],
        [0, 100],
        [0, 0],
      ]),
    ],
    area: 5000,
    faults: ['self-intersection'],
  },
  {
    name: 'a chain of two bow-ties, both crossings told',
    rings: [
      move([
        [0, 0],
        [100, 100],
        [200, 0],
        [200, 100],
        [100, 0],
        [0, 100],
        [0, 0],
      ]),
    ],
    area: 10_000,
    faults: ['self-intersection', 'self-intersection'],
  },
  {
    name: 'a figure eight that touches itself in a vertex',
    rings: [
      move([
        [0, 0],
        [50, 50],
        [100, 0],
        [100, 100],
        [50, 50],
        [0, 100],
        [0, 0],
      ]),
    ],
    area: 5000,
    faults: ['self-touch'],
  },
  {
    name: 'a square with a spike outwards',
    rings: [
      move([
        [0, 0],
        [100, 0],
        [100, 50],
        [180, 50],
        [100, 50],
        [100, 100],
        [0, 100],
        [0, 0],
      ]),
    ],
    area: 10_000,
    faults: ['self-touch', 'self-overlap', 'spike'],
  },
  {
    name: 'a pentagram',
    rings: [
      move([
        [50, 100],
        [79.389, 9.549],
        [2.447, 65.451],
        [97.553, 65.451],
        [20.611, 9.549],
        [50, 100],
      ]),
    ],
    // five points and the pentagon between them, by Shapely 1.8 (polygonize): the shell is all that its ring encloses
    area: 2806.433,
    faults: Array.from({ length: 5 }, () => 'self-intersection'),
  },
];

/** ellipsoid ÷ plane at this place: DOMAIN §1.7, 9998.5357 for a 100 m square */
const scale = 0.99985357;

eachDatabase('odd shapes', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });

  describe('are stored sound, with the area and the faults worked out by hand', () => {
    it.each(shapes)('$name', async ({ rings, parts, area, faults, name }) => {
      const geometry = parts ? { type: 'MultiPolygon', coordinates: parts } : { type: 'Polygon', coordinates: rings };
      const text = JSON.stringify({
        type: 'FeatureCollection',
        crs: { type: 'name', properties: { name: 'EPSG:4524' } },
        features: [{ type: 'Feature', properties: { DKBH: name }, geometry }],
      });
      const { parcel_set_id } = await receiveParcels(depsOf(database), fileOf(text, 'odd.geojson'));
      const { rows } = await database.pool.query(
        'select area_m2, faults, st_isvalid(geom) as sound, st_isempty(geom) as empty from parcel where parcel_set_id = $1',
        [parcel_set_id],
      );
      expect(rows[0]).toMatchObject({ sound: true, empty: false });
      const found = rows[0].faults as { code: string; lon: number; lat: number }[];
      expect(found.map((fault) => fault.code)).toEqual(faults);
      for (const fault of found) {
        expect(Math.abs(fault.lon - 108.789)).toBeLessThan(0.003);
        expect(Math.abs(fault.lat - 28.842)).toBeLessThan(0.002);
      }
      expect(Math.abs(rows[0].area_m2 - area * scale)).toBeLessThan(1e-5 * area);
    });
  });
});
