/** Letters of a KML: its encoding by mark, by a person, by its XML declaration, else UTF-8; strict, piece by piece. */
import { AppError } from '../../errors.ts';
import type { FileWindow } from '../file-window.ts';
import { printable } from '../printable.ts';
import type { EncodingDecision } from '../source-types.ts';
import { encodingLabel, encodingOfPerson } from '../text-encoding.ts';
import type { Progress } from './format.ts';

const chunkBytes = 256 * 1024;

/** Whether the first bytes are a document whose root is kml, whatever stands before it. */
export function isKml(head: Buffer): boolean {
  return /^\s*<(?:[\s\S]{0,4000}<)?(?:\w+:)?kml[\s>]/i.test(startOf(head));
}

function startOf(head: Buffer): string {
  const start = head.subarray(0, 4096);
  const mark = markOf(start);
  // only ASCII decides, so any encoding that keeps it will do
  return new TextDecoder(mark ?? 'latin1').decode(start).replace(/^(\uFEFF|ï»¿)/, '');
}

function markOf(head: Buffer): string | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 'utf-8' : undefined;
}

/** Throws kml-invalid where the declared encoding does not exist. */
export function kmlEncoding(head: Buffer, asked: string | undefined, file: string): EncodingDecision {
  if (asked !== undefined) return encodingOfPerson(asked);
  const mark = markOf(head);
  if (mark)
    return {
      encoding: mark.toUpperCase(),
      declared: null,
      source: 'content',
      reason: {
        zh: `文件以 ${mark.toUpperCase()} 的标记开头，按此读取。`,
        en: `The file begins with the mark of ${mark.toUpperCase()}.`,
      },
    };
  const declared = /^\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']/.exec(startOf(head))?.[1];
  if (declared === undefined)
    return {
      encoding: 'UTF-8',
      declared: null,
      source: 'format',
      reason: { zh: 'XML 未声明编码，规定为 UTF-8。', en: 'The XML declares no encoding, so it is UTF-8.' },
    };
  const encoding = encodingLabel(declared);
  if (!encoding)
    throw new AppError(
      'kml-invalid',
      {
        zh: `${file} 声明的编码 ${printable(declared)} 不存在。请以 UTF-8 重新导出，或用 encoding 指定编码。`,
        en: `${file} declares the encoding ${printable(declared)}, which does not exist. Export it as UTF-8 or give the encoding.`,
      },
      { file },
    );
  return {
    encoding,
    declared,
    source: 'format',
    reason: { zh: `按 XML 声明的 ${declared} 读取。`, en: `Read as ${declared}, as the XML declares.` },
  };
}

/** The text of the whole file in pieces. Throws encoding-undetermined where bytes are not of the encoding. */
export function* textOf(
  window: FileWindow,
  { encoding }: EncodingDecision,
  file: string,
  progress: Progress,
): Generator<string, void, undefined> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  for (let at = 0; at < window.size; at += chunkBytes) {
    const last = at + chunkBytes >= window.size;
    let text: string;
    try {
      text = decoder.decode(window.read(at, chunkBytes), { stream: !last });
    } catch (cause) {
      throw new AppError(
        'encoding-undetermined',
        {
          zh: `${file} 的文字不是 ${encoding} 编码。请以 UTF-8 重新导出；如为 GBK，请用 encoding 指定 GB18030。`,
          en: `The text of ${file} is not ${encoding}. Export it as UTF-8; if it is GBK, give the encoding GB18030.`,
        },
        { file },
        { cause },
      );
    }
    yield text;
    progress(Math.min(1, (at + chunkBytes) / window.size));
  }
}
