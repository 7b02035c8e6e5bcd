/** The engines' own geometry under the functions every check uses, against answers computed elsewhere (shared/data/known-answers). */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { eachDatabase } from '../support/databases.ts';
import { type KnownOverlay, knownOverlays } from '../support/known-overlays.ts';
import { describeWithSharedData, hasSharedData, sharedData } from '../support/shared-data.ts';

interface Geodesic {
  src: string;
  ellipsoid: 'WGS84' | 'CGCS2000';
  latlon?: [number, number][];
  lonlat?: [number, number][] | string;
  area_m2: number;
  tol_m2: number;
}

const read = <T>(file: string) => JSON.parse(readFileSync(sharedData(file), 'utf8')) as T;

const operations: Record<KnownOverlay['op'], string> = {
  intersection: 'common_part(a, b)',
  union: 'united(array[a, b])',
  difference: 'rest_of(a, b)',
  symdifference: 'united(array[rest_of(a, b), rest_of(b, a)])',
};

/** A shape of any plane brought to where and as large as a parcel is in degrees, 0.01° beside 108° E, 29° N, and stored as one. */
const placed = (shape: string, valid: boolean) => {
  const sound = valid ? shape : `st_makevalid(${shape}, 'method=structure keepcollapsed=false')`;
  const scaled = `st_scale(st_translate(${sound}, -$3::float8, -$4::float8), $5::float8, $5::float8)`;
  const there = `st_setsrid(st_translate(${scaled}, 108, 29), 4490)`;
  return `case when st_isempty(${shape}) then st_setsrid(${shape}, 4490) else intake_place(${there}, 1e9) end`;
};

/** A file has no empty members: reading leaves them out. */
const withoutEmpty = (wkt: string) => wkt.replace(/\bEMPTY\s*,\s*|,\s*EMPTY\b/g, '');

describeWithSharedData('known answers', () => {
  // a suite of each database is drawn up only where the files can be read
  if (!hasSharedData) return it('are here', () => expect(hasSharedData).toBe(true));
  eachDatabase('of this engine', (open) => {
    let database: Database;
    beforeAll(async () => {
      database = await open();
    });

    it('of 148 overlays of the JTS suite are those of common_part, united and rest_of', async () => {
      const cases = knownOverlays();
      const wrong: string[] = [];
      for (const { file, case: name, op, a, b, a_valid, b_valid, expected_area } of cases) {
        const numbers = [...`${a} ${b}`.matchAll(/(-?[\d.]+(?:e-?\d+)?) (-?[\d.]+(?:e-?\d+)?)/gi)];
        const xs = numbers.map(([, x]) => Number(x));
        const ys = numbers.map(([, , y]) => Number(y));
        const [west, south] = [Math.min(...xs), Math.min(...ys)];
        const extent = Math.max(Math.max(...xs) - west, Math.max(...ys) - south);
        const { rows } = await database.pool.query<{ area: number; kind: string; valid: boolean }>(
          `select coalesce(st_area(shape), 0) as area, st_geometrytype(shape) as kind, st_isvalid(shape) as valid
           from (select ${placed('$1::geometry', a_valid)} as a, ${placed('$2::geometry', b_valid)} as b) given
           cross join lateral (select ${operations[op]} as shape offset 0) done`,
          [
            withoutEmpty(a),
            withoutEmpty(b),
            numbers.length === 0 ? 0 : west,
            numbers.length === 0 ? 0 : south,
            extent > 0 ? 0.01 / extent : 1,
          ],
        );
        const { area, kind, valid } = rows[0]!;
        const scale = extent > 0 ? (0.01 / extent) ** 2 : 1;
        // the grid is 1e-10 of the extent; a shape may have hundreds of edges
        if (!(Math.abs(area - expected_area * scale) <= 1e-7 * 1e-4) || kind !== 'ST_MultiPolygon' || !valid)
          wrong.push(`${file}, ${name}, ${op}: ${area / scale} (${kind}), not ${expected_area}`);
      }
      expect(cases).toHaveLength(148);
      expect(wrong).toEqual([]);
    });

    it('of ellipsoidal areas are those of ST_Area on geography', async () => {
      const cases = read<Geodesic[]>('known-answers/geodesic_areas.json');
      const wrong: string[] = [];
      for (const { src, ellipsoid, latlon, lonlat, area_m2, tol_m2 } of cases) {
        const ring = lonlat === 'see file' ? countyRing() : (latlon?.map(([lat, lon]) => [lon, lat]) ?? lonlat);
        const closed = [...(ring as number[][]), (ring as number[][])[0]!].map((point) => point.join(' ')).join(', ');
        const { rows } = await database.pool.query<{ area: number }>(
          'select st_area(st_geomfromtext($1, $2)::geography) as area',
          [`POLYGON((${closed}))`, ellipsoid === 'WGS84' ? 4326 : 4490],
        );
        if (!(Math.abs(rows[0]!.area - area_m2) <= tol_m2)) wrong.push(`${src}: ${rows[0]!.area}, not ${area_m2}`);
      }
      expect(cases).toHaveLength(11);
      expect(wrong).toEqual([]);
    });
  });
});

/** The outer ring of the county outline the figure was computed for. */
function countyRing(): number[][] {
  const { features } = read<{ features: { geometry: { type: string; coordinates: number[][][][] } }[] }>(
    'boundary/youyang_gcj02.json',
  );
  const [ring] = features[0]!.geometry.coordinates[0]!;
  return ring!.slice(0, -1);
}
