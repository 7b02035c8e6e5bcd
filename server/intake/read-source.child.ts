/** Process of one parser: takes one order, answers over IPC, ends. Started by read-source.ts, never by hand. */
import { AppError } from '../errors.ts';
import type { ParserMessage, ParserOrder } from './child-messages.ts';
import { readVector } from './read-vector.ts';
import { isSystemFault } from './zip-guard.ts';

/** A parser reports at most so often, in milliseconds; it is killed after ten seconds of silence. */
const reportEvery = 100;
let lastReport = 0;
const parent = process.ppid;

function send(message: ParserMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send) process.send(message, undefined, undefined, () => resolve());
    else resolve();
  });
}

function progress(share: number): void {
  const now = Date.now();
  if (now - lastReport < reportEvery) return;
  lastReport = now;
  // a loop that never waits does not hear 'disconnect'; an orphan has another parent
  if (process.ppid !== parent) process.exit();
  void send({ kind: 'progress', share, rss: process.memoryUsage.rss() });
}

async function answer(order: ParserOrder): Promise<ParserMessage> {
  try {
    const report = await readVector(order, order.spool, progress, {
      began: (format) => void send({ kind: 'began', format }),
      writing: (fields) => void send({ kind: 'writing', fields }),
    });
    return { kind: 'report', report };
  } catch (error) {
    if (error instanceof AppError)
      return { kind: 'problem', code: error.code, detail: error.detail, where: error.where };
    if (isSystemFault(error))
      return { kind: 'system', code: String((error as NodeJS.ErrnoException).code), message: String(error) };
    return { kind: 'crash', stack: error instanceof Error ? (error.stack ?? String(error)) : String(error) };
  }
}

process.once('message', (order: ParserOrder) => {
  void answer(order).then(async (message) => {
    await send(message);
    process.disconnect?.();
  });
});
// a parser whose parent is gone has nobody to work for
process.on('disconnect', () => process.exit());
void send({ kind: 'ready' });
