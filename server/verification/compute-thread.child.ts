/** A thread that does chunks of one run after another, of each until none is free or it is told to leave it (compute-threads.ts). */
import { parentPort, workerData } from 'node:worker_threads';
import { type Database, openDatabase } from '../database/connect.ts';
import { longestIdle, type ThreadNews, type ThreadOrder } from './compute-threads.ts';
import { RunCancelled } from './do-chunks.ts';
import { helpWith } from './helping.ts';

const port = parentPort!;
const tell = (news: ThreadNews) => port.postMessage(news);
let leaving = new AbortController();
let database: Database | undefined;

async function close(): Promise<void> {
  await database?.close();
  database = undefined;
}

port.on('message', async (order: ThreadOrder) => {
  if (order === 'leave') leaving.abort('closing');
  else if (order === 'end') {
    await close();
    port.close();
  } else {
    leaving = new AbortController();
    const { signal } = leaving;
    database ??= await openDatabase({ databaseUrl: workerData as string, poolSize: 4, idleMs: longestIdle });
    tell('begun');
    try {
      await helpWith({ database, config: order.config }, order.run, signal);
    } catch (error) {
      if (!(error instanceof RunCancelled)) throw error;
      // waits for what was under way
      await close();
    }
    tell('done');
  }
});
