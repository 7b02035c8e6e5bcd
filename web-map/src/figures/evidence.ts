/** Which layers of a run a finding went by: of land use the year it looked at, of slope the source it took. Pure. */
import type { LayerVersion } from '../api/run-types.ts';
import type { CheckText, FindingDetail } from '../api/types.ts';

export function evidenceOf(
  check: CheckText | undefined,
  finding: FindingDetail,
  layers: readonly LayerVersion[],
): LayerVersion[] {
  const needs = check?.needs ?? [];
  return layers.filter(({ type, year }) => {
    if (!needs.includes(type)) return false;
    if (type === 'land-use') return finding.year === year;
    if (check?.id === 'steep-slope' && type !== 'steep-ban') return finding.source === type;
    return true;
  });
}
