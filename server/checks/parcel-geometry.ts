import { type Check, documents, type Sight } from './check.ts';
import { outsideBoundary } from './polygon-layer.ts';

export const parcelGeometry: Check = {
  id: 'parcel-geometry',
  version: 1,
  title: { zh: '图形不合格', en: 'Faulty shape' },
  why: {
    zh: '图形自相交、为空、重复或在县界外时，面积和位置不可信；修复后的图形参与计算，原图形保留备查。',
    en: 'A shape that crosses itself, is empty, stands twice or lies outside the county cannot be trusted; the repaired shape is measured, the original kept.',
  },
  fix: {
    zh: '按列出的坐标修改图形后重新上传。',
    en: 'Correct the shape at the listed coordinates and upload it again.',
  },
  basis: [
    { document: documents.mnr31, clause: '新增耕地位置、地类、面积、质量应真实' },
    { document: documents.mnr36, clause: '竣工后实地测量并上图' },
  ],
  params: {
    min_parcel_m2: {
      default: 0,
      unit: 'm²',
      title: { zh: '最小地块面积（0 为不检查）', en: 'Smallest parcel (0: not checked)' },
    },
  },
  needs: ['boundary'],
  without: null,
  measure: 'none',
  look(sight) {
    const problems = [...sight.plot.faults, ...ownProblems(sight)];
    return {
      outcome: problems.some((problem) => problem['warning'] !== true) ? 'fail' : 'pass',
      detail: { problems },
    };
  },
};

/** Problems that only the run can see: the same shape again, the county boundary, the smallest area. */
function ownProblems(sight: Sight): Record<string, unknown>[] {
  const { plot, params, pointIn } = sight;
  if (plot.area_m2 === 0) {
    if (plot.faults.some(({ code }) => code === 'empty-shape')) return [];
    return [{ code: 'empty-shape', message: '图形为空', message_en: 'Empty shape', lon: null, lat: null }];
  }
  const found: Record<string, unknown>[] = [];
  if (plot.twin !== null) {
    found.push({
      code: 'duplicate-shape',
      with: plot.twin,
      message: `图形与地块 ${plot.twin} 完全相同`,
      message_en: `Same shape as parcel ${plot.twin}`,
      ...pointIn('parcel'),
    });
  }
  const { area_m2, wholly } = outsideBoundary(sight);
  if (wholly) {
    found.push({
      code: 'outside-boundary',
      message: '地块全部位于县界之外',
      message_en: 'Wholly outside the county boundary',
      ...pointIn('parcel'),
    });
  } else if (area_m2 > 0) {
    found.push({
      code: 'partly-outside-boundary',
      warning: true,
      area_m2,
      message: '地块部分位于县界之外',
      message_en: 'Partly outside the county boundary',
      ...pointIn('outside-boundary'),
    });
  }
  const smallest = Number(params['min_parcel_m2']);
  if (plot.area_m2 < smallest) {
    found.push({
      code: 'under-minimum',
      message: `地块面积小于 ${smallest} 平方米`,
      message_en: `Smaller than ${smallest} m²`,
      ...pointIn('parcel'),
    });
  }
  return found;
}
