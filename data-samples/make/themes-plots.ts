/** Sites whose fault lies in the parcel file: shapes, declared areas, overlaps, dates. */
import type { Plot, Polygon, Project, Ring, Site } from './model.ts';
import { part, ringOf, rowPlots } from './site.ts';

/** Two points of a ring exchanged: neighbours make a small fold, opposite ones a knot through the whole plot. */
const swapped = (ring: Ring, i: number, j: number): Ring =>
  ring.map((p, n) => (n === i ? ring[j]! : n === j ? ring[i]! : p));

/** Bow-ties, rows without a shape, holes, plots of two parts, plots smaller than a raster cell. */
export function shapes(site: Site): void {
  const [one, two, three, four] = [1, 2, 3, 4].map((row) => rowPlots(site, row));
  const ring = (plot: Plot) => ringOf(site, plot.rect);
  one!.forEach((plot, n) => {
    const sound = ring(plot);
    plot.polygons = [[n % 2 === 0 ? swapped(sound, 4, 5) : swapped(sound, 4, sound.length - 5)]];
  });
  // a whole figure of eight: the far corners are exchanged
  const [p, q] = [two![0]!, two![1]!];
  const at = (plot: Plot, u: number, v: number) => {
    const r = part(plot, 0, u, 0, v);
    return site.block.at(r.u1, r.v1);
  };
  p.polygons = [[[at(p, 0, 0), at(p, 0.95, 0), at(p, 0, 1), at(p, 1, 1)]]];
  // a spike out and back
  const sound = ring(q);
  q.polygons = [[[...sound.slice(0, 4), at(q, 0.3, -0.4), ...sound.slice(3)]]];
  for (const plot of two!.slice(2)) plot.polygons = null;
  for (const plot of three!) {
    const [hole, second] = [part(plot, 0.3, 0.45, 0.3, 0.7), part(plot, 0.6, 0.7, 0.2, 0.6)];
    plot.polygons = [[ring(plot), ringOf(site, hole).reverse(), ringOf(site, second).reverse()]];
  }
  four!.forEach((plot, n) => {
    if (n < 3) plot.polygons = [[ringOf(site, part(plot, 0, 0.4))], [ringOf(site, part(plot, 0.55, 1, 0.1, 1))]];
    else plot.polygons = [[ringOf(site, part(plot, 0.4, n === 3 ? 0.5 : 0.65, 0.3, 0.6))]];
  });
}

/** No shape at all, beside those of `shapes`: five rows without one are needed for every check. */
export function lostShapes(site: Site): void {
  for (const plot of rowPlots(site, 2).slice(0, 3)) plot.polygons = null;
}

/** Declared areas that are off, left out, or off by less than the tolerance. */
export function declared(site: Site): void {
  const factors = [1.03, 0.95, 1.25, 0.8, 1.018, 0.97, null, null, null, null, null, null, 1.006, 0.993, 1.004];
  site.plots.forEach((plot, n) => {
    if (n < factors.length) plot.declares = factors[n]!;
  });
}

/** A second project on the same hillside: its plots reach into the first one's, repeat some, and into each other. */
export function overlapping(site: Site, second: Project): void {
  const [one, two, three, four] = [1, 2, 3, 4].map((row) => rowPlots(site, row));
  for (const plot of [...three!, ...four!]) plot.project = second;
  const reshape = (plot: Plot, polygon: Polygon) => {
    plot.polygons = [polygon];
  };
  const { block } = site;
  for (const plot of three!.slice(0, 3)) reshape(plot, [block.rect(plot.rect.u0, plot.rect.u1, 2.7, 4)]);
  // 6 m² over the line, under the threshold; then 15 m²
  if (three![3]) {
    const { u0, u1 } = three![3].rect;
    reshape(three![3], [block.rect(u0, u1, 2.9957, 4)]);
  }
  // within one project: neighbours that lap over each other, one of them over two
  const wider = (plot: Plot, by: number) => block.rect(plot.rect.u0 - by, plot.rect.u1, plot.rect.v0, plot.rect.v1);
  reshape(four![1]!, [wider(four![1]!, 1.6)]);
  reshape(four![2]!, [wider(four![2]!, 2.4)]);
  for (const plot of one!.slice(0, 5)) {
    site.plots.push({ ...plot, project: second, own: { BZ: '重复报备' }, rect: { ...plot.rect } });
  }
  site.plots.push({ ...two!.at(-1)!, project: second, own: { BZ: '重复报备' } });
}

/** Accepted after the newest survey, on its last day, and long before. */
export function late(site: Site): void {
  const dates = ['20240101', '20240520', '20231231'];
  site.plots.forEach((plot, n) => {
    if (n < 12) plot.own['YSRQ'] = dates[n % 3]!;
  });
}
