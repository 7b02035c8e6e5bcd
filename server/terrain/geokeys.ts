/**
 * The GeoKeys of a GeoTIFF (OGC 19-008r4): a directory of shorts whose longer values lie in two other tags.
 */
import type { ByteSource } from './byte-source.ts';
import { type CheckedHeader, tag } from './geotiff-header.ts';
import { rasterCorrupt } from './refusals.ts';
import { readNumbers, readText } from './tiff-directory.ts';

export const key = {
  modelType: 1024,
  rasterType: 1025,
  citation: 1026,
  geographic: 2048,
  geographicCitation: 2049,
  datum: 2050,
  primeMeridian: 2051,
  angularUnits: 2054,
  semiMajor: 2057,
  semiMinor: 2058,
  inverseFlattening: 2059,
  primeMeridianLon: 2061,
  toWgs84: 2062,
  projected: 3072,
  projectedCitation: 3073,
  method: 3075,
  linearUnits: 3076,
  linearUnitSize: 3077,
  originLon: 3080,
  originLat: 3081,
  falseEasting: 3082,
  falseNorthing: 3083,
  centreLon: 3088,
  scaleAtOrigin: 3092,
  verticalUnits: 4099,
} as const;

/** EPSG's "user-defined" */
export const userDefined = 32767;

/** One value a key: the number, or the text without its closing bar; of a shift to WGS 84 the first part that is not 0. */
export type GeoKeys = Map<number, number | string>;

/** @throws AppError raster-corrupt where the directory points outside its tags */
export async function readGeoKeys(source: ByteSource, { tiff, image }: CheckedHeader): Promise<GeoKeys> {
  const keys: GeoKeys = new Map();
  const directory = await readNumbers(source, tiff, image, tag.geoKeys, 65_536);
  if (!directory) return keys;
  const doubles = await readNumbers(source, tiff, image, tag.geoDoubles, 65_536);
  const text = (await readText(source, image, tag.geoText)) ?? '';
  const count = directory[3] ?? 0;
  if (directory.length < 4 + count * 4) throw rasterCorrupt('GeoKey 目录不完整', 'the GeoKey directory is cut short');
  for (let i = 4; i < 4 + count * 4; i += 4) {
    const [id, location, length, value] = directory.subarray(i, i + 4) as unknown as [number, number, number, number];
    if (location === 0) keys.set(id, value);
    else if (location === tag.geoText) keys.set(id, text.slice(value, value + length).replace(/[|\0]+$/, ''));
    else if (location === tag.geoDoubles) {
      const found = id === key.toWgs84 ? shiftIn(doubles?.subarray(value, value + length)) : doubles?.[value];
      if (found === undefined) throw rasterCorrupt('GeoKey 指向不存在的值', 'a GeoKey points at no value');
      keys.set(id, found);
    }
  }
  return keys;
}

const shiftIn = (parts: Float64Array | undefined) => parts?.find((part) => part !== 0) ?? parts?.[0];

export function numberKey(keys: GeoKeys, id: number): number | undefined {
  const value = keys.get(id);
  return typeof value === 'number' ? value : undefined;
}

export function textKey(keys: GeoKeys, id: number): string {
  const value = keys.get(id);
  return typeof value === 'string' ? value : '';
}
