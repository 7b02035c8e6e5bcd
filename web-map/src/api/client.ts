/** The one place that knows the addresses of the API. Everything else asks by name. */
import { beside, type PictureSource, pictureSources, type TileSource, tileSource } from '../map/tiles.ts';
import { type FollowJob, followEvents } from './follow-job.ts';
import type { DryRun, Job, ParcelSet, Reading, UploadAnswer } from './intake-types.ts';
import { ApiProblem } from './problem.ts';
import type { Attachment, BatchBody, BatchMade, BatchPreview, Person, Review, ReviewItem } from './review-types.ts';
import { runCalls } from './run-calls.ts';
import { type SendFile, sendFile } from './send-file.ts';
import type {
  Basemap,
  CheckText,
  Facets,
  FeaturesPage,
  ItemsPage,
  LayerItem,
  LayerTypeText,
  Parcel,
  ParcelDetail,
  ProblemBody,
  RunDetail,
  RunItem,
  Tileset,
} from './types.ts';

/** Rows of the list that are fetched at once. */
export const listPageSize = 100;
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
  body?: FormData | object;
  headers?: Record<string, string>;
}

type Query = Record<string, string | number | undefined>;
type Page<T> = { rows: T[]; matched: number | undefined };

export type ApiClient = ReturnType<typeof createApiClient>;

export function createApiClient({ base, language }: ApiClientOptions) {
  const get = <T>(path: string, query: Query, signal?: AbortSignal) => ask<T>(path, { query, signal });

  async function ask<T>(
    path: string,
    { query = {}, signal, method = 'GET', body: sent, headers = {} }: Ask,
  ): Promise<T> {
    const url = new URL(path, base);
    for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, String(value));
    // an upload takes as long as the line needs; the person can stop it
    const form = sent instanceof FormData;
    const timeout = form ? new AbortController().signal : AbortSignal.timeout(patienceMs);
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        ...(sent ? { body: form ? sent : JSON.stringify(sent) } : {}),
        headers: {
          accept: 'application/json',
          'accept-language': language(),
          ...(sent && !form ? { 'content-type': 'application/json' } : {}),
          ...headers,
        },
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
    basemaps: async (signal?: AbortSignal): Promise<Basemap[]> => {
      const { basemaps = [] } = await get<{ basemaps?: Basemap[] }>('config', {}, signal);
      const page = new URL('../../', base).href;
      return basemaps.map((one) => ({ ...one, tiles: one.tiles.map((tile) => beside(tile, page)) }));
    },
    checks: (signal?: AbortSignal) => all<CheckText>('checks', {}, signal),
    layerTypes: (signal?: AbortSignal) => all<LayerTypeText>('layer-types', {}, signal),
    runs: (signal?: AbortSignal) => all<RunItem>('runs', { limit: 500 }, signal),
    run: (runId: string, signal?: AbortSignal) => get<RunDetail>(`runs/${id(runId)}`, {}, signal),
    layers: (regionCode: string, signal?: AbortSignal) =>
      all<LayerItem>('layers', { region_code: regionCode, limit: 500 }, signal),
    /** a page of the parcels that a question matches, in its order; `cursor` as the page before gave it */
    verdicts: (runId: string, query: Query, cursor: string | null, signal?: AbortSignal) =>
      get<FeaturesPage<Parcel>>(
        `runs/${id(runId)}/verdicts`,
        { ...query, limit: listPageSize, cursor: cursor ?? undefined },
        signal,
      ),
    /** how many parcels there would be with each value of each filter */
    facets: (runId: string, query: Query, signal?: AbortSignal) =>
      get<Facets>(`runs/${id(runId)}/facets`, query, signal),
    /** @param ordinal its place in the run, where several parcels have the id */
    verdict: (runId: string, parcelId: string, ordinal: number | null, signal?: AbortSignal) =>
      get<ParcelDetail>(`runs/${id(runId)}/verdicts/${id(parcelId)}`, { ordinal: ordinal ?? undefined }, signal),
    /** of a run or a layer */
    tiles: async (collection: string, signal?: AbortSignal): Promise<TileSource> => {
      const path = `../../ogc/collections/${id(collection)}/tiles/WebMercatorQuad`;
      const source = tileSource(await get<Tileset>(path, {}, signal), new URL('../../', base).href);
      if (source === null) throw new ApiProblem({ code: 'not-understood' });
      return source;
    },
    /** of a raster layer, one for each style it can be drawn in */
    pictures: async (layerId: string, signal?: AbortSignal): Promise<PictureSource[]> => {
      const path = `../../ogc/collections/${id(layerId)}/map/tiles/WebMercatorQuad`;
      return pictureSources(await get<Tileset>(path, {}, signal), new URL('../../', base).href);
    },
    persons: (signal?: AbortSignal) => all<Person>('persons', { limit: 500 }, signal),
    /** the same name and office again is the same person */
    addPerson: (person: { name: string; office?: string }, signal?: AbortSignal) =>
      ask<Person>('persons', { method: 'POST', body: person, signal }),
    /** all of the items or none. @param key sent again with the same one it is decided once */
    review: (runId: string, items: ReviewItem[], personId: string, key: string, signal?: AbortSignal) =>
      ask<{ items: Review[] }>('reviews', {
        method: 'POST',
        body: { run_id: runId, items },
        headers: { 'x-person-id': personId, 'idempotency-key': key },
        signal,
      }),
    previewBatch: (runId: string, query: Query, body: BatchBody, signal?: AbortSignal) =>
      ask<BatchPreview>(`runs/${id(runId)}/reviews`, {
        method: 'POST',
        query: { ...query, dry_run: 'true' },
        body,
        signal,
      }),
    decideBatch: (runId: string, query: Query, body: BatchBody, personId: string, key: string, signal?: AbortSignal) =>
      ask<BatchMade>(`runs/${id(runId)}/reviews`, {
        method: 'POST',
        query,
        body,
        headers: { 'x-person-id': personId, 'idempotency-key': key },
        signal,
      }),
    /** a photo or a PDF, to be named in a decision. @param of the parcel it shows: how far from it a photo was taken is told */
    attach: (file: File, of: { run_id: string; parcel_id: string }, personId: string, signal?: AbortSignal) =>
      ask<Attachment>('attachments', {
        method: 'POST',
        body: fileForm(file, of),
        headers: { 'x-person-id': personId },
        signal,
      }),
    attachmentAddress: (attachmentId: string) => new URL(`attachments/${id(attachmentId)}/content`, base).href,
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
    ...runCalls(ask, all),
  };
}

function formOf(uploadId: string, reading: Reading): FormData {
  const form = new FormData();
  form.set('upload_id', uploadId);
  for (const [name, value] of Object.entries(reading))
    form.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  return form;
}

/** The fields before the file, so that a server that reads in order knows them when the bytes come. */
function fileForm(file: File, fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', file, file.name);
  return form;
}
