/**
 * A thread beside the embedded engine. The engine blocks its own thread while it works and ignores statement_timeout, so only another
 * thread can see a statement that never ends, memory that runs away (3,000 random vertices took 2.7 GB), or a parent that died meanwhile.
 * It then kills the whole process with SIGKILL; acknowledged rows are in the files by then, and the parent starts it again.
 */
import { rmSync, writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

export interface WatchdogData {
  /** one cell: since when (ms) the engine is at work, 0 when idle */
  busySince: BigInt64Array<SharedArrayBuffer>;
  maxStatementMs: number;
  maxMemoryBytes: number;
  parentPid: number;
  /** folders that must not outlive the parent */
  leaveNothing: string[];
}

const { busySince, maxStatementMs, maxMemoryBytes, parentPid, leaveNothing } = workerData as WatchdogData;

/** polls since the parent was last seen */
let orphanedFor = 0;

setInterval(() => {
  const since = Number(Atomics.load(busySince, 0));
  if (since > 0 && Date.now() - since > maxStatementMs) end(`a statement ran longer than ${maxStatementMs} ms`);
  const memory = process.memoryUsage.rss();
  if (memory > maxMemoryBytes) end(`memory passed ${maxMemoryBytes} bytes (${memory})`);
  if (process.ppid === parentPid) return;
  // An idle engine hears of it too and closes in order; one at work does not.
  orphanedFor += 1;
  if (since === 0 && orphanedFor < 30) return;
  for (const folder of leaveNothing) rmSync(folder, { recursive: true, force: true });
  end('the program that started it is gone');
}, 100);

function end(why: string): never {
  try {
    writeSync(2, `watchdog: ${why}\n`);
  } catch {
    // the parent that would have read it is gone
  }
  process.kill(process.pid, 'SIGKILL');
  throw new Error(why);
}
