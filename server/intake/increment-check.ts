/**
 * Does an increment fit its base and itself? Patch by patch: Σ TBBGMJ against the area of the patch before and after (DOMAIN §2.5), the
 * names of DLTBGXGC against the two layers. What does not fit is told, not mended.
 */
import type { Change, Changes, NewPatches } from './increment-changes.ts';
import { printable } from './printable.ts';
import type { Warning } from './source-types.ts';

/** Figures of m² have two decimals and are forced to agree (DOMAIN §2.3, §2.5); partitions are checked to 0.01 m² (§1.8). */
const figureM2 = 0.01;
/** A drawn shape differs from figures by rounding and by the plane they were taken in; from 0.1 % it is told (DOMAIN §4.1), and over 1 m² (CONTRACT §3, area-mismatch). */
const drawn = { share: 0.001, m2: 1 };

/** breaches told one by one; of what is beyond only the count */
const breachesTold = 100;
const namesTold = 20;
const rowsTold = 100;

/** What is known of one patch: its figure among the attributes, its ellipsoidal area; null where there is none. */
export interface PatchAreas {
  area_m2: number | null;
  drawn_m2: number | null;
}

type Side = 'before' | 'after';

/**
 * Warnings of one side of the table: a breach with the patch and both figures, and how many could not be checked. `patch` gives what is
 * known of a patch, undefined where the layer has none of that number (told elsewhere).
 */
export function checkAreas(side: Side, changes: Changes, patch: (number: string) => PatchAreas | undefined): Warning[] {
  if (!changes.measured) return [];
  const warnings: Warning[] = [];
  let breaches = 0;
  const unchecked: { number: string; rows: number[] }[] = [];
  for (const [number, change] of changes[side]) {
    const known = patch(number);
    if (known === undefined) continue;
    const against = referencesOf(change, known);
    if (change.sum_m2 === null || against.length === 0) {
      unchecked.push({ number, rows: change.rows });
      continue;
    }
    const breach = against.find(({ m2, tolerance }) => Math.abs(change.sum_m2! - m2) > tolerance);
    if (breach === undefined) continue;
    if (++breaches <= breachesTold) warnings.push(tellBreach(side, changes.file, number, change, breach));
  }
  if (breaches > breachesTold) warnings.push(moreBreaches(side, breaches - breachesTold));
  if (unchecked.length > 0) warnings.push(tellUnchecked(side, changes.file, unchecked));
  return warnings;
}

interface Reference {
  m2: number;
  tolerance: number;
  what: { zh: string; en: string };
}

/** What the sum is held against: the rows' own statement, the patch's figure, its shape. A millionth of a m² is the sum's own rounding. */
function referencesOf(change: Change, known: PatchAreas): Reference[] {
  const found: Reference[] = [];
  const exact = figureM2 + 1e-6;
  if (change.stated_m2 !== null)
    found.push({
      m2: change.stated_m2,
      tolerance: exact,
      what: { zh: '过程层所载地类面积与扣除面积之和', en: 'the area that the table states' },
    });
  if (known.area_m2 !== null)
    found.push({ m2: known.area_m2, tolerance: exact, what: { zh: '图斑面积（TBMJ）', en: 'its TBMJ' } });
  if (known.drawn_m2 !== null)
    found.push({
      m2: known.drawn_m2,
      tolerance: Math.max(drawn.m2, drawn.share * known.drawn_m2),
      what: { zh: '图形的椭球面积', en: 'the ellipsoidal area of its shape' },
    });
  return found;
}

const sides = { before: { zh: '变更前', en: 'before the change' }, after: { zh: '变更后', en: 'after the change' } };

function tellBreach(side: Side, file: string, number: string, change: Change, { m2, what }: Reference): Warning {
  const [sum, area] = [change.sum_m2!.toFixed(2), m2.toFixed(2)];
  const difference = (change.sum_m2! - m2).toFixed(2);
  const name = printable(number, 40);
  return {
    code: `increment-area-${side}`,
    message: {
      zh: `${sides[side].zh}图斑 ${name}：图斑变更面积（TBBGMJ）之和 ${sum} m²，${what.zh} ${area} m²，相差 ${difference} m²`,
      en: `Patch ${name} ${sides[side].en}: its TBBGMJ add up to ${sum} m², ${what.en} is ${area} m², a difference of ${difference} m²`,
    },
    where: { file, field: 'TBBGMJ', rows: change.rows.slice(0, rowsTold) },
  };
}

const moreBreaches = (side: Side, count: number): Warning => ({
  code: `increment-area-${side}`,
  message: {
    zh: `另有 ${count} 个${sides[side].zh}图斑的变更面积之和与图斑面积不符，未逐个列出`,
    en: `${count} more patches ${sides[side].en} whose TBBGMJ do not add up to their area are not listed`,
  },
});

function tellUnchecked(side: Side, file: string, patches: { number: string; rows: number[] }[]): Warning {
  return {
    code: 'increment-not-checked',
    message: {
      zh: `${patches.length} 个${sides[side].zh}图斑缺变更面积或图斑面积，面积未核对：${listOf(patches)}`,
      en: `${patches.length} patches ${sides[side].en} lack TBBGMJ or an area, so their areas were not checked: ${listOf(patches)}`,
    },
    where: { file, field: 'TBBGMJ', rows: patches.flatMap(({ rows }) => rows).slice(0, rowsTold) },
  };
}

/** Named and not there, there and not named, or there twice. `inBase`: how many polygons of the base have the number. */
export function checkNames(changes: Changes, inBase: (number: string) => number, young: NewPatches): Warning[] {
  const { file } = changes;
  const before = [...changes.before].map(([number, change]) => ({ number, ...change, count: inBase(number) }));
  const missing = before.filter(({ count, foreseen }) => count === 0 && !foreseen);
  const repeated = before.filter(({ count }) => count > 1);
  const warnings: Warning[] = [...changes.warnings];
  const tell = (code: string, field: string, found: { number: string; rows: number[] }[], zh: string, en: string) => {
    if (found.length === 0) return;
    warnings.push({
      code,
      message: { zh: `${found.length} ${zh}：${listOf(found)}`, en: `${found.length} ${en}: ${listOf(found)}` },
      where: { file, field, rows: found.flatMap(({ rows }) => rows).slice(0, rowsTold) },
    });
  };
  tell(
    'increment-name-missing',
    'BGQTBBSM',
    missing,
    '个变更前图斑标识码在基期图层中没有，没有图斑因它们被替换；请核对基期是否选对',
    'patches that the process table names are not in the base, so nothing was replaced for them; check that it is the right base',
  );
  tell(
    'increment-name-repeated',
    'BGQTBBSM',
    repeated,
    '个变更前图斑标识码在基期图层中不止一个图斑，已全部替换',
    'numbers belong to several patches of the base each; all of these were replaced',
  );
  if (!changes.measured)
    warnings.push({
      code: 'increment-not-checked',
      message: {
        zh: '更新过程层没有图斑变更面积（TBBGMJ），变更前后的面积未核对',
        en: 'The process table has no TBBGMJ, so areas before and after were not checked',
      },
      where: { file, field: 'TBBGMJ' },
    });
  const numbers = new Set(young.patches.map(({ number }) => number));
  if (changes.after.size > 0 && young.fields.number.length > 0) {
    const lost = [...changes.after].filter(([number]) => !numbers.has(number));
    tell(
      'increment-after-missing',
      'BGHTBBSM',
      lost.map(([number, change]) => ({ number, ...change })),
      '个变更后图斑标识码在更新层中没有，那里的地类按未知处理',
      'patches after the change are not among the new ones; the land there counts as unknown',
    );
    const unnamed = young.patches.filter(({ number }) => number === null || !changes.after.has(number));
    tell(
      'increment-patch-unnamed',
      'BSM',
      unnamed.map(({ number, row }) => ({ number: number ?? `#${row}`, rows: [row] })),
      '个更新层图斑在更新过程层中没有记录，已照加入',
      'new patches are not in the process table; they were added all the same',
    );
  }
  return warnings;
}

/** Patches of the base that new ones lie over though the table does not name them: land with two classes. */
export function tellOverlaps(overlaps: { number: string; area_m2: number }[]): Warning[] {
  if (overlaps.length === 0) return [];
  const sum = overlaps.reduce((m2, overlap) => m2 + overlap.area_m2, 0).toFixed(2);
  const list = listOf(overlaps);
  return [
    {
      code: 'increment-overlap',
      message: {
        zh: `${overlaps.length} 个基期图斑被新图斑覆盖（共 ${sum} m²）而更新过程层没有写明变更，这部分有两个地类：${list}`,
        en: `${overlaps.length} patches of the base lie under new ones (${sum} m² in all) and the process table does not name them, so that land has two classes: ${list}`,
      },
    },
  ];
}

/** DLTBGX alone: how the base was cut, and what was left off. */
export function tellErased(
  counts: { whole: number; cut: number; slivers: number; sliver_m2: number },
  limitM2: number,
): Warning[] {
  const { whole, cut, slivers, sliver_m2 } = counts;
  const warnings: Warning[] = [
    {
      code: 'increment-by-geometry',
      message: {
        zh: `增量包只有更新层 DLTBGX，没有更新过程层 DLTBGXGC：按图形处理，基期图斑被新图斑盖住的部分已切除（整块 ${whole} 个，部分 ${cut} 个），变更面积未核对`,
        en: `The increment has DLTBGX and no DLTBGXGC: the base was erased by geometry where new patches cover it (${whole} patches whole, ${cut} in part); areas of the changes were not checked`,
      },
    },
  ];
  // hairs between lines that are one in the plane come to less than a figure can tell; decisions have them all the same
  if (sliver_m2 >= figureM2)
    warnings.push({
      code: 'increment-slivers',
      message: {
        zh: `忽略碎面 ${slivers} 个、合计 ${sliver_m2.toFixed(4)} m²（每个不超过 ${limitM2} m²）`,
        en: `${slivers} slivers, ${sliver_m2.toFixed(4)} m² in all, were left off (at most ${limitM2} m² each)`,
      },
    });
  return warnings;
}

function listOf(patches: readonly { number: string }[]): string {
  const names = patches.slice(0, namesTold).map(({ number }) => printable(number, 40));
  return names.join('、') + (patches.length > namesTold ? ' …' : '');
}
