/** Waiting for what passes by itself: a connection that broke, a server that starts again, a deadlock. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { isConnectionLost } from '../database/connect.ts';
import type { Schema } from '../database/schema.ts';

/** A server that is started again is back within some seconds; the embedded engine within three. */
const longestWaitMs = 60_000;

/**
 * The work done, tried again after each lost connection for a minute. It must bear being done twice: whether the last statement before
 * the connection broke was committed is not known. @param instead says of another error whether it is worth one more try.
 */
export async function patiently<T>(
  db: Kysely<Schema>,
  work: () => Promise<T>,
  instead: (error: unknown) => boolean = () => false,
): Promise<T> {
  const since = Date.now();
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!instead(error) && (!isPassing(error) || Date.now() - since > longestWaitMs)) throw error;
      await untilAnswering(db, since);
    }
  }
}

async function untilAnswering(db: Kysely<Schema>, since: number): Promise<void> {
  for (;;) {
    try {
      await sql`select 1`.execute(db);
      return;
    } catch (error) {
      if (!isPassing(error) || Date.now() - since > longestWaitMs) throw error;
      await pause(200);
    }
  }
}

function isPassing(error: unknown): boolean {
  return isConnectionLost(error) || ['40001', '40P01'].includes((error as { code?: string })?.code ?? '');
}
