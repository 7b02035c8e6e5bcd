/** Files for the upload on the page, small enough to say by hand what must be told of them. */

type Ring = [number, number][];

const square = (west: number, south: number, size: number): Ring => [
  [west, south],
  [west + size, south],
  [west + size, south + size],
  [west, south + size],
  [west, south],
];

/** crosses itself in the middle of the square */
const bowTie = (west: number, south: number, size: number): Ring => [
  [west, south],
  [west + size, south + size],
  [west + size, south],
  [west, south + size],
  [west, south],
];

const collection = (features: { properties: Record<string, unknown>; ring: Ring }[]) =>
  JSON.stringify({
    type: 'FeatureCollection',
    features: features.map(({ properties, ring }) => ({
      type: 'Feature',
      properties,
      geometry: { type: 'Polygon', coordinates: [ring] },
    })),
  });

/**
 * Twelve plots near 108.8° E, 28.8° N. DKBH, which is read as the number of a parcel, holds numbers of some other list; the
 * parcel's own stands in 自编号. Row 3 crosses itself at 108.8045° E, 28.8005° N. Areas are in 亩, of 10,800 m² a plot.
 */
export function wrongNumbers(seed = ''): string {
  return collection(
    Array.from({ length: 12 }, (_, i) => ({
      properties: {
        DKBH: `9${String(i).padStart(3, '0')}`,
        自编号: `黑水-${String(i + 1).padStart(2, '0')}${seed}`,
        XMBH: '50024220210001',
        XMMC: '黑水镇大泉村等三个村土地开发项目',
        XZMC: '黑水镇',
        XZMJ: 16.2,
      },
      ring: (i === 2 ? bowTie : square)(108.8 + 0.002 * i, 28.8, 0.001),
    })),
  );
}

/** Metres and no word of a system. With no zone before the easting any zone of China could be meant; 36 before it says which. */
export function planeWithoutSystem(zone: '' | '36' = ''): string {
  const prefix = Number(zone) * 1e6;
  return collection(
    Array.from({ length: 3 }, (_, i) => ({
      properties: { DKBH: `K${i + 1}`, XMBH: '50024220210002' },
      ring: square(prefix + 580_500 + 300 * i, 3_187_000, 120),
    })),
  );
}
