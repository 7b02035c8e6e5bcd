/**
 * What is odd about shapes and between them, told with its place and size. The plane is EPSG:4524 near its central meridian's zone, so
 * lengths and areas are worked out by hand in metres; the plane is some 7e-5 larger than the ground there, which the bounds allow for.
 */
import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { receiveLayer } from '../../server/intake/receive-layer.ts';
import { receiveParcels } from '../../server/intake/receive-parcels.ts';
import { type LocatedProblem, setProblems } from '../../server/intake/set-problems.ts';
import { eachDatabase } from '../support/databases.ts';
import { bowTie, depsOf, east, fileOf, geojson, north, type Point, removeFiles, square } from './receiving.ts';

removeFiles();

const move = (points: [number, number][], x = 0): Point[] => points.map(([px, py]) => [px + east + x, py + north]);
const rectangle = (x: number, y: number, width: number, height: number): Point[] =>
  move([
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
    [x, y],
  ]);
const plotOf = (DKBH: string, rings: Point[][], XMBH = 'A') => ({ rings, properties: { DKBH, XMBH } });

eachDatabase('problems of shapes', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });

  async function problemsOf(plots: Parameters<typeof geojson>[0], more: { regionCode?: string; name?: string } = {}) {
    const { regionCode = '990001', name = 'a.geojson' } = more;
    const set = await receiveParcels(depsOf(database), { ...fileOf(geojson(plots), name), regionCode });
    const key = { region_code: set.region_code, parcel_set_id: set.parcel_set_id };
    const found: LocatedProblem[] = [];
    for await (const portion of setProblems((work) => database.db.transaction().execute(work), key, set.feature_count))
      found.push(...portion);
    return { set, found };
  }
  /** where a point of the plane lies, by the database */
  async function at(x: number, y: number): Promise<[number, number]> {
    const { rows } = await database.pool.query<{ lon: number; lat: number }>(
      'select st_x(g) as lon, st_y(g) as lat from (select st_transform(st_setsrid(st_point($1, $2), 4524), 4490) as g) s',
      [east + x, north + y],
    );
    return [rows[0]!.lon, rows[0]!.lat];
  }
  async function expectAt(problem: LocatedProblem | undefined, x: number, y: number, metres = 0.01) {
    const [lon, lat] = await at(x, y);
    expect(Math.abs(problem!.lon! - lon) * 97_500).toBeLessThan(metres);
    expect(Math.abs(problem!.lat! - lat) * 110_900).toBeLessThan(metres);
  }

  it('tell a spike, outwards or inwards, by its angle and length at its tip, and no blunter or shorter corner', async () => {
    const { found } = await problemsOf(
      [
        // 1 m wide at its foot, 20 m long: 2·atan(0.5/20) = 2.8642°, sides √(20² + 0.5²) = 20.0062 m
        plotOf('out', [
          move([
            [0, 0],
            [100, 0],
            [100, 50],
            [120, 50.5],
            [100, 51],
            [100, 100],
            [0, 100],
            [0, 0],
          ]),
        ]),
        plotOf('in', [
          move(
            [
              [0, 0],
              [100, 0],
              [100, 50],
              [80, 50.5],
              [100, 51],
              [100, 100],
              [0, 100],
              [0, 0],
            ],
            200,
          ),
        ]),
        // 2·atan(1/20) = 5.7248°
        plotOf('blunt', [
          move(
            [
              [0, 0],
              [100, 0],
              [100, 50],
              [120, 51],
              [100, 52],
              [100, 100],
              [0, 100],
              [0, 0],
            ],
            400,
          ),
        ]),
        // 2·atan(0.02/0.9) = 2.5460°, sides 0.9002 m
        plotOf('short', [
          move(
            [
              [0, 0],
              [100, 0],
              [100, 50],
              [100.9, 50.02],
              [100, 50.04],
              [100, 100],
              [0, 100],
              [0, 0],
            ],
            600,
          ),
        ]),
      ],
      { regionCode: '990002' },
    );
    expect(found.map(({ parcel_id, code, warning }) => [parcel_id, code, warning])).toEqual([
      ['out', 'spike', true],
      ['in', 'spike', true],
    ]);
    for (const spike of found) {
      expect(spike.angle_deg).toBeCloseTo(2.8642, 4);
      expect(spike.length_m).toBeCloseTo(20.0062, 4);
    }
    await expectAt(found[0], 120, 50.5);
    await expectAt(found[1], 280, 50.5);
  });

  it('tell parts and holes thinner than 0.4 m, and points nearer than a millimetre', async () => {
    const { found } = await problemsOf(
      [
        // 2·(50 × 0.3) ÷ (2·50.3) = 0.298211 m
        plotOf('thin', [rectangle(0, 0, 50, 0.3)]),
        plotOf('thin hole', [rectangle(0, 100, 100, 100), rectangle(20, 150, 50, 0.3)]),
        // 2·(50 × 0.41) ÷ (2·50.41) = 0.406665 m
        plotOf('enough', [rectangle(200, 0, 50, 0.41)]),
        plotOf('near', [
          move([
            [0, 300],
            [100, 300],
            [100, 300.0008],
            [100, 400],
            [0, 400],
            [0, 300],
          ]),
        ]),
        plotOf('apart', [
          move([
            [0, 500],
            [100, 500],
            [100, 500.0012],
            [100, 600],
            [0, 600],
            [0, 500],
          ]),
        ]),
        plotOf('closing', [
          move([
            [0, 700],
            [100, 700],
            [100, 800],
            [0, 800],
            [0, 700.0005],
            [0, 700],
          ]),
        ]),
      ],
      { regionCode: '990003' },
    );
    expect(found.map(({ parcel_id, code, warning }) => [parcel_id, code, warning])).toEqual([
      ['thin', 'sliver', true],
      ['thin hole', 'sliver', true],
      ['near', 'duplicate-vertex', true],
      ['closing', 'duplicate-vertex', true],
    ]);
    for (const sliver of found.slice(0, 2)) {
      expect(sliver.width_m).toBeCloseTo(0.298211, 6);
      expect(sliver.area_m2).toBeCloseTo(15, 6);
    }
    expect(found[2]!.length_m).toBeCloseTo(0.0008, 7);
    expect(found[3]!.length_m).toBeCloseTo(0.0005, 7);
    await expectAt(found[2], 100, 300.0008, 0.001);
  });

  it('tell a bow-tie from a boundary that runs through itself, and how far a ring is open', async () => {
    const { found } = await problemsOf(
      [
        // two triangles of 100 × 50 ÷ 2
        plotOf('bow-tie', bowTie(east, north)),
        // a loop inside that turns the same way
        plotOf('loop', [
          move([
            [200, 0],
            [300, 0],
            [300, 100],
            [260, 100],
            [260, 40],
            [240, 40],
            [240, 60],
            [280, 60],
            [280, 80],
            [200, 80],
            [200, 0],
          ]),
        ]),
        plotOf('open', [rectangle(400, 0, 100, 100).slice(0, 4)]),
      ],
      { regionCode: '990004' },
    );
    const [tie] = found.filter(({ parcel_id }) => parcel_id === 'bow-tie');
    expect(tie).toMatchObject({ code: 'self-intersection', form: 'bow-tie' });
    expect(tie!.area_m2).toBeCloseTo(2500, 6);
    const loop = found.filter(({ parcel_id }) => parcel_id === 'loop');
    expect(loop.length).toBeGreaterThan(0);
    expect(loop.every(({ form }) => form === undefined)).toBe(true);
    const [gaping] = found.filter(({ parcel_id }) => parcel_id === 'open');
    expect(gaping).toMatchObject({ code: 'ring-not-closed' });
    expect(gaping!.length_m).toBeCloseTo(100, 9);
  });

  it('tell overlaps over 1 m² and gaps under 0.4 m of neighbours, once a pair, of the later one', async () => {
    const { found } = await problemsOf(
      [
        plotOf('middle', [rectangle(0, 0, 100, 100)]),
        plotOf('gap', [rectangle(100.3, 0, 100, 60)]),
        plotOf('overlap', [rectangle(-99.5, 20, 100, 50)]),
        plotOf('beside', [rectangle(0, 100, 50, 100)]),
        plotOf('wide gap', [rectangle(50, 100.41, 50, 100)]),
        // 0.005 × 100 m
        plotOf('too little', [rectangle(0, -49.995, 100, 50)]),
        // closed by its own corners: 30 m along, 0.2 m at its middle; under 1 mm beside that
        plotOf('wedge', [
          move([
            [200.3, 0],
            [300, 0],
            [300, 60],
            [200.3, 60],
            [200.3, 45],
            [200.5, 30],
            [200.3, 15],
            [200.3, 0],
          ]),
        ]),
      ],
      { regionCode: '990005' },
    );
    expect(found.map(({ parcel_id, code, with: other, warning }) => [parcel_id, code, other, warning])).toEqual([
      ['gap', 'gap', 'middle', true],
      ['overlap', 'overlap', 'middle', true],
      ['wedge', 'gap', 'gap', true],
    ]);
    const [gap, overlap, wedge] = found;
    const ground = 1e-3;
    expect(Math.abs(gap!.width_m! / 0.3 - 1)).toBeLessThan(ground);
    expect(Math.abs(gap!.length_m! / 60 - 1)).toBeLessThan(ground);
    expect(Math.abs(gap!.area_m2! / 18 - 1)).toBeLessThan(ground);
    await expectAt(gap, 100.15, 30, 20);
    // 0.5 × 50 m
    expect(Math.abs(overlap!.area_m2! / 25 - 1)).toBeLessThan(ground);
    await expectAt(overlap, 0.25, 45, 25);
    // two triangles of 15 × 0.2 ÷ 2, less what is narrower than 2 mm: 0.15 m at either end
    expect(Math.abs(wedge!.area_m2! / 3 - 1)).toBeLessThan(2e-3);
    expect(Math.abs(wedge!.length_m! - 29.7)).toBeLessThan(0.05);
    expect(Math.abs(wedge!.width_m! - 0.2)).toBeLessThan(ground);
  });

  it('tell no gap where a third parcel lies between', async () => {
    const { found } = await problemsOf(
      [
        plotOf('left', [rectangle(0, 0, 100, 100)]),
        plotOf('right', [rectangle(100.35, 0, 100, 100)]),
        plotOf('strip', [rectangle(100, 0, 0.35, 100)]),
      ],
      { regionCode: '990006' },
    );
    expect(found.map(({ parcel_id, code }) => [parcel_id, code])).toEqual([['strip', 'sliver']]);
  });

  it('tell the same shape again, in the set and in the other sets of the county that count', async () => {
    const regionCode = '990007';
    const box = (n: number) => [rectangle(200 * n, 0, 100, 100)];
    await problemsOf([plotOf('1', box(0)), plotOf('2', box(1)), plotOf('5', box(5))], {
      regionCode,
      name: 'first.geojson',
    });
    const { found } = await problemsOf(
      // 1 of the same project is its earlier version; 9 has the shape of 2; 3 and 4 are one shape
      [plotOf('1', box(0)), plotOf('9', box(1)), plotOf('3', box(3)), plotOf('4', box(3))],
      { regionCode, name: 'second.geojson' },
    );
    expect(found.map(({ parcel_id, code, with: other, warning }) => [parcel_id, code, other, warning])).toEqual([
      ['9', 'duplicate-in-other-set', '2', true],
      ['4', 'duplicate-shape', '3', undefined],
    ]);
    expect(found[0]!.message).toContain('first.geojson');
    const elsewhere = await problemsOf([plotOf('9', box(1))], { regionCode: '990008' });
    expect(elsewhere.found).toEqual([]);
  });

  it('tell points outside the county by how far the furthest lies, and parcels wholly outside', async () => {
    const regionCode = '990009';
    const county = geojson([{ rings: [rectangle(0, 0, 1000, 1000)] }]);
    await receiveLayer(depsOf(database), { ...fileOf(county, 'county.geojson'), type: 'boundary', regionCode });
    const { found } = await problemsOf(
      [
        plotOf('inside', [rectangle(10, 10, 100, 100)]),
        plotOf('along the line', [rectangle(0, 200, 100, 50)]),
        plotOf('partly', [
          move([
            [900, 500],
            [1010, 500],
            [1005, 600],
            [900, 600],
            [900, 500],
          ]),
        ]),
        plotOf('out', [rectangle(1100, 0, 50, 50)]),
      ],
      { regionCode },
    );
    expect(found.map(({ parcel_id, code, warning }) => [parcel_id, code, warning])).toEqual([
      ['partly', 'vertex-outside-boundary', true],
      ['out', 'outside-boundary', undefined],
    ]);
    expect(found[0]!.length_m).toBeGreaterThan(9.99);
    expect(found[0]!.length_m).toBeLessThan(10.01);
    await expectAt(found[0], 1010, 500);
  });

  it('are all in the report of a dry run', async () => {
    const plots = [
      plotOf('a', [rectangle(0, 0, 100, 100)]),
      plotOf('b', [rectangle(100.3, 0, 100, 100)]),
      plotOf('c', [square(east, north + 300, 0.3)]),
    ];
    const asked = { ...fileOf(geojson(plots), 'dry.geojson'), regionCode: '990010' };
    const { report } = await receiveParcels(depsOf(database), { ...asked, dryRun: true });
    expect(report!.problems.map(({ parcel_id, code, source_row }) => [parcel_id, code, source_row])).toEqual([
      ['b', 'gap', 2],
      ['c', 'sliver', 3],
    ]);
    expect(report!.problem_count).toBe(2);
    const { found } = await problemsOf(plots, { regionCode: '990010', name: 'dry.geojson' });
    expect(found).toEqual(report!.problems);
  });
});
