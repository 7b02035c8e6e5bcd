/**
 * What offices write at the head of a table of boundary points, and what is meant by it. In surveying X is the northing
 * and Y the easting (DOMAIN §4.2); which of both a column really holds the numbers tell (txt-axes.ts).
 */
import { parcelAliases } from '../parcel-columns.ts';
import type { TableRow } from '../tables/table.ts';

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Letters upper-cased, without blanks and marks; of several columns of one meaning the earliest name counts. */
const aliases = {
  north: words(
    'X X坐标 坐标X X值 X轴 纵坐标 纵坐标X X纵坐标 北坐标 北坐标X X北坐标 北向坐标 北 NORTHING NORTH N POINT_Y',
  ),
  east: words('Y Y坐标 坐标Y Y值 Y轴 横坐标 横坐标Y Y横坐标 东坐标 东坐标Y Y东坐标 东向坐标 东 EASTING EAST E POINT_X'),
  lat: words('纬度 纬度B B纬度 大地纬度 北纬 LATITUDE LAT'),
  lon: words('经度 经度L L经度 大地经度 东经 LONGITUDE LON LNG LONG'),
  plot: words(
    `地块编号 DKBH 图斑编号 TBBH 地块号 图斑号 地块代码 地块标识 地块ID 宗地编号 宗地号 宗地代码 PARCEL_ID PARCELID PARCEL PLOT_ID PLOT ORIG_FID
     地块名称 图斑名称 宗地名称 DKMC 地块`,
  ),
  project: parcelAliases.project_code.map((name) => name.toUpperCase()),
  ring: words('圈号 地块圈号 环号 圈序号 圈 RING RING_NO RINGNO RING_ID'),
  point: words(
    '点号 界址点号 界址点编号 界址点 界址点名 点名 点编号 拐点号 拐点编号 拐点 顶点号 POINT POINT_ID POINT_NO POINTID PTNO PT',
  ),
  serial: words('序号 点序号 点序 界址点序号 顺序号 SEQ ORDER NO NO.'),
} as const;

export type Role = keyof typeof aliases;
export interface Meaning {
  role: Role;
  /** the lower, the plainer */
  rank: number;
}

const roleOf = new Map<string, Meaning>(
  (Object.keys(aliases) as Role[]).flatMap((role) =>
    aliases[role].map((name, rank): [string, Meaning] => [name, { role, rank }]),
  ),
);

/** What is said of a point, not of its plot: never an attribute, however it may look constant. */
export const ofPoints =
  /^(边长|界址边长|距离|高程|高程H|大地高|Z|H|Z坐标|高程坐标|方位角|界标(类型|种类)|界址线(类别|位置)|界址点类型|点类型|点位说明|FID|OBJECTID|OID)$/;
/** Names of a plot's own values beside those that parcels are read by: the vocabulary of 界址点 TXT. */
export const ofPlots =
  /^(地块名称|图斑名称|界址点数|记录图形属性|图幅号|地块用途|地类|地类名称|改造前等别|改造后等别|补充耕地实施年份|耕地坡度级别|耕地质量等级|权利人|权属单位|坐落单位|行政村|村)$/;
export const known = new Set(
  Object.values(parcelAliases)
    .flat()
    .map((name) => name.toUpperCase()),
);
/** Attributes that are figures; their unit may stand in the heading. */
export const areas = new Set([...parcelAliases.declared_area_m2, ...parcelAliases.declared_net_m2]);
export const otherNames: Record<string, string> = {
  坐标点个数: '界址点数',
  界址点个数: '界址点数',
  坐标点数: '界址点数',
  点数: '界址点数',
};
export const areaUnit = /^(单位)?(公顷|亩|平方米|㎡|M2|HM2|HA)$/;
export const lengthUnit = /^(单位)?(米|公尺|M)$/;

/** Longer letters head nothing, and patterns would take their time. */
const longestName = 100;

/** X坐标（米） → X坐标, 米. A bracket may hold the name itself: 坐标（X）. */
export function plain(text: string): { name: string; inner: string } {
  if (text.length > longestName) return { name: text, inner: '' };
  const letters = text
    .normalize('NFKC')
    .replaceAll(/[\s*:、,"']/g, '')
    .toUpperCase();
  const bracketed = /^(.+?)[([【〔](.*?)[)\]】〕]?$/.exec(letters);
  if (bracketed) return { name: bracketed[1]!, inner: bracketed[2]! };
  const [, name, inner] = /^(.+?)[/_](.+)$/.exec(letters) ?? [];
  return name !== undefined && (areaUnit.test(inner!) || lengthUnit.test(inner!))
    ? { name, inner: inner! }
    : { name: letters, inner: '' };
}

export function meaning({ name, inner }: { name: string; inner: string }): Meaning | undefined {
  return roleOf.get(name) ?? (inner === '' ? undefined : (roleOf.get(name + inner) ?? roleOf.get(inner)));
}

/** Do these letters head columns of coordinates? */
export function headsPoints(texts: readonly string[]): boolean {
  const roles = new Set(texts.map((text) => meaning(plain(text))?.role));
  return (roles.has('north') && roles.has('east')) || (roles.has('lat') && roles.has('lon'));
}

/** 坐标系：2000国家大地坐标系 → [坐标系, 2000国家大地坐标系]; the value may stand in the next cell, several in one. */
export function labelsOf({ cells }: TableRow): [key: string, value: string][] {
  const found: [string, string][] = [];
  for (const [i, cell] of cells.entries()) {
    if (cell?.is !== 'text' || cell.text.length > 5 * longestName) continue;
    for (const piece of cell.text.split(/\s+(?=[^\s:：=＝]{1,12}[:：=＝])|[;；，,]\s*(?=[^:：=＝]{1,12}[:：=＝])/)) {
      const [, key, written] = /^([^:：=＝]{1,20})[:：=＝](.*)$/s.exec(piece) ?? [];
      if (key === undefined) continue;
      const value =
        written!.trim() ||
        cells
          .slice(i + 1)
          .find((next) => next !== null)
          ?.text.trim() ||
        '';
      if (value !== '') found.push([key.normalize('NFKC').replaceAll(/\s/g, ''), value]);
    }
  }
  return found;
}

/** The name a label gets as a field. */
export const labelName = (key: string): string =>
  labelIs(key) === 'plot' && !known.has(key.toUpperCase()) && !ofPlots.test(key) ? '地块编号' : key;

/** Is this label the number of a plot, or another value that parcels are read by? */
export const labelIs = (key: string): 'plot' | 'value' | undefined =>
  roleOf.get(key.toUpperCase())?.role === 'plot'
    ? 'plot'
    : known.has(key.toUpperCase()) || ofPlots.test(key)
      ? 'value'
      : undefined;
