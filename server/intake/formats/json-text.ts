/**
 * Strict JSON (RFC 8259) → values, keeping what JSON.parse loses: the letters of long numbers. `__proto__` is a key like
 * any other, NUL and lone surrogates are taken out and counted. Recursion is bounded by json-scan.ts, which counted.
 */
import { printable } from '../printable.ts';
import { JsonFault } from './json-scan.ts';

/** A number as it was written. */
export class JsonNumber {
  readonly letters: string;
  constructor(letters: string) {
    this.letters = letters;
  }
}
export type JsonValue = string | number | boolean | null | JsonNumber | JsonValue[] | Map<string, JsonValue>;

const minus = 0x2d;
const plus = 0x2b;
const point = 0x2e;
const zero = 0x30;
const nine = 0x39;
const escapes: Record<string, string> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

export class JsonText {
  /** strings that lost a NUL or a lone surrogate */
  cleaned = 0;
  readonly #text: string;
  #at = 0;
  /** inside `coordinates`, where nobody needs the letters, numbers are plain; inside `properties` never */
  #plain = 0;
  #lettered = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The one value of the text. Throws JsonFault with the character at which it fails. */
  parse(): JsonValue {
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) throw this.#fault();
    return value;
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #value(): JsonValue {
    this.#space();
    const char = this.#text[this.#at];
    if (char === '[') return this.#array();
    if (char === '{') return this.#object();
    if (char === '"') return this.#string();
    if (char === 't' || char === 'f' || char === 'n') return this.#word();
    return this.#number();
  }

  /** By character codes, not by a pattern: a file of 200 MB has ten million numbers. */
  #number(): number | JsonNumber {
    const start = this.#at;
    if (this.#text.charCodeAt(this.#at) === minus) this.#at++;
    // no leading zeros
    if (this.#text.charCodeAt(this.#at) === zero) this.#at++;
    else this.#digits();
    if (this.#text.charCodeAt(this.#at) === point) {
      this.#at++;
      this.#digits();
    }
    // 'e' and 'E' differ in one bit
    if ((this.#text.charCodeAt(this.#at) | 0x20) === 0x65) {
      const sign = this.#text.charCodeAt(++this.#at);
      if (sign === minus || sign === plus) this.#at++;
      this.#digits();
    }
    const letters = this.#text.slice(start, this.#at);
    return this.#plain > 0 ? Number(letters) : new JsonNumber(letters);
  }

  #digits(): void {
    const text = this.#text;
    let at = this.#at;
    for (let code = text.charCodeAt(at); code >= zero && code <= nine; code = text.charCodeAt(at)) at++;
    if (at === this.#at) throw this.#fault();
    this.#at = at;
  }

  #word(): boolean | null {
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    throw this.#fault();
  }

  #array(): JsonValue[] {
    const values: JsonValue[] = [];
    this.#at++;
    this.#space();
    if (this.#text[this.#at] === ']') {
      this.#at++;
      return values;
    }
    for (;;) {
      values.push(this.#value());
      if (this.#ends(']')) return values;
    }
  }

  #object(): Map<string, JsonValue> {
    const members = new Map<string, JsonValue>();
    this.#at++;
    this.#space();
    if (this.#text[this.#at] === '}') {
      this.#at++;
      return members;
    }
    for (;;) {
      this.#space();
      if (this.#text[this.#at] !== '"') throw this.#fault();
      const key = this.#string();
      this.#space();
      if (this.#text[this.#at] !== ':') throw this.#fault();
      this.#at++;
      // of a repeated key one value would be lost without a word
      if (members.has(key))
        throw new JsonFault(
          `成员 “${printable(key, 40)}” 重复`,
          `the member "${printable(key, 40)}" is repeated`,
          this.#at,
        );
      const lettered = key === 'properties' ? 1 : 0;
      const plain = key === 'coordinates' && this.#lettered === 0 ? 1 : 0;
      this.#lettered += lettered;
      this.#plain += plain;
      members.set(key, this.#value());
      this.#lettered -= lettered;
      this.#plain -= plain;
      if (this.#ends('}')) return members;
    }
  }

  #ends(close: string): boolean {
    this.#space();
    const char = this.#text[this.#at];
    if (char !== ',' && char !== close) throw this.#fault();
    this.#at++;
    return char === close;
  }

  #string(): string {
    const start = ++this.#at;
    let out = '';
    let from = start;
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 0x22) break;
      // raw control characters are no JSON; NaN is the end of the text
      if (!(code >= 0x20)) throw this.#fault();
      if (code !== 0x5c) {
        this.#at++;
        continue;
      }
      out += this.#text.slice(from, this.#at) + this.#escape();
      from = this.#at;
    }
    out += this.#text.slice(from, this.#at++);
    const clean =
      out.includes('\0') || !out.isWellFormed() ? out.replaceAll('\0', '').replace(/[\uD800-\uDFFF]/gu, '') : out;
    if (clean !== out) this.cleaned++;
    return clean;
  }

  #escape(): string {
    const kind = this.#text[this.#at + 1] ?? '';
    if (kind === 'u') {
      const hex = this.#text.slice(this.#at + 2, this.#at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) throw this.#fault();
      this.#at += 6;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    const plain = escapes[kind];
    if (plain === undefined) throw this.#fault();
    this.#at += 2;
    return plain;
  }

  #fault(): JsonFault {
    const here = printable(this.#text.slice(this.#at, this.#at + 12));
    return this.#at >= this.#text.length
      ? new JsonFault('内容在中途结束', 'it ends too early', this.#at)
      : new JsonFault(`语法错误（“${here}”）`, `syntax error ("${here}")`, this.#at);
  }
}
