/**
 * The one typed object of settings, read once from the environment and passed in. Nothing else reads process.env.
 */
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
  /** parcels of one transaction; the embedded database has one session, which a transaction must not hold for more than half a second */
  chunkSize: { postgis: number; embedded: number };
  /** s after which a worker that does not renew its claim of a chunk is taken for dead; it renews three times as often */
  chunkLeaseS: number;
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
    limits: { parcels: parcelLimits, layers: layerLimits, registers: registerLimits, reviews: reviewLimits },
    chunkSize: { postgis: 1000, embedded: 100 },
    chunkLeaseS: 10,
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
