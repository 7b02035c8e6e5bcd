/** Small counties for one test: plots and layers from coordinates, received as files are, and runs over them. */
import { readConfig } from '../../server/config.ts';
import type { Database } from '../../server/database/connect.ts';
import { refreshStatistics } from '../../server/database/statistics.ts';
import type { RunSummary, VerdictFeature } from '../../server/domain/verdict-feature.ts';
import { receiveLayer } from '../../server/intake/receive-layer.ts';
import { receiveParcels } from '../../server/intake/receive-parcels.ts';
import { createRun } from '../../server/verification/create-run.ts';
import type { Manifest } from '../../server/verification/manifest.ts';
import { streamVerdicts, toFeature } from '../../server/verification/read-verdicts.ts';
import { executeRun } from '../../server/verification/run.ts';
import { fileOf, geojson, type Plot, type Point } from '../intake-receive/receiving.ts';
import { type TiffOptions, writeTiff } from '../terrain/tiff-writer.ts';

export const config = readConfig({ LOG_LEVEL: 'silent' });

/** Metres east of the central meridian of EPSG:4524 and north of 3 200 000: planar areas are the ellipsoidal ones there. */
export const at = (x: number, y: number): Point => [36_500_000 + x, 3_200_000 + y];

export const box = (x0: number, y0: number, x1: number, y1: number): Point[][] => [
  [at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1), at(x0, y0)],
];

export const plot = (rings: Point[][] | null, properties: Record<string, unknown> = {}): Plot => ({
  rings,
  properties,
});

export interface Ran {
  features: VerdictFeature[];
  summary: RunSummary;
  manifest: Manifest;
  run: { run_id: string; region_code: string };
  of(parcel: string): VerdictFeature['properties'];
}

export interface RunWanted {
  sets: string[];
  layers?: string[];
  params?: Record<string, Record<string, unknown>>;
  /** default: none; undefined by name: those accepted before */
  earlier?: string[] | 'accepted';
  order?: 'given' | 'accepted';
}

/** One county of a database. Files of equal bytes are one set, so plots of different sets must differ. */
export class SmallCounty {
  readonly database: Database;
  readonly region: string;
  constructor(database: Database, region: string) {
    this.database = database;
    this.region = region;
  }

  async parcels(plots: Plot[], more: { epsg?: number; replaces?: string[] } = {}): Promise<string> {
    const { epsg = 4524, ...asked } = more;
    const file = fileOf(geojson(plots, epsg), 'parcels.geojson');
    const set = await receiveParcels(this.#deps(), { ...file, ...asked, regionCode: this.region });
    if (plots.length > 100) await refreshStatistics(this.database, 'parcels');
    return set.parcel_set_id;
  }

  async layer(type: string, plots: Plot[], more: { epsg?: number; year?: number | undefined } = {}): Promise<string> {
    const { epsg = 4524, ...asked } = more;
    const file = fileOf(geojson(plots, epsg), `${type}.geojson`);
    const layer = await receiveLayer(this.#deps(), { ...file, ...asked, type, regionCode: this.region });
    // as is done behind every upload; of a few rows it makes no difference
    if (plots.length > 100) await refreshStatistics(this.database, 'layers');
    return layer.layer_id;
  }

  async slope(tiff: TiffOptions): Promise<string> {
    const file = fileOf(writeTiff(tiff), 'slope.tif');
    const layer = await receiveLayer(this.#deps(), { ...file, type: 'slope', regionCode: this.region });
    return layer.layer_id;
  }

  create(wanted: RunWanted): ReturnType<typeof createRun> {
    return createRun(this.#deps(), {
      parcelSetIds: wanted.sets,
      layerIds: wanted.layers ?? [],
      params: wanted.params ?? {},
      ...(wanted.earlier === 'accepted' ? {} : { earlierSetIds: wanted.earlier ?? [] }),
      order: wanted.order ?? 'given',
    });
  }

  async verify(wanted: RunWanted, chunkSize?: number): Promise<Ran> {
    const created = await this.create(wanted);
    const summary = await executeRun(this.#deps(chunkSize), created);
    const features = await featuresOf(this.database, created);
    const of = (parcel: string) => {
      const found = features.find(({ properties }) => properties.parcel_id === parcel);
      if (found === undefined) throw new Error(`no parcel ${parcel}`);
      return found.properties;
    };
    return { features, summary, manifest: created.manifest, run: created, of };
  }

  #deps(chunkSize?: number) {
    const chunks = chunkSize === undefined ? config.chunkSize : { postgis: chunkSize, embedded: chunkSize };
    return { database: this.database, config: { ...config, chunkSize: chunks } };
  }
}

export async function featuresOf(
  database: Database,
  run: { run_id: string; region_code: string },
): Promise<VerdictFeature[]> {
  const features: VerdictFeature[] = [];
  for await (const row of streamVerdicts(database.db, run)) features.push(toFeature(row));
  return features;
}
