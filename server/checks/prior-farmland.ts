import type { Measured, ParamValues, Plot, Sight } from './check.ts';
import { type Check, documents, layerCheckParams } from './check.ts';
import type { Patch } from './ground.ts';
import { classedIn, hitsOf, isFarmland, landUseYears, uncoveredM2 } from './land-use-year.ts';

/** Plots that lie on farmland by purpose (CONTRACT §3.1). */
const onFarmlandByPurpose = new Set(['提质', '改造', '提质改造', '田坎整治']);

interface Base {
  base_year: number;
  base_year_source: 'param' | 'register' | 'code';
}

export const priorFarmland: Check = {
  id: 'prior-farmland',
  version: 1,
  title: { zh: '立项前已是耕地', en: 'Farmland before the project' },
  why: {
    zh: '项目实施前的国土调查中已是耕地的面积不能算作新增耕地。',
    en: 'Land that the survey before the project already showed as farmland is no new farmland.',
  },
  fix: { zh: '核减立项前已是耕地的面积。', en: 'Deduct what already was farmland.' },
  basis: [
    { document: documents.mnr36, clause: '立项时地类须为非耕地' },
    { document: documents.mnr31, clause: '新增耕地位置、地类、面积、质量应真实' },
  ],
  params: {
    ...layerCheckParams,
    base_year: {
      default: null,
      unit: '',
      title: { zh: '比对年份（缺省为项目开始前一年）', en: 'Base year (default: the year before the project starts)' },
    },
    max_year_gap: {
      default: 10,
      unit: '',
      title: { zh: '调查年份最多早于比对年份的年数', en: 'Years the survey may be older than the base year' },
    },
  },
  needs: ['land-use'],
  without: 'undetermined',
  measure: 'deduct',
  look,
};

function look(sight: Sight): Measured {
  const { plot, ground, params, layersOf } = sight;
  if (isByPurpose(plot)) return { outcome: 'not_applicable', reason: 'plot-type' };
  const years = landUseYears(layersOf('land-use'));
  const base = baseOf(plot, params['base_year']);
  if (!base) return { outcome: 'undetermined', reason: years.length === 0 ? 'layer-missing' : 'start-year-unknown' };
  const year = surveyBefore(base, years);
  if (year === undefined) return { outcome: 'undetermined', reason: 'layer-missing', detail: { ...base } };
  if (base.base_year - year > Number(params['max_year_gap']))
    return { outcome: 'undetermined', reason: 'layer-too-old', detail: { ...base, year } };
  const ofYear = classedIn(year);
  const wanted = (patch: Patch) => ofYear(patch) && isFarmland(patch);
  const region = ground.under(wanted);
  return {
    area_m2: region.area_m2,
    unknown_area_m2: uncoveredM2(sight, year),
    unknown_reason: 'outside-coverage',
    detail: {
      year,
      ...base,
      by_class: ground.areasBy(ofYear, ({ class_code }) => class_code),
      hits: hitsOf(sight, wanted),
    },
    claims: [{ measure: 'deduct', region }],
  };
}

/** The year of land use that this check compares with, of those there are (newest first): what need not be read of the others. */
export function priorYear(plot: Plot, params: ParamValues, years: readonly number[]): number | undefined {
  const base = isByPurpose(plot) ? null : baseOf(plot, params['base_year']);
  return base === null ? undefined : surveyBefore(base, years);
}

const isByPurpose = ({ plot_type }: Plot) => plot_type !== null && onFarmlandByPurpose.has(plot_type.trim());
const surveyBefore = ({ base_year }: Base, years: readonly number[]) => years.find((surveyed) => surveyed <= base_year);

/** What a person says of the run goes before the register, and that before the code (CONTRACT §3.1). */
function baseOf({ project_code, registered_start_year }: Plot, param: unknown): Base | null {
  if (typeof param === 'number') return { base_year: param, base_year_source: 'param' };
  if (registered_start_year !== null) return { base_year: registered_start_year - 1, base_year_source: 'register' };
  const started = startYearOf(project_code);
  return started === null ? null : { base_year: started - 1, base_year_source: 'code' };
}

/** Digits 7–10 of a 14-digit project code (6+4+4), where they can be a year. */
function startYearOf(projectCode: string | null): number | null {
  const code = projectCode?.trim() ?? '';
  if (!/^\d{14}$/.test(code)) return null;
  const year = Number(code.slice(6, 10));
  return year >= 1980 && year <= 2100 ? year : null;
}
