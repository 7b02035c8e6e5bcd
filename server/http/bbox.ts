/** bbox=west,south,east,north in degrees (RFC 7946 §5 order), inside the world, south not above north. */
import { invalidField } from './problem.ts';
import type { Box } from './reading/layers.ts';

export function readBox(text: string | undefined): Box | undefined {
  if (text === undefined) return undefined;
  const parts = text.split(',');
  const numbers = parts.map((part) => (/^\s*[+-]?\d{1,3}(\.\d{1,20})?\s*$/.test(part) ? Number(part) : Number.NaN));
  const [west, south, east, north] = numbers as Box;
  const sound =
    parts.length === 4 && west >= -180 && east <= 180 && south >= -90 && north <= 90 && west <= east && south <= north;
  if (sound) return [west, south, east, north];
  throw invalidField('bbox', {
    zh: '参数 bbox 应为“最小经度,最小纬度,最大经度,最大纬度”四个数（度），例如 108.5,28.6,108.9,29.1。',
    en: 'bbox must be four numbers in degrees, west,south,east,north, e.g. 108.5,28.6,108.9,29.1.',
  });
}
