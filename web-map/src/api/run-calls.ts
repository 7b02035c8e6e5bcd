/** The calls that start a run, compare two, and look at the layers under one parcel. */
import type { ParcelSet } from './intake-types.ts';
import type { ChangeKind, DiffPage, FeatureShape, LayerVersion, RunBody } from './run-types.ts';
import type { FeaturesPage } from './types.ts';

type Query = Record<string, string | number | undefined>;
interface Ask {
  query?: Query;
  signal?: AbortSignal | undefined;
  method?: 'GET' | 'POST' | 'DELETE';
  body?: object;
  headers?: Record<string, string>;
}

/** Changes that are fetched at once. */
export const diffPageSize = 50;
/** Patches drawn under a parcel; its box rarely meets more than a few dozen. */
const mostPatches = 2000;

/** a tenth of a millimetre */
const plain = (degrees: number) => degrees.toFixed(9);

export function runCalls(
  ask: <T>(path: string, asked: Ask) => Promise<T>,
  all: <T>(path: string, query: Query, signal?: AbortSignal) => Promise<T[]>,
) {
  const id = encodeURIComponent;
  return {
    /** newest first; withdrawn ones too */
    parcelSets: (signal?: AbortSignal) => all<ParcelSet>('parcel-sets', { limit: 500 }, signal),
    layerVersions: (regionCode: string, signal?: AbortSignal) =>
      all<LayerVersion>('layers', { region_code: regionCode, limit: 500 }, signal),
    /** @param key sent again with the same one it is started once */
    startRun: (body: RunBody, key: string, signal?: AbortSignal) =>
      ask<{ job_id: string; run_id: string }>('runs', {
        method: 'POST',
        body,
        headers: { 'idempotency-key': key },
        signal,
      }),
    diff: (
      runId: string,
      against: string,
      { kind, cursor }: { kind: ChangeKind | null; cursor: string | null },
      signal?: AbortSignal,
    ) =>
      ask<DiffPage>(`runs/${id(runId)}/diff`, {
        query: { against, kind: kind ?? undefined, cursor: cursor ?? undefined, limit: diffPageSize },
        signal,
      }),
    /** what of a layer lies in a box (degrees), for the screen only. @param tolerance degrees */
    featuresIn: (layerId: string, box: readonly number[], tolerance: number, signal?: AbortSignal) =>
      ask<FeaturesPage<FeatureShape>>(`layers/${id(layerId)}/features`, {
        // without exponents, which are no numbers to a query
        query: { bbox: box.map(plain).join(','), tolerance: plain(tolerance), limit: mostPatches },
        signal,
      }),
    engine: (signal?: AbortSignal) => ask<{ version: string }>('config', { signal }),
    manifest: (runId: string, signal?: AbortSignal) =>
      ask<{ engines?: Record<string, string>; assumptions?: unknown[] }>(`runs/${id(runId)}/manifest`, { signal }),
  };
}
