/** Sound files changed by number: the n-th mutation is the same on every machine. */
import { makeZip } from '../intake/make-zip.ts';
import { seeded } from '../support/seeded.ts';
import type { Good } from './goods.ts';

export interface Mutation {
  number: number;
  good: Good;
  bytes: Buffer;
  /** what was done, in order */
  done: string[];
  /** nothing was taken out or put in, and no name of an archive was hit: whole rows cannot have gone with it */
  inPlace: boolean;
}

type Random = (below: number) => number;
type Change = (bytes: Buffer, random: Random, others: Buffer[]) => Buffer;

const whole = [0, 1, -1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x10000, 0x7fffffff, -0x80000000, 0x7ffffffe];
const floating = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  1e300,
  -1e300,
  0,
  -0,
  5e-324,
  1e8,
  2 ** 53,
  108,
  4524,
];
const letters = [
  '1e999',
  '-1e999',
  'NaN',
  'Infinity',
  '-0',
  '0',
  '1e300',
  '1e-320',
  '9'.repeat(400),
  '0x1f',
  '',
  '-',
  '.',
  '1.7976931348623157e308',
  '500242000000000001',
  '٣',
  '１',
];
const odd = [
  '\0',
  '\x1b[2J',
  '\ufeff',
  '\u202e',
  '\u2028',
  `'; drop table parcel; --`,
  '<!ENTITY x "y">',
  '&#0;',
  '\\ud800',
  '__proto__',
  '{{',
  '%s%n',
  '"',
  '\\',
  '=1+1',
  '\r',
  '@',
  '[',
];
const at = (bytes: Buffer, random: Random) => random(Math.max(1, bytes.length));
/** heads and directories, at either end, are hit twice as often as all the rest */
function telling(bytes: Buffer, random: Random): number {
  const ends = Math.max(1, Math.min(bytes.length, 300));
  return Math.max(0, [random(ends), bytes.length - 1 - random(ends), at(bytes, random)][random(3)]!);
}
const joined = (...parts: Buffer[]) => Buffer.concat(parts);

const inPlace: Record<string, Change> = {
  bits(bytes, random) {
    for (let n = random(4); n >= 0; n--) bytes[telling(bytes, random)]! ^= 1 << random(8);
    return bytes;
  },
  byte(bytes, random) {
    bytes[telling(bytes, random)] = random(256);
    return bytes;
  },
  run(bytes, random) {
    const from = at(bytes, random);
    return bytes.fill(
      [0, 0xff, 0x20, 0x2c, 0x0a, random(256)][random(6)]!,
      from,
      Math.min(bytes.length, from + 1 + random(1 << random(9))),
    );
  },
  copy(bytes, random) {
    const from = at(bytes, random);
    bytes.copy(bytes, at(bytes, random), from, from + 1 + random(64));
    return bytes;
  },
  swap(bytes, random) {
    const size = 1 + random(Math.max(1, bytes.length >> 2));
    const [a, b] = [random(Math.max(1, bytes.length - size)), random(Math.max(1, bytes.length - size))];
    const [first, second] = [Buffer.from(bytes.subarray(a, a + size)), Buffer.from(bytes.subarray(b, b + size))];
    second.copy(bytes, a);
    first.copy(bytes, b);
    return bytes;
  },
  whole(bytes, random) {
    const [value, place] = [whole[random(whole.length)]!, telling(bytes, random) & ~1];
    if (place + 4 > bytes.length) return bytes;
    const size = [2, 4, 4][random(3)]!;
    const low = size === 2 ? value & 0x7fff : value;
    if (random(2)) bytes.writeIntLE(low, place, size);
    else bytes.writeIntBE(low, place, size);
    return bytes;
  },
  floating(bytes, random) {
    const [value, place] = [floating[random(floating.length)]!, telling(bytes, random) & ~3];
    if (place + 8 > bytes.length) return bytes;
    if (random(4)) bytes.writeDoubleLE(value, place);
    else bytes.writeDoubleBE(value, place);
    return bytes;
  },
};
const moving: Record<string, Change> = {
  cut: (bytes, random) => bytes.subarray(0, at(bytes, random)),
  behead: (bytes, random) => bytes.subarray(1 + random(40)),
  takeOut(bytes, random) {
    const from = at(bytes, random);
    return joined(bytes.subarray(0, from), bytes.subarray(from + 1 + random(1 << random(10))));
  },
  double(bytes, random) {
    const from = at(bytes, random);
    return joined(bytes.subarray(0, from), bytes.subarray(from, from + 1 + random(200)), bytes.subarray(from));
  },
  append: (bytes, random) => joined(bytes, Buffer.alloc(1 + random(5000), random(256))),
  splice(bytes, random, others) {
    const other = others[random(others.length)]!;
    return joined(bytes.subarray(0, at(bytes, random)), other.subarray(at(other, random)));
  },
};
/** Letters stand for bytes here, so that every encoding stays what it is. */
const textual: Record<string, Change> = {
  number(bytes, random) {
    const text = bytes.toString('latin1');
    const numbers = [...text.matchAll(/-?\d+(\.\d+)?/g)];
    const found = numbers[random(Math.max(1, numbers.length))];
    if (!found) return bytes;
    return Buffer.from(
      text.slice(0, found.index) + (letters[random(letters.length)] ?? '') + text.slice(found.index + found[0].length),
      'latin1',
    );
  },
  odd(bytes, random) {
    const from = at(bytes, random);
    return joined(bytes.subarray(0, from), Buffer.from(odd[random(odd.length)]!), bytes.subarray(from));
  },
  sign(bytes, random) {
    const text = bytes.toString('latin1');
    const signs = [...text.matchAll(/[{}[\]<>",:=/@\n]/g)];
    const found = signs[random(Math.max(1, signs.length))];
    if (!found) return bytes;
    return Buffer.from(
      text.slice(0, found.index) +
        ['', found[0] + found[0], '{}[]<>",:=/@\n'[random(13)]!][random(3)]! +
        text.slice(found.index + 1),
      'latin1',
    );
  },
  line(bytes, random) {
    const parts = bytes.toString('latin1').split(/(?<=[\n>}])/);
    const [a, b] = [random(parts.length), random(parts.length)];
    [parts[a], parts[b]] = [parts[b]!, random(3) ? parts[a]! : ''];
    return Buffer.from(parts.join(''), 'latin1');
  },
};

export class Mutations {
  readonly #goods: Good[];
  readonly #total: number;

  constructor(goods: Good[]) {
    this.#goods = goods;
    this.#total = goods.reduce((sum, { weight }) => sum + weight, 0);
  }

  make(number: number): Mutation {
    const next = seeded(number);
    // the first numbers of neighbouring seeds are alike
    for (let i = 0; i < 8; i++) next();
    const random: Random = (below) => Math.floor(next() * below);
    let place = next() * this.#total;
    const good = this.#goods.find(({ weight }) => {
      place -= weight;
      return place < 0;
    })!;
    const done: string[] = [];
    const changed = (bytes: Buffer) => this.#change(bytes, good.text, random, done);
    // three of four leave the archive whole and change what is in it
    if (good.members && random(4)) {
      const members = good.members.map((member) => ({ ...member }));
      const member = members[random(members.length)]!;
      done.push(String(member.name));
      member.data = changed(member.data);
      return { number, good, bytes: makeZip(members), done, inPlace: done.slice(1).every((name) => name in inPlace) };
    }
    return {
      number,
      good,
      bytes: changed(good.bytes),
      done,
      inPlace: !good.members && done.every((name) => name in inPlace),
    };
  }

  #change(original: Buffer, text: boolean, random: Random, done: string[]): Buffer {
    let bytes = Buffer.from(original);
    // one change goes deeper than three, which are found out by the first of them
    for (let n = [0, 0, 0, 1, 2][random(5)]!; n >= 0; n--) {
      const kinds = Object.entries(
        [inPlace, inPlace, text ? textual : inPlace, text ? textual : inPlace, moving][random(5)]!,
      );
      const [name, change] = kinds[random(kinds.length)]!;
      done.push(name);
      bytes = Buffer.from(
        change(
          bytes,
          random,
          this.#goods.map((good) => good.bytes),
        ),
      );
    }
    return bytes;
  }
}
