import { sqlFile } from '../database/sql-file.ts';
import { type Check, type CheckContext, chunkParams, documents, ids, layerCheckParams } from './check.ts';
import { landUseYears } from './land-use-year.ts';

const measure = sqlFile('checks/prior-farmland');
const baseYears = sqlFile<{ ordinal: number; plot_type: string | null; code_year: number | null }>(
  'queries/prior-base-year',
);

/** Plots that lie on farmland by purpose (CONTRACT §3.1). */
const onFarmlandByPurpose = new Set(['提质', '改造', '提质改造', '田坎整治']);

interface Base {
  ordinal: number;
  base_year: number;
  base_year_source: 'param' | 'register' | 'code';
}

export const priorFarmland: Check = {
  id: 'prior-farmland',
  version: 2,
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
  measure: 'deduct',
  run,
};

async function run(context: CheckContext): Promise<void> {
  const { db, chunk, params, layersOf, say } = context;
  const years = landUseYears(layersOf('land-use'));
  const byPurpose: number[] = [];
  const noStart: number[] = [];
  const noYear: Base[] = [];
  const tooOld: (Base & { year: number })[] = [];
  const byYear = new Map<number, Base[]>();
  for (const parcel of await baseYears.all(db, chunkParams(chunk))) {
    const base = baseOf(parcel, params['base_year']);
    const survey = base && years.find((y) => y.year <= base.base_year);
    if (parcel.plot_type !== null && onFarmlandByPurpose.has(parcel.plot_type.trim())) byPurpose.push(parcel.ordinal);
    else if (!base) noStart.push(parcel.ordinal);
    else if (!survey) noYear.push(base);
    else if (base.base_year - survey.year > Number(params['max_year_gap'])) tooOld.push({ ...base, year: survey.year });
    else byYear.set(survey.year, [...(byYear.get(survey.year) ?? []), base]);
  }
  if (byPurpose.length > 0) await say('not_applicable', 'plot-type', {}, byPurpose);
  if (noStart.length > 0)
    await say('undetermined', years.length === 0 ? 'layer-missing' : 'start-year-unknown', {}, noStart);
  for (const base of noYear) await say('undetermined', 'layer-missing', withoutOrdinal(base), [base.ordinal]);
  for (const base of tooOld) await say('undetermined', 'layer-too-old', withoutOrdinal(base), [base.ordinal]);
  for (const [year, bases] of byYear) {
    await measure.run(db, {
      ...chunkParams(chunk),
      ordinals: bases.map((b) => b.ordinal),
      base_years: bases.map((b) => b.base_year),
      base_year_sources: bases.map((b) => b.base_year_source),
      layers: ids(years.find((y) => y.year === year)?.layers ?? []),
      year,
      min_area_m2: params['min_area_m2'],
    });
  }
}

function baseOf(parcel: { ordinal: number; code_year: number | null }, param: unknown): Base | null {
  if (typeof param === 'number') return { ordinal: parcel.ordinal, base_year: param, base_year_source: 'param' };
  if (parcel.code_year !== null)
    return { ordinal: parcel.ordinal, base_year: parcel.code_year - 1, base_year_source: 'code' };
  return null;
}

function withoutOrdinal({ ordinal: _, ...rest }: Base): Record<string, unknown> {
  return rest;
}
