import { readFileSync } from 'node:fs';

/** The version of this program, as the manifest states it. */
export const engineVersion: string = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
).version;
