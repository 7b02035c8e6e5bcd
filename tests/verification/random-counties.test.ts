/** The program against the witness on counties nobody has thought of. More of them: RANDOM_COUNTIES=101-120 (seeds). */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { receiveLayer } from '../../server/intake/receive-layer.ts';
import { receiveParcels } from '../../server/intake/receive-parcels.ts';
import { eachDatabase } from '../support/databases.ts';
import { requirePart } from '../support/parts.ts';
import { compareSummaryWithWitness, compareWithWitness } from '../witness/compare.ts';
import { runWitness } from '../witness/run.ts';
import { config, type Loaded, verify } from './county.ts';
import { type RandomCounty, writeRandomCounty } from './random-county.ts';

const seeds = seedsOf(process.env['RANDOM_COUNTIES'] ?? '1-2');
const region = '500242';
/** m²: a witness figure so near its threshold may fall on either side of it */
const nearThreshold = 0.5;

interface WitnessParcel {
  parcel_id: string;
  area_m2: number;
  checks: Record<string, { outcome: string; area_m2?: number; unknown_area_m2?: number; difference_m2?: number }>;
}
interface Witness {
  params: Record<string, Record<string, number>>;
  parcels: WitnessParcel[];
}

requirePart('shapely', 'gdal')('random counties', () => {
  const folders: string[] = [];
  const drawn = new Map<number, Promise<{ county: RandomCounty; witness: Witness }>>();
  afterAll(() => folders.forEach((folder) => void rmSync(folder, { recursive: true, force: true })));

  function draw(seed: number): Promise<{ county: RandomCounty; witness: Witness }> {
    const known = drawn.get(seed);
    if (known) return known;
    const folder = mkdtempSync(join(tmpdir(), `county-${seed}-`));
    folders.push(folder);
    const county = writeRandomCounty(seed, folder);
    const made = runWitness(witnessArguments(county)).then(() => ({
      county,
      witness: JSON.parse(readFileSync(join(folder, 'witness.json'), 'utf8')) as Witness,
    }));
    drawn.set(seed, made);
    return made;
  }

  eachDatabase('the program', (open) => {
    let database: Loaded['database'];
    beforeAll(async () => {
      database = await open();
    });

    it.each(seeds)('agrees with the witness in every outcome, area and sum of county %i', async (seed) => {
      const { county, witness } = await draw(seed);
      const { features, summary } = await judge(database, county);
      const unsure = witness.parcels.map((parcel) => isNearThreshold(parcel, witness.params));
      const sure = (_: unknown, i: number) => !unsure[i];
      const { differences, compared } = compareWithWitness(
        { features: features.filter(sure) },
        { parcels: witness.parcels.filter(sure) },
      );
      expect(differences).toEqual([]);
      expect(compared).toBeGreaterThan(unsure.filter((near) => !near).length * 12);
      expect(features.length).toBeGreaterThan(40);
      // parcels at a threshold may differ, but few are there and of these hardly one does
      expect(unsure.filter(Boolean).length).toBeLessThanOrEqual(0.25 * features.length);
      const differing = witness.parcels.filter((parcel, i) => {
        const one = compareWithWitness({ features: [features[i]] }, { parcels: [parcel] });
        return one.differences.length > 0;
      });
      expect(differing.length).toBeLessThanOrEqual(1);
      if (differing.length === 0) expect(compareSummaryWithWitness(summary, witness).differences).toEqual([]);
    });
  });
});

function witnessArguments({ folder, parcels, layers, params }: RandomCounty): string[] {
  return [
    ...parcels.flatMap((file) => ['--parcels', join(folder, file)]),
    ...layers.flatMap(({ type, year, file }) => ['--layer', `${type}${year ? `@${year}` : ''}=${join(folder, file)}`]),
    ...Object.entries(params).flatMap(([check, values]) =>
      Object.entries(values).flatMap(([key, value]) => ['--param', `${check}.${key}=${value}`]),
    ),
    ...['--out', join(folder, 'witness.json')],
  ];
}

async function judge(database: Loaded['database'], county: RandomCounty): ReturnType<typeof verify> {
  const deps = { database, config };
  const loaded: Loaded = { database, sets: new Map(), layers: new Map() };
  const said = (file: string) => ({ path: join(county.folder, file), fileName: file, regionCode: region });
  for (const file of county.parcels) loaded.sets.set(file, (await receiveParcels(deps, said(file))).parcel_set_id);
  for (const { file, type, year } of county.layers) {
    loaded.layers.set(file, (await receiveLayer(deps, { ...said(file), type, year })).layer_id);
  }
  return verify(loaded, { parcels: county.parcels, layers: [...loaded.layers.keys()], params: county.params });
}

/** A failing or passing area within half a square metre of what decides, by the witness's own figures. */
function isNearThreshold(parcel: WitnessParcel, params: Witness['params']): boolean {
  return Object.entries(parcel.checks).some(([check, found]) => {
    const given = params[check] ?? {};
    const near = (figure: number | undefined | null, limit: number | undefined) =>
      typeof figure === 'number' && limit !== undefined && figure > 0 && Math.abs(figure - limit) < nearThreshold;
    const tolerance = Math.max(given['tolerance_m2'] ?? 0, (given['tolerance_share'] ?? 0) * parcel.area_m2);
    return (
      near(found.area_m2, given['min_area_m2']) ||
      near(found.unknown_area_m2, (given['max_unknown_share'] ?? 0) * parcel.area_m2) ||
      (check === 'area-mismatch' && near(Math.abs(found.difference_m2 ?? 0), tolerance))
    );
  });
}

/** '1-2', '7,9', '101-120' → seeds */
function seedsOf(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [first = 1, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}
