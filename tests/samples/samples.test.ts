/** The sample county: the same bytes from the same script, small, and with every outcome that a check can give, five times over. */
import { spawnSync } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { readManifest } from '../../data-samples/make/expected.ts';
import { sampleFiles } from '../../data-samples/make/make.ts';
import { manifest } from '../../data-samples/make/manifest.ts';
import { requirePart } from '../support/parts.ts';
import { type ExpectedRun, expectedFinding, expectedRun } from './expected-run.ts';

const folder = fileURLToPath(new URL('../../data-samples/', import.meta.url));

/** What the contract lets a check say (§3, §3.1). Overlap and geometry need no layer; non-grain is never without one. */
const reachable: Record<string, readonly string[]> = {
  'parcel-geometry': ['pass', 'fail'],
  'area-mismatch': ['pass', 'fail', 'undetermined', 'not_applicable'],
  'eco-red-line': ['pass', 'fail', 'undetermined'],
  'steep-slope': ['pass', 'fail', 'undetermined'],
  'prior-farmland': ['pass', 'fail', 'undetermined', 'not_applicable'],
  'parcel-overlap': ['pass', 'fail', 'undetermined'],
  'no-levelling': ['pass', 'fail', 'undetermined', 'not_applicable'],
  'not-cultivated': ['pass', 'fail', 'undetermined'],
  abandoned: ['pass', 'fail', 'undetermined'],
  'non-grain': ['pass', 'fail', 'undetermined'],
  occupied: ['pass', 'fail', 'undetermined', 'not_applicable'],
  'known-issue': ['pass', 'fail', 'undetermined', 'not_applicable'],
};
const reasons: Record<string, readonly string[]> = {
  'eco-red-line': ['layer-missing', 'outside-coverage', 'geometry-unusable'],
  'steep-slope': ['layer-missing', 'outside-coverage', 'no-data', 'geometry-unusable'],
  'prior-farmland': [
    ...['layer-missing', 'outside-coverage', 'layer-too-old', 'start-year-unknown', 'geometry-unusable', 'plot-type'],
  ],
  'no-levelling': ['outside-coverage', 'geometry-unusable'],
  'not-cultivated': ['layer-missing', 'outside-coverage', 'layer-too-old', 'geometry-unusable'],
  abandoned: ['layer-missing', 'outside-coverage', 'layer-too-old', 'attribute-missing', 'geometry-unusable'],
  'non-grain': ['layer-missing', 'outside-coverage', 'layer-too-old', 'attribute-missing', 'geometry-unusable'],
  occupied: ['outside-coverage', 'geometry-unusable'],
  'known-issue': ['outside-coverage', 'geometry-unusable'],
};

describe('the files of the sample county', () => {
  it('are made again byte for byte by the script', async () => {
    const made = await sampleFiles();
    const stored = await readdir(join(folder, 'county'));
    expect([...made.keys()].sort()).toEqual(stored.sort());
    for (const [name, bytes] of made) {
      expect(bytes.equals(await readFile(join(folder, 'county', name))), name).toBe(true);
    }
    expect(JSON.parse(JSON.stringify(manifest(made)))).toEqual(await readManifest());
  });

  it('take no more than 6 MB, what is expected of them included', async () => {
    let total = 0;
    for (const part of ['county', 'expected']) {
      for (const name of await readdir(join(folder, part))) total += (await stat(join(folder, part, name))).size;
    }
    expect(total).toBeLessThanOrEqual(6_000_000);
  });
});

requirePart('gdal')('another reader', () => {
  it('reads the files without a warning, in the systems and encodings they declare', () => {
    const info = (name: string) => {
      const path = name.endsWith('.zip') ? `/vsizip/${folder}county/${name}` : `${folder}county/${name}`;
      const run = spawnSync('ogrinfo', ['-so', '-al', path], { encoding: 'utf8' });
      expect(run.stderr, name).toBe('');
      return run.stdout;
    };
    expect(info('parcels.zip')).toMatch(/Feature Count: 558[\s\S]*zone 41/);
    expect(info('parcels_later.zip')).toMatch(/地块编号/);
    for (const name of ['dltb_2018.zip', 'dltb_2020.zip', 'dltb_2023.zip', 'levelling.zip'])
      expect(info(name)).toMatch(/zone 41/);
    expect(info('stbhhx.zip')).toMatch(/China Geodetic Coordinate System 2000/);
    expect(info('occupation.zip')).toMatch(/CM 123E/);
    expect(info('steep_ban.zip')).toMatch(/Gauss-Kruger zone 21/);
    for (const name of ['dem_30m.tif', 'slope_30m.tif']) {
      const run = spawnSync('gdalinfo', [`${folder}county/${name}`], { encoding: 'utf8' });
      expect(run.stderr, name).toBe('');
      expect(run.stdout).toMatch(/"EPSG",4529/);
      expect(run.stdout).toMatch(/NoData Value=-9999/);
      expect(run.stdout).toMatch(name.startsWith('dem') ? /AREA_OR_POINT=Point/ : /AREA_OR_POINT=Area/);
    }
  });
});

describe('what is expected of the sample county', () => {
  let runs: ExpectedRun[];
  beforeAll(async () => {
    const { runs: listed } = await readManifest();
    runs = await Promise.all(listed.map((run) => expectedRun(run.id)));
  });

  const findings = (check: string) => runs.flatMap((run) => run.parcels.map((p) => expectedFinding(p, check)));

  it.each(Object.entries(reachable))(
    'has at least five parcels for each outcome of %s, and no other outcome',
    (check, outcomes) => {
      const counts: Record<string, number> = {};
      for (const { outcome } of findings(check)) counts[outcome] = (counts[outcome] ?? 0) + 1;
      expect(Object.keys(counts).sort()).toEqual([...outcomes].sort());
      for (const outcome of outcomes) expect(counts[outcome], outcome).toBeGreaterThanOrEqual(5);
    },
  );

  it.each(Object.entries(reasons))('has at least five parcels for each reason of %s', (check, expected) => {
    for (const reason of expected) {
      expect(findings(check).filter((f) => f.reason === reason).length, reason).toBeGreaterThanOrEqual(5);
    }
  });

  it('leaves at least six parcels in ten compliant in the full run', async () => {
    const { summary } = await expectedRun('full');
    expect(summary.by_verdict.compliant / summary.parcel_count).toBeGreaterThanOrEqual(0.6);
  });

  it('keeps every measured area half a square metre away from the threshold that decides over it', async () => {
    const { runs: listed } = await readManifest();
    for (const [n, run] of runs.entries()) {
      const params = listed[n]!.params as Record<string, Record<string, number>>;
      for (const parcel of run.parcels) {
        const area = parcel.area_m2 ?? 0;
        for (const check of Object.keys(parcel.checks)) {
          const found = expectedFinding(parcel, check);
          const what = `${run.id} ${parcel.parcel_id} ${check}`;
          if (check === 'area-mismatch') {
            const off = Math.abs(found.difference_m2 ?? 0) - Math.max(1, 0.01 * area);
            if (area > 0) expect(Math.abs(off), what).toBeGreaterThan(0.5);
          } else if (check !== 'parcel-geometry') {
            expect(Math.abs((found.area_m2 ?? 0) - (params[check]?.['min_area_m2'] ?? 10)), what).toBeGreaterThan(0.5);
            if (area > 50) expect(Math.abs((found.unknown_area_m2 ?? 0) - 0.01 * area), what).toBeGreaterThan(0.5);
          }
        }
      }
    }
  });

  it('has areas just under and just over the threshold, and the threshold of 25° met exactly', async () => {
    const full = await expectedRun('full');
    const areas = (check: string) => full.parcels.map((p) => expectedFinding(p, check).area_m2 ?? 0);
    for (const check of ['eco-red-line', 'prior-farmland', 'parcel-overlap', 'not-cultivated', 'occupied']) {
      expect(
        areas(check).some((a) => a > 1 && a < 9.5),
        `${check} under`,
      ).toBe(true);
    }
    for (const check of ['eco-red-line', 'prior-farmland', 'not-cultivated']) {
      expect(
        areas(check).some((a) => a > 10.5 && a < 40),
        `${check} over`,
      ).toBe(true);
    }
    // one of them also lies under the published ban and fails for that
    const exactly = full.parcels.map((p) => expectedFinding(p, 'steep-slope')).filter((f) => f.max_slope_deg === 25);
    expect(exactly.filter((f) => f.outcome === 'pass').length).toBeGreaterThanOrEqual(2);
  });

  it('has pieces with several reasons under one measure, and every measure', async () => {
    const { parcels } = await expectedRun('full');
    const pieces = parcels.flatMap((p) => p.pieces ?? []);
    expect(new Set(pieces.map((p) => p.measure))).toEqual(new Set(['deduct', 'restore', 'remediate']));
    expect(pieces.filter((p) => p.reasons.length > 1).length).toBeGreaterThanOrEqual(5);
  });
});
