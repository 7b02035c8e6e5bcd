/** 自检 (DOMAIN §6 point 7): equations over the unrounded sums, printed under the tables. */
import { areaOf, type ExactArea, formatDecimal, roundDecimal } from '../../domain/rounding.ts';
import type { RunSummary } from '../../domain/verdict-feature.ts';
import { type Gathered, type Group, leaves } from './gather.ts';

/** The line under a printed table: its own figures add up, as printed. */
export function printedCheck(
  unit: string,
  decimals: number,
  equations: [string, number, [string, number][]][],
): string {
  const figure = (value: number) => formatDecimal(value, decimals);
  const parts = equations.map(([name, whole, terms]) => {
    const sum = terms.map(([term, value]) => `${term} ${figure(value)}`).join(' + ');
    const off = roundDecimal(
      whole - terms.reduce((total, [, value]) => roundDecimal(total + value, decimals), 0),
      decimals,
    );
    return `${name} ${figure(whole)} = ${sum}${off === 0 ? '' : `（调平差 ${figure(off)}）`}`;
  });
  return `自检（${unit}）：${parts.join('；')}；各项目之和 = 各乡镇之和 = 合计。`;
}

export interface Equation {
  text: string;
  left: number;
  right: number;
  /** m², or 个 where the text says so */
  difference: number;
}

/** m², before rounding */
export const tolerance = 0.01;

/** All equations; one that does not hold is a fault of this program and stops the export, for a table that lies is worse than none. */
export function selfCheck(gathered: Gathered, summary: RunSummary): Equation[] {
  const projects = [...gathered.projects.values()];
  const townships = [...gathered.townships.values()];
  const equation = (text: string, left: number, right: number): Equation => ({
    text,
    left,
    right,
    difference: left - right,
  });
  const sum = (groups: Group[], pick: (group: Group) => ExactArea) =>
    areaOf(groups.reduce((all, group) => all + pick(group), 0n));
  const leaf = (from: number, to: number) => (group: Group) =>
    group.leaves.slice(from, to).reduce((all, value) => all + value, 0n);
  const at = (name: (typeof leaves)[number]) => leaf(leaves.indexOf(name), leaves.indexOf(name) + 1);
  const counted = [...gathered.counted.values()].reduce(
    (all, list) => all + list.reduce((some, area) => some + area, 0),
    0,
  );
  const books = [
    ['图形面积', leaf(0, leaves.length), summary.area_m2],
    ['核减', leaf(0, 6), summary.deduct_area_m2],
    ['整改恢复', at('restore'), summary.restore_area_m2],
    ['撂荒整治', at('remediate'), summary.remediate_area_m2],
    ['保留', leaf(8, 10), summary.kept_area_m2],
    ['其中待核', at('unverified'), summary.kept_unverified_area_m2],
  ] as const;
  const equations = [
    equation(
      '图形面积 = 核减 + 整改恢复 + 撂荒整治 + 保留',
      summary.area_m2,
      summary.deduct_area_m2 + summary.restore_area_m2 + summary.remediate_area_m2 + summary.kept_area_m2,
    ),
    ...books.flatMap(([name, pick, whole]) => [
      equation(`${name}：各项目之和 = 合计`, sum(projects, pick), whole),
      equation(`${name}：各乡镇之和 = 合计`, sum(townships, pick), whole),
    ]),
    equation(
      '原新增耕地面积 = 应核减占补平衡指标 + 核减后面积',
      sum(projects, (group) => group.registered),
      sum(projects, (group) => group.indicator) + sum(projects, (group) => group.registered - group.indicator),
    ),
    equation(
      '明细“计入台账面积”之和 = 核减 + 整改恢复 + 撂荒整治',
      counted,
      summary.deduct_area_m2 + summary.restore_area_m2 + summary.remediate_area_m2,
    ),
    equation(
      '地块个数（个）：各项目之和 = 合计',
      projects.reduce((all, group) => all + group.parcels, 0),
      summary.parcel_count,
    ),
    equation(
      '地块个数（个）：各乡镇之和 = 合计',
      townships.reduce((all, group) => all + group.parcels, 0),
      summary.parcel_count,
    ),
  ];
  const broken = equations.find(({ difference }) => !(Math.abs(difference) <= tolerance));
  if (broken) throw new Error(`the books do not close: ${broken.text}: ${broken.left} against ${broken.right}`);
  return equations;
}
