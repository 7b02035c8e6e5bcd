/**
 * A process that has no run of its own does chunks of another's: two servers on one database are twice as fast with one run. It begins
 * and ends nothing; whoever has the job waits for its chunks, or takes them over where it dies.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { doFreeChunks, RunCancelled } from './do-chunks.ts';
import { type Manifest, sameEngines } from './manifest.ts';
import { factsOf } from './run.ts';
import { type Deps, keyOf, type RunKey } from './run-context.ts';

export interface HelperDeps extends Deps {
  /** the runs that somebody has under way, oldest first */
  underWay(): Promise<RunKey[]>;
  log: { warn(detail: object, message: string): void };
  /** ms between looks */
  lookMs?: number;
}

export interface Helper {
  /** Does a run of this process: meanwhile it helps nobody. */
  aside<T>(work: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/** The embedded database has one process, and nobody to help. */
export const noHelper: Helper = { aside: (work) => work(), stop: async () => {} };

export function startHelper(deps: HelperDeps): Helper {
  const closing = new AbortController();
  /** runs over which it failed here: their owner will see whether it fails there too */
  const left = new Set<string>();
  let own = 0;
  let ownWork = new AbortController();

  const help = async () => {
    for (const key of await deps.underWay()) {
      if (own > 0 || closing.signal.aborted) return;
      if (left.has(key.run_id)) continue;
      await helpWith(deps, key, AbortSignal.any([closing.signal, ownWork.signal])).catch((error: unknown) => {
        if (error instanceof RunCancelled) return;
        left.add(key.run_id);
        deps.log.warn({ err: error, run_id: key.run_id }, 'could not help with a run');
      });
    }
  };
  const loop = async () => {
    while (!closing.signal.aborted) {
      await pause(deps.lookMs ?? 1000, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
      if (own > 0 || closing.signal.aborted) continue;
      await help().catch((error: unknown) => deps.log.warn({ err: error }, 'could not look for runs to help with'));
    }
  };
  const looping = loop();

  return {
    async aside(work) {
      own += 1;
      ownWork.abort('own work');
      try {
        return await work();
      } finally {
        own -= 1;
        if (own === 0) ownWork = new AbortController();
      }
    },
    async stop() {
      closing.abort('closing');
      await looping;
    },
  };
}

/** Does free chunks of a run that another has under way, as long as there are any. */
export async function helpWith(deps: Deps, of: RunKey, signal: AbortSignal): Promise<void> {
  const { db } = deps.database;
  const key = keyOf(of);
  const run = await db
    .selectFrom('run')
    .select(['manifest', 'params'])
    .where('region_code', '=', key.region_code)
    .where('run_id', '=', key.run_id)
    .where('state', '=', 'running')
    .executeTakeFirst();
  // another version of the program or of Node may round otherwise: a run has the digits of one
  if (run === undefined || !sameEngines(run.manifest as unknown as Manifest, deps)) return;
  await doFreeChunks(deps, await factsOf(db, key, run), { signal });
}
