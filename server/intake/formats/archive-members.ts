/**
 * What a zip is an archive of, and the reading of archives that hold whole files of a format (KMZ is such a one). Shapefiles
 * are several files a layer and are put together in shapefile-layers.ts. What is meant is never decided by order (THREATS T4).
 */
import { closeSync, mkdirSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../errors.ts';
import { printable } from '../printable.ts';
import type { SourceReport, Warning } from '../source-types.ts';
import { GuardedZip, type ZipEntry } from '../zip-guard.ts';
import { foreignFile, foreignInside } from './foreign.ts';
import type { Progress, ReadJob, Survey, VectorFormat } from './format.ts';
import { geodatabasesIn } from './gdb-folders.ts';
import { joinSurveys } from './joined-layers.ts';
import { chooseNamed, type Named } from './layer-choice.ts';

type Id = SourceReport['format'];

/**
 * By what names a format is known inside an archive, strongest first: beside a shapefile a KML is mostly a picture of it.
 * `whole`: as good a source as any, so that two of these are a choice to be asked about.
 */
export const kinds: { id: Id; holds: RegExp; whole: boolean }[] = [
  { id: 'shapefile', holds: /\.shp$/i, whole: true },
  { id: 'filegdb', holds: /\.gdbtable$/i, whole: true },
  { id: 'geopackage', holds: /\.gpkg$/i, whole: true },
  { id: 'kml', holds: /\.kml$/i, whole: false },
  { id: 'geojson', holds: /\.(geo)?json$/i, whole: false },
  { id: 'csv', holds: /\.csv$/i, whole: false },
  { id: 'xlsx', holds: /\.xlsx$/i, whole: false },
];
/** Of these a file may hold no shapes at all and be no fault. */
const tables: ReadonlySet<Id> = new Set<Id>(['csv', 'xlsx']);

/** Is it this format that is to be read from an archive with these names? */
export function isArchiveOf(id: Id, names: readonly string[], sublayer: string | undefined): boolean {
  const present = kinds.filter(({ holds }) => names.some((name) => holds.test(name)));
  const named = asked(sublayer)
    ? present.find((kind) => sourcesOf(kind, names).some((name) => isNamed(name, sublayer)))
    : undefined;
  return (named ?? present[0])?.id === id;
}

/** What can be named: files, and of a geodatabase its folder. */
const sourcesOf = ({ id, holds }: (typeof kinds)[number], names: readonly string[]): string[] =>
  id === 'filegdb' ? geodatabasesIn(names) : names.filter((name) => holds.test(name));

export const asked = (sublayer: string | undefined): sublayer is string => sublayer !== undefined && sublayer !== '*';

function isNamed(name: string, sublayer: string): boolean {
  const [full, wanted] = [name.toLowerCase(), sublayer.normalize('NFC').toLowerCase()];
  const base = full.slice(full.lastIndexOf('/') + 1);
  const stem = (text: string) => text.replace(/\.[^./]+$/, '');
  return (
    [full, base, stem(full), stem(base)].includes(wanted) ||
    wanted.startsWith(`${full}/`) ||
    wanted.startsWith(`${base}/`)
  );
}

export const filesOf = (some: typeof kinds, names: readonly string[]) =>
  some.flatMap((kind) => sourcesOf(kind, names)).map((name) => printable(name));

/** Throws several-shapefiles where formats lie side by side that are as good a source one as the other. */
export function refuseMixed(names: readonly string[], { fileName, options }: ReadJob): void {
  const whole = kinds.filter((kind) => kind.whole && names.some((name) => kind.holds.test(name)));
  if (asked(options.sublayer) || whole.length < 2) return;
  const file = printable(fileName);
  const list = filesOf(whole, names);
  throw new AppError(
    'several-shapefiles',
    {
      zh: `压缩包 ${file} 里有几种格式的图层：${list.slice(0, 40).join('、')}。请用 sublayer 指定其中一个，或分开打包。`,
      en: `The archive ${file} holds layers of several formats: ${list.slice(0, 40).join(', ')}. Name one as sublayer, or zip them apart.`,
    },
    { file, candidates: list },
  );
}

const headBytes = 64 * 1024;
/** bytes of a doc.kml that only links to others: a link takes some 150 */
const longestIndex = 1024 * 1024;

/** Reads the files of one format in an archive: the only one, the one asked for, or all joined. */
export async function surveyMembers(job: ReadJob, progress: Progress, format: VectorFormat): Promise<Survey> {
  const { holds } = kinds.find(({ id }) => id === format.id)!;
  const { members, names } = await unpack(job, holds, (share) => progress(share / 4));
  const surveys: Survey[] = [];
  const without: { file: string; error: AppError }[] = [];
  try {
    for (const [i, { entry, path, inner }] of members.entries()) {
      const head = headOf(path);
      if (!format.sniff(head) && format.id !== 'csv') throw foreignFile(head, entry.name);
      const tempDir = join(job.tempDir, `member-${i}`);
      mkdirSync(tempDir);
      const { sublayer: _, ...options } = job.options;
      const own: ReadJob = {
        ...job,
        path,
        fileName: entry.name,
        tempDir,
        ours: true,
        options: inner === undefined ? options : { ...options, sublayer: inner },
      };
      try {
        surveys.push(await format.survey(own, (share) => progress(0.25 + (0.75 * (i + share)) / members.length)));
      } catch (error) {
        if (!tables.has(format.id) || !(error instanceof AppError) || error.code !== 'attribute-missing') throw error;
        without.push({ file: printable(entry.name), error });
      }
    }
    const [first] = without;
    if (first && surveys.length === 0) throw foreignInside(names, job.fileName) ?? first.error;
    const joined = joinSurveys(surveys, job.fileName, job.limits);
    const passed = without.map(({ file }) => file);
    return { ...joined, warnings: () => [...joined.warnings(), ...withoutPoints(passed)] };
  } catch (error) {
    for (const survey of surveys) survey.close();
    throw error;
  }
}

function withoutPoints(files: string[]): Warning[] {
  const [file] = files;
  if (file === undefined) return [];
  return [
    {
      code: 'tables-passed-over',
      message: {
        zh: `压缩包里有 ${files.length} 个表格没有界址点坐标的表头，未读入：${files.slice(0, 10).join('、')}。`,
        en: `${files.length} table(s) of the archive have no heading of boundary points and were not read: ${files.slice(0, 10).join(', ')}.`,
      },
      where: { file, candidates: files.slice(0, 50) },
    },
  ];
}

/** What a program has not yet written into the database itself would be lost without a word. */
function refuseJournal(name: string, entries: ZipEntry[]): void {
  const journal = entries.find((entry) => entry.name === `${name}-wal` && entry.bytes > 0);
  if (!journal) return;
  const file = printable(name);
  throw new AppError(
    'geopackage-corrupt',
    {
      zh: `${file} 打包时还在 QGIS 等软件中打开，最后的改动在 ${printable(journal.name)} 里没有写入。请关闭软件后重新打包。`,
      en: `${file} was zipped while open in QGIS or the like; its last changes still lie in ${printable(journal.name)}. Close the program and zip it again.`,
    },
    { file },
  );
}

interface Member extends Named {
  entry: ZipEntry;
  path: string;
  /** layer asked for within the file */
  inner: string | undefined;
}

async function unpack(
  job: ReadJob,
  holds: RegExp,
  progress: Progress,
): Promise<{ members: Member[]; names: string[] }> {
  const zip = await GuardedZip.open(job.path, job.fileName, job.limits);
  try {
    const entries = zip.entries.filter(({ name }) => holds.test(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
    const chosen = choose(await withoutIndex(zip, entries, job), job);
    for (const { name } of chosen) refuseJournal(name, zip.entries);
    const total = chosen.reduce((sum, { entry }) => sum + entry.bytes, 1);
    let done = 0;
    for (const [i, member] of chosen.entries()) {
      member.path = join(job.tempDir, `member-${i}.file`);
      done += await zip.extract(member.entry, member.path, (bytes) => progress(Math.min(1, (done + bytes) / total)));
    }
    return { members: chosen, names: zip.entries.map(({ name }) => name) };
  } finally {
    zip.close();
  }
}

/**
 * GDAL, and QGIS with it, write a KMZ as a KML for each layer and a doc.kml that only links to them: an index and no layer.
 * Nothing is left out where it has a placemark of its own, or a link to anything that is not beside it.
 */
async function withoutIndex(zip: GuardedZip, entries: ZipEntry[], job: ReadJob): Promise<ZipEntry[]> {
  const index = entries.find(({ name }) => name.toLowerCase() === 'doc.kml');
  if (!index || entries.length === 1 || index.bytes > longestIndex) return entries;
  const path = join(job.tempDir, 'index.kml');
  await zip.extract(index, path, () => {});
  const text = readFileSync(path, 'utf8');
  const links = [...text.matchAll(/<href>([^<]{1,1000})<\/href>/g)].map(([, href]) => href!.trim());
  const others = entries.filter((entry) => entry !== index);
  const isIndex = links.length > 0 && links.every((href) => others.some(({ name }) => name === href));
  return isIndex && /NetworkLink/.test(text) && !/Placemark/.test(text) ? others : entries;
}

/** `sublayer` names a file of the archive, `file/layer` a layer in it; of the only file it may be the layer alone. */
function choose(entries: ZipEntry[], job: ReadJob): Member[] {
  const { sublayer } = job.options;
  const members = entries.map((entry): Member => ({ entry, name: entry.name, path: '', inner: undefined }));
  const twice = members.find(({ name }, i) => members.findIndex((m) => m.name === name) !== i);
  if (twice) return chooseNamed([twice, twice], undefined, job.fileName);
  if (!asked(sublayer)) return chooseNamed(members, sublayer, job.fileName).map((m) => ({ ...m, inner: sublayer }));
  for (const member of members) {
    const base = member.name.slice(member.name.lastIndexOf('/') + 1);
    const prefix = [`${member.name}/`, `${base}/`].find((start) => sublayer.startsWith(start));
    if (prefix) return [{ ...member, inner: sublayer.slice(prefix.length) }];
  }
  const [only] = members;
  if (only && members.length === 1 && !isNamed(only.name, sublayer)) return [{ ...only, inner: sublayer }];
  return chooseNamed(members, sublayer, job.fileName, true);
}

function headOf(path: string): Buffer {
  const fd = openSync(path, 'r');
  try {
    const head = Buffer.alloc(headBytes);
    return head.subarray(0, readSync(fd, head, 0, head.length, 0));
  } finally {
    closeSync(fd);
  }
}
