/** The two uploads: what the bureau filed first, and a later one of another hand with other field names and units. */
import type { County } from './county.ts';
import type { Feature, Plot, Site } from './model.ts';
import { officialAreaM2 } from './planes.ts';
import { Chance } from './random.ts';
import { part, ringOf, rowPlots } from './site.ts';

/** Ids of 18 digits: project code and serial; a project without a proper code borrows a number that nobody has. */
function idOf(plot: Plot, serial: number): string {
  const code = /^\d{14}$/.test(plot.project.code) ? plot.project.code : '99000120209999';
  return `${code}${String(serial).padStart(4, '0')}`;
}

const className = { '0101': '水田', '0103': '旱地' };

/** Areas in hectares to four decimals, text in the order of the bureau's form. */
export function firstUpload(county: County, later: Site): Feature[] {
  const chance = new Chance(4242);
  const serials = new Map<string, number>();
  const plots = county.sites.flatMap((site) => site.plots.filter((plot) => !(site === later && plot.row >= 3)));
  return plots.map((plot): Feature => {
    const { project } = plot;
    const serial = (serials.get(project.code) ?? 0) + 1;
    serials.set(project.code, serial);
    const hectares = plot.declares === null ? null : declaredHectares(plot);
    return {
      polygons: plot.polygons,
      attributes: {
        DKBH: idOf(plot, serial),
        DKMC: `${project.village}${serial}号地块`,
        XMBH: project.code,
        XMMC: project.name,
        XZMC: project.tellsTownship ? project.township : null,
        CUN: project.village,
        DKLX: '新增',
        DLBM: project.targetCode,
        DLMC: className[project.targetCode],
        XZMJ: hectares,
        XZGDMJ: hectares === null ? null : Math.round(hectares * chance.between(0.88, 0.97) * 1e4) / 1e4,
        ZLDB: project.grade,
        CN: hectares === null ? null : Math.round(hectares * 15 * (16 - project.grade) * 100),
        YSRQ: project.accepted,
        YSWH: project.acceptanceNumber,
        BZ: null,
        ...plot.own,
      },
    };
  });
}

function declaredHectares(plot: Plot): number | null {
  const whole = plot.polygons ?? [];
  // a shape that crosses itself has no area to speak of; the bureau's figure is that of the plot as surveyed
  const area = officialAreaM2(whole);
  return Math.round(area * (plot.declares ?? 1)) / 1e4;
}

/** Rows 3 and 4 of one hillside, filed later as another project; its lowest plots reach into the first project's, three of which are filed anew. */
export function secondUpload(later: Site): Feature[] {
  const code = '99000120220101';
  const name = '云溪县南坪乡双河村撂荒地复耕项目(2022-101)';
  const three = rowPlots(later, 3);
  const fresh = [...three, ...rowPlots(later, 4)].map((plot, n): Feature => {
    const reach = n < 5 ? { ...plot.rect, v0: 2.7 } : plot.rect;
    return row(`${code}${String(n + 1).padStart(4, '0')}`, code, name, [[ringOf(later, reach)]], '2022年11月3日');
  });
  const again = rowPlots(later, 2)
    .slice(0, 3)
    .map((plot, n): Feature => {
      const serial = rowPlots(later, 1).length + n + 1;
      const id = idOf(plot, serial);
      return row(id, plot.project.code, plot.project.name, [[ringOf(later, part(plot, 0, 0.93))]], '2022-11-03');
    });
  return [...fresh, ...again];
}

function row(
  id: string,
  code: string,
  name: string,
  polygons: NonNullable<Feature['polygons']>,
  accepted: string,
): Feature {
  return {
    polygons,
    attributes: {
      地块编号: id,
      项目备案编: code,
      项目名称: name,
      地块面积: Math.round(officialAreaM2(polygons) * 0.15) / 100,
      地块类型: '新增',
      验收日期: accepted,
    },
  };
}
