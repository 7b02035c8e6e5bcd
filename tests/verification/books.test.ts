/**
 * The books of plots and evidence on a lattice of 10 m: every piece is worked out by counting squares, which no overlay can get
 * wrong. A square belongs to the reasons that cover it, to the strongest measure among them, and to no other piece.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../server/database/connect.ts';
import { checkIds, foldVerdict, type Measure } from '../../server/domain/outcome.ts';
import type { VerdictFeature } from '../../server/domain/verdict-feature.ts';
import { readVerdict } from '../../server/verification/read-verdicts.ts';
import { removeFiles } from '../intake-receive/receiving.ts';
import { eachDatabase } from '../support/databases.ts';
import { seeded } from '../support/seeded.ts';
import { geometryAreaM2 } from '../witness/geodesic.ts';
import { type Ran, SmallCounty } from './small-runs.ts';
import { countSquares, type Evidence, evidenceFiles, keptKey, randomEvidence, rect, type Site } from './squares.ts';

removeFiles();

type Properties = VerdictFeature['properties'];
const booksOf = (p: Properties) => [p.deduct_area_m2, p.restore_area_m2, p.remediate_area_m2, p.kept_area_m2];

/** All there is to say of one parcel, each reason in a strip or a corner of its own, with overlaps of two to five of them. */
const thick: Evidence[] = [
  { reason: 'eco-red-line', measure: 'deduct', at: rect(0, 0, 40, 100) },
  { reason: 'steep-slope', measure: 'deduct', at: rect(0, 0, 100, 50) },
  { reason: 'prior-farmland', measure: 'deduct', at: rect(30, 0, 60, 100) },
  { reason: 'parcel-overlap', measure: 'deduct', at: rect(80, 40, 100, 70) },
  { reason: 'not-cultivated', measure: 'restore', at: rect(50, 0, 100, 100) },
  { reason: 'abandoned', measure: 'remediate', at: rect(20, 60, 50, 100) },
  { reason: 'occupied', measure: 'restore', at: rect(90, 0, 100, 100) },
  { reason: 'occupied', measure: 'none', at: rect(0, 90, 100, 100) },
  { reason: 'known-issue', measure: 'remediate', at: rect(70, 20, 80, 100) },
  { reason: 'known-issue', measure: 'none', at: rect(0, 0, 20, 20) },
];

eachDatabase('books', (open) => {
  let database: Database;
  let regions = 995000;
  const county = () => new SmallCounty(database, String(++regions));
  beforeAll(async () => {
    database = await open();
  });

  describe('of parcels with every kind of evidence', () => {
    const random = seeded(20260101);
    const sites: Site[] = [
      { id: 'thick', x: 0, y: 0, evidence: thick },
      {
        id: 'everything everywhere',
        x: 200,
        y: 0,
        evidence: thick.map((one) => ({ ...one, at: rect(0, 0, 100, 100) })),
      },
      { id: 'nothing', x: 400, y: 0, evidence: [] },
      ...Array.from({ length: 24 }, (_, i) => ({
        id: `drawn ${String(i + 1).padStart(2, '0')}`,
        x: 200 * (i % 4),
        y: 200 + 200 * Math.floor(i / 4),
        evidence: randomEvidence(random),
      })),
    ];
    let here: SmallCounty;
    let ran: Ran;
    beforeAll(async () => {
      here = county();
      const { parcels, others, layers, slope } = evidenceFiles(sites);
      const sets = [await here.parcels(others), await here.parcels(parcels)];
      const layerIds = [await here.slope(slope)];
      for (const { type, year, plots } of layers) layerIds.push(await here.layer(type, plots, { year }));
      ran = await here.verify({ sets, layers: layerIds, params: { 'prior-farmland': { base_year: 2018 } } });
    });

    it('has one piece for each set of reasons and measure, of the squares they cover', () => {
      for (const site of sites) {
        const expected = countSquares(site.evidence);
        const kept = expected.get(keptKey) ?? 0;
        expected.delete(keptKey);
        const properties = ran.of(site.id);
        const pieces = properties.pieces
          // edges that meet in the plane of delivery part by some 0.05 mm in degrees: what lies between them is no land
          .filter(({ area_m2 }) => area_m2 >= 0.01)
          .map(({ reasons, measure, area_m2 }) => [
            `${measure}: ${reasons.join(' + ')}`,
            Math.round(area_m2 * 100) / 100,
          ]);
        expect(Object.fromEntries(pieces), site.id).toEqual(Object.fromEntries(expected));
        expect(pieces, site.id).toHaveLength(expected.size);
        expect(properties.kept_area_m2, site.id).toBeCloseTo(kept, 2);
      }
    });

    it('names the reasons in the order of the table, of failing checks alone', () => {
      for (const { properties } of ran.features) {
        for (const { reasons } of properties.pieces) {
          expect(reasons).toEqual(checkIds.filter((id) => reasons.includes(id)));
          for (const reason of reasons) expect(properties.checks[reason].outcome).toBe('fail');
        }
      }
    });

    it('books each piece under its measure, and closes to 1e-6 for every parcel', () => {
      for (const { properties } of ran.features) {
        const of = (measure: Measure) =>
          properties.pieces.filter((piece) => piece.measure === measure).reduce((sum, { area_m2 }) => sum + area_m2, 0);
        const [deduct, restore, remediate, kept] = booksOf(properties) as [number, number, number, number];
        expect(Math.abs(deduct - of('deduct'))).toBeLessThan(1e-6);
        expect(Math.abs(restore - of('restore'))).toBeLessThan(1e-6);
        expect(Math.abs(remediate - of('remediate'))).toBeLessThan(1e-6);
        expect(Math.abs(deduct + restore + remediate + kept - properties.area_m2)).toBeLessThan(1e-6);
        expect(properties.kept_unverified_area_m2).toBe(0);
      }
    });

    it('draws each piece as large as it is booked', async () => {
      for (const id of ['thick', 'drawn 01', 'drawn 02', 'drawn 03']) {
        const one = await readVerdict(database.db, ran.run, id);
        const features = one!.piece_features as {
          geometry: Parameters<typeof geometryAreaM2>[0];
          properties: { area_m2: number };
        }[];
        expect(features).toHaveLength(ran.of(id).pieces.length);
        for (const { geometry, properties } of features)
          expect(Math.abs(geometryAreaM2(geometry) - properties.area_m2)).toBeLessThan(2e-3);
      }
    });

    it('agrees in all totals: of the parcels, the projects, the townships and the whole', () => {
      const { summary, features } = ran;
      const groups = (key: 'project_code' | 'township') => {
        const sums = new Map<string | null, number[]>();
        for (const { properties } of features) {
          const sum = sums.get(properties[key]) ?? [0, 0, 0, 0, 0, 0];
          const values = [1, properties.area_m2, ...booksOf(properties)];
          sums.set(
            properties[key],
            sum.map((s, i) => s + values[i]!),
          );
        }
        return sums;
      };
      const row = (g: { parcel_count: number; area_m2: number } & Record<string, unknown>) =>
        ['parcel_count', 'area_m2', 'deduct_area_m2', 'restore_area_m2', 'remediate_area_m2', 'kept_area_m2'].map(
          (name) => g[name] as number,
        );
      for (const [key, listed] of [
        ['project_code', summary.by_project],
        ['township', summary.by_township],
      ] as const) {
        const sums = groups(key);
        expect(listed).toHaveLength(sums.size);
        expect(sums.size).toBeGreaterThan(2);
        for (const group of listed) {
          const wanted = sums.get((group as unknown as Record<string, string | null>)[key]!)!;
          row({ ...group }).forEach((value, i) => {
            expect(Math.abs(value - wanted[i]!)).toBeLessThan(1e-6);
          });
        }
        const whole = row({ ...summary });
        row({ ...summary }).forEach((_, i) => {
          const sum = listed.reduce((total, group) => total + row({ ...group })[i]!, 0);
          expect(Math.abs(sum - whole[i]!)).toBeLessThan(1e-6);
        });
      }
      for (const id of checkIds) {
        const findings = features.map(({ properties }) => properties.checks[id]);
        const of = (outcome: string) => findings.filter((finding) => finding.outcome === outcome);
        const { area_m2, ...counts } = summary.by_check[id];
        expect(counts).toEqual({
          pass: of('pass').length,
          fail: of('fail').length,
          undetermined: of('undetermined').length,
          not_applicable: of('not_applicable').length,
        });
        expect(Math.abs(area_m2 - of('fail').reduce((sum, f) => sum + (f.area_m2 ?? 0), 0))).toBeLessThan(1e-6);
      }
      for (const verdict of ['compliant', 'non_compliant', 'undetermined'] as const)
        expect(summary.by_verdict[verdict]).toBe(features.filter((f) => f.properties.verdict === verdict).length);
    });

    it('folds the verdict over all checks but non-grain', () => {
      for (const { properties } of ran.features) {
        const counted = checkIds.filter((id) => id !== 'non-grain').map((id) => properties.checks[id].outcome);
        expect(properties.verdict).toBe(foldVerdict(counted));
      }
      expect(ran.of('nothing').verdict).toBe('compliant');
      expect(ran.of('thick').verdict).toBe('non_compliant');
    });
  });
});
