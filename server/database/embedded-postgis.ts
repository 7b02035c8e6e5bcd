/**
 * The parent's side of the embedded database: starts the child process, starts it again when it dies, and says where to connect.
 * What it cannot do is written in the README of this folder.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ChildMessage, StartMessage } from './embedded-postgis.child.ts';
import { folderTaken, foreignFolder } from './engine-errors.ts';
import { templateFolder } from './engine-folder.ts';

export interface EmbeddedOptions {
  dataDir: string;
  /** default 120 s: the longest honest statement, cutting a county's layer, took under 10 s */
  maxStatementMs?: number;
  /** resident memory of the child, default 2 GB */
  maxMemoryBytes?: number;
  maxIdleInTransactionMs?: number;
  /** a folder that must not outlive this process, however it ends */
  temporary?: string;
  log?: EngineLog;
}

export interface EngineLog {
  info(message: string): void;
  warn(message: string): void;
}

export interface EmbeddedEngine {
  /** Where to connect once the engine is up; waits for a restart under way. */
  whenReady(): Promise<void>;
  readonly host: string;
  port(): number;
  readonly password: string;
  /** of the present child, to look at it from outside */
  pid(): number | undefined;
  /** how many times it was started: 1 until something went wrong */
  starts(): number;
  stop(): Promise<void>;
}

/** Starts the engine and returns when it serves. AppError `conflict` where another process has the folder. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedEngine> {
  // Short on purpose: a unix socket path may have 107 bytes at most. Its folder is 0700.
  const socketFolder = platform() === 'win32' ? undefined : mkdtempSync(join(tmpdir(), 'zhanbu-'));
  const password = randomBytes(16).toString('hex');
  const template = templateFolder();
  const start: StartMessage = {
    kind: 'start',
    dataDir: options.dataDir,
    ...(socketFolder === undefined ? {} : { socketPath: join(socketFolder, '.s.PGSQL.5432') }),
    password,
    ...(template === undefined ? {} : { template }),
    leaveNothing: [
      ...(socketFolder === undefined ? [] : [socketFolder]),
      ...(options.temporary ? [options.temporary] : []),
    ],
    maxStatementMs: options.maxStatementMs ?? 120_000,
    maxMemoryBytes: options.maxMemoryBytes ?? 2 * 1024 ** 3,
    maxIdleInTransactionMs: options.maxIdleInTransactionMs ?? 30_000,
  };
  let child: ChildProcess | undefined;
  let port = 5432;
  let starts = 0;
  let stopping = false;
  let ready: Promise<void> = Promise.resolve();

  function launch(): Promise<void> {
    starts += 1;
    const one = fork(fileURLToPath(new URL('./embedded-postgis.child.ts', import.meta.url)), [], {
      // V8's own bound of 1 MB is reached before PostgreSQL's; a thread of Windows has no more than that
      execArgv: platform() === 'win32' ? [] : ['--stack-size=4000'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    one.setMaxListeners(0);
    one.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => options.log?.warn(`embedded database: ${text.trimEnd()}`));
    return new Promise<void>((resolve, reject) => {
      one.on('message', (message: ChildMessage) => {
        if (message.kind === 'ready') {
          port = message.port;
          child = one;
          resolve();
        } else if (message.kind === 'locked') {
          reject(folderTaken(options.dataDir, message.holder.pid));
          one.disconnect();
        } else if (message.kind === 'foreign') {
          reject(foreignFolder(options.dataDir, message.major));
          one.disconnect();
        } else if (message.kind === 'failed') {
          reject(new Error(`the embedded database did not start: ${message.message}`));
        } else if (message.kind === 'trap') {
          options.log?.warn(`embedded database trapped and is restarted: ${message.message}`);
          again(one);
        }
      });
      one.on('exit', (code, signal) => {
        reject(new Error(`the embedded database ended while starting (${signal ?? code})`));
        again(one);
      });
      one.send(start);
    });
  }

  /** The child that served is dead or about to be: whoever connects from now on waits for the next one. */
  function again(dead: ChildProcess): void {
    if (stopping || dead !== child) return;
    child = undefined;
    options.log?.info('embedded database starts again');
    const gone = hasEnded(dead) ? Promise.resolve() : new Promise((resolve) => dead.once('exit', resolve));
    // the folder's lock is the dead child's until it is really gone
    ready = gone.then(launch);
    ready.catch((error: unknown) => options.log?.warn(String(error)));
  }

  const removeSocket = () => socketFolder !== undefined && rmSync(socketFolder, { recursive: true, force: true });
  try {
    await launch();
  } catch (error) {
    removeSocket();
    throw error;
  }

  return {
    host: socketFolder ?? '127.0.0.1',
    password,
    port: () => port,
    pid: () => child?.pid,
    starts: () => starts,
    async whenReady() {
      for (let attempt = 0; ; attempt++) {
        if (stopping) throw new Error('the embedded database is closed');
        const waited = ready;
        try {
          await waited;
        } catch (error) {
          // A start that failed (a full disk, say) may succeed now; whoever comes first tries, once each.
          if (attempt > 0) throw error;
          if (ready === waited) ready = launch();
          continue;
        }
        // A child that was killed a moment ago may not be known as dead yet: one that answers is alive.
        if (child !== undefined && (await answers(child))) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async stop() {
      stopping = true;
      await ready.catch(() => {});
      if (child !== undefined) await stopChild(child);
      removeSocket();
    },
  };
}

/** True when the child answers, false when it dies first. A busy engine answers when its statement is done. */
function answers(child: ChildProcess): Promise<boolean> {
  if (hasEnded(child) || !child.connected) return Promise.resolve(false);
  return new Promise((resolve) => {
    const settle = (alive: boolean) => {
      child.off('message', heard);
      child.off('exit', died);
      resolve(alive);
    };
    const heard = (message: ChildMessage) => message.kind === 'pong' && settle(true);
    const died = () => settle(false);
    child.on('message', heard);
    child.on('exit', died);
    child.send({ kind: 'ping' }, (error) => error && settle(false));
  });
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

async function stopChild(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (child.connected) child.send({ kind: 'stop' }, () => {});
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(timer);
}
