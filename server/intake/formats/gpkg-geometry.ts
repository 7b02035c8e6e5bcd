/** GeoPackageBinary (OGC 12-128 §2.1.3): a header of 8 to 72 bytes before WKB. */
import { AppError } from '../../errors.ts';
import type { Ring } from '../rings.ts';
import { polygonsOfWkb } from './foreign-wkb.ts';
import type { RowPlace } from './geojson-shapes.ts';

/** bytes of the envelope by its code; 5 to 7 do not exist */
const envelopes = [0, 32, 48, 48, 64];

/**
 * Polygons of a geometry column's value, none for null and for an empty one. `srsId` is the layer's: a shape that names
 * another lies elsewhere. Throws geopackage-corrupt, geometry-type, crs-conflict, too-large, all with the row.
 */
export function readBlob(value: unknown, srsId: number | null, place: RowPlace, maxVertices: number): Ring[][] {
  if (value === null) return [];
  if (!(value instanceof Uint8Array)) throw broken(place, '不是二进制图形', 'no geometry but another value');
  const blob = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (blob.length < 8 || blob[0] !== 0x47 || blob[1] !== 0x50)
    throw broken(place, '没有 GeoPackage 图形的标记', 'without the mark of a GeoPackage geometry');
  const flags = blob[3]!;
  const envelope = envelopes[(flags >> 1) & 7];
  if (blob[2] !== 0 || envelope === undefined || blob.length < 8 + envelope)
    throw broken(place, '图形的头部无效', 'with an impossible header');
  if (flags & 0x20) throw broken(place, '是扩展类型的图形', 'of an extended type');
  const named = flags & 1 ? blob.readInt32LE(4) : blob.readInt32BE(4);
  // 0 and -1 say nothing; writers that leave the field empty write them
  if (srsId !== null && named > 0 && named !== srsId)
    throw new AppError(
      'crs-conflict',
      {
        zh: `${place.file} 第 ${place.row} 行的图形写明坐标系 ${named}，与图层的 ${srsId} 不同。请统一坐标系后重新导出。`,
        en: `The shape of row ${place.row} in ${place.file} names the coordinate system ${named}, its layer ${srsId}. Give them one and export again.`,
      },
      { file: place.file, row: place.row, candidates: [String(srsId), String(named)] },
    );
  if (flags & 0x10) return [];
  return polygonsOfWkb(blob.subarray(8 + envelope), place, maxVertices, 'geopackage-corrupt');
}

function broken({ file, row }: RowPlace, zh: string, en: string): AppError {
  return new AppError(
    'geopackage-corrupt',
    {
      zh: `${file} 第 ${row} 行的图形已损坏：${zh}。请修复该图斑后重新导出。`,
      en: `Row ${row} of ${file} has a damaged shape: ${en}. Repair it and export again.`,
    },
    { file, row },
  );
}
