/** The parcels of a random county: sound shapes and odd ones, on and beside one another, and what clerks write of them. */
import {
  type Draw,
  east,
  elbow,
  neighbours,
  type Point,
  type Polygon,
  planeArea,
  type Row,
  rectangle,
  shifted,
  spot,
  star,
  wide,
} from './random-shapes.ts';

const plotTypes = [null, null, null, '新增', '提质改造', '田坎整治', '改造'];

/** Two uploads; the second files some parcels of the first anew, moved by a few metres. */
export function drawParcels(draw: Draw, borders: number[]): [Row[], Row[]] {
  const shapes: (Polygon[] | null)[] = [];
  for (let i = 0; i < 46; i++) shapes.push(...drawParcel(draw, spot(draw), shapes));
  shapes.push(null);
  const unit = draw.of([1, 10_000, 2000 / 3]);
  const rows = shapes.map((polygons, i) => parcelRow(draw, polygons, i + 1, unit, borders));
  const cut = Math.floor(rows.length * 0.75);
  const [first, second] = [rows.slice(0, cut), rows.slice(cut)];
  for (const i of [3, 8, 15, 21]) {
    const row = first[i];
    if (row?.polygons)
      second.push({ ...row, polygons: shifted(row.polygons, draw.between(-4, 4), draw.between(-4, 4)) });
  }
  return [first, second];
}

function drawParcel(draw: Draw, at: Point, before: (Polygon[] | null)[]): Polygon[][] {
  const angle = draw.between(0, Math.PI);
  const radius = draw.between(12, 95);
  switch (
    draw.of([
      'star',
      'star',
      'rectangle',
      'elbow',
      'holed',
      'parts',
      'tiny',
      'long',
      'again',
      'near',
      'pair',
      'bow-tie',
      'pinched',
      'spiked',
      'meeting-parts',
    ])
  ) {
    case 'rectangle':
      return [[[rectangle(at, 2 * radius, draw.between(6, 90), angle)]]];
    case 'elbow':
      return [[[elbow(at, 1.8 * radius, 0.6 * radius, angle)]]];
    case 'holed':
      return [[[star(draw, at, radius, draw.whole(8, 60)), star(draw, at, 0.3 * radius, 7)]]];
    case 'parts':
      return [[0, 1, 2].map((i) => [star(draw, [at[0] + 2.1 * radius * i, at[1]], radius, draw.whole(5, 14))])];
    case 'tiny':
      return [[[rectangle(at, draw.between(0.6, 3), draw.between(0.6, 3), angle)]]];
    case 'long':
      return [[[rectangle([east + wide / 2, at[1]], 2050, draw.between(4, 25), draw.between(-0.1, 0.1))]]];
    case 'again': {
      // the same shape under another number: as it is, or begun at another corner and wound the other way
      const same = before.findLast((shape) => shape !== null);
      if (!same) return [];
      const wound = same.map((rings) => rings.map((ring) => [...ring.slice(2), ...ring.slice(0, 2)].reverse()));
      return [draw.chance(0.5) ? same : wound];
    }
    case 'near': {
      const other = before.findLast((shape) => shape !== null);
      return other ? [shifted(other, draw.between(0.2, 20), draw.between(0.2, 20))] : [];
    }
    case 'pair':
      return neighbours(draw, at, 2 * radius).map((ring) => [[ring]]);
    case 'bow-tie': {
      const [a, b, c, d] = rectangle(at, 1.5 * radius, radius, angle) as [Point, Point, Point, Point];
      return [[[[a, c, b, d]]]];
    }
    case 'pinched': {
      // comes back to one of its corners: a ring that touches itself
      const ring = star(draw, at, radius, 12);
      return [[[[...ring.slice(0, 9), ring[2] as Point, ...ring.slice(9)]]]];
    }
    case 'spiked': {
      const ring = star(draw, at, radius, 9);
      const tip: Point = [at[0] + 1.6 * radius, at[1] + 0.3 * radius];
      return [[[[...ring, tip, ring.at(-1) as Point]]]];
    }
    case 'meeting-parts':
      return [[0, 1].map((i) => [star(draw, [at[0] + 1.1 * radius * i, at[1]], radius, draw.whole(9, 14))])];
    default:
      return [[[star(draw, at, radius, draw.whole(5, 70))]]];
  }
}

function parcelRow(draw: Draw, polygons: Polygon[] | null, number: number, unit: number, borders: number[]): Row {
  const code = draw.chance(0.12) ? null : `500242${draw.of([2010, 2013, 2014, 2019, 2021, 2022])}0001`;
  const factor = draw.of([1, 1, 1, 1.05, 0.93, null]);
  return {
    polygons,
    properties: {
      DKBH: `D${String(number).padStart(3, '0')}`,
      XMBH: code,
      XMMC: code && `${code.slice(6, 10)} 年项目`,
      XZMC: draw.chance(0.3) || meets(polygons, borders) ? draw.of(['桃花源街道', '板溪镇']) : null,
      XZMJ: factor === null || !polygons ? null : Number(((planeArea(polygons) * factor) / unit).toFixed(4)),
      DKLX: draw.of(plotTypes),
      YSRQ: draw.of([null, '20151020', '2020-06-01', '2022/3/8', '2021年7月15日', '2023-12-31', '20240115']),
    },
  };
}

/** Where the inner point of a parcel across two townships lies is nobody's rule: such a parcel states its township. */
function meets(polygons: Polygon[] | null, borders: number[]): boolean {
  const xs = (polygons ?? []).flat(2).map(([x]) => x);
  return borders.some((border) => Math.min(...xs) < border + 90 && Math.max(...xs) > border - 10);
}
