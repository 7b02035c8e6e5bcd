/** Which texts an upload holds: itself, or the 界址点 TXT files of an archive, told from readmes by their content. */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { printable } from '../printable.ts';
import type { Warning } from '../source-types.ts';
import { leadingText } from '../text-lines.ts';
import { GuardedZip } from '../zip-guard.ts';
import { foreignArchive } from './foreign.ts';
import type { Progress, ReadJob } from './format.ts';
import { pickLayers } from './shapefile-layers.ts';
import { badFile } from './txt-problems.ts';

const headBytes = 64 * 1024;
const sectionLine = /^[^\S\n]*[[【]\s*(属性描述|地块坐标|项目信息|扩展信息)\s*[\]】]/m;
const pointLine = /^\s*J\d+[^\S\n]*,[^\n,]{0,10},[^\n,]{1,40},[^\n,]{1,40}$/im;

/** Is this the beginning of a 界址点 TXT? `head`: the first 64 KB. JSON and XML are never taken for one. */
export function isBoundaryText(head: Buffer): boolean {
  const text = leadingText(head);
  // no line of JSON begins with a section, unless inside a text that JSON could not have there
  if (/^\s*[{<]/.test(text) || (/^\s*\[\s*["{[\d-]/.test(text) && !sectionLine.test(text))) return false;
  // with a zero byte in it, it is one where it begins as one: the reader then names the line
  if (text.includes('\0')) return sectionLine.test(text.slice(0, 200));
  return sectionLine.test(text) || text.split('\n').some(isPlotLine) || pointLine.test(text.slice(0, 4096));
}

/** Values between commas, and an @ at the end or at the start. */
function isPlotLine(text: string): boolean {
  const line = text.trim();
  return (line.match(/[,，]/g)?.length ?? 0) >= 5 && /^[@＠]|[@＠]$/.test(line.slice(0, 1) + line.slice(-1));
}

/** An archive is one of TXT files where it has some and no layer of a GIS; tables and pictures of a project do not matter. */
export const holdsTexts = (names: readonly string[]): boolean =>
  names.some((name) => /\.txt$/i.test(name)) && !names.some((name) => /\.(shp|gdbtable|gpkg|geojson)$/i.test(name));

export interface TextEntry {
  /** path in the archive without extension; of a bare file its name */
  name: string;
  /** as shown to people */
  file: string;
  path: string;
  /** a free path beside it */
  scratch: string;
}

/** Throws no-shapefile (none is a boundary-point text), several-shapefiles, and what GuardedZip throws. */
export async function textsOf(
  job: ReadJob,
  archive: boolean,
  progress: Progress,
): Promise<{ texts: TextEntry[]; warnings: Warning[] }> {
  const file = printable(job.fileName);
  if (!archive) {
    const scratch = join(job.tempDir, 'utf-8.txt');
    return { texts: [{ name: file.replace(/\.[^.]+$/, ''), file, path: job.path, scratch }], warnings: [] };
  }
  const zip = await GuardedZip.open(job.path, job.fileName, job.limits);
  try {
    const entries = zip.entries.filter(({ name }) => /\.txt$/i.test(name));
    const total = entries.reduce((sum, { bytes }) => sum + bytes, 1);
    const texts: TextEntry[] = [];
    const others: string[] = [];
    let broken: string | undefined;
    let done = 0;
    for (const [i, entry] of entries.entries()) {
      const path = join(job.tempDir, `text-${i}.txt`);
      done += await zip.extract(entry, path, (bytes) => progress(Math.min(1, (done + bytes) / total)));
      const shown = printable(entry.name);
      const head = headOf(path);
      if (isBoundaryText(head))
        texts.push({ name: entry.name.replace(/\.txt$/i, ''), file: shown, path, scratch: `${path}.utf-8` });
      else if (/^[^\0]*[^\0\s][^\0]*$/.test(leadingText(head))) others.push(shown);
      else broken ??= shown;
    }
    if (texts.length === 0)
      throw foreignArchive(
        zip.entries.map(({ name }) => name),
        job.fileName,
      );
    // beside others it may be a file of plots lost on the way: passed over, it would cost parcels
    if (broken !== undefined)
      throw badFile(
        broken,
        '是空的，或含有二进制内容，不是界址点文本。请更正或从压缩包中去掉该文件',
        'is empty or has binary content and is no boundary-point text; correct it or take it out of the archive',
      );
    const twice = texts.find(({ name }, i) => texts.findIndex((t) => t.name === name) < i);
    if (twice)
      throw badFile(
        file,
        `里有重名文件：${twice.file}，请改名后重新打包`,
        `has two files of the name ${twice.file}; rename one and zip them again`,
        'several-shapefiles',
      );
    texts.sort((a, b) => (a.name < b.name ? -1 : 1));
    return { texts: pickLayers(texts, job.options.sublayer, job.fileName), warnings: passedOver(others) };
  } finally {
    zip.close();
  }
}

function passedOver(files: string[]): Warning[] {
  const [file] = files;
  if (file === undefined) return [];
  return [
    {
      code: 'txt-files-skipped',
      message: {
        zh: `压缩包里有 ${files.length} 个 TXT 不是界址点文本，未读入：${files.slice(0, 10).join('、')}。`,
        en: `${files.length} TXT file(s) of the archive are no boundary-point text and were not read: ${files.slice(0, 10).join(', ')}.`,
      },
      where: { file, candidates: files.slice(0, 50) },
    },
  ];
}

function headOf(path: string): Buffer {
  const fd = openSync(path, 'r');
  try {
    const head = Buffer.alloc(headBytes);
    return head.subarray(0, readSync(fd, head, 0, headBytes, 0));
  } finally {
    closeSync(fd);
  }
}
