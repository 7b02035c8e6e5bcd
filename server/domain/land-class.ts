/**
 * Land classes: which group a code belongs to, and which system the codes of a layer are of.
 */
import { type CodeSystem, codeSystems, landCodes, td3Synonyms } from './land-codes.ts';

export type LandGroup =
  | 'farmland'
  | 'orchard'
  | 'forest'
  | 'grassland'
  | 'construction'
  | 'facility'
  | 'water'
  | 'other';

/**
 * Upper-cased, full-width figures (０１０３, from a Chinese keyboard) as plain ones, without blanks around it; an empty code
 * is null: land whose class is not known (CONTRACT §3.1).
 */
export function normalizeCode(code: string | null | undefined): string | null {
  const text = (code ?? '').normalize('NFKC').trim().toUpperCase();
  return text === '' ? null : text;
}

/** The group of a code, compared by its first two or four characters so that suffixes (0201K, 1104A) follow their class. */
export function groupOf(code: string | null | undefined, system: CodeSystem): LandGroup | null {
  const text = normalizeCode(code);
  if (text === null) return null;
  const first = firstLevel[text.slice(0, 2)];
  if (first !== undefined) return first;
  return bySystem[system](text);
}

/** 01–04 mean the same in all three systems. */
const firstLevel: Record<string, LandGroup | undefined> = {
  '01': 'farmland',
  '02': 'orchard',
  '03': 'forest',
  '04': 'grassland',
};

const bySystem: Record<CodeSystem, (code: string) => LandGroup> = {
  // CONTRACT §3.1 names this list; 1006 农村道路 is farmers' land, 1105 1106 1108 are tidal flats and marsh: other
  td3: (code) => {
    if (/^0[5-9]/.test(code)) return 'construction';
    if (/^(100[1-5]|100[7-9]|1109|1201)/.test(code)) return 'construction';
    if (code.startsWith('1202')) return 'facility';
    if (/^(110[1-4]|1107|1110)/.test(code)) return 'water';
    return 'other';
  },
  td2: (code) => {
    if (/^(0[5-9]|20)/.test(code)) return 'construction';
    if (/^(10[1-3]|10[5-7]|118|121)/.test(code)) return 'construction';
    if (code.startsWith('122')) return 'facility';
    if (/^(11[1-4]|117|119)/.test(code)) return 'water';
    return 'other';
  },
  // wetland is a class of its own here; its swamps are put where td3 has them (0303 0304 0306 forest, 0402 grassland), so
  // that the groups of two years written in two systems compare
  yhyh: (code) => {
    if (/^(0501|0502|0507)/.test(code)) return 'forest';
    if (code.startsWith('0503')) return 'grassland';
    if (/^060[2-4]/.test(code)) return 'facility';
    if (/^(0[7-9]|1[0-5]|2301)/.test(code)) return 'construction';
    if (code.startsWith('17')) return 'water';
    return 'other';
  },
};

/** Is the code one of the system? Suffixes K (可调整) and A (sub-class) count where the class itself is listed. */
export function knownIn(code: string, system: CodeSystem): boolean {
  const codes = landCodes[system];
  if (codes.has(code)) return true;
  if (system === 'yhyh') return /^\d{6}(\d{2})?$/.test(code) && codes.has(code.slice(0, 4));
  return /[KA]$/.test(code) && codes.has(code.slice(0, -1));
}

/** The td3 code of a class name, null where the name is none. Used only where a file has names and no codes. */
export function codeOfName(name: string | null | undefined): string | null {
  const text = (name ?? '').trim();
  return namesOfTd3.get(text) ?? td3Synonyms.get(text) ?? null;
}

const namesOfTd3: ReadonlyMap<string, string> = new Map(
  [...landCodes.td3].filter(([code]) => !code.startsWith('20')).map(([code, name]) => [name, code]),
);

export interface CodeEvidence {
  /** normalised code → number of polygons that carry it */
  codes: ReadonlyMap<string, number>;
  /** code and name as they stand together in the file, where it has both */
  names?: Iterable<readonly [code: string, name: string]>;
  year?: number | undefined;
  given?: CodeSystem | undefined;
}

export type CodeSystemDecision =
  | { ok: true; system: CodeSystem; basis: 'given' | 'codes' | 'names' | 'same-groups' | 'year'; unknown: string[] }
  | { ok: false; why: 'mixed' | 'ambiguous' | 'contradicted' | 'unknown'; systems: CodeSystem[]; examples: string[] };

/** The classification of 2023-11: a survey of that year or before cannot be written in it. */
const lastYearBeforeYhyh = 2023;

/**
 * The system the codes are of. Codes that one system alone has decide, if no other code is of other systems only; where there are none, names do; where every code
 * means the same group either way, it is td3; a survey up to 2023 cannot be in 用地用海. What is left is ambiguous.
 */
export function decideCodeSystem(evidence: CodeEvidence): CodeSystemDecision {
  const codes = [...evidence.codes.keys()].sort();
  const unknownTo = (system: CodeSystem) => codes.filter((code) => !knownIn(code, system));
  const decided = (system: CodeSystem, basis: 'given' | 'codes' | 'names' | 'same-groups' | 'year') =>
    ({ ok: true, system, basis, unknown: unknownTo(system) }) as const;

  if (evidence.given !== undefined) {
    const strangers = (system: CodeSystem) => unknownTo(system).reduce((n, code) => n + evidence.codes.get(code)!, 0);
    const given = evidence.given;
    const better = codeSystems.filter((system) => strangers(system) < strangers(given));
    // one odd patch is a warning; most of the file in another system is the wrong label
    const all = [...evidence.codes.values()].reduce((sum, n) => sum + n, 0);
    if (better.length > 0 && strangers(given) * 2 > all)
      return { ok: false, why: 'contradicted', systems: better, examples: unknownTo(given).slice(0, 10) };
    return decided(given, 'given');
  }

  const only = new Map<CodeSystem, string[]>();
  for (const code of codes) {
    const systems = codeSystems.filter((system) => knownIn(code, system));
    if (systems.length === 1) only.set(systems[0]!, [...(only.get(systems[0]!) ?? []), code]);
  }
  if (only.size > 1)
    return {
      ok: false,
      why: 'mixed',
      systems: codeSystems.filter((system) => only.has(system)),
      examples: [...only.values()].flatMap((list) => list.slice(0, 5)),
    };
  const sole = [...only.keys()][0];
  if (sole !== undefined) {
    // 013 is of the second survey alone, and 0103 of any but the second: one old patch must not rename a whole county
    const strangers = unknownTo(sole).filter((code) => codeSystems.some((system) => knownIn(code, system)));
    if (strangers.length === 0) return decided(sole, 'codes');
    const others = codeSystems.filter((system) => system !== sole && strangers.some((code) => knownIn(code, system)));
    return {
      ok: false,
      why: 'mixed',
      systems: codeSystems.filter((system) => system === sole || others.includes(system)),
      examples: [...only.get(sole)!.slice(0, 5), ...strangers.slice(0, 5)],
    };
  }
  if (codes.length > 0 && codes.every((code) => codeSystems.every((system) => !knownIn(code, system))))
    return { ok: false, why: 'unknown', systems: [...codeSystems], examples: codes.slice(0, 10) };

  // td2 is out as soon as one code is not of it, and so on; all three may remain for a file of two codes
  const possible = codeSystems.filter((system) => codes.every((code) => knownIn(code, system)));
  const candidates = possible.length > 0 ? possible : codeSystems.filter((s) => codes.some((code) => knownIn(code, s)));
  if (candidates.length === 1) return decided(candidates[0]!, 'codes');

  const named = new Set<CodeSystem>();
  for (const [code, name] of evidence.names ?? []) {
    const systems = candidates.filter((system) => landCodes[system].get(code) === name.trim());
    if (systems.length === 1) named.add(systems[0]!);
  }
  if (named.size === 1) return decided([...named][0]!, 'names');

  const different = codes.filter((code) => new Set(candidates.map((system) => groupOf(code, system))).size > 1);
  if (different.length === 0 && named.size === 0)
    return decided(candidates.includes('td3') ? 'td3' : (candidates[0] ?? 'td3'), 'same-groups');
  if (evidence.year !== undefined && evidence.year <= lastYearBeforeYhyh && named.size === 0) {
    const rest = candidates.filter((system) => system !== 'yhyh');
    if (rest.length === 1) return decided(rest[0]!, 'year');
  }
  return { ok: false, why: 'ambiguous', systems: candidates, examples: different.slice(0, 10) };
}
