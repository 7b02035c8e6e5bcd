/**
 * The header check (THREATS T15): before any decoder sees the file we know that its tables lie inside it, that its
 * blocks are as many as its size asks for, and that none of them can decode to more than we hold.
 */
import type { ByteSource } from './byte-source.ts';
import type { RasterLimits } from './raster-limits.ts';
import { rasterCorrupt, refuse } from './refusals.ts';
import { readNumber, readNumbers, readTiffDirectory, type TiffDirectory, type TiffImage } from './tiff-directory.ts';

export const tag = {
  subfileType: 254,
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  stripOffsets: 273,
  samples: 277,
  rowsPerStrip: 278,
  stripBytes: 279,
  planar: 284,
  predictor: 317,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileBytes: 325,
  sampleFormat: 339,
  pixelScale: 33550,
  tiePoints: 33922,
  transformation: 34264,
  geoKeys: 34735,
  geoDoubles: 34736,
  geoText: 34737,
  gdalMetadata: 42112,
  gdalNoData: 42113,
} as const;

/** bytes of the head of a TIFF, before which no cell can lie */
const headBytes = 8;

/** How the cells of the image lie in the file: tiles, or strips as wide as the image. */
export interface BlockLayout {
  width: number;
  height: number;
  samples: number;
  /** bits of one sample; those of the first band where they differ */
  bits: number;
  /** TIFF SampleFormat: 1 unsigned, 2 signed, 3 floating point; others as found */
  sampleFormat: number;
  photometric: number;
  compression: number;
  predictor: number;
  littleEndian: boolean;
  blockWidth: number;
  blockHeight: number;
  across: number;
  down: number;
  /** byte position and length of each block, row by row; length 0 is a block that was never written */
  offsets: Float64Array;
  byteCounts: Float64Array;
}

export interface CheckedHeader {
  tiff: TiffDirectory;
  /** the one image of full size */
  image: TiffImage;
  layout: BlockLayout;
}

/**
 * @throws AppError raster-corrupt where the header lies or asks for too much; raster-units where the file holds
 *   several pages or an internal mask, which would be lost
 */
export async function checkGeotiffHeader(source: ByteSource, limits: RasterLimits): Promise<CheckedHeader> {
  const tiff = await readTiffDirectory(source, limits);
  const whole: TiffImage[] = [];
  let masked = false;
  for (const image of tiff.images) {
    const subfile = (await readNumber(source, tiff, image, tag.subfileType, 0)) & 7;
    if (subfile & 4) masked = true;
    else if (!(subfile & 1)) whole.push(image);
  }
  const image = whole[0];
  if (!image) throw rasterCorrupt('没有原始分辨率的图像', 'it holds no image of full resolution');
  const layout = await checkLayout(source, tiff, image, limits);
  for (const other of tiff.images) if (other !== image) await checkSize(source, tiff, other, limits);
  if (whole.length > 1) {
    throw refuse(
      'raster-units',
      `文件含 ${whole.length} 页图像，无法判断哪一页是坡度或高程。请只导出一个单波段图层。`,
      `The file holds ${whole.length} pages; which of them is the slope or elevation cannot be told. Export one single-band layer.`,
    );
  }
  if (masked) {
    throw refuse(
      'raster-units',
      '文件用内部掩膜（mask）表示无数据。请改为设置 NoData 值后重新导出，否则无数据处会被当成真实数值。',
      'The file marks missing cells by an internal mask. Export it with a NoData value instead, or missing cells would be taken for real ones.',
    );
  }
  return { tiff, image, layout };
}

async function checkSize(source: ByteSource, tiff: TiffDirectory, image: TiffImage, limits: RasterLimits) {
  const width = await readNumber(source, tiff, image, tag.width, 0);
  const height = await readNumber(source, tiff, image, tag.height, 0);
  if (!(width > 0 && height > 0)) throw rasterCorrupt('图像宽或高为 0', 'its width or height is 0');
  if (width * height > limits.maxCells || Math.max(width, height) > limits.maxSide) {
    throw rasterCorrupt(
      `图像为 ${width}×${height} 像元，超过上限（共 ${limits.maxCells}，单边 ${limits.maxSide}），若属实请分幅`,
      `it claims ${width}×${height} cells, more than is taken (${limits.maxCells} in all, ${limits.maxSide} a side); if that is true, cut it into sheets`,
    );
  }
  return { width, height };
}

async function checkLayout(
  source: ByteSource,
  tiff: TiffDirectory,
  image: TiffImage,
  limits: RasterLimits,
): Promise<BlockLayout> {
  const number = (id: number, otherwise: number) => readNumber(source, tiff, image, id, otherwise);
  const { width, height } = await checkSize(source, tiff, image, limits);
  const samples = await number(tag.samples, 1);
  const bits = await number(tag.bits, 1);
  if (!(samples >= 1 && samples <= 4096 && bits >= 1 && bits <= 128)) {
    throw rasterCorrupt('波段数或位数无效', 'its number of bands or of bits is not valid');
  }
  if ((await number(tag.fillOrder, 1)) !== 1)
    throw rasterCorrupt('位序（FillOrder）不支持', 'its FillOrder is not supported');
  const tiled = image.has(tag.tileWidth);
  const compression = await number(tag.compression, 1);
  const blockWidth = tiled ? await number(tag.tileWidth, 0) : width;
  const rows = tiled ? await number(tag.tileHeight, 0) : Math.min(await number(tag.rowsPerStrip, height), height);
  if (!(blockWidth > 0 && rows > 0)) throw rasterCorrupt('分块尺寸为 0', 'its tiles or strips have no size');
  const separate = (await number(tag.planar, 1)) === 2;
  const bytesPerRow = Math.ceil((blockWidth * bits * (separate ? 1 : samples)) / 8);
  const across = Math.ceil(width / blockWidth);
  const layout: BlockLayout = {
    width,
    height,
    samples,
    bits,
    sampleFormat: await number(tag.sampleFormat, 1),
    photometric: await number(tag.photometric, 1),
    compression,
    predictor: await number(tag.predictor, 1),
    littleEndian: tiff.littleEndian,
    blockWidth,
    blockHeight: rows,
    across,
    down: Math.ceil(height / rows),
    offsets: new Float64Array(),
    byteCounts: new Float64Array(),
  };
  const count = across * layout.down * (separate ? samples : 1);
  if (count > limits.maxBlocks) throw rasterCorrupt('分块过多', 'it has too many tiles or strips');
  const most = limits.maxBlocks;
  const offsets = await readNumbers(source, tiff, image, tiled ? tag.tileOffsets : tag.stripOffsets, most);
  const byteCounts = await readNumbers(source, tiff, image, tiled ? tag.tileBytes : tag.stripBytes, most);
  if (offsets?.length !== count || byteCounts?.length !== count) {
    throw rasterCorrupt('分块的个数与图像大小不符', 'the number of tiles or strips does not fit the size of the image');
  }
  for (let i = 0; i < count; i++) {
    const [at, length] = [offsets[i]!, byteCounts[i]!];
    if (length > 0 && (at < headBytes || at + length > source.size)) {
      throw rasterCorrupt(
        `第 ${i + 1} 个数据块在文件头上或文件末尾之外`,
        `block ${i + 1} lies over the head or beyond the end of the file`,
      );
    }
  }
  Object.assign(layout, { offsets, byteCounts });
  if (!tiled && compression === 1 && !separate && rows * bytesPerRow > limits.maxBlockBytes) {
    return splitPlainStrips(layout, bytesPerRow);
  }
  if (rows * bytesPerRow > limits.maxBlockBytes || rows * bytesPerRow * across > limits.maxBlockRowBytes) {
    throw rasterCorrupt(
      `一个数据块为 ${blockWidth}×${rows} 像元，解码后过大（上限 64 MB，一行块 512 MB）`,
      `one block is ${blockWidth}×${rows} cells, too large when decoded (64 MB, a row of blocks 512 MB)`,
    );
  }
  return layout;
}

/**
 * Some programs write an uncompressed image as one strip of any size. Nothing needs decoding there, so the strip is read
 * in pieces of about 4 MB instead of being refused.
 */
function splitPlainStrips(layout: BlockLayout, bytesPerRow: number): BlockLayout {
  if (layout.down !== 1 || layout.byteCounts[0]! < layout.height * bytesPerRow) {
    throw rasterCorrupt('条带过大或不完整', 'its strips are too large or incomplete');
  }
  const blockHeight = Math.max(1, Math.floor((4 * 1024 * 1024) / bytesPerRow));
  const down = Math.ceil(layout.height / blockHeight);
  const offsets = Float64Array.from({ length: down }, (_, i) => layout.offsets[0]! + i * blockHeight * bytesPerRow);
  const byteCounts = Float64Array.from(
    { length: down },
    (_, i) => Math.min(blockHeight, layout.height - i * blockHeight) * bytesPerRow,
  );
  return { ...layout, blockHeight, down, offsets, byteCounts };
}
