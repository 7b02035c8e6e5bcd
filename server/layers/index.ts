/** The registry of layer types: a new type is one file and one line here. */
import { AppError } from '../errors.ts';
import { boundary } from './boundary.ts';
import { dem } from './dem.ts';
import { ecoRedLine } from './eco-red-line.ts';
import { issue } from './issue.ts';
import { landUse } from './land-use.ts';
import type { LayerType, LayerTypeId } from './layer-type.ts';
import { levelling } from './levelling.ts';
import { occupation } from './occupation.ts';
import { slope } from './slope.ts';
import { slopeZones } from './slope-zones.ts';
import { steepBan } from './steep-ban.ts';
import { township } from './township.ts';

export type { LayerColumn, LayerType, LayerTypeId } from './layer-type.ts';

/** In the order of CONTRACT §2. */
export const layerTypes: readonly LayerType[] = [
  ecoRedLine,
  landUse,
  slope,
  dem,
  slopeZones,
  boundary,
  township,
  occupation,
  issue,
  steepBan,
  levelling,
];

export const layerTypeIds: readonly LayerTypeId[] = layerTypes.map((type) => type.id);

/** The type of this name; `validation` naming all of them where there is none. */
export function layerType(id: string): LayerType {
  const found = layerTypes.find((type) => type.id === id);
  if (found !== undefined) return found;
  throw new AppError(
    'validation',
    {
      zh: `没有“${id}”这种图层类型，请从以下类型中选择：${layerTypeIds.join('、')}`,
      en: `There is no layer type "${id}"; choose one of ${layerTypeIds.join(', ')}`,
    },
    { field: 'type', candidates: [...layerTypeIds] },
  );
}

/** A whole year between 1949 and 2100 where the type needs one, `validation` otherwise; types without a year may carry one as a label. */
export function checkLayerYear(type: LayerType, year: number | undefined): void {
  if (year === undefined) {
    if (!type.needs_year) return;
    throw new AppError(
      'validation',
      {
        zh: `“${type.title.zh}”须注明年份，例如 ${type.id}@2023（HTTP 用 year 字段）`,
        en: `"${type.title.en}" needs its year, e.g. ${type.id}@2023 (over HTTP the field year)`,
      },
      { field: 'year' },
    );
  }
  if (!Number.isInteger(year) || year < 1949 || year > 2100)
    throw new AppError(
      'validation',
      { zh: `年份 ${year} 不对，应为四位数年份`, en: `${year} is not a year; write four digits` },
      { field: 'year' },
    );
}
