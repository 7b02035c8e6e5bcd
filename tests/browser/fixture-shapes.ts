/** Made-up layers behind the made-up county: boundary, townships, red lines, land use, by layer id. */
import { seeded } from '../support/seeded.ts';
import { centreLat, centreLon, latM, lonM, nastyName, type Ring, regionCode, townships } from './fixture-county.ts';

function blob(lon: number, lat: number, radiusM: number, random: () => number, points = 40): Ring {
  const ring = Array.from({ length: points }, (_, i): [number, number] => {
    const angle = (i / points) * 2 * Math.PI;
    const r = radiusM * (0.8 + 0.35 * random());
    return [lon + (r * Math.cos(angle)) / lonM, lat + (r * Math.sin(angle)) / latM];
  });
  return [...ring, ring[0]!];
}

const shape = (ring: Ring, name: string | null, number: string | null, class_code: string | null = null) => ({
  type: 'Feature',
  geometry: { type: 'Polygon', coordinates: [ring] },
  properties: { name, number, class_code },
});

/** Shapes by layer id. */
export function makeShapes(): Record<string, unknown[]> {
  const random = seeded(7);
  const quarters: [number, number][] = [
    [-0.1, 0.06],
    [0.1, 0.06],
    [-0.1, -0.06],
    [0.1, -0.06],
  ];
  return {
    county: [shape(blob(centreLon, centreLat, 21_000, random, 90), '演示县', regionCode)],
    towns: quarters.map(([dx, dy], i) =>
      shape(
        [
          [centreLon + dx - 0.1, centreLat + dy - 0.06],
          [centreLon + dx + 0.1, centreLat + dy - 0.06],
          [centreLon + dx + 0.1, centreLat + dy + 0.06],
          [centreLon + dx - 0.1, centreLat + dy + 0.06],
          [centreLon + dx - 0.1, centreLat + dy - 0.06],
        ],
        townships[i]!,
        `99000110${i}`,
      ),
    ),
    red: [
      shape(blob(centreLon - 0.12, centreLat + 0.07, 2_600, random), '武陵山水土保持红线', 'HX-0012'),
      shape(blob(centreLon + 0.11, centreLat - 0.05, 3_400, random), nastyName, 'HX-0013'),
      shape(blob(centreLon, centreLat, 1_800, random), null, 'HX-0014'),
    ],
    landuse: [shape(blob(centreLon, centreLat + 0.03, 9_000, random), '果园', '0201-77')],
    'landuse-2019': [shape(blob(centreLon, centreLat + 0.03, 9_000, seeded(8)), '乔木林地', '0301-5', '0301')],
  };
}
