/**
 * Sound files of every format, changed by number, are read or refused in a sentence: no other error, no hang, no growth, no row gone without
 * a word. 2,000 as parsers read them, 52 through the server; MUTATIONS=20000 reads so many, MUTATIONS=17300-17400 those.
 */
import { expect, it } from 'vitest';
import { removeGdalFiles } from '../intake/gdal-files.ts';
import { goodFiles } from './goods.ts';
import { readMutations } from './read-mutations.ts';

removeGdalFiles();
const [first, last] = numbersAsked(process.env['MUTATIONS'] ?? '2000');
const numbers = Array.from({ length: last - first + 1 }, (_, i) => first + i);

function numbersAsked(text: string): [number, number] {
  const [from, to] = text.split('-').map(Number);
  return to === undefined ? [1, from!] : [from!, to];
}

it('as parsers read them', async () => {
  const faults: string[] = [];
  const seen = new Map<string, Map<string, number>>();
  await readMutations(await goodFiles(), numbers, ({ number, format, done, got, fault }) => {
    if (fault !== undefined) faults.push(`${number} (${format}: ${done.join(', ')}): ${fault}`);
    const of = seen.get(format) ?? new Map();
    seen.set(format, of.set(got, (of.get(got) ?? 0) + 1));
  });
  if (process.env['MUTATIONS'] !== undefined)
    for (const [format, of] of seen)
      console.log(
        format,
        [...of]
          .sort((a, b) => b[1] - a[1])
          .map(([got, n]) => `${got}: ${n}`)
          .join(', '),
      );
  expect(faults).toEqual([]);
  // the mutations reach what they are for: each format is both read and refused
  if (numbers.length >= 2000)
    for (const [format, of] of seen)
      expect(
        [...of.keys()].some((got) => /^\d/.test(got)) && [...of.keys()].some((got) => !/^\d/.test(got)),
        format,
      ).toBe(true);
}, 3_600_000);
