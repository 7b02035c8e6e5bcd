/**
 * One foreign vector file, from bytes to spool: find the format, survey it, decide its coordinate system, write the rows.
 * Runs inside the parser's process only (read-source.child.ts); callers use read-source.ts.
 */
import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { AppError } from '../errors.ts';
import { besides } from './formats/archive-beside.ts';
import { refuseMixed } from './formats/archive-members.ts';
import { foreignFile } from './formats/foreign.ts';
import type { Progress, ReadJob, Survey, VectorFormat } from './formats/format.ts';
import { vectorFormats } from './formats/index.ts';
import { type Placed, placeLayer } from './place.ts';
import { boxOf } from './place-extent.ts';
import { printable } from './printable.ts';
import type { SourceField, SourceReport, Warning } from './source-types.ts';
import { SpoolWriter } from './spool.ts';
import { gathered } from './warnings.ts';
import { GuardedZip } from './zip-guard.ts';

const headBytes = 64 * 1024;

/** Share of the work that surveying is; the rest is writing rows. */
const surveyShare = 0.6;

type Began = (format: VectorFormat['id']) => void;

export interface ReadingTold {
  /** the format, as soon as it is known */
  began: Began;
  /** the attributes, when the spool is there and its rows follow */
  writing(fields: SourceField[]): void;
}

/** Reads `job` into a new spool file. Throws AppErrors of CONTRACT §6. */
export async function readVector(
  job: ReadJob,
  spool: string,
  progress: Progress,
  { began, writing }: ReadingTold = { began: () => {}, writing: () => {} },
): Promise<SourceReport> {
  const head = readHead(job.path);
  const found = vectorFormats.find((f) => f.sniff(head));
  if (!found) throw foreignFile(head, job.fileName);
  const early = (share: number) => progress(share * surveyShare);
  const { format, survey, warnings } =
    found.id === 'shapefile' ? await surveyZip(found, job, early, began) : await surveyFile(found, job, early, began);
  try {
    const report = writeSpool(format, survey, job, spool, { progress, writing });
    return { ...report, warnings: gathered([...report.warnings, ...warnings]) };
  } catch (error) {
    rmSync(spool, { force: true });
    throw error;
  } finally {
    survey.close();
  }
}

interface Surveyed {
  format: VectorFormat;
  survey: Survey;
  warnings: Warning[];
}

async function surveyFile(format: VectorFormat, job: ReadJob, progress: Progress, began: Began): Promise<Surveyed> {
  began(format.id);
  return { format, survey: await format.survey(job, progress), warnings: [] };
}

/** A zip, by the names in it: of shapefiles unless a format says that it is one of its own. */
async function surveyZip(shapefile: VectorFormat, job: ReadJob, progress: Progress, began: Began): Promise<Surveyed> {
  began(shapefile.id);
  const zip = await GuardedZip.open(job.path, job.fileName, job.limits);
  zip.close();
  const names = zip.entries.map(({ name }) => name);
  refuseMixed(names, job);
  const formats = vectorFormats.filter((f) => f.inArchive?.(names, job.options.sublayer));
  for (const [i, format] of formats.entries()) {
    began(format.id);
    try {
      return {
        format,
        survey: await format.survey(job, progress, true),
        warnings: await besides(names, job, format.id),
      };
    } catch (error) {
      // the texts beside a KML may be readmes, and no layer of theirs is meant then
      const other = formats[i + 1];
      if (!other || !(error instanceof AppError) || error.code !== 'no-shapefile') throw error;
    }
  }
  const { survey } = await surveyFile(shapefile, job, progress, began);
  return { format: shapefile, survey, warnings: await besides(names, job, shapefile.id) };
}

function writeSpool(
  format: VectorFormat,
  survey: Survey,
  job: ReadJob,
  spool: string,
  { progress, writing }: { progress: Progress; writing: ReadingTold['writing'] },
): SourceReport {
  const { placed, bbox } = place(survey, job) ?? nowhere(survey);
  progress(surveyShare);
  const writer = new SpoolWriter(
    spool,
    survey.layers.map((layer) => layer.file),
  );
  writing(survey.fields);
  let usable = 0;
  for (const row of survey.rows((share) => progress(surveyShare + share * (1 - surveyShare)))) {
    if (row.wkb) usable++;
    writer.write(row);
  }
  const rows = writer.close();
  if (usable === 0 && !(rows === 0 && job.options.mayBeEmpty)) throw empty(job.fileName);
  progress(1);
  return {
    format: format.id,
    layers: survey.layers.map(({ name, featureCount }) => ({ name, feature_count: featureCount })),
    crs: placed[0]!.decision,
    encoding: survey.encoding,
    fields: survey.fields,
    feature_count: rows,
    warnings: [...placed.flatMap((p) => p.warnings), ...survey.warnings()],
    bbox,
    spool,
  };
}

interface Places {
  placed: Placed[];
  bbox: SourceReport['bbox'];
}

/** The coordinate system of every layer, which must be one; undefined of tables without a row that may be so. */
function place(survey: Survey, job: ReadJob): Places | undefined {
  const placed: Placed[] = [];
  const bbox: SourceReport['bbox'] = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  for (const layer of survey.layers) {
    if (!layer.extremes) continue;
    const found = placeLayer(layer.file, layer.said, layer.extremes, job.options);
    const [first] = placed;
    if (first && first.decision.srid !== found.decision.srid) {
      throw new AppError(
        'crs-conflict',
        {
          zh: `压缩包内各图层坐标系不同（EPSG:${first.decision.srid} 与 ${layer.file} 的 EPSG:${found.decision.srid}），不能合并。请统一坐标系，或用 sublayer 指定一个图层。`,
          en: `The layers of the archive are in different systems (EPSG:${first.decision.srid}, and EPSG:${found.decision.srid} in ${layer.file}). Give them one, or name one layer as sublayer.`,
        },
        { file: layer.file, candidates: [`EPSG:${first.decision.srid}`, `EPSG:${found.decision.srid}`] },
      );
    }
    placed.push(found);
    const box = boxOf(layer.extremes);
    bbox[0] = Math.min(bbox[0], box[0]);
    bbox[1] = Math.min(bbox[1], box[1]);
    bbox[2] = Math.max(bbox[2], box[2]);
    bbox[3] = Math.max(bbox[3], box[3]);
  }
  if (placed.length > 0) return { placed, bbox };
  if (job.options.mayBeEmpty && survey.layers.every(({ featureCount }) => featureCount === 0)) return undefined;
  throw empty(job.fileName);
}

/** Of a table without a row: what it says of its system, and no place. */
function nowhere({ layers }: Survey): Places {
  const said = layers[0]?.said;
  const system = said?.kind === 'system' ? said.system.epsg : 4490;
  const reason = { zh: '表中没有图斑。', en: 'The table has no row.' };
  const decision = { srid: system, epsg_found: system, source: 'inferred' as const, reason };
  return { placed: [{ decision, warnings: [] }], bbox: [0, 0, 0, 0] };
}

function empty(fileName: string): AppError {
  const file = printable(fileName);
  return new AppError(
    'geometry-empty',
    {
      zh: `${file} 里没有一个可用的面：图形全部为空或无效。请检查后重新导出。`,
      en: `${file} holds no usable polygon: all shapes are empty or invalid. Check it and export again.`,
    },
    { file },
  );
}

function readHead(path: string): Buffer {
  const fd = openSync(path, 'r');
  try {
    const head = Buffer.alloc(headBytes);
    return head.subarray(0, readSync(fd, head, 0, headBytes, 0));
  } finally {
    closeSync(fd);
  }
}
