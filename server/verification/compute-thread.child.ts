/** A thread that does chunks of one run after another, of each until none is free or it is told to leave it (compute-threads.ts). */
import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from '../database/connect.ts';
import type { ThreadNews, ThreadOrder } from './compute-threads.ts';
import { RunCancelled } from './do-chunks.ts';
import { helpWith } from './helping.ts';

const port = parentPort!;
const tell = (news: ThreadNews) => port.postMessage(news);
let leaving = new AbortController();

port.on('message', async (order: ThreadOrder) => {
  if (order === 'leave') leaving.abort('closing');
  else if (order === 'end') port.close();
  else {
    leaving = new AbortController();
    const { signal } = leaving;
    // its connections are the run's: closing waits for what is under way when the run is left
    const database = await openDatabase({ databaseUrl: workerData as string, poolSize: 4 });
    try {
      tell('begun');
      await helpWith({ database, config: order.config }, order.run, signal);
    } catch (error) {
      if (!(error instanceof RunCancelled)) throw error;
    } finally {
      await database.close();
    }
    tell('done');
  }
});
