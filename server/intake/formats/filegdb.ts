/**
 * Esri file geodatabases in a zip. The format is not published, and GDAL is the one well-kept reader of it; it writes the
 * chosen layers into a GeoPackage, which geopackage.ts reads by the same rules as one that a person sent.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { AppError } from '../../errors.ts';
import { printable } from '../printable.ts';
import type { Warning } from '../source-types.ts';
import { isArchiveOf } from './archive-members.ts';
import type { Progress, ReadJob, Survey, VectorFormat } from './format.ts';
import { convertGeodatabase, type GdalLayer, gdbCorrupt } from './gdb-convert.ts';
import { type Geodatabase, unpackGeodatabases } from './gdb-folders.ts';
import { surveyPackage } from './geopackage.ts';
import { joinSurveys } from './joined-layers.ts';
import { chooseNamed } from './layer-choice.ts';

export const filegdb: VectorFormat = {
  id: 'filegdb',
  // a folder, so always in an archive
  sniff: () => false,
  inArchive: (names, sublayer) => isArchiveOf('filegdb', names, sublayer),
  survey,
};

async function survey(job: ReadJob, progress: Progress): Promise<Survey> {
  const found = await unpackGeodatabases(job, (share) => progress(share * 0.15));
  const surveys: Survey[] = [];
  try {
    for (const [i, gdb] of found.entries())
      surveys.push(await surveyOne(job, gdb, (share) => progress(0.15 + (0.85 * (i + share)) / found.length)));
    return joinSurveys(surveys, job.fileName, job.limits);
  } catch (error) {
    for (const one of surveys) one.close();
    throw error;
  }
}

async function surveyOne(job: ReadJob, gdb: Geodatabase, progress: Progress): Promise<Survey> {
  const tempDir = `${gdb.path}-work`;
  let passedOver: Warning[] = [];
  const choose = (layers: GdalLayer[]) => {
    const { chosen, others } = layersOf(layers, gdb);
    passedOver = others;
    const many = chosen.find(({ featureCount }) => featureCount > job.limits.features);
    if (many) throw tooMany(gdb.shown, many, job.limits.features);
    return chosen;
  };
  mkdirSync(tempDir);
  const { path, chosen } = await convertGeodatabase(gdb.path, gdb.shown, tempDir, job.limits, choose, (share) =>
    progress(share * 0.6),
  );
  // only a copy is read from now on, and a county's geodatabase has a gigabyte
  rmSync(gdb.path, { recursive: true, force: true });
  const own: ReadJob = {
    ...job,
    path,
    fileName: gdb.shown,
    tempDir,
    ours: true,
    // what GDAL made may be larger than what came
    limits: { ...job.limits, entryBytes: job.limits.archiveBytes },
    options: { ...withoutSublayer(job), ...(chosen.length > 1 ? { sublayer: '*' } : {}) },
  };
  const made = await surveyPackage(own, (share) => progress(0.6 + 0.4 * share), 'filegdb');
  try {
    compareCounts(made, chosen, gdb.shown);
  } catch (error) {
    made.close();
    throw error;
  }
  return { ...made, warnings: () => [...passedOver, ...made.warnings()] };
}

const withoutSublayer = ({ options: { sublayer: _, ...options } }: ReadJob) => options;

/** As with a GeoPackage, points, lines and tables beside the one layer of polygons are no choice to be asked about. */
function layersOf(layers: GdalLayer[], gdb: Geodatabase): { chosen: GdalLayer[]; others: Warning[] } {
  const polygons = layers.filter(({ geometryType }) => /Polygon|Surface|^Unknown/i.test(geometryType));
  const file = gdb.shown;
  const list = (some: GdalLayer[]) =>
    some.map((l) => `${printable(l.name)}（${printable(l.geometryType)}）`).join('、');
  if (layers.length === 0) throw gdbCorrupt(file, { zh: '里面没有图层', en: 'it holds no layer' });
  if (polygons.length === 0)
    throw new AppError(
      'geometry-type',
      {
        zh: `${file} 里没有面图层，只有：${list(layers)}。请导出面图层。`,
        en: `${file} has no layer of polygons, only ${list(layers)}. Export a layer of polygons.`,
      },
      { file, candidates: layers.map((l) => printable(l.name)) },
    );
  const chosen = chooseNamed(polygons, gdb.inner, file);
  const spatial = layers.filter((l) => !polygons.includes(l) && l.geometryType !== 'None');
  if (spatial.length === 0 || (gdb.inner !== undefined && gdb.inner !== '*')) return { chosen, others: [] };
  return {
    chosen,
    others: [
      {
        code: 'layers-passed-over',
        message: {
          zh: `${file} 里不是面的图层未读入：${list(spatial)}。`,
          en: `Layers of ${file} that hold no polygons were not read: ${list(spatial)}.`,
        },
        where: { file, candidates: spatial.map((l) => printable(l.name)) },
      },
    ],
  };
}

/** The geodatabase counts its rows itself; fewer that arrive are rows lost without a word (THREATS T9). */
function compareCounts(survey: Survey, chosen: GdalLayer[], file: string): void {
  for (const { name, featureCount } of chosen) {
    const read = survey.layers.find((layer) => layer.name === printable(name))?.featureCount ?? 0;
    if (read !== featureCount)
      throw gdbCorrupt(file, {
        zh: `图层 ${printable(name)} 应有 ${featureCount} 个图斑，只读到 ${read} 个`,
        en: `the layer ${printable(name)} should have ${featureCount} features, ${read} could be read`,
      });
  }
}

function tooMany(file: string, { name, featureCount }: GdalLayer, limit: number): AppError {
  return new AppError(
    'too-many-features',
    {
      zh: `${file} 的图层 ${printable(name)} 有 ${featureCount} 个图斑，超过 ${limit} 个。请按乡镇或项目拆分后分批上传。`,
      en: `The layer ${printable(name)} of ${file} has ${featureCount} features, more than ${limit}. Split it by township or project.`,
    },
    { file },
  );
}
