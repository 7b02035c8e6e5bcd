/** Zipped shapefiles: one layer, or several of like fields joined. Bytes are read in shp.ts and dbf.ts, the archive in zip-guard.ts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../errors.ts';
import { printable } from '../printable.ts';
import { readPrj } from '../prj.ts';
import { cleanRing, multiPolygonWkb, polygonsByNesting, type Ring } from '../rings.ts';
import type { EncodingDecision, ShapeFault, SpoolRow, Warning } from '../source-types.ts';
import { type Declared, declaredEncoding, EncodingTally, encodingOfPerson, TextReader } from '../text-encoding.ts';
import { ExtremeTally } from '../vertex-check.ts';
import { WarningTally } from '../warnings.ts';
import { GuardedZip } from '../zip-guard.ts';
import { DbfTable } from './dbf.ts';
import { readRow, surveyRow } from './dbf-values.ts';
import type { Progress, ReadJob, Survey, SurveyedLayer, VectorFormat } from './format.ts';
import { type Layer, planFields } from './shapefile-fields.ts';
import { chooseLayers, type LayerFiles, type Part } from './shapefile-layers.ts';
import { ShpFile } from './shp.ts';

export const shapefile: VectorFormat = {
  id: 'shapefile',
  sniff: (head) =>
    head.subarray(0, 4).toString('latin1') === 'PK\x03\x04' ||
    head.subarray(0, 4).toString('latin1') === 'PK\x05\x06' ||
    head.subarray(0, 4).toString('latin1') === 'PK\x07\x08',
  survey,
};

interface Unpacked {
  name: string;
  file: string;
  paths: Partial<Record<Part, string>> & { shp: string; dbf: string };
  shown: Record<Part, string>;
}

async function survey(job: ReadJob, progress: Progress): Promise<Survey> {
  const unpacked = await unpack(job, (share) => progress(share / 2));
  const warnings = new WarningTally();
  const layers: Layer[] = [];
  const surveyed: SurveyedLayer[] = [];
  try {
    let features = 0;
    for (const [i, files] of unpacked.entries()) {
      const layer = openLayer(files, job, warnings);
      layers.push(layer.open);
      surveyed.push(surveyLayer(layer, job, features, (share) => progress(0.5 + (i + share) / unpacked.length / 2)));
      features += surveyed[i]!.featureCount;
      decideEncoding(layer, job);
    }
    const { fields, plans } = planFields(layers, job.fileName, warnings);
    const early = [...layers.flatMap((l) => l.warnings), ...differentEncodings(layers)];
    return {
      layers: surveyed,
      encoding: encodingOf(layers),
      fields,
      *rows(report) {
        const total = features || 1;
        let done = 0;
        for (const [i, layer] of layers.entries()) {
          const text = new TextReader(layer.encoding!.encoding);
          for (const { row, rings, bytes } of liveRows(layer)) {
            const attributes = readRow(layer.dbf, bytes, row, plans[i]!, text, warnings);
            yield { row, source_file: layer.file, attributes, ...shapeOf(rings) } satisfies SpoolRow;
            if (++done % 64 === 0 || rings.length > 1000) report(done / total);
          }
        }
      },
      warnings: () => [...early, ...warnings.list()],
      close: () => closeAll(layers),
    };
  } catch (error) {
    closeAll(layers);
    throw error;
  }
}

function closeAll(layers: Layer[]): void {
  for (const layer of layers) {
    layer.shp.close();
    layer.dbf.close();
  }
}

/** The files of the chosen layers, inflated under names of our own. */
async function unpack(job: ReadJob, progress: Progress): Promise<Unpacked[]> {
  const zip = await GuardedZip.open(job.path, job.fileName, job.limits);
  try {
    const chosen = chooseLayers(zip.entries, job.options.sublayer, job.fileName);
    const total = chosen.flatMap((l) => Object.values(l.files)).reduce((sum, e) => sum + e.bytes, 1);
    let done = 0;
    const unpacked: Unpacked[] = [];
    for (const [i, layer] of chosen.entries()) {
      const paths: Partial<Record<Part, string>> = {};
      for (const part of Object.keys(layer.files) as Part[]) {
        const path = join(job.tempDir, `layer-${i}.${part}`);
        done += await zip.extract(layer.files[part]!, path, (bytes) => progress(Math.min(1, (done + bytes) / total)));
        paths[part] = path;
      }
      unpacked.push({
        name: printable(layer.name),
        file: shownName(layer, 'shp'),
        paths: paths as Unpacked['paths'],
        shown: shownNames(layer),
      });
    }
    return unpacked;
  } finally {
    zip.close();
  }
}

const shownName = (layer: LayerFiles, part: Part) => printable(layer.files[part]?.name ?? `${layer.name}.${part}`);
function shownNames(layer: LayerFiles): Record<Part, string> {
  const of = (part: Part) => shownName(layer, part);
  return { shp: of('shp'), shx: of('shx'), dbf: of('dbf'), prj: of('prj'), cpg: of('cpg') };
}

interface OpenedLayer {
  open: Layer;
  files: Unpacked;
  tally: EncodingTally | undefined;
}

function openLayer(files: Unpacked, job: ReadJob, warnings: WarningTally): OpenedLayer {
  const shp = new ShpFile(files.paths.shp, files.file, job.limits.verticesPerFeature);
  let dbf: DbfTable;
  try {
    dbf = new DbfTable(files.paths.dbf, files.shown.dbf);
    if (files.paths.shx) shp.checkIndex(files.paths.shx, files.shown.shx);
    else {
      warnings.add('shx-missing', files.file, { file: files.file }, () => ({
        zh: `${files.file} 缺少索引 .shx，已按图形文件本身读取。`,
        en: `${files.file} lacks its index .shx; the geometry file was read by itself.`,
      }));
    }
  } catch (error) {
    shp.close();
    throw error;
  }
  const cpg = files.paths.cpg ? readFileSync(files.paths.cpg).subarray(0, 256).toString('latin1') : undefined;
  const declared: Declared | null = declaredEncoding(cpg, dbf.ldid);
  const tally = job.options.encoding === undefined ? new EncodingTally(files.shown.dbf, declared) : undefined;
  return {
    files,
    tally,
    open: {
      name: files.name,
      file: files.file,
      shp,
      dbf,
      inexact: new Set(),
      encoding: undefined,
      ascii: false,
      warnings: [],
    },
  };
}

/** First pass: counts, extremes, what the columns hold. */
function surveyLayer(
  { open, files, tally }: OpenedLayer,
  job: ReadJob,
  before: number,
  progress: Progress,
): SurveyedLayer {
  const { dbf } = open;
  const extremes = new ExtremeTally(files.file);
  for (const column of dbf.columns) tally?.add(column.rawName, column.rawName.length >= 10, {});
  let features = 0;
  for (const { row, rings, bytes } of liveRows(open)) {
    if (before + ++features > job.limits.features) throw tooMany(files.file, job.limits.features);
    for (const ring of rings) extremes.add(ring, row);
    surveyRow(bytes, row, dbf.columns, tally, open.inexact);
    if (features % 256 === 0 || rings.length > 1000) progress(row / dbf.rowCount);
  }
  const deleted = dbf.rowCount - features;
  if (deleted > 0) {
    const message = {
      zh: `${dbf.file} 有 ${deleted} 条记录已标记为删除，连同图形未读入。`,
      en: `${deleted} row(s) of ${dbf.file} are marked deleted; they and their shapes were left out.`,
    };
    open.warnings.push({ code: 'rows-deleted', message, where: { file: dbf.file } });
  }
  const prj = files.paths.prj ? readFileSync(files.paths.prj) : Buffer.alloc(0);
  return { name: files.name, file: files.file, featureCount: features, said: readPrj(prj), extremes: extremes.found() };
}

function decideEncoding({ open, tally }: OpenedLayer, job: ReadJob): void {
  if (job.options.encoding !== undefined) {
    open.encoding = encodingOfPerson(job.options.encoding);
    return;
  }
  const { decision, warnings } = tally!.decide();
  open.encoding = decision satisfies EncodingDecision;
  open.ascii = !tally!.matters;
  open.warnings.push(...warnings);
}

/** Rows of a layer with shape and table together, deleted ones left out of both. Throws dbf-mismatch. */
function* liveRows({ shp, dbf }: Layer): Generator<{ row: number; rings: Ring[]; bytes: Buffer }, void, undefined> {
  let count = 0;
  for (const { row, rings } of shp.shapes()) {
    count = row;
    if (row > dbf.rowCount) continue;
    const bytes = dbf.row(row - 1);
    if (bytes) yield { row, rings, bytes };
  }
  if (count !== dbf.rowCount) {
    throw new AppError(
      'dbf-mismatch',
      {
        zh: `${shp.file} 有 ${count} 个图形，${dbf.file} 有 ${dbf.rowCount} 条记录，无法一一对应。请重新导出后上传。`,
        en: `${shp.file} has ${count} shapes, ${dbf.file} has ${dbf.rowCount} rows; they cannot be matched. Export it again.`,
      },
      { file: dbf.file },
    );
  }
}

function shapeOf(rings: Ring[]): { wkb: Buffer | null; faults: ShapeFault[] } {
  const faults: ShapeFault[] = [];
  const clean = rings.map((ring) => cleanRing(ring, faults)).filter((ring) => ring !== null);
  return { wkb: multiPolygonWkb(polygonsByNesting(clean, faults)), faults };
}

/** Layers whose text depends on the encoding; the first where none does. */
function written(layers: Layer[]): Layer[] {
  const some = layers.filter((layer) => !layer.ascii);
  return some.length > 0 ? some : layers.slice(0, 1);
}

function encodingOf(layers: Layer[]): EncodingDecision {
  const found = written(layers).map((layer) => layer.encoding!);
  return { ...found[0]!, encoding: [...new Set(found.map(({ encoding }) => encoding))].join('+') };
}

function differentEncodings(layers: Layer[]): Warning[] {
  const some = written(layers);
  const found = [...new Set(some.map((l) => l.encoding!.encoding))];
  if (found.length < 2) return [];
  const list = some.map((l) => `${l.file} ${l.encoding!.encoding}`);
  return [
    {
      code: 'encodings-differ',
      message: {
        zh: `各图层编码不同，已分别读取：${list.join('、')}。`,
        en: `The layers are in different encodings, each was read in its own: ${list.join(', ')}.`,
      },
    },
  ];
}

function tooMany(file: string, limit: number): AppError {
  return new AppError(
    'too-many-features',
    {
      zh: `${file} 超过 ${limit} 个图斑。请按乡镇或项目拆分后分批上传。`,
      en: `${file} has more than ${limit} features. Split it by township or project.`,
    },
    { file },
  );
}
