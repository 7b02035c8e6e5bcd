/**
 * Which encoding the text of a DBF is in (THREATS T6). Declarations lie, so the bytes decide: every candidate is tried,
 * strictly, on all text and field names; one that fails is out; of the rest the one that reads the most common Chinese
 * characters and no private-use or replacement ones wins, ties going to the declared one.
 */
import { AppError, type Where } from '../errors.ts';
import type { EncodingDecision, Warning } from './source-types.ts';

export interface Declared {
  /** label of this file's decoders: 'UTF-8', 'GB18030', 'Big5', 'windows-1252' … */
  label: string;
  /** as the file says it: 'GBK', 'LDID 77' */
  words: string;
  source: 'cpg' | 'ldid';
}

/** Label this service uses for a name of an encoding, undefined where the platform cannot decode it. */
export function encodingLabel(name: string): string | undefined {
  const key = name
    .trim()
    .toLowerCase()
    .replace(/[\s_-]/g, '');
  if (/^(utf8|65001|cp65001)$/.test(key)) return 'UTF-8';
  if (/(^|[^0-9])936$/.test(key) || /^(gbk|gb2312|gb18030|cn|eucn|euccn|ldid\/77|54936)/.test(key)) return 'GB18030';
  if (/^(big5|big5hkscs|950|cp950|ansi950|windows950)$/.test(key)) return 'Big5';
  if (/^(8859|iso8859)/.test(key)) return decodable(key.replace(/^(iso)?8859/, 'iso-8859-'));
  if (/^(cp|ansi|windows)?12(5[0-8])$/.test(key)) return decodable(`windows-${key.slice(-4)}`);
  if (/^(cp|ansi|windows)?932$/.test(key)) return 'Shift_JIS';
  if (/^(cp|ansi|windows)?949$/.test(key)) return 'EUC-KR';
  return decodable(name.trim());
}

function decodable(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

/**
 * LDID bytes that name a code page (DOMAIN §4.2). 0x57 ("ANSI", what GDAL and ArcGIS write by default) and 0 name none:
 * on a Chinese machine they stand over GBK.
 */
const ldids: Record<number, string> = {
  77: 'GB18030',
  122: 'GB18030',
  79: 'Big5',
  120: 'Big5',
  19: 'Shift_JIS',
  123: 'Shift_JIS',
  78: 'EUC-KR',
  121: 'EUC-KR',
  3: 'windows-1252',
  89: 'windows-1252',
};

/** What the .cpg (its text), else the LDID byte, declares; null where neither says anything usable ('OEM', 'ANSI'). */
export function declaredEncoding(cpg: string | undefined, ldid: number): Declared | null {
  const words = cpg?.replace(/[\uFEFF\0]/g, '').trim();
  const label = words ? encodingLabel(words) : undefined;
  if (words && label) return { label, words: words.slice(0, 40), source: 'cpg' };
  const page = ldids[ldid];
  return page ? { label: page, words: `LDID ${ldid}`, source: 'ldid' } : null;
}

/** Level 1 of GB 2312 (rows 16–55): the 3,755 characters of ordinary text. Bytes read wrongly rarely land there. */
function levelOne(): Set<string> {
  const decoder = new TextDecoder('gb18030');
  const bytes: number[] = [];
  for (let row = 0xb0; row <= 0xd7; row++)
    for (let cell = 0xa1; cell <= (row === 0xd7 ? 0xf9 : 0xfe); cell++) bytes.push(row, cell);
  return new Set(decoder.decode(Uint8Array.from(bytes)));
}
/** The 5,401 frequent characters of Big5, for a file that declares it. */
function bigFiveFrequent(): Set<string> {
  const decoder = new TextDecoder('big5');
  const bytes: number[] = [];
  for (let row = 0xa4; row <= 0xc6; row++) {
    for (let cell = 0x40; cell <= 0xfe; cell++)
      if ((cell < 0x7f || cell > 0xa0) && !(row === 0xc6 && cell > 0x7e)) bytes.push(row, cell);
  }
  return new Set(decoder.decode(Uint8Array.from(bytes)));
}
const commonOf = new Map<string, Set<string>>();
/** Characters that count as ordinary Chinese text of an encoding; made on first use. */
function commonCharacters(label: string): Set<string> {
  const kind = label === 'Big5' ? 'Big5' : 'GB';
  let set = commonOf.get(kind);
  if (!set) {
    set = new Set([...levelOne(), ...(kind === 'Big5' ? bigFiveFrequent() : [])]);
    commonOf.set(kind, set);
  }
  return set;
}

const strange = /[\uE000-\uF8FF\uFFFD\u{F0000}-\u{10FFFF}]/u;

export const isAscii = (bytes: Uint8Array): boolean => {
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! > 0x7f) return false;
  return true;
};

/** A decoder that remembers which encoding it is for. */
export interface StrictDecoder {
  label: string;
  decode: (bytes: Uint8Array) => string;
}
export function strictDecoder(label: string): StrictDecoder {
  const decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true });
  return { label, decode: (bytes) => decoder.decode(bytes) };
}

/**
 * Strict decoding of one value. A value that fills its field may end in half a character (fields are cut by bytes):
 * then, and only then, the unfinished bytes at its end are left off and `cut` is true. Undefined: not text of this encoding.
 */
export function decodeStrictly(
  decoder: StrictDecoder,
  bytes: Uint8Array,
  fills: boolean,
): { text: string; cut: boolean } | undefined {
  try {
    return { text: decoder.decode(bytes), cut: false };
  } catch {
    if (!fills) return undefined;
  }
  try {
    // a streaming decoder holds an unfinished character back instead of failing on it
    const text = new TextDecoder(decoder.label, { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
    return { text, cut: true };
  } catch {
    return undefined;
  }
}

interface Candidate {
  label: string;
  decoder: StrictDecoder;
  characters: Set<string>;
  common: number;
  strange: number;
  failed: Where | undefined;
}

/** Weighs all text of one file; feed it every value once, then decide. Memory is bounded: repeated values are counted once. */
export class EncodingTally {
  readonly #file: string;
  readonly #declared: Declared | null;
  readonly #candidates: Candidate[];
  readonly #seen = new Set<string>();
  #values = 0;

  constructor(file: string, declared: Declared | null) {
    this.#file = file;
    this.#declared = declared;
    const labels = new Set([...(declared ? [declared.label] : []), 'UTF-8', 'GB18030']);
    this.#candidates = [...labels].map((label) => ({
      label,
      decoder: strictDecoder(label),
      characters: commonCharacters(label),
      common: 0,
      strange: 0,
      failed: undefined,
    }));
  }

  /** One text value or field name, without its padding; `fills` when it takes all the bytes there are. */
  add(bytes: Buffer, fills: boolean, where: Where): void {
    if (isAscii(bytes)) return;
    const key = bytes.toString('latin1');
    if (this.#seen.has(key)) return;
    if (this.#seen.size < 50_000) this.#seen.add(key);
    this.#values++;
    for (const candidate of this.#candidates) {
      if (candidate.failed) continue;
      const read = decodeStrictly(candidate.decoder, bytes, fills);
      if (!read) candidate.failed = { file: this.#file, ...where };
      else {
        if (strange.test(read.text)) candidate.strange++;
        for (const char of read.text) if (candidate.characters.has(char)) candidate.common++;
      }
    }
  }

  /** Is there text whose letters depend on the encoding at all? */
  get matters(): boolean {
    return this.#values > 0;
  }

  /** The decision, with a warning where it goes against the declaration. Throws encoding-undetermined. */
  decide(): { decision: EncodingDecision; warnings: Warning[] } {
    const declared = this.#declared;
    const words = declared?.words ?? null;
    if (this.#values === 0) {
      const encoding = declared?.label ?? 'UTF-8';
      const reason = {
        zh: '文件中没有中文等非 ASCII 文字，编码不影响读取。',
        en: 'The file has ASCII text only; the encoding makes no difference.',
      };
      return { decision: { encoding, declared: words, source: declared?.source ?? 'content', reason }, warnings: [] };
    }
    const clean = this.#candidates.filter((c) => !c.failed && c.strange === 0);
    const most = Math.max(...clean.map((c) => c.common));
    const best = clean.filter((c) => c.common === most);
    const winner = best.length === 1 ? best[0] : best.find((c) => c.label === declared?.label);
    if (!winner) throw this.#undetermined();
    if (winner.label === declared?.label) {
      const reason = {
        zh: `按${declared.source === 'cpg' ? ' .cpg ' : ' DBF 头'}声明的 ${words} 读取，全部文字符合。`,
        en: `Read as ${words}, which ${declared.source === 'cpg' ? 'the .cpg' : 'the DBF header'} declares and all text bears out.`,
      };
      return { decision: { encoding: winner.label, declared: words, source: declared.source, reason }, warnings: [] };
    }
    const failed = this.#candidates.find((c) => c.label === declared?.label)?.failed;
    const at = failed ? placeOf(failed) : undefined;
    const reason = declared
      ? {
          zh: `声明的编码是 ${words}，但${at ? `${at.zh} 不是该编码的文字` : `按 ${winner.label} 读出的常用汉字更多`}；按内容采用 ${winner.label}。`,
          en: `Declared as ${words}, but ${at ? `${at.en} is not text of it` : `as ${winner.label} more of it is common Chinese`}; read as ${winner.label} by content.`,
        }
      : {
          zh: `文件没有声明编码；按内容判定为 ${winner.label}。`,
          en: `No encoding is declared; the content is ${winner.label}.`,
        };
    const decision: EncodingDecision = { encoding: winner.label, declared: words, source: 'content', reason };
    return {
      decision,
      warnings: declared
        ? [{ code: 'encoding-disagrees', message: reason, where: failed ?? { file: this.#file } }]
        : [],
    };
  }

  #undetermined(): AppError {
    const [first] = this.#candidates.flatMap((c) => (c.failed ? [c.failed] : []));
    const tried = this.#candidates.map((c) => c.label);
    return new AppError(
      'encoding-undetermined',
      {
        zh: `无法确定 ${this.#file} 的文字编码（试过 ${tried.join('、')}${first ? `，例如${placeOf(first).zh}读不通` : ''}）。请用 encoding 指定编码（如 GB18030、Big5）；若只是个别值损坏，请更正后重新导出。`,
        en: `The text encoding of ${this.#file} cannot be told (tried ${tried.join(', ')}${first ? `; ${placeOf(first).en} cannot be read` : ''}). Give it as encoding (for example GB18030, Big5); if only some values are damaged, correct them and export again.`,
      },
      first ?? { file: this.#file },
    );
  }
}

function placeOf({ row, field }: Where): { zh: string; en: string } {
  if (row === undefined) return { zh: `字段名 ${field ?? ''}`.trim(), en: `field name ${field ?? ''}`.trim() };
  return { zh: `第 ${row} 行${field ? `字段 ${field}` : ''}`, en: `row ${row}${field ? `, field ${field}` : ''}` };
}

/** The encoding a person named. Throws `validation` where the platform does not know it. */
export function encodingOfPerson(name: string): EncodingDecision {
  const label = encodingLabel(name);
  if (!label)
    throw new AppError(
      'validation',
      {
        zh: `不认识的编码 ${name.slice(0, 40)}，可用 UTF-8、GB18030、Big5 等。`,
        en: `Unknown encoding ${name.slice(0, 40)}; use UTF-8, GB18030, Big5 …`,
      },
      { field: 'encoding' },
    );
  return {
    encoding: label,
    declared: null,
    source: 'user',
    reason: { zh: `按用户指定的 ${label} 读取。`, en: `Read as ${label}, as the user said.` },
  };
}

/** Decodes values of a decided encoding; the same bytes are decoded once (land-class names repeat for every row). */
export class TextReader {
  readonly #decoder: StrictDecoder;
  readonly #known = new Map<string, { text: string; cut: boolean }>();
  readonly encoding: string;

  constructor(encoding: string) {
    this.encoding = encoding;
    this.#decoder = strictDecoder(encoding);
  }

  /** Undefined where the bytes are not text of this encoding. */
  read(bytes: Buffer, fills: boolean): { text: string; cut: boolean } | undefined {
    const key = bytes.toString('latin1');
    if (isAscii(bytes)) return { text: key, cut: false };
    const known = this.#known.get(key);
    if (known) return known;
    const read = decodeStrictly(this.#decoder, bytes, fills);
    if (read && this.#known.size < 20_000) this.#known.set(key, read);
    return read;
  }
}

/** Private-use or replacement characters in text that a person's choice of encoding let through. */
export const hasStrangeCharacters = (text: string): boolean => strange.test(text);
