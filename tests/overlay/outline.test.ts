import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { type Arrangement, arrange } from '../../server/overlay/arrangement.ts';
import { fragmentsOf } from '../../server/overlay/noding.ts';
import { Segments } from '../../server/overlay/segments.ts';
import { parseShape } from '../../server/overlay/shape.ts';
import { planeWeight } from '../../server/overlay/weight.ts';
import { onDatabase } from '../support/databases.ts';
import { knownOverlays } from '../support/known-overlays.ts';
import { seeded } from '../support/seeded.ts';
import { describeWithSharedData, hasSharedData } from '../support/shared-data.ts';
import { counted, exactly } from './overlay-ops.ts';
import { randomParcel } from './random-parcels.ts';
import { type Polygons, polygonsOfWkb, polygonsOfWkt, shapeOf, square, wkbOf } from './shapes.ts';

const arranged = (parcel: Polygons, covers: readonly Polygons[]): Arrangement =>
  arrange(
    shapeOf(parcel),
    covers.map((polygons, label) => ({ label, shape: shapeOf(polygons) })),
    () => planeWeight,
  );
const under = ({ cells, outlines }: Arrangement, wanted: (labels: readonly number[]) => boolean) =>
  outlines([[...cells.keys()].filter((cell) => wanted(cells[cell]!.labels))])[0]!;
const ring = (...points: [number, number][]): [number, number][] => [...points, points[0]!];
const areaOf = (wkb: Uint8Array) => parseShape(wkb).area;

interface Judged {
  whole: number;
  valid_covers: boolean;
  valid: boolean;
  area_inside: number;
  area_rest: number;
  common: number;
  expected: number | null;
}

/** $1 the parcel, $2 the covers chosen, $3 the outline of what they cover, $4 that of the rest */
const judged = `
  select st_area(parcel) as whole, valid_covers, coalesce(st_isvalid(inside), true) and coalesce(st_isvalid(rest), true) as valid,
    coalesce(st_area(inside), 0) as area_inside, coalesce(st_area(rest), 0) as area_rest,
    coalesce(st_area(st_intersection(inside, rest)), 0) as common,
    case when valid_covers then st_area(st_intersection(parcel, (select st_union(st_geomfromwkb(one)) from unnest($2::bytea[]) as one)))
    end as expected
  from (select st_geomfromwkb($1) as parcel, st_geomfromwkb($3) as inside, st_geomfromwkb($4) as rest,
    (select bool_and(st_isvalid(st_geomfromwkb(one))) from unnest($2::bytea[]) as one) as valid_covers) as given`;

/** The overlays of the JTS suite that have a shape, each within a frame that is the parcel. */
function framedOverlays() {
  return knownOverlays().flatMap(({ file, case: name, op, a, b, expected_area }) => {
    const [first, second] = [polygonsOfWkt(a), polygonsOfWkt(b)];
    const points = [first, second].flat(3);
    if (points.length === 0) return [];
    const [west, south] = [Math.min(...points.map(([x]) => x)), Math.min(...points.map(([, y]) => y))];
    const extent = Math.max(...points.map(([x]) => x - west), ...points.map(([, y]) => y - south));
    const frame = square(west - 0.1 * extent, south - 0.2 * extent, 1.5 * extent);
    const area = (op === 'intersection' ? exactly.get(name) : undefined) ?? expected_area;
    return [{ name: `${file}, ${name}, ${op}`, extent, frame, first, second, counts: counted[op], area }];
  });
}

describe('the outline of parts of a parcel', () => {
  it('is the parcel itself where all parts are wanted, vertex by vertex, whatever lies over it', () => {
    const random = seeded(11);
    for (let n = 0; n < 300; n++) {
      const { parcel, covers } = randomParcel(random);
      const outline = polygonsOfWkb(under(arranged(parcel, covers), () => true)!);
      const cornersOf = (polygons: Polygons) =>
        polygons.map((rings) => rings.map((one) => one.slice(1).map(String).sort().join(' ')).sort()).sort();
      expect(cornersOf(outline)).toEqual(cornersOf(parcel));
    }
  });

  it('is nothing where no part is wanted, and where there is no shape', () => {
    expect(under(arranged([square(0, 0, 1)], [[square(0, 0, 0.5)]]), () => false)).toBeNull();
    expect(under(arranged([], []), () => true)).toBeNull();
  });

  it('has the hole that a cover leaves, clockwise, and its own around the cover', () => {
    const parts = arranged([square(0, 0, 10)], [[square(2, 2, 6)]]);
    expect(polygonsOfWkb(under(parts, (labels) => labels.length === 0)!)).toEqual([
      [ring([0, 0], [10, 0], [10, 10], [0, 10]), ring([2, 2], [2, 8], [8, 8], [8, 2])],
    ]);
    expect(polygonsOfWkb(under(parts, (labels) => labels.length === 1)!)).toEqual([square(2, 2, 6)]);
  });

  it('has a polygon of its own for land within a hole', () => {
    const parts = arranged([square(0, 0, 10)], [[[...square(2, 2, 6), ...square(4, 4, 2)]]]);
    expect(polygonsOfWkb(under(parts, (labels) => labels.length === 0)!)).toEqual([
      [ring([0, 0], [10, 0], [10, 10], [0, 10]), ring([2, 2], [2, 8], [8, 8], [8, 2])],
      square(4, 4, 2),
    ]);
  });

  it('is two polygons where two pieces meet at a corner alone', () => {
    const parts = arranged([square(0, 0, 10)], [[square(0, 0, 5), square(5, 5, 5)]]);
    expect(polygonsOfWkb(under(parts, (labels) => labels.length === 1)!)).toEqual([square(0, 0, 5), square(5, 5, 5)]);
    expect(polygonsOfWkb(under(parts, (labels) => labels.length === 0)!)).toEqual([square(5, 0, 5), square(0, 5, 5)]);
  });

  it('is a shell with a hole where what is taken out touches the edge at one corner', () => {
    const parts = arranged([square(0, 0, 10)], [[[ring([5, 0], [7, 4], [3, 4])]]]);
    expect(polygonsOfWkb(under(parts, (labels) => labels.length === 0)!)).toEqual([
      [ring([0, 0], [5, 0], [10, 0], [10, 10], [0, 10]), ring([3, 4], [7, 4], [5, 0])],
    ]);
  });

  it('has no vertex where an edge that does not bound it crosses, nor where a neighbour has one', () => {
    const parts = arranged(
      [square(0, 0, 10)],
      [[square(0, 0, 5)], [square(-1, 2.5, 3)], [[ring([10, 3], [12, 3], [12, 7], [10, 7], [10, 5])]]],
    );
    expect(polygonsOfWkb(under(parts, (labels) => labels.includes(0))!)).toEqual([square(0, 0, 5)]);
  });

  it('is broken up into fragments that never cross, on lattices of a few doubles where most crossings are far from any', () => {
    const random = seeded(5);
    const origin = 2 ** 52;
    const place = () => Math.round(14 * random());
    let [fragments, crossed] = [0, 0];
    for (let n = 0; n < 300; n++) {
      const shapes = Array.from({ length: 5 }, () =>
        shapeOf([[ring(...Array.from({ length: 4 }, (): [number, number] => [origin + place(), origin + place()]))]]),
      );
      if (shapes[0]!.box!.west === shapes[0]!.box!.east) continue;
      const { nodeX, nodeY, from, to } = fragmentsOf(
        new Segments(
          shapes[0]!,
          shapes.slice(1).map((shape, label) => ({ label, shape })),
        ),
      );
      const side = (a: number, b: number, c: number) =>
        Math.sign(
          (nodeX[b]! - nodeX[a]!) * (nodeY[c]! - nodeY[a]!) - (nodeY[b]! - nodeY[a]!) * (nodeX[c]! - nodeX[a]!),
        );
      for (let i = 0; i < from.length; i++) {
        const [a, b] = [from[i]!, to[i]!];
        for (let j = 0; j < i; j++) {
          const [c, d] = [from[j]!, to[j]!];
          if (side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0) crossed++;
        }
        for (let node = a + 1; node < b; node++) if (side(a, b, node) === 0) crossed++;
      }
      fragments += from.length;
    }
    expect(crossed).toBe(0);
    expect(fragments).toBeGreaterThan(10_000);
  });
});

describeWithSharedData('the outlines of known overlays', () => {
  if (!hasSharedData) return it('has its known answers here', () => expect(hasSharedData).toBe(true));

  it('have the areas of 148 overlays of the JTS suite', () => {
    const wrong: string[] = [];
    const cases = framedOverlays();
    for (const { name, extent, frame, first, second, counts, area } of cases) {
      const outline = under(arranged([frame], [first, second]), (labels) =>
        counts(labels.includes(0), labels.includes(1)),
      );
      const found = outline === null ? 0 : areaOf(outline);
      if (!(Math.abs(found - area) <= 1e-11 * extent ** 2)) wrong.push(`${name}: ${found}, not ${area}`);
    }
    expect(cases.length).toBeGreaterThan(140);
    expect(wrong).toEqual([]);
  });
});

onDatabase('postgis', 'outlines before GEOS', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });

  it.skipIf(!hasSharedData)('are valid for all 148 overlays of the JTS suite', async () => {
    const invalid: string[] = [];
    for (const { name, frame, first, second, counts } of framedOverlays()) {
      const outline = under(arranged([frame], [first, second]), (labels) =>
        counts(labels.includes(0), labels.includes(1)),
      );
      const { rows } = await database.pool.query('select st_isvalidreason(st_geomfromwkb($1)) as reason', [outline]);
      if (outline !== null && rows[0].reason !== 'Valid Geometry') invalid.push(`${name}: ${rows[0].reason}`);
    }
    expect(invalid).toEqual([]);
  });

  it('are valid on lattices around 0, where doubles are finest and a hundredth of all needs the grid', async () => {
    const random = seeded(9);
    const around = (reach: number) => Math.round(reach * (random() - 0.3)) / 10;
    const wrong: string[] = [];
    for (let n = 0; n < 600; n++) {
      const star = (): Polygons => {
        const count = 3 + Math.floor(6 * random());
        const [x, y] = [around(10), around(10)];
        const corners = Array.from({ length: count }, (_, k): [number, number] => {
          const angle = (2 * Math.PI * (k + 0.9 * random())) / count;
          const radius = 8 * (0.3 + 0.7 * random());
          return [x + 0.1 * Math.round(radius * Math.cos(angle)), y + 0.1 * Math.round(radius * Math.sin(angle))];
        });
        return [[ring(...corners)]];
      };
      const parcel = star();
      const covers = [star(), star(), star(), star()];
      if (!(areaOf(wkbOf(parcel)) > 0.05)) continue;
      const parts = arranged(parcel, covers);
      const outline = under(parts, (labels) => labels.includes(0));
      const share = parts.cells.reduce((sum, cell) => sum + (cell.labels.includes(0) ? cell.share : 0), 0);
      const { rows } = await database.pool.query('select st_isvalidreason(st_geomfromwkb($1)) as reason', [outline]);
      if (outline !== null && rows[0].reason !== 'Valid Geometry') wrong.push(`${n}: ${rows[0].reason}`);
      const area = outline === null ? 0 : areaOf(outline);
      if (!(Math.abs(area - share * areaOf(wkbOf(parcel))) < 1e-12)) wrong.push(`${n}: ${area}`);
    }
    expect(wrong).toEqual([]);
  });

  it('are valid, apart and of the right area for 500 random parcels, though lines nearly coincide', async () => {
    const random = seeded(2026);
    const wrong: unknown[] = [];
    let compared = 0;
    for (let n = 0; n < 500; n++) {
      const { parcel, covers } = randomParcel(random);
      const parts = arranged(parcel, covers);
      const chosen = covers.flatMap((_, label) => (label === 0 || random() < 0.5 ? [label] : []));
      const isChosen = (labels: readonly number[]) => chosen.some((label) => labels.includes(label));
      const inside = under(parts, isChosen);
      const rest = under(parts, (labels) => !isChosen(labels));
      const over = chosen.map((label) => wkbOf(covers[label]!));
      const { rows } = await database.pool.query<Judged>(judged, [wkbOf(parcel), over, inside, rest]);
      const { whole, valid_covers, valid, area_inside, area_rest, common, expected } = rows[0]!;
      // where a strip folds over itself by rounding GEOS has no answer
      const off = valid_covers ? Math.abs(area_inside - expected!) : 0;
      if (valid_covers) compared++;
      const apart = Math.max(off, Math.abs(area_inside + area_rest - whole), common);
      if (!valid || !(apart <= 1e-6 * whole)) wrong.push({ n, ...rows[0] });
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(400);
  });
});
