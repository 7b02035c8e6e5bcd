/** A file geodatabase → a GeoPackage, by GDAL in a thread of this process (gdb-convert.worker.ts). */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { IntakeLimits } from '../../domain/limits.ts';
import { AppError, type Sentence } from '../../errors.ts';
import type { Progress } from './format.ts';
import type { Named } from './layer-choice.ts';

export interface ConvertOrder {
  /** folder of the geodatabase, ending in .gdb */
  source: string;
  /** folder for what is made */
  target: string;
}
export interface GdalLayer extends Named {
  /** as GDAL calls it: 'MultiPolygon', 'Point', 'None' for a plain table */
  geometryType: string;
  featureCount: number;
}
export type ConvertAnswer =
  | { kind: 'absent' }
  | { kind: 'layers'; layers: GdalLayer[] }
  | { kind: 'converted'; path: string }
  | { kind: 'unreadable'; errors: string[] };

export function gdbCorrupt(file: string, what: Sentence, cause?: unknown): AppError {
  return new AppError(
    'gdb-corrupt',
    {
      zh: `文件地理数据库 ${file} 无法完整读取：${what.zh}。请在 ArcGIS 或 QGIS 中检查后，把整个 .gdb 文件夹重新打包上传，或导出为 GeoPackage。`,
      en: `The file geodatabase ${file} cannot be read as a whole: ${what.en}. Check it in ArcGIS or QGIS and zip the whole .gdb folder again, or export a GeoPackage.`,
    },
    { file },
    cause === undefined ? undefined : { cause },
  );
}

/**
 * `choose` gets the layers and gives those to convert. The file's growth is the progress: where nothing grows for
 * `stallMs`, the parent ends this process. Throws gdb-corrupt, format-unsupported (GDAL is not installed), too-large.
 */
export async function convertGeodatabase(
  source: string,
  file: string,
  tempDir: string,
  limits: IntakeLimits,
  choose: (layers: GdalLayer[]) => GdalLayer[],
  progress: Progress,
): Promise<{ path: string; chosen: GdalLayer[] }> {
  const target = join(tempDir, 'gpkg');
  mkdirSync(target);
  const worker = new Worker(new URL('./gdb-convert.worker.ts', import.meta.url), {
    workerData: { source, target } satisfies ConvertOrder,
    stdout: true,
    stderr: true,
  });
  const made = join(target, 'converted.gpkg');
  let chosen: GdalLayer[] = [];
  let grown = 0;
  let watch: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      watch = setInterval(() => {
        const bytes = statSync(made, { throwIfNoEntry: false })?.size ?? 0;
        if (bytes > limits.archiveBytes) reject(tooLarge(file, limits.archiveBytes));
        if (bytes === grown) return;
        grown = bytes;
        // a GeoPackage is about two and a half times its geodatabase (59 MB became 151); it is never "done" by this
        progress(bytes / (bytes + 50_000_000));
      }, 200);
      worker.on('message', (answer: ConvertAnswer) => {
        try {
          if (answer.kind === 'converted') resolve({ path: answer.path, chosen });
          else if (answer.kind === 'absent') reject(absent(file));
          else if (answer.kind === 'unreadable') reject(unreadable(file, answer.errors));
          else {
            chosen = choose(answer.layers);
            worker.postMessage(chosen.map(({ name }) => name));
            progress(0);
          }
        } catch (error) {
          reject(error);
        }
      });
      worker.on('error', (error) => reject(unreadable(file, [String(error)])));
      worker.on('exit', (code) => reject(unreadable(file, [`GDAL ended with ${code}`])));
    });
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
}

const unreadable = (file: string, errors: string[]) =>
  gdbCorrupt(
    file,
    { zh: '文件缺失或内部结构损坏', en: 'files are missing or its structure is damaged' },
    new Error(errors.join('\n')),
  );

function absent(file: string): AppError {
  return new AppError(
    'format-unsupported',
    {
      zh: `${file} 是文件地理数据库，服务器没有安装读取它的程序包 gdal3.js。请管理员运行 npm install 安装，或导出为 GeoPackage、shapefile 后上传。`,
      en: `${file} is a file geodatabase, and the package gdal3.js that reads it is not installed. Ask the administrator to run npm install, or export a GeoPackage or shapefile.`,
    },
    { file },
  );
}

function tooLarge(file: string, limit: number): AppError {
  const mb = Math.round(limit / 1024 / 1024);
  return new AppError(
    'too-large',
    {
      zh: `${file} 展开后超过 ${mb} MB。请按乡镇拆分，或只导出需要的图层。`,
      en: `${file} has more than ${mb} MB unpacked. Split it by township or export only the layer that is needed.`,
    },
    { file },
  );
}
