/**
 * A county of squares that changes for two years, written down by hand: 12 patches of 100 m in EPSG:4524 by the central meridian,
 * where a square metre of the plane is one of the ellipsoid to 2e-8 (DOMAIN §1.7).
 *
 *   2021              2022                                              2023
 *   B9 B10 B11 B12    B5 is 水田 now, keeps its number                    N1 becomes 果园, keeps its number
 *   B5 B6  B7  B8     B1 falls into N1 (west, 40 m) and N2 (east, 60 m)   N3 and B4 become N4
 *   B1 B2  B3  B4     B2 and B3 become N3; B9 leaves the county           B5 falls into N5 (20 m) and N6 (80 m)
 *                     A1 comes in from the next county, east of B4
 */
import { type Cell, type Column, layerMembers, type Point } from '../intake/make-shapefile.ts';
import { makeZip, type ZipMember } from '../intake/make-zip.ts';

/** metres from the south-western corner */
export type Sides = readonly [x0: number, y0: number, x1: number, y1: number];
export interface Patch {
  number: string;
  code: string;
  at: Sides;
}

export const patch = (number: string, code: string, ...at: Sides): Patch => ({
  number: `5002422000000${number}`,
  code,
  at,
});
export const m2Of = ({ at: [x0, y0, x1, y1] }: Patch): number => (x1 - x0) * (y1 - y0);

const classes = ['0103', '0301', '0201', '0103', '0103', '0302', '0103', '0404', '0103', '0702', '0103', '0301'];
export const of2021: Patch[] = classes.map((code, i) => {
  const [x, y] = [(i % 4) * 100, Math.floor(i / 4) * 100];
  return patch(`B${i + 1}`, code, x, y, x + 100, y + 100);
});
const old = (n: number) => of2021[n - 1]!;

export const n1 = patch('N1', '0103', 0, 0, 40, 100);
export const n2 = patch('N2', '0301', 40, 0, 100, 100);
export const n3 = patch('N3', '0103', 100, 0, 300, 100);
export const paddy5 = { ...old(5), code: '0101' };
export const a1 = patch('A1', '0103', 400, 0, 450, 100);
export const new2022 = [n1, n2, n3, paddy5, a1];
export const gone2022 = [1, 2, 3, 5, 9].map(old);
export const of2022 = [...of2021.filter((p) => !gone2022.includes(p)), ...new2022];

export const orchard1 = { ...n1, code: '0201' };
export const n4 = patch('N4', '0103', 100, 0, 400, 100);
export const n5 = patch('N5', '0101', 0, 100, 20, 200);
export const n6 = patch('N6', '0103', 20, 100, 100, 200);
export const new2023 = [orchard1, n4, n5, n6];
export const gone2023 = [n1, n3, old(4), paddy5];
export const of2023 = [...of2022.filter((p) => !gone2023.includes(p)), ...new2023];

/** One row of DLTBGXGC: what went from one patch to the other. */
export interface Step {
  before: Patch | null;
  after: Patch | null;
  m2?: number | null;
  /** BGXW, XZQTZLX */
  conduct?: string;
  border?: string;
}

export const steps2022: Step[] = [
  { before: old(1), after: n1, m2: 4000, conduct: '2' },
  { before: old(1), after: n2, m2: 6000, conduct: '2' },
  { before: old(2), after: n3, m2: 10_000, conduct: '2' },
  { before: old(3), after: n3, m2: 10_000, conduct: '2' },
  { before: old(5), after: paddy5, m2: 10_000, conduct: '1' },
  { before: old(9), after: null, m2: 10_000, conduct: '0', border: '2' },
  { before: patch('Z9', '0103', 0, 0, 0, 0), after: a1, m2: 5000, conduct: '3', border: '1' },
];
export const steps2023: Step[] = [
  { before: n1, after: orchard1, m2: 4000, conduct: '1' },
  { before: n3, after: n4, m2: 20_000, conduct: '2' },
  { before: old(4), after: n4, m2: 10_000, conduct: '2' },
  { before: paddy5, after: n5, m2: 2000, conduct: '2' },
  { before: paddy5, after: n6, m2: 8000, conduct: '2' },
];

const [east, north] = [36_500_000, 3_200_000];
function ringsOf([x0, y0, x1, y1]: Sides): Point[][] {
  const at = (x: number, y: number): Point => [east + x, north + y];
  return [[at(x0, y0), at(x0, y1), at(x1, y1), at(x1, y0), at(x0, y0)]];
}

const figure = { type: 'N', width: 15, decimals: 2 };
export interface TableOptions {
  /** names of the columns changed, or left out by null */
  columns?: Record<string, string | null>;
}

/** DLTB or DLTBGX as a shapefile: GBK with .cpg, TBMJ as the survey writes it. */
export function patchTable(stem: string, patches: Patch[], { columns = {} }: TableOptions = {}): ZipMember[] {
  const all: [Column, (p: Patch) => Cell][] = [
    [{ name: 'BSM', width: 18 }, (p) => p.number],
    [{ name: 'TBBH', width: 8 }, (p) => p.number.slice(-2)],
    [{ name: 'DLBM', width: 5 }, (p) => p.code],
    [{ name: 'DLMC', width: 60 }, (p) => names[p.code]!],
    [{ name: 'ZZSXDM', width: 6 }, (p) => (p.code.startsWith('01') ? 'LS' : null)],
    [{ name: 'TBMJ', ...figure }, (p) => m2Of(p).toFixed(2)],
  ];
  return table(
    stem,
    patches,
    all,
    patches.map((p) => ringsOf(p.at)),
    columns,
  );
}

/** DLTBGXGC: the parts of the changes; they are drawn as the patches before, which is of no consequence. */
export function processTable(stem: string, steps: Step[], { columns = {} }: TableOptions = {}): ZipMember[] {
  const all: [Column, (s: Step) => Cell][] = [
    [{ name: 'BSM', width: 18 }, (s) => `9${(s.before ?? s.after)!.number.slice(1)}`],
    [{ name: 'BGQTBBSM', width: 18 }, (s) => s.before?.number ?? null],
    [
      { name: 'BGQTBDLMJ', ...figure },
      (s) => (s.before && m2Of(s.before) > 0 ? (m2Of(s.before) - 12.5).toFixed(2) : null),
    ],
    [{ name: 'BGQKCMJ', ...figure }, (s) => (s.before && m2Of(s.before) > 0 ? '12.50' : null)],
    [{ name: 'BGHTBBSM', width: 18 }, (s) => s.after?.number ?? null],
    [{ name: 'BGXW', width: 2 }, (s) => s.conduct ?? '2'],
    [{ name: 'TBBGMJ', ...figure }, (s) => (s.m2 === null || s.m2 === undefined ? null : s.m2.toFixed(2))],
    [{ name: 'XZQTZLX', width: 2 }, (s) => s.border ?? '0'],
  ];
  const sides = (s: Step) => (s.before && m2Of(s.before) > 0 ? s.before : (s.after ?? s.before!)).at;
  return table(
    stem,
    steps,
    all,
    steps.map((s) => ringsOf(sides(s))),
    columns,
  );
}

function table<T>(
  stem: string,
  items: T[],
  all: [Column, (item: T) => Cell][],
  shapes: Point[][][],
  names: Record<string, string | null>,
) {
  const kept = all.filter(([{ name }]) => names[String(name)] !== null);
  return layerMembers({
    stem,
    shapes,
    columns: kept.map(([column]) => ({ ...column, name: names[String(column.name)] ?? column.name })),
    rows: items.map((item) => kept.map(([, value]) => value(item))),
    dbf: { encoding: 'gbk' },
    cpg: 'GBK',
  });
}

const names: Record<string, string> = {
  '0101': '水田',
  '0103': '旱地',
  '0201': '果园',
  '0301': '乔木林地',
  '0302': '竹林地',
  '0404': '其他草地',
  '0702': '农村宅基地',
};

export const wholeYear = (patches: Patch[]): Buffer => makeZip(patchTable('DLTB', patches));

/** Both tables in one folder of one zip, beside a table that is none of them. */
export function increment(patches: Patch[], steps: Step[] | null, folder = '增量包/500242/'): Buffer {
  return makeZip([
    ...patchTable(`${folder}DLTBGX`, patches),
    ...(steps === null ? [] : processTable(`${folder}DLTBGXGC`, steps)),
  ]);
}
