/** Made-up registries in the shape of `/checks` and `/layer-types`, for the page alone; the real texts are the server's. */
import { type CheckId, checkIds, type Measure } from '../../server/domain/outcome.ts';

const titles: Record<CheckId, [zh: string, en: string, measure: Measure]> = {
  'parcel-geometry': ['地块图形', 'Parcel geometry', 'none'],
  'area-mismatch': ['面积不符', 'Area mismatch', 'none'],
  'eco-red-line': ['生态保护红线', 'Ecological red line', 'deduct'],
  'steep-slope': ['25度以上陡坡', 'Slope over 25 degrees', 'deduct'],
  'prior-farmland': ['立项前已是耕地', 'Farmland before the project', 'deduct'],
  'parcel-overlap': ['地块重叠', 'Overlapping parcels', 'deduct'],
  'no-levelling': ['未实施土地平整', 'No levelling', 'deduct'],
  'not-cultivated': ['现状非耕地', 'Not cultivated', 'restore'],
  abandoned: ['撂荒', 'Abandoned', 'remediate'],
  'non-grain': ['种植非粮作物', 'Crops other than grain', 'none'],
  occupied: ['建设占用', 'Occupied by construction', 'restore'],
  'known-issue': ['已下发问题图斑', 'Known issue', 'none'],
};

const param = (value: unknown, unit: string, zh: string, en: string) => ({ default: value, unit, title: { zh, en } });
const minArea = param(10, 'm²', '面积阈值', 'Area above which it fails');
const maxUnknown = param(0.01, '1', '允许无数据的比例', 'Share that may lack evidence');
const params: Partial<Record<CheckId, Record<string, ReturnType<typeof param>>>> = {
  'steep-slope': {
    max_slope_deg: param(25, '°', '坡度上限', 'Greatest slope'),
    source: param('auto', '', '坡度来源', 'Source of slope'),
    min_area_m2: minArea,
    max_unknown_share: maxUnknown,
  },
  'prior-farmland': {
    base_year: param(null, '', '基准年', 'Base year'),
    min_area_m2: minArea,
    max_unknown_share: maxUnknown,
  },
  'parcel-geometry': { min_parcel_m2: param(0, 'm²', '最小地块面积', 'Smallest parcel') },
};

export const checks = checkIds.map((id) => {
  const [zh, en, measure] = titles[id];
  return {
    id,
    version: 1,
    title: { zh, en },
    why: {
      zh: `补充耕地不得存在“${zh}”的情形；存在的部分不能计入新增耕地指标。`,
      en: `Supplementary farmland must be free of “${en.toLowerCase()}”; what is not cannot count towards the quota.`,
    },
    fix: {
      zh: '核实现场后，按所列面积处置，并更新台账。',
      en: 'Verify on site, act on the area given and update the ledger.',
    },
    basis: [
      { document: '演示文件〔2000〕1号', clause: '第一条第（二）款' },
      { document: '演示办法（试行）', clause: '第八条' },
    ],
    params: params[id] ?? { min_area_m2: minArea, max_unknown_share: maxUnknown },
    measure,
  };
});

export const layerTypes = [
  ['eco-red-line', '生态保护红线', 'Ecological red line', 'polygon'],
  ['land-use', '国土变更调查', 'Land-use survey', 'polygon'],
  ['slope', '坡度', 'Slope', 'raster'],
  ['boundary', '县界', 'County boundary', 'polygon'],
  ['township', '乡镇界', 'Townships', 'polygon'],
].map(([type, zh, en, kind]) => ({ type, title: { zh, en }, kind }));
