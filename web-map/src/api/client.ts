/** The one place that knows the addresses of the API. Everything else asks by name. */
import { type FollowJob, followEvents } from './follow-job.ts';
import type { DryRun, Job, ParcelSet, Reading, UploadAnswer } from './intake-types.ts';
import { ApiProblem } from './problem.ts';
import { type SendFile, sendFile } from './send-file.ts';
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

interface Ask {
  query?: Query;
  signal?: AbortSignal | undefined;
  method?: 'GET' | 'POST' | 'DELETE';
  body?: FormData;
}

type Query = Record<string, string | number | undefined>;
type Page<T> = { rows: T[]; matched: number | undefined };

export type ApiClient = ReturnType<typeof createApiClient>;

export function createApiClient({ base, language }: ApiClientOptions) {
  const get = <T>(path: string, query: Query, signal?: AbortSignal) => ask<T>(path, { query, signal });

  async function ask<T>(path: string, { query = {}, signal, method = 'GET', body: form }: Ask): Promise<T> {
    const url = new URL(path, base);
    for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, String(value));
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        ...(form ? { body: form } : {}),
        headers: { accept: 'application/json', 'accept-language': language() },
        signal: AbortSignal.any([AbortSignal.timeout(patienceMs), ...(signal ? [signal] : [])]),
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
    /** the bytes of a file, once; whatever is asked about them names the upload */
    sendFile: ((file, options) =>
      sendFile(file, { ...options, endpoint: new URL('uploads', base).href, language })) as SendFile,
    dropUpload: (uploadId: string) =>
      fetch(new URL(`uploads/${id(uploadId)}`, base), { method: 'DELETE', headers: { 'tus-resumable': '1.0.0' } }),
    /** a dry run stores nothing; its job's result is the report */
    uploadParcels: (
      uploadId: string,
      reading: Reading,
      { dryRun, signal }: { dryRun: boolean; signal?: AbortSignal },
    ) =>
      ask<UploadAnswer>('parcel-sets', {
        method: 'POST',
        body: formOf(uploadId, reading),
        query: { dry_run: dryRun ? 'true' : undefined },
        signal,
      }),
    job: (jobId: string, signal?: AbortSignal) => get<Job<DryRun>>(`jobs/${id(jobId)}`, {}, signal),
    /** until it has ended or the line has: then ask for the job */
    followJob: ((jobId, signal, progress) =>
      followEvents(new URL(`jobs/${id(jobId)}/events`, base).href, signal, progress)) as FollowJob,
    cancelJob: (jobId: string) => ask<Job<DryRun>>(`jobs/${id(jobId)}`, { method: 'DELETE' }),
    parcelSet: (setId: string, signal?: AbortSignal) => get<ParcelSet>(`parcel-sets/${id(setId)}`, {}, signal),
    /** shapes simplified for the screen, page by page */
    layerFeaturePages: (layerId: string, signal?: AbortSignal) =>
      pages<LayerFeature>(
        `layers/${id(layerId)}/features`,
        { limit: layerPageSize, tolerance: screenTolerance },
        signal,
      ),
  };
}

function formOf(uploadId: string, reading: Reading): FormData {
  const form = new FormData();
  form.set('upload_id', uploadId);
  for (const [name, value] of Object.entries(reading))
    form.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  return form;
}
