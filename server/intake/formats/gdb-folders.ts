/**
 * Which folders of an archive are file geodatabases. Their files are written out under names built here from the pattern
 * that ArcGIS gives them (a00000001.gdbtable): no entry's own name ever reaches the disk (THREATS T3).
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../errors.ts';
import { printable } from '../printable.ts';
import { GuardedZip, type ZipEntry } from '../zip-guard.ts';
import type { Progress, ReadJob } from './format.ts';
import { gdbCorrupt } from './gdb-convert.ts';
import { chooseNamed, type Named } from './layer-choice.ts';

const table = /\.gdbtable$/i;
/** files of a geodatabase; locks and thumbnails are left where they are */
const part = /^(a[0-9a-f]{8}\.(gdbtable|gdbtablx|gdbindexes|atx|spx|horizon|freelist)|gdb|timestamps)$/;

export const folderOf = (name: string) => (name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : '');

/** The folders that hold tables of a geodatabase; '' where they lie in no folder. */
export const geodatabasesIn = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name) => table.test(name)).map(folderOf)),
];

export interface Geodatabase extends Named {
  /** as shown to people */
  shown: string;
  /** folder on disk, ending in .gdb */
  path: string;
  /** layer asked for in it: a name, an alias, '*' or nothing */
  inner: string | undefined;
}

/** The geodatabases asked for, unpacked. Throws several-shapefiles, no-shapefile, format-unsupported and what GuardedZip throws. */
export async function unpackGeodatabases(job: ReadJob, progress: Progress): Promise<Geodatabase[]> {
  const zip = await GuardedZip.open(job.path, job.fileName, job.limits);
  try {
    const chosen = choose(geodatabasesIn(zip.entries.map(({ name }) => name)).sort(), job);
    const filesOf = (gdb: Geodatabase) => zip.entries.filter(({ name }) => folderOf(name) === gdb.name);
    const total = chosen.flatMap(filesOf).reduce((sum, { bytes }) => sum + bytes, 1);
    let done = 0;
    for (const [i, gdb] of chosen.entries()) {
      const files = filesOf(gdb);
      if (files.some(({ name }) => /\.cdf$/i.test(name))) throw compressed(gdb.shown);
      gdb.path = join(job.tempDir, `gdb-${i}`, 'data.gdb');
      mkdirSync(gdb.path, { recursive: true });
      for (const [file, entry] of partsOf(files, gdb.shown))
        done += await zip.extract(entry, join(gdb.path, file), (bytes) =>
          progress(Math.min(1, (done + bytes) / total)),
        );
    }
    return chosen;
  } finally {
    zip.close();
  }
}

function partsOf(entries: ZipEntry[], shown: string): Map<string, ZipEntry> {
  const parts = new Map<string, ZipEntry>();
  for (const entry of entries) {
    const base = entry.name.slice(entry.name.lastIndexOf('/') + 1).toLowerCase();
    const name = part.exec(base)?.[0];
    if (name === undefined) continue;
    if (parts.has(name))
      throw new AppError(
        'several-shapefiles',
        {
          zh: `${shown} 里有重名文件 ${printable(base)}。请重新打包后上传。`,
          en: `${shown} has two files of the name ${printable(base)}. Zip it again.`,
        },
        { file: shown, candidates: [printable(base)] },
      );
    parts.set(name, entry);
  }
  // GDAL would guess where the rows are, deleted ones among them
  for (const name of parts.keys())
    if (name.endsWith('.gdbtable') && !parts.has(`${name}x`.replace('tablex', 'tablx')))
      throw gdbCorrupt(shown, {
        zh: `缺少 ${name} 的索引（.gdbtablx）`,
        en: `the index (.gdbtablx) of ${name} is missing`,
      });
  return parts;
}

/** `sublayer` names a geodatabase, `folder.gdb/layer` a layer in it; of the only geodatabase it may be the layer alone. */
function choose(folders: string[], job: ReadJob): Geodatabase[] {
  const { sublayer } = job.options;
  const file = printable(job.fileName);
  const all = folders.map(
    (name): Geodatabase => ({ name, shown: printable(name) || file, path: '', inner: undefined }),
  );
  if (sublayer === undefined || sublayer === '*')
    return chooseNamed(all, sublayer, job.fileName).map((gdb) => ({ ...gdb, inner: sublayer }));
  for (const gdb of all) {
    const base = gdb.name.slice(gdb.name.lastIndexOf('/') + 1);
    const prefix = [`${gdb.name}/`, `${base}/`].find((start) => start !== '/' && sublayer.startsWith(start));
    if (prefix) return [{ ...gdb, inner: sublayer.slice(prefix.length) }];
  }
  const [only] = all;
  const isFolder = only && [only.name, only.name.slice(only.name.lastIndexOf('/') + 1)].includes(sublayer);
  if (only && all.length === 1 && !isFolder) return [{ ...only, inner: sublayer }];
  return chooseNamed(all, sublayer, job.fileName, true);
}

function compressed(file: string): AppError {
  return new AppError(
    'format-unsupported',
    {
      zh: `${file} 是压缩过的文件地理数据库（.cdf）。请在 ArcGIS 中用“解压缩文件地理数据库数据”工具解压后重新打包，或导出为 shapefile。`,
      en: `${file} is a compressed file geodatabase (.cdf). Uncompress it in ArcGIS ("Uncompress File Geodatabase Data") and zip it again, or export a shapefile.`,
    },
    { file },
  );
}
