/** Files that GDAL writes for a test, and what GDAL reads in them: the witness for what our readers give. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll } from 'vitest';
import { seeded } from '../support/seeded.ts';
import type { ZipMember } from './make-zip.ts';

const folder = mkdtempSync(join(tmpdir(), 'zhanbu-gdal-'));
export const removeGdalFiles = () => afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

export interface Feature {
  type: 'Feature';
  properties: Record<string, unknown>;
  geometry: { type: 'MultiPolygon'; coordinates: number[][][][] } | null;
}

/** Plots with holes, several parts, Chinese names, empty values and identifiers of 18 digits, by seed. */
export function seededPlots(n: number, [x0, y0]: [number, number], unit: number, seed = 1): Feature[] {
  const random = seeded(seed);
  const near = (size: number) => size * (0.8 + 0.2 * random());
  const ring = (x: number, y: number, size: number) => {
    const [w, h] = [near(size), near(size)];
    return [
      [x, y],
      [x + w, y + 0.1 * random() * size],
      [x + w, y + h],
      [x, y + h],
      [x, y],
    ];
  };
  return Array.from({ length: n }, (_, i) => {
    const [x, y] = [x0 + unit * 3 * (i % 20), y0 + unit * 3 * Math.floor(i / 20)];
    const hole = ring(x + unit * 0.2, y + unit * 0.2, unit * 0.3).reverse();
    const first = i % 3 === 0 ? [ring(x, y, unit), hole] : [ring(x, y, unit)];
    const coordinates = i % 4 === 0 ? [first, [ring(x + unit * 1.5, y, unit)]] : [first];
    return {
      type: 'Feature',
      properties: {
        DKBH: `D${i}`,
        项目名称: i % 5 === 0 ? null : `乗龙村高标准农田项目${i}`,
        面积: Math.round(random() * 1e6) / 1e4,
        数量: i,
        YSRQ: `2021-05-${String(1 + (i % 28)).padStart(2, '0')}`,
      },
      geometry: { type: 'MultiPolygon', coordinates },
    };
  });
}

/** Runs ogr2ogr from features in a system to a file of a name; its path. */
export function gdalMakes(features: Feature[], epsg: number, file: string, ...options: string[]): string {
  const source = join(folder, `${++count}.geojson`);
  const crs = { type: 'name', properties: { name: `urn:ogc:def:crs:EPSG::${epsg}` } };
  writeFileSync(source, JSON.stringify({ type: 'FeatureCollection', crs, features }));
  const target = join(folder, String(count), file);
  execFileSync('mkdir', ['-p', join(folder, String(count))]);
  gdalAdds(source, target, ...options);
  return target;
}
export function gdalAdds(source: string, target: string, ...options: string[]): void {
  execFileSync('ogr2ogr', [target, source, ...options], { stdio: ['ignore', 'ignore', 'ignore'] });
}

/** Every file of a folder as members of an archive, under the folder's own name. */
export function membersOf(path: string, under = ''): ZipMember[] {
  return (readdirSync(path, { recursive: true }) as string[])
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => ({ name: under + relative(join(path, '..'), file), data: readFileSync(file) }));
}

export interface Witnessed {
  properties: Record<string, unknown>;
  /** polygons → rings → points, empty for a null shape */
  polygons: [number, number][][][];
}

/** The rows of a layer as GDAL gives them, in its order, in the layer's own system. */
export function gdalReads(path: string, layer?: string): Witnessed[] {
  const args = ['-f', 'GeoJSON', '/vsistdout/', path, ...(layer ? [layer] : [])];
  const out = execFileSync(
    'ogr2ogr',
    [...args, '-lco', 'RFC7946=NO', '-lco', 'COORDINATE_PRECISION=17', '-dim', 'XY'],
    { encoding: 'utf8', maxBuffer: 1e9, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const { features } = JSON.parse(out) as {
    features: { properties: Record<string, unknown>; geometry: { type: string; coordinates: never } | null }[];
  };
  return features.map(({ properties, geometry }) => ({
    properties,
    polygons: geometry === null ? [] : geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates,
  }));
}
