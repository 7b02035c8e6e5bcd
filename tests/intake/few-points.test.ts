/** A shape of one point or two gets the same answer from every format: the row stays, without a shape, with the fault and its place. */
import { describe, expect, it } from 'vitest';
import { basicHeads, cornerRows, csvOf, xlsxOf } from './make-corners.ts';
import { blob, makeGeopackage, polygonWkb } from './make-geopackage.ts';
import { type Point, zippedLayer } from './make-shapefile.ts';
import { makeTxt } from './make-txt.ts';
import { read } from './reading.ts';

const [x, y] = [36_577_000, 3_192_000];
const good: Point[] = [
  [x, y],
  [x + 100, y],
  [x + 100, y + 100],
  [x, y],
];
const crs = { type: 'name', properties: { name: 'EPSG:4524' } };
/** a sound shape on either side, so that the odd one is neither the only nor the last */
const writers: Record<string, (ring: Point[]) => Promise<Buffer | string> | Buffer | string> = {
  'a.zip': (ring) => zippedLayer({ shapes: [[good], [ring], [good]] }),
  'a.geojson': (ring) =>
    JSON.stringify({
      type: 'FeatureCollection',
      crs,
      features: [good, ring, good].map((one) => ({
        type: 'Feature',
        properties: {},
        geometry: { type: 'Polygon', coordinates: [one] },
      })),
    }),
  'a.gpkg': (ring) =>
    makeGeopackage({
      layers: [{ rows: [good, ring, good].map((one) => ({ values: ['a'], geometry: blob(polygonWkb([one])) })) }],
    }),
  'a.txt': (ring) => makeTxt([good, ring, good].map((one) => ({ rings: [one] }))),
  'a.csv': (ring) =>
    csvOf([basicHeads, ...cornerRows([good, ring, good].map((one, i) => ({ id: `${i}`, rings: [one] })))]),
  'a.xlsx': (ring) =>
    xlsxOf({ a: [basicHeads, ...cornerRows([good, ring, good].map((one, i) => ({ id: `${i}`, rings: [one] })))] }),
};

describe.each<[string, Point[]]>([
  ['two points', good.slice(0, 2)],
  ['two points, there and back', [good[0]!, good[1]!, good[0]!]],
  ['one point', good.slice(0, 1)],
  ['one point, twice', [good[0]!, good[0]!]],
])('%s', (_, ring) => {
  it.each(Object.keys(writers))('%s', async (name) => {
    const { report, rows } = await read(await writers[name]!(ring), { name });
    expect(rows.map(({ wkb, faults }) => [wkb === null, faults.map((f) => [f.code, f.x, f.y])])).toEqual([
      [false, []],
      [true, [['ring-too-few-points', x, y]]],
      [false, []],
    ]);
    expect(report.warnings.map(({ code }) => code).filter((code) => code !== 'crs-inferred')).toEqual([]);
  });
});
