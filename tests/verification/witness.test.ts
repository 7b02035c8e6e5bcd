/** The program against the witness (GEOS in the plane, geodesic areas by GeographicLib), per parcel and per check. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { VerdictFeature } from '../../server/domain/verdict-feature.ts';
import { sampleCounty } from '../../server/load-samples.ts';
import { eachDatabase } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';
import { hasSharedData, sharedData } from '../support/shared-data.ts';
import { compareSummaryWithWitness, compareWithWitness } from '../witness/compare.ts';
import { type Loaded, loadSampleCounty, loadYouyangDemo, verify } from './county.ts';

const found: Record<string, Record<string, VerdictFeature[]>> = {};
/** it reads files, no database: computed once, in a minute, for both */
let witnessed: unknown;

eachDatabase('the sample county', (open, kind) => {
  let loaded: Loaded;
  beforeAll(async () => {
    loaded = await loadSampleCounty(await open());
  });

  it.each(sampleCounty().runs)('agrees with the witness in every outcome and area of the run "$id"', async (run) => {
    const expected = JSON.parse(
      readFileSync(new URL(`../../data-samples/expected/${run.id}.json`, import.meta.url), 'utf8'),
    );
    const { features, summary } = await verify(loaded, run);
    expect(compareSummaryWithWitness(summary, expected).differences).toEqual([]);
    found[run.id] = { ...found[run.id], [kind]: features };
    const { differences, compared } = compareWithWitness({ features }, expected);
    expect(differences.slice(0, 40)).toEqual([]);
    expect(compared).toBeGreaterThan(features.length * 12);
  });
});

(hasSharedData || process.env['CI'] ? eachDatabase : skippedWithoutShared)('the test county', (open, kind) => {
  let loaded: Loaded;
  beforeAll(async () => {
    loaded = await loadYouyangDemo(await open());
  });

  requirePart('shapely')('beside a witness computed now', () => {
    it('agrees with the witness in every outcome and area of 655 parcels', async () => {
      const files = [...loaded.layers.keys()];
      const { features, summary } = await verify(loaded, { parcels: [...loaded.sets.keys()], layers: files });
      found['youyang-demo'] = { ...found['youyang-demo'], [kind]: features };
      witnessed ??= witnessOfYouyangDemo();
      const witness = witnessed;
      const { differences, compared } = compareWithWitness({ features }, witness);
      expect(compareSummaryWithWitness(summary, witness).differences).toEqual([]);
      expect(differences.slice(0, 40)).toEqual([]);
      expect(compared).toBeGreaterThan(655 * 12);
    });
  });
});

requirePart('postgis')('both databases', () => {
  it('give the same outcomes, and areas within 1e-6 of the parcel', () => {
    // GeographicLib's series cancel to some 3e-5 m² on any polygon, so on a parcel of 14 m² the digits may differ by 2e-6 of it
    const noise = 1e-4;
    const runs = Object.entries(found);
    expect(runs.length).toBeGreaterThan(0);
    for (const [id, { embedded = [], postgis = [] }] of runs) {
      expect(embedded.length, id).toBe(postgis.length);
      embedded.forEach((feature, i) => {
        const [a, b] = [feature.properties, postgis[i]?.properties];
        if (!b) return;
        const allowed = Math.max(1e-6 * a.area_m2, noise);
        expect(b.verdict).toBe(a.verdict);
        for (const [check, finding] of Object.entries(a.checks)) {
          const other = b.checks[check as keyof typeof b.checks];
          expect(other.outcome, `${id} ${a.parcel_id} ${check}`).toBe(finding.outcome);
          expect(
            Math.abs((other.area_m2 ?? 0) - (finding.area_m2 ?? 0)),
            `${id} ${a.parcel_id} ${check}`,
          ).toBeLessThanOrEqual(allowed);
        }
        for (const book of [
          'area_m2',
          'deduct_area_m2',
          'restore_area_m2',
          'remediate_area_m2',
          'kept_area_m2',
        ] as const) {
          expect(Math.abs(a[book] - b[book]), `${id} ${a.parcel_id} ${book}`).toBeLessThanOrEqual(allowed);
        }
      });
    }
  });
});

function witnessOfYouyangDemo(): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'witness-'));
  const path = (file: string) => sharedData(`youyang-demo/${file}`);
  try {
    execFileSync(
      '/usr/bin/python3',
      [
        new URL('../witness/witness.py', import.meta.url).pathname,
        '--parcels',
        path('bcgd_parcels.zip'),
        '--layer',
        `eco-red-line=${path('stbhhx_redline.zip')}`,
        '--layer',
        `land-use@2013=${path('dltb_2013.zip')}`,
        '--layer',
        `land-use@2023=${path('dltb_2023.zip')}`,
        '--layer',
        `slope=${path('slope_30m.tif')}`,
        '--out',
        join(folder, 'witness.json'),
      ],
      { stdio: 'ignore' },
    );
    return JSON.parse(readFileSync(join(folder, 'witness.json'), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function skippedWithoutShared(name: string): void {
  it.skip(`${name}: ../shared/data is not here`, () => {});
}
