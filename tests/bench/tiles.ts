/** The tiles of a finished run as a map asks for them: twenty clients at once, first nobody having asked before, then again. */
import { Worker } from 'node:worker_threads';
import { seeded } from '../support/seeded.ts';

const clients = 20;
const zooms = [7, 8, 9, 10, 11, 12, 13, 14, 15];
/** at each zoom, drawn from all that hold a part of the county */
const mostAtZoom = 60;

export interface TileTimes {
  tiles: number;
  largest_kb: number;
  /** ms that 95 of 100 did not exceed, and the longest */
  cold: { p95: number; most: number };
  warm: { p95: number; most: number };
}

/** @param run a finished one. @param query filters of its list */
export async function timeTiles(url: string, run: string, query = ''): Promise<TileTimes> {
  const collection = `${url}/ogc/collections/${run}/tiles/WebMercatorQuad`;
  const set = (await (await fetch(collection)).json()) as {
    boundingBox: { lowerLeft: [number, number]; upperRight: [number, number] };
  };
  const { lowerLeft, upperRight } = set.boundingBox;
  const random = seeded(20_261_126);
  const urls: string[] = [];
  for (const z of zooms) {
    const [west, south] = place(lowerLeft, z);
    const [east, north] = place(upperRight, z);
    const all: string[] = [];
    for (let col = west; col <= east; col++)
      for (let row = north; row <= south; row++) all.push(`${collection}/${z}/${row}/${col}?${query}`);
    for (let n = 0; n < mostAtZoom && all.length > 0; n++)
      urls.push(all.splice(Math.floor(random() * all.length), 1)[0]!);
  }
  const cold = await askAll(urls);
  const warm = await askAll([...urls, ...urls, ...urls]);
  const largest_kb = Math.round(Math.max(cold.bytes, warm.bytes) / 1024);
  return { tiles: urls.length, largest_kb, cold: told(cold.waits), warm: told(warm.waits) };
}

function place([lon, lat]: readonly [number, number], z: number): readonly [col: number, row: number] {
  const phi = (lat * Math.PI) / 180;
  const y = (1 - Math.asinh(Math.tan(phi)) / Math.PI) / 2;
  return [Math.floor(((lon + 180) / 360) * 2 ** z), Math.floor(y * 2 ** z)];
}

function askAll(urls: readonly string[]): Promise<{ waits: number[]; bytes: number }> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./tile-clients.child.ts', import.meta.url), { workerData: { urls, clients } });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

function told(waits: readonly number[]): { p95: number; most: number } {
  const sorted = waits.toSorted((a, b) => a - b);
  return { p95: Math.round(sorted[Math.floor(0.95 * sorted.length)]!), most: Math.round(sorted.at(-1)!) };
}
