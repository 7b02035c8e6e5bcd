/** The whole service as a value: what it is made of, and nothing that starts by itself. main.ts gives it a port. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import multipart from '@fastify/multipart';
import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import type { Config } from './config.ts';
import type { Database } from './database/connect.ts';
import { refreshStatistics } from './database/statistics.ts';
import type { AppDeps } from './http/context.ts';
import { readBodies } from './http/plugins/bodies.ts';
import { answerClientError, answerErrors, refuseOtherMethods, sendError } from './http/plugins/errors.ts';
import { describeApi } from './http/plugins/openapi.ts';
import { servePage } from './http/plugins/page.ts';
import { guardRequests, requestIdOf } from './http/plugins/request-guards.ts';
import { attachmentRoutes } from './http/routes/attachments.ts';
import { basemapTileRoutes } from './http/routes/basemap-tiles.ts';
import { batchReviewRoutes } from './http/routes/batch-reviews.ts';
import { comparisonRoutes } from './http/routes/comparisons.ts';
import { healthRoutes } from './http/routes/health.ts';
import { jobRoutes } from './http/routes/jobs.ts';
import { layerRoutes } from './http/routes/layers.ts';
import { mapTileRoutes } from './http/routes/map-tiles.ts';
import { parcelSetRoutes } from './http/routes/parcel-sets.ts';
import { personRoutes } from './http/routes/persons.ts';
import { projectRegisterRoutes } from './http/routes/project-registers.ts';
import { registryRoutes } from './http/routes/registries.ts';
import { reviewRoutes } from './http/routes/reviews.ts';
import { runRoutes } from './http/routes/runs.ts';
import { tileRoutes } from './http/routes/tiles.ts';
import { uploadRoutes } from './http/routes/uploads.ts';
import { verdictRoutes } from './http/routes/verdicts.ts';
import { openUploads } from './http/uploads/uploads.ts';
import { validatorCompiler } from './http/validator.ts';
import { type ReceiveLayerInput, receiveLayer } from './intake/receive-layer.ts';
import { type ReceiveParcelsInput, receiveParcels } from './intake/receive-parcels.ts';
import { type ReceiveRegisterInput, receiveRegister } from './intake/register/receive-register.ts';
import type { JobKind, JobLog } from './jobs/job-kind.ts';
import { runningInputs } from './jobs/job-store.ts';
import type { Jobs } from './jobs/queue.ts';
import { tilesOf } from './tiles/tiles.ts';
import { type Helper, noHelper, startHelper } from './verification/helping.ts';
import { replayRun } from './verification/replay.ts';
import { executeRun } from './verification/run.ts';
import type { Deps, RunKey } from './verification/run-context.ts';
import { indexRun } from './verification/run-index.ts';

export interface AppOptions {
  database: Database;
  config: Config;
  jobs: Jobs;
  logger?: FastifyServerOptions['logger'];
  /** the built page; by default web-map/dist */
  pageFolder?: string;
}

/** bytes of a JSON body: ids and parameters */
const bodyLimit = 1024 * 1024;
const maxHeaderSize = 16 * 1024;

const routes = [
  healthRoutes,
  registryRoutes,
  uploadRoutes,
  layerRoutes,
  parcelSetRoutes,
  projectRegisterRoutes,
  jobRoutes,
  runRoutes,
  verdictRoutes,
  comparisonRoutes,
  personRoutes,
  reviewRoutes,
  batchReviewRoutes,
  attachmentRoutes,
];

export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const app = fastify({
    logger: options.logger ?? false,
    genReqId: requestIdOf,
    requestIdHeader: false,
    bodyLimit,
    // an upload of 4 GB over 10 Mbit/s takes an hour; a line that is silent for five minutes is dead
    requestTimeout: 2 * 3600 * 1000,
    connectionTimeout: 300_000,
    http: { maxHeaderSize, headersTimeout: 20_000 },
    routerOptions: { maxParamLength: 1000, ignoreTrailingSlash: true },
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply),
    clientErrorHandler: answerClientError,
    return503OnClosing: true,
  });
  const closing = new AbortController();
  app.addHook('preClose', async () => {
    closing.abort();
    closeLines(app);
  });
  app.setValidatorCompiler(validatorCompiler);
  // answers are written as they are: a schema must not be able to drop a field of a verdict
  app.setSerializerCompiler(() => JSON.stringify);
  answerErrors(app);
  guardRequests(app);
  readBodies(app);
  const known = new Map<string, Set<string>>();
  const note = (route: { url: string; method: string | string[] }) => {
    const methods = known.get(route.url) ?? new Set();
    for (const method of [route.method].flat()) methods.add(method);
    known.set(route.url, methods);
  };
  app.addHook('onRoute', note);
  await describeApi(app);
  const deps: AppDeps = { ...options, uploads: openUploads(options), closing: closing.signal };
  await app.register(
    async (api) => {
      await api.register(multipart);
      for (const add of routes) add(api, deps);
    },
    { prefix: '/api/v1' },
  );
  await app.register(
    async (ogc) => {
      tileRoutes(ogc, deps);
      mapTileRoutes(ogc, deps);
      await basemapTileRoutes(ogc, deps);
    },
    { prefix: '/ogc' },
  );
  refuseOtherMethods(app, known);
  await servePage(
    app,
    deps.config.basemaps,
    options.pageFolder ?? join(fileURLToPath(new URL('..', import.meta.url)), 'web-map', 'dist'),
  );
  await app.ready();
  return app;
}

type FileInput = { sha256: string; fileName: string };

/** A line whose answer ends after the server began to close would stay open, idle, for the 72 s of keepAliveTimeout, and hold up the end. */
function closeLines({ server }: FastifyInstance): void {
  if (!server.listening) return;
  const looking = setInterval(() => server.closeIdleConnections(), 100);
  server.once('close', () => clearInterval(looking));
}

/** What does chunks of other processes' runs while this one has none. */
export function runHelper(deps: { database: Database; config: Config; log: JobLog }): Helper {
  if (deps.database.kind === 'embedded') return noHelper;
  const underWay = async () => (await runningInputs(deps.database.db, 'run')) as unknown as RunKey[];
  return startHelper({ ...deps, underWay });
}

/** The kinds of background work: names that stand in the job table, and what does them. */
export function jobKinds(deps: Deps, helper: Helper = noHelper): Record<string, JobKind> {
  const { db } = deps.database;
  const uploads = openUploads(deps);
  const withPath = async (input: Record<string, unknown>) => {
    const { sha256, ...rest } = input as FileInput;
    return { ...rest, path: await uploads.bring(sha256) };
  };
  return {
    'receive-parcels': {
      queue: 'intake',
      async work(input, hooks) {
        const received = await receiveParcels(deps, (await withPath(input)) as ReceiveParcelsInput, hooks);
        await refreshStatistics(deps.database, 'parcels');
        return received;
      },
    },
    'receive-register': {
      queue: 'intake',
      work: async (input, hooks) => receiveRegister(deps, (await withPath(input)) as ReceiveRegisterInput, hooks),
    },
    'receive-layer': {
      queue: 'intake',
      async work(input, hooks) {
        const received = await receiveLayer(deps, (await withPath(input)) as ReceiveLayerInput, hooks);
        await refreshStatistics(deps.database, 'layers');
        return received;
      },
    },
    replay: {
      queue: 'run',
      work: (input, hooks) => replayRun(deps, input as unknown as RunKey, hooks),
    },
    run: {
      queue: 'run',
      async work(input, hooks) {
        const key = input as unknown as RunKey;
        const summary = await helper.aside(() => executeRun(deps, key, hooks));
        await refreshStatistics(deps.database, 'runs');
        await indexRun(deps.database, { ...key, parcel_count: summary.parcel_count });
        // where its parcels lie is read once for all tiles (0.9 s of 100,000): not by whoever looks first
        await tilesOf(db).singlyFrom(key);
        return { ...key, summary };
      },
      async ended(input, state, problem) {
        const { region_code, run_id } = input as unknown as RunKey;
        await db
          .updateTable('run')
          .set({ state, finished_at: new Date(), ...(problem === null ? {} : { problem: JSON.stringify(problem) }) })
          .where('region_code', '=', region_code)
          .where('run_id', '=', run_id)
          .where('state', '<>', 'succeeded')
          .execute();
      },
    },
  };
}
