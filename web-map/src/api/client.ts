/** The one place that knows the addresses of the API. Everything else asks by name. */
import { ApiProblem } from './problem.ts';
import type {
  CheckText,
  FeaturesPage,
  ItemsPage,
  LayerFeature,
  LayerItem,
  LayerTypeText,
  Parcel,
  ProblemBody,
  RunDetail,
  RunItem,
} from './types.ts';

/** A page of verdicts is at most this long (CONTRACT §5). */
export const verdictPageSize = 10_000;
export const layerPageSize = 2_000;
/** Degrees, about 2 m: two pixels where a parcel fills the screen. For the screen only, nothing is measured here. */
const screenTolerance = 0.00002;
/** An answer that takes longer is reported as unreachable; the largest page took 2 s on two cores. */
const patienceMs = 120_000;

export interface ApiClientOptions {
  /** absolute address of `/api/v1/`, with the slash at the end */
  base: string;
  /** for Accept-Language: problems come in the language of the page */
  language: () => string;
}

type Query = Record<string, string | number | undefined>;
type Page<T> = { rows: T[]; matched: number | undefined };

export type ApiClient = ReturnType<typeof createApiClient>;

export function createApiClient({ base, language }: ApiClientOptions) {
  async function get<T>(path: string, query: Query, signal?: AbortSignal): Promise<T> {
    const url = new URL(path, base);
    for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, String(value));
    const timeout = AbortSignal.timeout(patienceMs);
    let response: Response;
    try {
      response = await fetch(url, {
        headers: { accept: 'application/json', 'accept-language': language() },
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new ApiProblem({ code: 'unreachable' }, { cause });
    }
    const requestId = response.headers.get('x-request-id');
    let body: unknown;
    try {
      body = await response.json();
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new ApiProblem({ code: 'not-understood', status: response.status, request_id: requestId }, { cause });
    }
    if (response.ok) return body as T;
    const problem = (typeof body === 'object' && body !== null ? body : {}) as Partial<ProblemBody>;
    throw new ApiProblem({
      ...problem,
      code: problem.code ?? 'not-understood',
      status: response.status,
      request_id: problem.request_id ?? requestId,
    });
  }

  /** Pages until the cursor ends. A cursor that comes back again would go round for ever: refused. */
  async function* pages<T>(path: string, query: Query, signal?: AbortSignal): AsyncGenerator<Page<T>> {
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await get<Partial<ItemsPage<T> & FeaturesPage<T>>>(path, { ...query, cursor }, signal);
      const rows = page.items ?? page.features;
      if (!Array.isArray(rows)) throw new ApiProblem({ code: 'not-understood' });
      yield { rows, matched: page.number_matched };
      cursor = page.next_cursor ?? undefined;
      if (cursor !== undefined && seen.has(cursor)) throw new ApiProblem({ code: 'not-understood' });
      if (cursor !== undefined) seen.add(cursor);
    } while (cursor !== undefined);
  }

  /** All rows of a list. Fewer than announced is a problem, never a silent short list. */
  async function all<T>(path: string, query: Query, signal?: AbortSignal): Promise<T[]> {
    const rows: T[] = [];
    let matched: number | undefined;
    for await (const page of pages<T>(path, query, signal)) {
      rows.push(...page.rows);
      matched = page.matched ?? matched;
    }
    if (matched !== undefined && rows.length < matched) throw new ApiProblem({ code: 'incomplete' });
    return rows;
  }

  const id = encodeURIComponent;
  return {
    checks: (signal?: AbortSignal) => all<CheckText>('checks', {}, signal),
    layerTypes: (signal?: AbortSignal) => all<LayerTypeText>('layer-types', {}, signal),
    runs: (signal?: AbortSignal) => all<RunItem>('runs', { limit: 500 }, signal),
    run: (runId: string, signal?: AbortSignal) => get<RunDetail>(`runs/${id(runId)}`, {}, signal),
    layers: (regionCode: string, signal?: AbortSignal) =>
      all<LayerItem>('layers', { region_code: regionCode, limit: 500 }, signal),
    /** features in upload order, page by page */
    verdictPages: (runId: string, signal?: AbortSignal) =>
      pages<Parcel>(`runs/${id(runId)}/verdicts`, { limit: verdictPageSize }, signal),
    /** shapes simplified for the screen, page by page */
    layerFeaturePages: (layerId: string, signal?: AbortSignal) =>
      pages<LayerFeature>(
        `layers/${id(layerId)}/features`,
        { limit: layerPageSize, tolerance: screenTolerance },
        signal,
      ),
  };
}
