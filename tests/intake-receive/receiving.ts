/** Files made for one test, and what a database holds. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { readConfig } from '../../server/config.ts';
import type { Database } from '../../server/database/connect.ts';
import type { ReceiveDeps } from '../../server/intake/request.ts';

export type Point = [number, number];

const folder = mkdtempSync(join(tmpdir(), 'zhanbu-receive-'));
let count = 0;

/** Writes bytes to a file of its own; the folder goes when the test file is done. */
export function fileOf(bytes: Buffer | string, name: string): { path: string; fileName: string } {
  const path = join(folder, `${++count}-${name}`);
  writeFileSync(path, bytes);
  return { path, fileName: name };
}
export const removeFiles = () => afterAll(() => rmSync(folder, { recursive: true, force: true }));

export const depsOf = (database: Database): ReceiveDeps => ({ database, config: readConfig({}) });

export interface Plot {
  rings: Point[][] | null;
  /** more polygons of the same feature */
  more?: Point[][][];
  properties?: Record<string, unknown>;
}

/** GeoJSON in any EPSG code, said by its crs member; null for none. */
export function geojson(plots: Plot[], epsg: number | null = 4524): Buffer {
  return Buffer.from(
    JSON.stringify({
      type: 'FeatureCollection',
      ...(epsg === null ? {} : { crs: { type: 'name', properties: { name: `urn:ogc:def:crs:EPSG::${epsg}` } } }),
      features: plots.map(({ rings, more, properties }) => ({
        type: 'Feature',
        properties: properties ?? {},
        geometry:
          rings === null
            ? null
            : more
              ? { type: 'MultiPolygon', coordinates: [rings, ...more] }
              : { type: 'Polygon', coordinates: rings },
      })),
    }),
  );
}

export function square(x: number, y: number, size: number): Point[] {
  return [
    [x, y],
    [x + size, y],
    [x + size, y + size],
    [x, y + size],
    [x, y],
  ];
}
export const east = 36_577_000;
export const north = 3_192_000;
/** the n-th plot of rows of a hundred, 100 m wide, 200 m apart */
export const plotAt = (n: number, size = 100): Point[][] => [
  square(east + 200 * (n % 100), north + 200 * Math.floor(n / 100), size),
];
export const bowTie = (x: number, y: number, size = 100): Point[][] => [
  [
    [x, y],
    [x + size, y + size],
    [x + size, y],
    [x, y + size],
    [x, y],
  ],
];

/** Rows of every table that receiving writes to. */
export async function rowCounts(database: Database): Promise<Record<string, number>> {
  const tables = [
    'parcel_set',
    'parcel',
    'layer',
    'layer_feature',
    'layer_piece',
    'raster_tile',
    'raster_view',
    'region',
  ];
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const { rows } = await database.pool.query<{ n: number }>(`select count(*)::int as n from ${table}`);
    counts[table] = rows[0]!.n;
  }
  return counts;
}
