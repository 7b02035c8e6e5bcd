/** expected/ is the witness's word on the files as they are now. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { argumentsOf, readManifest } from '../../data-samples/make/expected.ts';
import { requirePart } from '../support/parts.ts';
import { compareWithWitness } from '../witness/compare.ts';
import { runWitness } from '../witness/run.ts';
import { type ExpectedRun, expectedRun } from './expected-run.ts';

requirePart('shapely', 'gdal')('the expected figures of the sample county', () => {
  it('are those that the witness gives for the full run today', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'expected-'));
    try {
      const out = join(folder, 'full.json');
      await runWitness([...argumentsOf(await readManifest(), 'full'), '--out', out]);
      const { parcels } = JSON.parse(await readFile(out, 'utf8')) as ExpectedRun;
      const now = { features: parcels.map((properties) => ({ properties })) };
      const { differences, compared } = compareWithWitness(now, await expectedRun('full'));
      expect(differences).toEqual([]);
      expect(compared).toBeGreaterThan(20_000);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 120_000);
});
