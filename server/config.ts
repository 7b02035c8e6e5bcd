/**
 * The one typed object of settings, read once from the environment and passed in. Nothing else reads process.env.
 */
import { availableParallelism } from 'node:os';
import { type Basemap, readBasemaps } from './domain/basemaps.ts';
import {
  type IntakeLimits,
  layerLimits,
  parcelLimits,
  type ReviewLimits,
  registerLimits,
  reviewLimits,
} from './domain/limits.ts';

export interface Config {
  host: string;
  port: number;
  /** folder of the embedded database, uploads and spools */
  dataDir: string;
  /** undefined: the embedded database in dataDir */
  databaseUrl: string | undefined;
  /** county code given to sets and layers that say none themselves */
  regionCode: string;
  limits: { parcels: IntakeLimits; layers: IntakeLimits; registers: IntakeLimits; reviews: ReviewLimits };
  uploads: UploadConfig;
  /** parcels of one transaction; the embedded database has one session, which a transaction must not hold for more than half a second */
  chunkSize: { postgis: number; embedded: number };
  /** s after which a worker that does not renew its claim of a chunk is taken for dead; it renews three times as often */
  chunkLeaseS: number;
  /** threads that compute a run on a PostGIS server, the main one among them, and the parcels from which one more is worth its start */
  compute: { threads: number; parcelsEach: number };
  /** a run takes over what an earlier one found on the same evidence */
  reuseResults: boolean;
  /** pictures from other hosts that the page may lay under the parcels; none unless set */
  basemaps: Basemap[];
  logLevel: string;
  /** of this process; part of what a run pins, since another processor rounds otherwise */
  runtime: { node: string; arch: string };
}

/** Uploads that may be interrupted and gone on with (the tus protocol). */
export interface UploadConfig {
  /**
   * where they are until a job has read them: DATA_DIR, which several servers must then share, or the database, by which they share
   * nothing else. undefined: the database where it is a PostGIS server, the folder beside the embedded one
   */
  store: 'folder' | 'database' | undefined;
  /** h after its beginning that an upload is kept, finished or not */
  keptHours: number;
  /** uploads begun, over all servers; one more is refused */
  most: number;
}

export function readConfig(env: Record<string, string | undefined>): Config {
  return {
    host: env['HOST'] ?? '127.0.0.1',
    port: wholeNumber(env['PORT'], 8080, 'PORT', 65535),
    dataDir: env['DATA_DIR'] ?? './data',
    databaseUrl: env['DATABASE_URL'] || undefined,
    regionCode: env['REGION_CODE'] ?? '500242',
    limits: { parcels: parcelLimits, layers: layerLimits, registers: registerLimits, reviews: reviewLimits },
    uploads: {
      store: oneOf(env['UPLOAD_STORE'], ['folder', 'database'], 'UPLOAD_STORE'),
      keptHours: wholeNumber(env['UPLOAD_HOURS'], 24, 'UPLOAD_HOURS'),
      most: 1000,
    },
    chunkSize: { postgis: 2000, embedded: 100 },
    chunkLeaseS: 10,
    compute: { threads: Math.min(availableParallelism(), 8), parcelsEach: 2000 },
    reuseResults: true,
    basemaps: readBasemaps(env['BASEMAPS']),
    logLevel: env['LOG_LEVEL'] ?? 'info',
    runtime: { node: process.versions.node, arch: process.arch },
  };
}

function wholeNumber(text: string | undefined, otherwise: number, name: string, most = 100_000): number {
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > most)
    throw new Error(`${name} must be a whole number from 0 to ${most}, got ${text}`);
  return value;
}

function oneOf<T extends string>(text: string | undefined, words: readonly T[], name: string): T | undefined {
  if (text === undefined || text === '') return undefined;
  const found = words.find((word) => word === text);
  if (found === undefined) throw new Error(`${name} must be one of ${words.join(', ')}, got ${text}`);
  return found;
}
