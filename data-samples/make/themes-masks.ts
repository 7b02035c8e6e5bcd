/** Sites that meet a red line, steep ground, a ban, missing slope cells, works that were never done, other people's claims. */
import type { Plot, Ring, Site } from './model.ts';
import { smoothNoise } from './random.ts';
import { part, ringOf, rowPlots } from './site.ts';

const box = (ring: Ring, pad: number): [number, number, number, number] => {
  const xs = ring.map((p) => p[0]);
  const ys = ring.map((p) => p[1]);
  return [Math.min(...xs) - pad, Math.min(...ys) - pad, Math.max(...xs) + pad, Math.max(...ys) + pad];
};

/** Metres along a row as a share of the plot's length. */
const along = (plot: Plot, metres: number) => metres / 6 / (plot.rect.u1 - plot.rect.u0);

function redLine(site: Site, ring: Ring, name: string, kind = '水源涵养'): void {
  const n = site.masks.redLine.length + 1;
  site.masks.redLine.push({
    polygons: [[ring]],
    attributes: {
      BSM: `990001${String(n).padStart(12, '0')}`,
      XZQDM: '990001',
      XZQMC: '云溪县',
      HXBM: `HX990001${String(n).padStart(4, '0')}`,
      HXMC: name,
      HXLX: kind,
    },
  });
}

/** The top row lies inside, the one below is cut at about half, others only touch or are brushed by a few m². */
export function ridgeRedLine(site: Site): void {
  const { block } = site;
  const f = (u: number) => 3.45 + 0.22 * smoothNoise(u / 9, 0.5, 51);
  redLine(site, block.beyond(f, 10, block.length, 130, 'uphill'), '云溪岭水源涵养生态保护红线');
  const [a, b, , d] = rowPlots(site, 2) as [Plot, Plot, Plot, Plot];
  // its lower edge is the row line: the plots below it touch and no more
  redLine(site, block.rect(a.rect.u0, b.rect.u1 - 3, 2, 2.4), '云溪岭飞地红线');
  // laps over the first one: counted once
  redLine(site, block.rect(d.rect.u0 + 2, d.rect.u0 + 9, 2.7, 4.4), '云溪岭古树群红线', '生物多样性维护');
  const [e, g, h] = rowPlots(site, 1) as [Plot, Plot, Plot];
  redLine(site, ringOf(site, part(e, 0.2, 0.2 + along(e, 18), 0, 0.018)), '界线误差一');
  redLine(site, ringOf(site, part(g, 0.3, 0.3 + along(g, 30), 0, 0.028)), '界线误差二');
  redLine(site, ringOf(site, part(h, 0.1, 0.1 + along(h, 40), 0.4, 0.43)), '界线误差三');
  const top = rowPlots(site, 4);
  site.land[2023].paint(part(top[1]!, 0.3, 1, 0.2, 1), { code: '0301', planting: 'JKHF' });
  site.land[2023].paint(part(top[2]!), { code: '0103', planting: 'WG' });
  // and was partly farmland before, and partly is an issue already: one square metre, several reasons
  for (const plot of [...top.slice(0, 3), ...rowPlots(site, 3).slice(0, 3)])
    site.land[2018].paint(part(plot, 0, 0.6, 0.1, 0.8), { code: '0103' });
  for (const plot of rowPlots(site, 3).slice(1))
    issue(site, ringOf(site, part(plot, 0.4, 0.8, 0.3, 0.95)), '核减', '耕地保护督察');
}

/** Steep ground that was farmland before in part, and has gone back to wood in part. */
export function steepAndMore(site: Site): void {
  const [one, two, three, four] = [1, 2, 3, 4].map((row) => rowPlots(site, row));
  for (const plot of [...one!.slice(1, 3), ...three!.slice(1, 3)])
    site.land[2018].paint(part(plot, 0.2, 1, 0, 0.7), { code: '0103' });
  for (const plot of [...two!.slice(0, 2), ...four!.slice(1, 3)])
    site.land[2023].paint(part(plot, 0.3, 1, 0.2, 1), { code: '0301', planting: 'GCHF' });
  site.land[2023].paint(part(two![2]!), { code: '0103', planting: 'WG' });
}

/** Along the foot of the hillside: a wetland whose edge winds through the lowest row. */
export function wetlandRedLine(site: Site): void {
  const f = (u: number) => 1.5 + 0.3 * smoothNoise(u / 8, 0.5, 52);
  redLine(
    site,
    site.block.beyond(f, 0, site.block.length - 8, 90, 'downhill'),
    '云溪河湿地生态保护红线',
    '生物多样性维护',
  );
}

/** Gentle ground that the county has published as 禁止开垦陡坡地; cells without value; cells of exactly 25°. */
export function banAndGaps(site: Site): void {
  const ban = (ring: Ring) =>
    site.masks.steepBan.push({
      polygons: [[ring]],
      attributes: { BH: `JK${String(site.masks.steepBan.length + 1).padStart(3, '0')}`, GGWH: '云溪府告〔2022〕7号' },
    });
  const two = rowPlots(site, 2);
  const three = rowPlots(site, 3);
  ban(site.block.rect(two[0]!.rect.u0 + 1, two[2]!.rect.u1, 2, 3));
  ban(ringOf(site, part(three[0]!, 0.1, 0.6, 0, 0.5)));
  ban(ringOf(site, part(three[1]!, 0.1, 0.1 + along(three[1]!, 20), 0.3, 0.315)));
  const gaps = [...rowPlots(site, 1).slice(-2), ...two.slice(-2), ...three.slice(-2)];
  for (const plot of gaps) site.masks.slopeEdits.push({ box: box(ringOf(site, plot.rect), -8), value: -9999 });
  // what the ban says needs no cell
  ban(site.block.rect(gaps[1]!.rect.u0 - 0.5, gaps[1]!.rect.u1 + 1, 0.9, 2));
  for (const plot of rowPlots(site, 4).slice(0, 2))
    site.masks.slopeEdits.push({ box: box(ringOf(site, plot.rect), 30), value: 25 });
}

/** Levelled only in part: the highest row never, the next in its lower half, one plot but for a strip. */
export function halfLevelled(site: Site): void {
  site.ownLevelling = true;
  const extent = (ring: Ring, no: number) =>
    site.masks.levelling.push({
      polygons: [[ring]],
      attributes: { XMBH: site.project.code, XMMC: `${site.project.name}${no}标段`, JGRQ: site.project.accepted },
    });
  const three = rowPlots(site, 3);
  const one = rowPlots(site, 1)[0]!;
  // the row lines themselves are the limit: nothing of the plots sticks out
  extent(site.block.rect(one.rect.u0 + 0.18, site.block.length - 0.7, 1, 3), 1);
  extent(site.block.rect(0.7, site.block.length - 0.7, 2.5, 3.55), 2);
  extent(ringOf(site, part(three[0]!, 0, 1, 0.5, 0.97)), 3);
}

const approvals = ['渝示函〔2023〕101号', '渝示函〔2023〕118号', '渝示函〔2023〕125号'];

/** Houses and roads on the plots, some lawfully permitted after acceptance; issues of three kinds and of none. */
export function claims(site: Site): void {
  const occupy = (ring: Ring, approval: string | null, date: string | null) =>
    site.masks.occupation.push({
      polygons: [[ring]],
      attributes: {
        XMBH: `ZY${String(site.masks.occupation.length + 1).padStart(3, '0')}`,
        XMMC: approval ? '云溪县乡村道路改建工程' : '农村房屋建设',
        PZWH: approval,
        PZRQ: date,
      },
    });
  const patch = (plot: Plot, seed: number, size = 1) => {
    const { u0, u1, v0 } = plot.rect;
    const [u, v] = [(u0 + u1) / 2 + site.chance.between(-2, 2), v0 + 0.5];
    return site.block.blob(u, v, 2.2 * size, 0.36 * size, seed);
  };
  rowPlots(site, 1).forEach((plot, n) => {
    occupy(patch(plot, n), null, null);
  });
  rowPlots(site, 2).forEach((plot, n) => {
    occupy(patch(plot, 20 + n), approvals[n % 3]!, '20230915');
  });
  const three = rowPlots(site, 3);
  const four = rowPlots(site, 4);
  // permitted before acceptance: the quota should never have counted it
  occupy(patch(three[0]!, 40), approvals[0]!, '20200302');
  // under the threshold, and a permitted one beside an unpermitted one on the same plot
  occupy(patch(three[1]!, 41, 0.16), null, null);
  occupy(ringOf(site, part(three[2]!, 0.1, 0.3, 0.1, 0.8)), approvals[1]!, '20231001');
  occupy(ringOf(site, part(three[2]!, 0.25, 0.5, 0.3, 0.9)), null, null);
  const words = ['核减占补平衡指标', '整改恢复', '撂荒整治', null] as const;
  const sources = ['耕地保护督察', '2019–2021年耕地保护审计', '卫片执法'];
  [...four, ...three.slice(2)].forEach((plot, n) => {
    issue(site, ringOf(site, part(plot, 0.15, 0.75, 0.2, 0.8)), words[n % 4]!, sources[n % 3]!);
  });
}

export function issue(site: Site, ring: Ring, measure: string | null, source: string): void {
  const n = site.masks.issue.length + 1;
  site.masks.issue.push({
    polygons: [[ring]],
    attributes: { JCBH: `DC2023-${String(n).padStart(4, '0')}`, WTLY: source, ZGCS: measure, FXRQ: '2023-08-11' },
  });
}

/** Two issues with different measures on the same ground, on plots that are otherwise sound. */
export function issuesOnly(site: Site): void {
  const words = ['核减', '恢复耕种', '撂荒整治', null] as const;
  const plots = [...rowPlots(site, 2), ...rowPlots(site, 3)].slice(0, 8);
  plots.forEach((plot, n) => {
    issue(site, ringOf(site, part(plot, 0.1, 0.6, 0.1, 0.7)), words[n % 4]!, '资金审计');
  });
  issue(site, ringOf(site, part(plots[1]!, 0.4, 0.9, 0.3, 0.9)), '指标核减', '耕地保护督察');
  issue(site, ringOf(site, part(plots[2]!, 0.5, 0.8, 0.2, 0.9)), '整改恢复', '耕地保护督察');
}
