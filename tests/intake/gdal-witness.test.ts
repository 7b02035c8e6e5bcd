/** Counts, fields and coordinates of every format that GDAL can write, as GDAL itself reads them. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { SpoolRow } from '../../server/intake/source-types.ts';
import { requirePart } from '../support/parts.ts';
import { gdalMakes, gdalReads, membersOf, removeGdalFiles, seededPlots, type Witnessed } from './gdal-files.ts';
import { makeZip } from './make-zip.ts';
import { polygonsIn, type Read, read } from './reading.ts';

removeGdalFiles();

/** `to` makes GDAL's value comparable where it writes one in its own way; coordinates agree to `within`, in units of the file. */
function compare({ report, rows }: Read, witness: Witnessed[], within = 0, to = (value: unknown) => value): void {
  expect(report.feature_count).toBe(witness.length);
  for (const [i, { attributes, wkb }] of rows.entries()) {
    const expected = Object.fromEntries(Object.entries(witness[i]!.properties).map(([k, v]) => [k, to(v)]));
    expect(attributes).toEqual(expected);
    const [ours, theirs] = [wkb ? polygonsIn(wkb) : [], witness[i]!.polygons];
    expect(ours.map((p) => p.map((r) => r.length))).toEqual(theirs.map((p) => p.map((r) => r.length)));
    const [a, b] = [ours.flat(3), theirs.flat(3)];
    for (const [j, value] of a.entries())
      if (Math.abs(value - b[j]!) > within) expect([i, j, value]).toEqual([i, j, b[j]]);
  }
}
/** GDAL writes dates into GeoJSON with slashes or dashes, by version */
const dashed = (value: unknown) =>
  typeof value === 'string' ? value.replace(/^(\d{4})\/(\d\d)\/(\d\d)$/, '$1-$2-$3') : value;

requirePart('gdal')('what GDAL reads is what is read', () => {
  it('from a GeoPackage', async () => {
    const plots = seededPlots(300, [36_577_000.125, 3_192_000.375], 40);
    plots[7]!.geometry = null;
    const path = gdalMakes(plots, 4524, '地块.gpkg', '-nln', '补充耕地', '-mapFieldType', 'Integer=Integer64');
    const ours = await read(readFileSync(path), { name: '地块.gpkg' });
    expect(ours.report).toMatchObject({
      layers: [{ name: '补充耕地', feature_count: 300 }],
      crs: { srid: 4524 },
      warnings: [],
    });
    compare(ours, gdalReads(path), 1e-9, dashed);
  });

  it.each(['KML', 'LIBKML'])('from a KML of the driver %s', async (driver) => {
    const plots = seededPlots(300, [108.8, 28.8], 0.0004);
    const path = gdalMakes(plots, 4490, '地块.kml', '-f', driver, '-nln', '补充耕地');
    const ours = await read(readFileSync(path), { name: '地块.kml', srid: 4490 });
    // GDAL adds columns of its own (Name, tessellate, …); LIBKML loses dates, which stand in no schema
    const theirs = gdalReads(path);
    const keys = Object.keys(plots[0]!.properties).filter((key) => theirs.some(({ properties }) => key in properties));
    expect(keys.length).toBe(driver === 'KML' ? 5 : 4);
    const only = (from: Record<string, unknown>) =>
      Object.fromEntries(keys.map((key) => [key, dashed(from[key] ?? null)]));
    const rows = ours.rows.map((row) => ({ ...row, attributes: only(row.attributes) as SpoolRow['attributes'] }));
    const witness = theirs.map(({ properties, polygons }) => ({ properties: only(properties), polygons }));
    compare({ ...ours, rows }, witness, 1e-9);
  });

  it('from a file geodatabase', async () => {
    const plots = seededPlots(300, [36_577_000.125, 3_192_000.375], 40);
    plots[7]!.geometry = null;
    const path = gdalMakes(plots, 4524, 'db.gdb', '-f', 'OpenFileGDB', '-nln', 'BCGD');
    const ours = await read(makeZip(membersOf(path)), { name: 'db.zip' });
    expect(ours.report).toMatchObject({ layers: [{ name: 'BCGD', feature_count: 300 }], crs: { srid: 4524 } });
    // its dates are points in time: GDAL says midnight, we the day
    const day = (value: unknown) =>
      typeof value === 'string' ? value.replace(/^(\d{4}).(\d\d).(\d\d)[ T]00:00:00Z?$/, '$1-$2-$3') : value;
    const own = new Set(['SHAPE_Length', 'SHAPE_Area']);
    const witness = gdalReads(path).map(({ properties, polygons }) => ({
      properties: Object.fromEntries(Object.entries(properties).filter(([key]) => !own.has(key))),
      polygons,
    }));
    compare(ours, witness, 1e-9, (value) => dashed(day(value)));
  });
});
