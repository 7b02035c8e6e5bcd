/**
 * Where the cells lie: tags to an upper-left corner and cell sizes, north-up. OGC 19-008r4 §7.
 */
import { type CoordinateSystem, extentOf, nameOf } from '../domain/crs.ts';
import type { ByteSource } from './byte-source.ts';
import { type GeoKeys, key, numberKey } from './geokeys.ts';
import { type CheckedHeader, tag } from './geotiff-header.ts';
import { rasterCorrupt, refuse } from './refusals.ts';
import { readNumbers } from './tiff-directory.ts';

/** Units of the CRS. (origin_x, origin_y) is the north-west corner of the north-west cell; both cell sizes are > 0. */
export interface GridPlace {
  origin_x: number;
  origin_y: number;
  cell_x: number;
  cell_y: number;
  /** the first row of the file is the southernmost */
  southUp: boolean;
}

/** @throws AppError raster-no-georeference, raster-rotated, raster-corrupt */
export async function readGridPlace(source: ByteSource, header: CheckedHeader, keys: GeoKeys): Promise<GridPlace> {
  const { tiff, image, layout } = header;
  const scale = await readNumbers(source, tiff, image, tag.pixelScale, 3);
  const ties = await readNumbers(source, tiff, image, tag.tiePoints, 65_536);
  const matrix = await readNumbers(source, tiff, image, tag.transformation, 16);
  // column, row → x, y: x = x0 + col·xc + row·xr, y = y0 + col·yc + row·yr
  let [x0, y0, xc, xr, yc, yr] = [0, 0, 0, 0, 0, 0];
  if (matrix && matrix.length === 16) {
    [xc, xr, x0, yc, yr, y0] = [matrix[0]!, matrix[1]!, matrix[3]!, matrix[4]!, matrix[5]!, matrix[7]!];
  } else if (scale && scale.length >= 2 && ties && ties.length >= 6) {
    [xc, yr] = [scale[0]!, -scale[1]!];
    x0 = ties[3]! - ties[0]! * xc;
    y0 = ties[4]! - ties[1]! * yr;
    if (scale[1]! < 0) throw mirrored(); // the standard reads it as south-up, GDAL as north-up: nobody can tell
  } else {
    throw refuse(
      'raster-no-georeference',
      '栅格没有地理定位（缺少左上角坐标和像元大小，或只有控制点未纠正）。.tfw 等附属文件不读取，请把定位写入 GeoTIFF 后重新导出。',
      'The raster is not georeferenced (no corner and cell size, or only control points). Side files such as .tfw are not read: export a GeoTIFF that holds them.',
    );
  }
  if (![x0, y0, xc, xr, yc, yr].every(Number.isFinite))
    throw rasterCorrupt('定位参数不是数字', 'its georeference is no number');
  // a turn that moves no cell of the image by 1/1000 of a cell is rounding
  const turn = Math.max(Math.abs(xr) * layout.height, Math.abs(yc) * layout.width);
  if (turn > 1e-3 * Math.min(Math.abs(xc), Math.abs(yr)) || xc === 0 || yr === 0) {
    throw refuse(
      'raster-rotated',
      '栅格带有旋转或倾斜，像元不与坐标轴平行。请重新投影为正北朝上的规则格网（如 gdalwarp）后上传。',
      'The raster is rotated or skewed; its cells are not parallel to the axes. Warp it to a north-up grid (e.g. gdalwarp) and upload that.',
    );
  }
  if (xc < 0) throw mirrored();
  if (numberKey(keys, key.rasterType) === 2) {
    // PixelIsPoint: the corner tag is the centre of the first cell, half a cell inside (geotiff.js leaves this out)
    x0 -= xc / 2;
    y0 -= yr / 2;
  }
  const southUp = yr > 0;
  const cellY = Math.abs(yr);
  return { origin_x: x0, origin_y: southUp ? y0 + layout.height * cellY : y0, cell_x: xc, cell_y: cellY, southUp };
}

/** @throws AppError coordinate-outside-crs where the whole raster lies outside the area its system is used in */
export function assertInsideSystem(place: GridPlace, width: number, height: number, system: CoordinateSystem): void {
  const [x0, y0, x1, y1] = extentOf(system);
  const east = place.origin_x + width * place.cell_x;
  const south = place.origin_y - height * place.cell_y;
  if (place.origin_x < x1 && east > x0 && south < y1 && place.origin_y > y0) return;
  const name = nameOf(system);
  const box = [place.origin_x, south, east, place.origin_y].map((v) => Number(v.toPrecision(10))).join(', ');
  throw refuse(
    'coordinate-outside-crs',
    `栅格的坐标范围（${box}）不在${name.zh}的范围内。请检查坐标系是否选对、横坐标是否带带号、坐标轴是否颠倒。`,
    `The extent of the raster (${box}) is not where ${name.en} is used. Check the system, the zone before the easting, and the order of the axes.`,
  );
}

function mirrored() {
  return refuse(
    'raster-rotated',
    '栅格的像元方向异常（左右镜像，或像元高为负值）。请重新导出为正北朝上的 GeoTIFF。',
    'The cells of the raster run the wrong way (mirrored, or a negative cell height). Export it again as a north-up GeoTIFF.',
  );
}
