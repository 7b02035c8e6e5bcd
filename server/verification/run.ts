/**
 * Runs a frozen run, chunk by chunk: the only caller of checks. A chunk is one transaction; what is done stays done, and other processes
 * may do chunks of it too (helping.ts). Whoever has the job begins the run and ends it.
 */
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import type { RunSummary } from '../domain/verdict-feature.ts';
import { AppError } from '../errors.ts';
import { beginRun } from './chunk-claims.ts';
import { Threads } from './compute-threads.ts';
import { doAllChunks, RunCancelled } from './do-chunks.ts';
import type { Manifest } from './manifest.ts';
import { patiently } from './patience.ts';
import { registerFacts } from './register.ts';
import { reuseEarlier } from './reuse.ts';
import { type Deps, keyOf, type RunFacts, type RunKey, runLayers } from './run-context.ts';
import { demandComplete, summarise } from './summary.ts';

const replacedSets = sqlFile<{ parcel_set_id: string }>('queries/replaced-sets');

export interface RunHooks {
  signal?: AbortSignal;
  /** share done, 0–1, never falling */
  progress?: (share: number) => void;
}

/** @throws RunCancelled where the signal aborted, or the run was ended by another */
export async function executeRun(deps: Deps, of: RunKey, hooks: RunHooks = {}): Promise<RunSummary> {
  const key = keyOf(of);
  const { db } = deps.database;
  const run = await patiently(db, () => readRun(db, key));
  if (!run) throw new AppError('not-found', { zh: `没有核查 ${key.run_id}`, en: `No run ${key.run_id}` });
  const started = performance.now();
  try {
    const reused = await patiently(db, () => reuseEarlier(deps, key));
    const parcels = run.parcel_count - reused;
    if (await patiently(db, () => beginRun(deps, key, parcels))) {
      const facts = await patiently(db, () => factsOf(db, key, run));
      const threads = new Threads(deps, key, parcels);
      await doAllChunks(deps, facts, { ...hooks, others: threads }).finally(() => threads.stop());
      await patiently(db, async () => {
        const summary = await summarise(db, key, (performance.now() - started) / 1000);
        demandComplete(summary, run.parcel_count);
        await succeed(deps, key, summary);
      });
    }
    const ended = await patiently(db, () => readRun(db, key));
    if (ended?.state !== 'succeeded') throw new RunCancelled();
    return ended.summary as unknown as RunSummary;
  } catch (error) {
    // a process that closes, or lost the job to another, says nothing of the run: it goes on elsewhere
    const { reason, aborted = false } = hooks.signal ?? {};
    if (!aborted || (reason !== 'closing' && reason !== 'lost')) await endRun(db, key, error, aborted);
    throw error;
  }
}

function readRun(db: Kysely<Schema>, key: RunKey) {
  return db
    .selectFrom('run')
    .select(['manifest', 'params', 'parcel_count', 'summary', 'state'])
    .where('region_code', '=', key.region_code)
    .where('run_id', '=', key.run_id)
    .executeTakeFirst();
}

/** What every chunk of the run needs to know: of all who work on it, the same. */
export async function factsOf(
  db: Kysely<Schema>,
  key: RunKey,
  run: { params: Record<string, Record<string, unknown>>; manifest: Record<string, unknown> },
): Promise<RunFacts> {
  const manifest = run.manifest as unknown as Manifest;
  return {
    key,
    layers: await runLayers(db, key),
    params: run.params as RunFacts['params'],
    evidence: manifest.evidence_sha256,
    projects: await registerFacts(db, key, manifest.register),
    severalSets: manifest.inputs.length > 1,
    replaced: (await replacedSets.all(db, { ...key })).map(({ parcel_set_id }) => parcel_set_id),
    again: false,
  };
}

/** A run that another has ended stays as that one left it. */
async function endRun(db: Kysely<Schema>, key: RunKey, error: unknown, aborted: boolean): Promise<void> {
  const state = aborted || error instanceof RunCancelled ? 'cancelled' : 'failed';
  await patiently(db, () =>
    db
      .updateTable('run')
      .set({ state, finished_at: new Date() })
      .where('region_code', '=', key.region_code)
      .where('run_id', '=', key.run_id)
      .where('state', '=', 'running')
      .execute(),
  );
}

/**
 * A succeeded run accepts the sets it judged: from now on they take part in parcel-overlap as earlier sets, in the order of the
 * run, a millisecond apart. In one transaction: a run that succeeded and accepted nothing would hide its parcels from all later ones.
 * Of two that come to the end of one run, the second finds it ended and changes nothing.
 */
async function succeed(deps: Deps, key: RunKey, summary: RunSummary): Promise<void> {
  await deps.database.db.transaction().execute(async (tx) => {
    const ended = await tx
      .updateTable('run')
      .set({ state: 'succeeded', finished_at: new Date(), summary: JSON.stringify(summary) })
      .where('region_code', '=', key.region_code)
      .where('run_id', '=', key.run_id)
      .where('state', '=', 'running')
      .executeTakeFirst();
    if (ended.numUpdatedRows === 0n) return;
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
