/** GeoPackage (OGC 12-128): feature tables of an SQLite database, read row by row. How the file is opened: gpkg-file.ts. */
import { AppError } from '../../errors.ts';
import { printable } from '../printable.ts';
import type { CrsStatement } from '../prj.ts';
import type { EncodingDecision, SpoolRow } from '../source-types.ts';
import { ExtremeTally } from '../vertex-check.ts';
import { WarningTally } from '../warnings.ts';
import { isArchiveOf, surveyMembers } from './archive-members.ts';
import type { Progress, ReadJob, Survey, VectorFormat } from './format.ts';
import { shapeOf } from './geojson-shapes.ts';
import { corrupt, type GuardedDatabase, openGuarded, quoted } from './gpkg-file.ts';
import { readBlob } from './gpkg-geometry.ts';
import { readSrs } from './gpkg-srs.ts';
import { holdsPolygons, type PackagedLayer, packagedLayers } from './gpkg-tables.ts';
import { joinSurveys } from './joined-layers.ts';
import { chooseNamed } from './layer-choice.ts';
import { type Cell, type Declared, TypedColumns } from './typed-columns.ts';

export const geopackage: VectorFormat = {
  id: 'geopackage',
  // whether it is one is settled by its tables: some programs leave the application id out
  sniff: (head) => head.subarray(0, 16).toString('latin1') === 'SQLite format 3\0',
  inArchive: (names, sublayer) => isArchiveOf('geopackage', names, sublayer),
  survey: (job, progress, archive) =>
    archive ? surveyMembers(job, progress, geopackage) : surveyPackage(job, progress, 'geopackage'),
};

/** `from`: the format that the person knows; a file geodatabase is made into a GeoPackage on the way. */
export async function surveyPackage(job: ReadJob, progress: Progress, from: 'geopackage' | 'filegdb'): Promise<Survey> {
  const db = openGuarded(job, (share) => progress(share / 5));
  try {
    const all = packagedLayers(db);
    const { chosen, passedOver } = choose(all, job);
    const warnings = new WarningTally();
    if (db.journaled)
      warnings.add('gpkg-in-use', '', { file: db.file }, () => ({
        zh: `${db.file} 上传时可能还在 QGIS 等软件中打开，最后的改动也许在它旁边的 -wal 文件里，没有一起上传：请关闭软件后核对图斑个数。`,
        en: `${db.file} was perhaps still open in QGIS or the like; the last changes may lie in the -wal file beside it, which did not come with it. Close the program and check the count.`,
      }));
    if (passedOver.length > 0) sayPassedOver(warnings, db.file, passedOver);
    const parts = chosen.map((layer, i) =>
      surveyLayer(db, layer, job, from, chosen.length > 1, i === 0 ? warnings : new WarningTally(), (share) =>
        progress(0.2 + (0.8 * (i + share)) / chosen.length),
      ),
    );
    const survey = joinSurveys(parts, job.fileName, job.limits);
    return { ...survey, close: () => db.close() };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Points and lines beside the one layer of polygons are no choice to be asked about, but they are named. */
function choose(all: PackagedLayer[], job: ReadJob): { chosen: PackagedLayer[]; passedOver: PackagedLayer[] } {
  const { sublayer } = job.options;
  if (sublayer !== undefined && sublayer !== '*')
    return { chosen: chooseNamed(all, sublayer, job.fileName), passedOver: [] };
  const polygons = all.filter(holdsPolygons);
  const file = printable(job.fileName);
  if (polygons.length === 0) {
    const list = all.map((l) => `${printable(l.name)}（${printable(l.geometryType)}）`);
    throw new AppError(
      'geometry-type',
      {
        zh: `${file} 里没有面图层，只有：${list.join('、')}。请导出面（Polygon 或 MultiPolygon）图层。`,
        en: `${file} has no layer of polygons, only ${list.join(', ')}. Export a layer of polygons.`,
      },
      { file, candidates: all.map((l) => printable(l.name)) },
    );
  }
  return {
    chosen: chooseNamed(polygons, sublayer, job.fileName),
    passedOver: all.filter((layer) => !polygons.includes(layer)),
  };
}

function sayPassedOver(warnings: WarningTally, file: string, layers: PackagedLayer[]): void {
  const list = layers.map((l) => `${printable(l.name)}（${printable(l.geometryType)}）`);
  warnings.add('layers-passed-over', '', { file, candidates: layers.map((l) => printable(l.name)) }, () => ({
    zh: `${file} 里不是面的图层未读入：${list.join('、')}。`,
    en: `Layers of ${file} that hold no polygons were not read: ${list.join(', ')}.`,
  }));
}

function surveyLayer(
  db: GuardedDatabase,
  layer: PackagedLayer,
  job: ReadJob,
  from: 'geopackage' | 'filegdb',
  oneOfSeveral: boolean,
  warnings: WarningTally,
  progress: Progress,
): Survey {
  const file = oneOfSeveral ? `${db.file}/${printable(layer.name)}` : db.file;
  const reader = new LayerReader(db, layer, job, file, warnings);
  const said = statementOf(db, layer, from);
  const count = reader.survey(progress);
  return {
    layers: [{ name: printable(layer.name), file, featureCount: count, said, extremes: reader.extremes.found() }],
    encoding: unicode[from],
    fields: reader.columns.fields(),
    rows: (report) => reader.rows(report, count),
    warnings: () => warnings.list(),
    close: () => {},
  };
}

const fixed = (zh: string, en: string): EncodingDecision => ({
  encoding: 'UTF-8',
  declared: null,
  source: 'format',
  reason: { zh, en },
});
const unicode = {
  geopackage: fixed('GeoPackage 规定为 UTF-8。', 'GeoPackage is UTF-8.'),
  filegdb: fixed('文件地理数据库的文字是 Unicode。', 'The text of a file geodatabase is Unicode.'),
};

function statementOf(db: GuardedDatabase, { srsId }: PackagedLayer, from: 'geopackage' | 'filegdb'): CrsStatement {
  // -1 and 0 are the undefined systems of the specification (§1.1.2.1.2)
  if (srsId === null || srsId === -1 || srsId === 0) return { kind: 'none' };
  const [srs] = db.all<Record<string, unknown>>(
    'select organization, organization_coordsys_id, definition from gpkg_spatial_ref_sys where srs_id = ?',
    srsId,
  );
  if (!srs)
    throw corrupt(db.file, {
      zh: `坐标系 ${srsId} 没有定义`,
      en: `its coordinate system ${srsId} is not defined`,
    });
  return readSrs(srs, db.file, from);
}

class LayerReader {
  readonly columns: TypedColumns;
  readonly extremes: ExtremeTally;
  readonly #db: GuardedDatabase;
  readonly #layer: PackagedLayer;
  readonly #job: ReadJob;
  readonly #file: string;
  readonly #warnings: WarningTally;
  readonly #sql: string;

  constructor(db: GuardedDatabase, layer: PackagedLayer, job: ReadJob, file: string, warnings: WarningTally) {
    this.#db = db;
    this.#layer = layer;
    this.#job = job;
    this.#file = file;
    this.#warnings = warnings;
    this.extremes = new ExtremeTally(file);
    this.columns = new TypedColumns(file, job.limits.fields, warnings);
    for (const column of layer.columns) this.columns.declare(column.name, column.declared);
    const wanted = [layer.rowid, layer.geometryColumn, ...layer.columns.map(({ name }) => name)].map(quoted);
    this.#sql = `select ${wanted.join(', ')} from ${quoted(layer.table)} order by 1`;
  }

  /** First pass; how many rows there are. */
  survey(progress: Progress): number {
    let row = 0;
    let before: bigint | undefined;
    const likely = this.#layer.statedCount ?? this.#job.limits.features;
    for (const values of this.#db.each(this.#sql)) {
      row++;
      const id = values[0] as bigint;
      // a page that several others point to would give its rows again and again
      if (before !== undefined && id <= before)
        throw corrupt(this.#file, { zh: `第 ${row} 行的行号没有递增`, en: `row ${row} is out of order` });
      before = id;
      if (row > this.#job.limits.features) throw this.#tooMany();
      for (const rings of this.#polygons(values, row)) for (const ring of rings) this.extremes.add(ring, row);
      this.columns.survey(this.#cells(values, row), row);
      if (row % 256 === 0) progress(Math.min(1, row / likely));
    }
    this.#compareCount(row);
    return row;
  }

  *rows(report: Progress, count: number): Generator<SpoolRow, void, undefined> {
    let row = 0;
    for (const values of this.#db.each(this.#sql)) {
      row++;
      yield {
        row,
        source_file: this.#file,
        attributes: this.columns.row(this.#cells(values)),
        ...shapeOf(this.#polygons(values, row)),
      };
      if (row % 64 === 0) report(row / count);
    }
  }

  #polygons(values: unknown[], row: number) {
    return readBlob(values[1], this.#layer.srsId, { file: this.#file, row }, this.#job.limits.verticesPerFeature);
  }

  /** Values by column; with `row`, what cannot be a value is said. */
  #cells(values: unknown[], row?: number): Map<string, Cell> {
    const cells = new Map<string, Cell>();
    for (const [i, { name, declared }] of this.#layer.columns.entries())
      cells.set(name, this.#cell(values[i + 2], name, declared, row));
    return cells;
  }

  #cell(value: unknown, field: string, declared: Declared, row: number | undefined): Cell {
    if (value === null || typeof value === 'string') return value;
    if (declared === 'boolean' && (value === 0n || value === 1n)) return value === 1n;
    if (typeof value === 'bigint') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    if (row !== undefined)
      this.#warnings.add('value-unreadable', field, { file: this.#file, row, field }, (n) => ({
        zh: `字段 ${printable(field)} 有 ${n} 个值是二进制数据或无穷大（首个在第 ${row} 行），按空值读入。`,
        en: `Field ${printable(field)} has ${n} value(s) that are binary or infinite (first in row ${row}); they were read as empty.`,
      }));
    return null;
  }

  /** Programs keep a count beside the table (by triggers, which we never run). */
  #compareCount(count: number): void {
    const stated = this.#layer.statedCount;
    if (stated === null || stated === count) return;
    this.#warnings.add('count-differs', this.#file, { file: this.#file }, () => ({
      zh: `${this.#file} 自记有 ${stated} 个图斑，实际读到 ${count} 个：请核对是否完整。`,
      en: `${this.#file} says it has ${stated} features; ${count} were read. Check that it is complete.`,
    }));
  }

  #tooMany(): AppError {
    const { features } = this.#job.limits;
    return new AppError(
      'too-many-features',
      {
        zh: `${this.#file} 超过 ${features} 个图斑。请按乡镇或项目拆分后分批上传。`,
        en: `${this.#file} has more than ${features} features. Split it by township or project.`,
      },
      { file: this.#file },
    );
  }
}
