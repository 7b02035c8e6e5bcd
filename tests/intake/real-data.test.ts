/** The demonstration county, as it came out of GDAL, against figures taken by hand from ogrinfo and against GDAL itself. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { layerLimits } from '../../server/domain/limits.ts';
import { readSpool, readVectorSource } from '../../server/intake/read-source.ts';
import type { SourceReport, SpoolRow } from '../../server/intake/source-types.ts';
import { hasPart } from '../support/parts.ts';
import { describeWithSharedData, sharedData } from '../support/shared-data.ts';
import { polygonsIn } from './reading.ts';

async function readAll(zip: string): Promise<{ report: SourceReport; rows: SpoolRow[] }> {
  const report = await readVectorSource(sharedData(`youyang-demo/${zip}.zip`), `${zip}.zip`, {}, layerLimits, {
    purpose: 'layer',
  });
  try {
    const rows: SpoolRow[] = [];
    for await (const row of readSpool(report.spool)) rows.push(row);
    return { report, rows };
  } finally {
    rmSync(report.spool);
  }
}

describeWithSharedData('the demonstration county [shared/data/youyang-demo]', () => {
  // ogrinfo -al -so, and the first feature by ogrinfo -al -fid 0 (GDAL 3.6.2)
  it.each([
    [
      'bcgd_parcels',
      655,
      'LDID 77',
      'ldid',
      [36537769.763938, 3190600.738448, 36566687.59009, 3205314.56821],
      { DKBH: 'BG00001', DKMC: '补充耕地1号', DLBM: '0403', DLMC: '人工牧草地', DKMJ: 0.4564, SRC_OSM: 'r11609302' },
    ],
    [
      'stbhhx_redline',
      3,
      'UTF-8',
      'cpg',
      [36536310.656716, 3189369.926216, 36556073.622958, 3210123.322316],
      { MC: 'Parc Natural de la Vall de Sorteny', LXDM: '01', QYMJ: 10860296.27 },
    ],
    [
      'dltb_2013',
      207,
      'LDID 77',
      'ldid',
      [36533912.025624, 3187428.180496, 36567236.619439, 3217853.685128],
      { TBBH: '1', DLBM: '0301', DLMC: '乔木林地', TBMJ: 7123365.38, SJNF: 2013, SRC_OSM: 'r1161383' },
    ],
    [
      'dltb_2023',
      2899,
      'GBK',
      'cpg',
      [36533928.339436, 3178022.821564, 36567236.619439, 3217853.685128],
      { TBBH: '1', DLBM: '0404', DLMC: '其他草地', TBMJ: 18718133.39, SJNF: 2023, SRC_OSM: 'r411235' },
    ],
  ] as const)(
    '%s: %i rows, text and extent as ogrinfo says, nothing to warn of',
    async (zip, count, declared, source, bbox, first) => {
      const { report, rows } = await readAll(zip);
      expect(report).toMatchObject({
        feature_count: count,
        warnings: [],
        crs: { srid: 4524, epsg_found: 4524, source: 'prj' },
        encoding: { encoding: declared === 'UTF-8' ? 'UTF-8' : 'GB18030', declared, source },
      });
      expect(report.bbox.map((v) => v.toFixed(6))).toEqual(bbox.map((v) => v.toFixed(6)));
      expect(rows.map((r) => r.row)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
      expect(rows[0]!.attributes).toEqual(first);
      expect(rows.every((r) => r.wkb !== null && r.faults.length === 0)).toBe(true);
    },
  );

  const withGdal = hasPart('gdal') || process.env['CI'] === 'true' ? it : it.skip;
  withGdal.each(['bcgd_parcels', 'dltb_2013', 'dltb_2023', 'stbhhx_redline'])(
    '%s: every attribute and every coordinate is what GDAL reads [needs gdal]',
    async (zip) => {
      const geojson = execFileSync(
        'ogr2ogr',
        // not RFC 7946: that would change to WGS 84
        [
          '-f',
          'GeoJSON',
          '-lco',
          'RFC7946=NO',
          '-lco',
          'COORDINATE_PRECISION=15',
          '/vsistdout/',
          `/vsizip/${sharedData(`youyang-demo/${zip}.zip`)}`,
        ],
        { maxBuffer: 1e9, encoding: 'utf8' },
      );
      const { features } = JSON.parse(geojson) as {
        features: { properties: object; geometry: { type: string; coordinates: never } }[];
      };
      const { rows } = await readAll(zip);
      expect(rows.map((row) => row.attributes)).toEqual(features.map((feature) => feature.properties));
      const different: number[] = [];
      for (const [i, { geometry }] of features.entries()) {
        const theirs = (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates) as number[][][][];
        if (shapeKey(polygonsIn(rows[i]!.wkb!)) !== shapeKey(theirs)) different.push(i + 1);
      }
      expect(different).toEqual([]);
    },
  );
});

/** Polygons as sets of rings: holes sorted, polygons sorted, rings from their smallest point and one way round. */
function shapeKey(polygons: number[][][][]): string {
  return polygons
    .map(([outer, ...holes]) => [ringKey(outer!), ...holes.map(ringKey).sort()].join(' / '))
    .sort()
    .join(' + ');
}
function ringKey(ring: number[][]): string {
  const points = ring.slice(0, -1).map((p) => `${p[0]},${p[1]}`);
  const start = points.indexOf([...points].sort()[0]!);
  const turned = [...points.slice(start), ...points.slice(0, start)];
  const back = [turned[0]!, ...turned.slice(1).reverse()];
  return [turned.join(';'), back.join(';')].sort()[0]!;
}
