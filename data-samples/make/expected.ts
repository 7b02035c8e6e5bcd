/**
 * Lets the witness work out every run of county.json: node data-samples/make/expected.ts. Needs python3 with Shapely and
 * pyproj, and gdal-bin. The figures are not the program's, so they may be held against it.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runWitness } from '../../tests/witness/run.ts';
import type { manifest } from './manifest.ts';

const samples = fileURLToPath(new URL('..', import.meta.url));

export type Manifest = ReturnType<typeof manifest>;

export async function readManifest(folder = samples): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'county.json'), 'utf8')) as Manifest;
}

/** Command-line arguments of a run, the same for the witness and for `npm run verify`, but for --out. */
export function argumentsOf(county: Manifest, id: string, folder = samples): string[] {
  const run = county.runs.find((r) => r.id === id)!;
  const path = (file: string) => join(folder, county.folder, file);
  const layers = run.layers.map((file) => {
    const { type, year } = county.layers.find((layer) => layer.file === file)!;
    return `${type}${year ? `@${year}` : ''}=${path(file)}`;
  });
  const params = Object.entries(run.params).flatMap(([check, values]) =>
    Object.entries(values).map(([key, value]) => `${check}.${key}=${value}`),
  );
  return [
    ...run.parcels.flatMap((file) => ['--parcels', path(file)]),
    ...layers.flatMap((layer) => ['--layer', layer]),
    ...params.flatMap((param) => ['--param', param]),
    ...['--region', county.region.code],
  ];
}

export async function writeExpected(folder: string): Promise<void> {
  const county = await readManifest();
  await mkdir(folder, { recursive: true });
  for (const { id } of county.runs) {
    await runWitness([...argumentsOf(county, id), '--compact', '--out', join(folder, `${id}.json`)]);
  }
}

if (import.meta.main) {
  const given = process.argv.indexOf('--out');
  await writeExpected(given > 0 ? process.argv[given + 1]! : join(samples, 'expected'));
}
