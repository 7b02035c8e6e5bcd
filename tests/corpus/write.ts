/** Writes the corpus into a folder for whoever wants to drive something else with it: `node tests/corpus/write.ts DIR`, every file and manifest.json. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bytesOf } from './case.ts';
import { corpus } from './manifest.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('node tests/corpus/write.ts DIR');
const manifest = [];
for (const one of corpus) {
  const path = join(folder, `${one.name}.bin`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, await bytesOf(one));
  const { data: _, parts, ...rest } = one;
  // a form that is odd in itself cannot be told as fields and a file
  if (parts === undefined) manifest.push({ ...rest, path: `${one.name}.bin` });
}
const words = (_: string, value: unknown) => (value instanceof RegExp ? value.source : value);
writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, words, 1)}\n`);
