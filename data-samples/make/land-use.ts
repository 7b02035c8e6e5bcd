/** The land-use survey of a year: the blocks' own patches, the host patch about each block, and the open country. */
import type { County } from './county.ts';
import { cellCentre, patches, riverRow } from './lattice.ts';
import type { Feature, Polygon, SurveyYear } from './model.ts';
import { officialAreaM2 } from './planes.ts';
import { chanceAt, smoothNoise } from './random.ts';
import type { LandKind } from './tiling.ts';

/** third survey's code → second survey's code and both names */
const classes: Record<string, [second: string, name: string, secondName: string]> = {
  '0101': ['011', '水田', '水田'],
  '0102': ['012', '水浇地', '水浇地'],
  '0103': ['013', '旱地', '旱地'],
  '0201': ['021', '果园', '果园'],
  '0201K': ['021K', '可调整果园', '可调整果园'],
  '0202': ['022', '茶园', '茶园'],
  '0301': ['031', '乔木林地', '有林地'],
  '0305': ['032', '灌木林地', '灌木林地'],
  '0307': ['033', '其他林地', '其他林地'],
  '0307K': ['033K', '可调整其他林地', '可调整其他林地'],
  '0403K': ['042K', '可调整人工牧草地', '可调整人工牧草地'],
  '0404': ['043', '其他草地', '其他草地'],
  '0601': ['204', '工业用地', '采矿用地'],
  '0702': ['203', '农村宅基地', '村庄'],
  '1006': ['104', '农村道路', '农村道路'],
  '1101': ['111', '河流水面', '河流水面'],
  '1103': ['113', '水库水面', '水库水面'],
  '1104': ['114', '坑塘水面', '坑塘水面'],
  '1104A': ['114', '养殖坑塘', '坑塘水面'],
  '1202': ['122', '设施农用地', '设施农用地'],
  '1206': ['127', '裸土地', '裸地'],
};
const plantingNames: Record<string, string> = {
  LS: '种植粮食作物',
  FLS: '种植非粮食作物',
  LYFL: '粮与非粮轮作',
  XG: '休耕',
  LLJZ: '林粮间作',
  WG: '未耕种',
  JKHF: '即可恢复',
  GCHF: '工程恢复',
};

export function landUse(county: County, year: SurveyYear): Feature[] {
  const features: Feature[] = [];
  const add = (polygon: Polygon, kind: LandKind) => {
    const known = classes[kind.code];
    const second = year === 2018;
    const no = features.length + 1;
    features.push({
      polygons: [polygon],
      attributes: {
        BSM: `990001${year}${String(no).padStart(8, '0')}`,
        YSDM: '2001010100',
        TBBH: String(no),
        DLBM: known ? (second ? known[0] : kind.code) : null,
        DLMC: known ? (second ? known[2] : known[1]) : null,
        QSXZ: '30',
        TBMJ: Math.round(officialAreaM2([polygon]) * 100) / 100,
        ZZSXDM: kind.planting ?? null,
        ZZSXMC: plantingNames[(kind.planting ?? '').toUpperCase()] ?? null,
        SJNF: year,
      },
    });
  };
  for (const site of county.sites) for (const { ring, kind } of site.land[year].polygons()) add([ring], kind);
  const label = (i: number, j: number) => {
    const site = county.hostOf(i, j);
    if (site) return `host ${county.sites.indexOf(site)}`;
    if (!county.inCounty(i, j)) return null;
    const kind = openCountry(county, i, j, year);
    return `${kind.code} ${kind.planting ?? ''} ${i >> 2} ${j >> 2}`;
  };
  for (const patch of patches(label)) {
    const [first, second] = patch.label.split(' ');
    if (first === 'host') {
      const site = county.sites[Number(second)]!;
      add([...patch.rings, [...site.block.outline()].reverse()], site.wild);
    } else add(patch.rings, { code: first!, ...(second ? { planting: second } : {}) });
  }
  return features;
}

/** Wood on high ground, fields and villages low down, grass and orchards between; one cell in fifteen changes its use. */
function openCountry(county: County, i: number, j: number, year: SurveyYear): LandKind {
  if (j === riverRow) return { code: '1101' };
  const [x, y] = cellCentre(i, j);
  const { dem } = county;
  const high = dem.values[Math.floor((dem.y0 - y) / 30) * dem.columns + Math.floor((x - dem.x0) / 30)]!;
  const changes = chanceAt(i, j, 71) < 0.067 ? (chanceAt(i, j, 72) < 0.5 ? 2020 : 2023) : 9999;
  const chance = year >= changes ? chanceAt(i, j, 73) : chanceAt(i, j, 74);
  if (chance < 0.012) return { code: '1103' };
  if (high > 520) return { code: smoothNoise(i / 5, j / 5, 75) > 0.25 ? '0305' : '0301' };
  if (high < 330) {
    if (chance < 0.1) return { code: '0702' };
    if (chance < 0.13) return { code: '0601' };
    return chance < 0.45 ? { code: '0101', planting: 'LS' } : { code: '0103', planting: chance < 0.9 ? 'LS' : 'FLS' };
  }
  if (chance < 0.25) return { code: '0103', planting: chance < 0.2 ? 'LS' : 'WG' };
  if (chance < 0.4) return { code: '0201', planting: 'JKHF' };
  return { code: smoothNoise(i / 4, j / 4, 76) > 0 ? '0301' : '0404' };
}
