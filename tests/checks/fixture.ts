/** Reads the fixture of one check, receives its files into a database, and runs its runs. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../../server/config.ts';
import type { Database } from '../../server/database/connect.ts';
import type { CheckId, Measure } from '../../server/domain/outcome.ts';
import type { FindingOut, VerdictFeature } from '../../server/domain/verdict-feature.ts';
import { receiveLayer } from '../../server/intake/receive-layer.ts';
import { receiveParcels } from '../../server/intake/receive-parcels.ts';
import { createRun } from '../../server/verification/create-run.ts';
import { streamVerdicts, toFeature } from '../../server/verification/read-verdicts.ts';
import { executeRun } from '../../server/verification/run.ts';
import { fileOf } from '../intake-receive/receiving.ts';
import { writeTiff } from '../terrain/tiff-writer.ts';

export interface Run {
  /** a sentence: how this run differs */
  id: string;
  /** default: parcels.geojson */
  parcels?: string[];
  layers: string[];
  params?: Record<string, Record<string, unknown>>;
  /** parcel files that take part as sets accepted before */
  earlier?: string[];
}

/** What is expected of one parcel: the finding's own keys, and beside them: */
export interface ExpectedParcel {
  parcel: string;
  /** how the figure is worked out; not compared */
  why?: string;
  /** m² by book; those not named are 0 */
  books?: Partial<Record<'deduct' | 'restore' | 'remediate' | 'kept', number>>;
  pieces?: { reasons: CheckId[]; measure: Measure; area_m2: number }[];
  /** findings of other checks */
  others?: Partial<Record<CheckId, Record<string, unknown>>>;
  [key: string]: unknown;
}

export interface Fixture {
  check: CheckId;
  layers: Record<string, { type: string; year?: number }>;
  runs: Run[];
  /** by the id of the run: parcels in upload order, or what is the same of all */
  expected: Record<string, ExpectedParcel[] | { every: Record<string, unknown> }>;
  threshold?: {
    /** default: the first */
    run?: string;
    parcel: string;
    param: string;
    /** of the finding, or parcel_area_m2; default area_m2 */
    measure?: string;
    /** other parameters that go with it */
    params?: Record<string, unknown>;
    /** true where more of the parameter fails, not less */
    failsAbove?: boolean;
  };
}

export interface Received {
  run(run: Run): Promise<{ features: VerdictFeature[]; findingOf(parcel: string): FindingOut }>;
}

const config = readConfig({ LOG_LEVEL: 'silent' });

export function readFixture(check: string): Fixture {
  const read = (file: string) => JSON.parse(readFileSync(new URL(`${check}/${file}`, import.meta.url), 'utf8'));
  return { ...read('in/case.json'), expected: read('out/expected.json') };
}

export async function receiveFixture(database: Database, fixture: Fixture, regionCode: string): Promise<Received> {
  const deps = { database, config };
  const { check, layers, runs } = fixture;
  const layerIds = new Map<string, string>();
  const setIds = new Map<string, string>();
  // together: each is read by a process of its own, which takes most of the time
  await Promise.all([
    ...Object.entries(layers).map(async ([file, labels]) => {
      const layer = await receiveLayer(deps, { ...fileIn(check, file), ...labels, regionCode });
      layerIds.set(file, layer.layer_id);
    }),
    ...[...new Set(runs.flatMap((run) => [...parcelsOf(run), ...(run.earlier ?? [])]))].map(async (file) => {
      const set = await receiveParcels(deps, { ...fileIn(check, file), regionCode });
      setIds.set(file, set.parcel_set_id);
    }),
  ]);
  return {
    async run(run) {
      const frozen = await createRun(deps, {
        parcelSetIds: parcelsOf(run).map((file) => setIds.get(file)!),
        layerIds: run.layers.map((file) => layerIds.get(file)!),
        earlierSetIds: (run.earlier ?? []).map((file) => setIds.get(file)!),
        params: run.params ?? {},
        order: 'given',
      });
      await executeRun(deps, frozen);
      const features: VerdictFeature[] = [];
      for await (const row of streamVerdicts(database.db, frozen)) features.push(toFeature(row));
      const findingOf = (parcel: string) => {
        const feature = features.find((one) => one.properties.parcel_id === parcel);
        if (feature === undefined) throw new Error(`no parcel ${parcel}`);
        const { checks, area_m2 } = feature.properties;
        return { ...checks[check], parcel_area_m2: area_m2 };
      };
      return { features, findingOf };
    },
  };
}

const parcelsOf = (run: Run) => run.parcels ?? ['parcels.geojson'];

/** A file of the fixture; a raster is written there as rows of numbers, and is given as the GeoTIFF of it. */
function fileIn(check: string, file: string): { path: string; fileName: string } {
  const path = fileURLToPath(new URL(`${check}/in/${file}`, import.meta.url));
  if (!file.endsWith('.grid.json')) return { path, fileName: file };
  const { epsg, north_west, cell_m, no_data, rows } = JSON.parse(readFileSync(path, 'utf8')) as {
    epsg: number;
    north_west: [number, number];
    cell_m: number;
    no_data: number;
    rows: number[][];
  };
  const tiff = writeTiff({
    width: rows[0]!.length,
    height: rows.length,
    cells: Float32Array.from(rows.flat()),
    place: [...north_west, cell_m, cell_m],
    srid: epsg,
    noData: String(no_data),
  });
  return fileOf(tiff, file.replace('.grid.json', '.tif'));
}
