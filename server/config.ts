/**
 * The one typed object of settings, read once from the environment and passed in. Nothing else reads process.env.
 */
import { availableParallelism } from 'node:os';
import { type IntakeLimits, layerLimits, parcelLimits, registerLimits } from './domain/limits.ts';

export interface Config {
  host: string;
  port: number;
  /** folder of the embedded database, uploads and spools */
  dataDir: string;
  /** undefined: the embedded database in dataDir */
  databaseUrl: string | undefined;
  /** county code given to sets and layers that say none themselves */
  regionCode: string;
  limits: { parcels: IntakeLimits; layers: IntakeLimits; registers: IntakeLimits };
  /** parcels of one transaction; the embedded database has one session, which a transaction must not hold for more than half a second */
  chunkSize: { postgis: number; embedded: number };
  /** s after which a worker that does not renew its claim of a chunk is taken for dead; it renews three times as often */
  chunkLeaseS: number;
  /** threads that compute a run on a PostGIS server, the main one among them, and the parcels from which one more is worth its start */
  compute: { threads: number; parcelsEach: number };
  /** a run takes over what an earlier one found on the same evidence */
  reuseResults: boolean;
  logLevel: string;
  /** of this process; part of what a run pins, since another processor rounds otherwise */
  runtime: { node: string; arch: string };
}

export function readConfig(env: Record<string, string | undefined>): Config {
  return {
    host: env['HOST'] ?? '127.0.0.1',
    port: wholeNumber(env['PORT'], 8080, 'PORT'),
    dataDir: env['DATA_DIR'] ?? './data',
    databaseUrl: env['DATABASE_URL'] || undefined,
    regionCode: env['REGION_CODE'] ?? '500242',
    limits: { parcels: parcelLimits, layers: layerLimits, registers: registerLimits },
    chunkSize: { postgis: 1000, embedded: 100 },
    chunkLeaseS: 10,
    compute: { threads: Math.min(availableParallelism(), 8), parcelsEach: 2000 },
    reuseResults: true,
    logLevel: env['LOG_LEVEL'] ?? 'info',
    runtime: { node: process.versions.node, arch: process.arch },
  };
}

function wholeNumber(text: string | undefined, otherwise: number, name: string): number {
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65535)
    throw new Error(`${name} must be a port number, got ${text}`);
  return value;
}
