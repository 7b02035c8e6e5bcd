/**
 * One job in a child process that is watched: it is killed when it says nothing for too long, when its memory passes the
 * bound, or when the caller gives up. A worker thread would not do: its limits do not count ArrayBuffers (HOUSE §2).
 */
import { fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { AppError, type ProblemCode, type Sentence, type Where } from '../errors.ts';

/** What a child sends: `beat` whenever it got on, then one `done` or `refused`. */
export type ChildMessage<Result> =
  | { type: 'beat'; share: number; rss: number }
  | { type: 'done'; result: Result }
  | { type: 'refused'; code: ProblemCode; detail: Sentence; where?: Where }
  | { type: 'crashed'; stack: string };

export interface ChildWatch {
  stallSeconds: number;
  memoryBytes: number;
  signal?: AbortSignal;
  progress?: (share: number) => void;
}

const tickMs = 250;

/** Why a child gave no result, for the caller to word. */
export class ChildFailure extends Error {
  readonly reason: 'stalled' | 'memory' | 'crashed';
  constructor(reason: 'stalled' | 'memory' | 'crashed', detail: string) {
    super(`${reason}: ${detail}`);
    this.name = 'ChildFailure';
    this.reason = reason;
  }
}

/**
 * Nothing of our settings, the database's password least, is any business of a parser of foreign bytes. Where this process keeps
 * compiled code (main.ts), a parser starts from it, in 0.1 s instead of 0.35.
 */
export function parserEnvironment(): Record<string, string> {
  const folder = getCompileCacheDir();
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}

/**
 * Runs `module` (a `*.child.ts`) with one job message and gives back its result.
 * @throws AppError as the child refused; ChildFailure; the signal's reason
 */
export function runWatchedChild<Job extends object, Result>(module: URL, job: Job, watch: ChildWatch): Promise<Result> {
  return new Promise<Result>((resolve, reject) => {
    if (watch.signal?.aborted) return reject(watch.signal.reason);
    const child = fork(module, {
      env: parserEnvironment(),
      execArgv: [`--max-old-space-size=${Math.floor(watch.memoryBytes / 2 ** 20)}`],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let errors = '';
    child.stderr?.on('data', (text: Buffer) => {
      errors = (errors + text.toString()).slice(-2000);
    });
    let silent = 0;
    let ticked = performance.now();
    const timer = setInterval(async () => {
      const now = performance.now();
      // where this process itself was held up, messages may be waiting: such a gap counts as one tick only
      silent += Math.min(now - ticked, 2 * tickMs);
      ticked = now;
      if (silent > watch.stallSeconds * 1000) {
        return end(() => reject(new ChildFailure('stalled', `no progress for ${watch.stallSeconds} s`)));
      }
      if (((await residentBytes(child.pid)) ?? 0) > watch.memoryBytes) overMemory();
    }, tickMs);
    const overMemory = () =>
      end(() => reject(new ChildFailure('memory', `more than ${Math.floor(watch.memoryBytes / 2 ** 20)} MB`)));
    const abort = () => end(() => reject(watch.signal!.reason));
    let ended = false;
    const end = (settle: () => void) => {
      if (ended) return;
      ended = true;
      clearInterval(timer);
      watch.signal?.removeEventListener('abort', abort);
      // settle only once it is gone: the caller deletes the files it was writing
      if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
        child.once('exit', settle);
        child.kill('SIGKILL');
      } else settle();
    };
    watch.signal?.addEventListener('abort', abort);
    child.on('message', (message: ChildMessage<Result>) => {
      silent = 0;
      if (message.type === 'beat') {
        if (message.rss > watch.memoryBytes) overMemory();
        else if (!ended) watch.progress?.(message.share);
      } else if (message.type === 'done') end(() => resolve(message.result));
      else if (message.type === 'refused') end(() => reject(new AppError(message.code, message.detail, message.where)));
      else end(() => reject(new ChildFailure('crashed', message.stack)));
    });
    child.on('error', (error) => end(() => reject(new ChildFailure('crashed', error.message))));
    child.on('exit', (code, signal) =>
      end(() => reject(new ChildFailure('crashed', `exit ${code ?? signal}; ${errors.trim()}`))),
    );
    child.send(job);
  });
}

/** Resident memory of another process, on Linux; elsewhere the child's own beats tell. */
async function residentBytes(pid: number | undefined): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '');
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}
