/**
 * Recomputes a finished run from its manifest, chunk by chunk and by the same code, and compares with what is stored. Nothing is written.
 * Years later this is what tells whether a verdict stands: with the same engines to the digit, with others within rounding.
 */
import type { Kysely } from 'kysely';
import { checks } from '../checks/index.ts';
import { isConnectionLost } from '../database/connect.ts';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import type { RunSummary } from '../domain/verdict-feature.ts';
import { AppError } from '../errors.ts';
import { type Difference, Differences, type LargestDifference, leavesThatDiffer } from './differences.ts';
import { RunCancelled } from './do-chunks.ts';
import { enginesOf, type Manifest } from './manifest.ts';
import { patiently } from './patience.ts';
import { registerFacts } from './register.ts';
import { Comparison } from './replay-chunk.ts';
import { changedInputs, firstOrdinals, paramsOf } from './replay-inputs.ts';
import type { RunHooks } from './run.ts';
import { type Chunk, type Deps, keyOf, type RunFacts, type RunKey, runLayers } from './run-context.ts';
import { summarise } from './summary.ts';

const replacedSets = sqlFile<{ parcel_set_id: string }>('queries/replaced-sets');

export interface Replay extends RunKey {
  /** equal: to the digit, by the same engines and checks · equal-within: by others, no outcome changed · different: see differences */
  answer: 'equal' | 'equal-within' | 'different';
  parcel_count: number;
  difference_count: number;
  /** the first thousand: inputs, then parcels in order, then the summary */
  differences: Difference[];
  /** m²: by how much two figures for one area of a parcel differ at most; 0 where all are equal to the digit */
  largest_difference_m2: number;
  largest_difference: LargestDifference | null;
  /** what computes now other than then, by name */
  engines_changed: Changed<string>;
  checks_changed: Changed<number>;
  elapsed_s: number;
}

type Changed<T> = Record<string, { stored: T | null; now: T | null }>;

/** Errors: `not-found`, `conflict` where the run has no results to compare with. */
export async function replayRun(deps: Deps, of: RunKey, hooks: RunHooks = {}): Promise<Replay> {
  const started = performance.now();
  const key = keyOf(of);
  const { db } = deps.database;
  const run = await succeededRun(db, key);
  const { manifest } = run;
  const engines = changed(manifest.engines, enginesOf(deps.database, deps.config.runtime));
  const versions = changed(
    Object.fromEntries(manifest.checks.map(({ id, version }) => [id, version])),
    Object.fromEntries(checks.map(({ id, version }) => [id, version])),
  );
  const exact = Object.keys(engines).length + Object.keys(versions).length === 0;
  const stopIfCancelled = () => {
    if (hooks.signal?.aborted) throw new RunCancelled();
  };

  const differences = new Differences();
  const inputs = await changedInputs(db, key, run, {
    step: (work) => {
      stopIfCancelled();
      return patiently(db, () => work(db));
    },
    progress: (share) => hooks.progress?.(0.2 * share),
  });
  differences.add(0, inputs);

  const facts: RunFacts = {
    key,
    layers: await runLayers(db, key),
    params: paramsOf(manifest),
    evidence: manifest.evidence_sha256,
    projects: await registerFacts(db, key, manifest.register),
    severalSets: manifest.inputs.length > 1,
    replaced: (await replacedSets.all(db, { ...key })).map(({ parcel_set_id }) => parcel_set_id),
    again: true,
  };
  const comparison = new Comparison(deps, facts, firstOrdinals(manifest), exact, differences);
  const each = async (chunk: Chunk) => {
    stopIfCancelled();
    try {
      await comparison.compare(chunk);
    } catch (error) {
      // a tile with a changed byte cannot be read at all: it is named, and nothing can be said of the parcels on it
      if (inputs.length === 0 || isConnectionLost(error)) throw error;
      differences.add(chunk.first, [beyondReading(chunk)]);
    }
  };
  await inChunks(deps, key, run.parcel_count, each, (share) => hooks.progress?.(0.2 + 0.79 * share));
  differences.add(run.parcel_count + 1, await patiently(db, () => ofSummary(db, key, run.summary)));

  return {
    ...key,
    answer: differences.count > 0 ? 'different' : exact ? 'equal' : 'equal-within',
    parcel_count: run.parcel_count,
    difference_count: differences.count,
    differences: differences.named(),
    largest_difference_m2: differences.largest?.difference_m2 ?? 0,
    largest_difference: differences.largest,
    engines_changed: engines,
    checks_changed: versions,
    elapsed_s: (performance.now() - started) / 1000,
  };
}

/** Some at a time: while one is computed here the database reads another. The first fault ends the rest. */
async function inChunks(
  { config, database: { kind } }: Deps,
  key: RunKey,
  parcelCount: number,
  work: (chunk: Chunk) => Promise<void>,
  progress: (share: number) => void,
): Promise<void> {
  let next = 1;
  let done = 0;
  const worker = async () => {
    while (next <= parcelCount) {
      const chunk = { ...key, first: next, last: Math.min(next + config.chunkSize[kind] - 1, parcelCount) };
      next = chunk.last + 1;
      try {
        await work(chunk);
      } catch (error) {
        next = Infinity;
        throw error;
      }
      done += chunk.last - chunk.first + 1;
      progress(done / parcelCount);
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: kind === 'postgis' ? 3 : 2 }, worker));
  const fault = ended.find(({ status }) => status === 'rejected');
  if (fault) throw (fault as PromiseRejectedResult).reason;
}

async function succeededRun(db: Kysely<Schema>, key: RunKey) {
  const run = await db
    .selectFrom('run')
    .select(['manifest', 'params', 'parcel_count', 'summary', 'state'])
    .where('region_code', '=', key.region_code)
    .where('run_id', '=', key.run_id)
    .executeTakeFirst();
  if (!run) throw new AppError('not-found', { zh: `没有核查 ${key.run_id}`, en: `No run ${key.run_id}` });
  if (run.state !== 'succeeded')
    throw new AppError('conflict', {
      zh: `核查 ${key.run_id} 没有完成（状态 ${run.state}），无从复算`,
      en: `Run ${key.run_id} has not succeeded (its state is ${run.state}); there is nothing to compare with`,
    });
  return { ...run, manifest: run.manifest as unknown as Manifest, summary: run.summary as unknown as RunSummary };
}

function changed<T>(stored: Record<string, T>, now: Record<string, T>): Changed<T> {
  const names = [...new Set([...Object.keys(stored), ...Object.keys(now)])].filter(
    (name) => stored[name] !== now[name],
  );
  return Object.fromEntries(names.map((name) => [name, { stored: stored[name] ?? null, now: now[name] ?? null }]));
}

/** The sums over what is stored, which is compared parcel by parcel already: they must be the digits of then on any engine. */
async function ofSummary(db: Kysely<Schema>, key: RunKey, stored: RunSummary): Promise<Difference[]> {
  const { elapsed_s: _, total_s: __, ...then } = stored;
  const { elapsed_s: ___, ...now } = await summarise(db, key, 0);
  return leavesThatDiffer('summary', then, JSON.parse(JSON.stringify(now))).map((leaf) => ({
    parcel_id: null,
    check: null,
    ...leaf,
  }));
}

const beyondReading = ({ first, last }: Chunk): Difference => ({
  parcel_id: null,
  check: null,
  field: `parcels[${first}..${last}]`,
  stored: null,
  recomputed: { zh: '改动后的输入数据无法计算', en: 'the changed input cannot be computed with' },
});
