/** The feature tables that a GeoPackage lists, and the columns of each. */
import { AppError } from '../../errors.ts';
import { printable } from '../printable.ts';
import { corrupt, type GuardedDatabase } from './gpkg-file.ts';
import type { Named } from './layer-choice.ts';
import type { Declared } from './typed-columns.ts';

export interface PackagedLayer extends Named {
  table: string;
  /** a name under which the integer key of the rows can be selected */
  rowid: string;
  geometryColumn: string;
  /** upper case, as declared: POLYGON, GEOMETRY, … */
  geometryType: string;
  srsId: number | null;
  /** rows as a program counted them; null where none did */
  statedCount: number | null;
  /** attributes in table order, geometry and a generated key left out */
  columns: { name: string; declared: Declared }[];
}

/** Whether a layer of this type can have polygons in it. */
export const holdsPolygons = ({ geometryType }: PackagedLayer) => /POLYGON|SURFACE|^GEOM/.test(geometryType);

/** Keys that programs number by themselves; a key of any other name is the person's own and stays. */
const generatedKey = /^(fid|ogc_fid|objectid|rowid|gid)$/i;

/** Throws format-unsupported where it is another SQLite database, no-shapefile where no features are in it. */
export function packagedLayers(db: GuardedDatabase): PackagedLayer[] {
  const kinds = new Map(
    db
      .all<{ name: string; type: string; wr: number }>(
        "select name, type, wr from pragma_table_list where schema = 'main'",
      )
      .map(({ name, type, wr }) => [name.toLowerCase(), { type, wr }]),
  );
  if (!kinds.has('gpkg_contents') || !kinds.has('gpkg_geometry_columns')) throw otherDatabase(db.file);
  for (const name of ['gpkg_contents', 'gpkg_geometry_columns', 'gpkg_spatial_ref_sys'])
    if (kinds.get(name)?.type !== 'table')
      throw corrupt(db.file, { zh: `缺少表 ${name}`, en: `it lacks the table ${name}` });
  const listed = listedIn(db);
  if (listed.length === 0) throw noFeatures(db.file);
  const counts = kinds.get('gpkg_ogr_contents')?.type === 'table' ? countsOf(db) : new Map<string, number>();
  return listed.map((row) => {
    const kind = kinds.get(row.name.toLowerCase());
    const name = printable(row.name);
    if (!kind) throw corrupt(db.file, { zh: `图层 ${name} 没有对应的表`, en: `the layer ${name} has no table` });
    if (kind.type !== 'table' || kind.wr) throw notPlain(db.file, name);
    return layerOf(db, row, counts.get(row.name.toLowerCase()) ?? null);
  });
}

interface Listed {
  name: string;
  identifier: string | undefined;
  geometryColumn: string;
  geometryType: string;
  srsId: number | null;
}

/** Feature tables in the order of gpkg_contents. SQLite keeps any value in any column: texts are made sure to be texts. */
function listedIn(db: GuardedDatabase): Listed[] {
  const geometries = db.all<Record<string, unknown>>(
    'select table_name, column_name, geometry_type_name, srs_id from gpkg_geometry_columns',
  );
  const byTable = new Map(geometries.map((row) => [String(row['table_name']).toLowerCase(), row]));
  const several = geometries.filter((row) => byTable.get(String(row['table_name']).toLowerCase()) !== row);
  const contents = db.all<Record<string, unknown>>(
    "select table_name, identifier from gpkg_contents where data_type = 'features' order by rowid",
  );
  return contents.flatMap(({ table_name, identifier }) => {
    const geometry = byTable.get(String(table_name).toLowerCase());
    if (!geometry) return [];
    const others = several.filter(
      (row) => String(row['table_name']).toLowerCase() === String(table_name).toLowerCase(),
    );
    if (others.length > 0) throw severalGeometries(db.file, String(table_name), [...others, geometry]);
    const { column_name, geometry_type_name, srs_id } = geometry;
    return {
      name: String(table_name),
      identifier: typeof identifier === 'string' ? identifier : undefined,
      geometryColumn: String(column_name),
      geometryType: String(geometry_type_name ?? 'GEOMETRY').toUpperCase(),
      srsId: typeof srs_id === 'number' ? srs_id : null,
    };
  });
}

/** The standard allows one to a table (OGC 12-128r19, 2.1.5); which is meant is not for us to guess (THREATS T4). */
function severalGeometries(file: string, table: string, rows: Record<string, unknown>[]): AppError {
  const candidates = rows.map((row) => printable(String(row['column_name'])));
  return new AppError(
    'several-shapefiles',
    {
      zh: `${file} 的图层 ${printable(table)} 登记了 ${rows.length} 个图形字段：${candidates.slice(0, 40).join('、')}。请只保留要核查的一个图形字段，另存为新的 GeoPackage 后上传。`,
      en: `The layer ${printable(table)} of ${file} lists ${rows.length} geometry columns: ${candidates.slice(0, 40).join(', ')}. Keep the one to be checked, save it as a new GeoPackage and upload that.`,
    },
    { file, candidates },
  );
}

function countsOf(db: GuardedDatabase): Map<string, number> {
  const rows = db.all<{ table_name: string; feature_count: number | null }>(
    'select table_name, feature_count from gpkg_ogr_contents',
  );
  return new Map(
    rows
      .filter(({ feature_count }) => typeof feature_count === 'number')
      .map(({ table_name, feature_count }) => [String(table_name).toLowerCase(), feature_count!]),
  );
}

function layerOf(db: GuardedDatabase, listed: Listed, statedCount: number | null): PackagedLayer {
  const columns = db.all<{ name: string; type: string; pk: number; hidden: number }>(
    'select name, type, pk, hidden from pragma_table_xinfo(?)',
    listed.name,
  );
  const geometry = columns.find(({ name }) => name.toLowerCase() === listed.geometryColumn.toLowerCase());
  if (geometry?.hidden !== 0)
    throw corrupt(db.file, {
      zh: `图层 ${printable(listed.name)} 没有图形字段 ${printable(listed.geometryColumn)}`,
      en: `the layer ${printable(listed.name)} lacks its geometry column ${printable(listed.geometryColumn)}`,
    });
  const keys = columns.filter(({ pk }) => pk > 0);
  // only INTEGER PRIMARY KEY, to the letter, is the rowid itself
  const key = keys.length === 1 && keys[0]!.type.toUpperCase() === 'INTEGER' ? keys[0]!.name : undefined;
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()));
  const rowid = key ?? ['rowid', '_rowid_', 'oid'].find((name) => !taken.has(name));
  if (rowid === undefined) throw notPlain(db.file, printable(listed.name));
  return {
    name: listed.name,
    alias: listed.identifier,
    table: listed.name,
    rowid,
    geometryColumn: geometry.name,
    geometryType: listed.geometryType,
    srsId: listed.srsId,
    statedCount,
    columns: columns
      // a generated column is an expression of the schema: it is not run
      .filter(
        ({ name, hidden }) => hidden === 0 && name !== geometry.name && !(name === key && generatedKey.test(name)),
      )
      .map(({ name, type }) => ({ name, declared: declaredAs(type) })),
  };
}

function declaredAs(type: string): Declared {
  const plain = type.toUpperCase();
  return plain === 'BOOLEAN' ? 'boolean' : plain === 'DATE' || plain === 'DATETIME' ? 'date' : undefined;
}

function otherDatabase(file: string): AppError {
  return new AppError(
    'format-unsupported',
    {
      zh: `${file} 是 SQLite 数据库，但不是 GeoPackage（没有 gpkg_contents 表）。请导出为 GeoPackage，或导出为 shapefile 并打成 zip。`,
      en: `${file} is an SQLite database but no GeoPackage (it lacks gpkg_contents). Export it as GeoPackage or as a zipped shapefile.`,
    },
    { file },
  );
}

function noFeatures(file: string): AppError {
  return new AppError(
    'no-shapefile',
    {
      zh: `GeoPackage ${file} 里没有矢量图层（可能只有影像瓦片或属性表）。请导出面图层。`,
      en: `The GeoPackage ${file} holds no feature layer (perhaps only tiles or tables). Export a layer of polygons.`,
    },
    { file, candidates: [] },
  );
}

function notPlain(file: string, name: string): AppError {
  return new AppError(
    'format-unsupported',
    {
      zh: `${file} 的图层 ${name} 是视图或虚拟表，不会执行文件自带的查询。请把该图层另存为普通图层后上传。`,
      en: `The layer ${name} of ${file} is a view or a virtual table; queries inside a file are not run. Save it as a plain layer.`,
    },
    { file, candidates: [name] },
  );
}
