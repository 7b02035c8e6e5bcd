/** GeoJSON geometries → polygons as rings of x, y. What is a hole is what the file says; higher dimensions are left out. */
import { AppError, type Sentence } from '../../errors.ts';
import { cleanRing, multiPolygonWkb, type Ring } from '../rings.ts';
import type { ShapeFault } from '../source-types.ts';
import type { JsonValue } from './json-text.ts';

/** Which row of which file is being read, for the problems it may have. */
export interface RowPlace {
  file: string;
  row: number;
}

export function invalid(place: { file: string; row?: number }, what: Sentence, cause?: unknown): AppError {
  const at =
    place.row === undefined ? { zh: '', en: '' } : { zh: `第 ${place.row} 个要素`, en: `feature ${place.row}: ` };
  return new AppError(
    'geojson-invalid',
    {
      zh: `${place.file} 不是有效的 GeoJSON：${at.zh}${what.zh}。请重新导出。`,
      en: `${place.file} is no valid GeoJSON: ${at.en}${what.en}. Export it again.`,
    },
    place.row === undefined ? { file: place.file } : { file: place.file, row: place.row },
    cause === undefined ? undefined : { cause },
  );
}

/** Polygons of a geometry, rings as they stand. Throws geometry-type, geojson-invalid, coordinate-invalid, too-large. */
export function polygonsOf(geometry: JsonValue | undefined, place: RowPlace, maxVertices: number): Ring[][] {
  const polygons: Ring[][] = [];
  let vertices = 0;
  collect(geometry);
  return polygons;

  function collect(value: JsonValue | undefined): void {
    if (value === null || value === undefined) return;
    if (!(value instanceof Map)) throw invalid(place, { zh: 'geometry 不是对象', en: 'its geometry is no object' });
    const type = value.get('type');
    if (type === 'GeometryCollection') {
      for (const member of listOf(value.get('geometries'), 'geometries')) collect(member);
      return;
    }
    if (type !== 'Polygon' && type !== 'MultiPolygon') throw notPolygon(type);
    const coordinates = listOf(value.get('coordinates'), 'coordinates');
    for (const polygon of type === 'Polygon' ? [coordinates] : coordinates) {
      const rings = listOf(polygon, 'coordinates').map(ringOf);
      if (rings.length > 0) polygons.push(rings);
    }
  }

  function listOf(value: JsonValue | undefined, name: string): JsonValue[] {
    if (!Array.isArray(value))
      throw invalid(place, { zh: `${name} 不是所需层次的数组`, en: `its ${name} are no array of the right depth` });
    return value;
  }

  function ringOf(value: JsonValue): Ring {
    const positions = listOf(value, 'coordinates');
    vertices += positions.length;
    if (vertices > maxVertices) throw tooManyVertices(place, maxVertices);
    const ring = new Float64Array(positions.length * 2);
    for (const [i, position] of positions.entries()) {
      if (!Array.isArray(position) || position.length < 2)
        throw invalid(place, { zh: '坐标不是 [x, y]', en: 'a position is not [x, y]' });
      for (const axis of [0, 1] as const) {
        const number = position[axis];
        // null is what NaN becomes in JSON; it fails the check of every vertex as NaN
        if (number !== null && typeof number !== 'number')
          throw invalid(place, { zh: '坐标不是数字', en: 'a coordinate is no number' });
        ring[2 * i + axis] = number ?? Number.NaN;
      }
    }
    return ring;
  }

  function notPolygon(type: JsonValue | undefined): AppError {
    const shown = typeof type === 'string' ? type.slice(0, 40) : '?';
    return new AppError(
      'geometry-type',
      {
        zh: `${place.file} 第 ${place.row} 个要素是 ${shown}，需要面（Polygon 或 MultiPolygon）。`,
        en: `Feature ${place.row} of ${place.file} is a ${shown}; polygons are needed.`,
      },
      { file: place.file, row: place.row },
    );
  }
}

export function tooManyVertices({ file, row }: RowPlace, limit: number): AppError {
  return new AppError(
    'too-large',
    {
      zh: `${file} 第 ${row} 个要素的顶点超过 ${limit} 个。请拆分该图斑后再上传。`,
      en: `Feature ${row} of ${file} has more than ${limit} vertices. Split it.`,
    },
    { file, row },
  );
}

/** Rings closed, unusable ones left out with a fault. A polygon that loses its outer ring loses its holes with it. */
export function shapeOf(polygons: Ring[][]): { wkb: Buffer | null; faults: ShapeFault[] } {
  const faults: ShapeFault[] = [];
  const clean: Ring[][] = [];
  for (const rings of polygons) {
    const [outer, ...holes] = rings.map((ring) => cleanRing(ring, faults));
    if (outer) clean.push([outer, ...holes.filter((hole) => hole !== null)]);
  }
  return { wkb: multiPolygonWkb(clean), faults };
}

export function tooLarge(file: string, limit: number): AppError {
  const mb = Math.round(limit / 1024 / 1024);
  return new AppError(
    'too-large',
    {
      zh: `${file} 超过 ${mb} MB。请拆分后分批上传，或改用 shapefile。`,
      en: `${file} has more than ${mb} MB. Split it, or use a shapefile.`,
    },
    { file },
  );
}
