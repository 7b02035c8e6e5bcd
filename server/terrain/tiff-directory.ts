/**
 * The directories (IFDs) of a classic or BigTIFF file, read by ourselves and with every position checked before it is
 * followed: a loop of directories stops geotiff.js for ever, and an array cut short is read as zeros there.
 * TIFF 6.0 section 2; BigTIFF: http://bigtiff.org (8-byte offsets, 20-byte entries).
 */
import { assertInside, type ByteSource } from './byte-source.ts';
import type { RasterLimits } from './raster-limits.ts';
import { rasterCorrupt, refuse } from './refusals.ts';

/** One tag: where its values lie. `count` values of `type`, from byte `at` of the file. */
export interface TiffEntry {
  type: number;
  count: number;
  at: number;
}
export type TiffImage = Map<number, TiffEntry>;
export interface TiffDirectory {
  littleEndian: boolean;
  images: TiffImage[];
}

/** bytes of one value by TIFF field type (1 BYTE … 13 IFD, 16 LONG8 … 18 IFD8) */
const typeBytes: Record<number, number> = {
  1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8,
}; // biome-ignore format: a table

/** @throws AppError raster-corrupt; format-unsupported where it is a zip */
export async function readTiffDirectory(source: ByteSource, limits: RasterLimits): Promise<TiffDirectory> {
  if (source.size < 8) throw notTiff();
  const head = await source.read(0, Math.min(16, source.size));
  const order = head.toString('latin1', 0, 2);
  if (order === 'PK') {
    throw refuse(
      'format-unsupported',
      '栅格不要打包：请把 .tif 文件从压缩包中取出，直接上传。',
      'Rasters are not zipped: take the .tif out of the archive and upload it itself.',
    );
  }
  if (order !== 'II' && order !== 'MM') throw notTiff();
  const littleEndian = order === 'II';
  const magic = littleEndian ? head.readUInt16LE(2) : head.readUInt16BE(2);
  if (magic !== 42 && magic !== 43) throw notTiff();
  const big = magic === 43;
  if (big && (head.length < 16 || (littleEndian ? head.readUInt16LE(4) : head.readUInt16BE(4)) !== 8)) {
    throw rasterCorrupt('BigTIFF 文件头无效', 'the BigTIFF header is invalid');
  }
  const reader = new EntryReader(source, littleEndian, big);
  const images: TiffImage[] = [];
  const seen = new Set<number>();
  let at = big ? reader.wide(head, 8) : reader.u32(head, 4);
  while (at !== 0) {
    if (seen.has(at)) throw rasterCorrupt('目录（IFD）首尾相接成环', 'its directories (IFDs) form a loop');
    if (images.length >= limits.maxImages) {
      throw rasterCorrupt(
        `目录（IFD）超过 ${limits.maxImages} 个`,
        `it has more than ${limits.maxImages} directories (IFDs)`,
      );
    }
    seen.add(at);
    const { image, next } = await reader.directory(at);
    images.push(image);
    at = next;
  }
  if (images.length === 0) throw rasterCorrupt('没有任何图像目录', 'it holds no image directory');
  return { littleEndian, images };
}

class EntryReader {
  readonly source: ByteSource;
  readonly littleEndian: boolean;
  readonly big: boolean;
  constructor(source: ByteSource, littleEndian: boolean, big: boolean) {
    this.source = source;
    this.littleEndian = littleEndian;
    this.big = big;
  }
  u16(b: Buffer, at: number): number {
    return this.littleEndian ? b.readUInt16LE(at) : b.readUInt16BE(at);
  }
  u32(b: Buffer, at: number): number {
    return this.littleEndian ? b.readUInt32LE(at) : b.readUInt32BE(at);
  }
  /** 8 bytes as a number; beyond 2^53 it loses digits but stays far outside any file, and is refused there */
  wide(b: Buffer, at: number): number {
    return Number(this.littleEndian ? b.readBigUInt64LE(at) : b.readBigUInt64BE(at));
  }

  async directory(at: number): Promise<{ image: TiffImage; next: number }> {
    const { big, source } = this;
    const [countBytes, entryBytes, linkBytes, inline] = big ? [8, 20, 8, 8] : [2, 12, 4, 4];
    const head = await source.read(at, countBytes);
    const count = big ? this.wide(head, 0) : this.u16(head, 0);
    // the TIFF tag space is 16 bits and real files have some 20 tags
    if (count > 4096) throw rasterCorrupt('目录项过多', 'a directory has too many entries');
    const table = await source.read(at + countBytes, count * entryBytes + linkBytes);
    const image: TiffImage = new Map();
    for (let i = 0; i < count; i++) {
      const p = i * entryBytes;
      const type = this.u16(table, p + 2);
      const values = big ? this.wide(table, p + 4) : this.u32(table, p + 4);
      const size = typeBytes[type];
      if (size === undefined) continue; // TIFF 6.0: readers skip fields of a type they do not know
      const valueAt = p + (big ? 12 : 8);
      const length = size * values;
      const outside = big ? this.wide(table, valueAt) : this.u32(table, valueAt);
      const entry = { type, count: values, at: length <= inline ? at + countBytes + valueAt : outside };
      assertInside(entry.at, length, source.size);
      image.set(this.u16(table, p), entry);
    }
    const link = count * entryBytes;
    return { image, next: big ? this.wide(table, link) : this.u32(table, link) };
  }
}

/**
 * The values of a numeric tag (rationals excluded), undefined where the tag is absent.
 * @param most more values than this are refused before they are read
 */
export async function readNumbers(
  source: ByteSource,
  tiff: TiffDirectory,
  image: TiffImage,
  tag: number,
  most: number,
): Promise<Float64Array | undefined> {
  const entry = image.get(tag);
  if (!entry) return undefined;
  const size = typeBytes[entry.type]!;
  if (entry.count > most) throw rasterCorrupt(`标签 ${tag} 的值过多`, `tag ${tag} has too many values`);
  const bytes = await source.read(entry.at, entry.count * size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const le = tiff.littleEndian;
  const out = new Float64Array(entry.count);
  for (let i = 0; i < out.length; i++) out[i] = readValue(view, i * size, entry.type, le);
  return out;
}

/** The first value of a tag, or `otherwise` where it is absent. */
export async function readNumber<T>(
  source: ByteSource,
  tiff: TiffDirectory,
  image: TiffImage,
  tag: number,
  otherwise: T,
): Promise<number | T> {
  return (await readNumbers(source, tiff, image, tag, 65_536))?.[0] ?? otherwise;
}

/** An ASCII tag as UTF-8 text without its final NUL; undefined where absent. At most 256 KB are taken. */
export async function readText(source: ByteSource, image: TiffImage, tag: number): Promise<string | undefined> {
  const entry = image.get(tag);
  if (!entry) return undefined;
  const bytes = await source.read(entry.at, Math.min(entry.count * typeBytes[entry.type]!, 262_144));
  return bytes.toString('utf8').replace(/\0+$/, '');
}

function readValue(view: DataView, at: number, type: number, le: boolean): number {
  switch (type) {
    case 1:
    case 2:
    case 7:
      return view.getUint8(at);
    case 6:
      return view.getInt8(at);
    case 3:
      return view.getUint16(at, le);
    case 8:
      return view.getInt16(at, le);
    case 4:
    case 13:
      return view.getUint32(at, le);
    case 9:
      return view.getInt32(at, le);
    case 11:
      return view.getFloat32(at, le);
    case 12:
      return view.getFloat64(at, le);
    case 16:
    case 18:
      return Number(view.getBigUint64(at, le));
    case 17:
      return Number(view.getBigInt64(at, le));
    default:
      throw rasterCorrupt(`字段类型 ${type} 无效`, `field type ${type} is not valid here`);
  }
}

function notTiff() {
  return rasterCorrupt(
    '开头不是 TIFF 标记（若是压缩包请先解压）',
    'it does not begin as a TIFF file (unpack an archive first)',
  );
}
