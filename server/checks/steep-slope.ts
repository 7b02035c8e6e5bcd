import type { Reason } from '../domain/outcome.ts';
import { AppError } from '../errors.ts';
import type { ParcelSlope } from '../terrain/zonal.ts';
import {
  type Check,
  documents,
  layerCheckParams,
  type Measured,
  type ParamValues,
  type RunLayer,
  type Sight,
} from './check.ts';
import type { Patch } from './ground.ts';
import { isOf, outsideBoundary } from './polygon-layer.ts';

/** Upper edges of the survey's slope classes 1–4 (DOMAIN §1.4); class 5 is over 25°. */
const classEdges = [2, 6, 15, 25];
const sources = ['auto', 'slope', 'dem', 'slope-zones'] as const;

export const steepSlope: Check = {
  id: 'steep-slope',
  version: 1,
  title: { zh: '25度以上陡坡', en: 'Steeper than 25°' },
  why: {
    zh: '禁止在二十五度以上陡坡地开垦种植农作物，陡坡上的补充耕地指标应予核减。',
    en: 'Slopes over 25° must not be reclaimed for crops; quota certified there is deducted.',
  },
  fix: { zh: '核减陡坡面积的占补平衡指标。', en: 'Deduct the quota of the steep area.' },
  basis: [
    { document: documents.water, clause: '第二十条' },
    { document: documents.youyang, clause: '二（三）' },
    { document: documents.opinion2024, clause: '禁止在25度以上陡坡区域实施补充耕地' },
  ],
  params: {
    ...layerCheckParams,
    max_slope_deg: {
      default: 25,
      unit: '°',
      title: { zh: '坡度上限（严格大于）', en: 'Slope limit (strictly greater)' },
    },
    source: { default: 'auto', unit: '', title: { zh: '坡度来源', en: 'Source of slope' }, values: sources },
  },
  needs: ['slope', 'dem', 'slope-zones', 'steep-ban'],
  without: 'undetermined',
  measure: 'deduct',
  look,
};

/** Which layers speak of slope; `auto` takes slope, else dem, else slope-zones. None where the run has none of them. */
export function slopeLayers(params: ParamValues, layersOf: (type: string) => RunLayer[]): RunLayer[] {
  const wanted = params['source'] === 'auto' ? ['slope', 'dem', 'slope-zones'] : [String(params['source'])];
  for (const type of wanted) {
    const layers = layersOf(type);
    if (layers.length > 0) return layers;
  }
  return [];
}

const banned = isOf('steep-ban');

function look(sight: Sight): Measured {
  const { params, layersOf } = sight;
  const [layer] = slopeLayers(params, layersOf);
  if (!layer && layersOf('steep-ban').length === 0) return { outcome: 'undetermined', reason: 'layer-missing' };
  return layer?.type === 'slope-zones' ? byZones(sight) : byRaster(sight, layer);
}

/** The published 禁止开垦陡坡地 polygons count as steep whatever the raster says. */
function byRaster({ ground, params, slope }: Sight, layer: RunLayer | undefined): Measured {
  const steep = (patch: Patch) => patch.kind === 'steep-cells' || banned(patch);
  const region = ground.under(steep);
  const ban = ground.under(banned);
  const unknown = layer ? ground.under(isOf('unknown-cells')) : ground.all();
  const limit = Number(params['max_slope_deg']);
  return {
    area_m2: region.area_m2,
    unknown_area_m2: ground.less(unknown, ban).area_m2,
    unknown_reason: layer ? whyUnknown(slope) : 'layer-missing',
    detail: {
      source: layer?.type ?? 'steep-ban',
      cell_m: layer?.raster?.cell_m ?? null,
      mean_slope_deg: slope?.mean_deg ?? null,
      max_slope_deg: slope?.max_deg ?? null,
      limit_deg: limit,
      class_area_m2: classAreas(slope, ground.area_m2, limit === 25 && ban.area_m2 === 0 ? region.area_m2 : null),
      hits: ground.hits(banned),
    },
    claims: [{ measure: 'deduct', region }],
  };
}

/** The larger part of what is not known says why: land beyond the raster is outside its coverage, a cell without a value is no data. */
function whyUnknown(slope: ParcelSlope | null): Reason {
  if (slope === null) return 'no-data';
  return slope.outside_share > 1 - slope.known_share - slope.outside_share ? 'outside-coverage' : 'no-data';
}

/** @param over25 m²: where the limit is the survey's own edge of class 5, that class says the same digits as the finding */
function classAreas(slope: ParcelSlope | null, areaM2: number, over25: number | null): number[] {
  const shares = slope?.class_share ?? [0, 0, 0, 0, 0];
  if (over25 === null || slope === null) return shares.map((share) => share * areaM2);
  const rest = shares.slice(0, 4).reduce((sum, share) => sum + share, 0);
  const restM2 = Math.max(slope.known_share * areaM2 - over25, 0);
  return [...shares.slice(0, 4).map((share) => (rest > 0 ? (share / rest) * restM2 : share * areaM2)), over25];
}

function byZones(sight: Sight): Measured {
  const { ground, params } = sight;
  const inClass = (classes: number[]) => (patch: Patch) =>
    patch.kind === 'slope-zones' && patch.slope_class !== null && classes.includes(patch.slope_class);
  const steepZone = inClass(classesAbove(Number(params['max_slope_deg'])));
  const steep = (patch: Patch) => steepZone(patch) || banned(patch);
  const region = ground.under(steep);
  // unknown is what lies beyond the county or under no readable class; what is banned is known to be steep, whatever is missing there
  const unread = ground.less(ground.under(isOf('slope-zones')), ground.under(inClass([1, 2, 3, 4, 5])));
  const { outside } = outsideBoundary(sight);
  const unknown = ground.region(unread.has.map((yes, part) => yes || outside.has[part]!));
  return {
    area_m2: region.area_m2,
    unknown_area_m2: ground.less(unknown, ground.under(banned)).area_m2,
    unknown_reason: 'outside-coverage',
    detail: {
      source: 'slope-zones',
      cell_m: null,
      mean_slope_deg: null,
      max_slope_deg: null,
      limit_deg: Number(params['max_slope_deg']),
      class_area_m2: [1, 2, 3, 4, 5].map((one) => ground.under(inClass([one])).area_m2),
      hits: [...ground.hits(steepZone), ...ground.hits(banned)],
    },
    claims: [{ measure: 'deduct', region }],
  };
}

/** Slope-zone classes whose slopes exceed the limit; only the survey's own edges can be asked of them. */
export function classesAbove(limit: number): number[] {
  const edge = classEdges.indexOf(limit);
  if (edge < 0) {
    throw new AppError(
      'validation',
      {
        zh: `坡度来源为坡度图时，上限只能是 ${classEdges.join('、')} 度`,
        en: `With slope zones the limit must be one of ${classEdges.join(', ')}°`,
      },
      { field: 'steep-slope.max_slope_deg' },
    );
  }
  return [2, 3, 4, 5].slice(edge);
}
