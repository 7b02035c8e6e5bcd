/**
 * A made-up county for the page: 61 parcels with every verdict, every outcome of every check and names meant to hurt.
 * Shapes are rough, figures close: area = deduct + restore + remediate + kept for every parcel and for the run.
 */
import {
  type CheckId,
  checkIds,
  type Measure,
  type Reason,
  type Verdict,
  verdicts,
} from '../../server/domain/outcome.ts';
import type {
  CheckSummary,
  FindingOut,
  VerdictFeature,
  VerdictProperties,
} from '../../server/domain/verdict-feature.ts';
import { seeded } from '../support/seeded.ts';
import { checks } from './fixture-registry.ts';

export const regionCode = '990001';
export const nastyName = '<img src=x onerror="window.broken=1">{{7*7}} @:app.title | ' + "'; drop table parcel;--";
export const townships = ['金坪镇', '黑水乡', '木叶乡', '板溪镇'];
const projects: [code: string | null, name: string | null][] = [
  ['99000120190001', '金坪镇大坪村土地开发项目'],
  ['99000120200007', '黑水乡等三个乡镇二〇二〇年高标准旱改水暨耕地提质改造与零星地块综合整治项目（第二批次）'],
  ['99000120210003', nastyName],
  [null, null],
];
export const [centreLon, centreLat] = [108.76, 28.8];
/** m of one degree here, good enough for shapes on a screen */
export const [lonM, latM] = [97_600, 110_800];

export type Ring = [number, number][];

function plot(lon: number, lat: number, width: number, height: number, turn: number): Ring {
  const corners: Ring = [
    [-0.5, -0.5],
    [0.1, -0.6],
    [0.5, -0.4],
    [0.55, 0.4],
    [0, 0.5],
    [-0.5, 0.45],
  ];
  const ring = corners.map(([x, y]): [number, number] => {
    const [dx, dy] = [x * width, y * height];
    return [
      lon + (dx * Math.cos(turn) - dy * Math.sin(turn)) / lonM,
      lat + (dx * Math.sin(turn) + dy * Math.cos(turn)) / latM,
    ];
  });
  return [...ring, ring[0]!];
}

interface Wish {
  fail?: Partial<Record<CheckId, number>>;
  undetermined?: Partial<Record<CheckId, Reason>>;
}

const evidenceOf: Partial<Record<CheckId, Record<string, unknown>>> = {
  'eco-red-line': {
    layer: 'red',
    names: [
      ['武陵山水土保持红线', 'HX-0012'],
      ['<b>红线</b>', null],
    ],
  },
  'known-issue': { layer: 'issue', names: [['督察图斑', 'JC-2022-017']] },
  occupied: { layer: 'occupation', names: [[null, '用地〔2021〕3号']] },
  'not-cultivated': {
    layer: 'landuse',
    names: [
      ['果园', '0201-77'],
      ['乔木林地', '0301-12'],
    ],
  },
  'prior-farmland': { layer: 'landuse', names: [['旱地', '0103-5']] },
};

function detailOf(id: CheckId, area: number, areaM2: number): Record<string, unknown> {
  const evidence = evidenceOf[id] as { layer: string; names: [string | null, string | null][] } | undefined;
  const hits = evidence
    ? evidence.names.map(([name, number], i) => ({
        name,
        number,
        layer_id: evidence.layer,
        area_m2: area * (evidence.names.length === 1 ? 1 : i === 0 ? 0.75 : 0.25),
      }))
    : undefined;
  const more: Partial<Record<CheckId, Record<string, unknown>>> = {
    'steep-slope': {
      mean_slope_deg: 23.45,
      max_slope_deg: 38.217,
      class_area_m2: [0, areaM2 * 0.1, areaM2 * 0.2, areaM2 * 0.7 - area, area],
      source: 'slope',
      cell_m: 30,
    },
    'not-cultivated': {
      year: 2023,
      by_class: { '0201': area * 0.75, '0301': area * 0.25 },
      by_group: { orchard: area * 0.75, forest: area * 0.25 },
      by_recovery: { JKHF: area * 0.75, none: area * 0.25 },
      suggested_measure: 'restore',
    },
    'prior-farmland': { year: 2018, base_year: 2019, base_year_source: 'code', by_class: { '0103': area } },
    'parcel-overlap': { with: ['D-0007', 'D-0008'] },
    'area-mismatch': { declared_area_m2: areaM2 * 1.1, difference_m2: areaM2 * 0.1 },
    'parcel-geometry': {
      problems: [
        {
          code: 'self-intersection',
          message: '边界自相交，已修复后计算',
          message_en: 'The boundary crosses itself; repaired',
          lon: 108.812345678,
          lat: 28.80123,
        },
      ],
    },
    abandoned: { year: 2023 },
    'non-grain': { year: 2023 },
  };
  return { ...more[id], ...(hits ? { hits } : {}) };
}

function parcel(n: number, random: () => number, wish: Wish): VerdictFeature {
  const cluster = n % 4;
  const lon = centreLon + [-0.11, 0.09, -0.03, 0.12][cluster]! + (random() - 0.5) * 0.05;
  const lat = centreLat + [0.06, 0.08, -0.05, -0.07][cluster]! + (random() - 0.5) * 0.04;
  const [width, height] = [60 + random() * 220, 50 + random() * 160];
  const area = width * height * 0.98;
  const [code, name] = projects[cluster]!;
  const books = { deduct: 0, restore: 0, remediate: 0, none: 0 };
  const pieces: VerdictProperties['pieces'] = [];
  const findings = {} as Record<CheckId, FindingOut>;
  for (const check of checks) {
    const id = check.id as CheckId;
    const share = wish.fail?.[id];
    const reason = wish.undetermined?.[id];
    const concerned = (share ?? 0) * area;
    if (share !== undefined) {
      findings[id] = { outcome: 'fail', area_m2: concerned, share, ...detailOf(id, concerned, area) };
      const measure: Measure = id === 'known-issue' ? 'deduct' : check.measure;
      if (measure !== 'none') {
        pieces.push({ reasons: [id], measure, area_m2: concerned });
        books[measure] += concerned;
      }
    } else if (reason) {
      findings[id] = { outcome: 'undetermined', reason, unknown_area_m2: area * 0.4, area_m2: 0, share: 0 };
    } else if (id === 'no-levelling' || id === 'occupied')
      findings[id] = { outcome: 'not_applicable', reason: 'layer-missing' };
    else if (id === 'prior-farmland' && n % 7 === 0) findings[id] = { outcome: 'not_applicable', reason: 'plot-type' };
    else if (id === 'non-grain' && n % 5 === 1) {
      findings[id] = { outcome: 'pass', area_m2: area / 2, share: 0.5, year: 2023 };
    } else findings[id] = { outcome: 'pass', area_m2: 0, share: 0 };
  }
  // a piece with two reasons is counted once
  if (pieces.length > 1 && n % 3 === 0) pieces[0]!.reasons.push('steep-slope');
  const counted = Object.entries(findings).filter(([id]) => id !== 'non-grain');
  const verdict: Verdict = counted.some(([, f]) => f.outcome === 'fail')
    ? 'non_compliant'
    : counted.some(([, f]) => f.outcome === 'undetermined')
      ? 'undetermined'
      : 'compliant';
  const kept = area - books.deduct - books.restore - books.remediate;
  const ring = plot(lon, lat, width, height, random() * 3);
  return {
    type: 'Feature',
    geometry: { type: 'MultiPolygon', coordinates: [[ring]] },
    properties: {
      parcel_id: n === 40 ? nastyName : n === 41 ? `990001${'0'.repeat(90)}41` : `D-${String(n).padStart(4, '0')}`,
      project_code: code,
      project_name: name,
      township: n % 11 === 0 ? null : townships[cluster]!,
      declared_area_m2: n % 5 === 0 ? null : Math.round(area),
      area_m2: area,
      verdict,
      deduct_area_m2: books.deduct,
      restore_area_m2: books.restore,
      remediate_area_m2: books.remediate,
      kept_area_m2: kept,
      kept_unverified_area_m2: counted.some(([, f]) => f.outcome === 'undetermined') ? kept : 0,
      ...(n === 30 ? { deduct_net_m2: books.deduct * 0.9, kept_net_m2: kept * 0.9 } : {}),
      pieces,
      checks: findings,
    },
  };
}

const flags: CheckId[] = checkIds.filter((id) => id !== 'non-grain');
const reasons: Reason[] = [
  'layer-missing',
  'outside-coverage',
  'no-data',
  'layer-too-old',
  'start-year-unknown',
  'attribute-missing',
  'check-failed',
];

function wishFor(n: number): Wish {
  if (n >= 28 && n < 39) return { fail: { [flags[n - 28]!]: 0.15 + (n % 5) * 0.1 } };
  if (n >= 39 && n < 48) {
    return {
      fail: {
        'eco-red-line': 0.31,
        'steep-slope': 0.12,
        'not-cultivated': 0.2,
        abandoned: 0.05 + (n % 3) * 0.02,
        'non-grain': 0.1,
      },
      ...(n % 2 ? { undetermined: { 'prior-farmland': 'start-year-unknown' as const } } : {}),
    };
  }
  if (n >= 48) return { undetermined: { [flags[2 + (n % 9)]!]: reasons[n % reasons.length]! } };
  return {};
}

export function makeParcels(): VerdictFeature[] {
  const random = seeded(20);
  const parcels = Array.from({ length: 60 }, (_, n) => parcel(n, random, wishFor(n)));
  const shapeless = parcel(60, random, { fail: { 'parcel-geometry': 0 } });
  const empty = { area_m2: 0, kept_area_m2: 0, kept_unverified_area_m2: 0 };
  const others = checkIds.slice(1).map((id) => [id, { outcome: 'undetermined', reason: 'geometry-unusable' }] as const);
  const findings = { ...shapeless.properties.checks, ...Object.fromEntries(others) };
  return [
    ...parcels,
    { ...shapeless, geometry: null, properties: { ...shapeless.properties, ...empty, checks: findings } },
  ];
}

export function summaryOf(parcels: readonly VerdictFeature[]): Record<string, unknown> {
  const rows = parcels.map((p) => p.properties);
  const sum = (
    key:
      | 'area_m2'
      | 'deduct_area_m2'
      | 'restore_area_m2'
      | 'remediate_area_m2'
      | 'kept_area_m2'
      | 'kept_unverified_area_m2',
  ) => rows.reduce((total, row) => total + row[key], 0);
  const byCheck = Object.fromEntries(
    checkIds.map((id) => {
      const count: CheckSummary = { pass: 0, fail: 0, undetermined: 0, not_applicable: 0, area_m2: 0 };
      for (const row of rows) {
        count[row.checks[id].outcome] += 1;
        if (row.checks[id].outcome === 'fail') count.area_m2 += row.checks[id].area_m2 ?? 0;
      }
      return [id, count];
    }),
  );
  return {
    parcel_count: rows.length,
    area_m2: sum('area_m2'),
    deduct_area_m2: sum('deduct_area_m2'),
    restore_area_m2: sum('restore_area_m2'),
    remediate_area_m2: sum('remediate_area_m2'),
    kept_area_m2: sum('kept_area_m2'),
    kept_unverified_area_m2: sum('kept_unverified_area_m2'),
    by_verdict: Object.fromEntries(verdicts.map((v) => [v, rows.filter((row) => row.verdict === v).length])),
    by_check: byCheck,
    by_project: [],
    by_township: [],
    elapsed_s: 1.5,
  };
}
