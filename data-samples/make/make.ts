/**
 * Makes the sample county: npm run samples. The same bytes on every machine; `--out DIR` writes elsewhere.
 * The figures that its runs should give come from the witness: node data-samples/make/expected.ts.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as columns from './columns.ts';
import { type County, makeCounty } from './county.ts';
import { type Column, dbf, type TextEncoding } from './formats/dbf.ts';
import { geotiff } from './formats/geotiff.ts';
import { shapefile } from './formats/shapefile.ts';
import { zip } from './formats/zip.ts';
import { landUse } from './land-use.ts';
import { patches } from './lattice.ts';
import { manifest } from './manifest.ts';
import type { Feature, Polygon } from './model.ts';
import { firstUpload, secondUpload } from './parcels.ts';
import { type PlaneId, prj, toPlane } from './planes.ts';
import { townships } from './site.ts';
import { type Grid, noData } from './terrain.ts';
import { slopeZones } from './zones.ts';

const gbk: TextEncoding = { name: 'gbk', ldid: 0x4d };
const gbkUnsaid: TextEncoding = { name: 'gbk', ldid: 0 };
const utf8: TextEncoding = { name: 'utf-8', ldid: 0 };

interface Table {
  features: Feature[];
  columns: Column[];
  plane: PlaneId;
  encoding: TextEncoding;
  cpg?: string;
}

/** Every file of the county: name → bytes. */
export async function sampleFiles(): Promise<Map<string, Buffer>> {
  const county = makeCounty();
  const { masks, later } = county;
  const tables: Record<string, Table> = {
    parcels: { features: firstUpload(county, later), columns: columns.parcelColumns, plane: 4529, encoding: gbk },
    parcels_later: {
      features: secondUpload(later),
      columns: columns.laterParcelColumns,
      plane: 4550,
      encoding: gbkUnsaid,
      cpg: 'GBK',
    },
    dltb_2018: {
      features: landUse(county, 2018),
      columns: columns.landUseColumns(2018),
      plane: 4529,
      encoding: gbkUnsaid,
    },
    dltb_2020: { features: olderNames(landUse(county, 2020)), columns: olderColumns(), plane: 4529, encoding: gbk },
    dltb_2023: {
      features: landUse(county, 2023),
      columns: columns.landUseColumns(2023),
      plane: 4529,
      encoding: utf8,
      cpg: 'UTF-8',
    },
    stbhhx: { features: masks.redLine, columns: columns.redLineColumns, plane: 4490, encoding: utf8, cpg: 'UTF-8' },
    xzq_county: { features: boundary(county), columns: columns.boundaryColumns, plane: 4529, encoding: gbk },
    xzq_township: { features: townshipFeatures(county), columns: columns.townshipColumns, plane: 4529, encoding: gbk },
    levelling: { features: masks.levelling, columns: columns.levellingColumns, plane: 4529, encoding: gbk },
    occupation: { features: masks.occupation, columns: columns.occupationColumns, plane: 4550, encoding: gbk },
    steep_ban: { features: masks.steepBan, columns: columns.steepBanColumns, plane: 4499, encoding: gbk },
    slope_zones: { features: slopeZones(county.slope), columns: columns.zoneColumns, plane: 4529, encoding: gbk },
  };
  const files = new Map<string, Buffer>();
  for (const [stem, table] of Object.entries(tables)) files.set(`${stem}.zip`, await zip(shapefileOf(stem, table)));
  files.set('issues.geojson', Buffer.from(geojson(masks.issue)));
  files.set('dem_30m.tif', raster(county.dem, true));
  files.set('slope_30m.tif', raster(county.slope, false));
  return files;
}

function shapefileOf(stem: string, table: Table): [string, Buffer][] {
  const moved = table.features.map(
    (f) => f.polygons?.map((p) => p.map((ring) => ring.map((at) => toPlane(at, table.plane)))) ?? null,
  );
  const { shp, shx } = shapefile(moved);
  const names = table.columns.map((c) => c.name);
  const rows = table.features.map((f) => names.map((name) => f.attributes[name] ?? null));
  return [
    [`${stem}.shp`, shp],
    [`${stem}.shx`, shx],
    [`${stem}.dbf`, dbf(table.columns, rows, table.encoding)],
    [`${stem}.prj`, Buffer.from(prj[table.plane])],
    ...(table.cpg ? [[`${stem}.cpg`, Buffer.from(table.cpg)] as [string, Buffer]] : []),
  ];
}

function olderColumns(): Column[] {
  return columns.landUseColumns(2020).map((c) => (c.name.startsWith('ZZSX') ? { ...c, name: `GD${c.name}` } : c));
}

function olderNames(features: Feature[]): Feature[] {
  return features.map((f) => ({
    ...f,
    attributes: { ...f.attributes, GDZZSXDM: f.attributes['ZZSXDM']!, GDZZSXMC: f.attributes['ZZSXMC']! },
  }));
}

function boundary(county: County): Feature[] {
  return [{ polygons: [county.boundary], attributes: { XZQDM: '990001', XZQMC: '云溪县（示例）' } }];
}

function townshipFeatures(county: County): Feature[] {
  const found = patches((i, j) => (county.inCounty(i, j) ? county.townshipOf(i, j) : null));
  return townships.map((name, n) => ({
    polygons: found.filter((p) => p.label === name).map((p): Polygon => p.rings),
    attributes: { XZQDM: `990001${String(n === 0 ? 1 : 100 + n).padStart(3, '0')}`, XZQMC: name },
  }));
}

/** Degrees of CGCS2000 with 10 decimals; a shell turns anticlockwise, as the format asks. */
function geojson(features: Feature[]): string {
  const lines = features.map((f) => {
    const coordinates = f.polygons!.map((rings) =>
      rings.map((ring) => [...ring, ring[0]!].map((at) => toPlane(at, 4490))),
    );
    return JSON.stringify({
      type: 'Feature',
      properties: f.attributes,
      geometry: { type: 'MultiPolygon', coordinates },
    });
  });
  return `{"type":"FeatureCollection","features":[\n${lines.join(',\n')}\n]}\n`;
}

function raster(grid: Grid, pixelIsPoint: boolean): Buffer {
  const [east, north] = toPlane([grid.x0, grid.y0], 4529);
  const citation = 'CGCS2000 / 3-degree Gauss-Kruger zone 41';
  return geotiff(grid, { east, north, cellM: 30, epsg: 4529, citation, pixelIsPoint, noData });
}

export async function writeSamples(folder: string): Promise<void> {
  const files = await sampleFiles();
  await rm(join(folder, 'county'), { recursive: true, force: true });
  await mkdir(join(folder, 'county'), { recursive: true });
  for (const [name, bytes] of files) await writeFile(join(folder, 'county', name), bytes);
  await writeFile(join(folder, 'county.json'), pretty(manifest(files)));
}

/** As the formatter has it: a list of words on one line where it fits into 120. */
function pretty(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  const inOne = text.replace(
    /^(.*)\[\n((?:\s*"[^"]*",?\n)+)\s*\](,?)$/gm,
    (whole, before: string, items: string, comma: string) => {
      const line = `${before}[${items.trim().replace(/,\s+/g, ', ')}]${comma}`;
      return line.length <= 120 ? line : whole;
    },
  );
  return `${inOne}\n`;
}

if (import.meta.main) {
  const given = process.argv.indexOf('--out');
  const folder = given > 0 ? process.argv[given + 1]! : fileURLToPath(new URL('..', import.meta.url));
  await writeSamples(folder);
}
