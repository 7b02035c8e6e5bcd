/** A thread that does chunks of one run until none is free, or it is told to stop (compute-threads.ts). */
import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from '../database/connect.ts';
import type { ThreadOrder } from './compute-threads.ts';
import { RunCancelled } from './do-chunks.ts';
import { helpWith } from './helping.ts';

const { databaseUrl, config, key } = workerData as ThreadOrder;
const stopping = new AbortController();
parentPort?.once('message', () => stopping.abort('closing'));
const database = await openDatabase({ databaseUrl, poolSize: 4 });
try {
  parentPort?.postMessage('ready');
  await helpWith({ database, config }, key, stopping.signal);
} catch (error) {
  if (!(error instanceof RunCancelled)) throw error;
} finally {
  await database.close();
  parentPort?.close();
}
