import { compareText } from '../domain/compare-text.ts';
import { type Check, documents, minAreaParam, type Plot } from './check.ts';
import type { Patch } from './ground.ts';
import { setPlace } from './places.ts';
import { isOf } from './polygon-layer.ts';

/** Of a pair only one carries the shared piece: the one of the later set, within a set the greater parcel_id by code point. */
const carries = (plot: Plot, { neighbour }: Patch): boolean =>
  plot.set_no === neighbour!.set_no
    ? compareText(plot.parcel_id, neighbour!.parcel_id) > 0
    : plot.set_no > neighbour!.set_no;

export const parcelOverlap: Check = {
  id: 'parcel-overlap',
  version: 1,
  title: { zh: '与其他补充耕地重叠', en: 'Overlaps another parcel' },
  why: {
    zh: '同一块地重复报备为补充耕地，指标虚增；重叠面积只核减一次。',
    en: 'The same land certified twice inflates the quota; the shared area is deducted once.',
  },
  fix: {
    zh: '核对重叠地块，核减后报备一方的重叠面积。',
    en: 'Compare both parcels; the later one loses the shared area.',
  },
  basis: [
    { document: documents.mnr2367, clause: '报备入库不得重复' },
    { document: documents.mnr31, clause: '新增耕地位置、地类、面积、质量应真实' },
  ],
  params: { min_area_m2: minAreaParam },
  needs: [],
  without: null,
  measure: 'deduct',
  look({ plot, ground }) {
    const own = (patch: Patch) => patch.kind === 'parcel' && carries(plot, patch);
    const hits = ground.hits(isOf('parcel'), (patch) => ({
      name: patch.neighbour!.project_name,
      number: patch.neighbour!.parcel_id,
      parcel_set_id: setPlace(patch.neighbour!.set_no),
      carried: carries(plot, patch),
    }));
    return {
      area_m2: ground.under(isOf('parcel')).area_m2,
      unknown_area_m2: 0,
      detail: { with: hits.map(({ number }) => number), hits },
      claims: [{ measure: 'deduct', region: ground.under(own) }],
    };
  },
};
