/** A project on its hillside as it should be: wild before, terraced and sown after, levelled, accepted in time. */

import type { Masks, Plot, Project, Site, SurveyYear } from './model.ts';
import type { Placed } from './place-blocks.ts';
import { Chance } from './random.ts';
import { type LandKind, Tiling } from './tiling.ts';

export const grain: LandKind = { code: '0103', planting: 'LS' };
const wildKinds: LandKind[] = [
  { code: '0404' },
  { code: '0305' },
  { code: '0307' },
  { code: '0404', planting: 'GCHF' },
];
const sown: LandKind[] = [
  grain,
  grain,
  grain,
  { code: '0101', planting: 'LS' },
  { code: '0103', planting: 'LYFL' },
  { code: '0103', planting: 'XG' },
  { code: '0103', planting: 'LLJZ' },
];

const townsNames: Record<string, string[]> = {
  云溪街道: ['溪口村', '长坪村', '白果村'],
  石门镇: ['大坪村', '石门村', '三合村', '龙洞村'],
  南坪乡: ['南坪村', '双河村', '茶园村'],
  大垭乡: ['大垭村', '高峰村', '青杠村'],
};
export const townships = Object.keys(townsNames);

export interface ProjectPlan {
  serial: number;
  start: number;
  /** YYYYMMDD */
  accepted: string;
  /** instead of 990001 + start + serial */
  code?: string;
}

export function makeProject(plan: ProjectPlan, township: string, chance: Chance): Project {
  const village = chance.pick(townsNames[township]!);
  const year = plan.accepted.slice(0, 4);
  return {
    code: plan.code ?? `990001${plan.start}${String(plan.serial).padStart(4, '0')}`,
    name: `云溪县${township}${village}等${chance.whole(1, 3)}个村土地整治项目(${plan.start}-${plan.serial})`,
    township,
    village,
    tellsTownship: plan.serial % 2 === 0,
    accepted: plan.accepted,
    acceptanceNumber: `云溪自然资验〔${year}〕${chance.whole(3, 99)}号`,
    targetCode: chance.next() < 0.25 ? '0101' : '0103',
    grade: chance.whole(80, 119) / 10,
  };
}

/** rim rows below and above the plots stay wild */
export function makeSite(placed: Placed, project: Project, masks: Masks, seed: number): Site {
  const { block, host } = placed;
  const chance = new Chance(seed * 7919 + 1);
  const wild = chance.pick(wildKinds);
  const land = Object.fromEntries(
    ([2018, 2020, 2023] as SurveyYear[]).map((year) => [year, new Tiling(block, wild)]),
  ) as Site['land'];
  const site: Site = { block, host, project, plots: [], land, wild, chance, masks, ownLevelling: false };
  paintWild(site, land[2018]);
  paintWild(site, land[2020]);
  for (let row = 1; row < block.depth - 1; row++) makeRow(site, row);
  return site;
}

/** Before the project: two or three bands of scrub, grass and thin wood, at most two rows deep. */
function paintWild(site: Site, tiling: Tiling): void {
  const { block, chance } = site;
  for (let v = 0; v < block.depth; v += 2) {
    const middle = chance.between(block.length * 0.3, block.length * 0.7);
    tiling.paint({ u0: 0, u1: middle, v0: v, v1: Math.min(v + 2, block.depth) }, chance.pick(wildKinds));
  }
}

function makeRow(site: Site, row: number): void {
  const { block, chance, project } = site;
  let u = chance.between(1.5, 3.5);
  const end = block.length - chance.between(1.5, 3.5);
  const first = u;
  const bounds = [u];
  while (end - u > 9) {
    const next = end - u < 24 ? (end - u > 17 ? u + (end - u) / 2 : end) : u + chance.between(10, 15.5);
    const rect = { u0: u, u1: next, v0: row, v1: row + 1 };
    site.plots.push({ row, rect, polygons: [[block.rect(u, next, row, row + 1)]], project, own: {}, declares: 1 });
    u = next;
    bounds.push(u);
  }
  // the survey maps several plots of one row as one patch
  let from = first;
  for (let n = 1; n < bounds.length; n++) {
    if (n < bounds.length - 1 && chance.next() < 0.5) continue;
    site.land[2023].paint({ u0: from, u1: bounds[n]!, v0: row, v1: row + 1 }, chance.pick(sown));
    if (Number(project.accepted.slice(0, 4)) <= 2020)
      site.land[2020].paint({ u0: from, u1: bounds[n]!, v0: row, v1: row + 1 }, grain);
    from = bounds[n]!;
  }
}

export function rowPlots(site: Site, row: number): Plot[] {
  return site.plots.filter((plot) => plot.row === row);
}

/** Part of a plot: shares 0…1 of its length and depth. */
export function part(plot: Plot, from = 0, to = 1, low = 0, high = 1) {
  const { u0, u1, v0, v1 } = plot.rect;
  return {
    u0: u0 + (u1 - u0) * from,
    u1: u0 + (u1 - u0) * to,
    v0: v0 + (v1 - v0) * low,
    v1: v0 + (v1 - v0) * high,
  };
}

export function ringOf(site: Site, rect: { u0: number; u1: number; v0: number; v1: number }) {
  return site.block.rect(rect.u0, rect.u1, rect.v0, rect.v1);
}
