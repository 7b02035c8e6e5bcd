/**
 * From the bytes of one block to its numbers: decompression with a bound, predictor, byte order.
 * Own code on Node's zlib, because geotiff.js 3.0.5 loses what matters here (see README): missing cells of LERC become
 * 0, arrays of a big-endian file are read as little-endian, nothing bounds what a block inflates to.
 */
import { inflateSync, zstdDecompressSync } from 'node:zlib';
import { AppError } from '../errors.ts';
import type { BlockLayout } from './geotiff-header.ts';
import { decodeLzw } from './lzw.ts';
import { rasterCorrupt, refuse } from './refusals.ts';

export type Cells =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** TIFF compression codes that are read: none, LZW, Deflate (two codes), PackBits, Zstandard */
const readable = new Set([1, 5, 8, 32946, 32773, 50000]);

/** @throws AppError format-unsupported, naming the compression */
export function assertReadable({ compression, predictor, sampleFormat, bits, littleEndian }: BlockLayout): void {
  const names: Record<number, string> = { 6: 'JPEG', 7: 'JPEG', 34887: 'LERC', 34925: 'LZMA', 50001: 'WebP' };
  if (!readable.has(compression)) {
    const name = names[compression] ?? String(compression);
    throw refuse(
      'format-unsupported',
      `GeoTIFF 的压缩方式 ${name} 不支持（有损或无法区分无数据）。请改用 LZW、DEFLATE 或不压缩重新导出。`,
      `GeoTIFF compression ${name} is not supported (lossy, or missing cells cannot be told). Export with LZW, DEFLATE or none.`,
    );
  }
  if (predictor === 3 && !littleEndian) {
    // GDAL 3.6 writes these in another byte order than it reads them, geotiff.js reads them as GDAL writes
    throw refuse(
      'format-unsupported',
      '大端（big-endian）且浮点预测（PREDICTOR=3）的 GeoTIFF，各软件读法不一，不能使用。请以小端或不带预测重新导出。',
      'Programs disagree on how to read a big-endian GeoTIFF with floating-point predictor (PREDICTOR=3). Export it little-endian or without predictor.',
    );
  }
  const fits = predictor === 1 || (predictor === 2 && bits <= 64) || (predictor === 3 && sampleFormat === 3);
  if (!fits) throw rasterCorrupt(`预测方式（Predictor ${predictor}）无效`, `Predictor ${predictor} is not valid here`);
}

/**
 * @param rows rows of the image in this block (the last strip has fewer than the others)
 * @returns blockWidth × at least `rows` cells, row by row, in the byte order of this machine
 * @throws AppError raster-corrupt
 */
export function decodeBlock(bytes: Buffer<ArrayBuffer>, layout: BlockLayout, rows: number): Cells {
  const size = layout.bits / 8;
  const needed = layout.blockWidth * rows * size;
  let plain: Uint8Array;
  try {
    plain = inflate(bytes, layout.compression, layout.blockWidth * layout.blockHeight * size);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw rasterCorrupt('数据块解压失败', 'a block cannot be decompressed', error);
  }
  if (plain.length < needed) throw rasterCorrupt('数据块比应有的短', 'a block is shorter than it must be');
  // a copy of its own, so that a typed array may lie over it and predictors may work in place
  const own = new Uint8Array(needed);
  own.set(plain.subarray(0, needed));
  if (layout.predictor === 3) {
    undoFloatPredictor(own, layout.blockWidth, size);
  } else if (!layout.littleEndian) {
    swapBytes(own, size);
  }
  const cells = asCells(own.buffer, layout);
  if (layout.predictor === 2) undoDifferences(own.buffer, layout.blockWidth, size);
  return cells;
}

function inflate(bytes: Buffer<ArrayBuffer>, compression: number, most: number): Uint8Array {
  switch (compression) {
    case 1:
      return bytes;
    case 5:
      return decodeLzw(bytes, most);
    case 32773:
      return decodePackBits(bytes, most);
    case 50000:
      return zstdDecompressSync(bytes, { maxOutputLength: most });
    default:
      return inflateSync(bytes, { maxOutputLength: most });
  }
}

/** TIFF 6.0 section 9: n ≥ 0 copies n + 1 bytes, n < 0 repeats one byte 1 − n times, −128 does nothing. */
function decodePackBits(input: Uint8Array, most: number): Uint8Array {
  const out = new Uint8Array(most);
  let written = 0;
  for (let at = 0; at < input.length && written < most; ) {
    const n = (input[at++]! << 24) >> 24;
    if (n === -128) continue;
    if (n >= 0) {
      const run = input.subarray(at, Math.min(at + n + 1, at + most - written));
      out.set(run, written);
      written += run.length;
      at += n + 1;
    } else {
      const end = Math.min(written + 1 - n, most);
      out.fill(input[at++] ?? 0, written, end);
      written = end;
    }
  }
  return out.subarray(0, written);
}

function swapBytes(bytes: Uint8Array<ArrayBuffer>, size: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (size === 2) buffer.swap16();
  if (size === 4) buffer.swap32();
  if (size === 8) buffer.swap64();
}

function asCells(buffer: ArrayBuffer, { sampleFormat, bits }: BlockLayout): Cells {
  if (sampleFormat === 3) return bits === 64 ? new Float64Array(buffer) : new Float32Array(buffer);
  if (sampleFormat === 2) {
    return bits === 8 ? new Int8Array(buffer) : bits === 16 ? new Int16Array(buffer) : new Int32Array(buffer);
  }
  return bits === 8 ? new Uint8Array(buffer) : bits === 16 ? new Uint16Array(buffer) : new Uint32Array(buffer);
}

/** Predictor 2 (TIFF 6.0 section 14): each number is the difference to its left neighbour, modulo its width. */
function undoDifferences(buffer: ArrayBuffer, width: number, size: number): void {
  const words =
    size === 1
      ? new Uint8Array(buffer)
      : size === 2
        ? new Uint16Array(buffer)
        : size === 4
          ? new Uint32Array(buffer)
          : null;
  if (words) {
    for (let row = 0; row < words.length; row += width) {
      for (let i = row + 1; i < row + width; i++) words[i] = words[i]! + words[i - 1]!;
    }
    return;
  }
  const long = new BigUint64Array(buffer);
  for (let row = 0; row < long.length; row += width) {
    for (let i = row + 1; i < row + width; i++) long[i] = long[i]! + long[i - 1]!;
  }
}

/**
 * Predictor 3 (Adobe TIFF technical note 3): per row, bytes are differences; the row then holds all first (most
 * significant) bytes, all second bytes and so on.
 */
function undoFloatPredictor(bytes: Uint8Array, width: number, size: number): void {
  const stride = width * size;
  const row = new Uint8Array(stride);
  for (let at = 0; at < bytes.length; at += stride) {
    let sum = 0;
    for (let i = 0; i < stride; i++) {
      sum = (sum + bytes[at + i]!) & 255;
      row[i] = sum;
    }
    for (let b = 0; b < size; b++) {
      const plane = (size - 1 - b) * width;
      for (let x = 0, to = at + b; x < width; x++, to += size) bytes[to] = row[plane + x]!;
    }
  }
}
