/** How findings are put into words for the table of findings. */
import { type CodeSystem, landCodes } from '../../domain/land-codes.ts';
import type { CheckId, Measure, Outcome, Reason, Verdict } from '../../domain/outcome.ts';
import { formatDecimal } from '../../domain/rounding.ts';
import type { FindingOut, VerdictRow } from '../../domain/verdict-feature.ts';

export const verdictWord: Record<Verdict, string> = {
  compliant: '合规',
  non_compliant: '不合规（疑似）',
  undetermined: '待核',
};
export const outcomeWord: Record<Outcome, string> = {
  pass: '通过',
  fail: '不通过',
  undetermined: '待核',
  not_applicable: '不适用',
};
export const measureWord: Record<Measure, string> = {
  deduct: '核减',
  restore: '整改恢复',
  remediate: '撂荒整治',
  none: '核实',
};
export const reasonWord: Record<Reason, string> = {
  'layer-missing': '缺少图层',
  'outside-coverage': '超出图层范围',
  'no-data': '图层无数据',
  'layer-too-old': '图层年份过旧',
  'plot-type': '地块类型不适用',
  'start-year-unknown': '开始年份不明',
  'attribute-missing': '缺少属性',
  'geometry-unusable': '图形不可用',
  'check-failed': '核查未完成',
};

const plantingWord: Record<string, string> = { JKHF: '即可恢复', GCHF: '工程恢复', none: '无恢复属性' };
/** Names in a cell; the rest is counted, for a cell is no list of a hundred patches. */
const namesShown = 3;

/** m²; what would print as 0.00 is the trace of a shared edge and is left out of lists */
const shown = (area: unknown): boolean => typeof area === 'number' && Math.abs(area) >= 0.005;
const m2 = (area: number) => `${formatDecimal(area, 2)} m²`;
const list = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** Names and numbers of the patches a finding hit, the largest first. */
export function hitsInWords(finding: FindingOut): string {
  const met = list(finding['hits']).filter((hit) => hit['area_m2'] === undefined || shown(hit['area_m2']));
  const hits = met.sort((a, b) => Number(b['area_m2'] ?? 0) - Number(a['area_m2'] ?? 0));
  const named = hits.map((hit) => [text(hit['name']), text(hit['number'])].filter(Boolean).join(' ')).filter(Boolean);
  const distinct = [...new Set(named)];
  const first = distinct.slice(0, namesShown).join('；');
  return distinct.length > namesShown ? `${first} 等 ${distinct.length} 处` : first;
}

/** '坡度级 5', of the class with the largest area as the survey grades a patch (DOMAIN §1.4); then the degrees, where a raster has them. */
export function slopeInWords(finding: FindingOut): string {
  const { max_slope_deg: max, mean_slope_deg: mean, class_area_m2: classes } = finding;
  const areas = Array.isArray(classes) ? classes.map(Number) : [];
  const largest = Math.max(0, ...areas);
  return [
    largest > 0 ? `坡度级 ${areas.indexOf(largest) + 1}` : '',
    typeof max === 'number' ? `最大 ${formatDecimal(max, 1)}` : '',
    typeof max === 'number' && typeof mean === 'number' ? `平均 ${formatDecimal(mean, 1)}` : '',
  ]
    .filter(Boolean)
    .join('\n');
}

/** '2023年 0301 乔木林地 7498.97 m²；…' */
export function classesInWords(finding: FindingOut, systemOfYear: (year: number) => CodeSystem): string {
  const year = finding['year'];
  const areas = finding['by_class'];
  if (typeof year !== 'number') return '';
  if (areas === null || typeof areas !== 'object') return `${year}年`;
  const names = landCodes[systemOfYear(year)];
  const parts = Object.entries(areas as Record<string, number>)
    .filter(([, area]) => shown(area))
    .sort(([, a], [, b]) => b - a)
    .map(([code, area]) => `${code}${names.has(code) ? ` ${names.get(code)}` : ''} ${m2(area)}`);
  const rest = parts.length > namesShown ? ` 等 ${parts.length} 类` : '';
  return `${year}年\n${parts.slice(0, namesShown).join('\n')}${rest}`;
}

/** The survey's planting attribute ZZSXDM, where the check reads it. */
export function plantingInWords(check: CheckId, finding: FindingOut): string {
  if (check === 'abandoned') return 'WG 未耕种';
  if (check === 'non-grain') return 'FLS 种植非粮食作物';
  const areas = finding['by_recovery'];
  if (areas === null || typeof areas !== 'object') return '';
  return Object.entries(areas as Record<string, number>)
    .filter(([, area]) => shown(area))
    .map(([code, area]) => `${code === 'none' ? '' : `${code} `}${plantingWord[code] ?? code} ${m2(area)}`)
    .join('\n');
}

/** What the plan prescribes for this finding; a person decides (CONTRACT §1: a flag is suspected until then). */
export function adviceInWords(check: CheckId, row: VerdictRow, usual: Measure): string {
  const measures = new Set(row.pieces.filter((piece) => piece.reasons.includes(check)).map((piece) => piece.measure));
  const own = [...measures].map((measure) => measureWord[measure]).join('、') || measureWord[usual];
  // one of a pair carries the shared piece (CONTRACT §3.1); the other would read 核减 beside a zero
  if (check === 'parcel-overlap' && measures.size === 0) return `${own}\n（重叠面积计入另一地块）`;
  if (!measures.has('restore')) return own;
  const suggested = row.checks[check]['suggested_measure'];
  if (suggested === 'either') return `${own}\n（工程恢复：整改或核减，待认定）`;
  if (suggested === 'deduct') return `${own}\n（无恢复属性：可核减，待认定）`;
  return own;
}

/** What has no column of its own: problems of the shape with their place, the other parcels, what could not be seen. */
export function remarksOf(check: CheckId, finding: FindingOut): string {
  const remarks: string[] = [];
  for (const problem of list(finding['problems'])) {
    const [lon, lat] = [problem['lon'], problem['lat']];
    const place =
      typeof lon === 'number' && typeof lat === 'number'
        ? `（${formatDecimal(lon, 6)}，${formatDecimal(lat, 6)}）`
        : '';
    remarks.push(`${text(problem['message'])}${place}`);
  }
  const others = finding['with'];
  if (Array.isArray(others) && others.length > 0) {
    remarks.push(
      `与 ${others.slice(0, namesShown).map(text).join('、')}${others.length > namesShown ? ` 等 ${others.length} 个地块` : ''}重叠`,
    );
  }
  if (check === 'area-mismatch' && typeof finding['difference_m2'] === 'number')
    remarks.push(`登记 − 图形 = ${m2(finding['difference_m2'])}`);
  const sources = new Set(
    list(finding['hits'])
      .map((hit) => text(hit['source']))
      .filter(Boolean),
  );
  if (sources.size > 0) remarks.push(`来源：${[...sources].slice(0, namesShown).join('、')}`);
  if (shown(finding.unknown_area_m2)) remarks.push(`无数据面积 ${m2(finding.unknown_area_m2!)}`);
  const first = remarks.slice(0, 5).join('；\n');
  return remarks.length > 5 ? `${first}；等 ${remarks.length} 项` : first;
}

/** '25度以上陡坡：缺少图层；…' for the checks that could not be judged. */
export function undeterminedInWords(row: VerdictRow, titleOf: (check: CheckId) => string): string {
  return Object.entries(row.checks)
    .filter(([, finding]) => finding?.outcome === 'undetermined')
    .map(([check, { reason }]) => `${titleOf(check as CheckId)}${reason ? `：${reasonWord[reason]}` : ''}`)
    .join('；');
}
