/** Columns of the samples' tables, as bureaus name and size them. Widths are kept near what the samples hold. */
import type { Column } from './formats/dbf.ts';

const text = (name: string, width: number): Column => ({ name, kind: 'C', width });
const number = (name: string, width: number, decimals = 0): Column => ({ name, kind: 'N', width, decimals });
const date = (name: string): Column => ({ name, kind: 'D', width: 8 });

export const parcelColumns: Column[] = [
  text('DKBH', 18),
  text('DKMC', 40),
  text('XMBH', 14),
  text('XMMC', 70),
  text('XZMC', 20),
  text('CUN', 20),
  text('DKLX', 10),
  text('DLBM', 5),
  text('DLMC', 10),
  number('XZMJ', 12, 4),
  number('XZGDMJ', 12, 4),
  number('ZLDB', 5, 1),
  number('CN', 10),
  date('YSRQ'),
  text('YSWH', 40),
  text('BZ', 20),
];

/** 项目备案编号 is cut to the ten bytes that a DBF name has room for. */
export const laterParcelColumns: Column[] = [
  text('地块编号', 18),
  text('项目备案编', 14),
  text('项目名称', 60),
  number('地块面积', 12, 2),
  text('地块类型', 10),
  text('验收日期', 16),
];

/** The survey of 2018 knew no 种植属性; that of 2020 had it under its older name. */
export function landUseColumns(year: number): Column[] {
  const planting = [text('ZZSXDM', 6), text('ZZSXMC', year === 2023 ? 21 : 14)];
  return [
    text('BSM', 18),
    text('YSDM', 10),
    text('TBBH', 8),
    text('DLBM', 5),
    text('DLMC', year === 2023 ? 24 : 16),
    text('QSXZ', 2),
    number('TBMJ', 15, 2),
    ...(year === 2018 ? [] : planting),
    number('SJNF', 4),
  ];
}

export const redLineColumns = [
  text('BSM', 18),
  text('XZQDM', 6),
  text('XZQMC', 20),
  text('HXBM', 20),
  text('HXMC', 60),
  text('HXLX', 40),
];
export const boundaryColumns = [text('XZQDM', 6), text('XZQMC', 40)];
export const townshipColumns = [text('XZQDM', 9), text('XZQMC', 20)];
export const levellingColumns = [text('XMBH', 14), text('XMMC', 80), date('JGRQ')];
export const occupationColumns = [text('XMBH', 10), text('XMMC', 60), text('PZWH', 40), date('PZRQ')];
export const steepBanColumns = [text('BH', 10), text('GGWH', 40)];
export const zoneColumns = [text('BSM', 18), text('PDJB', 2)];
