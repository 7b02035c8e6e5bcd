/** Sites whose fault lies in what the surveys show: farmland before, other uses after, idle land, gaps in the survey. */
import type { Site } from './model.ts';
import { grain, part, ringOf, rowPlots } from './site.ts';
import { issue } from './themes-masks.ts';
import type { LandKind } from './tiling.ts';

const scrub: LandKind = { code: '0404' };

/** Was farmland in the survey of 2020, the one its base year asks for; the third row lies on farmland by purpose. */
export function farmedBefore2020(site: Site): void {
  const before = site.land[2020];
  const [one, two, three, four] = [1, 2, 3, 4].map((row) => rowPlots(site, row));
  for (const plot of one!.slice(0, 3)) before.paint(part(plot), grain);
  before.paint(part(two![0]!, 0, 1, 0.6, 1), { code: '0101' });
  before.paint(part(two![1]!, 0.2, 0.5, 0, 0.011), grain);
  before.paint(part(two![2]!, 0.2, 0.6, 0, 0.034), grain);
  for (const plot of three!) {
    before.paint(part(plot), grain);
    plot.own['DKLX'] = site.chance.pick(['提质', '提质改造', '田坎整治']);
  }
  // holes in the survey of that year: whether it was farmland cannot be said
  for (const plot of [...two!.slice(3), ...four!.slice(2)]) before.paint(part(plot, 0.3, 0.8, 0.2, 0.9), undefined);
  // two patches of one year, the upper one farmland: the land is counted once, and as farmland
  before.layOver(ringOf(site, part(four![1]!, 0.2, 0.9, 0.1, 0.8)), grain);
  before.layOver(ringOf(site, part(four![1]!, 0.5, 1, 0.3, 0.9)), { code: '0102' });
}

/** Was farmland in the second survey's classes, in 2018. */
export function farmedBefore2018(site: Site): void {
  const before = site.land[2018];
  const [one, two] = [1, 2].map((row) => rowPlots(site, row));
  for (const plot of one!.slice(1, 4)) before.paint(part(plot), grain);
  for (const plot of two!.slice(0, 2)) before.paint(part(plot, 0, 0.7), { code: '0101' });
}

/** What became of the land: every class group, whole plots and parts, recoverable or not. */
export function grownOver(site: Site): void {
  const now = site.land[2023];
  const kinds: LandKind[] = [
    { code: '0301', planting: 'JKHF' },
    { code: '0301', planting: 'GCHF' },
    { code: '0201', planting: 'JKHF' },
    { code: '0201K', planting: 'JKHF' },
    { code: '0202' },
    { code: '0404', planting: 'GCHF' },
    { code: '0307K', planting: 'JKHF' },
    { code: '1202' },
    { code: '0702' },
    { code: '1104', planting: 'JKHF' },
    { code: '1006' },
    { code: '0403K' },
    { code: '0601' },
    { code: '1206' },
  ];
  const plots = [...rowPlots(site, 1), ...rowPlots(site, 2), ...rowPlots(site, 3)];
  kinds.forEach((kind, n) => {
    if (plots[n])
      now.paint(n % 3 === 0 ? part(plots[n]) : part(plots[n], 0, 0.6 + (n % 4) * 0.1, 0.1 * (n % 2), 1), kind);
  });
  const four = rowPlots(site, 4);
  now.paint(part(four[0]!, 0, 0.4), { code: '0201', planting: 'GCHF' });
  now.paint(part(four[0]!, 0.4, 0.7, 0.5, 1), { code: '1104A' });
  now.paint(part(four[1]!, 0.3, 0.6, 0.985, 1), scrub);
  now.paint(part(four[2]!, 0.3, 0.7, 0.965, 1), scrub);
}

/** Untilled land, crops other than grain, farmland of which nothing is said, land without class, holes in the survey. */
export function idle(site: Site): void {
  const now = site.land[2023];
  const [one, two, three, four] = [1, 2, 3, 4].map((row) => rowPlots(site, row));
  one!.forEach((plot, n) => {
    now.paint(n < 3 ? part(plot) : part(plot, 0.2, 0.9, 0, 0.7), { code: '0103', planting: 'WG' });
  });
  for (const plot of one!.slice(0, 3))
    issue(site, ringOf(site, part(plot, 0.1, 0.5, 0.2, 0.8)), '撂荒整治', '耕地保护督察');
  two!.forEach((plot, n) => {
    now.paint(n < 3 ? part(plot) : part(plot, 0.1, 0.6), { code: '0103', planting: n === 2 ? 'fls' : 'FLS' });
  });
  three!.forEach((plot, n) => {
    // the second has so little unsaid that it does not matter (under 1 %)
    now.paint(n === 1 ? part(plot, 0.2, 0.4, 0.98, 1) : part(plot, 0, 0.5 + 0.1 * n), { code: '0103' });
  });
  four!.forEach((plot, n) => {
    now.paint(n === 1 ? part(plot, 0.2, 0.3, 0.95, 1) : part(plot, 0.3, 0.5 + 0.1 * n, 0, 0.8), undefined);
  });
}

/** Patches whose class was left empty, and patches that lie over others. */
export function unclassed(site: Site): void {
  const now = site.land[2023];
  const [one, two, three] = [1, 2, 3].map((row) => rowPlots(site, row));
  for (const plot of one!) now.paint(part(plot, 0.1, 0.7), { code: '' });
  for (const plot of two!.slice(0, 3)) now.paint(part(plot, 0.4, 1, 0, 0.5), { code: '', planting: 'LS' });
  const house = site.block.blob((two![3]!.rect.u0 + two![3]!.rect.u1) / 2, 2.5, 2, 0.35, 77);
  now.layOver(house, { code: '0702' });
  now.layOver(ringOf(site, part(three![0]!, 0.2, 0.6, 0.2, 0.8)), { code: '0103', planting: 'WG' });
}
