/**
 * The first pass over a vector layer, before anything is stored: which attribute is which column, which classification the
 * land-use codes are of, which county a boundary is.
 */
import { type CodeSystemDecision, codeOfName, decideCodeSystem, knownIn, normalizeCode } from '../domain/land-class.ts';
import { type CodeSystem, codeSystemTitle } from '../domain/land-codes.ts';
import { readText } from '../domain/loose-values.ts';
import { AppError } from '../errors.ts';
import type { LayerColumn, LayerType } from '../layers/index.ts';
import { chooseField, matchingFields } from './attribute-match.ts';
import { nothingUsable } from './parcel-plan.ts';
import { printable } from './printable.ts';
import { sharedCounty } from './region.ts';
import type { SourceField, SpoolRow, Warning } from './source-types.ts';

export interface CodeSystemDecided {
  system: CodeSystem;
  /** 'given'; 'base': the codes leave it open and the base of the increment decides; 'codes': only this system has them all; 'names'; 'same-groups': it makes no difference; 'year': 用地用海 is of 2023-11 */
  basis: 'given' | 'base' | 'codes' | 'names' | 'same-groups' | 'year';
}

export interface LayerPlan {
  /** column → attribute; a column without one is null */
  fields: Partial<Record<LayerColumn, string | null>>;
  codeSystem: CodeSystemDecided | null;
  /** of a boundary: the six digits that all its XZQDM begin with */
  county: string | null;
  warnings: Warning[];
}

export interface LayerLabelsGiven {
  year?: number | undefined;
  codeSystem?: CodeSystem | undefined;
  /** of an increment: the system of its base, which a few codes of their own seldom tell */
  expected?: CodeSystem | undefined;
}

/** Throws `attribute-missing`, `geometry-empty`, `validation` (codes of two systems, or of one that cannot be told). */
export async function planLayer(
  type: LayerType,
  sourceFields: readonly SourceField[],
  rows: AsyncIterable<SpoolRow>,
  given: LayerLabelsGiven,
): Promise<LayerPlan> {
  const names = sourceFields.map((field) => field.name);
  const columns = Object.entries(type.fields) as [LayerColumn, readonly string[]][];
  const candidates = new Map(columns.map(([column, aliases]) => [column, matchingFields(names, aliases)]));
  requireFields(type, candidates, names);

  const watched = new Set([...candidates.values()].flat());
  const filled = new Set<string>();
  const codeFields = new Map((candidates.get('class_code') ?? []).map((field) => [field, new Map<string, number>()]));
  const pairs = new Map<string, Set<string>>();
  const nameField = candidates.get('class_name')?.[0];
  const places = new Set<string>();
  const placeField = type.id === 'boundary' ? matchingFields(names, ['XZQDM', '行政区代码'])[0] : undefined;
  let shapes = 0;
  let count = 0;
  let file: string | undefined;
  for await (const row of rows) {
    count++;
    file ??= row.source_file;
    if (row.wkb !== null) shapes++;
    for (const field of watched) if (!filled.has(field) && readText(row.attributes[field]) !== null) filled.add(field);
    for (const [field, codes] of codeFields) {
      const code = normalizeCode(readText(row.attributes[field]));
      if (code === null) continue;
      codes.set(code, (codes.get(code) ?? 0) + 1);
      const name = nameField === undefined ? null : readText(row.attributes[nameField]);
      if (name !== null && codes.size <= mostCodes) pairs.set(code, (pairs.get(code) ?? new Set()).add(name));
    }
    const place = placeField === undefined ? null : readText(row.attributes[placeField]);
    if (place !== null && places.size < 100) places.add(place);
  }
  if (shapes === 0) throw nothingUsable(count, file);

  const fields: LayerPlan['fields'] = {};
  for (const [column] of columns)
    fields[column] = chooseField(candidates.get(column) ?? [], (name) => filled.has(name));
  const warnings: Warning[] = [];
  let codeSystem: CodeSystemDecided | null = null;
  if (type.fields.class_code !== undefined) {
    const codes = (fields.class_code ? codeFields.get(fields.class_code) : undefined) ?? new Map<string, number>();
    refuseNumbers(
      sourceFields.find((field) => field.name === fields.class_code),
      codes,
    );
    // names are of the third survey; so are the codes they are read into
    codeSystem = fields.class_code
      ? decide(codes, pairs, given, fields.class_code, warnings)
      : { system: 'td3', basis: 'names' };
  }
  return { fields, codeSystem, county: sharedCounty(places), warnings };
}

/** a classification has under 120 codes; a column with more is no code column, and its pairs need not be kept */
const mostCodes = 2000;

/** The class of one row: its code, or the code of its name where the layer has names alone. */
export function classCodeOf(row: SpoolRow, fields: LayerPlan['fields']): string | null {
  if (fields.class_code) return normalizeCode(readText(row.attributes[fields.class_code]));
  return fields.class_name ? codeOfName(readText(row.attributes[fields.class_name])) : null;
}

function requireFields(
  type: LayerType,
  candidates: ReadonlyMap<LayerColumn, string[]>,
  names: readonly string[],
): void {
  for (const group of type.required) {
    if (group.some((column) => (candidates.get(column)?.length ?? 0) > 0)) continue;
    const aliases = group.flatMap((column) => type.fields[column] ?? []);
    throw new AppError(
      'attribute-missing',
      {
        zh: `“${type.title.zh}”须有属性 ${aliases.join('、')} 之一，文件中的属性为：${names.slice(0, 40).join('、') || '无'}`,
        en: `"${type.title.en}" needs one of the attributes ${aliases.join(', ')}; the file has ${names.slice(0, 40).join(', ') || 'none'}`,
      },
      { field: aliases[0]!, candidates: aliases },
    );
  }
}

/** 0103 kept as a number is 103, which is 街巷用地 in the second survey: the zeros cannot be put back by guessing. */
function refuseNumbers(field: SourceField | undefined, codes: ReadonlyMap<string, number>): void {
  const short = [...codes.keys()].filter((code) => /^\d{2,3}$/.test(code));
  if (field?.type !== 'number' || short.length === 0) return;
  throw new AppError(
    'validation',
    {
      zh: `属性“${field.name}”是数字型，编码前面的 0 已丢失（例如 ${short[0]}），请改为文本型后重新导出`,
      en: `"${field.name}" is a number column, so leading zeros of the codes are lost (e.g. ${short[0]}); export it as text`,
    },
    { field: field.name },
  );
}

function decide(
  codes: ReadonlyMap<string, number>,
  pairs: ReadonlyMap<string, ReadonlySet<string>>,
  given: LayerLabelsGiven,
  field: string,
  warnings: Warning[],
): CodeSystemDecided {
  const names = [...pairs].flatMap(([code, set]) => [...set].map((name) => [code, name] as const));
  const decision = decideCodeSystem({ codes, names, year: given.year, given: given.codeSystem });
  if (given.expected !== undefined && leavesOpen(decision, codes.keys(), given.expected))
    return { system: given.expected, basis: 'base' };
  if (!decision.ok) throw undecided(decision, given, field);
  const { system, basis, unknown } = decision;
  if (basis === 'year')
    warnings.push({
      code: 'code-system-assumed',
      message: {
        zh: `地类编码本身判断不出编码体系，${given.year} 年早于用地用海分类的施行，按${codeSystemTitle[system].zh}处理；如不对请指定 code_system`,
        en: `The codes alone do not tell their system; ${given.year} is before the classification of 2023 was in use, so they are read as ${codeSystemTitle[system].en}; state code_system if that is wrong`,
      },
      where: { field },
    });
  if (unknown.length > 0)
    warnings.push({
      code: 'land-class-unknown',
      message: {
        zh: `${unknown.length} 个地类编码不在${codeSystemTitle[system].zh}中，归入“其他”：${unknown.slice(0, 20).join('、')}`,
        en: `${unknown.length} codes are not of the ${codeSystemTitle[system].en} and count as other: ${unknown.slice(0, 20).join(', ')}`,
      },
      where: { field, candidates: unknown.slice(0, 50) },
    });
  return { system, basis };
}

/** Nothing in the codes speaks against the system: they would be of it as well as of another. */
function leavesOpen(decision: CodeSystemDecision, codes: Iterable<string>, system: CodeSystem): boolean {
  if (!decision.ok) return decision.why === 'ambiguous' && decision.systems.includes(system);
  return ['year', 'same-groups'].includes(decision.basis) && [...codes].every((code) => knownIn(code, system));
}

function undecided(
  decision: { why: 'mixed' | 'ambiguous' | 'contradicted' | 'unknown'; systems: CodeSystem[]; examples: string[] },
  given: LayerLabelsGiven,
  field: string,
): AppError {
  const zh = decision.systems.map((system) => codeSystemTitle[system].zh).join('、');
  const en = decision.systems.map((system) => codeSystemTitle[system].en).join(', ');
  const examples = decision.examples.map((code) => printable(code, 20)).join('、');
  const say = {
    mixed: {
      zh: `地类编码混用了${zh}（例如 ${examples}），请分开后上传，或用 code_system 指定编码体系`,
      en: `The land-use codes mix systems (${en}; e.g. ${examples}); separate them, or state code_system`,
    },
    ambiguous: {
      zh: `地类编码（例如 ${examples}）在${zh}中含义不同，无法判断，请用 code_system 指定（td3、td2 或 yhyh）`,
      en: `The land-use codes (e.g. ${examples}) mean different things in ${en}; state code_system (td3, td2 or yhyh)`,
    },
    unknown: {
      zh: `属性“${field}”中没有一个值是地类编码（例如 ${examples}），请改用地类编码（如 0103）后重新导出；如确为编码，请用 code_system 指定编码体系`,
      en: `Not one value of "${field}" is a land-use code (e.g. ${examples}); export it with codes (such as 0103), or state code_system if they are codes`,
    },
    contradicted: {
      zh: `多数地类编码（例如 ${examples}）不属于指定的${given.codeSystem ? codeSystemTitle[given.codeSystem].zh : ''}，更像${zh}，请核对 code_system`,
      en: `Most land-use codes (e.g. ${examples}) are not of the code_system that was stated, rather of ${en}; check code_system`,
    },
  }[decision.why];
  return new AppError('validation', say, { field, candidates: decision.systems });
}
