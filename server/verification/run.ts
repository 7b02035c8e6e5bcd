/** Runs a frozen run, chunk by chunk: the only caller of checks. A chunk is one transaction; what is done stays done. */
import { type Kysely, sql } from 'kysely';
import type { Check, Chunk } from '../checks/check.ts';
import { chunkParams } from '../checks/check.ts';
import { checks } from '../checks/index.ts';
import { isWorthRetry } from '../database/connect.ts';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import type { RunSummary } from '../domain/verdict-feature.ts';
import { AppError } from '../errors.ts';
import type { Manifest } from './manifest.ts';
import { type Deps, keyOf, type RunFacts, type RunKey, runLayers, tileReader } from './run-context.ts';
import { summarise } from './summary.ts';

const cutLayers = sqlFile('queries/cut-layers');
const sayOfChunk = sqlFile('queries/say-of-chunk');
const concludeFindings = sqlFile('queries/conclude-findings');
const bookPieces = sqlFile('queries/book-pieces');
const settleResults = sqlFile('queries/settle-results');
const closeChunk = sqlFile('queries/close-chunk');
const loadChunk = sqlFile('queries/load-chunk');
const clearing = ['chunk', 'cut', 'measured', 'mask'].map((table) => sqlFile(`queries/clear-${table}`));

export interface RunHooks {
  signal?: AbortSignal;
  /** share done, 0–1, never falling */
  progress?: (share: number) => void;
}

/** Polygon layers that checks overlay; township is asked at one point only, rasters by their cells. */
const notCut = new Set(['township', 'slope', 'dem']);

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
    const facts: RunFacts = {
      key,
      layers: await runLayers(db, key),
      params: run.params as RunFacts['params'],
      evidence: manifest.evidence_sha256,
    };
    const readTile = tileReader(key.region_code);
    const size = deps.config.chunkSize[deps.database.kind];
    const done = await finishedOrdinals(deps, key);
    let chunkNo = 1;
    for (let first = 1; first <= run.parcel_count; first += size) {
      if (hooks.signal?.aborted) throw new RunCancelled();
      const last = Math.min(first + size - 1, run.parcel_count);
      if (!holdsAll(done, first, last)) await twice(() => runChunk(deps, facts, { ...key, first, last }, readTile));
      if (chunkNo++ % chunksBetweenVacuums === 0) await tidy(deps);
      hooks.progress?.(last / run.parcel_count);
    }
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

/** A chunk that an engine trap or a lost connection ended is tried once more, then the run fails for all to see. */
async function twice(step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (!isWorthRetry(error)) throw error;
    await step();
  }
}

/** The work tables are filled and emptied for every chunk; the embedded database has nothing that clears up behind it. */
const chunksBetweenVacuums = 20;

async function tidy(deps: Deps): Promise<void> {
  await sql`vacuum chunk_row, cut, measured, mask`.execute(deps.database.db);
}

export class RunCancelled extends Error {
  constructor() {
    super('run cancelled');
    this.name = 'RunCancelled';
  }
}

async function runChunk(
  deps: Deps,
  facts: RunFacts,
  chunk: Chunk,
  readTile: ReturnType<typeof tileReader>,
): Promise<void> {
  const params = chunkParams(chunk);
  const layersOf = (type: string) => facts.layers.filter((layer) => layer.type === type);
  const township = layersOf('township').map((layer) => layer.layer_id);
  const toCut = facts.layers.filter((layer) => !notCut.has(layer.type)).map((layer) => layer.layer_id);
  await deps.database.db.transaction().execute(async (tx) => {
    for (const clear of clearing) await clear.run(tx, chunkParams(chunk));
    await loadChunk.run(tx, { ...params, evidence: facts.evidence });
    await cutLayers.run(tx, { ...chunkParams(chunk), layers: toCut });
    // the planner must know how many rows stand in the work tables: without it joins nest and 655 parcels take 70 s instead of 3
    await sql`analyze chunk_row (region_code, run_id, ordinal), cut (region_code, run_id, ordinal, layer_id)`.execute(
      tx,
    );
    for (const check of checks) {
      await check.run({
        db: tx,
        chunk,
        params: facts.params[check.id] ?? {},
        layersOf,
        readTile: (layerId, row, col) => readTile(tx, layerId, row, col),
        say: async (outcome, reason, detail = {}, ordinals) => {
          await sayOfChunk.run(tx, {
            ...chunkParams(chunk),
            check_id: check.id,
            outcome,
            reason,
            detail: JSON.stringify(detail),
            ordinals: ordinals ?? null,
          });
        },
      });
    }
    await concludeFindings.run(tx, {
      ...params,
      thresholds: JSON.stringify(checks.map((check) => threshold(check, facts))),
    });
    await bookPieces.run(tx, { ...params, check_order: JSON.stringify(checks.map((check) => check.id)) });
    await settleResults.run(tx, { ...params, folded: foldedChecks(facts), check_count: checks.length });
    const settled = await closeChunk.run(tx, { ...params, township_layers: township });
    const parcels = chunk.last - chunk.first + 1;
    // a verdict exists only where every check has spoken: fewer findings than parcels is a fault of the program, not a pass
    if (settled !== parcels)
      throw new Error(
        `chunk ${chunk.first}–${chunk.last}: ${settled} of ${parcels} parcels have a finding of every check`,
      );
    for (const clear of clearing) await clear.run(tx, chunkParams(chunk));
  });
}

/** `non-grain` is only reported unless asked to fail: no area is above its threshold then. */
function threshold(check: Check, facts: RunFacts): Record<string, unknown> {
  const params = facts.params[check.id] ?? {};
  const reported = Object.hasOwn(params, 'treat_as_fail') && params['treat_as_fail'] !== true;
  return {
    check_id: check.id,
    min_area_m2: reported ? 1e300 : (params['min_area_m2'] ?? 0),
    max_unknown_share: params['max_unknown_share'] ?? 0,
    measure: check.measure,
    per_hit: check.measurePerHit ?? false,
  };
}

function foldedChecks(facts: RunFacts): string[] {
  return checks.filter((check) => facts.params[check.id]?.['treat_as_fail'] !== false).map((check) => check.id);
}

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
