/**
 * Whether coordinates can be in the system they are said to be in (THREATS T11): swapped axes, degrees for metres, a
 * missing or wrong zone prefix are refused with the likely cause, because far from any layer they would read as "no conflict".
 */
import {
  type Box,
  type CoordinateSystem,
  candidatesFor,
  contains,
  extentOf,
  isPlane,
  nameOf,
  toLonLat,
} from '../domain/crs.ts';
import { AppError, type Sentence } from '../errors.ts';
import type { Warning } from './source-types.ts';

/** A vertex and the row it stands in. */
export interface Vertex {
  x: number;
  y: number;
  row: number;
}
/** The vertices that reach farthest west, south, east and north: if any lies outside a box, one of these does. */
export type Extremes = [west: Vertex, south: Vertex, east: Vertex, north: Vertex];

export const boxOf = ([w, s, e, n]: Extremes): Box => [w.x, s.y, e.x, n.y];

/** Coordinates past this are no place on earth in any unit taken here (the largest easting is 45,834,000 m). */
export const absurd = 1e8;

/** Throws coordinate-outside-crs at the farthest vertex that cannot be of this system, with the likely cause. */
export function checkExtent(file: string, system: CoordinateSystem, extremes: Extremes): void {
  const extent = extentOf(system);
  const bad = extremes.find(({ x, y }) => !contains(extent, x, y));
  if (!bad) return;
  const { x, y, row } = bad;
  const all = extremes.every((v) => !contains(extent, v.x, v.y));
  const cause = likelyCause(all ? boxOf(extremes) : [x, y, x, y], system);
  const name = nameOf(system);
  throw new AppError(
    'coordinate-outside-crs',
    {
      zh: `${file} 第 ${row} 行的坐标（${x}, ${y}）不在${name.zh}的范围内。${cause.zh}`,
      en: `Row ${row} of ${file} has the coordinate (${x}, ${y}), outside ${name.en}. ${cause.en}`,
    },
    { file, row, x, y, candidates: cause.candidates },
  );
}

function likelyCause(box: Box, system: CoordinateSystem): Sentence & { candidates?: string[] } {
  const fits = (b: Box) => contains(extentOf(system), b[0], b[1]) && contains(extentOf(system), b[2], b[3]);
  if (fits([box[1], box[0], box[3], box[2]])) {
    return {
      zh: '横纵坐标看来颠倒了：x 应为东坐标或经度。请对调后重新导出。',
      en: 'The axes look swapped: x must be the easting or longitude. Swap them and export again.',
    };
  }
  const others = candidatesFor(box);
  const only = others[0];
  const candidates = others.slice(0, 40).map((s) => `EPSG:${s.epsg}`);
  if (only?.kind === 'geographic') {
    return {
      zh: '数值是经纬度（度），不是米。请更正坐标系说明，或写明为经纬度坐标系 4490。',
      en: 'The numbers are degrees, not metres. Correct what the file states, or declare 4490.',
      candidates,
    };
  }
  if (
    isPlane(system) &&
    system.prefixed &&
    fits([box[0] + system.zone * 1e6, box[1], box[2] + system.zone * 1e6, box[3]])
  ) {
    return {
      zh: `横坐标没有带号 ${system.zone}：坐标系应为不带带号的同一分带。`,
      en: `The easting lacks the zone number ${system.zone}: the system should be the same zone without it.`,
      candidates,
    };
  }
  if (only && others.length === 1) {
    return {
      zh: `数值符合${nameOf(only).zh}，可能是带号或坐标系写错。`,
      en: `The numbers fit ${nameOf(only).en}; the zone or the system is probably wrong.`,
      candidates,
    };
  }
  return {
    zh: '请核对坐标系与坐标数值。',
    en: 'Check the coordinate system and the numbers.',
    candidates: others.length > 0 ? candidates : undefined,
  };
}

/** A zone used more than half a degree past its border is unusual enough to say; areas stay right, they are geodesic. */
export function farFromMeridian(file: string, system: CoordinateSystem, extremes: Extremes): Warning[] {
  if (!isPlane(system)) return [];
  const usual = system.kind === 'gk3' ? 2 : 3.5;
  const far = Math.max(...extremes.map(({ x, y }) => Math.abs(toLonLat(x, y, system)[0] - system.centralMeridian)));
  if (far <= usual) return [];
  const degrees = far.toFixed(1);
  return [
    {
      code: 'crs-neighbour-zone',
      message: {
        zh: `${file} 的数据距中央经线 ${system.centralMeridian}° 达 ${degrees}°，超出${nameOf(system).zh}的常用范围：请确认没有用错分带。`,
        en: `Data of ${file} lies ${degrees}° from the central meridian ${system.centralMeridian}°, past the usual reach of ${nameOf(system).en}: make sure the zone is right.`,
      },
      where: { file },
    },
  ];
}
