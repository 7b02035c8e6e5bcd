/** Twenty clients that ask a server for tiles, in a thread of their own: what they wait is not what this program does meanwhile. */
import { parentPort, workerData } from 'node:worker_threads';

const { urls, clients } = workerData as { urls: string[]; clients: number };
const waits: number[] = [];
let bytes = 0;
let next = 0;
const client = async () => {
  for (let url = urls[next++]; url !== undefined; url = urls[next++]) {
    const asked = performance.now();
    const answer = await fetch(url);
    const body = await answer.arrayBuffer();
    if (answer.status !== 200 && answer.status !== 204) throw new Error(`${answer.status} ${url}`);
    waits.push(performance.now() - asked);
    bytes = Math.max(bytes, body.byteLength);
  }
};
await Promise.all(Array.from({ length: clients }, client));
parentPort!.postMessage({ waits, bytes });
