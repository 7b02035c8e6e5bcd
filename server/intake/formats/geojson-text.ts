/** GeoJSON is UTF-8; a file in UTF-16 (by its mark), or in the encoding a person names, is made UTF-8 on disk first. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../errors.ts';
import { FileWindow } from '../file-window.ts';
import type { EncodingDecision } from '../source-types.ts';
import { encodingOfPerson } from '../text-encoding.ts';
import type { Progress, ReadJob } from './format.ts';
import { invalid } from './geojson-shapes.ts';

const chunkBytes = 256 * 1024;

/** Path of the file in UTF-8 (itself where it is that already) and how its encoding was decided. */
export function asUtf8(job: ReadJob, file: string, progress: Progress): { path: string; encoding: EncodingDecision } {
  const source = new FileWindow(job.path);
  try {
    const encoding = decide(job, source.read(0, 2));
    if (encoding.encoding !== 'UTF-8') return { path: transcode(job, file, source, encoding, progress), encoding };
    if (!isUtf8Start(source.read(0, chunkBytes))) {
      throw invalid(
        { file },
        {
          zh: '文字不是 UTF-8 编码（如为 GBK，请用 encoding 指定 GB18030）',
          en: 'its text is not UTF-8 (if it is GBK, give the encoding GB18030)',
        },
      );
    }
    return { path: job.path, encoding };
  } finally {
    source.close();
  }
}

function decide(job: ReadJob, mark: Buffer): EncodingDecision {
  if (job.options.encoding !== undefined) return encodingOfPerson(job.options.encoding);
  const utf16 = mark.equals(Buffer.from([0xff, 0xfe]))
    ? 'UTF-16LE'
    : mark.equals(Buffer.from([0xfe, 0xff]))
      ? 'UTF-16BE'
      : undefined;
  if (utf16) {
    return {
      encoding: utf16,
      declared: null,
      source: 'content',
      reason: { zh: `文件以 ${utf16} 的标记开头，按此读取。`, en: `The file begins with the mark of ${utf16}.` },
    };
  }
  return {
    encoding: 'UTF-8',
    declared: null,
    source: 'format',
    reason: { zh: 'GeoJSON 规定为 UTF-8。', en: 'GeoJSON is UTF-8.' },
  };
}

function isUtf8Start(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function transcode(
  job: ReadJob,
  file: string,
  source: FileWindow,
  encoding: EncodingDecision,
  progress: Progress,
): string {
  const path = join(job.tempDir, 'utf-8.json');
  const decoder = new TextDecoder(encoding.encoding, { fatal: true });
  const out = openSync(path, 'wx', 0o600);
  try {
    for (let at = 0; at < source.size; at += chunkBytes) {
      const last = at + chunkBytes >= source.size;
      let text: Buffer;
      try {
        text = Buffer.from(decoder.decode(source.read(at, chunkBytes), { stream: !last }), 'utf8');
      } catch (cause) {
        const detail = {
          zh: `${file} 不是 ${encoding.encoding} 编码的文字。请以 UTF-8 重新导出。`,
          en: `${file} is not text of ${encoding.encoding}. Export it again as UTF-8.`,
        };
        throw new AppError('encoding-undetermined', detail, { file }, { cause });
      }
      for (let done = 0; done < text.length; ) done += writeSync(out, text, done);
      progress(at / source.size);
    }
  } finally {
    closeSync(out);
  }
  return path;
}
