import { AppError, type ProblemCode, type Sentence } from '../errors.ts';

/** A decision about a raster that was in doubt: said, stored with the layer, never silent. */
export interface RasterWarning {
  code: string;
  message: Sentence;
}

/** The file is not a sound TIFF: what is broken, and what helps. The caller adds the file name. */
export function rasterCorrupt(zh: string, en: string, cause?: unknown): AppError {
  return new AppError(
    'raster-corrupt',
    {
      zh: `栅格文件已损坏或不完整：${zh}。请重新导出 GeoTIFF（建议分块 256、LZW 或 DEFLATE 压缩）后再上传。`,
      en: `The raster is damaged or incomplete: ${en}. Export it again as GeoTIFF (tiles of 256, LZW or DEFLATE) and upload that.`,
    },
    undefined,
    cause === undefined ? undefined : { cause },
  );
}

/** The file is sound but says something we cannot take: the sentence must end in what to do. */
export function refuse(code: ProblemCode, zh: string, en: string): AppError {
  return new AppError(code, { zh, en });
}

/** A word out of a foreign file inside a sentence: no control characters or direction marks, not endless. */
export function shown(text: string, longest = 40): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}\uFFFD]/gu, '?').slice(0, longest);
}
