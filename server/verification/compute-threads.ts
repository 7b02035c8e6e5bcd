/**
 * Threads that compute a run, so that the one that has the job goes on answering requests and every core has its share. They know nothing
 * but the run's key, claim chunks as any other worker does, and are expendable: what a thread that dies had under way is done by whoever
 * claims it next. Only on a PostGIS server; the embedded engine has one session, which one thread keeps busy.
 */
import { Worker } from 'node:worker_threads';
import type { Config } from '../config.ts';
import type { Deps, RunKey } from './run-context.ts';

export interface ThreadOrder {
  databaseUrl: string;
  config: Config;
  key: RunKey;
}

const program = new URL('./compute-thread.child.ts', import.meta.url);

/** ms a thread gets to free its chunks and close its connections; then it is ended, and its transactions with it */
const longestGoodbye = 400;

/** MB; of V8's 16 a chunk's short-lived things were copied again and again: 26 s of CPU for 100,000 parcels, 22 with 64 */
const youngGenerationMb = 200;

export class Threads {
  readonly #workers: Worker[];
  readonly #ended: Promise<void>[];
  #ready = 0;
  #left: number;

  /** @param parcels to be computed: below `config.compute.parcelsEach` a thread is not worth the half second of its start */
  constructor({ database, config }: Deps, key: RunKey, parcels: number) {
    const { threads, parcelsEach } = config.compute;
    const wanted = database.url === undefined ? 0 : Math.min(threads, Math.floor(parcels / parcelsEach));
    const order = (databaseUrl: string): ThreadOrder => ({ databaseUrl, config, key });
    // one alone would only do what the caller does meanwhile
    this.#left = wanted > 1 ? wanted : 0;
    this.#workers = Array.from(
      { length: this.#left },
      () =>
        new Worker(program, {
          workerData: order(database.url!),
          resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
        }),
    );
    this.#ended = this.#workers.map(
      (worker) =>
        new Promise((resolve) => {
          worker.once('message', () => (this.#ready += 1));
          // its chunks become free again, and whoever computes them next meets the same fault and tells it
          worker.once('error', () => {});
          worker.once('exit', () => {
            this.#left -= 1;
            resolve();
          });
        }),
    );
  }

  /** all have begun, and one at least is still at it */
  get atWork(): boolean {
    return this.#left > 0 && this.#ready === this.#workers.length;
  }

  /** Ends them, finished or not. */
  async stop(): Promise<void> {
    for (const worker of this.#workers) worker.postMessage('stop');
    const late = setTimeout(() => {
      for (const worker of this.#workers) void worker.terminate();
    }, longestGoodbye);
    await Promise.all(this.#ended);
    clearTimeout(late);
  }
}
