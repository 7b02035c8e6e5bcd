/**
 * Threads that compute a run, so that the one that has the job goes on answering requests and every core has its share. They know nothing
 * but the run's key, claim chunks as any other worker does, and are expendable: what a thread that dies had under way is done by whoever
 * claims it next. Only on a PostGIS server; the embedded engine has one session, which one thread keeps busy.
 */
import { Worker } from 'node:worker_threads';
import type { Config } from '../config.ts';
import type { Others } from './do-chunks.ts';
import type { Deps, RunKey } from './run-context.ts';

/** To a thread: chunks of a run to be done, those under way to be left, or the end. */
export type ThreadOrder = { run: RunKey; config: Config } | 'leave' | 'end';
/** From it, once for each run. */
export type ThreadNews = 'begun' | 'done';

const program = new URL('./compute-thread.child.ts', import.meta.url);

/** ms a thread gets to free its chunks and close its connections; then it is ended, and its transactions with it */
const longestGoodbye = 400;

/** MB; of V8's 16 a chunk's short-lived things were copied again and again: 26 s of CPU for 100,000 parcels, 22 with 64; more took memory alone */
const youngGenerationMb = 64;

/** ms; who compares two parameters or mends a set starts the next run within minutes */
export const longestIdle = 10 * 60 * 1000;

/** parcels that are given to threads which are there already; new ones need more (`config.compute.parcelsEach`) */
const leastForIdle = 200;

class Thread {
  readonly worker: Worker;
  /** its first run: from then on it is at once at the next */
  begun = false;
  /** how its work of the run came to its end */
  ended: Promise<'done' | 'dead'> = Promise.resolve('done');
  #tell: (how: 'done' | 'dead') => void = () => {};
  #dead = false;

  constructor(databaseUrl: string) {
    this.worker = new Worker(program, {
      workerData: databaseUrl,
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
    });
    this.worker.on('message', (news: ThreadNews) => {
      if (news === 'begun') this.begun = true;
      else this.#tell('done');
    });
    // its chunks become free again, and whoever computes them next meets the same fault and tells it
    this.worker.on('error', () => {});
    this.worker.once('exit', () => {
      this.#dead = true;
      this.#tell('dead');
    });
  }

  get alive(): boolean {
    return !this.#dead;
  }

  tell(order: ThreadOrder): void {
    this.worker.postMessage(order);
  }

  do(run: RunKey, config: Config): void {
    this.ended = new Promise((resolve) => {
      this.#tell = resolve;
    });
    if (this.#dead) this.#tell('dead');
    else this.tell({ run, config });
  }

  /** Resolves when it is gone. */
  async end(): Promise<void> {
    if (this.#dead) return;
    const gone = new Promise((resolve) => this.worker.once('exit', resolve));
    this.tell('end');
    const late = setTimeout(() => void this.worker.terminate(), longestGoodbye);
    await gone;
    clearTimeout(late);
  }
}

/**
 * Threads between two runs of a process. One that has computed a run is compiled and warm: 5,000 parcels took 0.4 ms each with new threads,
 * 100,000 0.2; and its connections know the tables, which of 1,000 parcels is a fifth. They end after `longestIdle`.
 */
export class IdleThreads {
  readonly #most: number;
  readonly #idleMs: number;
  #threads: Thread[] = [];
  #closed = false;
  #ending: NodeJS.Timeout | undefined;

  constructor(config: Config, idleMs = longestIdle) {
    this.#most = config.compute.threads;
    this.#idleMs = idleMs;
  }

  get count(): number {
    this.#threads = this.#threads.filter((thread) => thread.alive);
    return this.#threads.length;
  }

  take(): Thread | undefined {
    return this.count > 0 ? this.#threads.pop() : undefined;
  }

  /** Ends it where there are enough. */
  async keep(thread: Thread): Promise<void> {
    if (this.#closed || this.count >= this.#most) return thread.end();
    this.#threads.push(thread);
    thread.worker.unref();
    clearTimeout(this.#ending);
    this.#ending = setTimeout(() => void this.#endAll(), this.#idleMs).unref();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#ending);
    await this.#endAll();
  }

  async #endAll(): Promise<void> {
    await Promise.all(this.#threads.splice(0).map((thread) => thread.end()));
  }
}

/** The threads of one run. */
export class Threads implements Others {
  readonly #threads: Thread[];
  readonly #idle: IdleThreads | undefined;
  #left: number;
  #wake: (() => void) | undefined;
  /** one has come to its end, and nobody was told */
  #untold = false;

  /** @param parcels to be computed: below `config.compute.parcelsEach` a new thread is not worth the half second of its start */
  constructor({ database: { url }, config, idleThreads }: Deps, run: RunKey, parcels: number) {
    const { threads, parcelsEach } = config.compute;
    const idle = parcels < leastForIdle ? 0 : (idleThreads?.count ?? 0);
    const wanted = Math.min(threads, Math.max(idle, Math.floor(parcels / parcelsEach)));
    this.#idle = idleThreads;
    // one alone would only do what the caller does meanwhile
    this.#left = url === undefined || wanted < 2 ? 0 : wanted;
    this.#threads = Array.from({ length: this.#left }, () => idleThreads?.take() ?? new Thread(url!));
    for (const thread of this.#threads) {
      thread.worker.ref();
      thread.do(run, config);
      void thread.ended.then(() => {
        this.#left -= 1;
        this.#untold = this.#wake === undefined;
        this.#wake?.();
        this.#wake = undefined;
      });
    }
  }

  /** all have begun, and one at least is still at it */
  get atWork(): boolean {
    return this.#left > 0 && this.#threads.every(({ begun }) => begun);
  }

  onEnd(wake: () => void): void {
    if (this.#untold) wake();
    else this.#wake = wake;
    this.#untold = false;
  }

  /** Has them leave the run, finished or not. */
  async stop(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => this.#release(thread)));
  }

  async #release(thread: Thread): Promise<void> {
    thread.tell('leave');
    const late = setTimeout(() => void thread.worker.terminate(), longestGoodbye);
    const how = await thread.ended;
    clearTimeout(late);
    if (how === 'dead') return;
    await (this.#idle?.keep(thread) ?? thread.end());
  }
}
