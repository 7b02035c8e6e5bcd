/** GeoPackages written table by table after OGC 12-128, with a knob for every lie. Knows nothing of the reader under test. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Point, prj4524 } from './make-shapefile.ts';

export interface GpkgLayer {
  name?: string;
  identifier?: string;
  type?: string;
  srsId?: number;
  /** columns as SQL, e.g. 'DKBH TEXT'; the key and the geometry are added */
  columns?: string[];
  rows?: { values: (string | number | bigint | null | Uint8Array)[]; geometry: Uint8Array | string | null }[];
}
export interface GpkgOptions {
  layers?: GpkgLayer[];
  srs?: { id: number; organization: string; code: number; definition: string }[];
  /** statements run at the end, for what no honest program writes */
  also?: string[];
}

export const square = (x: number, y: number, size = 100): Point[] => [
  [x, y],
  [x, y + size],
  [x + size, y + size],
  [x + size, y],
  [x, y],
];

/** WKB of a polygon; `big` end first, `z` adds heights */
export function polygonWkb(rings: Point[][], { big = false, z = false } = {}): Buffer {
  const out: Buffer[] = [];
  const uint = (n: number) => {
    const b = Buffer.alloc(4);
    if (big) b.writeUInt32BE(n);
    else b.writeUInt32LE(n);
    out.push(b);
  };
  const double = (n: number) => {
    const b = Buffer.alloc(8);
    if (big) b.writeDoubleBE(n);
    else b.writeDoubleLE(n);
    out.push(b);
  };
  out.push(Buffer.from([big ? 0 : 1]));
  uint(z ? 1003 : 3);
  uint(rings.length);
  for (const ring of rings) {
    uint(ring.length);
    for (const [x, y] of ring) {
      double(x);
      double(y);
      if (z) double(1234);
    }
  }
  return Buffer.concat(out);
}

/** GeoPackageBinary around WKB; flags as in §2.1.3 */
export function blob(wkb: Uint8Array, { flags = 1, srsId = 4524, envelope = 0 } = {}): Buffer {
  const head = Buffer.alloc(8 + envelope);
  head.write('GP', 0, 'latin1');
  head[3] = flags;
  if (flags & 1) head.writeInt32LE(srsId, 4);
  else head.writeInt32BE(srsId, 4);
  return Buffer.concat([head, wkb]);
}

export const plotBlob = (n = 0) => blob(polygonWkb([square(36_577_000 + 200 * n, 3_192_000)]));

export function makeGeopackage({ layers = [{}], srs, also = [] }: GpkgOptions = {}): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'zhanbu-gpkg-'));
  const path = join(folder, 'made.gpkg');
  try {
    const db = new DatabaseSync(path);
    db.exec(`pragma application_id = ${0x47504b47}; pragma user_version = 10300;
      create table gpkg_spatial_ref_sys (srs_name text not null, srs_id integer not null primary key, organization text not null,
        organization_coordsys_id integer not null, definition text not null, description text);
      create table gpkg_contents (table_name text not null primary key, data_type text not null, identifier text unique,
        description text default '', last_change datetime, min_x double, min_y double, max_x double, max_y double, srs_id integer);
      create table gpkg_geometry_columns (table_name text not null, column_name text not null, geometry_type_name text not null,
        srs_id integer not null, z tinyint not null, m tinyint not null);`);
    const systems = srs ?? [{ id: 4524, organization: 'EPSG', code: 4524, definition: prj4524 }];
    for (const s of systems)
      db.prepare('insert into gpkg_spatial_ref_sys values (?, ?, ?, ?, ?, null)').run(
        `srs ${s.id}`,
        s.id,
        s.organization,
        s.code,
        s.definition,
      );
    for (const layer of layers) writeLayer(db, layer);
    for (const statement of also) db.exec(statement);
    db.close();
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeLayer(db: DatabaseSync, layer: GpkgLayer): void {
  const { name = '地块', identifier = name, type = 'POLYGON', srsId = 4524, columns = ['DKBH TEXT'] } = layer;
  const rows = layer.rows ?? [
    { values: ['D1'], geometry: plotBlob(0) },
    { values: ['D2'], geometry: plotBlob(1) },
  ];
  const table = `"${name.replaceAll('"', '""')}"`;
  db.exec(`create table ${table} (fid INTEGER PRIMARY KEY, geom ${type}${columns.map((c) => `, ${c}`).join('')})`);
  db.prepare("insert into gpkg_contents (table_name, data_type, identifier, srs_id) values (?, 'features', ?, ?)").run(
    name,
    identifier,
    srsId,
  );
  db.prepare("insert into gpkg_geometry_columns values (?, 'geom', ?, ?, 0, 0)").run(name, type, srsId);
  const insert = db.prepare(`insert into ${table} values (null, ?${', ?'.repeat(columns.length)})`);
  for (const { values, geometry } of rows) insert.run(geometry, ...values);
}
