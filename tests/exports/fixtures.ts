/**
 * Forty parcels of five projects, made by hand arithmetic and a seed: what a run would give, without a database. Each is a
 * square of 100 m in the plane of EPSG:4524, so its planar area is 10,000 m² by construction (9,600 with a hole).
 */
import { fromPlane } from '../../server/domain/gauss-kruger.ts';
import { type CheckId, checkIds, foldVerdict, type Measure, type Verdict } from '../../server/domain/outcome.ts';
import type { FindingOut, PieceOut, RunSummary, VerdictRow } from '../../server/domain/verdict-feature.ts';
import type { CheckText, ExportInput, RowInSrid } from '../../server/exports/export-format.ts';
import { seeded } from '../support/seeded.ts';

type Position = [number, number];
const zone36 = { centralMeridian: 108, falseEasting: 36_500_000, scale: 1 };

export const nasty = {
  formula: '=1+1',
  plus: "+cmd|' /C calc'!A0",
  at: '@SUM(A1:A9)',
  minus: '-3+4',
  rare: '𠮷野家村',
  quotes: '他说"好"，第1组',
  newline: '第一行\n第二行',
  script: '<script>alert(1)</script>&amp;',
  apostrophe: "'=1",
  tab: '\t=2',
};

const projects: readonly { code: string | null; name: string | null; townships: (string | null)[] }[] = [
  { code: '50024220200001', name: '酉阳县龙潭镇补充耕地项目', townships: ['龙潭镇'] },
  { code: '50024220210002', name: `麻旺镇土地整治项目（${nasty.rare}）`, townships: ['麻旺镇', '泔溪镇'] },
  { code: '50024220210003', name: nasty.formula, townships: ['泔溪镇'] },
  { code: '50024220220004', name: nasty.script, townships: ['龙潭镇', nasty.quotes] },
  { code: null, name: null, townships: [null] },
];

/** What makes a parcel: pieces as shares of its area, and findings without pieces. */
interface Recipe {
  pieces: { reasons: CheckId[]; measure: Measure; share: number }[];
  fails?: CheckId[];
  undetermined?: CheckId[];
}
const recipes: readonly Recipe[] = [
  { pieces: [] },
  { pieces: [{ reasons: ['eco-red-line'], measure: 'deduct', share: 0.3137 }] },
  {
    pieces: [
      { reasons: ['eco-red-line', 'steep-slope'], measure: 'deduct', share: 0.1111 },
      { reasons: ['steep-slope'], measure: 'deduct', share: 0.2343 },
    ],
  },
  { pieces: [{ reasons: ['not-cultivated'], measure: 'restore', share: 0.5219 }] },
  { pieces: [], undetermined: ['abandoned', 'non-grain'] },
  { pieces: [{ reasons: ['abandoned'], measure: 'remediate', share: 0.9071 }], undetermined: ['steep-slope'] },
  { pieces: [{ reasons: ['prior-farmland'], measure: 'deduct', share: 1 }], fails: ['area-mismatch'] },
  {
    pieces: [
      { reasons: ['parcel-overlap', 'not-cultivated'], measure: 'deduct', share: 0.0777 },
      { reasons: ['not-cultivated'], measure: 'restore', share: 0.0333 },
    ],
  },
  {
    pieces: [
      { reasons: ['no-levelling'], measure: 'deduct', share: 0.6 },
      { reasons: ['not-cultivated', 'known-issue'], measure: 'deduct', share: 0.2001 },
    ],
  },
  { pieces: [], fails: ['parcel-geometry'] },
];

function square(i: number): Position[][] {
  const [x, y] = [36_577_000 + 150 * (i % 8), 3_192_000 + 150 * Math.floor(i / 8)];
  const outer: Position[] = [
    [x, y],
    [x + 100, y],
    [x + 100, y + 100],
    [x, y + 100],
    [x, y],
  ];
  const hole: Position[] = [
    [x + 40, y + 40],
    [x + 60, y + 40],
    [x + 60, y + 60],
    [x + 40, y + 60],
    [x + 40, y + 40],
  ];
  return i % 13 === 5 ? [outer, hole] : [outer];
}

function toLonLat([x, y]: Position): Position {
  return fromPlane(x, y, zone36);
}

function makeRow(i: number, random: () => number): VerdictRow {
  const project = projects[i % projects.length]!;
  const recipe = recipes[(i * 3 + Math.floor(i / 10)) % recipes.length]!;
  // one parcel of the run has no shape at all
  const empty = i === 37;
  const area = empty ? 0 : (i % 13 === 5 ? 9600 : 10_000) * (0.99985 + 0.00002 * random());
  const pieces: PieceOut[] = empty
    ? []
    : recipe.pieces.map(({ share, ...piece }) => ({ ...piece, area_m2: area * share }));
  const of = (measure: Measure) =>
    pieces.reduce((sum, piece) => sum + (piece.measure === measure ? piece.area_m2 : 0), 0);
  const books = { deduct: of('deduct'), restore: of('restore'), remediate: of('remediate') };
  const kept = area - books.deduct - books.restore - books.remediate;
  const checks = findings(recipe, pieces, area, empty);
  const verdict: Verdict = foldVerdict(checkIds.filter((id) => id !== 'non-grain').map((id) => checks[id].outcome));
  const unverified = Object.values(checks).some((finding) => finding.outcome === 'undetermined') ? kept : 0;
  const net = i % 7 === 3 && !empty ? area * 0.93 : null;
  const part = (book: number) => (net === null ? {} : { net: (book * net) / area }).net;
  return {
    ordinal: i + 1,
    parcel_set_id: 'd2a6a0f4-9d0e-4a41-8b8e-0b2f6a9a0001',
    client_id: idOf(i),
    parcel_id: idOf(i),
    project_code: project.code,
    project_name: project.name,
    township: project.townships[i % project.townships.length]!,
    declared_area_m2: i % 11 === 4 ? null : area + (recipe.fails?.includes('area-mismatch') ? 450.5 : 0.37),
    declared_net_m2: net,
    area_m2: area,
    verdict,
    deduct_area_m2: books.deduct,
    restore_area_m2: books.restore,
    remediate_area_m2: books.remediate,
    kept_area_m2: kept,
    kept_unverified_area_m2: unverified,
    ...(net === null
      ? {}
      : {
          deduct_net_m2: part(books.deduct)!,
          restore_net_m2: part(books.restore)!,
          remediate_net_m2: part(books.remediate)!,
          kept_net_m2: part(kept)!,
        }),
    pieces,
    checks,
    accepted_on: '2022-11-30',
    target_class: i % 2 === 0 ? '0101' : '旱地',
    grade: '9.5',
    capacity_kg: i % 3 === 0 ? null : 975 + i,
    source_file: '补充耕地地块.shp',
    attributes: attributesOf(i),
    geometry_hash: `shape-${i}`,
    geometry: empty ? null : { type: 'MultiPolygon', coordinates: [square(i).map((ring) => ring.map(toLonLat))] },
  };
}

/** 19 digits as the bureau's plot numbers are, and one id of every sort that spreadsheets get wrong */
function idOf(i: number): string {
  const odd = Object.values(nasty)[i - 20];
  return odd ?? `50024220210001${String(i).padStart(5, '0')}`;
}

function findings(recipe: Recipe, pieces: PieceOut[], area: number, empty: boolean): VerdictRow['checks'] {
  const entries = checkIds.map((id): [CheckId, FindingOut] => {
    const failing = pieces.filter((piece) => piece.reasons.includes(id)).reduce((sum, piece) => sum + piece.area_m2, 0);
    if (empty && id !== 'parcel-geometry') return [id, { outcome: 'undetermined', reason: 'geometry-unusable' }];
    if (failing > 0)
      return [id, { outcome: 'fail', area_m2: failing, share: failing / area, ...detailOf(id, failing) }];
    if (recipe.fails?.includes(id) || empty) return [id, { outcome: 'fail', ...detailOf(id, 0) }];
    if (recipe.undetermined?.includes(id)) return [id, { outcome: 'undetermined', reason: 'layer-missing' }];
    if (id === 'known-issue') return [id, { outcome: 'not_applicable', reason: 'layer-missing' }];
    return [id, { outcome: 'pass', area_m2: 0, share: 0 }];
  });
  return Object.fromEntries(entries) as VerdictRow['checks'];
}

function detailOf(id: CheckId, area: number): Record<string, unknown> {
  const hit = (name: string, number: string) => ({ hits: [{ name, number, layer_id: 'l', area_m2: area }] });
  switch (id) {
    case 'eco-red-line':
      return hit('武陵山生物多样性维护生态保护红线', 'HX500242001');
    case 'steep-slope':
      return { source: 'dem', cell_m: 30, mean_slope_deg: 27.31, max_slope_deg: 36.22, limit_deg: 25, ...hit('', '') };
    case 'prior-farmland':
      return {
        year: 2019,
        base_year: 2019,
        base_year_source: 'code',
        by_class: { '0103': area },
        ...hit('旱地', '118'),
      };
    case 'not-cultivated':
      return {
        year: 2023,
        by_class: { '0301': area * 0.75, '0201': area * 0.25 },
        by_group: { forest: area * 0.75, orchard: area * 0.25 },
        by_recovery: { JKHF: area * 0.25, GCHF: 0, none: area * 0.75 },
        suggested_measure: 'deduct',
        ...hit('乔木林地', '77'),
      };
    case 'abandoned':
      return { year: 2023, ...hit('旱地', '12') };
    case 'parcel-overlap':
      return { with: ['5002422021000100007', nasty.formula] };
    case 'known-issue':
      return {
        hits: [
          {
            name: '未实质性平整',
            number: 'WT-2021-07',
            layer_id: 'i',
            area_m2: area,
            source: '2019–2022资金审计',
            measure: 'deduct',
          },
        ],
      };
    case 'area-mismatch':
      return { declared_area_m2: 10_450, difference_m2: 450.5 };
    case 'parcel-geometry':
      return { problems: [{ code: 'self-intersection', message: '图形自相交', lon: 108.7891234, lat: 28.8412345 }] };
    default:
      return {};
  }
}

export const longText = `${'长'.repeat(84)}${'字'.repeat(40)}`;

function attributesOf(i: number): Record<string, unknown> {
  return {
    DKBH: idOf(i),
    ZJRKBH: '5002421980010112345',
    XMMC: i === 22 ? nasty.plus : '某项目',
    备注: i === 8 ? longText : i === 9 ? nasty.newline : null,
    项目名称字段很长: '甲',
    项目名称字段很长第二: '乙',
    DKMJ: i === 3 ? null : 0.5231 + i,
    TBS: i,
    PARCEL_ID: 'theirs',
    parcel_id: 'theirs, too',
    SFYN: i % 2 === 0,
    EXTRA: { nested: [1, 2] },
    混合: i % 2 === 0 ? 12 : '十二',
  };
}

export function makeRows(count = 40, seed = 42): VerdictRow[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, i) => makeRow(i, random));
}

function wkbOf(rings: Position[][] | null): Uint8Array | null {
  if (rings === null) return null;
  const points = rings.reduce((sum, ring) => sum + ring.length, 0);
  const out = Buffer.alloc(9 + 9 + 4 * rings.length + 16 * points);
  let at = 0;
  for (const [kind, count] of [
    [6, 1],
    [3, rings.length],
  ] as const) {
    at = out.writeUInt8(1, at);
    at = out.writeUInt32LE(kind, at);
    at = out.writeUInt32LE(count, at);
  }
  for (const ring of rings) {
    at = out.writeUInt32LE(ring.length, at);
    for (const [x, y] of ring) {
      at = out.writeDoubleLE(x, at);
      at = out.writeDoubleLE(y, at);
    }
  }
  return out;
}

export function inSrid(rows: readonly VerdictRow[], srid: number): RowInSrid[] {
  return rows.map((row) => {
    const rings = row.geometry === null ? null : square(row.ordinal - 1);
    return {
      ...row,
      wkb: wkbOf(rings === null ? null : srid === 4524 ? rings : rings.map((ring) => ring.map(toLonLat))),
    };
  });
}

/** Sums as a client would make them: plainly, in upload order. */
export function summaryOf(rows: readonly VerdictRow[]): RunSummary {
  const total = (some: readonly VerdictRow[]) => {
    const sum = (
      name:
        | 'area_m2'
        | 'deduct_area_m2'
        | 'restore_area_m2'
        | 'remediate_area_m2'
        | 'kept_area_m2'
        | 'kept_unverified_area_m2',
    ) => some.reduce((all, row) => all + row[name], 0);
    const declared = some.filter((row) => row.declared_area_m2 !== null);
    return {
      parcel_count: some.length,
      declared_area_m2: declared.length === 0 ? null : declared.reduce((all, row) => all + row.declared_area_m2!, 0),
      area_m2: sum('area_m2'),
      deduct_area_m2: sum('deduct_area_m2'),
      restore_area_m2: sum('restore_area_m2'),
      remediate_area_m2: sum('remediate_area_m2'),
      kept_area_m2: sum('kept_area_m2'),
      kept_unverified_area_m2: sum('kept_unverified_area_m2'),
      by_verdict: {
        compliant: some.filter((row) => row.verdict === 'compliant').length,
        non_compliant: some.filter((row) => row.verdict === 'non_compliant').length,
        undetermined: some.filter((row) => row.verdict === 'undetermined').length,
      },
    };
  };
  const { declared_area_m2: _, ...all } = total(rows);
  const having = (outcome: string, id: CheckId) => rows.filter((row) => row.checks[id].outcome === outcome);
  return {
    ...all,
    reused_count: 0,
    by_check: Object.fromEntries(
      checkIds.map((id) => [
        id,
        {
          pass: having('pass', id).length,
          fail: having('fail', id).length,
          undetermined: having('undetermined', id).length,
          not_applicable: having('not_applicable', id).length,
          area_m2: having('fail', id).reduce((sum, row) => sum + (row.checks[id].area_m2 ?? 0), 0),
        },
      ]),
    ) as RunSummary['by_check'],
    by_project: [...new Set(rows.map((row) => row.project_code))].map((code) => {
      const some = rows.filter((row) => row.project_code === code);
      return { project_code: code, project_name: some[0]!.project_name, ...total(some) };
    }),
    by_township: [...new Set(rows.map((row) => row.township))].map((township) => ({
      township,
      ...total(rows.filter((row) => row.township === township)),
    })),
    elapsed_s: 1.5,
  };
}

const manifest = {
  manifest_version: 1,
  inputs: [
    {
      role: 'judged',
      name: '2023年补充耕地',
      file_name: '补充耕地地块.zip',
      sha256: 'ab'.repeat(32),
      feature_count: 40,
    },
  ],
  layers: [
    {
      type: 'eco-red-line',
      year: null,
      name: '生态保护红线（2022）',
      file_name: 'stbhhx.zip',
      sha256: 'cd'.repeat(32),
      source: '三区三线',
      code_system: null,
    },
    {
      type: 'land-use',
      year: 2019,
      name: '2019年变更调查',
      file_name: 'dltb2019.zip',
      sha256: 'ef'.repeat(32),
      source: null,
      code_system: 'td3',
    },
    {
      type: 'land-use',
      year: 2023,
      name: '2023年变更调查',
      file_name: 'dltb2023.zip',
      sha256: '01'.repeat(32),
      source: null,
      code_system: 'td3',
    },
    {
      type: 'dem',
      year: null,
      name: 'DEM 30 m',
      file_name: 'dem.tif',
      sha256: '23'.repeat(32),
      source: null,
      code_system: null,
    },
  ],
  checks: checkIds.map((id) => ({
    id,
    version: 1,
    params: id === 'steep-slope' ? { max_slope_deg: 25, min_area_m2: 10 } : { min_area_m2: 10 },
  })),
  engines: { zhanbu: '0.1.0', database: 'postgis', node: '24.0.0' },
  assumptions: [
    {
      code: 'complete-without-boundary',
      message: { zh: '没有县界图层：eco-red-line 视为全域完整', en: 'No boundary layer' },
    },
  ],
};

const titles: Record<CheckId, string> = {
  'parcel-geometry': '图形质量',
  'area-mismatch': '面积不符',
  'eco-red-line': '占用生态保护红线',
  'steep-slope': '25度以上陡坡',
  'prior-farmland': '原为耕地',
  'parcel-overlap': '地块重叠',
  'no-levelling': '未平整',
  'not-cultivated': '现状不是耕地',
  abandoned: '撂荒',
  'non-grain': '非粮化',
  occupied: '被占用',
  'known-issue': '督察审计卫片问题',
};

/** Titles as in the registry, the other texts stand in. */
export const checkTexts: CheckText[] = checkIds.map((id) => ({
  id,
  title: { zh: titles[id], en: id },
  why: { zh: '为什么', en: 'why' },
  basis: [{ document: '酉阳规资发〔2023〕106号', clause: '二（三）' }],
  measure: ['eco-red-line', 'steep-slope', 'prior-farmland', 'parcel-overlap', 'no-levelling'].includes(id)
    ? 'deduct'
    : 'none',
}));

export function exportInput(rows: VerdictRow[], options: ExportInput['options'] = {}): ExportInput {
  return {
    run: {
      run_id: '0b9f1c2e-7a51-4f0e-9d56-3f6a4f8f2a10',
      region_code: '500242',
      created_at: new Date('2023-12-20T08:30:00Z'),
      summary: summaryOf(rows),
      manifest,
    },
    rows: async function* () {
      yield* rows;
    },
    checks: checkTexts,
    language: 'zh',
    options,
    rowsInSrid: async function* (srid) {
      yield* inSrid(rows, srid);
    },
  };
}

export async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
