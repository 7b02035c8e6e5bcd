/** What the charts of the overview show, as options of ECharts. Pure: no chart is made here. What is unproven is hatched, whatever its colour. */
import type { Verdict } from '../api/types.ts';
import { bookFills, verdictLooks } from '../map/palette.ts';
import type { BookColumn, CheckRow, GroupRow } from './overview.ts';
import { bookColumns } from './overview.ts';

export interface Bar {
  name: string;
  fill: string;
  hatched: boolean;
  values: number[];
}

export interface BarChart {
  /** the bars, from the top or the left */
  labels: string[];
  series: Bar[];
  /** lying: long names stand beside their bars */
  lying: boolean;
  unit: string;
  /** counts: no halves on the axis */
  counts: boolean;
}

const verdictOrder: readonly Verdict[] = ['non_compliant', 'undetermined', 'compliant'];

export function verdictBars(
  rows: readonly { label: string; verdicts: Record<Verdict, number> }[],
  word: (verdict: Verdict) => string,
  unit: string,
  lying: boolean,
): BarChart {
  return {
    labels: rows.map((row) => row.label),
    lying,
    unit,
    counts: true,
    series: verdictOrder.map((verdict) => ({
      name: word(verdict),
      fill: verdictLooks[verdict].fill,
      hatched: verdict === 'undetermined',
      values: rows.map((row) => row.verdicts[verdict]),
    })),
  };
}

export function checkBars(
  rows: readonly (CheckRow & { label: string })[],
  word: (outcome: 'fail' | 'undetermined') => string,
  unit: string,
): BarChart {
  return {
    labels: rows.map((row) => row.label),
    lying: true,
    unit,
    counts: true,
    series: (['fail', 'undetermined'] as const).map((outcome) => ({
      name: word(outcome),
      fill: verdictLooks[outcome === 'fail' ? 'non_compliant' : 'undetermined'].fill,
      hatched: outcome === 'undetermined',
      values: rows.map((row) => row[outcome]),
    })),
  };
}

/** The land of each group that is not kept, and what of the kept is unproven; the rest would only make the bars small. */
export function bookBars(
  rows: readonly (GroupRow & { label: string })[],
  word: (book: BookColumn) => string,
  unit: string,
  inUnit: (m2: number) => number,
): BarChart {
  return {
    labels: rows.map((row) => row.label),
    lying: true,
    unit,
    counts: false,
    series: bookColumns
      .filter((book) => book !== 'kept_verified')
      .map((book) => ({
        name: word(book),
        fill: bookFills[book],
        hatched: book === 'kept_unverified',
        values: rows.map((row) => inUnit(row.m2[book])),
      })),
  };
}

const hatch = {
  symbol: 'rect',
  color: '#805500',
  dashArrayX: [1, 0],
  dashArrayY: [2, 4],
  rotation: Math.PI / 4,
} as const;
const plain = { symbol: 'none' } as const;
const ink = '#1c2733';
const quiet = '#52606d';

/** @param font of the page */
export function chartOption({ labels, series, lying, unit, counts }: BarChart, font: string): Record<string, unknown> {
  const cut = (text: string) => (text.length > 14 ? `${text.slice(0, 13)}…` : text);
  const names = {
    type: 'category',
    data: labels,
    // the first at the top
    inverse: lying,
    axisTick: { show: false },
    axisLabel: { color: ink, ...(lying ? { formatter: cut } : { hideOverlap: true }) },
  };
  const figures = {
    type: 'value',
    name: unit,
    nameTextStyle: { color: quiet },
    ...(counts ? { minInterval: 1 } : {}),
    axisLabel: { color: quiet },
    splitLine: { lineStyle: { color: '#e6eaee' } },
  };
  return {
    animation: false,
    textStyle: { fontFamily: font },
    grid: { left: 8, right: 44, top: lying ? 34 : 62, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, itemWidth: 16, textStyle: { color: ink }, selectedMode: false },
    // drawn, not HTML: the page bears no inline style
    tooltip: { trigger: 'axis', renderMode: 'richText', axisPointer: { type: 'shadow' }, confine: true },
    aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
    [lying ? 'yAxis' : 'xAxis']: names,
    [lying ? 'xAxis' : 'yAxis']: figures,
    series: series.map(({ name, fill, hatched, values }) => ({
      type: 'bar',
      name,
      stack: 'all',
      barMaxWidth: 22,
      itemStyle: { color: fill, decal: hatched ? hatch : plain, borderColor: '#ffffff', borderWidth: 0.5 },
      data: values,
    })),
  };
}
