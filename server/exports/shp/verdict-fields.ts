/** The names that verdicts carry in a .dbf, whose field names hold ten bytes. Public: see README. */
import type { CheckId } from '../../domain/outcome.ts';
import type { VerdictRow } from '../../domain/verdict-feature.ts';
import type { Sentence } from '../../errors.ts';

export interface VerdictField {
  name: string;
  kind: 'text' | 'number';
  /** the name in verdicts.geojson */
  of: string;
  title: Sentence;
  value(row: VerdictRow): string | number | null | undefined;
}

const text = (name: string, of: keyof VerdictRow & string, zh: string, en: string): VerdictField => ({
  name,
  kind: 'text',
  of,
  title: { zh, en },
  value: (row) => row[of] as string | null,
});
const area = (name: string, of: keyof VerdictRow & string, zh: string, en: string): VerdictField => ({
  name,
  kind: 'number',
  of,
  title: { zh: `${zh}（m²）`, en: `${en}, m²` },
  value: (row) => row[of] as number | null | undefined,
});

/** Stem of the two fields of a check: <stem>_RES its outcome, <stem>_M2 its area. */
export const checkStems: Record<CheckId, string> = {
  'parcel-geometry': 'GEOM',
  'area-mismatch': 'AREA',
  'eco-red-line': 'RED',
  'steep-slope': 'SLOPE',
  'prior-farmland': 'PRIOR',
  'parcel-overlap': 'OVLAP',
  'no-levelling': 'LEVEL',
  'not-cultivated': 'CULT',
  abandoned: 'ABAND',
  'non-grain': 'GRAIN',
  occupied: 'OCCUP',
  'known-issue': 'ISSUE',
};

export const parcelFields: readonly VerdictField[] = [
  text('PARCEL_ID', 'parcel_id', '地块编号', 'parcel id'),
  text('PROJ_CODE', 'project_code', '项目备案编号', 'project code'),
  text('PROJ_NAME', 'project_name', '项目名称', 'project name'),
  text('TOWNSHIP', 'township', '乡镇', 'township'),
  area('DECL_M2', 'declared_area_m2', '登记面积', 'declared area'),
  area('CALC_M2', 'area_m2', '图形面积', 'computed area'),
  text('VERDICT', 'verdict', '核查结论', 'verdict'),
  area('DEDUCT_M2', 'deduct_area_m2', '核减面积', 'area to deduct'),
  area('RESTORE_M2', 'restore_area_m2', '整改恢复面积', 'area to restore'),
  area('REMED_M2', 'remediate_area_m2', '撂荒整治面积', 'area to remediate'),
  area('KEPT_M2', 'kept_area_m2', '保留面积', 'area kept'),
  area('KEPT_UNV', 'kept_unverified_area_m2', '其中待核面积', 'of it not yet verified'),
];

/** Only where a net figure was declared. */
export const netFields: readonly VerdictField[] = [
  area('DEDUCT_NET', 'deduct_net_m2', '核减净面积', 'net area to deduct'),
  area('RESTOR_NET', 'restore_net_m2', '整改恢复净面积', 'net area to restore'),
  area('REMED_NET', 'remediate_net_m2', '撂荒整治净面积', 'net area to remediate'),
  area('KEPT_NET', 'kept_net_m2', '保留净面积', 'net area kept'),
];

export function checkFields(id: CheckId, title: Sentence): VerdictField[] {
  return [
    {
      name: `${checkStems[id]}_RES`,
      kind: 'text',
      of: `${id}.outcome`,
      title: { zh: `${title.zh}：结果`, en: `${title.en}: outcome` },
      value: (row) => row.checks[id]?.outcome,
    },
    {
      name: `${checkStems[id]}_M2`,
      kind: 'number',
      of: `${id}.area_m2`,
      title: { zh: `${title.zh}：面积（m²）`, en: `${title.en}: area, m²` },
      value: (row) => row.checks[id]?.area_m2,
    },
  ];
}
