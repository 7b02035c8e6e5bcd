/**
 * What DLTBGXGC, the table of the process, says: patch by patch, before and after, how many m² changed hands (DOMAIN §2.5). Only
 * identifiers and sums are kept, no rows.
 */
import { readNumber, readText } from '../domain/loose-values.ts';
import { AppError } from '../errors.ts';
import { matchingFields } from './attribute-match.ts';
import type { SourceField, SourceReport, SpoolRow, Warning } from './source-types.ts';
import { readSpool } from './spool.ts';

/** All rows of DLTBGXGC that name one patch. */
export interface Change {
  /** Σ TBBGMJ, m²; null where one of the rows has no figure */
  sum_m2: number | null;
  /** area of the patch as the rows themselves state it: 地类面积 + 扣除面积, m² */
  stated_m2: number | null;
  /** rows of the table, the first hundred */
  rows: number[];
  /** the patch need not be in the base: it came from another county or across the border (XZQTZLX 1, 3), or is new (BGXW 3) */
  foreseen: boolean;
}

export interface Changes {
  /** by BGQTBBSM */
  before: Map<string, Change>;
  /** by BGHTBBSM */
  after: Map<string, Change>;
  /** a column TBBGMJ is there */
  measured: boolean;
  file: string;
  warnings: Warning[];
}

/** attribute of a patch's identifier and of its area, in DLTB and DLTBGX alike */
export const numberAliases = ['BSM', '标识码', '图斑标识码'] as const;
export const areaAliases = ['TBMJ', '图斑面积'] as const;

const aliases = {
  before: ['BGQTBBSM', '变更前图斑标识码'],
  after: ['BGHTBBSM', '变更后图斑标识码'],
  changed: ['TBBGMJ', '图斑变更面积'],
  netBefore: ['BGQTBDLMJ', '变更前图斑地类面积'],
  deductedBefore: ['BGQKCMJ', '变更前扣除面积'],
  netAfter: ['BGHTBDLMJ', '变更后图斑地类面积'],
  deductedAfter: ['BGHKCMJ', '变更后扣除面积'],
  conduct: ['BGXW', '变更行为'],
  border: ['XZQTZLX', '行政区调整类型'],
} as const;

/** rows named in a warning; its sentence gives the whole count */
const rowsNamed = 100;

/** Throws `attribute-missing` where the table does not say which patches were changed. */
export async function readChanges(report: SourceReport): Promise<Changes> {
  const names = report.fields.map((field) => field.name);
  const fields = Object.fromEntries(
    Object.entries(aliases).map(([key, list]) => [key, matchingFields(names, list)[0]]),
  ) as Record<keyof typeof aliases, string | undefined>;
  if (fields.before === undefined) throw noNames(report, names);
  const before = new Map<string, Change>();
  const after = new Map<string, Change>();
  const nameless: number[] = [];
  let file = report.layers[0]!.name;
  for await (const row of readSpool(report.spool)) {
    file = row.source_file;
    const value = (key: keyof typeof aliases) => {
      const field = fields[key];
      return field === undefined ? null : (row.attributes[field] ?? null);
    };
    const code = (key: 'conduct' | 'border') => readText(value(key))?.replace(/^0+(?=\d)/, '');
    const foreseen = code('conduct') === '3' || ['1', '3'].includes(code('border') ?? '');
    const changed = readNumber(value('changed'));
    const [old, young] = [readText(value('before')), readText(value('after'))];
    const stated = (net: number | null, deducted: number | null) => (net === null ? null : net + (deducted ?? 0));
    if (old !== null)
      add(
        before,
        old,
        row,
        changed,
        stated(readNumber(value('netBefore')), readNumber(value('deductedBefore'))),
        foreseen,
      );
    else if (!foreseen) nameless.push(row.row);
    if (young !== null)
      add(
        after,
        young,
        row,
        changed,
        stated(readNumber(value('netAfter')), readNumber(value('deductedAfter'))),
        foreseen,
      );
  }
  return { before, after, measured: fields.changed !== undefined, file, warnings: namelessWarning(file, nameless) };
}

function add(
  changes: Map<string, Change>,
  patch: string,
  { row }: SpoolRow,
  changed: number | null,
  stated: number | null,
  foreseen: boolean,
): void {
  const known = changes.get(patch);
  if (known === undefined) {
    changes.set(patch, { sum_m2: changed, stated_m2: stated, rows: [row], foreseen });
    return;
  }
  known.sum_m2 = known.sum_m2 === null || changed === null ? null : known.sum_m2 + changed;
  known.stated_m2 ??= stated;
  known.foreseen &&= foreseen;
  if (known.rows.length < rowsNamed) known.rows.push(row);
}

/** Identifier and area of the patches of DLTBGX, in their order; the fields they stand in. */
export interface NewPatches {
  fields: PatchFields;
  patches: { number: string | null; area_m2: number | null; row: number }[];
}

/** Attributes that may hold a patch's identifier and area, best first. */
export interface PatchFields {
  number: string[];
  area: string[];
}

export function patchFields(fields: readonly Pick<SourceField, 'name'>[]): PatchFields {
  const names = fields.map((field) => field.name);
  return { number: matchingFields(names, numberAliases), area: matchingFields(names, areaAliases) };
}

export async function readNewPatches(report: SourceReport): Promise<NewPatches> {
  const fields = patchFields(report.fields);
  const patches: NewPatches['patches'] = [];
  for await (const { row, attributes } of readSpool(report.spool)) {
    const number = fields.number.map((field) => readText(attributes[field])).find((text) => text !== null) ?? null;
    const area = fields.area.map((field) => readNumber(attributes[field])).find((figure) => figure !== null) ?? null;
    patches.push({ number, area_m2: area, row });
  }
  return { fields, patches };
}

function namelessWarning(file: string, rows: number[]): Warning[] {
  if (rows.length === 0) return [];
  return [
    {
      code: 'increment-name-empty',
      message: {
        zh: `更新过程层有 ${rows.length} 行没有变更前图斑标识码（BGQTBBSM），又不是新增或调入，没有图斑因它们被替换`,
        en: `${rows.length} rows of the process table name no patch before the change (BGQTBBSM) and are no additions; no patch was replaced for them`,
      },
      where: { file, field: 'BGQTBBSM', rows: rows.slice(0, rowsNamed) },
    },
  ];
}

function noNames(report: SourceReport, names: readonly string[]): AppError {
  const [layer] = report.layers;
  return new AppError(
    'attribute-missing',
    {
      zh: `更新过程层须有变更前图斑标识码 BGQTBBSM，${layer!.name} 的属性为：${names.slice(0, 40).join('、') || '无'}`,
      en: `The process table needs BGQTBBSM, the patch before the change; ${layer!.name} has ${names.slice(0, 40).join(', ') || 'none'}`,
    },
    { file: layer!.name, field: 'BGQTBBSM', candidates: [...aliases.before] },
  );
}
