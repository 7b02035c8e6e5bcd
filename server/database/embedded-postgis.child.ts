/**
 * The process of the embedded database: PGlite with PostGIS behind the guard, served on a private socket. It is started by
 * embedded-postgis.ts with a `start` message and ends when told to `stop`, when its parent is gone, or when the engine trapped.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { type Extension, PGlite } from '@electric-sql/pglite';
import { postgis } from '@electric-sql/pglite-postgis';
import { leanBundle } from './engine-bundle.ts';
import { prepareFolder, settleFolder } from './engine-folder.ts';
import { guardEngine } from './engine-guard.ts';
import { type LockHolder, lockFolder } from './folder-lock.ts';
import type { WatchdogData } from './watchdog.child.ts';
import { serveEngine } from './wire-server.ts';

export interface StartMessage {
  kind: 'start';
  /** folder of the database files, made if absent */
  dataDir: string;
  /** a fresh database folder to copy on the first start; made by it if absent */
  template?: string;
  /** folders to remove should the parent vanish, who else does it */
  leaveNothing: string[];
  /** a unix socket path, or undefined for a loopback port */
  socketPath?: string;
  password: string;
  maxStatementMs: number;
  maxMemoryBytes: number;
  maxIdleInTransactionMs: number;
}

export type ChildMessage =
  | { kind: 'ready'; port: number }
  | { kind: 'locked'; holder: LockHolder }
  | { kind: 'foreign'; major: string }
  | { kind: 'failed'; message: string }
  | { kind: 'trap'; message: string }
  | { kind: 'pong' };

/**
 * max_stack_depth: an expression 5,000 deep trapped with pglite's 2 MB; with 1 MB, and the 4 MB of native stack that the parent gives,
 * it is an ordinary 54001.
 */
const startParams = [...PGlite.defaultStartParams, '-c', 'max_stack_depth=1MB', '-c', 'work_mem=32MB'];

const tell = (message: ChildMessage) => process.send?.(message);
let release = () => {};
let leaveNothing: string[] = [];
let close: (() => Promise<void>) | undefined;

process.on('disconnect', () => void end(leaveNothing));
// Ctrl-C reaches the whole process group; the parent decides when this process ends.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('message', (message: StartMessage | { kind: 'stop' } | { kind: 'ping' }) => {
  if (message.kind === 'ping') tell({ kind: 'pong' });
  else if (message.kind === 'stop') void end();
  else start(message).catch((error: unknown) => fail(error));
});

async function start(options: StartMessage): Promise<void> {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const lock = lockFolder(options.dataDir, process.pid, isAlive);
  if (!lock.held) {
    tell({ kind: 'locked', holder: lock.holder });
    return;
  }
  release = lock.release;
  leaveNothing = options.leaveNothing;
  const folder = prepareFolder(options.dataDir, options.template);
  if (folder.foreignMajor !== undefined) {
    tell({ kind: 'foreign', major: folder.foreignMajor });
    return;
  }
  const busySince = new BigInt64Array(new SharedArrayBuffer(8));
  const { maxStatementMs, maxMemoryBytes } = options;
  const workerData: WatchdogData = { busySince, maxStatementMs, maxMemoryBytes, parentPid: process.ppid, leaveNothing };
  new Worker(new URL('./watchdog.child.ts', import.meta.url), { workerData }).unref();

  const lean: Extension = {
    ...postgis,
    async setup(pg, given) {
      const whole = await postgis.setup(pg, given);
      return whole.bundlePath ? { ...whole, bundlePath: leanBundle(whole.bundlePath, options.template) } : whole;
    },
  };
  const engine = await PGlite.create({ dataDir: options.dataDir, extensions: { postgis: lean }, startParams });
  if (folder.fresh) {
    await engine.exec('create extension if not exists postgis');
    await engine.exec('checkpoint');
    settleFolder(options.dataDir, options.template);
  }
  const served = await serveEngine({
    engine: guardEngine(engine),
    password: options.password,
    maxIdleInTransactionMs: options.maxIdleInTransactionMs,
    onBusy: (busy) => Atomics.store(busySince, 0, busy ? BigInt(Date.now()) : 0n),
    onTrap: leave,
    onTrapSeen: (trap) => tell({ kind: 'trap', message: trap.message }),
  });
  close = async () => {
    await served.close();
    await engine.close();
  };
  if (options.socketPath !== undefined) rmSync(options.socketPath, { force: true });
  served.server.listen(options.socketPath ?? { host: '127.0.0.1', port: 0 }, () => {
    const address = served.server.address();
    tell({ kind: 'ready', port: typeof address === 'object' && address !== null ? address.port : 5432 });
  });
}

async function end(remove: string[] = []): Promise<void> {
  try {
    await close?.();
  } catch (error) {
    process.stderr.write(`the embedded database did not close in order: ${String(error)}\n`);
  }
  release();
  for (const folder of remove) rmSync(folder, { recursive: true, force: true });
  leave();
}

/** At once: an orderly exit waits a second for the threads of V8 to end compiling WebAssembly. What was acknowledged is in the files. */
function leave(): void {
  process.kill(process.pid, 'SIGKILL');
}

function fail(error: unknown): void {
  tell({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  release();
  setImmediate(() => process.exit(1));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: alive, but another user's
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
