/** Text of a .dbf in the encoding asked for, and how the files say which one it is. */
import iconv from 'iconv-lite';
import { AppError } from '../../errors.ts';

export interface TextEncoder {
  /** content of the .cpg; GDAL, QGIS and ArcGIS know these three */
  cpg: 'UTF-8' | 'GBK' | 'GB18030';
  /** byte 29 of the .dbf: 0x4D is code page 936, 0 is 'see .cpg' */
  ldid: number;
  encode(text: string): Buffer;
}

/** `validation` for anything but UTF-8, GBK (also 936, CP936, GB2312) and GB18030. */
export function textEncoder(asked: string | undefined): TextEncoder {
  switch ((asked ?? 'UTF-8').toUpperCase().replace(/^UTF8$/, 'UTF-8')) {
    case 'UTF-8':
      return { cpg: 'UTF-8', ldid: 0, encode: (text) => Buffer.from(clean(text), 'utf8') };
    case 'GBK':
    case 'GB2312':
    case 'CP936':
    case '936':
      return { cpg: 'GBK', ldid: 0x4d, encode: (text) => iconv.encode(clean(text), 'gbk') };
    case 'GB18030':
      return { cpg: 'GB18030', ldid: 0x4d, encode: (text) => iconv.encode(clean(text), 'gb18030') };
  }
  throw new AppError(
    'validation',
    {
      zh: `encoding=${asked} 不能用于导出：请用 UTF-8、GBK 或 GB18030`,
      en: `encoding=${asked} cannot be exported: ask for UTF-8, GBK or GB18030`,
    },
    { field: 'encoding' },
  );
}

/** NUL ends a text in a .dbf. */
function clean(text: string): string {
  return text.replaceAll('\0', '');
}

/**
 * The first character the encoding does not have, null where it has them all. Nothing is written as '?' in silence:
 * two ids that differ in such a character would become one.
 */
export function firstUnwritable(text: string, encoder: TextEncoder): string | null {
  if (encoder.cpg === 'UTF-8') return null;
  const back = iconv.decode(encoder.encode(text), encoder.cpg.toLowerCase());
  if (back === clean(text)) return null;
  for (const character of text) {
    if (iconv.decode(encoder.encode(character), encoder.cpg.toLowerCase()) !== clean(character)) return character;
  }
  return null;
}

/** The longest beginning of `text` that fits, never half a character. */
export function fitBytes(text: string, bytes: number, encoder: TextEncoder): Buffer {
  const whole = encoder.encode(text);
  if (whole.length <= bytes) return whole;
  const kept: Buffer[] = [];
  let length = 0;
  for (const character of text) {
    const piece = encoder.encode(character);
    if (length + piece.length > bytes) break;
    kept.push(piece);
    length += piece.length;
  }
  return Buffer.concat(kept);
}
