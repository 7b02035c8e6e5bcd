/** Puts the county together: which projects there are, where they lie, and what each of them is to show. */
import type { Block } from './block.ts';
import { cellCentre, cellNear, columns, patches, riverRow, rows } from './lattice.ts';
import type { Masks, Polygon, Site } from './model.ts';
import { Ground, gentle, isInside, type Placed, steep, type Wish } from './place-blocks.ts';
import { Chance, smoothNoise } from './random.ts';
import { makeProject, makeSite, type ProjectPlan, townships } from './site.ts';
import { elevationGrid, type Grid, height, noData, type Point, slopeGrid, width } from './terrain.ts';
import * as land from './themes-land.ts';
import * as masks from './themes-masks.ts';
import * as plots from './themes-plots.ts';

export interface County {
  dem: Grid;
  slope: Grid;
  sites: Site[];
  masks: Masks;
  inCounty: (i: number, j: number) => boolean;
  townshipOf: (i: number, j: number) => string;
  hostOf: (i: number, j: number) => Site | undefined;
  boundary: Polygon;
  /** the hillside whose rows 3 and 4 were filed later, by another hand */
  later: Site;
}

interface Story {
  apply?: (site: Site) => void;
  start: number;
  accepted: string;
  wish?: Partial<Wish>;
  code?: string;
  /** rows 3 and 4 go into the second upload */
  filedLater?: boolean;
}

const usual: Wish = { lengthM: 400, rows: 6, startSlope: [6, 22], suits: gentle };
const small = { lengthM: 300, rows: 4 };

const stories: Story[] = [
  ...[2019, 2020, 2021, 2021, 2022, 2020, 2021, 2019, 2022].map(
    (start, n): Story => ({ start, accepted: `${start + 1}${['0930', '1115', '0620', '1208'][n % 4]}` }),
  ),
  { apply: masks.ridgeRedLine, start: 2020, accepted: '20211018' },
  { apply: masks.wetlandRedLine, start: 2021, accepted: '20220906' },
  { apply: masks.steepAndMore, start: 2020, accepted: '20211125', wish: { suits: steep, startSlope: [19, 33] } },
  { start: 2021, accepted: '20221125', wish: { suits: steep, startSlope: [19, 33], lengthM: 260, rows: 5 } },
  { apply: masks.banAndGaps, start: 2021, accepted: '20221012' },
  { apply: masks.halfLevelled, start: 2021, accepted: '20220815' },
  { apply: masks.claims, start: 2020, accepted: '20210610' },
  { apply: masks.issuesOnly, start: 2019, accepted: '20200920' },
  { apply: land.farmedBefore2020, start: 2021, accepted: '20221101' },
  { apply: land.farmedBefore2018, start: 2019, accepted: '20201202' },
  { apply: land.grownOver, start: 2020, accepted: '20210727' },
  { apply: land.idle, start: 2021, accepted: '20221020' },
  { apply: land.unclassed, start: 2021, accepted: '20220910' },
  { start: 2018, accepted: '20191105', wish: small },
  { start: 2020, accepted: '20211105', wish: small, code: '990001-2020-07' },
  { apply: plots.shapes, start: 2021, accepted: '20221030' },
  { apply: plots.lostShapes, start: 2022, accepted: '20230830', wish: small },
  { apply: plots.declared, start: 2020, accepted: '20211220' },
  { apply: plots.late, start: 2022, accepted: '20231130' },
  { start: 2021, accepted: '20220422', filedLater: true },
];

export function makeCounty(): County {
  const dem = elevationGrid();
  const slope = slopeGrid(dem);
  const inCounty = (i: number, j: number) => {
    if (i < 2 || j < 2 || i >= columns - 2 || j >= rows - 2) return false;
    const [x, y] = cellCentre(i, j);
    const [dx, dy] = [(x - width / 2) / (width * 0.47), (y - height / 2) / (height * 0.465)];
    return dx ** 4 + dy ** 4 + 0.25 * smoothNoise(x / 1600, y / 1600, 61) < 0.85;
  };
  const seats: Point[] = [
    [2600, 2300],
    [7600, 2500],
    [3000, 5900],
    [7900, 5800],
  ];
  const nearestSeat = (i: number, j: number) => {
    const [x, y] = cellCentre(i, j);
    const far = seats.map(([a, b]) => (a - x) ** 2 + (b - y) ** 2);
    return townships[far.indexOf(Math.min(...far))]!;
  };
  const boundary: Polygon = [patches((i, j) => (inCounty(i, j) ? 'county' : null))[0]!.rings[0]!];
  const ground = new Ground(slope, inCounty);
  const all: Masks = { redLine: [], steepBan: [], levelling: [], occupation: [], issue: [], slopeEdits: [] };
  const sites: Site[] = [];
  const serials = new Map<number, number>();
  const put = (story: Story, placed: Placed, seed: number): Site => {
    const chance = new Chance(seed * 104729);
    const township = nearestSeat(...cellNear(placed.block.at(placed.block.length / 2, placed.block.depth / 2)));
    const site = makeSite(placed, makeProject(planOf(story, serials), township, chance), all, seed);
    story.apply?.(site);
    sites.push(site);
    return site;
  };
  const border = ground.place(borderWish(boundary[0]!), 900);
  const steepFirst = [...stories.keys()].sort((a, b) => rank(stories[a]!) - rank(stories[b]!));
  const places = new Map(steepFirst.map((n) => [n, ground.place({ ...usual, ...stories[n]!.wish }, 100 + n)]));
  const told = stories.map((story, n) => put(story, places.get(n)!, 100 + n));
  const later = told[stories.findIndex((story) => story.filedLater)]!;
  put({ start: 2020, accepted: '20211009' }, border, 900);
  const shared = put({ start: 2020, accepted: '20210913' }, ground.place(usual, 200), 200);
  const other = makeProject(
    planOf({ start: 2021, accepted: '20220913' }, serials),
    shared.project.township,
    new Chance(201),
  );
  plots.overlapping(shared, other);
  for (const site of sites) if (!site.ownLevelling) levelWhole(site, all);
  for (const { box, value } of all.slopeEdits) editSlope(slope, box, value);
  const hosts = new Map(sites.flatMap((site) => site.host.map((cell) => [`${cell}`, site] as const)));
  const hostOf = (i: number, j: number) => hosts.get(`${[i, j]}`);
  const townshipOf = (i: number, j: number) => hostOf(i, j)?.project.township ?? nearestSeat(i, j);
  ridges(all, hostOf, inCounty, dem);
  return { dem, slope, sites, masks: all, inCounty, townshipOf, hostOf, boundary, later };
}

/** Steep hillsides are rarest, so they are looked for first. */
const rank = (story: Story) => (story.wish?.suits ? 0 : 1);

function planOf(story: Story, serials: Map<number, number>): ProjectPlan {
  const serial = (serials.get(story.start) ?? 0) + 1;
  serials.set(story.start, serial);
  return { serial, start: story.start, accepted: story.accepted, ...(story.code ? { code: story.code } : {}) };
}

/** A hillside that the county's border crosses: some plots in, some out, some cut. */
function borderWish(border: readonly Point[]): Wish {
  const fits = (block: Block) => {
    const corners = (u: number, v: number) => [0, 12].flatMap((d) => [0, 1].map((e) => block.at(u + d, v + e)));
    let [within, without, cut] = [0, 0, 0];
    for (let v = 1; v < block.depth - 1; v++) {
      for (let u = 2; u + 12 < block.length; u += 12) {
        const inside = corners(u, v).filter((p) => isInside(p, border)).length;
        if (inside === 4) within++;
        else if (inside === 0) without++;
        else cut++;
      }
    }
    return within >= 6 && without >= 7 && cut >= 4;
  };
  return { ...usual, fits, places: border.filter((_, n) => n % 3 === 0) as Point[] };
}

function levelWhole(site: Site, all: Masks): void {
  const { block, project } = site;
  const ring = block.rect(0.6, block.length - 0.6, 0.5, block.depth - 0.5);
  all.levelling.push({
    polygons: [[ring]],
    attributes: { XMBH: project.code, XMMC: project.name, JGRQ: project.accepted },
  });
}

function editSlope(grid: Grid, [x1, y1, x2, y2]: readonly [number, number, number, number], value: number): void {
  for (let r = 0; r < grid.rows; r++) {
    for (let c = 0; c < grid.columns; c++) {
      const x = grid.x0 + (c + 0.5) * 30;
      const y = grid.y0 - (r + 0.5) * 30;
      if (x >= x1 && x <= x2 && y >= y1 && y <= y2) grid.values[r * grid.columns + c] = value;
    }
  }
}

/** The highest ground is red line, and so is the river with its banks; no project lies on either. */
function ridges(all: Masks, hostOf: County['hostOf'], inCounty: County['inCounty'], dem: Grid): void {
  const heightOf = (i: number, j: number) => {
    const [x, y] = cellCentre(i, j);
    return dem.values[Math.floor((dem.y0 - y) / 30) * dem.columns + Math.floor((x - dem.x0) / 30)] ?? noData;
  };
  const kind = (i: number, j: number) => {
    if (!inCounty(i, j) || hostOf(i, j)) return null;
    if (j === riverRow) return '云溪河水域生态保护红线';
    return heightOf(i, j) > 590 ? '云岭山脊生态保护红线' : null;
  };
  for (const patch of patches(kind)) {
    if (patch.cells.length < 3) continue;
    const n = all.redLine.length + 1;
    all.redLine.push({
      polygons: [patch.rings],
      attributes: {
        BSM: `990001${String(n).padStart(12, '0')}`,
        XZQDM: '990001',
        XZQMC: '云溪县',
        HXBM: `HX990001${String(n).padStart(4, '0')}`,
        HXMC: patch.label,
        HXLX: patch.label.includes('河') ? '生物多样性维护' : '水土保持',
      },
    });
  }
}
