/**
 * WKB from foreign hands (ISO 19125, with the Z and M of ISO and of PostGIS) → polygons as rings of x, y. Every count is
 * compared with the bytes that are left before anything is allocated for it (THREATS T9): a blob of 50 bytes may say that
 * it has four thousand million points.
 */
import { AppError, type ProblemCode, type Sentence } from '../../errors.ts';
import type { Ring } from '../rings.ts';
import { type RowPlace, tooManyVertices } from './geojson-shapes.ts';

const names: Record<number, string> = {
  1: 'Point',
  2: 'LineString',
  4: 'MultiPoint',
  5: 'MultiLineString',
  8: 'CircularString',
  9: 'CompoundCurve',
  10: 'CurvePolygon',
  11: 'MultiCurve',
  12: 'MultiSurface',
  13: 'Curve',
  14: 'Surface',
  15: 'PolyhedralSurface',
  16: 'TIN',
  17: 'Triangle',
};
/** collections within collections; nobody writes more than two */
const deepest = 8;

/** Throws `corrupt` with the row where the bytes are no whole geometry, geometry-type, too-large. */
export function polygonsOfWkb(wkb: Buffer, place: RowPlace, maxVertices: number, corrupt: ProblemCode): Ring[][] {
  const polygons: Ring[][] = [];
  let at = 0;
  let vertices = 0;
  geometry(0);
  if (at !== wkb.length)
    throw broken({ zh: '图形之后还有多余的字节', en: 'bytes follow after the end of its geometry' });
  return polygons;

  function geometry(depth: number): void {
    if (depth > deepest) throw broken({ zh: '图形嵌套过深', en: 'its geometry is nested too deeply' });
    need(5);
    const order = wkb[at]!;
    if (order > 1) throw broken({ zh: '字节顺序标记无效', en: 'its byte order is neither 0 nor 1' });
    const little = order === 1;
    const code = little ? wkb.readUInt32LE(at + 1) : wkb.readUInt32BE(at + 1);
    at += 5;
    // PostGIS marks Z, M and a system by the upper bits, ISO by thousands
    const flags = code >>> 28;
    if (flags & 2) {
      need(4);
      at += 4;
    }
    const plain = code & 0x0fffffff;
    const thousand = Math.floor(plain / 1000);
    if (thousand > 3) throw broken({ zh: `图形类型 ${code} 无效`, en: `its geometry type ${code} does not exist` });
    const dimensions =
      2 + (flags & 8 || thousand === 1 || thousand === 3 ? 1 : 0) + (flags & 4 || thousand >= 2 ? 1 : 0);
    const type = plain % 1000;
    if (type === 3) polygon(little, dimensions);
    else if (type === 6 || type === 7) {
      const count = uint(little);
      if (count > (wkb.length - at) / 9) throw tooMany('图形', count, 'geometries');
      for (let i = 0; i < count; i++) geometry(depth + 1);
    } else throw notPolygon(names[type], code);
  }

  function polygon(little: boolean, dimensions: number): void {
    const count = uint(little);
    if (count > (wkb.length - at) / 4) throw tooMany('边界环', count, 'rings');
    const rings: Ring[] = [];
    for (let i = 0; i < count; i++) {
      const points = uint(little);
      if (points > (wkb.length - at) / (8 * dimensions)) throw tooMany('点', points, 'points');
      vertices += points;
      if (vertices > maxVertices) throw tooManyVertices(place, maxVertices);
      const ring = new Float64Array(2 * points);
      for (let p = 0; p < points; p++, at += 8 * dimensions) {
        ring[2 * p] = little ? wkb.readDoubleLE(at) : wkb.readDoubleBE(at);
        ring[2 * p + 1] = little ? wkb.readDoubleLE(at + 8) : wkb.readDoubleBE(at + 8);
      }
      rings.push(ring);
    }
    if (rings.length > 0) polygons.push(rings);
  }

  function uint(little: boolean): number {
    need(4);
    at += 4;
    return little ? wkb.readUInt32LE(at - 4) : wkb.readUInt32BE(at - 4);
  }

  function need(bytes: number): void {
    if (at + bytes > wkb.length) throw broken({ zh: '图形数据不完整', en: 'its geometry is cut short' });
  }

  function tooMany(zh: string, count: number, en: string): AppError {
    return broken({
      zh: `图形写有 ${count} 个${zh}，超过其字节所能容纳的`,
      en: `its geometry says ${count} ${en}, more than its bytes can hold`,
    });
  }

  function broken(what: Sentence): AppError {
    return new AppError(
      corrupt,
      {
        zh: `${place.file} 第 ${place.row} 行的图形已损坏：${what.zh}。请修复该图斑后重新导出。`,
        en: `Row ${place.row} of ${place.file} has a damaged shape: ${what.en}. Repair it and export again.`,
      },
      { file: place.file, row: place.row },
    );
  }

  function notPolygon(name: string | undefined, code: number): AppError {
    if (!name) return broken({ zh: `图形类型 ${code} 无效`, en: `its geometry type ${code} does not exist` });
    const curved = /Curve|MultiSurface|Circular/.test(name);
    return new AppError(
      'geometry-type',
      {
        zh: `${place.file} 第 ${place.row} 行的图形是 ${name}，需要面（Polygon 或 MultiPolygon）。${curved ? '请先把曲线转换为折线（QGIS“转换曲线为直线段”、ArcGIS“增密”）。' : ''}`,
        en: `Row ${place.row} of ${place.file} is a ${name}; polygons are needed.${curved ? ' Convert curves to straight segments first.' : ''}`,
      },
      { file: place.file, row: place.row },
    );
  }
}
