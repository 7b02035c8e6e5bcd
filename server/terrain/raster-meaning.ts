/**
 * What the numbers of the file mean (THREATS T16): one band of plain numbers, in degrees (slope) or metres (elevation),
 * with a scale and a NoData value. Whatever cannot be read as that is refused, with what to do.
 */
import type { ByteSource } from './byte-source.ts';
import { type CheckedHeader, tag } from './geotiff-header.ts';
import { refuse, shown } from './refusals.ts';
import { readText } from './tiff-directory.ts';

export type RasterKind = 'slope' | 'dem';

/** value = stored × scale + offset; a stored value equal to noData (undefined: none declared) is missing. */
export interface Meaning {
  scale: number;
  offset: number;
  noData: number | undefined;
  /** the file itself says its unit is degrees (slope) or metres (elevation) */
  unitDeclared: boolean;
}

/** @throws AppError raster-units, raster-corrupt, format-unsupported */
export async function readMeaning(source: ByteSource, header: CheckedHeader, kind: RasterKind): Promise<Meaning> {
  refusePictures(header);
  const { image } = header;
  const metadata = gdalItems((await readText(source, image, tag.gdalMetadata)) ?? '');
  const scale = plainNumber(metadata.get('scale'), 1);
  const offset = plainNumber(metadata.get('offset'), 0);
  if (!Number.isFinite(scale) || scale === 0 || !Number.isFinite(offset)) {
    throw refuse(
      'raster-units',
      '文件的比例系数（scale/offset）不是有效数字。请在导出时去掉比例系数，直接写真实数值。',
      'The scale or offset of the file is no usable number. Export true values without a scale.',
    );
  }
  const unitDeclared = checkUnit(metadata.get('unittype'), kind);
  const noData = readNoData(await readText(source, image, tag.gdalNoData));
  return { scale, offset, noData, unitDeclared };
}

function refusePictures({ image, layout }: CheckedHeader): void {
  const { samples, photometric, bits, sampleFormat } = layout;
  const picture = photometric > 1 || samples > 1 || image.has(320 /* ColorMap */);
  if (picture) {
    throw refuse(
      'raster-units',
      '这是图片（彩色、调色板或多波段），不是坡度或高程数值。请导出单波段的数值栅格（浮点型），不要导出渲染后的图。',
      'This is a picture (colour, palette or several bands), not slope or elevation values. Export one band of values (floating point), not the rendering.',
    );
  }
  const whole = sampleFormat === 1 || sampleFormat === 2 || sampleFormat === 4;
  const usable = (whole && [8, 16, 32].includes(bits)) || (sampleFormat === 3 && [32, 64].includes(bits));
  if (!usable) {
    throw refuse(
      'raster-units',
      `像元类型（${bits} 位，SampleFormat ${sampleFormat}）不支持。请导出为 Float32。`,
      `The cell type (${bits} bits, SampleFormat ${sampleFormat}) is not supported. Export as Float32.`,
    );
  }
}

/**
 * GDAL's XML of band properties: `<Item name="SCALE" sample="0" role="scale">0.1</Item>`.
 * Keyed by role; band 0 and the file as a whole. https://gdal.org/drivers/raster/gtiff.html#metadata
 */
function gdalItems(xml: string): Map<string, string> {
  const items = new Map<string, string>();
  for (const [, attributes, text] of xml.matchAll(/<Item\b([^<>]{0,400})>([^<]{0,400})<\/Item>/g)) {
    const role = /\brole="([a-z]{1,20})"/.exec(attributes!)?.[1];
    const sample = /\bsample="(\d{1,4})"/.exec(attributes!)?.[1] ?? '0';
    if (role && sample === '0') items.set(role, text!.trim());
  }
  return items;
}

function plainNumber(text: string | undefined, otherwise: number): number {
  return text === undefined || text === '' ? otherwise : Number(text);
}

const goodUnits: Record<RasterKind, RegExp> = {
  slope: /^(deg|degree|degrees|°|º|度)$/i,
  dem: /^(m|metre|metres|meter|meters|米)$/i,
};

function checkUnit(unit: string | undefined, kind: RasterKind): boolean {
  if (unit === undefined || unit === '') return false;
  if (goodUnits[kind].test(unit)) return true;
  throw kind === 'slope'
    ? refuse(
        'raster-units',
        `文件写明单位为“${shown(unit)}”，坡度必须以度为单位（不是百分比或弧度）。请以“度（DEGREE）”重新计算坡度；若这是高程，请按类型 dem 上传。`,
        `The file says its unit is "${shown(unit)}"; slope must be in degrees (not percent or radians). Compute it again in DEGREE; if this is elevation, upload it as type dem.`,
      )
    : refuse(
        'raster-units',
        `文件写明单位为“${shown(unit)}”，高程必须以米为单位。请换算为米后重新导出；若这是坡度，请按类型 slope 上传。`,
        `The file says its unit is "${shown(unit)}"; elevation must be in metres. Convert it to metres; if this is slope, upload it as type slope.`,
      );
}

/** GDAL_NODATA is text; programs write "nan", "-nan", "1.#QNAN", "-3.4028234663852886e+38", "-inf". */
function readNoData(text: string | undefined): number | undefined {
  const plain = text?.replaceAll('\0', '').trim();
  if (!plain) return undefined;
  if (/nan|ind/i.test(plain)) return Number.NaN;
  if (/^[+-]?inf/i.test(plain)) return plain.startsWith('-') ? -Infinity : Infinity;
  const value = Number(plain);
  if (Number.isNaN(value)) {
    throw refuse(
      'raster-units',
      `文件的 NoData 标记“${shown(plain)}”不是数字。请重新设置 NoData（例如 -9999）后导出。`,
      `The NoData mark "${shown(plain)}" is no number. Set NoData again (for example -9999) and export.`,
    );
  }
  return value;
}
