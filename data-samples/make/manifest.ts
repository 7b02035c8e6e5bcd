/** county.json: what `npm start` loads, and the runs whose figures lie in expected/. */
import { createHash } from 'node:crypto';

interface LayerEntry {
  file: string;
  type: string;
  year?: number;
  name: string;
}

const layers: LayerEntry[] = [
  { file: 'xzq_county.zip', type: 'boundary', name: '县界（示例）' },
  { file: 'xzq_township.zip', type: 'township', name: '乡镇界（示例）' },
  { file: 'stbhhx.zip', type: 'eco-red-line', name: '生态保护红线（示例）' },
  { file: 'dltb_2018.zip', type: 'land-use', year: 2018, name: '2018 年度地类图斑（二调分类，示例）' },
  { file: 'dltb_2020.zip', type: 'land-use', year: 2020, name: '2020 年度国土变更调查（示例）' },
  { file: 'dltb_2023.zip', type: 'land-use', year: 2023, name: '2023 年度国土变更调查（示例）' },
  { file: 'slope_30m.tif', type: 'slope', name: '坡度 30 米（示例）' },
  { file: 'occupation.zip', type: 'occupation', name: '建设占用（示例）' },
  { file: 'issues.geojson', type: 'issue', name: '督察审计问题图斑（示例）' },
  { file: 'steep_ban.zip', type: 'steep-ban', name: '禁止开垦陡坡地范围（示例）' },
  { file: 'levelling.zip', type: 'levelling', name: '土地平整竣工范围（示例）' },
];
/** not loaded at the first start: they would take the place of the slope raster or of nothing */
const others: LayerEntry[] = [
  { file: 'dem_30m.tif', type: 'dem', name: '数字高程模型 30 米（示例）' },
  { file: 'slope_zones.zip', type: 'slope-zones', name: '坡度图（示例）' },
];

const files = (...types: string[]) => [...layers, ...others].filter((l) => types.includes(l.type)).map((l) => l.file);
const all = layers.map((l) => l.file);

/** Between them the runs give every outcome that a check can give; see data-samples/README.md. */
const runs = [
  { id: 'full', about: 'all layers, default parameters', parcels: ['parcels.zip'], layers: all, params: {} },
  { id: 'bare', about: 'no layer at all', parcels: ['parcels.zip'], layers: [], params: {} },
  {
    id: 'dem',
    about: 'slope from the elevation model, no boundary, stricter parameters, no survey of 2020',
    parcels: ['parcels.zip'],
    layers: [...files('eco-red-line', 'dem', 'steep-ban'), 'dltb_2018.zip', 'dltb_2023.zip'],
    params: {
      'non-grain': { treat_as_fail: true },
      'prior-farmland': { max_year_gap: 1 },
      'steep-slope': { max_slope_deg: 20 },
      'parcel-geometry': { min_parcel_m2: 200 },
    },
  },
  {
    id: 'zones',
    about: 'slope from the zones of a slope map, the base year given',
    parcels: ['parcels.zip'],
    layers: [...files('boundary', 'slope-zones', 'issue', 'township'), 'dltb_2020.zip', 'dltb_2023.zip'],
    params: { 'prior-farmland': { base_year: 2021 }, 'known-issue': { min_area_m2: 400 } },
  },
  {
    id: 'later',
    about: 'both uploads in one run: the later one yields, three parcels are filed anew',
    parcels: ['parcels.zip', 'parcels_later.zip'],
    layers: all,
    params: {},
  },
];

export function manifest(bytes: ReadonlyMap<string, Buffer>) {
  const sha256 = Object.fromEntries(
    [...bytes].map(([name, data]) => [name, createHash('sha256').update(data).digest('hex')]),
  );
  return {
    region: { code: '990001', name: '云溪县（示例）' },
    note: '合成数据，非真实县；由 data-samples/make/make.ts 生成',
    folder: 'county',
    parcels: [
      { file: 'parcels.zip', name: '补充耕地地块（示例）' },
      { file: 'parcels_later.zip', name: '补充耕地地块·后报（示例）', load: false },
    ],
    layers: [...layers, ...others.map((layer) => ({ ...layer, load: false }))],
    runs,
    sha256,
  };
}
