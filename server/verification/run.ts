/** Runs a frozen run, chunk by chunk: the only caller of checks. A chunk is one transaction; what is done stays done. */
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import type { RunSummary } from '../domain/verdict-feature.ts';
import { AppError } from '../errors.ts';
import { ChunkWork } from './chunk-work.ts';
import type { Manifest } from './manifest.ts';
import { type Deps, keyOf, type RunFacts, type RunKey, runLayers, tileReader } from './run-context.ts';
import { summarise } from './summary.ts';

const replacedSets = sqlFile<{ parcel_set_id: string }>('queries/replaced-sets');

export interface RunHooks {
  signal?: AbortSignal;
  /** share done, 0–1, never falling */
  progress?: (share: number) => void;
}

export async function executeRun(deps: Deps, of: RunKey, hooks: RunHooks = {}): Promise<RunSummary> {
  const key = keyOf(of);
  const { db } = deps.database;
  const run = await db
    .selectFrom('run')
    .select(['manifest', 'params', 'parcel_count', 'summary', 'state'])
    .where('region_code', '=', key.region_code)
    .where('run_id', '=', key.run_id)
    .executeTakeFirst();
  if (!run) throw new AppError('not-found', { zh: `没有核查 ${key.run_id}`, en: `No run ${key.run_id}` });
  if (run.state === 'succeeded') return run.summary as unknown as RunSummary;
  const manifest = run.manifest as unknown as Manifest;
  await setRun(db, key, { state: 'running', started_at: new Date() });
  const started = performance.now();
  try {
    const facts = await factsOf(db, key, run.params as RunFacts['params'], manifest);
    const done = await finishedOrdinals(deps, key);
    await inChunks(deps, key, run.parcel_count, done, hooks, new ChunkWork(deps, facts, tileReader(key.region_code)));
    const summary = await summarise(db, key, (performance.now() - started) / 1000);
    if (summary.parcel_count !== run.parcel_count)
      throw new Error(`${summary.parcel_count} of ${run.parcel_count} parcels have a result`);
    await succeed(deps, key, summary);
    return summary;
  } catch (error) {
    const cancelled = error instanceof RunCancelled;
    await setRun(db, key, { state: cancelled ? 'cancelled' : 'failed', finished_at: new Date() });
    throw error;
  }
}

export class RunCancelled extends Error {
  constructor() {
    super('run cancelled');
    this.name = 'RunCancelled';
  }
}

async function factsOf(
  db: Kysely<Schema>,
  key: RunKey,
  params: RunFacts['params'],
  manifest: Manifest,
): Promise<RunFacts> {
  return {
    key,
    layers: await runLayers(db, key),
    params,
    evidence: manifest.evidence_sha256,
    severalSets: manifest.inputs.length > 1,
    replaced: (await replacedSets.all(db, { ...key })).map(({ parcel_set_id }) => parcel_set_id),
  };
}

/**
 * Does the chunks that are not done yet, some at a time: while one is computed here the database reads or writes another. Progress counts
 * finished parcels, so it never falls. The first fault ends the rest.
 */
async function inChunks(
  deps: Deps,
  key: RunKey,
  parcelCount: number,
  done: Set<number>,
  hooks: RunHooks,
  work: ChunkWork,
): Promise<void> {
  const size = deps.config.chunkSize[deps.database.kind];
  let next = 1;
  let finished = 0;
  let fault: unknown;
  const worker = async () => {
    while (next <= parcelCount && fault === undefined) {
      if (hooks.signal?.aborted) throw new RunCancelled();
      const first = next;
      const last = Math.min(first + size - 1, parcelCount);
      next = last + 1;
      if (!holdsAll(done, first, last)) await work.do({ ...key, first, last });
      finished += last - first + 1;
      hooks.progress?.(finished / parcelCount);
    }
  };
  const workers = Array.from({ length: atATime[deps.database.kind] }, () =>
    worker().catch((error: unknown) => {
      fault ??= error;
    }),
  );
  await Promise.all(workers);
  if (fault !== undefined) throw fault;
}

/** Chunks under way: two cores of a server and this process are busy with three; the embedded database has one session. */
const atATime = { postgis: 3, embedded: 2 };

/** A run may be taken up again with chunks of another size: a chunk is done where every parcel of it has its result. */
function holdsAll(done: Set<number>, first: number, last: number): boolean {
  for (let ordinal = first; ordinal <= last; ordinal++) if (!done.has(ordinal)) return false;
  return true;
}

async function finishedOrdinals(deps: Deps, key: RunKey): Promise<Set<number>> {
  const rows = await deps.database.db
    .selectFrom('run_result')
    .select('ordinal')
    .where('region_code', '=', key.region_code)
    .where('run_id', '=', key.run_id)
    .where('result_id', 'is not', null)
    .execute();
  return new Set(rows.map((row) => row.ordinal));
}

async function setRun(
  db: Kysely<Schema>,
  key: RunKey,
  values: Partial<{
    state: 'running' | 'succeeded' | 'failed' | 'cancelled';
    started_at: Date;
    finished_at: Date;
    summary: string;
  }>,
): Promise<void> {
  await db
    .updateTable('run')
    .set(values)
    .where('region_code', '=', key.region_code)
    .where('run_id', '=', key.run_id)
    .execute();
}

/**
 * A succeeded run accepts the sets it judged: from now on they take part in parcel-overlap as earlier sets, in the order of the
 * run, a millisecond apart. In one transaction: a run that succeeded and accepted nothing would hide its parcels from all later ones.
 */
async function succeed(deps: Deps, key: RunKey, summary: RunSummary): Promise<void> {
  await deps.database.db.transaction().execute(async (tx) => {
    await setRun(tx, key, { state: 'succeeded', finished_at: new Date(), summary: JSON.stringify(summary) });
    const judged = await tx
      .selectFrom('run_set')
      .select('parcel_set_id')
      .where('region_code', '=', key.region_code)
      .where('run_id', '=', key.run_id)
      .where('role', '=', 'judged')
      .orderBy('ordinal')
      .execute();
    const now = Date.now();
    for (const [place, { parcel_set_id }] of judged.entries()) {
      await tx
        .updateTable('parcel_set')
        .set({ accepted_at: new Date(now + place) })
        .where('region_code', '=', key.region_code)
        .where('parcel_set_id', '=', parcel_set_id)
        .where('accepted_at', 'is', null)
        .execute();
    }
  });
}
