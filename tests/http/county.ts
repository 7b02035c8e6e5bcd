/**
 * A few square plots near Youyang as GeoJSON in lon/lat, small enough to think about: 0.001° is about 97 m by 111 m there,
 * a plot some 10,700 m².
 */
export interface Square {
  west: number;
  south: number;
  /** degrees; a plot is 0.001 wide, and as high as it is wide unless said */
  size?: number;
  height?: number;
  properties: Record<string, unknown>;
}

export function geojson(squares: Square[]): string {
  return JSON.stringify({
    type: 'FeatureCollection',
    features: squares.map(({ west, south, size = 0.001, height = size, properties }) => ({
      type: 'Feature',
      properties,
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [west, south],
            [west + size, south],
            [west + size, south + height],
            [west, south + height],
            [west, south],
          ],
        ],
      },
    })),
  });
}

/** n plots in rows of a hundred from 108.8° E, 28.8° N, 0.002° apart: `P1` … `Pn`, projects of three plots each, two townships in turn. */
export function plots(n: number): string {
  return geojson(
    Array.from({ length: n }, (_, i) => ({
      west: 108.8 + 0.002 * (i % 100),
      south: 28.8 + 0.002 * Math.floor(i / 100),
      properties: {
        DKBH: `P${i + 1}`,
        XMBH: `5002422021${String(Math.floor(i / 3) + 1).padStart(4, '0')}`,
        XMMC: `项目${Math.floor(i / 3) + 1}`,
        XZMC: i % 2 === 0 ? '钟多街道' : '桃花源街道',
      },
    })),
  );
}

/** A red line over the whole of plot 1 and the western half of plot 2, to the west of which there is nothing. */
export const redLine = geojson([
  { west: 108.7995, south: 28.7995, size: 0.002, properties: { HXMC: '红线甲' } },
  { west: 108.802, south: 28.8, size: 0.0005, height: 0.001, properties: { HXMC: '红线乙' } },
]);

/** One patch of paddy that covers all plots, for a year. */
export const allPaddy = geojson([
  { west: 108.79, south: 28.79, size: 0.2, properties: { DLBM: '0101', DLMC: '水田', ZZSXDM: 'LS' } },
]);
