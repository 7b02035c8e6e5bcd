/**
 * Walks a JSON document on disk by bytes and cuts out values without parsing them, so that a FeatureCollection of any
 * size costs the memory of its largest feature. Strings and brackets only: what is cut out is parsed strictly afterwards
 * (json-text.ts). Nesting is counted, not recursed into (THREATS T13).
 */
import type { FileWindow } from '../file-window.ts';

/** What is wrong, at which byte; the format turns it into a problem with the row. */
export class JsonFault extends Error {
  readonly zh: string;
  readonly offset: number;
  constructor(zh: string, en: string, offset: number) {
    super(en);
    this.zh = zh;
    this.offset = offset;
  }
}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
const colon = 0x3a;
const chunkBytes = 256 * 1024;

export class JsonScan {
  at = 0;
  readonly #window: FileWindow;
  readonly #deepest: number;
  #chunk: Buffer = Buffer.alloc(0);
  #chunkStart = 0;

  constructor(window: FileWindow, deepest: number) {
    this.#window = window;
    this.#deepest = deepest;
    if (window.read(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))) this.at = 3;
  }

  /** The byte at the cursor, -1 at the end. */
  #byte(): number {
    let i = this.at - this.#chunkStart;
    if (i < 0 || i >= this.#chunk.length) {
      // a copy of the window's bytes: slices read in between must not move what is scanned
      this.#chunk = Buffer.from(this.#window.read(this.at, chunkBytes));
      this.#chunkStart = this.at;
      i = 0;
    }
    return this.#chunk[i] ?? -1;
  }

  /** Moves to the next quote or bracket and gives it: inside coordinates most bytes are neither. */
  #nextSign(): number {
    for (;;) {
      const first = this.#byte();
      if (first === -1) return -1;
      const chunk = this.#chunk;
      for (let i = this.at - this.#chunkStart; i < chunk.length; i++) {
        const byte = chunk[i]!;
        if (
          byte === quote ||
          byte === openBracket ||
          byte === closeBracket ||
          byte === openBrace ||
          byte === closeBrace
        ) {
          this.at = this.#chunkStart + i;
          return byte;
        }
      }
      this.at = this.#chunkStart + chunk.length;
    }
  }

  /** Next byte that is no white space, -1 at the end. */
  peek(): number {
    for (;;) {
      const byte = this.#byte();
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
      this.at++;
    }
  }

  /** Members of the object at the cursor: the raw key, with the cursor at its value. The caller moves over every value. */
  *members(): Generator<string, void, undefined> {
    this.#expect(openBrace, '{');
    if (this.peek() === closeBrace) {
      this.at++;
      return;
    }
    for (;;) {
      if (this.peek() !== quote) throw this.#unexpected();
      const start = this.at;
      this.#skipString();
      const key = this.slice(start, this.at);
      this.#expect(colon, ':');
      this.peek();
      yield key.subarray(1, -1).toString('utf8');
      if (!this.#continues(closeBrace)) return;
    }
  }

  /** Elements of the array at the cursor, by number from 1, with the cursor at each. The caller moves over every value. */
  *elements(): Generator<number, void, undefined> {
    this.#expect(openBracket, '[');
    if (this.peek() === closeBracket) {
      this.at++;
      return;
    }
    for (let n = 1; ; n++) {
      this.peek();
      yield n;
      if (!this.#continues(closeBracket)) return;
    }
  }

  #continues(close: number): boolean {
    const byte = this.peek();
    if (byte !== comma && byte !== close) throw this.#unexpected();
    this.at++;
    return byte === comma;
  }

  /** Moves over one value; `depth` counts what it already stands in. Throws where it is deeper than allowed or has no end. */
  skipValue(depth: number): { start: number; end: number } {
    const first = this.peek();
    const start = this.at;
    let level = 0;
    if (first === quote) this.#skipString();
    else if (first === openBrace || first === openBracket) {
      do {
        const byte = this.#nextSign();
        if (byte === -1) throw this.#unexpected();
        if (byte === quote) {
          this.#skipString();
          continue;
        }
        if (byte === openBrace || byte === openBracket) {
          if (depth + ++level > this.#deepest)
            throw new JsonFault(
              `嵌套超过 ${this.#deepest} 层`,
              `it is nested more than ${this.#deepest} deep`,
              this.at,
            );
        } else if (byte === closeBrace || byte === closeBracket) level--;
        this.at++;
      } while (level > 0);
    } else {
      for (
        let byte = first;
        byte !== -1 && byte !== comma && byte !== closeBrace && byte !== closeBracket && byte > 0x20;
        byte = this.#byte()
      )
        this.at++;
      if (this.at === start) throw this.#unexpected();
    }
    return { start, end: this.at };
  }

  /** Bytes of the file, copied. */
  slice(start: number, end: number): Buffer {
    return Buffer.from(this.#window.read(start, end - start));
  }

  #skipString(): void {
    this.at++;
    for (;;) {
      const byte = this.#byte();
      if (byte === -1) throw this.#unexpected();
      this.at += byte === backslash ? 2 : 1;
      if (byte === quote) return;
    }
  }

  #expect(byte: number, sign: string): void {
    if (this.peek() !== byte) throw new JsonFault(`此处应为 ${sign}`, `expected ${sign}`, this.at);
    this.at++;
  }

  #unexpected(): JsonFault {
    return this.#byte() === -1
      ? new JsonFault('文件在中途结束', 'it ends too early', this.at)
      : new JsonFault('语法错误', 'syntax error', this.at);
  }
}
